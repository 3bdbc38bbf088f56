//! SARIF 2.1.0 (OASIS standard, errata 01), within what GitHub's code scanning takes.

mod place;
mod result;
mod rules;
mod run;

use gw_finding::RuleDoc;
use serde_json::json;

use crate::Report;

/// GitHub refuses runs with more results.
pub(crate) const MOST_RESULTS: usize = 25_000;
/// Texts of people's length; nobody reads more in an alert.
pub(crate) const MOST_CHARS: usize = 4_000;

/// The reports as one SARIF log with a run for each, the results in each report's order.
///
/// Levels: critical and high are `error`, medium is `warning`, low and info are `note`; what is
/// tolerated is at most `warning`. GitHub reads `security-severity` only from rules, so a rule has
/// that of its worst result. Accepted findings and those that a vendor ruled out are suppressed,
/// findings that are not new are `unchanged`; the other tolerated ones say why in their
/// properties. What could not be looked at is a notification of the invocation.
#[must_use]
pub fn sarif(reports: &[Report], rules: &[&RuleDoc]) -> String {
    let runs: Vec<_> = reports
        .iter()
        .map(|report| run::run(report, rules))
        .collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    });
    let mut text = crate::json::escaped(&serde_json::to_string_pretty(&log).unwrap_or_default());
    text.push('\n');
    text
}
