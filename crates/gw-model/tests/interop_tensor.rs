//! Models that packages bring, and files that the formats' own libraries write, read and refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_model::{Model, ModelAnalyzer};

fn environment() -> PathBuf {
    let folder = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: `cargo xtask test` installs what this test needs");
    PathBuf::from(folder).join("models")
}

/// Every file under a folder that is a model or part of one by its name.
fn models(folder: &Path, found: &mut Vec<PathBuf>) {
    const ENDS: [&str; 13] = [
        ".onnx",
        ".tflite",
        ".safetensors",
        ".gguf",
        ".mlmodel",
        "saved_model.pb",
        "keras_metadata.pb",
        ".index",
        ".bin",
        "Manifest.json",
        ".data-00000-of-00001",
        ".pdmodel",
        ".caffemodel",
    ];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            models(&path, found);
        } else if ENDS.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

fn scan(root: &Path, files: &[PathBuf], weights: bool) -> (Output, Vec<Model>) {
    let analyzer = ModelAnalyzer { weights };
    let mut output = Output::default();
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        let path = file
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let head = &bytes[..bytes.len().min(512)];
        if analyzer.wants(&path, EntryKind::File, head) {
            let entry = Entry::new(Location::file(path), EntryKind::File, bytes);
            analyzer.visit(&entry, &mut output);
        }
    }
    let parts = std::mem::take(&mut output.parts);
    analyzer.finish(parts, &mut output);
    let products = std::mem::take(&mut output.products);
    let models = products
        .into_iter()
        .filter_map(|product| product.downcast::<Model>().ok());
    let models = models.map(|model| *model).collect();
    (output, models)
}

#[test]
fn honest_models_are_clean() {
    let root = environment().join("lib");
    let mut files = Vec::new();
    models(&root, &mut files);
    files.sort();
    let (output, models) = scan(&root, &files, true);
    for finding in &output.findings {
        println!("{} {}: {}", finding.location, finding.rule, finding.message);
    }
    for gap in &output.incomplete {
        println!("{} {}: {}", gap.location, gap.reason, gap.detail);
    }
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    for model in &models {
        *formats.entry(&model.format).or_default() += 1;
    }
    println!("{formats:?}");
    assert!(output.findings.is_empty() && output.incomplete.is_empty());
    for (format, least) in [
        ("onnx", 150),
        ("tflite", 1),
        ("tensorflow-saved-model", 1),
        ("tensorflow-checkpoint", 1),
        ("safetensors", 1),
        ("coreml", 1),
        ("mlpackage", 1),
    ] {
        assert!(
            formats.get(format).is_some_and(|count| *count >= least),
            "{format}"
        );
    }
}

/// Runs a script of Python with the libraries, in a folder; returns the lines it prints.
fn python(script: &str, folder: &Path) -> Vec<String> {
    let output = Command::new(environment().join("bin/python"))
        .args(["-c", script])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().map(str::to_owned).collect()
}

const WRITE: &str = r#"
import numpy as np, onnx, gguf
from onnx import helper, TensorProto, numpy_helper
from safetensors.numpy import save_file
rng = np.random.default_rng(0)
w = lambda *s: rng.normal(0, 0.02, s).astype(np.float32)
tensors = {"a": w(64, 64), "b": w(3).astype(np.float16), "s": np.array(1, dtype=np.int64)}
save_file(tensors, "a.safetensors", metadata={"format": "np"})
for big in (False, True):
    order = gguf.GGUFEndian.BIG if big else gguf.GGUFEndian.LITTLE
    g = gguf.GGUFWriter(f"{'big' if big else 'little'}.gguf", "llama", endianess=order)
    g.add_name("Tiny"); g.add_context_length(128); g.add_file_type(7); g.add_license("mit")
    g.add_tokenizer_model("gpt2"); g.add_token_list(["a", "b"])
    g.add_chat_template("{{ messages[0]['content'] }}")
    g.add_tensor("a", w(64, 64))
    if not big:
        kind = gguf.GGMLQuantizationType.Q8_0
        g.add_tensor("q", gguf.quants.quantize(w(2, 256), kind), raw_dtype=kind)
    g.write_header_to_file(); g.write_kv_data_to_file(); g.write_tensors_to_file(); g.close()
node = helper.make_node("MatMul", ["x", "w"], ["y"])
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 64])
graph = helper.make_graph([node], "g", [value("x")], [value("y")], [numpy_helper.from_array(w(64, 64), "w")])
model = helper.make_model(graph, producer_name="test")
onnx.save_model(model, "a.onnx")
onnx.save_model(model, "b.onnx", save_as_external_data=True, location="b.onnx_data", size_threshold=0)
"#;

#[test]
fn what_libraries_write_is_read() {
    let folder = tempfile::tempdir().unwrap();
    python(WRITE, folder.path());
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (output, models) = scan(folder.path(), &files, true);
    assert!(output.findings.is_empty(), "{:?}", output.findings);
    assert!(output.incomplete.is_empty(), "{:?}", output.incomplete);
    let parameters = |path: &str| {
        let model = models.iter().find(|model| model.location.path == path);
        model.and_then(|model| model.parameters)
    };
    assert_eq!(parameters("a.safetensors"), Some(64 * 64 + 3 + 1));
    assert_eq!(parameters("little.gguf"), Some(64 * 64 + 512));
    assert_eq!(parameters("big.gguf"), Some(64 * 64));
    assert_eq!(parameters("a.onnx"), Some(64 * 64));
    assert_eq!(parameters("b.onnx"), Some(64 * 64));
    // Without its data the model is not whole.
    files.retain(|file| !file.ends_with("b.onnx_data"));
    let (output, _) = scan(folder.path(), &files, false);
    assert_eq!(output.incomplete.len(), 1);
}

/// Headers of safetensors, with the size of the data.
#[rustfmt::skip]
const HEADERS: [(&str, usize); 16] = [
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8),
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      "#, 8),
    (r#"{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, 0),
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9),
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7),
    (r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
    (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
    (r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,16],"data_offsets":[0,8]}}"#, 8),
    (r#"{"a":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}"#, 8),
    (r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3),
    (r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}"#, 5),
    (r#"{"__metadata__":{"a":1}}"#, 0),
    (r#"{"a":{"dtype":"F32","shape":[2]}}"#, 8),
    (r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
    (r#"[{"a":1}]"#, 0),
];

const REFERENCE: &str = "
import glob
from safetensors import safe_open
for name in sorted(glob.glob('*.safetensors')):
    try:
        with safe_open(name, framework='numpy') as f:
            f.keys()
        print('reads')
    except Exception as error:
        print('refuses')
";

#[test]
fn what_the_reference_refuses_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (number, (header, data)) in HEADERS.iter().enumerate() {
        let size = header.len() as u64;
        let bytes = [&size.to_le_bytes(), header.as_bytes(), &vec![0; *data]].concat();
        let path = folder.path().join(format!("{number:02}.safetensors"));
        std::fs::write(&path, bytes).unwrap();
        files.push(path);
    }
    let verdicts = python(REFERENCE, folder.path());
    assert_eq!(verdicts.len(), HEADERS.len());
    for ((file, verdict), (header, data)) in files.iter().zip(&verdicts).zip(HEADERS) {
        let (output, _) = scan(folder.path(), std::slice::from_ref(file), false);
        let told = !output.findings.is_empty() || !output.incomplete.is_empty();
        let said = format!("{:?} {:?}", output.findings, output.incomplete);
        assert_eq!(told, verdict == "refuses", "{header} {data}: {said}");
    }
}
