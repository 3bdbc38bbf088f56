use std::time::Instant;

use gw_analysis::EntryKind;
use proptest::prelude::*;

use crate::tensor::payload::tests::{elf, pickle};
use crate::tensor::polyglot::tests::zip;
use crate::testing::{Said, scan, scan_all, scan_weights};

/// A file from its header and data.
pub(crate) fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let size = header.len() as u64;
    [&size.to_le_bytes(), header.as_bytes(), data].concat()
}

fn check(header: &str, data: usize) -> Said {
    scan("m.safetensors", &file(header, &vec![7; data]))
}

const ONE: &str = r#"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#;

#[test]
fn describes_honest_files() {
    let header = r#"{"__metadata__":{"format":"pt","modelspec.title":"M","license":"MIT"},
        "b":{"dtype":"F16","shape":[3],"data_offsets":[16,22]},
        "a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
        "e":{"dtype":"F32","shape":[0,5],"data_offsets":[16,16]},
        "f":{"dtype":"F4","shape":[4],"data_offsets":[22,24]},
        "s":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}   "#;
    let said = check(header, 32);
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.format, "safetensors");
    assert_eq!(model.name.as_deref(), Some("M"));
    assert_eq!(model.tensors, Some(5));
    assert_eq!(model.parameters, Some(4 + 3 + 4 + 1));
    assert_eq!(model.licenses, ["MIT"]);
    assert_eq!(model.metadata["format"], "pt");
    check("{}", 0).assert_clean();
    // By content alone.
    assert_eq!(scan("weights", &file(ONE, &[0; 16])).models.len(), 1);
    assert_eq!(scan("x.txt", b"12345678{\"a\": 1}").models.len(), 0);
}

#[test]
fn reports_sizes_that_cannot_be() {
    let tensor = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    #[rustfmt::skip]
    let cases = [
        (tensor("F32", "[2,2]", "[0,12]"), 12, "need 16 bytes and it has 12"),
        (tensor("F32", "[4294967296,4294967296]", "[0,4]"), 4, "overflows"),
        (tensor("F32", "[0,4294967296,4294967296]", "[0,0]"), 0, "overflows"),
        (tensor("F64", "[2305843009213693952]", "[0,0]"), 0, "more bits"),
        (tensor("F32", "[1]", "[4,0]"), 4, "before it begins"),
        (tensor("F32", "[4]", "[0,16]"), 8, "cut off"),
        (tensor("F4", "[3]", "[0,2]"), 2, "no whole bytes"),
    ];
    for (header, data, expected) in cases {
        let said = check(&header, data);
        let found = said
            .findings
            .iter()
            .any(|(rule, text)| rule == "impossible-size" && text.contains(expected));
        assert!(found, "{header}: {said:?}");
    }
    let mut long = file(ONE, &[0; 16]);
    long[..8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    scan("m.safetensors", &long).assert_found(&[("impossible-size", "at most 100000000")]);
    long[..8].copy_from_slice(&5000_u64.to_le_bytes());
    scan("m.safetensors", &long).assert_found(&[("impossible-size", "said to have 5000")]);
}

#[test]
fn reports_how_tensors_lie() {
    let two = |a: &str, b: &str| {
        format!(
            r#"{{"a":{{"dtype":"U8","shape":[8],"data_offsets":{a}}},"b":{{"dtype":"U8","shape":[8],"data_offsets":{b}}}}}"#
        )
    };
    check(&two("[0,8]", "[8,16]"), 16).assert_clean();
    check(&two("[0,8]", "[4,12]"), 12).assert_found(&[("overlapping-tensors", "share 4 bytes")]);
    check(&two("[0,8]", "[0,8]"), 8).assert_found(&[("overlapping-tensors", "share 8 bytes")]);
    check(&two("[0,8]", "[12,20]"), 20).assert_found(&[("hidden-data", "The 4 bytes before")]);
    check(&two("[1,9]", "[9,17]"), 17).assert_found(&[("hidden-data", "The 1 bytes before")]);
    check(ONE, 20).assert_found(&[("hidden-data", "4 bytes that belong to nothing")]);
    let with = |trailer: &[u8]| scan("m.safetensors", &file(ONE, &[&[0; 16], trailer].concat()));
    with(&elf()).assert_found(&[("embedded-executable", "an ELF program")]);
    with(&zip("a.py", b"x"))
        .assert_found(&[("embedded-executable", "zip"), ("polyglot", "1 members")]);
}

#[test]
fn reports_headers_that_are_read_in_two_ways() {
    let twice = r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#;
    check(twice, 2).assert_found(&[("duplicate-key", "`a` is defined twice")]);
    check(r#"{"__metadata__":{"k":"1","k":"2"}}"#, 0).assert_found(&[("duplicate-key", "`k`")]);
    check(r#"{"__metadata__":{"k":{"x":1}}}"#, 0)
        .assert_found(&[("suspicious-metadata", "a mapping")]);
    check("{}   x", 0).assert_found(&[("hidden-data", "`x`")]);
    check(
        r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}"#,
        1,
    )
    .assert_found(&[("suspicious-metadata", "`x`")]);
    for (header, expected) in [
        (
            r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#,
            "two places",
        ),
        (
            r#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#,
            "found -1",
        ),
        (
            r#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#,
            "found 1.0",
        ),
        (
            r#"{"a":{"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,1]}}"#,
            "twice",
        ),
        (
            r#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#,
            "`dtype` is missing",
        ),
        (r#"{"a":[1}"#, "in the header"),
        (r#"{"a":1,}"#, "a key in double quotes"),
        (r#"{"a":NaN}"#, "in the header"),
        (r#"{"a":{"#, "the rest of the header"),
    ] {
        check(header, 1).assert_incomplete("malformed", expected);
    }
    check(
        r#"{"a":{"dtype":"Q9","shape":[1],"data_offsets":[0,1]}}"#,
        1,
    )
    .assert_incomplete("unsupported", "`Q9`");
}

#[test]
fn reports_other_content_under_the_name() {
    scan("m.safetensors", &pickle()).assert_found(&[("wrong-format", "a pickle")]);
    scan("m.SafeTensors", &zip("data.pkl", b"x")).assert_found(&[("wrong-format", "zip")]);
    scan("m.safetensors", b"hello").assert_incomplete("malformed", "expected the header's length");
    scan(
        "m.safetensors",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:x\n",
    )
    .assert_incomplete("missing", "git lfs pull");
    scan(
        "m.safetensors",
        &file(
            r#"{"__metadata__":{"x":"cposix\nsystem\n(Vid\ntR."}}"#
                .replace('\n', "\\n")
                .as_str(),
            b"",
        ),
    )
    .assert_found(&[("suspicious-metadata", "a pickle")]);
}

#[test]
fn joins_shards() {
    let one = file(ONE, &[0; 16]);
    let index = |map: &str| format!(r#"{{"metadata":{{"total_size":16}},"weight_map":{map}}}"#);
    let name = "d/model.safetensors.index.json";
    let check = |map: &str, shard: &str| {
        let index = index(map);
        scan_all(
            &[
                (name, EntryKind::File, index.as_bytes()),
                (shard, EntryKind::File, &one),
            ],
            false,
        )
    };
    check(r#"{"a":"m1.safetensors"}"#, "d/m1.safetensors").assert_clean();
    check(r#"{"a":"m1.safetensors"}"#, "m1.safetensors")
        .assert_incomplete("missing", "m1.safetensors");
    check(r#"{"a":"../m1.safetensors"}"#, "m1.safetensors")
        .assert_found(&[("external-path", "climbs")]);
    check(r#"{"a":"/m1.safetensors"}"#, "m1.safetensors")
        .assert_found(&[("external-path", "absolute")]);
    check(r#"{"a":"m1.pt"}"#, "d/m1.safetensors").assert_found(&[("wrong-format", "m1.pt")]);
    check(
        r#"{"a":"m1.safetensors","a":"m1.safetensors"}"#,
        "d/m1.safetensors",
    )
    .assert_found(&[("duplicate-key", "`a`")]);
    scan("other.index.json", b"{\"a\":1}").assert_clean();
}

#[test]
fn judges_ten_gigabytes_in_milliseconds() {
    let size = 10_u64 << 30;
    let header = format!(r#"{{"a":{{"dtype":"U8","shape":[{size}],"data_offsets":[0,{size}]}}}}"#);
    let sparse = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(sparse.path(), file(&header, b"")).unwrap();
    sparse
        .as_file()
        .set_len(8 + header.len() as u64 + size)
        .unwrap();
    let mut file = std::fs::File::open(sparse.path()).unwrap();
    let location = gw_finding::Location::file("m.safetensors");
    let mut output = gw_analysis::Output::default();
    let start = Instant::now();
    let mut report = crate::report::Report::new(&location, false, &mut output);
    crate::reader::Reader::read(
        &super::Safetensors,
        crate::Content::Seekable(&mut file),
        &mut report,
    );
    println!("10 GB of safetensors in {:?}", start.elapsed());
    assert!(output.findings.is_empty() && output.incomplete.is_empty());
}

#[test]
fn looks_at_numbers_when_asked() {
    let header = r#"{"a":{"dtype":"F32","shape":[64,64],"data_offsets":[0,16384]}}"#;
    let data = |number: fn(u32) -> f32| -> Vec<u8> {
        (0..4096).flat_map(|n| number(n).to_le_bytes()).collect()
    };
    let check = |data: Vec<u8>| scan_weights("m.safetensors", &file(header, &data));
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let plain: fn(u32) -> f32 = |n| (n as f32).sin() * 0.02;
    check(data(plain)).assert_clean();
    check(data(|n| {
        if n == 9 {
            f32::NAN
        } else {
            0.5 + f32::from_bits(n)
        }
    }))
    .assert_found(&[("abnormal-weights", "1 of 4096")]);
    check(data(|_| 0.0)).assert_found(&[("abnormal-weights", "Nothing but zero")]);
}

proptest! {
    #[test]
    fn never_panics(header in r#"[{}\[\]":,adtypeshofF32 0-9\\]{0,80}"#, data in prop::collection::vec(any::<u8>(), 0..64), size in prop::option::of(any::<u64>())) {
        let mut bytes = file(&header, &data);
        if let Some(size) = size {
            bytes[..8].copy_from_slice(&size.to_le_bytes());
        }
        scan_weights("m.safetensors", &bytes);
        scan("m.safetensors.index.json", &bytes);
    }

    #[test]
    fn changed_files_never_panic(at in 0_usize..90, to in any::<u8>()) {
        let mut bytes = file(ONE, &[0; 16]);
        let at = at % bytes.len();
        bytes[at] = to;
        scan_weights("m.safetensors", &bytes);
    }
}
