//! SARIF, as far as it can be judged without its schema.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod support;

use gw_report::{Report, sarif};
use proptest::prelude::*;
use serde_json::Value;
use support::{arbitrary, clean, failing};

fn run(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&sarif(std::slice::from_ref(report), &[])).unwrap();
    log["runs"][0].clone()
}

#[test]
fn says_what_the_report_says() {
    let run = run(&failing());
    assert_eq!(run["results"].as_array().unwrap().len(), 7);
    let first = &run["results"][1];
    assert_eq!(first["ruleId"], "package/known-vulnerability");
    assert_eq!(first["level"], "error");
    let location = &first["locations"][0]["physicalLocation"];
    assert_eq!(
        location["artifactLocation"]["uri"],
        "services/payments/Cargo.lock"
    );
    assert_eq!(location["region"]["startLine"], 4);
    assert_eq!(location["region"]["endColumn"], 16);
    assert_eq!(
        first["partialFingerprints"]["gatewright/v1"],
        failing().findings[1].id.as_str()
    );
    let accepted = &run["results"][6];
    assert_eq!(accepted["suppressions"][0]["kind"], "external");
    assert_eq!(
        accepted["suppressions"][0]["justification"],
        "only used to colour our own log (accepted by ann@example.org until 2026-12-01)"
    );
    assert!(run["results"][5].get("suppressions").is_none());
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let control = &run["versionControlProvenance"][0];
    assert_eq!(
        control["repositoryUri"],
        "https://example.org/shop/payments"
    );
}

#[test]
fn every_result_points_at_its_rule() {
    let run = run(&failing());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_eq!(rules[0]["properties"]["security-severity"], "9.8");
}

#[test]
fn a_clean_report_has_no_result_and_no_gap() {
    let run = run(&clean());
    assert_eq!(run["results"], serde_json::json!([]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn no_more_results_than_github_takes() {
    let mut report = failing();
    let finding = report.findings[1].clone();
    report.findings.extend(std::iter::repeat_n(finding, 25_000));
    let run = run(&report);
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    let text = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(text.contains("7 results are not in this file"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn shows_nothing_harmful(report in arbitrary::report()) {
        let text = sarif(&[report], &[]);
        let log: Value = serde_json::from_str(&text).unwrap();
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            let uri = uri.as_str().unwrap();
            prop_assert!(!uri.contains(':') && !uri.starts_with('/') && uri.is_ascii(), "{}", uri);
        }
    }
}
