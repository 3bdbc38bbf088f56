use gw_finding::Severity;

use super::*;

/// The fields that tests set of a code object.
pub(crate) struct TestCode<'c> {
    pub(crate) names: &'c [&'c str],
    /// Constants that are already written.
    pub(crate) consts: &'c [Vec<u8>],
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![b'z', u8::try_from(text.len()).unwrap()];
    bytes.extend(text.as_bytes());
    bytes
}

fn string2(text: &str) -> Vec<u8> {
    counted(b't', text.as_bytes())
}

fn counted(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(i32::try_from(content.len()).unwrap().to_le_bytes());
    bytes.extend(content);
    bytes
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![b')', u8::try_from(items.len()).unwrap()];
    bytes.extend(items.concat());
    bytes
}

/// Code as a version of Python writes it.
pub(crate) fn code(python: (u8, u8), code: &TestCode<'_>) -> Vec<u8> {
    let write = if python.0 == 2 { string2 } else { text };
    let names: Vec<_> = code.names.iter().map(|name| write(name)).collect();
    let empty = || tuple(&[]);
    let number = || 0_i32.to_le_bytes().to_vec();
    let bytes = || counted(b's', b"\x97\0");
    let numbers = match python {
        (2, _) => 4,
        (3, 0..=7) => 5,
        (3, 8..=10) => 6,
        _ => 5,
    };
    let mut parts = vec![vec![b'c' | 0x80]];
    parts.extend((0..numbers).map(|_| number()));
    parts.extend([bytes(), tuple(code.consts), tuple(&names)]);
    if python >= (3, 11) {
        parts.extend([empty(), bytes()]);
        parts.extend([write("file.py"), write("f"), write("f"), number()]);
        parts.extend([bytes(), bytes()]);
    } else {
        parts.extend([empty(), empty(), empty(), write("file.py"), write("f")]);
        parts.extend([number(), bytes()]);
    }
    parts.concat()
}

/// A `.pyc` of Python 3.11 whose code uses these names.
pub(crate) fn pyc(names: &[&str]) -> Vec<u8> {
    let mut bytes = b"\xa7\r\r\n".to_vec();
    bytes.resize(16, 0);
    bytes.extend(simple(names, &[]));
    bytes
}

fn simple(names: &[&str], consts: &[&str]) -> Vec<u8> {
    let consts: Vec<_> = consts.iter().map(|constant| text(constant)).collect();
    code(
        (3, 11),
        &TestCode {
            names,
            consts: &consts,
        },
    )
}

#[test]
fn every_layout_is_read() {
    for (python, expected) in [
        ((2, 7), "2"),
        ((3, 2), "3.0 to 3.7"),
        ((3, 7), "3.0 to 3.7"),
        ((3, 8), "3.8 to 3.10"),
        ((3, 10), "3.8 to 3.10"),
        ((3, 11), "3.11 or later"),
        ((3, 14), "3.11 or later"),
    ] {
        let inner = code(
            python,
            &TestCode {
                names: &["os", "system"],
                consts: &[counted(b's', b"ls")],
            },
        );
        let outer = code(
            python,
            &TestCode {
                names: &["np"],
                consts: &[vec![b'N'], inner],
            },
        );
        let summary = read(&outer).unwrap();
        assert_eq!(summary.python, expected);
        assert_eq!(summary.functions, 2, "{python:?}");
        assert_eq!(summary.filename.as_deref(), Some("file.py"));
        assert!(summary.names.contains("np"), "{python:?}");
        assert_eq!(summary.worst(), Some(Severity::High), "{python:?}");
        assert!(summary.reached.contains_key("os.system"));
    }
}

#[test]
fn what_code_reaches() {
    for (names, consts, expected) in [
        (&["tf", "expand_dims"][..], &["x"][..], &[][..]),
        (&["K", "mean", "os", "path", "join"], &[], &[]),
        // A name alone says nothing; a text alone neither.
        (&["system"], &[], &[]),
        (&["print"], &["os", "system"], &[]),
        (&["os", "system"], &["x"], &["os.system"]),
        (&["posix", "system"], &["x"], &["os.system"]),
        (
            &["__import__", "system"],
            &["os"],
            &["__import__", "os.system"],
        ),
        (
            &["__import__", "getattr"],
            &["os", "system"],
            &["__import__", "os.system"],
        ),
        (&["subprocess", "run"], &[], &["subprocess"]),
        (&["exec"], &["print(1)"], &["exec"]),
        (
            &["__class__", "__base__", "__subclasses__"],
            &[],
            &["__subclasses__"],
        ),
        (
            &["urllib.request", "request", "urlopen"],
            &["http://localhost/"],
            &["urllib.request", "urllib.urlopen"],
        ),
    ] {
        let summary = read(&simple(names, consts)).unwrap();
        let reached: Vec<&str> = summary.reached.keys().map(String::as_str).collect();
        assert_eq!(reached, expected, "{names:?} {consts:?}");
    }
}

#[test]
fn payloads_in_constants_are_told() {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(100, 0);
    let data = code(
        (3, 12),
        &TestCode {
            names: &["x"],
            consts: &[counted(b's', &elf)],
        },
    );
    let summary = read(&data).unwrap();
    assert_eq!(summary.payload, Some("an ELF executable"));
    assert_eq!(summary.worst(), Some(Severity::High));
}

#[test]
fn references_are_followed_and_shared_objects_are_there_once() {
    // A tuple of a tuple ... of references: 2^60 paths to one code object.
    let mut bytes = vec![b')' | 0x80, 2];
    bytes.extend(simple(&["os", "system"], &[]));
    bytes.extend([b'r', 0, 0, 0, 0]);
    let summary = read(&bytes).unwrap();
    assert_eq!(summary.functions, 1);

    let mut layers = Vec::new();
    layers.extend([b')', 61]);
    layers.extend([b')' | 0x80, 1, b'N']);
    for layer in 0..60_i32 {
        layers.extend([b')' | 0x80, 2]);
        for _ in 0..2 {
            layers.push(b'r');
            layers.extend(layer.to_le_bytes());
        }
    }
    assert_eq!(read(&layers).unwrap().functions, 0);
}

#[test]
fn what_python_would_not_read_is_malformed() {
    let deep = vec![b'('; 40_000]
        .into_iter()
        .flat_map(|kind| [kind, 1, 0, 0, 0])
        .collect::<Vec<u8>>();
    let whole = simple(&["os", "system"], &["a"]);
    for bytes in [
        &[][..],
        b"\xff",
        b"(\xff\xff\xff\xff",
        b"(\xff\xff\xff\x7f",
        b"s\xff\xff\xff\x7fabc",
        b"r\0\0\0\0",
        b"r\xff\xff\xff\xff",
        b"R\0\0\0\0",
        b")\x01\x30",
        &deep,
    ] {
        assert_eq!(
            read(bytes).map_err(|error| error.reason),
            Err(ReasonCode::Malformed)
        );
    }
    for end in 0..whole.len() {
        assert!(read(&whole[..end]).is_err(), "{end}");
    }
}

#[test]
fn every_kind_of_object_is_skipped_right() {
    let items: Vec<Vec<u8>> = vec![
        vec![b'N'],
        vec![b'T'],
        vec![b'.'],
        vec![b'i', 1, 0, 0, 0],
        vec![b'I', 1, 0, 0, 0, 0, 0, 0, 0],
        vec![b'g', 0, 0, 0, 0, 0, 0, 0, 0],
        vec![b'f', 3, b'1', b'.', b'5'],
        vec![b'x', 1, b'1', 1, b'2'],
        [vec![b'y'], vec![0; 16]].concat(),
        vec![b'l', 2, 0, 0, 0, 1, 0, 1, 0],
        vec![b'l', 0xfe, 0xff, 0xff, 0xff, 1, 0, 1, 0],
        counted(b'u', "ü".as_bytes()),
        counted(b'a', b"a"),
        counted(b'A', b"a"),
        vec![b'Z', 1, b'a'],
        [vec![b'<', 1, 0, 0, 0], vec![b'N']].concat(),
        [vec![b'>', 1, 0, 0, 0], vec![b'N']].concat(),
        [vec![b'[', 1, 0, 0, 0], vec![b'N']].concat(),
        [vec![b'{'], text("k"), text("v"), vec![b'0']].concat(),
        vec![b':', b'N', b'N', b'N'],
        simple(&["os", "system"], &[]),
    ];
    let summary = read(&tuple(&items)).unwrap();
    assert!(summary.reached.contains_key("os.system"));
}

#[test]
fn pyc_headers_are_of_three_lengths() {
    for (magic, length) in [
        (62_211_u16, Some(8)),
        (3131, Some(8)),
        (3230, Some(12)),
        (3379, Some(12)),
        (3394, Some(16)),
        (3495, Some(16)),
        (3627, Some(16)),
        (1, None),
        (5000, None),
    ] {
        let mut bytes = magic.to_le_bytes().to_vec();
        bytes.extend(b"\r\n");
        assert_eq!(pyc_header(&bytes), length, "{magic}");
        bytes.resize(length.unwrap_or(16), 0);
        bytes.extend(simple(&["os", "system"], &[]));
        assert_eq!(read_pyc(&bytes).is_ok(), length.is_some(), "{magic}");
    }
}
