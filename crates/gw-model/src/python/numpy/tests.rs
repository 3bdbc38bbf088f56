use super::*;
use crate::testing::scan;

/// An `.npy` file with a header and what follows it.
pub(crate) fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let length = header.len();
    let mut bytes = [MAGIC, &[version, 0]].concat();
    if version == 1 {
        bytes.extend(u16::try_from(length).unwrap().to_le_bytes());
    } else {
        bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    }
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

pub(crate) fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")
}

/// A pickle that calls `posix.system`.
pub(crate) fn bad_pickle() -> Vec<u8> {
    b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".to_vec()
}

#[test]
fn honest_arrays_are_silent() {
    for version in [1, 2, 3] {
        for (descr, shape, length) in [
            ("'<f8'", "(2, 3)", 48),
            ("'<f8'", "()", 8),
            ("'|b1'", "(0, 5)", 0),
            ("'<U3'", "(2,)", 24),
            ("[('a', '<i4'), ('b', '|S2', (2,))]", "(3,)", 24),
            ("'<i8'", "(2L, 1L)", 16),
        ] {
            let bytes = npy(version, &header(descr, shape), &vec![1; length]);
            scan("a.npy", &bytes).assert_clean();
        }
    }
    // Arrays appended to one file.
    let one = npy(1, &header("'<f4'", "(2,)"), &[0; 8]);
    scan("a.npy", &[one.clone(), one].concat()).assert_clean();
    let models = scan("a.npy", &npy(1, &header("'<f4'", "(2, 5)"), &[0; 40])).models;
    assert_eq!(models[0].format, "npy");
    assert_eq!(models[0].parameters, Some(10));
    assert_eq!(models[0].types[0].name, "f32");
}

#[test]
fn arrays_of_objects_are_pickles() {
    for descr in [
        "'|O'",
        "'O'",
        "'object'",
        "'i4,O'",
        "[('a', '<f8'), ('b', [('c', '|O')])]",
        "[('a', ('O', (2,)))]",
    ] {
        let bytes = npy(1, &header(descr, "(1,)"), &bad_pickle());
        scan("a.npy", &bytes).assert_found(&[("pickle-executes", "system"), ("pickled-array", "")]);
        // The name says nothing.
        scan("a.bin", &bytes).assert_found(&[("pickle-executes", "system"), ("pickled-array", "")]);
        let harmless = npy(1, &header(descr, "(1,)"), b"\x80\x02]K\x01a.");
        scan("a.npy", &harmless).assert_found(&[("pickled-array", "")]);
    }
    // Behind an array that is none.
    let plain = npy(1, &header("'<f4'", "(2,)"), &[0; 8]);
    let objects = npy(1, &header("'O'", "(1,)"), &bad_pickle());
    scan("a.npy", &[plain, objects].concat())
        .assert_found(&[("pickle-executes", "system"), ("pickled-array", "")]);
}

#[test]
fn sizes_that_cannot_be() {
    for (bytes, text) in [
        (npy(1, &header("'<f8'", "(2, 3)"), &[0; 47]), "48"),
        (
            npy(1, &header("'<f8'", "(4294967296, 4294967296)"), &[]),
            "overflows",
        ),
        (
            npy(1, &header("'<f8'", "(0, 4294967296, 4294967296)"), &[]),
            "overflows",
        ),
        ([MAGIC, &[1, 0, 0xff, 0xff], b"{"].concat(), "65535"),
        (
            [MAGIC, &[2, 0, 0xff, 0xff, 0xff, 0xff], b"{"].concat(),
            "4294967295",
        ),
        ([MAGIC, &[1]].concat(), "ends in its header"),
    ] {
        scan("a.npy", &bytes).assert_found(&[("impossible-size", text)]);
    }
}

#[test]
fn headers_that_are_none() {
    for text in [
        "{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "[]",
        "",
    ] {
        let said = scan("a.npy", &npy(1, text, &[]));
        assert!(said.findings.is_empty(), "{text}");
        said.assert_incomplete("malformed", "header");
        // A pickle behind it is seen all the same.
        let said = scan("a.npy", &npy(1, text, &bad_pickle()));
        assert!(said.rules().contains(&"pickle-executes"), "{text}");
    }
    let mut bytes = npy(1, &header("'<f8'", "()"), &[0; 8]);
    bytes[6] = 9;
    scan("a.npy", &bytes).assert_incomplete("unsupported", "9.0");
}

#[test]
fn what_follows_an_array_is_told() {
    let array = npy(1, &header("'<f4'", "(2,)"), &[0; 8]);
    let hidden = [&array[..], b"something else"].concat();
    scan("a.npy", &hidden).assert_found(&[("hidden-data", "14 bytes")]);
    let zip = crate::tensor::polyglot::tests::zip("data.pkl", &bad_pickle());
    let both = [&array[..], &zip].concat();
    scan("a.npy", &both).assert_found(&[("embedded-executable", "zip"), ("polyglot", "zip")]);
}
