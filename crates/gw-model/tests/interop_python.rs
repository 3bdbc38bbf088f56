//! Honest models, made by the libraries whose formats they are or taken from published packages:
//! none may be found fault with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use gw_finding::Severity;
use gw_model::{Model, ModelAnalyzer};
use gw_scan::{Options, ScanOutput, Silent, scan};
use gw_source::{Limits, Target};

/// A part of the environment that `cargo xtask test` prepares.
fn part(name: &str) -> PathBuf {
    let folder = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    Path::new(&folder).join(name)
}

fn scan_path(path: &Path) -> ScanOutput {
    let target = Target::detect(path, None).unwrap();
    let analyzer = ModelAnalyzer::default();
    let limits = Limits::default();
    scan(&target, &[&analyzer], &limits, &Options::default(), &Silent).unwrap()
}

/// Nothing in a folder is suspicious or unread, but for what `expected` says of it: parts of the
/// text of a finding or gap.
#[track_caller]
fn check(path: &Path, expected: &[&str]) -> Vec<Model> {
    let mut output = scan_path(path);
    let mut said: Vec<String> = output
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Low)
        .map(|finding| format!("{}: {} {}", finding.location, finding.rule, finding.message))
        .collect();
    said.extend(
        output
            .incomplete
            .iter()
            .map(|gap| format!("{}: {} {}", gap.location, gap.reason, gap.detail)),
    );
    said.retain(|said| !expected.iter().any(|part| said.contains(part)));
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(output.files > 0, "nothing in {}", path.display());
    output.take::<Model>()
}

#[test]
fn what_numpy_joblib_and_skops_write_is_honest() {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(part("models/bin/python"))
        .args(["-c", include_str!("interop_python/make.py")])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let models = check(folder.path(), &[]);
    let formats: Vec<&str> = models.iter().map(|model| model.format.as_str()).collect();
    for format in ["npy", "npz", "skops"] {
        assert!(formats.contains(&format), "{format}: {formats:?}");
    }
    let arrays = models.iter().find(|model| model.location.path == "a.npz");
    assert_eq!(arrays.unwrap().parameters, Some(7));
}

/// A folder of a package that brings models.
fn package(path: &str) -> PathBuf {
    let library = part("models/lib");
    let mut versions = std::fs::read_dir(library).unwrap();
    let version = versions.next().unwrap().unwrap().path();
    version.join("site-packages").join(path)
}

#[test]
fn models_in_published_packages_are_honest() {
    for path in [
        // Files of every version of joblib and Python, in every form of compression.
        "joblib/test/data",
        "lpips/weights",
        "numpy/lib/tests/data",
        "profanity_check/data",
    ] {
        check(&package(path), &[]);
    }
}

#[test]
fn torchscript_is_described() {
    let models = check(&package("silero_vad/data/silero_vad.jit"), &[]);
    let script = models.iter().find(|model| model.format == "torchscript");
    assert!(script.unwrap().parameters.unwrap() > 100_000);
}

#[test]
fn code_of_this_interpreter_is_read() {
    let script = "import marshal, sys\n\
                  code = compile('import os\\ndef f(x): return os.system(x)', 'a.py', 'exec')\n\
                  sys.stdout.buffer.write(marshal.dumps(code))";
    let done = Command::new(part("models/bin/python"))
        .args(["-c", script])
        .output()
        .unwrap();
    let summary = gw_model::code::marshal::read(&done.stdout).unwrap();
    assert_eq!(summary.functions, 2);
    assert_eq!(summary.filename.as_deref(), Some("a.py"));
    assert!(summary.reached.contains_key("os.system"));
}
