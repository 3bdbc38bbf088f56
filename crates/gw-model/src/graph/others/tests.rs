use proptest::prelude::*;

use crate::graph::wire::tests::message;
use crate::testing::{scan, scan_weights};

#[test]
fn reads_caffe() {
    let plain = "name: \"Net\"\n# a comment { \"\ninput_dim: 1\nlayer {\n  name: 'data' type: \"Input\"\n  input_param { shape: { dim: 1 dim: 3 } }\n}\n";
    let said = scan("m.prototxt", plain.as_bytes());
    said.assert_clean();
    assert_eq!(said.models[0].name.as_deref(), Some("Net"));
    assert_eq!(said.models[0].metadata["operators"], "Input 1");
    let python = format!(
        "{plain}layer <name: \"p\" type: \"Python\" python_param {{ module: \"helpers\" layer: \"Run\" param_str: \"x\" }} >"
    );
    scan("m.prototxt", python.as_bytes()).assert_found(&[(
        "code-operator",
        "imports the Python module \"helpers\" and calls its `Run`",
    )]);
    scan(
        "solver.prototxt",
        b"net: \"train.prototxt\"\nbase_lr: 0.01\n",
    )
    .assert_clean();
    let layer = |kind: &str| message().bytes(1, "p").bytes(2, kind);
    scan(
        "m.caffemodel",
        &message().bytes(1, "Net").sub(100, &layer("Convolution")).0,
    )
    .assert_clean();
    let python = layer("Python").sub(130, &message().bytes(1, "helpers").bytes(2, "Run"));
    scan("m.caffemodel", &message().sub(100, &python).0)
        .assert_found(&[("code-operator", "helpers")]);
}

#[test]
fn reads_mxnet() {
    let graph = |operator: &str| {
        format!(
            r#"{{"nodes":[{{"op":"null","name":"x","inputs":[]}},{{"op":"{operator}","name":"y","attrs":{{"op_type":"mine"}},"inputs":[[0,0,0]]}}],"arg_nodes":[0],"heads":[[1,0,0]],"attrs":{{"mxnet_version":["int",10500]}}}}"#
        )
    };
    let said = scan("m-symbol.json", graph("Convolution").as_bytes());
    said.assert_clean();
    assert_eq!(said.models[0].libraries["mxnet"], "10500");
    scan("m-symbol.json", graph("Custom").as_bytes())
        .assert_found(&[("code-operator", "\"mine\"")]);
}

#[test]
fn reads_paddle() {
    let program = |kind: &str, path: &str| {
        let operator = message()
            .bytes(3, kind)
            .sub(4, &message().bytes(1, "file_path").int(2, 2).bytes(5, path));
        scan(
            "m.pdmodel",
            &message()
                .sub(1, &message().int(1, 0).sub(4, &operator))
                .sub(4, &message().int(1, 2))
                .0,
        )
    };
    program("conv2d", "x").assert_clean();
    program("py_func", "x").assert_found(&[("code-operator", "Python")]);
    program("save", "/tmp/x").assert_found(&[("file-operator", "writes files: \"/tmp/x\"")]);
    program("send", "203.0.113.1").assert_found(&[("network-operator", "other machines")]);
}

#[test]
fn reads_lines() {
    scan(
        "m.param",
        b"7767517\n2 2\nInput data 0 1 data\nConvolution c 1 1 data out 0=16\n",
    )
    .assert_clean();
    scan("m.param", b"7767517\n9 2\nInput data 0 1 data\n")
        .assert_found(&[("impossible-size", "has 1 layers")]);
    let said = scan(
        "yolo.cfg",
        b"[net]\nbatch=1\n[convolutional]\nfilters=32\n[yolo]\n",
    );
    said.assert_clean();
    assert_eq!(said.models[0].metadata["nodes"], "2");
    assert_eq!(scan("m.mnn", b"\x18\0\0\0").models[0].format, "mnn");
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in r#"[{}<>:"'# a-c\\\n]{0,80}"#) {
        for name in ["m.prototxt", "m.caffemodel", "m-symbol.json", "m.pdmodel", "m.mnn"] {
            scan_weights(name, &bytes);
            scan_weights(name, text.as_bytes());
        }
        scan("m.param", &[&b"7767517\n"[..], &bytes].concat());
    }
}
