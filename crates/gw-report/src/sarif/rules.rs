use std::collections::BTreeMap;

use gw_finding::{Finding, RuleDoc, Severity};
use serde_json::{Map, Value, json};

use crate::{Report, words};

/// The rules of a run, in order of their ids, with their places in the table.
pub(super) struct Table<'a> {
    rules: BTreeMap<&'a str, Entry<'a>>,
}

#[derive(Default)]
struct Entry<'a> {
    doc: Option<&'a RuleDoc>,
    first: Option<&'a Finding>,
    worst: Option<Severity>,
    score: Option<f64>,
}

impl<'a> Table<'a> {
    pub(super) fn new(report: &'a Report, docs: &[&'a RuleDoc]) -> Self {
        let mut rules: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
        for doc in docs {
            rules.entry(doc.id.as_str()).or_default().doc = Some(doc);
        }
        for finding in &report.findings {
            let rule = rules.entry(finding.rule.as_str()).or_default();
            rule.first.get_or_insert(finding);
            rule.worst = rule.worst.max(Some(finding.severity));
            let score = score(finding);
            rule.score = Some(rule.score.map_or(score, |known| known.max(score)));
        }
        Self { rules }
    }

    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.rules.keys().position(|known| *known == id)
    }

    pub(super) fn to_json(&self) -> Vec<Value> {
        self.rules
            .iter()
            .map(|(id, rule)| rule.to_json(id))
            .collect()
    }
}

impl Entry<'_> {
    fn to_json(&self, id: &str) -> Value {
        let severity = self
            .worst
            .or(self.doc.map(|doc| doc.severity))
            .unwrap_or_default();
        let score = self.score.unwrap_or_else(|| score_of(severity));
        let kind = self
            .doc
            .map(|doc| doc.kind)
            .or(self.first.map(|finding| finding.kind));
        let mut tags = vec!["security".to_owned()];
        tags.extend(kind.map(|kind| kind.as_str().to_owned()));
        let mut out = Map::new();
        out.insert("id".to_owned(), json!(id));
        out.insert("name".to_owned(), json!(pascal(id)));
        let title = match (self.doc, kind) {
            (Some(doc), _) => doc.title.to_owned(),
            (None, Some(kind)) => capitalized(words::kind(kind)),
            (None, None) => id.to_owned(),
        };
        out.insert("shortDescription".to_owned(), json!({ "text": title }));
        if let Some(doc) = self.doc {
            out.insert("fullDescription".to_owned(), json!({ "text": doc.what }));
            out.insert("help".to_owned(), help(doc));
            if let Some(uri) = doc.references.first() {
                out.insert("helpUri".to_owned(), json!(uri));
            }
        } else {
            out.insert("fullDescription".to_owned(), json!({ "text": title }));
            out.insert(
                "help".to_owned(),
                json!({ "text": "Each result says what to do about it." }),
            );
        }
        out.insert(
            "defaultConfiguration".to_owned(),
            json!({ "level": level(severity) }),
        );
        out.insert(
            "properties".to_owned(),
            json!({
                "tags": tags,
                "precision": "high",
                "security-severity": format!("{score:.1}"),
            }),
        );
        Value::Object(out)
    }
}

fn help(doc: &RuleDoc) -> Value {
    let mut text = format!("{}\n\n{}\n\n{}", doc.what, doc.why, doc.fix);
    let mut markdown = format!(
        "**What it finds.** {}\n\n**Why it matters.** {}\n\n**How to fix it.** {}",
        doc.what, doc.why, doc.fix
    );
    if !doc.references.is_empty() {
        text.push('\n');
        markdown.push_str("\n\n**Read more**\n");
        for url in doc.references {
            text.push_str(&format!("\n{url}"));
            markdown.push_str(&format!("\n- <{url}>"));
        }
    }
    json!({ "text": text, "markdown": markdown })
}

/// The level of results of a severity.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A score from 0 to 10 in the band of the finding's severity: its CVSS score if that is in the
/// band, else the band's middle. The severity may be higher than the score alone says.
pub(super) fn score(finding: &Finding) -> f64 {
    finding
        .advisory
        .as_ref()
        .and_then(|advisory| advisory.cvss)
        .filter(|&cvss| Severity::from_cvss_score(cvss) == finding.severity && cvss <= 10.0)
        .unwrap_or_else(|| score_of(finding.severity))
}

const fn score_of(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Info => 0.0,
    }
}

/// `package/known-vulnerability` as `PackageKnownVulnerability`, as SARIF section 3.49.7 asks.
fn pascal(id: &str) -> String {
    id.split(|c: char| !c.is_alphanumeric())
        .map(capitalized)
        .collect()
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
