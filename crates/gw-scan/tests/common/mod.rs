//! What the tests of scans share.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::Command;

use gw_analysis::{Analyzer, Entry, EntryKind, Output, Part};
use gw_finding::{Incomplete, ReasonCode};
use gw_scan::{Options, ScanOutput, Silent, scan};
use gw_source::{Limits, Target};

/// Wants what has a suffix (all if it is empty) and produces the paths and contents it saw.
pub struct Recorder(pub &'static str);

pub type Seen = Vec<(String, EntryKind, Vec<u8>)>;

impl Analyzer for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn wants(&self, path: &str, _: EntryKind, head: &[u8]) -> bool {
        assert!(head.len() <= 512);
        path.ends_with(self.0)
    }

    fn visit(&self, entry: &Entry, out: &mut Output) {
        let path = entry.location().full_path();
        out.keep(entry, (path, entry.kind(), entry.bytes().to_vec()));
    }

    fn finish(&self, parts: Vec<Part>, out: &mut Output) {
        assert!(parts.is_sorted_by(|a, b| a.location <= b.location));
        let seen: Seen = parts
            .into_iter()
            .map(|part| *part.value.downcast().unwrap())
            .collect();
        out.produce(seen);
    }
}

pub fn scan_with(target: &Target, limits: &Limits, options: &Options) -> (ScanOutput, Seen) {
    let recorder = Recorder("");
    let mut output = scan(target, &[&recorder], limits, options, &Silent).unwrap();
    let seen = output.take::<Seen>().remove(0);
    (output, seen)
}

pub fn scan_folder(path: &Path) -> (ScanOutput, Seen) {
    scan_with(
        &Target::detect(path, None).unwrap(),
        &Limits::default(),
        &Options::default(),
    )
}

pub fn scan_bytes(name: &str, bytes: &[u8], limits: &Limits) -> (ScanOutput, Seen) {
    let target = Target::Bytes {
        name: name.to_owned(),
        bytes: bytes.into(),
    };
    scan_with(&target, limits, &Options::default())
}

pub fn paths(seen: &Seen) -> Vec<&str> {
    seen.iter().map(|(path, ..)| path.as_str()).collect()
}

pub fn reasons(incomplete: &[Incomplete]) -> Vec<(String, ReasonCode)> {
    incomplete
        .iter()
        .map(|one| (one.location.full_path(), one.reason))
        .collect()
}

pub fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

/// Runs git without any configuration but the repository's.
pub fn git(root: &Path, arguments: &[&str]) -> String {
    git_with(root, arguments, b"")
}

pub fn git_with(root: &Path, arguments: &[&str], input: &[u8]) -> String {
    use std::io::Write;
    let mut child = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .current_dir(root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
