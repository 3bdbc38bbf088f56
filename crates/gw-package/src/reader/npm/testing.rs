//! What the tests of this family share.

use gw_analysis::{Entry, EntryKind};
use gw_finding::Location;

use super::FAMILY;
use crate::Scope;
use crate::reader::{FileReading, Joined, Lock};

/// The reading of a file by the reader that its path selects.
pub(super) fn read(path: &str, text: &str) -> FileReading {
    let entry = Entry::new(Location::file(path), EntryKind::File, text.as_bytes());
    let mut readers = FAMILY.readers.iter();
    let reader = readers
        .find(|reader| reader.matches(path, &[]))
        .expect(path);
    reader.read(&entry)
}

/// What joining the files yields.
pub(super) fn join(files: &[(&str, &str)]) -> Joined {
    let mut files = files.to_vec();
    files.sort_unstable();
    let readings = files.iter().map(|(path, text)| read(path, text)).collect();
    let mut joined = Joined::default();
    (FAMILY.join)(readings, &mut joined);
    for lock in &joined.locks {
        assert!(
            lock.roots.iter().all(|root| root.folder.is_some()),
            "selectors are taken out"
        );
        assert_sound(lock);
    }
    joined
}

fn assert_sound(lock: &Lock) {
    let count = lock.packages.len();
    for package in &lock.packages {
        assert!(package.dependencies.iter().all(|&need| need < count));
        assert!(package.dependencies.is_sorted());
        assert!(package.location.start.is_some(), "{package:?}");
        assert!(package.purl.starts_with("pkg:npm/"), "{package:?}");
    }
    let needs = lock.roots.iter().flat_map(|root| &root.dependencies);
    assert!(needs.into_iter().all(|&(need, _)| need < count));
}

/// One line for each package, in the order of the file:
/// `3 name@version dev direct > name@version ...`, the line first.
pub(super) fn lines(lock: &Lock) -> Vec<String> {
    let id = |position: usize| {
        let package = &lock.packages[position];
        format!("{}@{}", package.name, package.version)
    };
    let mut lines = Vec::new();
    for (position, package) in lock.packages.iter().enumerate() {
        let mut line = format!("{} {}", package.location.start.unwrap().line, id(position));
        match package.scope {
            Scope::Runtime => {}
            Scope::Optional => line.push_str(" optional"),
            Scope::Development => line.push_str(" dev"),
        }
        match package.direct {
            Some(true) => line.push_str(" direct"),
            Some(false) => {}
            None => line.push_str(" unknown"),
        }
        if !package.dependencies.is_empty() {
            line.push_str(" >");
            for &need in &package.dependencies {
                line.push(' ');
                line.push_str(&id(need));
            }
        }
        lines.push(line);
    }
    lines
}

/// Checks the packages of the only lock that the files yield, and that nothing is incomplete.
#[track_caller]
pub(super) fn check(files: &[(&str, &str)], expected: &[&str]) {
    let joined = join(files);
    assert_eq!(joined.incomplete, []);
    assert_eq!(joined.locks.len(), 1);
    assert_eq!(lines(&joined.locks[0]), expected);
}

/// The details of what is incomplete, with code and line.
pub(super) fn problems(joined: &Joined) -> Vec<String> {
    let mut problems = Vec::new();
    for problem in &joined.incomplete {
        let line = problem.location.start.map_or(0, |start| start.line);
        let path = problem.location.full_path();
        problems.push(format!(
            "{path}:{line} {}: {}",
            problem.reason, problem.detail
        ));
    }
    problems
}

/// Checks that no mutation of a good file makes its reader panic or point outside.
pub(super) fn mutate(path: &str, text: &str, at: usize, with: &str) {
    let at = text.floor_char_boundary(at % (text.len() + 1));
    let end = text.floor_char_boundary((at + with.len()).min(text.len()));
    let cut = &text[..at];
    let replaced = format!("{cut}{with}{}", &text[end.max(at)..]);
    let inserted = format!("{cut}{with}{}", &text[at..]);
    for text in [cut, &replaced, &inserted] {
        join(&[(path, text)]);
    }
}
