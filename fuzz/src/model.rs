//! Model files: each reader sees the bytes whole, where they lie and as a stream, with the numbers
//! looked at.

use std::io::Cursor;

use gw_analysis::{Analyzer, Entry, EntryKind, Large, LargeEntry, Output};
use gw_finding::Location;
use gw_model::ModelAnalyzer;

/// A file of a name that some reader opens.
pub fn file(path: &str, data: &[u8]) {
    let analyzer = ModelAnalyzer { weights: true };
    let location = Location::file(path);
    let mut output = Output::default();
    analyzer.visit(
        &Entry::new(location.clone(), EntryKind::File, data),
        &mut output,
    );
    for seekable in [true, false] {
        let mut cursor = Cursor::new(data);
        let mut stream = data;
        let content = if seekable {
            Large::Seekable(&mut cursor)
        } else {
            Large::Stream(&mut stream)
        };
        let entry = LargeEntry {
            location: &location,
            kind: EntryKind::File,
            size: Some(data.len() as u64),
            content,
        };
        analyzer.visit_large(entry, &mut output);
    }
    let parts = std::mem::take(&mut output.parts);
    analyzer.finish(parts, &mut output);
    for gap in &output.incomplete {
        assert!(!gap.detail.is_empty(), "{:?} without a word", gap.reason);
    }
}

/// A header of safetensors with its length in front.
pub fn safetensors() -> Vec<Vec<u8>> {
    [
        r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F16","shape":[3],"data_offsets":[16,22]}}"#,
        "{}    ",
    ]
    .iter()
    .map(|header| [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &[0; 22]].concat())
    .collect()
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn long(numbers: &[u64]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

/// GGUF of version 3: a text, an array of texts, a tensor.
pub fn ggufs() -> Vec<Vec<u8>> {
    let text = |text: &str| [long(&[text.len() as u64]), text.into()].concat();
    let mut bytes = [b"GGUF".to_vec(), words(&[3]), long(&[1, 3])].concat();
    bytes.extend([text("general.architecture"), words(&[8]), text("llama")].concat());
    bytes.extend([text("general.alignment"), words(&[4, 32])].concat());
    bytes.extend(
        [
            text("tokenizer.ggml.tokens"),
            words(&[9, 8]),
            long(&[2]),
            text("a"),
            text("b"),
        ]
        .concat(),
    );
    bytes.extend(
        [
            text("w"),
            words(&[2]),
            long(&[32, 2]),
            words(&[2]),
            long(&[0]),
        ]
        .concat(),
    );
    bytes.resize(bytes.len().next_multiple_of(32) + 36, 0);
    vec![bytes]
}

/// Models from before GGUF.
pub fn ggmls() -> Vec<Vec<u8>> {
    let mut model = [
        b"tjgg".to_vec(),
        words(&[3, 1, 64, 256, 4, 1, 16, 2, 2]),
        b"ab".to_vec(),
        words(&[0, 2, 1, 2, 32, 2]),
        b"w".to_vec(),
    ]
    .concat();
    model.resize(model.len().next_multiple_of(32) + 36, 0);
    let mut adapter = [
        b"algg".to_vec(),
        words(&[1, 8, 16, 1, 1, 0, 4]),
        b"w".to_vec(),
    ]
    .concat();
    adapter.resize(64 + 16, 0);
    vec![model, adapter]
}

/// A field of Protocol Buffers with bytes.
fn field(number: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let size = u8::try_from(bytes.len()).expect("seeds are small");
    let size = if size < 0x80 {
        vec![size]
    } else {
        vec![size | 0x80, size >> 7]
    };
    [&[number << 3 | 2][..], &size, bytes].concat()
}

/// A field with a small number.
fn number(field: u8, number: u8) -> Vec<u8> {
    vec![field << 3, number]
}

/// A graph with a node, a weight and one in another file.
pub fn onnxs() -> Vec<Vec<u8>> {
    let node = [
        field(1, "x"),
        field(2, "y"),
        field(3, "n"),
        field(4, "Relu"),
        field(5, [field(1, "a"), field(4, "b")].concat()),
    ]
    .concat();
    let weight = [number(1, 2), number(2, 1), field(8, "w"), field(9, [0; 8])].concat();
    let entry = [field(1, "location"), field(2, "d")].concat();
    let external = [
        number(1, 2),
        number(2, 1),
        field(8, "e"),
        field(13, entry),
        number(14, 1),
    ]
    .concat();
    let graph = [
        field(1, node),
        field(2, "g"),
        field(5, weight),
        field(5, external),
    ]
    .concat();
    let function = [field(1, "f"), field(7, field(4, "Relu")), field(10, "d")].concat();
    let mut model = [
        number(1, 8),
        field(2, "pytorch"),
        field(7, graph),
        field(8, number(2, 17)),
    ]
    .concat();
    model.extend(
        [
            vec![0xCA, 0x01, u8::try_from(function.len()).expect("small")],
            function,
        ]
        .concat(),
    );
    vec![model]
}

/// A graph by itself and as a SavedModel.
pub fn tensorflows() -> Vec<Vec<u8>> {
    let tensor = [number(1, 7), field(8, "/etc/hosts")].concat();
    let value = [field(1, "value"), field(2, field(8, tensor))].concat();
    let constant = [field(1, "p"), field(2, "Const"), field(5, value)].concat();
    let read = [field(1, "r"), field(2, "ReadFile"), field(3, "p")].concat();
    let graph = [field(1, constant), field(1, read)].concat();
    let saved = [
        number(1, 1),
        field(2, [field(1, field(4, "serve")), field(2, &graph)].concat()),
    ]
    .concat();
    vec![graph, saved]
}

/// An index of a checkpoint.
pub fn tables() -> Vec<Vec<u8>> {
    let mut bytes = vec![0, 0, 2, 8, 1, 0, 1, 4, b'a', 8, 1, 0x28, 4];
    bytes.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    let size = u8::try_from(bytes.len()).expect("small");
    bytes.extend([0; 5]);
    let index_at = size + 5;
    let index = [0, 1, 2, b'z', 0, size, 0, 0, 0, 0, 1, 0, 0, 0];
    bytes.extend(index);
    bytes.extend([0; 5]);
    let mut footer = vec![0, 0, index_at, 14];
    footer.resize(40, 0);
    bytes.extend(footer);
    bytes.extend(0xDB47_7524_8B80_FB57_u64.to_le_bytes());
    vec![bytes]
}

/// The smallest model of TensorFlow Lite: a version and nothing else.
pub fn tflites() -> Vec<Vec<u8>> {
    let mut bytes = words(&[20]);
    bytes.extend(b"TFL3");
    bytes.extend([0, 0, 0, 0, 6, 0, 8, 0, 4, 0, 0, 0]);
    bytes.extend(words(&[8, 3]));
    vec![bytes]
}

/// A network and a program.
pub fn coremls() -> Vec<Vec<u8>> {
    let layer = [field(1, "l"), vec![0xA2, 0x1F, 4], field(10, "My")].concat();
    let network = field(1, layer);
    let size = u8::try_from(network.len()).expect("small");
    vec![[number(1, 7), vec![0xA2, 0x1F, size], network].concat()]
}

pub const OPENVINO: [&str; 1] = [
    r#"<?xml version="1.0"?><net name="m" version="11"><layers><layer id="0" name="w" type="Const" version="opset1"><data element_type="f32" shape="2, 2" offset="0" size="16"/></layer></layers></net>"#,
];

pub const PROTOTXT: [&str; 1] = [
    "name: \"Net\"\nlayer { name: 'p' type: \"Python\" python_param { module: \"m\" layer: \"L\" } }\n",
];
