//! SARIF judged by its JSON Schema, as `@microsoft/jest-sarif` on npm ships it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod support;

use std::path::PathBuf;

use gw_finding::{Kind, RuleDoc, RuleId, Severity};
use gw_report::sarif;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use support::{arbitrary, clean, failing};

const SCHEMA: &str = "node/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

fn validator() -> jsonschema::Validator {
    let folder = std::env::var_os("GW_TEST_ENV").unwrap_or_else(|| {
        panic!(
            "GW_TEST_ENV is not set: this test needs SARIF's schema, which `cargo xtask test` \
             installs"
        )
    });
    let path = PathBuf::from(folder).join(SCHEMA);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo xtask test` installs @microsoft/jest-sarif",
            path.display()
        )
    });
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // The pattern of languages has a stray bracket, which only JavaScript's older regular
    // expressions take; we write no language.
    for place in ["run", "toolComponent"] {
        let language = format!("/definitions/{place}/properties/language");
        if let Some(Value::Object(language)) = schema.pointer_mut(&language) {
            language.remove("pattern");
        }
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn errors(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(text).unwrap();
    validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn rule() -> RuleDoc {
    RuleDoc {
        id: RuleId::new("package/known-vulnerability"),
        kind: Kind::Vulnerability,
        severity: Severity::Medium,
        title: "A dependency has a known vulnerability",
        what: "What.",
        why: "Why.",
        fix: "Fix.",
        references: &["https://osv.dev/"],
    }
}

#[test]
fn the_schema_tells_good_from_bad() {
    let validator = validator();
    assert!(!errors(&validator, "{}").is_empty());
    assert!(!errors(&validator, r#"{"version":"2.1.0","runs":[{}]}"#).is_empty());
}

#[test]
fn samples_follow_the_schema() {
    let validator = validator();
    let rule = rule();
    let text = sarif(&[clean(), failing()], &[&rule]);
    assert_eq!(errors(&validator, &text), Vec::<String>::new());
    assert_eq!(errors(&validator, &sarif(&[], &[])), Vec::<String>::new());
}

#[test]
fn any_report_follows_the_schema() {
    let validator = validator();
    let rule = rule();
    TestRunner::new(ProptestConfig::with_cases(96))
        .run(&arbitrary::report(), |report| {
            let errors = errors(&validator, &sarif(&[report], &[&rule]));
            prop_assert!(errors.is_empty(), "{errors:?}");
            Ok(())
        })
        .unwrap();
}
