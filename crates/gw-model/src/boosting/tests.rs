use proptest::prelude::*;

use crate::testing::scan;

fn tree(left: &str, right: &str, features: &str, nodes: &str) -> String {
    format!(
        r#"{{"base_weights":[0,1,2],"left_children":{left},"right_children":{right},"parents":[1,0,0],"split_indices":{features},"split_conditions":[0.5,0,0],"tree_param":{{"num_nodes":"{nodes}"}}}}"#
    )
}

fn xgboost(tree: &str, trees: &str) -> String {
    format!(
        r#"{{"learner":{{"gradient_booster":{{"model":{{"gbtree_model_param":{{"num_trees":"{trees}"}},"trees":[{tree}]}},"name":"gbtree"}},"learner_model_param":{{"num_class":"0","num_feature":"4"}},"objective":{{"name":"binary:logistic"}}}},"version":[2,0,3]}}"#
    )
}

#[test]
fn xgboost_in_json() {
    let honest = xgboost(&tree("[1,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3"), "1");
    let said = scan("anything.json", honest.as_bytes());
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(
        (model.format.as_str(), model.task.as_deref()),
        ("xgboost", Some("binary:logistic"))
    );
    assert_eq!(model.libraries["xgboost"], "2.0.3");
    for (left, right, features, nodes, trees, text) in [
        ("[9,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3", "1", "the child 9"),
        ("[0,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3", "1", "lead back"),
        (
            "[1,-1,-1]",
            "[2,-1,-1]",
            "[400,0,0]",
            "3",
            "1",
            "feature 400",
        ),
        (
            "[1,-1,-1]",
            "[2,-1,-1]",
            "[3,0,0]",
            "99999999",
            "1",
            "99999999 nodes",
        ),
        ("[1,-1,-1]", "[2,-1]", "[3,0,0]", "3", "1", "2 right ones"),
        ("[1,-1,-1]", "[2,-1,-1]", "[3]", "3", "1", "split_indices"),
        (
            "[1,-1,-1]",
            "[2,-1,-1]",
            "[3,0,0]",
            "3",
            "2000000000",
            "2000000000 trees",
        ),
    ] {
        let text_of = xgboost(&tree(left, right, features, nodes), trees);
        scan("m.json", text_of.as_bytes()).assert_found(&[("impossible-size", text)]);
    }
}

/// A JSON document as Universal Binary JSON, lists of whole numbers as typed ones.
fn ubj(node: &serde_json::Value, out: &mut Vec<u8>) {
    use serde_json::Value;
    let text = |text: &str, out: &mut Vec<u8>| {
        out.push(b'L');
        out.extend((text.len() as i64).to_be_bytes());
        out.extend(text.as_bytes());
    };
    match node {
        Value::String(value) => {
            out.push(b'S');
            text(value, out);
        }
        Value::Array(items) if items.iter().all(Value::is_i64) => {
            out.extend(b"[$l#L");
            out.extend((items.len() as i64).to_be_bytes());
            for item in items {
                out.extend((item.as_i64().unwrap() as i32).to_be_bytes());
            }
        }
        Value::Array(items) if items.iter().all(Value::is_number) => {
            out.extend(b"[$d#L");
            out.extend((items.len() as i64).to_be_bytes());
            out.extend(vec![0; items.len() * 4]);
        }
        Value::Array(items) => {
            out.push(b'[');
            items.iter().for_each(|item| ubj(item, out));
            out.push(b']');
        }
        Value::Object(pairs) => {
            out.push(b'{');
            for (key, value) in pairs {
                text(key, out);
                ubj(value, out);
            }
            out.push(b'}');
        }
        _ => out.push(b'Z'),
    }
}

fn as_ubj(json: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    ubj(&serde_json::from_str(json).unwrap(), &mut bytes);
    bytes
}

#[test]
fn xgboost_in_ubj() {
    let honest = as_ubj(&xgboost(
        &tree("[1,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3"),
        "1",
    ));
    for path in ["m.ubj", "model.bin"] {
        let said = scan(path, &honest);
        said.assert_clean();
        assert_eq!(said.models[0].libraries["xgboost"], "2.0.3");
    }
    let hostile = as_ubj(&xgboost(
        &tree("[9,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3"),
        "1",
    ));
    scan("m.ubj", &hostile).assert_found(&[("impossible-size", "the child 9")]);
    scan("m.ubj", &honest[..100]).assert_incomplete("malformed", "end of the file");
    let deep = [b"{L\0\0\0\0\0\0\0\x01a".as_slice(), &[b'['; 5000]].concat();
    scan("m.ubj", &deep).assert_incomplete("too-deep", "");
    let many = b"{L\0\0\0\0\0\0\0\x01a[$U#L\x7f\xff\xff\xff\xff\xff\xff\xff";
    scan("m.ubj", many).assert_incomplete("too-many", "");
    scan("m.bin", b"binf\0\0\0\0").assert_incomplete("malformed", "in the middle");
}

const LIGHTGBM: &str = "tree\nversion=v4\nnum_class=1\nmax_feature_idx=3\nobjective=binary sigmoid:1\nfeature_names=a b c d\n\n\
Tree=0\nnum_leaves=3\nnum_cat=0\nsplit_feature=3 0\nthreshold=1 2\nleft_child=1 -1\nright_child=-2 -3\nleaf_value=1 2 3\n\n\nend of trees\n\nfeature_importances:\n";

#[test]
fn lightgbm() {
    let said = scan("model.txt", LIGHTGBM.as_bytes());
    said.assert_clean();
    assert_eq!(said.models[0].format_version.as_deref(), Some("v4"));
    assert_eq!(said.models[0].metadata["trees"], "1");
    for (from, to, text) in [
        ("left_child=1 -1", "left_child=7 -1", "the child 7"),
        ("left_child=1 -1", "left_child=0 -1", "lead back"),
        ("right_child=-2 -3", "right_child=-2 -9", "the child -9"),
        ("right_child=-2 -3", "right_child=-2", "1 values"),
        ("split_feature=3 0", "split_feature=900 0", "feature 900"),
        ("num_leaves=3", "num_leaves=2000000000", "2000000000 leaves"),
    ] {
        let hostile = LIGHTGBM.replace(from, to);
        scan("model.txt", hostile.as_bytes()).assert_found(&[("impossible-size", text)]);
    }
    let cut = LIGHTGBM.replace("end of trees", "");
    scan("model.txt", cut.as_bytes()).assert_incomplete("malformed", "end of trees");
}

#[test]
fn catboost() {
    // A table of texts: one pair, of a key and a value.
    let mut table = vec![0_u8; 16];
    let put = |table: &mut Vec<u8>, at: usize, value: u32| {
        table[at..at + 4].copy_from_slice(&value.to_le_bytes());
    };
    // The root's virtual table at 4, the root at 16: field 2 is at 4 in it.
    put(&mut table, 0, 16);
    table[4..14].copy_from_slice(&[10, 0, 8, 0, 0, 0, 0, 0, 4, 0]);
    table.extend(12_i32.to_le_bytes());
    table.extend(4_u32.to_le_bytes());
    table.extend(1_u32.to_le_bytes());
    table.extend(16_u32.to_le_bytes());
    // The pair's virtual table at 32, the pair at 44.
    table.extend([8, 0, 12, 0, 4, 0, 8, 0, 0, 0, 0, 0]);
    table.extend(12_i32.to_le_bytes());
    table.extend(8_u32.to_le_bytes());
    table.extend(20_u32.to_le_bytes());
    table.extend(10_u32.to_le_bytes());
    table.extend(b"model_guid\0\0");
    table.extend(3_u32.to_le_bytes());
    table.extend(b"abc\0");
    let mut file = b"CBM1".to_vec();
    file.extend((table.len() as u32).to_le_bytes());
    file.extend(&table);
    let said = scan("model.cbm", &file);
    said.assert_clean();
    assert_eq!(said.models[0].metadata["model_guid"], "abc");
    for length in 0..file.len() {
        scan("model.cbm", &file[..length]);
    }
    scan("m", b"CBM1\xff\xff\xff\xff").assert_found(&[("impossible-size", "4294967295")]);
    scan("m", b"CBM1\x04\0\0\0\xff\xff\xff\xff").assert_incomplete("malformed", "TModelCore");
}

#[test]
fn pmml() {
    let document = |inner: &str, before: &str| {
        format!(
            "<?xml version=\"1.0\"?>{before}<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\"><Header><Application name=\"sklearn2pmml\" version=\"0.1\"/></Header><TreeModel modelName=\"t\" functionName=\"classification\"><Extension name=\"x\"/>{inner}</TreeModel></PMML>"
        )
    };
    let honest = document(
        "<Apply function=\"+\"/><Apply function=\"my.fn\"/><DefineFunction name=\"my.fn\"/>",
        "",
    );
    let said = scan("model.xml", honest.as_bytes());
    said.assert_clean();
    let model = &said.models[0];
    assert_eq!(model.producer.as_deref(), Some("sklearn2pmml 0.1"));
    assert_eq!(model.architecture.as_deref(), Some("TreeModel"));
    for (inner, before, rule, text) in [
        (
            "<Apply function=\"java.lang.Runtime.exec\"/>",
            "",
            "named-callable",
            "java.lang",
        ),
        (
            "<Apply function=\"com.evil.Function\"/>",
            "",
            "named-callable",
            "com.evil",
        ),
        ("<TableLocator name=\"x\"/>", "", "external-path", "outside"),
        (
            "",
            "<!DOCTYPE PMML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "external-path",
            "passwd",
        ),
    ] {
        scan("m.pmml", document(inner, before).as_bytes()).assert_found(&[(rule, text)]);
    }
    let entities = document("", "<!DOCTYPE PMML [<!ENTITY a \"b\">]>");
    scan("m.pmml", entities.as_bytes()).assert_incomplete("unsupported", "entities");
    let deep = document(&"<Node>".repeat(6000), "");
    scan("m.pmml", deep.as_bytes()).assert_incomplete("too-deep", "");
    scan("m.pmml", b"<PMML><a></b>").assert_incomplete("malformed", "");
}

fn array(shape: &[u8], name: &str, bytes: usize) -> Vec<u8> {
    let mut body = vec![0x93, 0x90 | shape.len() as u8];
    body.extend(shape);
    body.push(0xa0 | name.len() as u8);
    body.extend(name.as_bytes());
    body.extend([0xc4, bytes as u8]);
    body.extend(vec![0; bytes]);
    let mut out = vec![0xc7, body.len() as u8, 1];
    out.extend(body);
    out
}

#[test]
fn flax() {
    let whole = [
        b"\x81\xa6params\x82\xa1a".as_slice(),
        &array(&[2, 3], "float32", 24),
        b"\xa1b",
        &array(&[4], "bfloat16", 8),
    ]
    .concat();
    let said = scan("flax_model.msgpack", &whole);
    said.assert_clean();
    assert_eq!(said.models[0].parameters, Some(10));
    let lie = [b"\x81\xa1a".as_slice(), &array(&[2, 9], "float32", 24)].concat();
    scan("m.msgpack", &lie).assert_found(&[("impossible-size", "24 bytes")]);
    for length in 1..whole.len() {
        let said = scan("m.msgpack", &whole[..length]);
        assert!(!said.incomplete.is_empty(), "{length}");
    }
    scan("m.msgpack", &[0x81; 5000]).assert_incomplete("too-deep", "");
    scan("m.msgpack", b"\x81\xa1a\xd4\x05x").assert_incomplete("unsupported", "type 5");
    scan("m.msgpack", b"\x80more").assert_incomplete("malformed", "more bytes");
    scan("m.msgpack", b"\x81\xa1a\xc6\xff\xff\xff\xff").assert_incomplete("malformed", "not there");
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for path in ["m.ubj", "m.msgpack", "m.pmml", "m.cbm", "m.h5", "config.json", "README.md", "keras_metadata.pb"] {
            scan(path, &bytes);
        }
        scan("m.ubj", &[b"{L", bytes.as_slice()].concat());
        scan("m.msgpack", &[b"\x8f", bytes.as_slice()].concat());
        scan("m.cbm", &[b"CBM1", bytes.as_slice()].concat());
    }

    #[test]
    fn mutated_text_is_read(at in 0..2000_usize, with in "[-0-9a-z=\\[\\]{}\",:<>&;]{0,6}") {
        let json = xgboost(&tree("[1,-1,-1]", "[2,-1,-1]", "[3,0,0]", "3"), "1");
        for (path, text) in [("m.json", json.as_str()), ("m.txt", LIGHTGBM)] {
            let mut chars: Vec<char> = text.chars().collect();
            let at = at % chars.len();
            let end = (at + with.len()).min(chars.len());
            chars.splice(at..end, with.chars());
            scan(path, chars.into_iter().collect::<String>().as_bytes());
        }
    }
}
