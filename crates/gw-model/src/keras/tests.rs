use super::hdf5::tests::{Object, Writer, sample};
use crate::testing::{scan, scan_all};
use gw_analysis::EntryKind;

const HONEST: &str = r#"{"module":"keras","class_name":"Functional","config":{"name":"f","trainable":true,
"layers":[{"module":"keras.layers","class_name":"InputLayer","config":{"batch_shape":[null,4],"dtype":"float32","name":"i"},"registered_name":null,"name":"i","inbound_nodes":[]},
{"module":"keras.layers","class_name":"Bidirectional","config":{"name":"b","layer":{"module":"keras.layers","class_name":"LSTM","config":{"name":"l","units":4,"activation":"tanh",
"kernel_initializer":{"module":"keras.initializers","class_name":"GlorotUniform","config":{"seed":null},"registered_name":null},"kernel_regularizer":null},"registered_name":null}},
"registered_name":null,"build_config":{"input_shape":[null,4]},"name":"b","inbound_nodes":[{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,4],"dtype":"float32","keras_history":["i",0,0]}}],"kwargs":{}}]},
{"module":"keras.layers","class_name":"TextVectorization","config":{"name":"t","vocabulary":null},"registered_name":null},
{"module":"keras_hub.src.models.bert","class_name":"BertBackbone","config":{"name":"bert"},"registered_name":"keras_hub>BertBackbone"}]},
"registered_name":"Functional","compile_config":{"optimizer":{"module":"keras.optimizers","class_name":"Adam","config":{"name":"adam","learning_rate":0.001},"registered_name":null},
"loss":{"module":"builtins","class_name":"function","config":"binary_crossentropy","registered_name":"function"},"metrics":["accuracy"]}}"#;

fn layer(json: &str) -> String {
    format!(
        r#"{{"module":"keras","class_name":"Sequential","config":{{"name":"s","layers":[{json}]}}}}"#
    )
}

#[test]
fn honest_configurations_give_nothing() {
    for path in ["config.json", "model.json", "x/anything.json"] {
        let said = scan(path, HONEST.as_bytes());
        said.assert_clean();
        assert_eq!(said.models[0].architecture.as_deref(), Some("Functional"));
    }
    let yaml = "backend: tensorflow\nclass_name: Sequential\nconfig:\n  name: s\n  layers:\n  - class_name: Dense\n    config: {name: d, units: 4}\n";
    scan("model.yaml", yaml.as_bytes()).assert_clean();
}

#[test]
fn hostile_configurations_are_found() {
    let cases: &[(&str, &str, &str)] = &[
        (
            r#"{"module":"os","class_name":"system","config":{"command":"x"}}"#,
            "named-callable",
            "os.system",
        ),
        (
            r#"{"module":"builtins","class_name":"function","config":"eval","registered_name":"function"}"#,
            "named-callable",
            "runs code",
        ),
        (
            r#"{"module":"keras.src.utils.numerical_utils","class_name":"function","config":"os.system"}"#,
            "named-callable",
            "runs commands",
        ),
        (
            r#"{"module":"keras.src.layers.layer","class_name":"inspect.os","config":{}}"#,
            "named-callable",
            "`keras.src.layers.layer.os`",
        ),
        (
            r#"{"module":"keras.utils","class_name":"function","config":"plot_model"}"#,
            "named-callable",
            "which no layer of Keras needs",
        ),
        (
            r#"{"module":"keras.datasets.mnist","class_name":"function","config":"load_data"}"#,
            "named-callable",
            "which no layer of Keras needs",
        ),
        (
            r#"{"module":"os","class_name":"function","config":"system","registered_name":"function"}"#,
            "named-callable",
            "runs commands",
        ),
        (
            r#"{"module":"subprocess","class_name":"Popen","config":{}}"#,
            "named-callable",
            "subprocess.Popen",
        ),
        (
            r#"{"module":"keras.utils","class_name":"function","config":"get_file","registered_name":"function"}"#,
            "named-callable",
            "get_file",
        ),
        (
            r#"{"module":"keras.config","class_name":"function","config":"enable_unsafe_deserialization"}"#,
            "named-callable",
            "switches checks off",
        ),
        (
            r#"{"module":"my_package.layers","class_name":"Thing","config":{}}"#,
            "named-callable",
            "no part of Keras",
        ),
        (
            r#"{"module":null,"class_name":"Thing","config":{},"registered_name":"Custom>Thing"}"#,
            "named-callable",
            "registered as",
        ),
        (
            r#"{"class_name":"TimeDistributed","config":{"name":"td","layer":{"class_name":"Lambda","config":{"name":"l","function":["bm90IG1hcnNoYWw=",null,null],"function_type":"lambda"}}}}"#,
            "keras-lambda",
            "`l`",
        ),
        (
            r#"{"class_name":"Lambda","config":{"name":"l","function":"system","function_type":"function","module":"os"}}"#,
            "named-callable",
            "os.system",
        ),
        (
            r#"{"module":"keras.layers","class_name":"Lambda","config":{"name":"l","function":{"class_name":"__lambda__","config":{"code":"4w==","defaults":null,"closure":null}}}}"#,
            "keras-lambda",
            "could not be read",
        ),
        (
            r#"{"module":"keras.layers","class_name":"StringLookup","config":{"name":"v","vocabulary":"/etc/passwd"}}"#,
            "external-path",
            "/etc/passwd",
        ),
        (
            r#"{"module":"keras.layers","class_name":"StringLookup","config":{"name":"v","vocabulary":"../../x"}}"#,
            "external-path",
            "climbs",
        ),
        (
            r#"{"module":"keras.layers","class_name":"TFSMLayer","config":{"name":"v","filepath":"/x"}}"#,
            "named-callable",
            "TFSMLayer",
        ),
        (
            r#"{"module":"keras.layers","class_name":"TorchModuleWrapper","config":{"name":"v","module":"gASVAA=="}}"#,
            "named-callable",
            "pickle",
        ),
        (
            r#"{"class_name":"Dense","class_name":"Lambda","config":{"name":"twice"}}"#,
            "keras-lambda",
            "twice",
        ),
    ];
    for (json, rule, text) in cases {
        let said = scan("config.json", layer(json).as_bytes());
        let has = said
            .findings
            .iter()
            .any(|(r, m)| r == rule && m.contains(text));
        assert!(has, "{json}: {said:?}");
    }
    let yaml = "class_name: Sequential\nconfig:\n  layers: !!python/object/apply:os.system [x]\n";
    assert_eq!(
        scan("model.yaml", yaml.as_bytes()).rules(),
        ["named-callable"]
    );
}

#[test]
fn hdf5_models_are_described_and_judged() {
    let honest = Writer::file(&sample(), 0);
    let said = scan("model.h5", &honest);
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.format, "keras-hdf5");
    assert_eq!(model.parameters, Some(12));
    assert_eq!(
        model.libraries.get("keras").map(String::as_str),
        Some("2.15.0")
    );
    assert_eq!(model.architecture.as_deref(), Some("Sequential"));
    // The name does not matter, nor where the superblock is.
    let config = layer(r#"{"module":"os","class_name":"system","config":{}}"#);
    let root = Object {
        attributes: vec![("model_config".to_owned(), config)],
        ..Object::default()
    };
    for (path, before) in [("weights.bin", 0), ("model.h5", 512)] {
        scan(path, &Writer::file(&root, before)).assert_found(&[("named-callable", "os.system")]);
    }
    let mut outside = sample();
    outside
        .external
        .push(("x".to_owned(), "/etc/passwd".to_owned(), "/".to_owned()));
    scan("m.h5", &Writer::file(&outside, 0)).assert_found(&[("external-path", "it is absolute")]);
    scan("m.h5", b"not HDF5 at all").assert_incomplete("malformed", "no superblock");
}

#[test]
fn members_of_one_archive_are_one_model() {
    let weights = Writer::file(&sample(), 0);
    let metadata = br#"{"keras_version":"3.5.0","date_saved":"2024-01-01"}"#;
    let said = scan_all(
        &[
            ("m/config.json", EntryKind::File, HONEST.as_bytes()),
            ("m/metadata.json", EntryKind::File, metadata),
            ("m/model.weights.h5", EntryKind::File, &weights),
        ],
        false,
    );
    said.assert_clean();
    let [model] = said.models.as_slice() else {
        panic!("{:?}", said.models)
    };
    assert_eq!(model.parameters, Some(12));
    assert_eq!(model.files.len(), 3);
}

#[test]
fn metadata_of_saved_models_is_judged() {
    let json = layer(
        r#"{"class_name":"Lambda","config":{"name":"l","function":["AAAA",null,null],"function_type":"lambda"}}"#,
    );
    let mut node = vec![0x10, 3, 0x2a];
    let mut length = json.len();
    while length >= 0x80 {
        node.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    node.push(length as u8);
    node.extend(json.as_bytes());
    let mut file = vec![
        0x0a,
        (node.len() & 0x7f) as u8 | 0x80,
        (node.len() >> 7) as u8,
    ];
    file.extend(node);
    let said = scan("saved/keras_metadata.pb", &file);
    assert_eq!(said.rules(), ["keras-lambda"]);
    scan("keras_metadata.pb", &file[..20]).assert_incomplete("malformed", "SavedMetadata");
}
