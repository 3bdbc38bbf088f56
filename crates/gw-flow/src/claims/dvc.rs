//! `dvc.lock`: what each stage of a pipeline took and made
//! (<https://dvc.org/doc/user-guide/project-structure/dvcyaml-files#dvclock-file>).

use std::collections::BTreeSet;

use gw_analysis::Node;
use gw_attest::predicate::{Lineage, LineageInput};

use super::{ClaimError, kind_of, lineage, malformed, text};

/// What the statement says it is from.
const SOURCE: &str = "dvc";

struct Stage {
    takes: Vec<String>,
    makes: Vec<String>,
}

/// What the file says that `of`, a path, was made from, by all stages before. Of the only path that
/// no stage takes, if `of` is nothing.
///
/// # Errors
/// [`ClaimError`].
pub fn read(content: &str, of: Option<&str>) -> Result<Lineage, ClaimError> {
    let documents =
        gw_analysis::parse::yaml(content).map_err(|error| malformed(content, &error))?;
    let Some(root) = documents.first() else {
        return Err(ClaimError::Unknown);
    };
    // Version 1 had the stages at the top.
    let stages = match (root.get("schema"), root.get("stages")) {
        (Some(_), Some(stages)) => stages,
        _ if root.map().any(|(_, stage)| stage.get("outs").is_some()) => root,
        _ => return Err(ClaimError::Unknown),
    };
    let paths = |stage: &Node, key: &str| {
        let list = stage.get(key).map(Node::list).unwrap_or_default();
        list.iter()
            .filter_map(|item| text(item, &["path"]))
            .collect()
    };
    let stages: Vec<_> = stages
        .map()
        .map(|(_, stage)| Stage {
            takes: paths(stage, "deps"),
            makes: paths(stage, "outs"),
        })
        .collect();
    let mut todo = wanted(&stages, of)?;
    let mut seen: BTreeSet<&str> = todo.iter().copied().collect();
    let mut inputs = Vec::new();
    while let Some(output) = todo.pop() {
        for stage in stages
            .iter()
            .filter(|stage| stage.makes.iter().any(|made| is_part(output, made)))
        {
            for path in &stage.takes {
                if seen.insert(path) {
                    todo.push(path);
                    inputs.push(LineageInput {
                        kind: kind_of(path),
                        name: path.clone(),
                        uri: None,
                        // DVC's are MD5, which names no content.
                        digest: None,
                    });
                }
            }
        }
    }
    lineage(SOURCE, inputs)
}

/// Whether one of two paths is the other or in it.
fn is_part(path: &str, other: &str) -> bool {
    let (path, other) = (path.trim_end_matches('/'), other.trim_end_matches('/'));
    let within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(path, other) || within(other, path)
}

fn wanted<'s>(stages: &'s [Stage], of: Option<&'s str>) -> Result<Vec<&'s str>, ClaimError> {
    let made = || stages.iter().flat_map(|stage| &stage.makes);
    let shown = |paths: &[&str]| {
        paths
            .iter()
            .take(20)
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(of) = of {
        if made().any(|made| is_part(of, made)) {
            return Ok(vec![of]);
        }
        let all: Vec<_> = made().map(String::as_str).collect();
        let known = shown(&all);
        return Err(ClaimError::Which(format!(
            "no stage makes {of}; there are: {known}"
        )));
    }
    let taken = |path: &str| {
        let mut takes = stages.iter().flat_map(|stage| &stage.takes);
        takes.any(|taken| is_part(taken, path))
    };
    let last: Vec<_> = made()
        .map(String::as_str)
        .filter(|path| !taken(path))
        .collect();
    match last.len() {
        1 => Ok(last),
        0 => Err(ClaimError::Which("no stage makes anything".to_owned())),
        _ => Err(ClaimError::Which(format!(
            "several things are made, say which: {}",
            shown(&last)
        ))),
    }
}
