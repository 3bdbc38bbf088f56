//! OpenLineage events (<https://openlineage.io/spec/2-0-2/OpenLineage.json>): one, a list, or one a
//! line. The events of a run are one account of it.

use std::collections::{BTreeMap, BTreeSet};

use gw_analysis::Node;
use gw_attest::predicate::{InputKind, Lineage, LineageInput};
use gw_core::Digest;

use super::{ClaimError, lineage, text};

/// What the statement says it is from.
const SOURCE: &str = "openlineage";

/// So many events are read.
const MOST_EVENTS: usize = 1_000_000;

/// The events in a document: itself, or those that it lists.
pub(super) fn events(node: &Node) -> Result<Vec<&Node>, ClaimError> {
    let events: Vec<&Node> = if node.is_map() {
        vec![node]
    } else {
        node.list().iter().collect()
    };
    if events.is_empty() || !events.iter().any(|event| is_event(event)) {
        return Err(ClaimError::Unknown);
    }
    Ok(events)
}

/// The values of a text that has one in each line; nothing if the first line has none.
pub(super) fn lines(text: &str) -> Option<Result<Vec<Node>, ClaimError>> {
    let mut nodes = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match gw_analysis::parse::json(line) {
            Ok(node) => nodes.push(node),
            Err(_) if nodes.is_empty() => return None,
            Err(error) => {
                return Some(Err(ClaimError::Malformed {
                    line: number,
                    message: error.message,
                }));
            }
        }
        if nodes.len() > MOST_EVENTS {
            return Some(Err(ClaimError::TooMany));
        }
    }
    if nodes.iter().any(is_event) {
        Some(Ok(nodes))
    } else {
        Some(Err(ClaimError::Unknown))
    }
}

fn is_event(node: &Node) -> bool {
    node.at(&["run", "runId"]).is_some() && node.at(&["job", "name"]).is_some()
}

/// A dataset's name among all: its namespace and its name there.
type Name = (String, String);

#[derive(Default)]
struct Run<'n> {
    inputs: BTreeMap<Name, Vec<&'n Node>>,
    outputs: BTreeSet<Name>,
    code: Option<LineageInput>,
    failed: bool,
}

/// What events say that `of` was made from: by the runs that put it out, and by those that put out
/// what went into it. Of all that they put out and none of them takes, if `of` is nothing.
pub(super) fn read(events: &[&Node], of: Option<&str>) -> Result<Lineage, ClaimError> {
    let mut runs: BTreeMap<String, Run<'_>> = BTreeMap::new();
    for event in events.iter().copied().filter(|event| is_event(event)) {
        let id = text(event, &["run", "runId"]).unwrap_or_default();
        runs.entry(id).or_default().take(event);
    }
    // What a run that failed left is nobody's lineage.
    let runs: Vec<_> = runs.into_values().filter(|run| !run.failed).collect();
    let mut makers: BTreeMap<&Name, Vec<&Run<'_>>> = BTreeMap::new();
    for run in &runs {
        for output in &run.outputs {
            makers.entry(output).or_default().push(run);
        }
    }
    let mut todo: Vec<&Name> = wanted(&runs, &makers, of)?;
    let mut seen: BTreeSet<&Name> = todo.iter().copied().collect();
    let mut inputs = Vec::new();
    while let Some(output) = todo.pop() {
        for run in makers.get(output).into_iter().flatten() {
            inputs.extend(run.code.clone());
            for (name, nodes) in &run.inputs {
                if seen.insert(name) {
                    inputs.push(input(name, nodes));
                    todo.push(name);
                }
            }
        }
    }
    lineage(SOURCE, inputs)
}

/// The outputs that are asked about.
fn wanted<'r>(
    runs: &'r [Run<'_>],
    makers: &BTreeMap<&'r Name, Vec<&'r Run<'_>>>,
    of: Option<&str>,
) -> Result<Vec<&'r Name>, ClaimError> {
    let shown = |(namespace, name): &Name| format!("{namespace}/{name}");
    let found: Vec<&Name> = match of {
        Some(of) => makers
            .keys()
            .copied()
            .filter(|name| name.1 == of || shown(name) == of)
            .collect(),
        None => {
            let taken = |name: &Name| runs.iter().any(|run| run.inputs.contains_key(name));
            let last = makers.keys().copied().filter(|name| !taken(name));
            last.collect()
        }
    };
    let names: Vec<_> = makers.keys().map(|name| shown(name)).take(20).collect();
    match (found.len(), of) {
        (0, Some(of)) => Err(ClaimError::Which(format!(
            "no run that succeeded puts out {of}; there are: {}",
            names.join(", ")
        ))),
        (0, None) => Err(ClaimError::Which(
            "no run that succeeded puts out anything".to_owned(),
        )),
        (2.., None) => Err(ClaimError::Which(format!(
            "several things are put out, say which: {}",
            found
                .iter()
                .take(20)
                .map(|n| shown(n))
                .collect::<Vec<_>>()
                .join(", ")
        ))),
        _ => Ok(found),
    }
}

impl<'n> Run<'n> {
    fn take(&mut self, event: &'n Node) {
        let state = text(event, &["eventType"]).unwrap_or_default();
        self.failed |= ["FAIL", "ABORT"].contains(&state.to_ascii_uppercase().as_str());
        for input in event.get("inputs").map(Node::list).unwrap_or_default() {
            if let Some(name) = name_of(input) {
                self.inputs.entry(name).or_default().push(input);
            }
        }
        let outputs = event.get("outputs").map(Node::list).unwrap_or_default();
        self.outputs.extend(outputs.iter().filter_map(name_of));
        if let Some(code) = event.at(&["job", "facets", "sourceCodeLocation"]) {
            self.code = self.code.take().or_else(|| code_of(code));
        }
    }
}

fn name_of(dataset: &Node) -> Option<Name> {
    let namespace = text(dataset, &["namespace"]).unwrap_or_default();
    Some((namespace, text(dataset, &["name"])?))
}

/// The job's source, by the facet sourceCodeLocation.
fn code_of(facet: &Node) -> Option<LineageInput> {
    let repository = text(facet, &["repoUrl"]);
    let url = text(facet, &["url"]);
    let name = repository.clone().or_else(|| url.clone())?;
    let uri = match (repository, text(facet, &["version"])) {
        (Some(repository), Some(version)) => Some(format!("git+{repository}@{version}")),
        (Some(repository), None) => Some(format!("git+{repository}")),
        (None, _) => url,
    };
    Some(LineageInput {
        kind: InputKind::Code,
        name,
        uri,
        digest: None,
    })
}

fn input((namespace, name): &Name, nodes: &[&Node]) -> LineageInput {
    let facet = |path: &[&str]| {
        let mut all = nodes.iter();
        all.find_map(|node| text(node.get("facets")?, path))
    };
    let version = facet(&["version", "datasetVersion"]);
    let digest = version.and_then(|version| {
        let hex = version.strip_prefix("sha256:").unwrap_or(&version);
        Digest::from_hex(hex).ok()
    });
    let is_model = facet(&["datasetType", "datasetType"])
        .is_some_and(|kind| kind.eq_ignore_ascii_case("model"));
    let uri = match (namespace.as_str(), facet(&["dataSource", "uri"])) {
        (_, Some(uri)) if uri.contains(name.as_str()) => uri,
        ("", _) => name.clone(),
        (namespace, _) => format!("{}/{name}", namespace.trim_end_matches('/')),
    };
    LineageInput {
        kind: if is_model {
            InputKind::Model
        } else {
            InputKind::Dataset
        },
        name: name.clone(),
        uri: Some(uri),
        digest,
    }
}
