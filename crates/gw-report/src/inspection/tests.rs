use gw_core::Digest;
use gw_finding::{Confidence, FindingId, Kind, Location, ReasonCode, RuleId, Severity};

use super::*;
use crate::{ReportIncomplete, ReportSubject, TerminalOptions, Tool};

fn sample() -> Inspection {
    let rule = RuleId::new("model/unsafe-call");
    let at = Location::file("out/model.bin");
    let finding = gw_finding::Finding {
        id: FindingId::new(&rule, "os.system", &at),
        rule,
        kind: Kind::Model,
        severity: Severity::Critical,
        confidence: Confidence::High,
        title: "Loading this model runs a program".to_owned(),
        message: "Loading it calls `os.system`\u{1b}[2J.".to_owned(),
        help: "Do not load it.".to_owned(),
        location: at,
        package: None,
        advisory: None,
        controls: Vec::new(),
        accepted: None,
        tolerated: None,
        fix: None,
    };
    Inspection {
        schema: INSPECTION_SCHEMA_NAME.to_owned(),
        tool: Tool {
            name: "gatewright".to_owned(),
            version: "0.0.0".to_owned(),
        },
        subject: Some(ReportSubject {
            kind: "tree".to_owned(),
            name: "out".to_owned(),
            commit: None,
            digest: [("sha256".to_owned(), Digest::of(b"x").to_hex())].into(),
        }),
        weights: false,
        models: vec![
            InspectedModel {
                path: "out/fraud.gguf".to_owned(),
                name: "Fraud 7B".to_owned(),
                format: Some("gguf".to_owned()),
                format_version: Some("3".to_owned()),
                architecture: Some("llama".to_owned()),
                parameters: Some(7_241_732_096),
                tensors: Some(291),
                types: [("q4_k", 7_000_000_000), ("f32", 241_732_096)]
                    .map(|(name, numbers)| InspectedType {
                        name: name.to_owned(),
                        numbers,
                    })
                    .into(),
                quantization: Some("Q4_K_M".to_owned()),
                context_length: Some(32_768),
                licenses: vec!["apache-2.0".to_owned()],
                base_models: vec!["acme/base".to_owned()],
                datasets: vec!["claims-2024".to_owned()],
                libraries: [("torch".to_owned(), "2.1.0".to_owned())].into(),
                metadata: (0..12)
                    .map(|n| (format!("key{n:02}"), "value".to_owned()))
                    .collect(),
                files: vec![InspectedFile {
                    path: "out/fraud.gguf".to_owned(),
                    size: Some(4_370_000_000),
                    sha256: Some("ab".repeat(32)),
                }],
                ..InspectedModel::default()
            },
            InspectedModel {
                path: "out/model.bin".to_owned(),
                name: "model.bin".to_owned(),
                format: Some("pytorch-zip".to_owned()),
                findings: vec![finding.id.to_string()],
                ..InspectedModel::default()
            },
        ],
        findings: vec![finding],
        incomplete: vec![ReportIncomplete {
            path: "out/x.pkl".to_owned(),
            line: None,
            analyzer: "model".to_owned(),
            reason: ReasonCode::Malformed,
            detail: "it ends early".to_owned(),
            allowed: false,
        }],
    }
}

fn shown(width: usize, color: bool) -> String {
    let options = TerminalOptions {
        width,
        color,
        links: false,
        verbose: false,
    };
    inspection_terminal(&sample(), &options, true)
}

#[test]
fn people_see_what_a_model_is_at_any_width() {
    insta::assert_snapshot!("wide", shown(100, false));
    insta::assert_snapshot!("narrow", shown(40, false));
    let colored = shown(100, true);
    assert!(colored.contains("\u{1b}[1mFraud"), "{colored}");
    // What the file says never reaches the terminal as it is.
    assert!(!colored.contains("\u{1b}[2J"));
}

#[test]
fn programs_see_what_the_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(INSPECTION_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let text = inspection_json(&sample());
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [] as [String; 0], "{text}");
    let back: Inspection = serde_json::from_str(&text).unwrap();
    assert_eq!(back, sample());
    let mut more = value;
    more["models"][0]["surprise"] = true.into();
    assert!(!validator.is_valid(&more), "the schema is closed");
}
