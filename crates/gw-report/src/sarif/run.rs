use std::collections::BTreeSet;

use gw_core::Mode;
use gw_finding::{Location, ReasonCode, RuleDoc, Tolerated};
use serde_json::{Map, Value, json};

use super::result::result;
use super::rules::Table;
use super::{MOST_CHARS, MOST_RESULTS, place};
use crate::text::clip;
use crate::{Report, ReportIncomplete, words};

/// The id of the notification that says that results were left out.
const LEFT_OUT: &str = "results-left-out";

/// One report as a run.
pub(super) fn run(report: &Report, docs: &[&RuleDoc]) -> Value {
    let table = Table::new(report, docs);
    let since = report
        .findings
        .iter()
        .any(|f| f.tolerated == Some(Tolerated::NotNew));
    let mut shown: Vec<_> = report.findings.iter().collect();
    // Where not everything has room, what counts comes first.
    shown.sort_by_key(|finding| finding.tolerated.is_some());
    let left_out = shown.len().saturating_sub(MOST_RESULTS);
    shown.truncate(MOST_RESULTS);
    let results: Vec<_> = shown
        .into_iter()
        .map(|f| result(f, &table, since))
        .collect();
    let mut out = Map::new();
    out.insert(
        "tool".to_owned(),
        json!({ "driver": driver(report, &table, left_out) }),
    );
    out.insert(
        "automationDetails".to_owned(),
        json!({
            "id": format!("gatewright/{}/{}/", report.gate.name, clip(report.asset.as_str(), 512)),
        }),
    );
    out.insert(
        "invocations".to_owned(),
        json!([invocation(report, left_out)]),
    );
    out.insert(
        "originalUriBaseIds".to_owned(),
        json!({ place::BASE: { "description": { "text": "The folder or file that was scanned." } } }),
    );
    if let Some(control) = version_control(report) {
        out.insert("versionControlProvenance".to_owned(), json!([control]));
    }
    out.insert("columnKind".to_owned(), json!("unicodeCodePoints"));
    out.insert("results".to_owned(), json!(results));
    out.insert("properties".to_owned(), properties(report));
    Value::Object(out)
}

fn driver(report: &Report, table: &Table<'_>, left_out: usize) -> Value {
    let reasons: BTreeSet<ReasonCode> = report
        .coverage
        .incomplete
        .iter()
        .map(|i| i.reason)
        .collect();
    let mut notifications: Vec<Value> = reasons
        .into_iter()
        .map(|reason| {
            json!({
                "id": reason.as_str(),
                "shortDescription": { "text": words::gap(reason) },
            })
        })
        .collect();
    if left_out > 0 {
        notifications.push(json!({
            "id": LEFT_OUT,
            "shortDescription": { "text": "There are more results than viewers take." },
        }));
    }
    json!({
        "name": report.tool.name,
        "version": report.tool.version,
        "semanticVersion": report.tool.version,
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": table.to_json(),
        "notifications": notifications,
    })
}

fn invocation(report: &Report, left_out: usize) -> Value {
    let mut notifications: Vec<Value> = report
        .coverage
        .incomplete
        .iter()
        .take(MOST_RESULTS)
        .map(|incomplete| notification(incomplete, report))
        .collect();
    if left_out > 0 {
        let text = format!(
            "{} not in this file: viewers take {} of a run. The JSON report has all.",
            words::len(left_out, "result is", "results are"),
            words::number(MOST_RESULTS as u64),
        );
        notifications.push(json!({
            "descriptor": { "id": LEFT_OUT },
            "level": "warning",
            "message": { "text": text },
        }));
    }
    json!({
        "executionSuccessful": report.gaps().next().is_none(),
        "exitCode": report.exit_code(),
        "exitCodeDescription": report.last_line(),
        "endTimeUtc": report.time.to_string(),
        "toolExecutionNotifications": notifications,
    })
}

fn notification(incomplete: &ReportIncomplete, report: &Report) -> Value {
    let level = if incomplete.allowed { "note" } else { "error" };
    let text = format!(
        "{}: {}",
        clip(&incomplete.path, MOST_CHARS / 2),
        clip(&incomplete.detail, MOST_CHARS / 2)
    );
    let no_file = matches!(
        incomplete.reason,
        ReasonCode::NoAdvisories | ReasonCode::AdvisoriesOld
    ) || report.coverage.packages.contains_key(&incomplete.path);
    let place = if no_file {
        place::named(&incomplete.path)
    } else {
        let mut parts = incomplete.path.split('!');
        let file = Location {
            path: parts.next().unwrap_or_default().to_owned(),
            inside: parts.map(str::to_owned).collect(),
            ..Location::default()
        };
        place::location(&match incomplete.line {
            Some(line) => file.at_line(line),
            None => file,
        })
    };
    json!({
        "descriptor": { "id": incomplete.reason.as_str() },
        "level": level,
        "message": { "text": text },
        "locations": [place],
        "timeUtc": report.time.to_string(),
        "properties": { "analyzer": incomplete.analyzer, "allowed": incomplete.allowed },
    })
}

/// The commit, if it is known. The address is the origin's where the asset is named after it.
fn version_control(report: &Report) -> Option<Value> {
    let commit = report.subject.commit.as_ref()?;
    let name = report.asset.name();
    let host = name.split('/').next().unwrap_or_default();
    let mut address = String::new();
    if report.asset.kind() == "repo" && host.contains('.') && name.contains('/') {
        address.push_str("https:/");
        for part in name.split('/') {
            address.push('/');
            place::encode(part, &mut address);
        }
    } else {
        address.push_str(report.asset.kind());
        address.push(':');
        place::encode(name, &mut address);
    }
    Some(json!({
        "repositoryUri": address,
        "revisionId": commit,
        "mappedTo": { "uriBaseId": place::BASE },
    }))
}

fn properties(report: &Report) -> Value {
    json!({
        "schema": report.schema,
        "asset": report.asset,
        "subject": report.subject,
        "basis": report.basis,
        "gate": report.gate,
        "enforced": report.gate.mode == Mode::Enforce,
        "record": report.record,
    })
}
