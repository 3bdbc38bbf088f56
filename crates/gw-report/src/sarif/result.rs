use gw_finding::{Finding, Severity, Tolerated};
use serde_json::{Map, Value, json};

use super::rules::{Table, level, score};
use super::{MOST_CHARS, place};
use crate::text::clip;
use crate::words;

/// One finding. `since` says whether the judgement tells new findings from old ones.
pub(super) fn result(finding: &Finding, table: &Table<'_>, since: bool) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".to_owned(), json!(finding.rule.as_str()));
    if let Some(index) = table.index(finding.rule.as_str()) {
        out.insert("ruleIndex".to_owned(), json!(index));
    }
    out.insert("level".to_owned(), json!(level_of(finding)));
    out.insert("message".to_owned(), json!({ "text": message(finding) }));
    out.insert(
        "locations".to_owned(),
        json!([place::location(&finding.location)]),
    );
    out.insert(
        "partialFingerprints".to_owned(),
        json!({ "gatewright/v1": finding.id.as_str() }),
    );
    // SARIF section 3.27.24: if one result of a run has a state, all have.
    if since {
        let state = if finding.tolerated == Some(Tolerated::NotNew) {
            "unchanged"
        } else {
            "new"
        };
        out.insert("baselineState".to_owned(), json!(state));
    }
    if let Some(suppression) = suppression(finding) {
        out.insert("suppressions".to_owned(), json!([suppression]));
    }
    out.insert("properties".to_owned(), properties(finding));
    Value::Object(out)
}

/// What is tolerated is never an error.
fn level_of(finding: &Finding) -> &'static str {
    let severity = match finding.tolerated {
        Some(_) => finding.severity.min(Severity::Medium),
        None => finding.severity,
    };
    level(severity)
}

fn message(finding: &Finding) -> String {
    let mut text = clip(&finding.message, MOST_CHARS / 2);
    if !finding.help.is_empty() {
        text.push_str("\n\n");
        text.push_str(&clip(&finding.help, MOST_CHARS / 2));
    }
    if text.is_empty() {
        text = clip(&finding.title, MOST_CHARS);
    }
    literal(&text)
}

/// Text in which nothing is a link or a placeholder (SARIF sections 3.11.5 and 3.11.6). Most
/// viewers show escapes as they are, so only what would be taken for one of these is escaped.
fn literal(text: &str) -> String {
    let link = text.contains("](");
    let placeholder = text
        .split('{')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '[' | ']' | '\\' if link => out.extend(['\\', c]),
            '{' | '}' if placeholder => out.extend([c, c]),
            c => out.push(c),
        }
    }
    out
}

fn suppression(finding: &Finding) -> Option<Value> {
    let justification = match (finding.tolerated?, &finding.accepted) {
        (Tolerated::Accepted, Some(accepted)) => format!(
            "{} (accepted by {} until {})",
            clip(&accepted.reason, 2000),
            clip(&accepted.by, 200),
            words::day(accepted.expires)
        ),
        (Tolerated::Accepted, None) => "accepted".to_owned(),
        (Tolerated::NotAffected, _) => {
            "the vendor states that the product is not affected".to_owned()
        }
        (Tolerated::NotNew | Tolerated::LowSeverity | Tolerated::Development, _) => return None,
    };
    Some(json!({ "kind": "external", "status": "accepted", "justification": justification }))
}

fn properties(finding: &Finding) -> Value {
    let mut out = Map::new();
    out.insert("kind".to_owned(), json!(finding.kind));
    out.insert("severity".to_owned(), json!(finding.severity));
    out.insert("confidence".to_owned(), json!(finding.confidence));
    out.insert(
        "security-severity".to_owned(),
        json!(format!("{:.1}", score(finding))),
    );
    let optional = [
        (
            "package",
            finding.package.as_ref().map(|value| json!(value)),
        ),
        (
            "advisory",
            finding.advisory.as_ref().map(|value| json!(value)),
        ),
        ("fix", finding.fix.as_ref().map(|value| json!(value))),
        ("tolerated", finding.tolerated.map(|value| json!(value))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    }
    if !finding.controls.is_empty() {
        out.insert("controls".to_owned(), json!(finding.controls));
    }
    Value::Object(out)
}
