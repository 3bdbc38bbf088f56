//! `Cargo.toml`.

use gw_analysis::{Entry, Node};
use gw_finding::{Incomplete, ReasonCode};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{ANALYZER, INHERITED, file_name, incomplete};
use crate::Scope;
use crate::reader::{FileReading, Manifest, Reader, Requirement};

pub(super) struct ManifestFile;

impl Reader for ManifestFile {
    fn id(&self) -> &'static str {
        "cargo-toml"
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        file_name(path) == "Cargo.toml"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let mut reading = FileReading::default();
        match entry.toml() {
            Ok(document) => {
                reading.manifest = Some(manifest(entry, document, &mut reading.incomplete));
            }
            Err(error) => reading.incomplete.push(entry.incomplete(ANALYZER, error)),
        }
        reading
    }
}

fn manifest(entry: &Entry, document: &Node, problems: &mut Vec<Incomplete>) -> Manifest {
    let package = document.get("package").or_else(|| document.get("project"));
    let text = |key| {
        package
            .and_then(|package| package.get(key))
            .and_then(Node::as_str)
    };
    let mut file = File {
        entry,
        requirements: Vec::new(),
        enabled: enabled(document),
        problems,
    };
    file.tables(document, false);
    for (_, target) in document.get("target").into_iter().flat_map(Node::map) {
        file.tables(target, true);
    }
    let requirements = std::mem::take(&mut file.requirements);
    if let Some(table) = document.at(&["workspace", "dependencies"]) {
        file.table(table, Scope::Runtime, false);
    }
    Manifest {
        location: entry.location().clone(),
        name: text("name").map(str::to_owned),
        license: text("license").map(str::to_owned),
        requirements,
        inheritable: file.requirements,
        members: document
            .at(&["workspace", "members"])
            .map_or(&[][..], Node::list)
            .iter()
            .filter_map(|member| member.as_str().map(str::to_owned))
            .collect(),
        includes: Vec::new(),
    }
}

struct File<'a> {
    entry: &'a Entry,
    requirements: Vec<Requirement>,
    /// Optional dependencies that the default features switch on.
    enabled: FxHashSet<&'a str>,
    problems: &'a mut Vec<Incomplete>,
}

impl File<'_> {
    /// The dependency tables of the file or of one target.
    fn tables(&mut self, parent: &Node, of_target: bool) {
        for (key, scope) in [
            ("dependencies", Scope::Runtime),
            ("build-dependencies", Scope::Runtime),
            ("build_dependencies", Scope::Runtime),
            ("dev-dependencies", Scope::Development),
            ("dev_dependencies", Scope::Development),
        ] {
            if let Some(table) = parent.get(key) {
                self.table(table, scope, of_target);
            }
        }
    }

    fn table(&mut self, table: &Node, scope: Scope, of_target: bool) {
        for (key, value) in table.map() {
            let Some(alias) = key.as_str() else { continue };
            if !value.is_map() && value.as_str().is_none() {
                self.problems.push(incomplete(
                    self.entry.locate(value.span),
                    ReasonCode::Malformed,
                    format!(
                        "dependency `{alias}` is {}, expected a version or a table",
                        value.kind()
                    ),
                ));
                continue;
            }
            let text = |key| value.get(key).and_then(Node::as_str);
            let is_set = |key| value.get(key).and_then(Node::as_bool).unwrap_or(false);
            let optional = (is_set("optional") && !self.enabled.contains(alias)) || of_target;
            let constraint = if is_set("workspace") {
                INHERITED
            } else {
                value
                    .as_str()
                    .or_else(|| text("version"))
                    .unwrap_or_default()
            };
            let name = text("package").unwrap_or(alias);
            let elsewhere = ["path", "git", "base"]
                .iter()
                .any(|key| value.get(key).is_some());
            self.requirements.push(Requirement {
                name: name.to_owned(),
                alias: (name != alias).then(|| alias.to_owned()),
                constraint: constraint.to_owned(),
                scope: if optional {
                    scope.max(Scope::Optional)
                } else {
                    scope
                },
                location: self.entry.locate(key.span),
                from_registry: !elsewhere,
            });
        }
    }
}

/// The names behind everything that the feature `default` switches on.
fn enabled(document: &Node) -> FxHashSet<&str> {
    let features: FxHashMap<_, _> = document
        .get("features")
        .into_iter()
        .flat_map(Node::map)
        .filter_map(|(name, items)| Some((name.as_str()?, items.list())))
        .collect();
    let mut names = FxHashSet::default();
    let mut open = vec!["default"];
    while let Some(name) = open.pop() {
        if !names.insert(name) {
            continue;
        }
        for item in features.get(name).into_iter().copied().flatten() {
            let Some(item) = item.as_str() else { continue };
            // `dep:name`, `name/feature`; `name?/feature` alone does not switch it on.
            let item = item.strip_prefix("dep:").unwrap_or(item);
            let item = item.split_once('/').map_or(item, |(name, _)| name);
            if !item.ends_with('?') {
                open.push(item);
            }
        }
    }
    names
}
