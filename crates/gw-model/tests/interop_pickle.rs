//! Pickles that libraries really write, and what nobody may find in them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod interop;

use std::fs;

use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_model::ModelAnalyzer;
use interop::python;

/// Writes honest pickles in every protocol, and a list of opcodes and stops as `pickletools` sees
/// them.
const SCRIPT: &str = include_str!("interop/honest.py");

#[test]
fn honest_pickles_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    python(SCRIPT, folder.path());
    let mut files: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 200, "only {} files", files.len());
    let mut wrong = 0;
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&file).unwrap();
        let analyzer = ModelAnalyzer::default();
        let mut out = Output::default();
        let head = bytes.get(..512).unwrap_or(&bytes);
        if analyzer.wants(&name, EntryKind::File, head) {
            let entry = Entry::new(Location::file(&*name), EntryKind::File, bytes);
            analyzer.visit(&entry, &mut out);
        }
        for finding in &out.findings {
            eprintln!("{name}: {}", finding.message);
        }
        for gap in &out.incomplete {
            eprintln!("{name}: {}", gap.detail);
        }
        wrong += out.findings.len() + out.incomplete.len();
    }
    assert_eq!(wrong, 0);
}
