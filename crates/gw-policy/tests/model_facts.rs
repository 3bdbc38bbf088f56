//! What statements about models amount to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at what they do not expect"
)]

use gw_attest::predicate::{self, KIND_ANNOTATION, SignedBy};
use gw_attest::{Claim, KeyId, Statement};
use gw_core::{Asset, Digest, FactKey, FactState, Realm, ResourceDescriptor, Time};
use gw_policy::authority::{AuthorityRules, Signer, StatementView};
use gw_policy::facts::{DRIFT, Facts, LINEAGE, QUARANTINE, SIGNATURE, STAGE, keys_of};
use serde::Serialize;
use serde_json::{Value, json};

fn subject() -> Digest {
    Digest::of(b"model")
}

fn key(n: u8) -> KeyId {
    format!("{n:064x}").parse().unwrap()
}

/// A statement about the model, by a key, at a second.
fn say<P: Serialize>(uri: &str, predicate: &P, by: u8, second: i64) -> StatementView {
    let about = ResourceDescriptor {
        digest: [("sha256".to_owned(), subject().to_hex())].into(),
        ..ResourceDescriptor::default()
    };
    let issued_at = Time::from_second(1_780_000_000 + second).unwrap();
    let claim = Claim {
        realm: Realm::local(),
        asset: Some("model:x".parse().unwrap()),
        issued_at,
        expires_at: None,
        supersedes: Vec::new(),
    };
    let statement = Statement::new(vec![about], uri, predicate, claim).unwrap();
    StatementView {
        id: Digest::of(format!("{by} {second} {}", statement.predicate.get()).as_bytes()),
        statement,
        signers: vec![Signer {
            key: key(by),
            name: None,
        }],
        received_at: issued_at,
    }
}

/// The fact of the model under a name, if key 0 is admitted for everything.
fn fact(statements: &[StatementView], name: &str) -> FactState {
    let rules = AuthorityRules::new(Realm::local(), Vec::new(), Some(key(0))).unwrap();
    let now = Time::from_second(1_780_100_000).unwrap();
    let asset: Asset = "model:x".parse().unwrap();
    let admission = rules.admit(statements, Some(&asset), now);
    Facts::of(&admission)
        .get(&FactKey::subject(&subject(), name))
        .fact
        .state
}

fn signature(signer: SignedBy) -> Value {
    let digest = Digest::of(b"x");
    let signature = predicate::Signature {
        form: "oms".to_owned(),
        signer,
        root: digest,
        bundle: digest,
        trust: None,
    };
    serde_json::to_value(signature).unwrap()
}

#[test]
fn signers_are_whom_signatures_name() {
    let certificate = SignedBy::Certificate {
        identity: "ann@example.org".to_owned(),
        issuer: "https://accounts.example.org".to_owned(),
    };
    let provenance = json!({
        "buildDefinition": {},
        "runDetails": { "builder": { "id": "b" } },
    });
    let all = [
        say(
            predicate::SIGNATURE,
            &signature(SignedBy::Key(key(7))),
            0,
            1,
        ),
        say(predicate::SIGNATURE, &signature(certificate), 0, 1),
        say(predicate::PROVENANCE, &provenance, 0, 2),
        // Nobody admitted this one's word.
        say(
            predicate::SIGNATURE,
            &signature(SignedBy::Key(key(9))),
            1,
            3,
        ),
    ];
    let names = [
        key(0).to_string(),
        key(7).to_string(),
        "ann@example.org https://accounts.example.org".to_owned(),
    ];
    assert_eq!(fact(&all, SIGNATURE), FactState::Known(json!(names)));
    let broken = [say(predicate::SIGNATURE, &json!({}), 0, 1)];
    assert_eq!(fact(&broken, SIGNATURE), FactState::Incomplete);
    assert_eq!(fact(&[], SIGNATURE), FactState::Absent);
}

#[test]
fn lineage_is_all_that_anybody_says() {
    let card = json!({ "source": "model-card", "inputs": [
        { "kind": "dataset", "name": "a" },
        { "kind": "model", "name": "b" },
    ]});
    let provenance = json!({
        "buildDefinition": { "resolvedDependencies": [
            { "name": "c", "annotations": { KIND_ANNOTATION: "dataset" } },
        ]},
        "runDetails": { "builder": { "id": "b" } },
    });
    let all = [
        say(predicate::LINEAGE, &card, 0, 1),
        say(predicate::LINEAGE, &card, 0, 2),
        say(predicate::PROVENANCE, &provenance, 0, 3),
    ];
    let FactState::Known(value) = fact(&all, LINEAGE) else {
        panic!("not known");
    };
    let names: Vec<_> = value["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a", "c", "b"]);
    let broken = [say(predicate::LINEAGE, &json!({}), 0, 1), all[0].clone()];
    assert_eq!(fact(&broken, LINEAGE), FactState::Incomplete);
    // A build that says nothing of models is no lineage.
    let build = json!({ "buildDefinition": { "resolvedDependencies": [{ "uri": "git+x" }] } });
    let build = say(predicate::PROVENANCE, &build, 0, 1);
    assert!(!keys_of(&build.statement).contains(&FactKey::subject(&subject(), LINEAGE)));
}

#[test]
fn the_latest_stage_counts_and_takes_the_place_of_those_before() {
    let stage = |to: &str| json!({ "from": "candidate", "to": to, "reason": "r", "by": "b" });
    let first = say(predicate::MODEL_STAGE, &stage("staged"), 0, 1);
    let mut second = say(predicate::MODEL_STAGE, &stage("production"), 0, 1);
    let both = [first.clone(), second.clone()];
    assert_eq!(fact(&both, STAGE), FactState::Conflicting);
    second.statement.claim.as_mut().unwrap().supersedes = vec![first.id];
    assert_eq!(
        fact(&[first, second], STAGE),
        FactState::Known(json!({ "stage": "production" }))
    );
}

#[test]
fn every_monitor_is_heard() {
    let drift = |alarm: bool, monitor: &str| json!({ "alarm": alarm, "monitor": monitor });
    let all = [
        say(predicate::DRIFT, &drift(true, "psi"), 0, 1),
        say(predicate::DRIFT, &drift(false, "ks"), 0, 2),
    ];
    let FactState::Known(value) = fact(&all, DRIFT) else {
        panic!("not known");
    };
    assert_eq!(value["values"].as_array().unwrap().len(), 2);
    let broken = [say(predicate::DRIFT, &json!({ "alarm": 1 }), 0, 1)];
    assert_eq!(fact(&broken, DRIFT), FactState::Incomplete);
}

#[test]
fn a_quarantine_is_a_fact_about_the_asset_too() {
    let said = say(predicate::QUARANTINE, &json!({ "reason": "r" }), 0, 1);
    let asset: Asset = "model:x".parse().unwrap();
    assert_eq!(
        keys_of(&said.statement),
        [
            FactKey::asset(&asset, QUARANTINE),
            FactKey::subject(&subject(), QUARANTINE),
        ]
    );
}
