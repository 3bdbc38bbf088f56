//! Compiled Python code without its source: what it does nobody can read.

use std::collections::{BTreeMap, BTreeSet};

use gw_analysis::{Output, Part};
use gw_finding::{Location, Severity};

use super::Member;
use super::group::{Archive, last};
use crate::code::marshal::CodeSummary;
use crate::layout::is_source;
use crate::report::{Evidence, finding};
use crate::rules;

/// How many files of compiled code an archive or folder has at most that is not a library's: those
/// are delivered compiled, and start programs.
const LIBRARY: usize = 64;

/// Reports compiled code outside the archives that are models, which have been judged.
pub(super) fn judge(parts: &[Part], models: &[Archive<'_>], out: &mut Output) {
    let mut sources: BTreeSet<(Vec<&str>, &str)> = BTreeSet::new();
    let mut compiled: BTreeMap<Vec<&str>, Vec<(&Location, &CodeSummary)>> = BTreeMap::new();
    for part in parts {
        let (outer, path) = split(&part.location);
        match part.value.downcast_ref::<Member>() {
            Some(Member::Compiled(summary)) => {
                let found = compiled.entry(outer).or_default();
                found.push((&part.location, summary));
            }
            Some(Member::Source(..)) => {
                sources.insert((outer, stem(path)));
            }
            _ if is_source(part) => {
                sources.insert((outer, stem(path)));
            }
            _ => {}
        }
    }
    for (outer, found) in compiled {
        if found.len() > LIBRARY {
            continue;
        }
        for (location, summary) in found {
            let mut archive = location.clone();
            archive.inside.pop();
            let judged =
                !location.inside.is_empty() && models.iter().any(|model| model.location == archive);
            let (_, path) = split(location);
            if judged || sources.contains(&(outer.clone(), source_of(path).as_str())) {
                continue;
            }
            report(location, summary, out);
        }
    }
}

fn report(location: &Location, summary: &CodeSummary, out: &mut Output) {
    let Some(worst) = summary.worst().filter(|worst| *worst >= Severity::Medium) else {
        return;
    };
    let message = format!(
        "The compiled code, of which there is no source, uses {}.",
        summary.uses()
    );
    let mut evidence = Evidence::new("code", message);
    evidence.severity = Some(worst);
    out.findings
        .push(finding(location, &rules::COMPILED_CODE, evidence));
}

/// What holds a file, and its path in that.
fn split(location: &Location) -> (Vec<&str>, &str) {
    let mut outer: Vec<&str> = std::iter::once(&location.path)
        .chain(&location.inside)
        .map(String::as_str)
        .collect();
    let path = outer.pop().unwrap_or_default();
    (outer, path)
}

/// A path without the ending of its name.
fn stem(path: &str) -> &str {
    match last(path).rsplit_once('.') {
        Some((_, ending)) => path
            .strip_suffix(ending)
            .and_then(|path| path.strip_suffix('.'))
            .unwrap_or(path),
        None => path,
    }
}

/// The source that compiled code is of: `a/__pycache__/x.cpython-311.pyc` is of `a/x.py`.
fn source_of(path: &str) -> String {
    let own = stem(path);
    match own.rsplit_once("__pycache__/") {
        Some((folder, name)) => {
            let name = name.split('.').next().unwrap_or(name);
            format!("{folder}{name}")
        }
        None => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::scan;
    use super::*;
    use crate::code::marshal::tests::pyc;

    #[test]
    fn compiled_code_is_of_the_source_beside_it() {
        for (path, expected) in [
            ("x.pyc", "x"),
            ("a/x.pyc", "a/x"),
            ("a/__pycache__/x.cpython-311.pyc", "a/x"),
            ("__pycache__/x.cpython-311.opt-1.pyc", "x"),
        ] {
            assert_eq!(source_of(path), expected, "{path}");
        }
        assert_eq!(stem("a.b/x.py"), "a.b/x");
        assert_eq!(stem("a.b/x"), "a.b/x");
    }

    #[test]
    fn code_without_source_is_judged() {
        let pyc = pyc(&["os", "system"]);
        let found = scan("m.zip", &[("a/x.pyc", &pyc)]);
        found.assert_found(&[("compiled-code", "no source")]);
        let found = scan("m.zip", &[("a/__pycache__/x.cpython-311.pyc", &pyc)]);
        found.assert_found(&[("compiled-code", "no source")]);
        let there = ("a/x.py", &b"import os"[..]);
        let found = scan("m.zip", &[("a/__pycache__/x.cpython-311.pyc", &pyc), there]);
        found.assert_found(&[]);
    }
}
