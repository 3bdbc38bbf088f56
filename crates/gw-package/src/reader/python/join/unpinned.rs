//! The record of requirements that have no exact version.

use gw_finding::{Incomplete, ReasonCode};

use crate::reader::Requirement;
use crate::reader::python::package;

/// One record for a file, at its first such requirement; `None` if there is none.
pub(in crate::reader::python) fn record<'r>(
    requirements: impl Iterator<Item = &'r Requirement>,
    advice: &str,
) -> Option<Incomplete> {
    const LISTED: usize = 10;
    let mut names: Vec<String> = Vec::new();
    let mut first = None;
    let mut seen = rustc_hash::FxHashSet::default();
    for requirement in requirements {
        let normal = package::normal(&requirement.name);
        first.get_or_insert(&requirement.location);
        if seen.insert(normal) {
            names.push(super::super::dependency::short(&requirement.name));
        }
    }
    let count = names.len();
    names.truncate(LISTED);
    let listed = names.join(", ");
    let more = if count > LISTED { ", …" } else { "" };
    let what = if count == 1 {
        "1 requirement has no exact version".to_owned()
    } else {
        format!("{count} requirements have no exact version")
    };
    Some(package::incomplete(
        first?.clone(),
        ReasonCode::Unpinned,
        format!("{what}: {listed}{more}; {advice}"),
    ))
}
