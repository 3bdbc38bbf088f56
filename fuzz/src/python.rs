//! Members of Python's model archives, shown as the scan shows them, and code objects.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_model::ModelAnalyzer;

/// A member of a model's archive, beside others that make it one.
pub fn member(path: &str, data: &[u8]) {
    let analyzer = ModelAnalyzer { weights: false };
    let mut output = Output::default();
    for (path, data) in [
        (path, data),
        ("archive/version", b"3"),
        ("archive/byteorder", b"little"),
        ("archive/data/0", &[0; 24]),
        ("archive/constants.pkl", b"\x80\x02)."),
    ] {
        let mut location = Location::file("model.pt");
        location.inside.push(path.to_owned());
        let entry = Entry::new(location, EntryKind::File, data);
        analyzer.visit(&entry, &mut output);
    }
    let parts = std::mem::take(&mut output.parts);
    analyzer.finish(parts, &mut output);
    for gap in &output.incomplete {
        assert!(!gap.detail.is_empty(), "{:?} without a word", gap.reason);
    }
}

/// Code objects.
pub fn marshal(data: &[u8]) {
    if let Ok(summary) = gw_model::code::marshal::read(data) {
        // A code object has at least a byte for each of its fields.
        assert!(
            summary.functions <= data.len() / 14,
            "{}",
            summary.functions
        );
    }
}

pub fn npys() -> Vec<Vec<u8>> {
    let npy = |version: u8, descr: &str, shape: &str, data: &[u8]| {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
        let length = u16::try_from(header.len()).unwrap_or(0).to_le_bytes();
        let mut bytes = [b"\x93NUMPY", &[version, 0][..], &length].concat();
        if version > 1 {
            bytes.extend([0, 0]);
        }
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    };
    vec![
        npy(1, "'<f8'", "(2, 3)", &[0; 48]),
        npy(2, "[('a', '<i4'), ('b', '|S2', (2,))]", "(3,)", &[0; 24]),
        npy(3, "'<U3'", "(2L,)", &[0; 24]),
        npy(1, "'i4,O'", "(1,)", b"\x80\x02]K\x01a."),
    ]
}

pub fn zfiles() -> Vec<Vec<u8>> {
    let pickle = b"\x80\x02]K\x01a.";
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(pickle);
    let data = written.and_then(|()| encoder.finish()).unwrap_or_default();
    vec![
        [
            format!("ZF{:<19}", format!("{:#x}", pickle.len())).as_bytes(),
            &data,
        ]
        .concat(),
    ]
}

/// One function in the layout of each family of versions.
pub fn codes() -> Vec<Vec<u8>> {
    let number = [0_u8; 4];
    let code = b"s\x02\0\0\0\x97\0";
    let names = b")\x02z\x02osz\x06system";
    let empty = b")\0";
    let name = b"z\x01f";
    let start = |numbers: usize| [b"\xe3".to_vec(), number.repeat(numbers)].concat();
    let body = [&code[..], b")\x02Nz\x02ls", names].concat();
    vec![
        [
            start(5),
            body.clone(),
            [&empty[..], code, name, name, name, &number, code, code].concat(),
        ]
        .concat(),
        [
            start(6),
            body.clone(),
            [&empty[..], empty, empty, name, name, &number, code].concat(),
        ]
        .concat(),
        [
            start(5),
            body,
            [&empty[..], empty, empty, name, name, &number, code].concat(),
        ]
        .concat(),
        b")\x03N\xa9\x01i\x01\0\0\0r\0\0\0\0".to_vec(),
        b"{z\x01kl\x02\0\0\0\x01\0\x01\x000".to_vec(),
    ]
}

pub fn pycs() -> Vec<Vec<u8>> {
    let header = [&3495_u16.to_le_bytes()[..], b"\r\n", &[0; 12]].concat();
    codes()
        .iter()
        .map(|code| [&header[..], code].concat())
        .collect()
}

pub const SOURCES: &[&str] = &[
    "import os as o, sys\nfrom subprocess import (run as r,\n  Popen)\no.system('x'); r(['x'])\n",
    "class A(B):\n  def f(self, x=1, *a, **k) -> 'T':\n    self.o = __import__('o' 's')\n    return getattr(self.o, 'sys' + 'tem')(f\"{x!r:>{10}} {{}}\")\n",
    "# -*- coding: latin-1 -*-\nexec(base64.b64decode(b'cHJpbnQoMSk=').decode()) if True else None\nx = '''a\n''' r'\\' b\"\\x00\\u1234\"\n",
    "x[::-1], y = lambda a, b: (z := a), {1: 2, **c}\n@d(e)\nasync def g(): yield 0x1f, 1e-5, 1_000j\n",
    "exec \"a = 1\"\nprint >>f, `x`\n",
];

pub const SCHEMAS: &[&str] = &[
    r#"{"__class__": "Pipeline", "__module__": "sklearn.pipeline", "__loader__": "ObjectNode", "content": {"a": [{"__class__": "log1p", "__module__": "numpy", "__loader__": "FunctionNode", "__id__": 1}]}, "protocol": 2, "_skops_version": "0.16.0"}"#,
    r#"{"__loader__": "MethodNode", "content": {"func": "f", "obj": {"file": "1.npy"}}}"#,
];

pub const CONFIGS: &[&str] = &[
    "target: nemo.a.B\noptim: {_target_: torch.optim.Adam, lr: 1}\n",
    "x: !!python/object/apply:os.system [id]\ny: !!python/tuple [1]\n",
];

pub const MLMODELS: &[&str] = &[
    "flavors:\n  python_function: {loader_module: mlflow.sklearn, model_path: m.pkl}\n  sklearn: {code: code, sklearn_version: 1.5.0}\nmlflow_version: 2.14.0\n",
];

/// The state of a model with one tensor.
pub fn states() -> Vec<Vec<u8>> {
    vec![
        b"\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x06tQK\0K\x06\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtRs.".to_vec(),
    ]
}
