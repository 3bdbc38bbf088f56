use gw_analysis::EntryKind;

use super::archive::tests::scan;
use crate::testing;

fn node(loader: &str, module: &str, class: &str, content: &str) -> String {
    format!(
        r#"{{"__class__": "{class}", "__module__": "{module}", "__loader__": "{loader}", "content": {content}, "__id__": 1}}"#
    )
}

fn skops(content: &str) -> super::archive::tests::Told {
    let schema = format!(
        r#"{{"__class__": "Pipeline", "__module__": "sklearn.pipeline", "__loader__": "ObjectNode", "content": {content}, "protocol": 2, "_skops_version": "0.11.0"}}"#
    );
    scan("model.skops", &[("schema.json", schema.as_bytes())])
}

#[test]
fn skops_names_are_judged() {
    let told = skops(&node("FunctionNode", "numpy", "log1p", "null"));
    told.assert_found(&[]);
    assert_eq!(told.models[0].format, "skops");
    assert_eq!(told.models[0].architecture.as_deref(), Some("Pipeline"));
    for (loader, module, class, content, text) in [
        ("FunctionNode", "os", "system", "null", "os.system"),
        ("FunctionNode", "joblib", "load", "null", "joblib.load"),
        ("FunctionNode", "numpy", "load", "null", "numpy.load"),
        (
            "FunctionNode",
            "sklearn.datasets",
            "fetch_openml",
            "null",
            "fetch_openml",
        ),
        (
            "OperatorFuncNode",
            "operator",
            "methodcaller",
            "null",
            "operator.methodcaller",
        ),
        (
            "TypeNode",
            "subprocess",
            "Popen",
            "null",
            "subprocess.Popen",
        ),
        (
            "FunctionNode",
            "builtins",
            "function",
            r#"{"module_path": "posix", "function": "system"}"#,
            "posix.system",
        ),
        (
            "PartialNode",
            "functools",
            "partial",
            r#"{"func": {"__class__": "eval", "__module__": "builtins", "__loader__": "FunctionNode"}}"#,
            "builtins.eval",
        ),
        (
            "ObjectNode",
            "evil_package",
            "Thing",
            "null",
            "evil_package.Thing",
        ),
        (
            "MethodNode",
            "numpy",
            "ndarray",
            r#"{"func": "__globals__", "obj": null}"#,
            "__globals__",
        ),
    ] {
        skops(&node(loader, module, class, content)).assert_found(&[("named-callable", text)]);
    }
    skops(r#"[{"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode", "file": "../../x.npy"}]"#)
        .assert_found(&[("external-path", "x.npy")]);
    // Of two keys of one name either may count.
    skops(
        r#"{"__module__": "os", "__module__": "numpy", "__class__": "system", "__loader__": "x"}"#,
    )
    .assert_found(&[("named-callable", "os.system")]);
    // Another program's schema.
    scan("a.zip", &[("schema.json", br#"{"type": "object"}"#)]).assert_found(&[]);
}

#[test]
fn objects_of_arrays_in_skops_are_pickles() {
    let array = super::numpy::tests::npy(
        1,
        &super::numpy::tests::header("'O'", "(1,)"),
        &super::numpy::tests::bad_pickle(),
    );
    let told = scan("m.skops", &[("1.npy", &array)]);
    told.assert_found(&[("pickle-executes", "system"), ("pickled-array", "")]);
}

#[test]
fn targets_of_configurations_are_judged() {
    let nemo = |yaml: &str| {
        scan(
            "model.nemo",
            &[("./model_config.yaml", yaml.as_bytes()), ("./x.ckpt", b"")],
        )
    };
    let told = nemo(
        "target: nemo.collections.asr.models.EncDecCTCModel\noptim:\n  _target_: torch.optim.Adam\n  lr: 1\n",
    );
    told.assert_found(&[]);
    assert_eq!(told.models[0].format, "nemo");
    assert_eq!(
        told.models[0].architecture.as_deref(),
        Some("EncDecCTCModel")
    );
    nemo("a:\n  - b: {_target_: os.system, command: id}\n")
        .assert_found(&[("named-callable", "os.system")]);
    nemo("x:\n  _target_: builtins.exec\n").assert_found(&[("named-callable", "builtins.exec")]);
    nemo("x: !!python/object/apply:os.system [id]\n")
        .assert_found(&[("named-callable", "os.system")]);
    nemo("x: !<tag:yaml.org,2002:python/object/new:a.B> {}\n")
        .assert_found(&[("named-callable", "a.B")]);
    nemo("%TAG !p! tag:yaml.org,2002:python/\n---\nx: !p!object/apply:os.system [id]\n")
        .assert_found(&[("named-callable", "os.system")]);
    nemo("%TAG ! tag:yaml.org,2002:python/object/\n---\nx: !apply:os.system [id]\n")
        .assert_found(&[("named-callable", "os.system")]);
    nemo("x:\n  _target_: hydra.utils.get_method\n  path: a.b\n")
        .assert_found(&[("named-callable", "hydra.utils.get_method")]);
    nemo("x: !!python/tuple [1, 2]\n# !!python/object:os.system\n").assert_found(&[]);
    testing::scan(
        "conf/model.yaml",
        b"m:\n  _target_: my.Model\ntarget: a.b.c\n",
    )
    .assert_clean();
}

#[test]
fn mlflow_models_are_described() {
    let honest = "\
artifact_path: model
flavors:
  python_function:
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.5.0
mlflow_version: 2.14.0
";
    let said = testing::scan("m/MLmodel", honest.as_bytes());
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(
        (model.format.as_str(), model.location.path.as_str()),
        ("mlflow", "m")
    );
    assert_eq!(model.libraries["sklearn"], "1.5.0");
    assert_eq!(model.libraries["mlflow"], "2.14.0");
    for (from, to, rule) in [
        ("mlflow.sklearn", "subprocess", "named-callable"),
        ("mlflow.sklearn", "my_loader", "named-callable"),
        ("code: null", "code: code", "serving-code"),
        (
            "model_path: model.pkl",
            "model_path: ../../x.pkl",
            "external-path",
        ),
        (
            "model_path: model.pkl",
            "model_path: /x.pkl",
            "external-path",
        ),
    ] {
        let said = testing::scan("m/MLmodel", honest.replace(from, to).as_bytes());
        said.assert_found(&[(rule, "")]);
    }
    // The code beside it is imported; that of other folders is somebody's program.
    let code = b"import os\nos.system('id')\n";
    let files: [(&str, EntryKind, &[u8]); 3] = [
        ("m/MLmodel", EntryKind::File, honest.as_bytes()),
        ("m/code/pkg/a.py", EntryKind::File, code),
        ("other/code/b.py", EntryKind::File, code),
    ];
    let said = testing::scan_all(&files, false);
    said.assert_found(&[("python-code", "os.system")]);
    assert_eq!(said.findings.len(), 1);
    testing::scan("MLmodel", b"a: 1").assert_incomplete("malformed", "flavors");
}

#[test]
fn torchserve_archives_bring_code() {
    let manifest = |handler: &str| {
        format!(
            r#"{{"model": {{"modelName": "m", "serializedFile": "m.pt", "handler": "{handler}", "modelVersion": "1.0"}}, "archiverVersion": "0.9.0"}}"#
        )
    };
    let show = |handler: &str, code: &[u8]| {
        scan(
            "m.mar",
            &[
                ("MAR-INF/MANIFEST.json", manifest(handler).as_bytes()),
                ("handler.py", code),
            ],
        )
    };
    let told = show("handler.py:handle", b"import torch\n");
    told.assert_found(&[("serving-code", "handler.py")]);
    assert_eq!(told.models[0].name.as_deref(), Some("m"));
    show("handler.py", b"import subprocess\nsubprocess.run('id')\n").assert_found(&[
        ("serving-code", "handler.py"),
        ("python-code", "subprocess.run"),
    ]);
    show("../../x.py", b"").assert_found(&[("serving-code", "x.py"), ("external-path", "climbs")]);
    scan(
        "m.mar",
        &[(
            "MAR-INF/MANIFEST.json",
            manifest("image_classifier").as_bytes(),
        )],
    )
    .assert_found(&[]);
}
