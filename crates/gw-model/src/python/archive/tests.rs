use gw_analysis::{Analyzer as _, Entry, EntryKind, Output};
use gw_finding::Location;

use crate::pickle::{self, PickleOptions};
use crate::report::Report;
use crate::{Content, ModelAnalyzer};

/// What is said about an archive with these members: rules with messages, reason codes, and the
/// formats of models.
pub(crate) struct Told {
    pub(crate) findings: Vec<(String, String, String)>,
    pub(crate) incomplete: Vec<(String, String)>,
    pub(crate) models: Vec<crate::Model>,
}

impl Told {
    #[track_caller]
    pub(crate) fn assert_found(&self, expected: &[(&str, &str)]) {
        let mut rules: Vec<&str> = self.findings.iter().map(|found| found.0.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let mut wanted: Vec<&str> = expected.iter().map(|(rule, _)| *rule).collect();
        wanted.sort_unstable();
        wanted.dedup();
        assert_eq!(rules, wanted, "{:?} {:?}", self.findings, self.incomplete);
        for (rule, text) in expected {
            assert!(
                self.findings
                    .iter()
                    .any(|(found, _, message)| found == rule && message.contains(text)),
                "{rule} {text}: {:?}",
                self.findings
            );
        }
    }
}

/// Shows members to the analyzer as the scan does.
pub(crate) fn scan(archive: &str, members: &[(&str, &[u8])]) -> Told {
    let analyzer = ModelAnalyzer::default();
    let mut output = Output::default();
    for (path, bytes) in members {
        let mut location = Location::file(archive);
        location.inside.push((*path).to_owned());
        let head = &bytes[..bytes.len().min(512)];
        let before = output.parts.len();
        if analyzer.wants(path, EntryKind::File, head) {
            let entry = Entry::new(location.clone(), EntryKind::File, *bytes);
            analyzer.visit(&entry, &mut output);
        }
        let is_read = output.parts[before..]
            .iter()
            .any(|part| part.value.is::<pickle::PickleOutcome>());
        if path.ends_with(".pkl") && !is_read {
            let mut report = Report::new(&location, false, &mut output);
            let options = PickleOptions {
                persistent_ids: true,
                ..PickleOptions::default()
            };
            let outcome = pickle::read(&mut Content::bytes(bytes), &options, &mut report);
            report.keep(outcome);
        }
    }
    let parts = std::mem::take(&mut output.parts);
    analyzer.finish(parts, &mut output);
    let findings = output.findings.iter().map(|finding| {
        (
            finding
                .rule
                .as_str()
                .trim_start_matches("model/")
                .to_owned(),
            finding.location.to_string(),
            finding.message.clone(),
        )
    });
    // What the pickle machine thinks of honest names is tested with it.
    let findings = findings
        .filter(|found| found.0 != "pickle-suspicious")
        .collect();
    Told {
        findings,
        incomplete: output
            .incomplete
            .iter()
            .map(|gap| (gap.reason.as_str().to_owned(), gap.detail.clone()))
            .collect(),
        models: output
            .products
            .into_iter()
            .filter_map(|product| product.downcast::<crate::Model>().ok())
            .map(|model| *model)
            .collect(),
    }
}

/// A pickle of a dictionary with one tensor, as `torch.save` writes it.
pub(crate) fn state(key: &str, class: &str, numbers: u32, size: u32, offset: u32) -> Vec<u8> {
    let text = |text: &str| {
        let mut bytes = vec![b'X'];
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    };
    let int = |number: u32| {
        let mut bytes = vec![b'J'];
        bytes.extend(number.to_le_bytes());
        bytes
    };
    [
        &b"\x80\x02}"[..],
        &text("layer.weight"),
        b"ctorch._utils\n_rebuild_tensor_v2\n((",
        &text("storage"),
        format!("ctorch\n{class}\n").as_bytes(),
        &text(key),
        &text("cpu"),
        &int(numbers),
        b"tQ",
        &int(offset),
        &int(size),
        b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtRs.",
    ]
    .concat()
}

fn honest() -> Vec<u8> {
    state("0", "FloatStorage", 6, 6, 0)
}

#[test]
fn honest_archives_are_described() {
    for top in ["archive/", "some name/", ""] {
        let path = |name: &str| format!("{top}{name}");
        let told = scan(
            "model.pt",
            &[
                (&path("data.pkl"), &honest()),
                (&path("byteorder"), b"little"),
                (&path("data/0"), &[0; 24]),
                (&path("version"), b"3\n"),
                (&path(".data/serialization_id"), b"0123"),
            ],
        );
        told.assert_found(&[]);
        assert_eq!(told.incomplete, []);
        let [model] = told.models.as_slice() else {
            panic!("{:?}", told.models);
        };
        assert_eq!(model.format, "pytorch-zip");
        assert_eq!(model.format_version.as_deref(), Some("3"));
        assert_eq!((model.parameters, model.tensors), (Some(6), Some(1)));
        assert_eq!(model.types[0].name, "f32");
        assert_eq!(model.metadata["tensors"], "layer.weight");
    }
}

#[test]
fn storages_are_compared_with_members() {
    let members = |pickle: &[u8], size: usize| {
        scan(
            "model.pt",
            &[
                ("a/data.pkl", pickle),
                ("a/version", b"3"),
                ("a/data/0", &vec![0; size]),
            ],
        )
    };
    members(&honest(), 23).assert_found(&[("impossible-size", "24 bytes")]);
    members(&honest(), 25).assert_found(&[]);
    members(&state("0", "FloatStorage", 6, 7, 0), 24)
        .assert_found(&[("impossible-size", "up to number 7")]);
    members(&state("0", "FloatStorage", 6, 6, 1), 24)
        .assert_found(&[("impossible-size", "layer.weight")]);
    members(&state("0", "EvilStorage", 6, 6, 0), 24)
        .assert_found(&[("named-callable", "EvilStorage")]);
    for key in ["../../etc/passwd", "/etc/passwd", "..\\x", "a/b"] {
        members(&state(key, "FloatStorage", 6, 6, 0), 24).assert_found(&[("external-path", "")]);
    }
    let told = members(&state("1", "FloatStorage", 6, 6, 0), 24);
    told.assert_found(&[]);
    assert_eq!(told.incomplete[0].0, "missing");
}

#[test]
fn archives_with_several_models_are_ambiguous() {
    let data = honest();
    scan(
        "model.pt",
        &[
            ("a/data.pkl", &data),
            ("a/version", b"3"),
            ("b/data.pkl", &data),
            ("a/data/0", &[0; 24]),
            ("b/data/0", &[0; 24]),
        ],
    )
    .assert_found(&[("ambiguous-archive", "b/data.pkl")]);
    scan(
        "model.pt",
        &[
            ("a/data.pkl", &data),
            ("a/data.pkl", &data),
            ("a/version", b"3"),
            ("a/data/0", &[0; 24]),
        ],
    )
    .assert_found(&[("ambiguous-archive", "alike")]);
    let told = scan(
        "model.pt",
        &[
            ("a/data.pkl", &data),
            ("a/byteorder", b"middle"),
            ("a/data/0", &[0; 24]),
        ],
    );
    assert_eq!(told.incomplete[0].0, "malformed");
}

#[test]
fn code_in_models_is_judged_and_elsewhere_it_is_not() {
    let data = honest();
    let elf = {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
        bytes.resize(64, 0);
        bytes[52] = 64;
        bytes
    };
    let evil = b"import os\n\nos.system('id')\n";
    let members = |main: &'static str| -> Vec<(&'static str, Vec<u8>)> {
        vec![
            (main, data.clone()),
            ("a/version", b"3".to_vec()),
            ("a/data/0", vec![0; 24]),
            ("a/pkg/mod.py", evil.to_vec()),
            ("a/lib/x.so", elf.clone()),
            ("a/run.sh", b"#!/bin/sh\nid\n".to_vec()),
            ("a/kernel.cpp", b"int main() {}".to_vec()),
        ]
    };
    let show = |name: &str, members: &[(&'static str, Vec<u8>)]| {
        let members: Vec<_> = members
            .iter()
            .map(|(path, bytes)| (*path, bytes.as_slice()))
            .collect();
        scan(name, &members)
    };
    for name in ["model.pt", "model.zip", "x"] {
        let told = show(name, &members("a/data.pkl"));
        told.assert_found(&[
            ("native-code", ""),
            ("native-code", "source"),
            ("python-code", "os.system"),
            ("script", ""),
            ("serving-code", "a/pkg/mod.py"),
        ]);
        let at = told.findings.iter().find(|found| found.0 == "python-code");
        assert_eq!(at.unwrap().1, format!("{name}!a/pkg/mod.py:3:1"));
    }
    // A package of Python with a pickle in it is no model.
    show("package.whl", &members("a/tests/x.pkl")).assert_found(&[]);
}

#[test]
fn storages_that_are_programs_are_told() {
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
    elf.resize(64, 0);
    elf[52] = 64;
    scan(
        "model.pt",
        &[
            ("a/data.pkl", &state("0", "FloatStorage", 16, 16, 0)),
            ("a/version", b"3"),
            ("a/data/0", &elf),
        ],
    )
    .assert_found(&[("embedded-executable", "ELF")]);
}

#[test]
fn torchscript_is_no_python() {
    let code =
        b"class A(Module):\n  def forward(self, x):\n    return torch.from_file(\"x\", True)\n";
    let members = |code: &'static [u8]| {
        scan(
            "model.pt",
            &[
                ("m/data.pkl", &honest()),
                ("m/constants.pkl", b"\x80\x02)."),
                ("m/code/__torch__.py", code),
                ("m/version", b"3"),
                ("m/data/0", &[0; 24]),
            ],
        )
    };
    let told = members(code);
    told.assert_found(&[("file-operator", "torch::from_file")]);
    assert_eq!(told.models[0].format, "torchscript");
    members(b"def f(x):\n  return ops.mine.go(x)").assert_found(&[("custom-operator", "mine::go")]);
    members(b"def f(x):\n  return torch.add(x, ops.prim.max(x))").assert_found(&[]);
}

#[test]
fn packages_bring_code() {
    let told = scan(
        "p.pt",
        &[
            ("p/.data/extern_modules", b"torch\nsys\n"),
            ("p/.data/version", b"6\n"),
            ("p/model/model.pkl", &honest()),
            ("p/.data/0.storage", &[0; 24]),
            (
                "p/net.py",
                b"import torch\nfrom torch import nn\nclass A(nn.Module): pass\n",
            ),
        ],
    );
    told.assert_found(&[("serving-code", "p/net.py")]);
    assert_eq!(told.models[0].format, "torch-package");
    assert_eq!(told.models[0].metadata["extern_modules"], "torch, sys");
}
