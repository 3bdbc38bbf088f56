//! What the tests of scans share.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing
)]

use std::io::SeekFrom;
use std::path::Path;
use std::process::Command;

use gw_analysis::{Analyzer, Entry, EntryKind, Large, LargeEntry, Output, Part};
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

/// Wants what has a suffix and looks at it where it lies, if it is large: the start, the end and
/// the middle, or whatever can be read once.
pub struct Peeker(pub &'static str);

/// What a [`Peeker`] saw of a file: whether it was held, could be read from any place, or once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Held,
    Seekable,
    Stream,
}

pub type Peeked = (String, How, Option<u64>, Vec<u8>);

impl Analyzer for Peeker {
    fn name(&self) -> &'static str {
        "peeker"
    }

    fn wants(&self, path: &str, _: EntryKind, _: &[u8]) -> bool {
        path.ends_with(self.0)
    }

    fn visit(&self, entry: &Entry, out: &mut Output) {
        let path = entry.location().full_path();
        let bytes = entry.bytes();
        let end = bytes[bytes.len().saturating_sub(4)..].to_vec();
        out.produce::<Peeked>((path, How::Held, Some(bytes.len() as u64), end));
    }

    fn takes_large(&self) -> bool {
        true
    }

    fn visit_large(&self, entry: LargeEntry<'_>, out: &mut Output) {
        let path = entry.location.full_path();
        let mut end = Vec::new();
        let (how, size) = match entry.content {
            Large::Seekable(input) => {
                let mut start = [0; 4];
                input.read_exact(&mut start).unwrap();
                assert_eq!(input.seek(SeekFrom::Start(0)).unwrap(), 0);
                let mut again = [0; 4];
                input.read_exact(&mut again).unwrap();
                assert_eq!(start, again);
                input.seek(SeekFrom::End(-4)).unwrap();
                input.read_to_end(&mut end).unwrap();
                (How::Seekable, entry.size)
            }
            Large::Stream(input) => {
                let mut all = Vec::new();
                let _ = input.read_to_end(&mut all);
                end.extend(&all[all.len() - 4..]);
                (How::Stream, Some(all.len() as u64))
            }
        };
        out.produce::<Peeked>((path, how, size, end));
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
