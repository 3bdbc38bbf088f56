//! What the tests of this family share.

use gw_analysis::{Entry, EntryKind};
use gw_finding::Location;

use super::FAMILY;
use crate::Scope;
use crate::reader::{FileReading, Joined, Lock};

/// An entry of text.
pub(super) fn entry(path: &str, content: impl AsRef<[u8]>) -> Entry {
    Entry::new(Location::file(path), EntryKind::File, content.as_ref())
}

/// What every reader that takes a file says of it.
pub(super) fn read(path: &str, content: impl AsRef<[u8]>) -> Vec<FileReading> {
    let entry = entry(path, content);
    let head = entry.bytes().get(..entry.bytes().len().min(512)).unwrap();
    FAMILY
        .readers
        .iter()
        .filter(|reader| reader.matches(entry.path(), head))
        .map(|reader| reader.read(&entry))
        .collect()
}

/// Reads and joins files as a scan would.
pub(super) fn scan(files: &[(&str, &str)]) -> Joined {
    let mut readings: Vec<FileReading> = files
        .iter()
        .flat_map(|(path, content)| read(path, content))
        .collect();
    readings.sort_by(|a, b| a.location.cmp(&b.location));
    let mut joined = Joined::default();
    // The analyzer takes these before it joins.
    for reading in &mut readings {
        joined.incomplete.append(&mut reading.incomplete);
    }
    (FAMILY.join)(readings, &mut joined);
    joined
}

/// `path:line name version scope direct -> dependencies`, one line for each package in order.
pub(super) fn packages(joined: &Joined) -> Vec<String> {
    let mut lines: Vec<String> = joined.locks.iter().flat_map(lock_lines).collect();
    lines.sort();
    lines
}

/// The lines of one lock.
pub(super) fn lock_lines(lock: &Lock) -> Vec<String> {
    lock.packages
        .iter()
        .map(|package| {
            let scope = match package.scope {
                Scope::Runtime => "run",
                Scope::Optional => "opt",
                Scope::Development => "dev",
            };
            let direct = match package.direct {
                Some(true) => "direct",
                Some(false) => "transitive",
                None => "?",
            };
            let mut needs: Vec<String> = package
                .dependencies
                .iter()
                .map(|&at| {
                    let other = lock.packages.get(at).unwrap();
                    format!("{}@{}", other.name, other.version)
                })
                .collect();
            needs.sort();
            let needs = if needs.is_empty() {
                String::new()
            } else {
                format!(" -> {}", needs.join(" "))
            };
            format!(
                "{}:{} {} {} {scope} {direct}{needs}",
                package.location.full_path(),
                package.location.start.map_or(0, |start| start.line),
                package.name,
                package.version,
            )
        })
        .collect()
}

/// `path:line reason detail`, in order.
pub(super) fn incompletes(joined: &Joined) -> Vec<String> {
    let mut lines: Vec<String> = joined
        .incomplete
        .iter()
        .map(|record| {
            format!(
                "{}:{} {} {}",
                record.location.full_path(),
                record.location.start.map_or(0, |start| start.line),
                record.reason,
                record.detail
            )
        })
        .collect();
    lines.sort();
    lines
}

/// Checks the packages and the beginnings of the incompletes of some files.
#[track_caller]
pub(super) fn check(files: &[(&str, &str)], expected: &[&str], incomplete: &[&str]) {
    let joined = scan(files);
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(packages(&joined), expected);
    let records = incompletes(&joined);
    assert_eq!(records.len(), incomplete.len(), "{records:#?}");
    for (record, expected) in records.iter().zip(incomplete) {
        assert!(
            record.starts_with(expected),
            "{record} should begin with {expected}"
        );
    }
}

/// Random small damage to a text.
pub(super) mod mutate {
    use proptest::prelude::*;

    /// Where (in thousandths of the text), how many characters to drop, and what to put there.
    pub(in crate::reader::python) type Change = (u16, u8, String);

    /// A few changes.
    pub(in crate::reader::python) fn changes() -> impl Strategy<Value = Vec<Change>> {
        let piece = "[\\[\\]{}=,\"'\n a-c0-9.:;@#/-]{0,6}";
        proptest::collection::vec((0_u16..1000, 0_u8..40, piece), 1..6)
    }

    /// The text with the changes made.
    pub(in crate::reader::python) fn apply(text: &str, changes: &[Change]) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, drop, piece) in changes {
            let from = chars.len() * usize::from(*at) / 1000;
            let to = (from + usize::from(*drop)).min(chars.len());
            chars.splice(from..to, piece.chars());
        }
        chars.into_iter().collect()
    }
}
