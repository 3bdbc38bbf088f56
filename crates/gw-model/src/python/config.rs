//! Configurations from which frameworks make objects: Hydra's and NeMo's `_target_`, and YAML with
//! tags that name Python objects (`yaml.load` with an unsafe loader).

use std::collections::BTreeSet;

use gw_analysis::{Node, parse};
use gw_finding::{ReasonCode, Severity};

use super::archive::Mark;
use super::named::{self, Named};
use super::text::text;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// Keys whose value names what is called (Hydra: `_target_`; older: `target`, `cls`, `class`).
const TARGETS: [&str; 3] = ["_target_", "target", "class_path"];

/// Names under which frameworks open configurations of models.
const NAMES: [&str; 8] = [
    "model_config.yaml",
    "hparams.yaml",
    "hparams.yml",
    "config.yaml",
    "config.yml",
    "conda.yaml",
    "hyperparams.yaml",
    "model.yaml",
];

/// Reads configurations in YAML.
pub(crate) struct Configuration;

impl Reader for Configuration {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        NAMES.contains(&name)
            || (yaml
                && [&b"_target_"[..], b"!!python", b"tag:yaml.org,2002:python"]
                    .iter()
                    .any(|mark| memchr::memmem::find(head, mark).is_some()))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        match text(&mut content, report) {
            Ok(Some(text)) => read(&text, report),
            Ok(None) => {}
            Err(error) => report.incomplete(ReasonCode::Unreadable, error.to_string()),
        }
    }
}

fn read(text: &str, report: &mut Report<'_>) {
    tags(text, report);
    let Ok(documents) = parse::yaml(text) else {
        // Configurations of other programs have these names too, and templates are no YAML.
        if text.contains("_target_") {
            report.incomplete(ReasonCode::Malformed, "it is no YAML");
        }
        return;
    };
    let mut seen = BTreeSet::new();
    let mut first = None;
    let mut left: Vec<&Node> = documents.iter().collect();
    while let Some(node) = left.pop() {
        for (key, value) in node.map() {
            let Some(target) = value.as_str() else {
                continue;
            };
            let key = key.as_str().unwrap_or_default();
            if TARGETS.contains(&key) && target.contains('.') && seen.insert(target.to_owned()) {
                // `target` alone may be anything; only what is dangerous counts.
                let is_path = target
                    .chars()
                    .all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'));
                if is_path && matches!(named::judge(target), Named::Dangerous(_)) {
                    named::report(target, "The configuration", report);
                }
                if key == "_target_" && first.is_none() {
                    first = Some(target.to_owned());
                }
            }
        }
        left.extend(node.list());
        left.extend(node.map().map(|(_, value)| value));
    }
    let root = documents.first().and_then(|root| root.get("target"));
    let root = root.and_then(Node::as_str).map(str::to_owned).or(first);
    nemo(root, report);
}

/// A `.nemo` archive is described by its configuration.
fn nemo(target: Option<String>, report: &mut Report<'_>) {
    let mut location = report.location().clone();
    let Some(member) = location.inside.pop() else {
        return;
    };
    if member.rsplit('/').next() != Some("model_config.yaml") {
        return;
    }
    report.keep(Mark);
    let mut model = Model::new("nemo", location);
    model.architecture = target.map(|target| {
        let last = target.rsplit('.').next().unwrap_or(&target).to_owned();
        crate::tensor::describe::shortened(&last)
    });
    report.describe(model);
}

/// The beginning of all tags that mean objects of Python.
const PYTHON: &str = "tag:yaml.org,2002:python/";

/// How many handles of one text are followed.
const MAX_HANDLES: usize = 16;

/// How tags of Python's objects begin in a text, and what of the tag each stands for already: a
/// `%TAG` directive gives a beginning any name.
fn marks(text: &str) -> Vec<(String, String)> {
    let mut marks = vec![
        ("!!python/".to_owned(), String::new()),
        (PYTHON.to_owned(), String::new()),
    ];
    let directives = text.lines().filter_map(|line| line.strip_prefix("%TAG"));
    for directive in directives.take(MAX_HANDLES) {
        let mut words = directive.split_whitespace();
        let (Some(handle), Some(prefix)) = (words.next(), words.next()) else {
            continue;
        };
        if let Some(rest) = PYTHON.strip_prefix(prefix) {
            marks.push((format!("{handle}{rest}"), String::new()));
        } else if let Some(kind) = prefix.strip_prefix(PYTHON) {
            marks.push((handle.to_owned(), kind.to_owned()));
        }
    }
    marks
}

/// Tags that make an unsafe loader import or call something.
pub(super) fn tags(text: &str, report: &mut Report<'_>) {
    for (mark, kind) in marks(text) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(&mark) {
            rest = after;
            // In a comment it is nothing.
            let line = before.rsplit('\n').next().unwrap_or_default();
            if line.trim_start().starts_with('#') {
                continue;
            }
            let end = after
                .find(|char: char| char.is_whitespace() || matches!(char, '>' | ',' | ']' | '}'))
                .unwrap_or(after.len());
            let tag = format!("{kind}{}", after.get(..end).unwrap_or_default());
            let (kind, name) = tag.split_once(':').unwrap_or((&tag, ""));
            // Tuples, strings and the like are data.
            if !matches!(
                kind,
                "object" | "object/apply" | "object/new" | "name" | "module"
            ) {
                continue;
            }
            let severity = match named::judge(name) {
                Named::Dangerous(_) => Severity::Critical,
                _ if kind.starts_with("object/") => Severity::High,
                _ => Severity::Medium,
            };
            let message = format!(
                "A tag of the YAML makes unsafe loaders use {} ({}).",
                quote(name),
                quote(kind)
            );
            let evidence = Evidence {
                severity: Some(severity),
                ..Evidence::new(tag.as_str(), message)
            };
            report.find(&rules::NAMED_CALLABLE, evidence);
        }
    }
}
