use gw_analysis::EntryKind;
use proptest::prelude::*;

use super::sstable::tests::table;
use crate::graph::wire::tests::{Message, message};
use crate::testing::{Said, scan, scan_all};

fn node(name: &str, kind: &str, inputs: &[&str]) -> Message {
    let node = message().bytes(1, name).bytes(2, kind);
    inputs.iter().fold(node, |node, input| node.bytes(3, input))
}

fn attribute(node: Message, key: &str, value: &Message) -> Message {
    node.sub(5, &message().bytes(1, key).sub(2, value))
}

/// A constant of one text.
fn text(name: &str, text: &str) -> Message {
    let tensor = message().int(1, 7).bytes(8, text);
    attribute(
        node(name, "Const", &[]),
        "value",
        &message().sub(8, &tensor),
    )
}

fn graph(nodes: &[Message]) -> Message {
    nodes
        .iter()
        .fold(message(), |graph, node| graph.sub(1, node))
}

fn function(name: &str, nodes: &[Message]) -> Message {
    let function = message().sub(1, &message().bytes(1, name));
    nodes
        .iter()
        .fold(function, |function, node| function.sub(3, node))
}

fn meta(graph: &Message) -> Message {
    message()
        .sub(1, &message().bytes(4, "serve").bytes(5, "2.15.0"))
        .sub(2, graph)
        .sub(5, &message().bytes(1, "serving_default"))
}

fn saved(meta: &Message) -> Vec<u8> {
    message().int(1, 1).sub(2, meta).0
}

fn check(nodes: &[Message]) -> Said {
    let honest = [
        node("x", "Placeholder", &[]),
        node("y", "MatMul", &["x", "x"]),
    ];
    let graph = graph(&[&honest, nodes].concat());
    let frozen = scan("frozen.pb", &graph.0);
    let saved = scan("m/saved_model.pb", &saved(&meta(&graph)));
    assert_eq!(frozen.findings, saved.findings);
    saved
}

#[test]
fn describes_honest_models() {
    let saver = [
        text("save/filename/input", "model"),
        node(
            "save/filename",
            "PlaceholderWithDefault",
            &["save/filename/input"],
        ),
        node("save/Const", "PlaceholderWithDefault", &["save/filename"]),
        node("save/SaveV2", "SaveV2", &["save/Const", "x"]),
        node("save/RestoreV2", "RestoreV2", &["save/Const:0"]),
        node(
            "save/MergeV2Checkpoints",
            "MergeV2Checkpoints",
            &["save/Const"],
        ),
    ];
    let said = check(&saver);
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.format, "tensorflow-saved-model");
    assert_eq!(model.libraries["tensorflow"], "2.15.0");
    assert_eq!(model.metadata["tags"], "serve");
    assert_eq!(model.metadata["nodes"], "8");
    let functions = message()
        .sub(
            1,
            &function(
                "__inference__traced_save_12",
                &[
                    node("SaveV2", "SaveV2", &["file_prefix"]),
                    node(
                        "MergeV2Checkpoints",
                        "MergeV2Checkpoints",
                        &["p", "file_prefix"],
                    ),
                ],
            ),
        )
        .sub(
            1,
            &function(
                "__inference__traced_restore_3",
                &[node("RestoreV2", "RestoreV2", &["file_prefix"])],
            ),
        );
    let two = graph(&[
        node("f", "StatefulPartitionedCall", &[]),
        node("__inference_f_1", "__inference__traced_save_12", &[]),
    ])
    .sub(2, &functions);
    scan("saved_model.pb", &saved(&meta(&two))).assert_clean();
    let table = [
        text("path", "/home/someone/vocab.txt"),
        node("init", "InitializeTableFromTextFileV2", &["t", "path"]),
    ];
    let with_asset = meta(&graph(&table)).sub(6, &message().bytes(2, "vocab.txt"));
    scan("saved_model.pb", &saved(&with_asset)).assert_clean();
    check(&table).assert_found(&[("file-operator", "/home/someone/vocab.txt")]);
    // Other messages with these names.
    scan(
        "labels.pb",
        &message().sub(1, &message().bytes(1, "cat").int(2, 1)).0,
    )
    .assert_clean();
    scan("x.meta", b"\x0A\x03abc").assert_clean();
}

#[test]
fn reports_operators_that_do_more_than_compute() {
    let with = |kind: &str| check(&[text("path", "/etc/passwd"), node("n", kind, &["path"])]);
    #[rustfmt::skip]
    let cases = [
        ("PyFunc", "code-operator", "calls a function of Python"),
        ("EagerPyFunc", "code-operator", "calls a function of Python"),
        ("ReadFile", "file-operator", "reads files: \"/etc/passwd\""),
        ("WriteFile", "file-operator", "writes files: \"/etc/passwd\""),
        ("MatchingFiles", "file-operator", "lists files"),
        ("WholeFileReaderV2", "file-operator", "reads files"),
        ("TFRecordDatasetV2", "file-operator", "/etc/passwd"),
        ("SqlDataset", "file-operator", "database"),
        ("SaveDatasetV2", "file-operator", "/etc/passwd"),
        ("SaveV2", "file-operator", "writes variables into a file: \"/etc/passwd\""),
        ("RestoreV2", "file-operator", "reads variables from a file"),
        ("CacheDatasetV2", "file-operator", "/etc/passwd"),
        ("CreateSummaryFileWriter", "file-operator", "logs"),
        ("Rpc", "network-operator", "remote procedure"),
        ("DataServiceDatasetV2", "network-operator", "data service"),
        ("XlaCustomCallV2", "code-operator", "native code"),
        ("MyOwnThing", "custom-operator", "`MyOwnThing`"),
        ("IO>FileRead", "custom-operator", "IO>FileRead"),
    ];
    for (kind, rule, expected) in cases {
        let expected = expected.replace('`', "");
        with(kind).assert_found(&[(rule, &expected)]);
    }
}

#[test]
fn follows_paths_and_attributes() {
    let joined = [
        text("folder", "/root/.ssh"),
        text("name", "authorized_keys"),
        node("path", "StringJoin", &["folder", "name"]),
        node("same", "Identity", &["path:0"]),
        node("save/w", "SaveV2", &["same"]),
    ];
    check(&joined).assert_found(&[("file-operator", "/root/.ssh")]);
    let with = |kind: &str, key: &str, value: &str| {
        check(&[attribute(
            node("n", kind, &["x"]),
            key,
            &message().bytes(2, value),
        )])
    };
    with("ImmutableConst", "memory_region_name", "/proc/self/environ")
        .assert_found(&[("file-operator", "/proc/self/environ")]);
    with("DecodeProtoV2", "descriptor_source", "/tmp/x")
        .assert_found(&[("file-operator", "/tmp/x")]);
    with("DecodeProtoV2", "descriptor_source", "local://").assert_clean();
    with("PrintV2", "output_stream", "file:///tmp/x")
        .assert_found(&[("file-operator", "file:///tmp/x")]);
    with("PrintV2", "output_stream", "stderr").assert_clean();
    let urls = message().sub(1, &message().bytes(2, "grpc://203.0.113.1:80"));
    check(&[attribute(
        node("n", "DebugIdentity", &["x"]),
        "debug_urls",
        &urls,
    )])
    .assert_found(&[("network-operator", "grpc://203.0.113.1:80")]);
    let urls = message().sub(1, &message().bytes(2, "file:///tmp/dump"));
    check(&[attribute(
        node("n", "DebugIdentityV2", &["x"]),
        "debug_urls",
        &urls,
    )])
    .assert_found(&[("file-operator", "file:///tmp/dump")]);
    check(&[node("n", "CacheDataset", &["x"])]).assert_clean();
    check(&[node("elsewhere", "SaveV2", &["x"])])
        .assert_found(&[("file-operator", "writes variables")]);
}

#[test]
fn looks_into_functions_assets_and_layers() {
    let library = message().sub(
        1,
        &function(
            "f",
            &[text("p", "/etc/hosts"), node("r", "ReadFile", &["p"])],
        ),
    );
    let with = graph(&[node("c", "PartitionedCall", &[])]).sub(2, &library);
    scan("saved_model.pb", &saved(&meta(&with))).assert_found(&[(
        "file-operator",
        "`r` of the function `f` reads files: \"/etc/hosts\"",
    )]);
    let asset = meta(&graph(&[node("x", "Const", &[])])).sub(6, &message().bytes(2, "../../x"));
    scan("saved_model.pb", &saved(&asset)).assert_found(&[("external-path", "climbs")]);
    let lambda = r#"{"class_name":"Sequential","config":{"layers":[{"class_name":"Lambda","config":{"name":"l","function":["4wEA",null,null]}}]}}"#;
    let object = message().bytes(1, "_tf_keras_sequential").bytes(3, lambda);
    let layered = meta(&graph(&[node("x", "Const", &[])]))
        .sub(7, &message().sub(1, &message().sub(4, &object)));
    scan("saved_model.pb", &saved(&layered))
        .assert_found(&[("code-operator", "compiled code of Python")]);
}

#[test]
fn reads_graphs_as_text() {
    let honest =
        "node {\n  name: \"x\"\n  op: \"Placeholder\"\n}\nnode { name: \"y\" op: 'MatMul' }\n";
    scan("graph.pbtxt", honest.as_bytes()).assert_clean();
    scan(
        "graph.pbtxt",
        format!("{honest}node {{ op: \"Py\\x46unc\" }}").as_bytes(),
    )
    .assert_found(&[("code-operator", "PyFunc")]);
    scan(
        "graph.pbtxt",
        format!("{honest}node {{ op :  \"ReadFile\" }}").as_bytes(),
    )
    .assert_found(&[("file-operator", "ReadFile")]);
    scan("labels.pbtxt", b"item { name: \"op: cat\" id: 1 }").assert_clean();
}

#[test]
fn reads_checkpoints() {
    let head = message().int(1, 1).0;
    let entry = |kind: i64, shape: &[i64], shard: i64, offset: i64, size: i64| {
        let shape = shape.iter().fold(message(), |shape, size| {
            shape.sub(2, &message().int(1, *size))
        });
        message()
            .int(1, kind)
            .sub(2, &shape)
            .int(3, shard)
            .int(4, offset)
            .int(5, size)
            .0
    };
    let check = |entries: &[(&str, Vec<u8>)], data: usize| {
        let all: Vec<(&[u8], &[u8])> = std::iter::once((&b""[..], &head[..]))
            .chain(
                entries
                    .iter()
                    .map(|(name, entry)| (name.as_bytes(), &entry[..])),
            )
            .collect();
        let index = table(&all, false);
        scan_all(
            &[
                ("d/variables.index", EntryKind::File, &index),
                (
                    "d/variables.data-00000-of-00001",
                    EntryKind::File,
                    &vec![0; data],
                ),
            ],
            false,
        )
    };
    let honest = [
        ("a", entry(1, &[2, 2], 0, 0, 16)),
        ("b", entry(3, &[], 0, 16, 4)),
    ];
    let said = check(&honest, 20);
    said.assert_clean();
    assert_eq!(said.models[0].parameters, Some(5));
    check(&honest, 12).assert_found(&[("impossible-size", "bytes up to 20")]);
    check(&[("a", entry(1, &[2, 2], 0, 0, 12))], 20)
        .assert_found(&[("impossible-size", "said to have 12")]);
    check(&[("a", entry(1, &[2, 2], 7, 0, 16))], 20)
        .assert_found(&[("impossible-size", "file 7 of 1")]);
    check(&[("a", entry(1, &[-2], 0, 0, 16))], 20)
        .assert_found(&[("impossible-size", "dimensions")]);
    check(&[("a", entry(1, &[4], 0, -4, 16))], 20)
        .assert_found(&[("impossible-size", "at byte -4")]);
    check(
        &[
            ("a", entry(1, &[4], 0, 0, 16)),
            ("b", entry(1, &[4], 0, 8, 16)),
        ],
        24,
    )
    .assert_found(&[("overlapping-tensors", "share 8 bytes")]);
    let alone = table(&[(b"", &head), (b"a", &honest[0].1)], true);
    scan("x.index", &alone).assert_incomplete("missing", "x.data-00000-of-00001");
    scan("x.index", &alone[..alone.len() - 1]).assert_clean();
    let plain = table(&[(b"", &head)], false);
    scan("x.index", &plain[..plain.len() - 1]).assert_incomplete("malformed", "as a table does");
}

proptest! {
    #[test]
    fn changed_files_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = saved(&meta(&graph(&[text("p", "/x"), node("n", "ReadFile", &["p"])])));
        let at = at.index(bytes.len());
        bytes[at] = to;
        for name in ["saved_model.pb", "a.pb", "a.meta",  "a.pbtxt"] {
            scan(name, &bytes);
            scan(name, &bytes[..cut.index(bytes.len())]);
        }
    }

    #[test]
    fn changed_tables_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), compressed in any::<bool>()) {
        let mut bytes = table(&[(b"", b"\x08\x01"), (b"layer/a", b"\x08\x01\x28\x04"), (b"layer/b", b"\x08\x01")], compressed);
        let at = at.index(bytes.len());
        bytes[at] = to;
        scan("x.index", &bytes);
    }
}
