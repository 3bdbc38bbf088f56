use gw_analysis::EntryKind;
use proptest::prelude::*;

use crate::graph::wire::tests::{Message, message};
use crate::testing::{Said, scan, scan_all, scan_weights};

fn model(number: u64, content: &Message) -> Message {
    let metadata = message()
        .bytes(1, "A model")
        .bytes(3, "Somebody")
        .bytes(4, "MIT")
        .sub(100, &message().bytes(1, "k").bytes(2, "v"));
    message()
        .int(1, 7)
        .sub(2, &message().sub(100, &metadata))
        .sub(number, content)
}

fn check(number: u64, content: &Message) -> Said {
    scan("m.mlmodel", &model(number, content).0)
}

fn layer(number: u64, params: &Message) -> Message {
    message().sub(
        1,
        &message().bytes(1, "l1").bytes(2, "in").sub(number, params),
    )
}

#[test]
fn reads_networks_and_pipelines() {
    let said = check(500, &layer(100, &message()));
    said.assert_clean();
    assert_eq!(
        said.models[0].architecture.as_deref(),
        Some("neural network")
    );
    assert_eq!(said.models[0].licenses, ["MIT"]);
    assert_eq!(said.models[0].metadata["k"], "v");
    let custom = layer(500, &message().bytes(10, "MyLayer"));
    check(500, &custom).assert_found(&[(
        "custom-operator",
        "The layer `l1` is computed by the application's class `MyLayer`",
    )]);
    let inner = model(403, &custom);
    check(202, &message().sub(1, &inner)).assert_found(&[("custom-operator", "MyLayer")]);
    check(200, &message().sub(1, &message().sub(1, &inner)))
        .assert_found(&[("custom-operator", "MyLayer")]);
    let branch = layer(600, &message().sub(1, &custom));
    check(500, &branch).assert_found(&[("custom-operator", "MyLayer")]);
    check(555, &message().bytes(10, "Whole")).assert_found(&[("custom-operator", "`Whole`")]);
    let linked = |path: &str| {
        check(
            556,
            &message().sub(1, &message().sub(1, &message().bytes(1, path))),
        )
    };
    linked("other.mlmodelc").assert_clean();
    linked("../../other.mlmodelc").assert_found(&[("external-path", "climbs")]);
}

#[test]
fn reads_programs() {
    let program = |path: &str| {
        let blob = message().sub(5, &message().bytes(1, path).int(2, 64));
        let constant = message()
            .bytes(1, "const")
            .sub(5, &message().bytes(1, "val").sub(2, &blob));
        let block = message()
            .sub(3, &constant)
            .sub(3, &message().bytes(1, "conv"));
        let function = message().sub(3, &message().bytes(1, "CoreML5").sub(2, &block));
        message().sub(2, &message().bytes(1, "main").sub(2, &function))
    };
    let bytes = model(502, &program("@model_path/weights/weight.bin")).0;
    let with = |size: usize| {
        scan_all(
            &[
                (
                    "p/Data/com.apple.CoreML/model.mlmodel",
                    EntryKind::File,
                    &bytes,
                ),
                (
                    "p/Data/com.apple.CoreML/weights/weight.bin",
                    EntryKind::File,
                    &vec![0; size],
                ),
            ],
            false,
        )
    };
    with(4096).assert_clean();
    with(10).assert_found(&[("impossible-size", "bytes up to 128")]);
    check(502, &program("/etc/passwd")).assert_found(&[("external-path", "absolute")]);
    check(502, &program("@model_path/../../x")).assert_found(&[("external-path", "climbs")]);
}

#[test]
fn reads_packages() {
    let manifest = |path: &str| {
        let text = format!(
            r#"{{"fileFormatVersion":"1.0.0","itemInfoEntries":{{"A":{{"path":"{path}","name":"model.mlmodel"}}}}}}"#
        );
        scan("m.mlpackage/Manifest.json", text.as_bytes())
    };
    manifest("com.apple.CoreML/model.mlmodel").assert_clean();
    manifest("../../../x").assert_found(&[("external-path", "climbs")]);
    scan("m.mlmodel", b"PK").assert_incomplete("malformed", "begin with a version");
}

proptest! {
    #[test]
    fn changed_files_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = model(500, &layer(500, &message().bytes(10, "MyLayer"))).0;
        let at = at.index(bytes.len());
        bytes[at] = to;
        scan_weights("m.mlmodel", &bytes);
    }
}
