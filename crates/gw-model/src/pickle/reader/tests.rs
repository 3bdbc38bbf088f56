use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;

use super::*;
use crate::ModelAnalyzer;
use crate::pickle::tests::build::Asm;

fn analyze(path: &str, bytes: &[u8]) -> Output {
    let analyzer = ModelAnalyzer::default();
    let mut out = Output::default();
    let head = &bytes[..bytes.len().min(512)];
    if analyzer.wants(path, EntryKind::File, head) {
        let entry = Entry::new(Location::file(path), EntryKind::File, bytes.to_vec());
        analyzer.visit(&entry, &mut out);
    }
    let parts = std::mem::take(&mut out.parts);
    analyzer.finish(parts, &mut out);
    out
}

#[test]
fn hostile_files_are_found_under_any_name() {
    let hostile: [&[u8]; 4] = [
        b"cos\nsystem\n(S'id'\ntR.",
        b"(S'id'\nios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
        b"\x80\x02cos\nsystem\nX\x02\0\0\0id\x85R\xff",
    ];
    for bytes in hostile {
        for path in [
            "a.pkl",
            "pytorch_model.bin",
            "a.pt",
            "a.txt",
            "README",
            "a.json",
            "x.npy",
        ] {
            let out = analyze(path, bytes);
            assert!(
                out.findings
                    .iter()
                    .any(|f| f.rule.as_str() == "model/pickle-executes"),
                "{path} {:?}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn other_files_are_left_alone() {
    for (path, bytes) in [
        ("a.py", &b"import os\nos.system('id')\n"[..]),
        ("a.bin", b"\0\x01\x02\x03\x04 some firmware"),
        ("a.bin", b"compiled thing, not a pickle"),
        ("a.model", b"(this is text)\nand more."),
        ("a.data", b"1,2,3\n4,5,6\n"),
        ("a.dat", b""),
        ("config", b"config\nvalue\n"),
        ("a.txt", b"case\nof\n."),
        ("a.bin", b"\x80\x02\0\0\0\0\0\0\x9a\x99"),
        ("notes", b"I1\nI2\n."),
        ("a.c", b"char\nmain\n(void)\n{\n}\n"),
        ("a.model", b"nothing here"),
        ("a.joblib", b"x\x9c\x6b\x60\x99"),
        ("a.joblib", b"]\0\0\x80\0\xff\xff"),
        ("a.pkl", b""),
    ] {
        let out = analyze(path, bytes);
        assert!(out.findings.is_empty(), "{path} {:?}", out.findings);
        assert!(out.incomplete.is_empty(), "{path} {:?}", out.incomplete);
    }
}

#[test]
fn tensors_that_begin_as_pickles_do_are_numbers() {
    // A protocol, an instruction that the memo has no value for, or that needs a mark, and numbers.
    for start in [&b"\x80\x02j\x0d\x5f\x4c\x8c"[..], b"\x80\x03u\x3f"] {
        let mut bytes = start.to_vec();
        bytes.extend((0..4096_u32).flat_map(|n| (n as f32).sin().to_le_bytes()));
        for path in ["x/data/9", "group1-shard1of1"] {
            let out = analyze(path, &bytes);
            assert!(
                out.findings.is_empty() && out.incomplete.is_empty(),
                "{path}"
            );
        }
        assert_eq!(analyze("a.pkl", &bytes).incomplete.len(), 1);
    }
}

/// `numpy._core.multiarray._reconstruct(ndarray, (0,), b'b')` with the state of a 2 × 3 array.
fn array(asm: Asm) -> Asm {
    asm.global("numpy._core.multiarray", "_reconstruct")
        .global("numpy", "ndarray")
        .int(0)
        .tuple(1)
        .text("b")
        .tuple(3)
        .reduce()
        .op(b'(')
        .int(1)
        .int(2)
        .int(3)
        .tuple(2)
        .global("numpy", "dtype")
        .text("f4")
        .tuple(1)
        .reduce()
        .op(0x89)
        .bytes(&[0; 24])
        .op(b't')
        .build()
}

#[test]
fn plain_data_is_described_as_what_it_holds() {
    let model = |path: &str, bytes: &[u8]| {
        let mut out = analyze(path, bytes);
        assert!(
            out.findings.is_empty() && out.incomplete.is_empty(),
            "{:?} {:?}",
            out.findings,
            out.incomplete
        );
        assert_eq!(out.products.len(), 1, "{path}");
        *out.products.remove(0).downcast::<Model>().unwrap()
    };
    let list = Asm::new(4).list(&[1, 2]).stop();
    let said = model("a.pkl", &list);
    assert_eq!((said.format.as_str(), said.architecture), ("pickle", None));
    assert_eq!(said.metadata["holds"], "a list of 2, each a number");
    let dict = Asm::new(4).op(b'}').op(b'(').text("weights");
    let dict = array(dict)
        .text("name")
        .text("x")
        .text("at")
        .op(b'N')
        .op(b'u')
        .stop();
    let said = model("weights.p", &dict);
    assert_eq!(said.metadata["holds"], "a dictionary of 3");
    assert_eq!(
        said.metadata["keys"],
        "weights: array f32 [2 × 3], name: text, at: nothing"
    );
    assert_eq!((said.tensors, said.types[0].numbers), (Some(1), 6));
    assert_eq!(said.parameters, None);
    assert_eq!(
        model("a.joblib", &array(Asm::new(4)).stop()).metadata["holds"],
        "array f32 [2 × 3]"
    );
    assert_eq!(
        model("a.pkl", b"\x80\x04}.").metadata["holds"],
        "a dictionary of 0"
    );
    // Text that could be executed as protocol 0 is nobody's pickle.
    assert!(analyze("notes", b"I1\nI2\n.").products.is_empty());
}

#[test]
fn pickles_that_break_do_not_pass() {
    let mut marks = vec![b'('; 1_000_000];
    marks.push(b'.');
    let long = b"\x80\x04\x8e\0\0\0\0\0\0\0\x40x.";
    let named = Asm::new(4).text("a").op(b'Q').stop();
    for (path, bytes) in [
        ("a.pkl", &long[..]),
        ("a", &long[..]),
        ("a.pkl", &marks),
        ("a.pkl", b"hello there"),
        ("a.pickle", b"\x80\x04N"),
        ("a.joblib", b"N"),
        ("a.pkl", b"."),
        ("a.dill", b"\x80\x03]q\0(K\x01K\x02e"),
        ("a", b"\x80\x03]q\0(K\x01K\x02e"),
        ("a.pkl", b"Pid\n."),
        ("a.pkl", &named),
        ("a", &named),
    ] {
        let out = analyze(path, bytes);
        let head = bytes.get(..20).unwrap_or(bytes).escape_ascii();
        assert_eq!(out.incomplete.len(), 1, "{path} {head}");
        assert_eq!(
            out.incomplete[0].reason,
            ReasonCode::Malformed,
            "{path} {head}"
        );
        assert!(out.findings.is_empty(), "{path} {head}");
    }
}

#[test]
fn deep_lists_are_data() {
    let count = 500_000;
    let mut bytes = vec![0x80, 4];
    bytes.resize(count + 2, b']');
    bytes.resize(2 * count + 1, b'a');
    bytes.push(b'.');
    let out = analyze("a.pkl", &bytes);
    assert!(out.findings.is_empty() && out.incomplete.is_empty());
}

#[test]
fn pickles_between_other_data_are_found() {
    let hostile = Asm::new(4).call("os", "system", &["id"]).stop();
    let old = b"cos\nsystem\n(S'id'\ntR.".to_vec();
    let safe = Asm::new(4).call("collections", "OrderedDict", &[]).stop();
    let plain = Asm::new(4).list(&[1]).stop();
    let noise = b"\0\x01garbage\xff\xfe".to_vec();
    let join = |parts: &[&Vec<u8>]| {
        parts
            .iter()
            .flat_map(|part| part.iter().copied())
            .collect::<Vec<u8>>()
    };
    for (path, bytes, expected) in [
        ("a.pkl", join(&[&plain, &noise, &hostile]), true),
        ("a", join(&[&plain, &noise, &hostile]), true),
        ("a.pkl", join(&[&plain, &noise, &old]), true),
        (
            "a.pkl",
            join(&[&plain, &noise, &plain, &noise, &hostile, &noise]),
            true,
        ),
        ("a.bin", join(&[&noise, &hostile]), true),
        ("a.pkl", join(&[&noise, &old]), true),
        ("a.pkl", join(&[&plain, &noise, &safe]), false),
        ("a.pkl", join(&[&plain, &noise]), false),
        ("a.bin", join(&[&noise, &safe]), false),
        ("a.pkl", join(&[&plain, &b"cos\nsystem\n".to_vec()]), false),
    ] {
        let out = analyze(path, &bytes);
        let found = out
            .findings
            .iter()
            .any(|finding| finding.rule.as_str() == "model/pickle-executes");
        assert_eq!(found, expected, "{path} {}", bytes.escape_ascii());
    }
}

#[test]
fn a_cut_pickle_does_not_pass() {
    let out = analyze("a.bin", &Asm::new(4).list(&[1, 2]).open());
    assert_eq!(out.incomplete.len(), 1);
}

#[test]
fn files_of_old_torch_are_read_to_their_storages() {
    let magic = Asm::new(2)
        .raw(b"\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")
        .stop();
    let version = Asm::new(2).raw(b"M\xe9\x03").stop();
    let system = Asm::new(2)
        .dict(&["protocol_version", "little_endian"])
        .stop();
    let object = Asm::new(2)
        .old_global("collections", "OrderedDict")
        .tuple(0)
        .reduce()
        .text("weight")
        .old_global("torch._utils", "_rebuild_tensor_v2")
        .op(b'(')
        .op(b'(')
        .text("storage")
        .old_global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .int(6)
        .none()
        .op(b't')
        .op(b'Q')
        .int(0)
        .int(2)
        .int(3)
        .tuple(2)
        .int(3)
        .int(1)
        .tuple(2)
        .op(0x89)
        .old_global("collections", "OrderedDict")
        .tuple(0)
        .reduce()
        .op(b't')
        .reduce()
        .setitem()
        .stop();
    let keys = Asm::new(2).op(b']').text("0").op(b'a').stop();
    let storages = [6_u8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    let file = [magic, version, system, object, keys, storages.to_vec()].concat();
    let out = analyze("model.pth", &file);
    assert!(out.findings.is_empty(), "{:?}", out.findings);
    assert!(out.incomplete.is_empty(), "{:?}", out.incomplete);
    let models: Vec<&Model> = out
        .products
        .iter()
        .filter_map(|product| product.downcast_ref())
        .collect();
    assert_eq!(models.len(), 1);
    assert_eq!(models[0].format, "pytorch-legacy");
    assert_eq!(models[0].parameters, Some(6));
    assert_eq!(models[0].types[0].name, "f32");
}

#[test]
fn arrays_of_joblib_are_passed_over() {
    let wrapper = Asm::new(4)
        .global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .tuple(0)
        .newobj()
        .op(b'}')
        .op(b'(')
        .text("shape")
        .int(2)
        .int(3)
        .tuple(2)
        .text("dtype")
        .global("numpy", "dtype")
        .text("f8")
        .op(0x89)
        .op(0x88)
        .tuple(3)
        .reduce()
        .text("numpy_array_alignment_bytes")
        .int(16)
        .op(b'u')
        .build();
    // The array's bytes would be a call, if they were executed.
    let mut array = vec![2, 0xff, 0xff];
    array.extend([b'R'; 48]);
    let hostile = wrapper.clone().raw(&array).stop();
    let out = analyze("a.joblib", &hostile);
    assert!(out.findings.is_empty(), "{:?}", out.findings);
    assert!(out.incomplete.is_empty(), "{:?}", out.incomplete);
    let after = wrapper
        .raw(&array)
        .op(b'0')
        .call("os", "system", &["id"])
        .stop();
    let out = analyze("a.joblib", &after);
    assert_eq!(out.findings[0].rule.as_str(), "model/pickle-executes");
}

#[test]
fn every_reading_of_arrays_counts() {
    // As joblib reads it, the bytes are an array; as `pickle` does, a call.
    let stream = Asm::new(4)
        .global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .tuple(0)
        .newobj()
        .op(b'}')
        .op(b'(')
        .text("shape")
        .int(64)
        .tuple(1)
        .text("dtype")
        .global("numpy", "dtype")
        .text("i1")
        .op(0x89)
        .op(0x88)
        .tuple(3)
        .reduce()
        .op(b'u')
        .build();
    let mut array = Asm::new(0).op(b'0').call("os", "system", &["id"]).stop();
    array.resize(64, b'.');
    let out = analyze("a.pkl", &stream.raw(&array).stop());
    assert_eq!(out.findings[0].rule.as_str(), "model/pickle-executes");
}
