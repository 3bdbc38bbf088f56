use gw_analysis::EntryKind;
use proptest::prelude::*;

use crate::graph::wire::tests::{Message, message};
use crate::tensor::payload::tests::{elf, pickle};
use crate::testing::{Said, scan, scan_all, scan_weights};

fn node(kind: &str, domain: &str) -> Message {
    message()
        .bytes(1, "x")
        .bytes(2, "y")
        .bytes(3, "n1")
        .bytes(4, kind)
        .bytes(7, domain)
}

fn text(name: &str, value: &str) -> Message {
    message().bytes(1, name).bytes(4, value).int(20, 3)
}

fn entry(key: &str, value: &str) -> Message {
    message().bytes(1, key).bytes(2, value)
}

fn tensor(shape: &[i64], kind: i64) -> Message {
    let tensor = shape
        .iter()
        .fold(message(), |tensor, size| tensor.int(1, *size));
    tensor.int(2, kind).bytes(8, "w")
}

fn external(entries: &[(&str, &str)]) -> Message {
    let tensor = tensor(&[4], 1).int(14, 1);
    entries.iter().fold(tensor, |tensor, (key, value)| {
        tensor.sub(13, &entry(key, value))
    })
}

fn model(graph: &Message) -> Message {
    message()
        .int(1, 8)
        .bytes(2, "pytorch")
        .bytes(3, "2.1.0")
        .sub(7, &graph.clone().bytes(2, "main"))
        .sub(8, &message().bytes(1, "").int(2, 17))
}

fn check(model: &Message) -> Said {
    scan("m.onnx", &model.0)
}

fn graph(part: u64, content: &Message) -> Said {
    check(&model(&message().sub(part, content)))
}

#[test]
fn describes_honest_models() {
    let weight = tensor(&[2, 2], 1).bytes(9, [0; 16]);
    let branch = message().sub(1, &node("Relu", "")).bytes(2, "then");
    let graph = message()
        .sub(1, &node("Conv", "").sub(5, &text("auto_pad", "SAME_UPPER")))
        .sub(
            1,
            &node("If", "").sub(5, &message().bytes(1, "then_branch").sub(6, &branch)),
        )
        .sub(1, &node("FusedConv", "com.microsoft"))
        .sub(5, &weight)
        .sub(5, &tensor(&[3], 22).bytes(9, [1, 2]))
        .sub(5, &tensor(&[2], 8).bytes(6, "a").bytes(6, "b"));
    let bytes = model(&graph).sub(14, &entry("license", "MIT")).0;
    let said = scan("m.onnx", &bytes);
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.producer.as_deref(), Some("pytorch 2.1.0"));
    assert_eq!(model.format_version.as_deref(), Some("8"));
    assert_eq!(model.libraries["ai.onnx"], "17");
    assert_eq!(model.parameters, Some(4 + 3 + 2));
    assert_eq!(model.licenses, ["MIT"]);
    assert_eq!(model.metadata["nodes"], "4");
    assert!(model.metadata["operators"].contains("Relu 1"));
    assert_eq!(
        scan("weights.dat", &bytes).models.len(),
        1,
        "told by content"
    );
    assert_eq!(scan("x", b"\x08\x01\x12\x03abcd").models.len(), 0);
}

#[test]
fn reports_data_outside_of_the_folder() {
    let location = |location: &str| graph(5, &external(&[("location", location)]));
    for (path, expected) in [
        ("../../../etc/passwd", "climbs"),
        ("/etc/passwd", "absolute"),
        ("C:\\Windows\\x", "absolute"),
        ("a\\..\\..\\x", "climbs"),
        ("file:///etc/passwd", "address"),
        ("*/_ORT_MEM_ADDR_/*", "memory of the process"),
    ] {
        location(path).assert_found(&[("external-path", expected)]);
    }
    graph(5, &external(&[])).assert_found(&[("impossible-size", "does not say")]);
    let place = |offset: &str, length: &str| {
        graph(
            5,
            &external(&[("location", "odd"), ("offset", offset), ("length", length)]),
        )
    };
    place("0", "16").assert_clean();
    place("-1", "16").assert_found(&[("impossible-size", "no place")]);
    place("0", "-16").assert_found(&[("impossible-size", "no place")]);
    place("0", "8").assert_found(&[("impossible-size", "needs 16 bytes and has 8")]);
    // In attributes and branches, too.
    let constant = node("Constant", "").sub(
        5,
        &message()
            .bytes(1, "value")
            .sub(5, &external(&[("location", "../x")])),
    );
    let branch = message().sub(1, &constant);
    graph(1, &node("Loop", "").sub(5, &message().sub(6, &branch)))
        .assert_found(&[("external-path", "climbs")]);
}

#[test]
fn looks_at_the_other_files() {
    let entries = [
        ("location", "m.onnx_data"),
        ("offset", "16"),
        ("length", "16"),
    ];
    let bytes = model(&message().sub(5, &external(&entries))).0;
    let with = |kind, data: &[u8]| {
        scan_all(
            &[
                ("d/m.onnx", EntryKind::File, &bytes),
                ("d/m.onnx_data", kind, data),
            ],
            false,
        )
    };
    with(EntryKind::File, &[0; 32]).assert_clean();
    with(EntryKind::File, &[0; 20]).assert_found(&[("impossible-size", "bytes up to 32")]);
    with(EntryKind::Link, b"/etc/shadow")
        .assert_found(&[("external-path", "a link to \"/etc/shadow\"")]);
    with(EntryKind::Link, b"blobs/x").assert_clean();
    scan("d/m.onnx", &bytes).assert_incomplete("missing", "m.onnx_data");
}

#[test]
fn reports_tensors_that_cannot_be() {
    let one = |tensor: Message, raw: usize| graph(5, &tensor.bytes(9, vec![0; raw]));
    one(tensor(&[2, 2], 1), 16).assert_clean();
    one(tensor(&[], 1), 4).assert_clean();
    one(tensor(&[2, 2], 1), 12).assert_found(&[("impossible-size", "need 16 bytes and it has 12")]);
    one(tensor(&[-1], 1), 4).assert_found(&[("impossible-size", "negative")]);
    one(tensor(&[1 << 40, 1 << 40], 1), 4).assert_found(&[("impossible-size", "overflows")]);
    one(tensor(&[1 << 61], 11), 4).assert_found(&[("impossible-size", "than can be counted")]);
    one(tensor(&[1], 99), 4).assert_found(&[("impossible-size", "type is 99")]);
}

#[test]
fn reports_operators_that_do_more_than_compute() {
    let python = node("PyOp", "com.microsoft")
        .sub(5, &text("module", "helpers"))
        .sub(5, &text("class_name", "Run"));
    graph(1, &python).assert_found(&[("code-operator", "module \"helpers\"")]);
    graph(1, &node("PythonOp", "com.microsoft"))
        .assert_found(&[("code-operator", "calls a function of Python")]);
    graph(1, &node("OpenAIAudioToText", "com.microsoft.extensions"))
        .assert_found(&[("network-operator", "service")]);
    graph(
        1,
        &node("X", "trt.plugins").sub(5, &text("plugin", "./libx.so")),
    )
    .assert_found(&[
        ("code-operator", "libx.so"),
        ("custom-operator", "trt.plugins"),
    ]);
    graph(1, &node("Mine", "acme")).assert_found(&[("custom-operator", "Mine")]);
    graph(1, &node("my_function", "ai.onnx.contrib"))
        .assert_found(&[("custom-operator", "my_function")]);
    graph(1, &node("BertTokenizer", "ai.onnx.contrib")).assert_clean();
    let context =
        node("EPContext", "com.microsoft").sub(5, &text("ep_cache_context", "../../x.bin"));
    graph(1, &context).assert_found(&[("external-path", "compiled model")]);
}

#[test]
fn looks_into_functions() {
    let function = |name: &str, domain: &str, body: &Message| {
        message().bytes(1, name).sub(7, body).bytes(10, domain)
    };
    let with = |functions: &[Message]| {
        let used = model(&message().sub(1, &node("f", "local")));
        check(
            &functions
                .iter()
                .fold(used, |model, function| model.sub(25, function)),
        )
    };
    with(&[function("f", "local", &node("Relu", ""))]).assert_clean();
    with(&[]).assert_found(&[("custom-operator", "local")]);
    with(&[function("f", "local", &node("PyOp", "x"))]).assert_found(&[("code-operator", "PyOp")]);
    with(&[function("f", "local", &node("f", "local"))])
        .assert_found(&[("recursive-graph", "`local::f`")]);
    with(&[
        function("f", "local", &node("g", "local")),
        function("g", "local", &node("f", "local")),
    ])
    .assert_found(&[("recursive-graph", "calls itself")]);
    let shadow = function("Softmax", "", &node("Relu", ""));
    with(&[function("f", "local", &node("Relu", "")), shadow])
        .assert_found(&[("shadowed-operator", "`Softmax`")]);
    let twice = function("f", "local", &node("Relu", ""));
    with(&[twice.clone(), twice]).assert_found(&[("duplicate-key", "`local::f`")]);
    let training =
        model(&message()).sub(20, &message().sub(2, &message().sub(1, &node("PyOp", "x"))));
    check(&training).assert_found(&[("code-operator", "PyOp")]);
}

#[test]
fn reports_what_decoders_hide() {
    check(&model(&message()).bytes(99, [7; 200]))
        .assert_found(&[("hidden-data", "field 99 of 200 bytes")]);
    check(&model(&message()).bytes(99, elf())).assert_found(&[("embedded-executable", "ELF")]);
    check(&model(&message()).sub(7, &message())).assert_found(&[("duplicate-key", "two graphs")]);
    check(&model(&message()).sub(14, &entry("x", "__import__('os').system('id')")))
        .assert_found(&[("suspicious-metadata", "Python code")]);
    scan("m.onnx", &pickle()).assert_found(&[("wrong-format", "a pickle")]);
    scan("m.onnx", b"").assert_incomplete("malformed", "empty");
    scan("m.onnx", b"\x08\x08\x3A\xFF\x01").assert_incomplete("malformed", "behind the end");
    let deep = (0..150).fold(node("Relu", ""), |inner, _| {
        node("If", "").sub(5, &message().sub(6, &message().sub(1, &inner)))
    });
    graph(1, &deep).assert_incomplete("too-deep", "deeper than 100");
}

#[test]
fn looks_at_weights_when_asked() {
    let with = |data: &[u8]| {
        let weight = tensor(&[i64::try_from(data.len() / 4).unwrap()], 1).bytes(9, data);
        scan_weights("m.onnx", &model(&message().sub(5, &weight)).0)
    };
    let plain: Vec<u8> = (0..4096_u16)
        .flat_map(|n| (f32::from(n).sin()).to_le_bytes())
        .collect();
    with(&plain).assert_clean();
    let mut payload = plain.clone();
    payload[5000..5128].copy_from_slice(&elf());
    with(&payload).assert_found(&[("embedded-executable", "ELF program from byte 5000")]);
    let mut low = plain;
    for (number, bit) in low.chunks_mut(4).zip(
        elf()
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)),
    ) {
        number[0] = number[0] & 0xFE | bit;
    }
    with(&low).assert_found(&[("embedded-executable", "lowest 1 bits")]);
}

proptest! {
    #[test]
    fn changed_files_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let graph = message().sub(1, &node("Conv", "")).sub(5, &external(&[("location", "x"), ("offset", "9")]));
        let mut bytes = model(&graph).0;
        let at = at.index(bytes.len());
        bytes[at] = to;
        scan_weights("m.onnx", &bytes);
        scan("m.onnx", &bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        scan("m.onnx", &[&[8, 8][..], &bytes].concat());
    }
}

#[test]
fn reports_operators_that_the_standard_does_not_have() {
    let with = |domain: &str, version: i64, graph: &Message| {
        message()
            .int(1, 8)
            .bytes(2, "x")
            .sub(7, &graph.clone().bytes(2, "main"))
            .sub(8, &message().bytes(1, domain).int(2, version))
    };
    let one = |kind: &str, of: &str| message().sub(1, &node(kind, of));
    for (domain, version, kind, of, found) in [
        ("", 17, "Conv", "", None),
        ("ai.onnx", 17, "Conv", "", None),
        ("", 16, "GridSample", "ai.onnx", None),
        ("", 15, "GridSample", "", Some("GridSample (from 16 on)")),
        ("ai.onnx", 15, "GridSample", "", Some("(from 16 on)")),
        (
            "",
            17,
            "Mystery",
            "",
            Some("no version, so that no standard runtime loads it: Mystery"),
        ),
        (
            "ai.onnx.ml",
            3,
            "TreeEnsemble",
            "ai.onnx.ml",
            Some("TreeEnsemble (from 5 on)"),
        ),
        (
            "ai.onnx.ml",
            3,
            "Conv",
            "ai.onnx.ml",
            Some("ai.onnx.ml::Conv"),
        ),
        // What ONNX Runtime puts there, and what may be newer than the table.
        ("", 11, "LayerNormalization", "", None),
        ("", 11, "SimplifiedLayerNormalization", "", None),
        ("", 90, "Mystery", "", None),
    ] {
        let said = check(&with(domain, version, &one(kind, of)));
        match found {
            Some(text) => said.assert_found(&[("custom-operator", text)]),
            None => said.assert_clean(),
        }
    }
}
