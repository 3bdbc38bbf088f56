use proptest::prelude::*;

use crate::graph::flatbuffer::tests::{Value, ints, text, write};
use crate::tensor::polyglot::tests::zip;
use crate::testing::{Said, scan, scan_weights};

type Fields = Vec<Option<Value>>;

fn custom(name: &str) -> Fields {
    vec![
        Some(Value::Bytes(vec![32])),
        text(name),
        None,
        Some(Value::U32(32)),
    ]
}

fn builtin(number: u32) -> Fields {
    vec![
        Some(Value::Bytes(vec![number.to_le_bytes()[0].min(127)])),
        None,
        None,
        Some(Value::U32(number)),
    ]
}

fn tensor(name: &str, shape: &[i32], kind: u8, buffer: u32) -> Fields {
    vec![
        ints(shape),
        Some(Value::Bytes(vec![kind])),
        Some(Value::U32(buffer)),
        text(name),
    ]
}

fn node(code: u32, inputs: &[i32]) -> Fields {
    vec![Some(Value::U32(code)), ints(inputs), ints(&[0])]
}

fn data(bytes: usize) -> Fields {
    vec![Some(Value::Vector(
        vec![1; bytes],
        u32::try_from(bytes).unwrap(),
    ))]
}

struct Parts {
    codes: Vec<Fields>,
    tensors: Vec<Fields>,
    nodes: Vec<Fields>,
    buffers: Vec<Fields>,
    metadata: Vec<Fields>,
}

fn honest() -> Parts {
    Parts {
        codes: vec![
            builtin(3),
            custom("TFLite_Detection_PostProcess"),
            custom("FlexAdd"),
        ],
        tensors: vec![tensor("x", &[1, 4], 0, 0), tensor("w", &[2, 2], 0, 1)],
        nodes: vec![node(0, &[0, 1, -1]), node(1, &[0])],
        buffers: vec![vec![], data(16)],
        metadata: vec![],
    }
}

fn build(parts: Parts) -> Vec<u8> {
    let graph = vec![
        Some(Value::Tables(parts.tensors)),
        ints(&[0]),
        ints(&[0]),
        Some(Value::Tables(parts.nodes)),
        text("main"),
    ];
    write(
        b"TFL3",
        &[
            Some(Value::U32(3)),
            Some(Value::Tables(parts.codes)),
            Some(Value::Tables(vec![graph])),
            text("MLIR Converted."),
            Some(Value::Tables(parts.buffers)),
            None,
            Some(Value::Tables(parts.metadata)),
            Some(Value::Tables(vec![vec![
                None,
                None,
                text("serving_default"),
            ]])),
        ],
    )
}

fn check(change: impl FnOnce(&mut Parts)) -> Said {
    let mut parts = honest();
    change(&mut parts);
    scan("m.tflite", &build(parts))
}

#[test]
fn describes_honest_models() {
    let said = check(|_| {});
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.format_version.as_deref(), Some("3"));
    assert_eq!(model.parameters, Some(4));
    assert_eq!(
        model.metadata["operators"],
        "CONV_2D 1, TFLite_Detection_PostProcess 1"
    );
    scan_weights("m", &build(honest())).assert_found(&[]);
}

#[test]
fn reports_operators_from_outside() {
    check(|parts| parts.codes.push(custom("Mine"))).assert_found(&[("custom-operator", "`Mine`")]);
    check(|parts| parts.codes.push(custom("FlexReadFile")))
        .assert_found(&[("file-operator", "reads files")]);
    check(|parts| parts.codes.push(custom("FlexPyFunc")))
        .assert_found(&[("code-operator", "Python")]);
    check(|parts| parts.codes.push(custom("FlexNonsense")))
        .assert_found(&[("custom-operator", "FlexNonsense")]);
    check(|parts| parts.codes.push(builtin(9999)))
        .assert_found(&[("impossible-size", "operator 9999")]);
}

#[test]
fn reports_what_cannot_be() {
    check(|parts| parts.nodes.push(node(9, &[])))
        .assert_found(&[("impossible-size", "operator 9 of 3")]);
    check(|parts| parts.nodes.push(node(0, &[2])))
        .assert_found(&[("impossible-size", "tensor 2 of 2")]);
    check(|parts| parts.nodes.push(node(0, &[-2])))
        .assert_found(&[("impossible-size", "tensor -2 of 2")]);
    check(|parts| parts.tensors.push(tensor("t", &[4], 0, 7)))
        .assert_found(&[("impossible-size", "buffer 7 of 2")]);
    check(|parts| parts.tensors.push(tensor("t", &[4000], 0, 1)))
        .assert_found(&[("impossible-size", "buffer of 16 bytes")]);
    check(|parts| parts.tensors.push(tensor("t", &[-4], 0, 1)))
        .assert_found(&[("impossible-size", "[-4]")]);
    check(|parts| parts.tensors.push(tensor("t", &[4], 99, 1)))
        .assert_found(&[("impossible-size", "type is 99")]);
    let outside = vec![None, Some(Value::U64(1 << 40)), Some(Value::U64(16))];
    check(|parts| parts.buffers.push(outside))
        .assert_found(&[("impossible-size", "Buffer 2 has 16 bytes")]);
    let mut broken = build(honest());
    broken[0] = 0xFF;
    broken[1] = 0xFF;
    scan("m.tflite", &broken).assert_incomplete("malformed", "leads to byte");
    scan("m.tflite", b"nothing").assert_incomplete("malformed", "TFL3");
}

#[test]
fn knows_the_archive_of_metadata() {
    let with = |metadata: bool| {
        let mut parts = honest();
        if metadata {
            parts.metadata = vec![vec![text("TFLITE_METADATA"), Some(Value::U32(1))]];
        }
        scan(
            "m.tflite",
            &[build(parts), zip("labels.txt", b"cat")].concat(),
        )
    };
    with(true).assert_clean();
    with(false).assert_found(&[("polyglot", "1 members")]);
}

#[test]
fn reads_executorch() {
    let program = |size: u64| {
        let segment = vec![Some(Value::U64(0)), Some(Value::U64(size))];
        write(
            b"ET12",
            &[
                Some(Value::U32(0)),
                None,
                None,
                None,
                Some(Value::Tables(vec![segment])),
            ],
        )
    };
    let said = scan("m.pte", &program(4));
    said.assert_clean();
    assert_eq!(said.models[0].format, "executorch");
    scan("m.pte", &program(1 << 50)).assert_found(&[("impossible-size", "Segment 0")]);
}

proptest! {
    #[test]
    fn changed_files_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let mut bytes = build(honest());
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        scan_weights("m.tflite", &bytes);
        scan("m.tflite", &bytes[..cut.index(bytes.len())]);
    }
}
