//! JSON by its contract.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod support;

use gw_report::{Report, SCHEMA, json};
use proptest::prelude::*;
use support::arbitrary;

#[test]
fn the_schema_is_a_schema_and_closed() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut report = serde_json::to_value(support::failing()).unwrap();
    assert!(validator.is_valid(&report));
    report["findings"][0]["surprise"] = serde_json::json!(1);
    assert!(!validator.is_valid(&report));
    assert!(!validator.is_valid(&serde_json::json!({})));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_report_follows_the_schema_and_reads_back(report in arbitrary::report()) {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let text = json(&report);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
        let back: Report = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.findings.len(), report.findings.len());
        prop_assert_eq!(back.coverage, report.coverage);
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        let reversed = text.contains('\u{202e}');
        prop_assert!(!reversed);
    }
}
