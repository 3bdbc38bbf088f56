//! Cards of models: the YAML at the start of a `README.md`.
//!
//! Source: Hugging Face's documentation, "Model Cards", "Model card metadata".

use gw_analysis::{Node, parse};

use super::{Fragment, name, text, texts};
use crate::Content;
use crate::keras::take_text;
use crate::reader::Reader;
use crate::report::{Report, quote};

/// Reads cards.
pub(crate) struct Card;

impl Reader for Card {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        name(path).eq_ignore_ascii_case("readme.md") && head.starts_with(b"---")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        let Some(front) = front_matter(&text) else {
            return;
        };
        let mut fragment = Fragment::default();
        fragment.model.location = report.location().clone();
        match parse::yaml(front) {
            Ok(documents) => {
                if let Some(root) = documents.first() {
                    describe(root, &mut fragment);
                }
            }
            Err(error) => {
                let detail = format!("the card's metadata: {}", error.message);
                fragment.problem = Some((error.reason, detail));
            }
        }
        report.keep(fragment);
    }
}

/// The text between the first two lines of three dashes.
fn front_matter(text: &str) -> Option<&str> {
    let after = text.strip_prefix("---")?;
    let start = after.find('\n')?.saturating_add(1);
    let body = after.get(start..)?;
    let mut at = 0_usize;
    for line in body.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return body.get(..at);
        }
        at = at.saturating_add(line.len());
    }
    None
}

fn describe(root: &Node, fragment: &mut Fragment) {
    let model = &mut fragment.model;
    model.licenses = texts(root, "license");
    // `other` is explained by a name, or by an address.
    if model.licenses.iter().any(|license| license == "other") {
        let named = text(root, &["license_name"]).or_else(|| text(root, &["license_link"]));
        if let Some(named) = named {
            model.licenses = vec![named];
        }
    }
    model.base_models = texts(root, "base_model");
    model.datasets = texts(root, "datasets");
    model.task = text(root, &["pipeline_tag"]);
    let named = root.get("model-index").and_then(|list| list.list().first());
    model.name = text(root, &["model_name"]).or_else(|| text(named?, &["name"]));
    for (key, name) in [
        ("language", "language"),
        ("tags", "tags"),
        ("base_model_relation", "base_model_relation"),
        ("license_link", "license_link"),
    ] {
        let values = texts(root, key);
        if !values.is_empty() {
            let joined: String = values.join(", ").chars().take(400).collect();
            model.metadata.insert(name.to_owned(), joined);
        }
    }
    if let Some(library) = text(root, &["library_name"]) {
        model.metadata.insert("library".to_owned(), library);
    }
    for (key, result) in metrics(named) {
        model.metadata.insert(key, result);
    }
}

/// What the card says that evaluations gave.
fn metrics(index: Option<&Node>) -> Vec<(String, String)> {
    let results = index.and_then(|index| index.get("results")).map(Node::list);
    let mut all = Vec::new();
    for result in results.unwrap_or_default() {
        let dataset = text(result, &["dataset", "name"]).unwrap_or_default();
        for metric in result.get("metrics").map(Node::list).unwrap_or_default() {
            if let (Some(kind), Some(value)) = (text(metric, &["type"]), text(metric, &["value"]))
                && all.len() < 32
            {
                all.push((format!("metric: {kind} on {}", quote(&dataset)), value));
            }
        }
    }
    all
}
