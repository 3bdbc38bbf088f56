//! skops' archives (`skops.io`): a tree of nodes in `schema.json`, each with the class or function
//! that the loader imports, and arrays in `.npy` members.

use std::collections::BTreeSet;

use gw_analysis::{Node, parse};

use super::archive::Mark;
use super::named;
use super::text::text;
use crate::names::ESCAPES;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::files::escape;
use crate::{Content, Model, rules};

/// How many different names of one schema are reported.
const MOST: usize = 200;

/// Reads `schema.json`.
pub(crate) struct Skops;

impl Reader for Skops {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.rsplit('/').next() == Some("schema.json")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let schema = match text(&mut content, report) {
            Ok(Some(schema)) => schema,
            Ok(None) => return,
            Err(error) => {
                return report.incomplete(gw_finding::ReasonCode::Unreadable, error.to_string());
            }
        };
        // Many programs have a schema of some kind. One of skops' says so.
        if !schema.contains("__loader__") && !schema.contains("_skops_version") {
            return;
        }
        match parse::json(&schema) {
            Ok(root) => read(&root, report),
            Err(error) => report.incomplete(error.reason, error.message.clone()),
        }
    }
}

fn read(root: &Node, report: &mut Report<'_>) {
    report.keep(Mark);
    let mut seen = BTreeSet::new();
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        visit(node, &mut seen, report);
        left.extend(node.list());
        left.extend(node.map().map(|(_, value)| value));
    }
    let mut location = report.location().clone();
    if location.inside.pop().is_none() {
        return;
    }
    let mut model = Model::new("skops", location);
    let class = root.get("__class__").and_then(Node::as_str);
    model.architecture = class.map(crate::tensor::describe::shortened);
    model.format_version = root
        .get("protocol")
        .and_then(Node::scalar)
        .map(crate::tensor::describe::shortened);
    if let Some(version) = root.get("_skops_version").and_then(Node::as_str) {
        let version = crate::tensor::describe::shortened(version);
        model.libraries.insert("skops".to_owned(), version);
    }
    report.describe(model);
}

fn visit(node: &Node, seen: &mut BTreeSet<String>, report: &mut Report<'_>) {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    // Duplicate keys: which of them a loader takes is not ours to guess.
    let all = |key: &'static str| {
        node.map()
            .filter(move |(name, _)| name.as_str() == Some(key))
            .filter_map(|(_, value)| value.as_str())
    };
    let mut names: Vec<String> = Vec::new();
    for module in all("__module__").chain(all("module_path")) {
        for class in all("__class__").chain(all("function")) {
            names.push(format!("{module}.{class}"));
        }
    }
    let loader = text("__loader__").unwrap_or_default();
    for name in names {
        // What it binds arguments to is judged where it is.
        if loader == "PartialNode" && name == "functools.partial" {
            continue;
        }
        if seen.len() < MOST && seen.insert(name.clone()) {
            named::report(&name, "The schema", report);
        }
    }
    if loader == "MethodNode" {
        let method = node.at(&["content", "func"]).and_then(Node::as_str);
        if let Some(method) = method
            && (ESCAPES.contains(&method) || method.starts_with("__"))
        {
            let message = format!(
                "The schema asks for the method {} of an object, which leads to what the \
                 interpreter hides.",
                quote(method)
            );
            report.find(&rules::NAMED_CALLABLE, Evidence::new(method, message));
        }
    }
    if let Some(file) = text("file")
        && let Some(problem) = escape(file)
    {
        let message = format!("The schema refers to \"{}\": {problem}.", quote(file));
        report.find(&rules::EXTERNAL_PATH, Evidence::new(file, message));
    }
}
