use gw_core::{
    Asset, Basis, Binding, Decision, Dependency, Digest, FactKey, Gate, Mode, Outcome, Place,
    Principal, PrincipalKind, Reason, Subject, SubjectKind, Version, parse_time,
};
use gw_finding::{
    Accepted, AdvisoryRef, Confidence, Finding, FindingId, Fix, Incomplete, Kind, Location,
    PackageRef, Position, ReasonCode, RuleId, Severity, Tolerated,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::*;

fn check<P: Serialize>(uri: &str, predicate: &P) -> Value {
    let (_, schema) = SCHEMAS.iter().find(|(known, _)| *known == uri).unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(schema["$id"], uri);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = serde_json::to_value(predicate).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{uri}: {errors:?}\n{value:#}");
    assert!(!validator.is_valid(&json!({})), "{uri} accepts anything");
    value
}

fn subject() -> Subject {
    Subject {
        kind: SubjectKind::Tree,
        name: "x".to_owned(),
        commit: Some("0".repeat(40)),
        digest: Digest::of(b"x"),
    }
}

fn finding() -> Finding {
    let rule = RuleId::new("package/known-vulnerability");
    let location = Location::file("a.lock").at(
        Position { line: 1, column: 1 },
        Position { line: 1, column: 9 },
    );
    Finding {
        id: FindingId::new(&rule, "npm/x", &location),
        rule,
        kind: Kind::Vulnerability,
        severity: Severity::High,
        confidence: Confidence::High,
        title: "t".to_owned(),
        message: "m".to_owned(),
        help: "h".to_owned(),
        location,
        package: Some(PackageRef {
            purl: "pkg:npm/x@1".to_owned(),
            name: "x".to_owned(),
            version: "1".to_owned(),
            ecosystem: "npm".to_owned(),
            development: true,
            direct: Some(true),
            path: vec!["x".to_owned()],
        }),
        advisory: Some(AdvisoryRef {
            id: "CVE-1".to_owned(),
            aliases: vec![],
            fixed: vec!["2".to_owned()],
            cvss: Some(9.8),
            epss: Some(0.1),
            kev: true,
        }),
        controls: vec!["soc2/CC7.1".to_owned()],
        accepted: Some(Accepted {
            by: "a".to_owned(),
            reason: "r".to_owned(),
            expires: parse_time("2026-12-01").unwrap(),
        }),
        tolerated: Some(Tolerated::Accepted),
        fix: Some(Fix {
            description: "d".to_owned(),
            version: Some("2".to_owned()),
            through: vec!["y".to_owned()],
        }),
    }
}

#[test]
fn scans_follow_their_schema() {
    let incomplete = ReasonCode::ALL.map(|reason| Incomplete {
        location: Location::file("a"),
        analyzer: "package".to_owned(),
        reason,
        detail: String::new(),
    });
    check(
        SCAN,
        &Scan {
            target: subject(),
            scanner: "gatewright 0".to_owned(),
            coverage: Coverage {
                by_analyzer: [("package".to_owned(), 3)].into(),
                ..Coverage::default()
            },
            incomplete: incomplete.to_vec(),
            findings: vec![finding()],
        },
    );
}

#[test]
fn decisions_follow_their_schema() {
    let key = FactKey::advisory("npm", "x");
    let decision = Decision {
        gate: Gate::Release,
        asset: "repo:x".parse().unwrap(),
        place: Place::branch("main"),
        subject: subject(),
        principal: Principal {
            on_behalf_of: Some(Box::new(Principal::new(PrincipalKind::Person, "a"))),
            ..Principal::new(PrincipalKind::Agent, "b")
        },
        outcome: Outcome::NeedsApproval,
        mode: Mode::Enforce,
        reasons: vec![Reason {
            policy: "p".to_owned(),
            message: "m".to_owned(),
            findings: vec!["f".to_owned()],
        }],
        basis: Basis {
            policy: Digest::of(b"p"),
            authority: Digest::of(b"a"),
            config: Digest::of(b"c"),
            advisories: Digest::of(b"i"),
        },
        time: parse_time("2026-08-21").unwrap(),
        ledger_position: 7,
        not_after: Some(parse_time("2026-11-19").unwrap()),
        dependencies: vec![Dependency {
            key,
            version: Version::ABSENT,
        }],
    };
    let value = check(DECISION, &decision);
    assert_eq!(serde_json::from_value::<Decision>(value).unwrap(), decision);
}

#[test]
fn the_small_ones_follow_their_schemas() {
    let expires = parse_time("2026-12-01").unwrap();
    check(
        ACCEPTANCE,
        &Acceptance {
            accepts: Accepts {
                finding: Some("0".repeat(20)),
                ..Accepts::default()
            },
            reason: "r".to_owned(),
            owner: "o".to_owned(),
            expires,
        },
    );
    check(
        APPROVAL,
        &Approval {
            gate: Gate::Release,
            reason: "r".to_owned(),
            by: "b".to_owned(),
        },
    );
    check(
        BINDING,
        &Binding {
            asset: Asset::new("repo", "x").unwrap(),
            place: Place::path("/x"),
            subject: Digest::of(b"x"),
            from: expires,
            until: Some(expires),
        },
    );
    check(
        REVOCATION,
        &Revocation {
            keys: vec!["0".repeat(64).parse().unwrap()],
            statements: vec![Digest::of(b"x")],
            reason: "r".to_owned(),
        },
    );
    check(
        QUARANTINE,
        &Quarantine {
            reason: "r".to_owned(),
        },
    );
    check(
        ADVISORIES,
        &Advisories {
            index: Digest::of(b"x"),
            ecosystems: [(
                "npm".to_owned(),
                EcosystemData {
                    records: 1,
                    as_of: expires,
                },
            )]
            .into(),
            source: "s".to_owned(),
        },
    );
    check(
        RULES,
        &Rules {
            kind: RulesKind::Policy,
            version: 1,
            digest: Digest::of(b"x"),
        },
    );
}

#[test]
fn those_about_models_follow_their_schemas() {
    let digest = Digest::of(b"x");
    let input = |kind, digest| LineageInput {
        kind,
        name: "dataset:x".to_owned(),
        uri: None,
        digest,
    };
    check(
        LINEAGE,
        &Lineage {
            inputs: vec![
                input(InputKind::Dataset, Some(digest)),
                input(InputKind::Model, None),
                input(InputKind::Code, None),
            ],
            source: "mlflow".to_owned(),
        },
    );
    for to in Stage::ALL {
        check(
            MODEL_STAGE,
            &ModelStage {
                from: Stage::Candidate,
                to,
                reason: "r".to_owned(),
                by: "b".to_owned(),
            },
        );
    }
    check(
        DRIFT,
        &Drift {
            alarm: true,
            monitor: "psi".to_owned(),
            since: Some(parse_time("2026-08-21").unwrap()),
            reference: Some(digest),
            detail: Some("d".to_owned()),
        },
    );
    for signer in [
        SignedBy::Key("0".repeat(64).parse().unwrap()),
        SignedBy::Certificate {
            identity: "ann@example.org".to_owned(),
            issuer: "https://accounts.example.org".to_owned(),
        },
    ] {
        check(
            SIGNATURE,
            &Signature {
                form: "oms".to_owned(),
                signer,
                root: digest,
                bundle: digest,
                trust: Some(digest),
            },
        );
    }
}

#[test]
fn administration_follows_its_schema() {
    for (before, after) in [(None, None), (Some(json!(["reader"])), Some(json!([])))] {
        check(
            ADMINISTRATION,
            &Administration {
                action: "people:sign-in-link".to_owned(),
                by: Principal {
                    on_behalf_of: Some(Box::new(Principal::new(PrincipalKind::Person, "a"))),
                    ..Principal::new(PrincipalKind::Agent, "b")
                },
                target: "person:p-1".to_owned(),
                before,
                after,
                time: parse_time("2026-11-25").unwrap(),
            },
        );
    }
}

#[test]
fn every_type_of_ours_has_a_schema_and_a_name() {
    for (name, uri) in NAMES {
        assert_eq!(short_name(uri), Some(*name));
        assert_eq!(by_name(name), Some(*uri));
        let ours = uri.starts_with("https://gatewright.dev/predicate/");
        assert_eq!(SCHEMAS.iter().any(|(known, _)| known == uri), ours, "{uri}");
    }
}
