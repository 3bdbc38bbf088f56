//! Passkeys against `fido2` of PyPI: what its authenticator makes, we verify, and it verifies the
//! proof of an approval that we kept.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gw_core::{Digest, FactKey, Gate, Version, parse_time};
use gw_identity::webauthn::{
    Approval, ApprovalProof, Assertion, Credential, Policy, Registration, RelyingParty,
    WebauthnError, verify_assertion, verify_registration,
};
use serde_json::{Value, json};

const HANDLE: &[u8] = b"handle";

fn python(request: &Value) -> Value {
    let environment = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    let program = Path::new(&environment).join("fido2/bin/python");
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/interop/authenticator.py"
    );
    let mut child = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the environment has fido2");
    let input = request.to_string();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{request}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn party() -> RelyingParty {
    RelyingParty {
        id: "gw.example".to_owned(),
        name: "Gatewright".to_owned(),
        origins: vec!["https://gw.example".to_owned()],
    }
}

struct Made {
    registration: Registration,
    assertion: Assertion,
    key: Value,
}

fn ceremonies(algorithm: i64, challenge: &[u8], attestation: &str) -> Made {
    let answer = python(&json!({
        "op": "ceremonies",
        "algorithm": algorithm,
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "origin": "https://gw.example",
        "rpId": "gw.example",
        "handle": URL_SAFE_NO_PAD.encode(HANDLE),
        "attestation": attestation,
        "extensions": attestation == "packed",
    }));
    Made {
        registration: serde_json::from_value(answer["registration"].clone()).unwrap(),
        assertion: serde_json::from_value(answer["assertion"].clone()).unwrap(),
        key: answer["key"].clone(),
    }
}

fn register(made: &Made, challenge: &[u8]) -> Result<Credential, WebauthnError> {
    let policy = Policy::default();
    verify_registration(&party(), policy, challenge, HANDLE, &made.registration)
}

#[test]
fn what_another_authenticator_makes_is_verified() {
    let challenge = [5; 32];
    for algorithm in [-7, -8, -257] {
        for attestation in ["none", "packed"] {
            let made = ceremonies(algorithm, &challenge, attestation);
            let credential = register(&made, &challenge).unwrap();
            assert_eq!(URL_SAFE_NO_PAD.encode(&credential.key), made.key);
            let verify = |party: &RelyingParty, challenge: &[u8], answer: &Assertion| {
                verify_assertion(party, Policy::default(), challenge, &credential, answer)
            };
            let asserted = verify(&party(), &challenge, &made.assertion).unwrap();
            assert_eq!((asserted.sign_count, asserted.clone_warning), (2, false));

            let other = RelyingParty {
                origins: vec!["https://other.example".to_owned()],
                ..party()
            };
            let error = verify(&other, &challenge, &made.assertion).unwrap_err();
            assert!(matches!(error, WebauthnError::Origin(_)), "{error}");
            let other = RelyingParty {
                id: "example".to_owned(),
                ..party()
            };
            let error = verify(&other, &challenge, &made.assertion).unwrap_err();
            assert_eq!(error, WebauthnError::RelyingParty);
            let error = verify(&party(), &[6; 32], &made.assertion).unwrap_err();
            assert_eq!(error, WebauthnError::Challenge);
            for at in 0..made.assertion.signature.len() {
                let mut forged = made.assertion.clone();
                forged.signature[at] ^= 0x20;
                let result = verify(&party(), &challenge, &forged);
                assert_eq!(result, Err(WebauthnError::Signature), "{at}");
            }
        }
    }
}

#[test]
fn attestation_is_refused_where_the_policy_says_so() {
    let made = ceremonies(-7, &[5; 32], "packed");
    let policy = Policy {
        any_attestation: false,
        ..Policy::default()
    };
    let result = verify_registration(&party(), policy, &[5; 32], HANDLE, &made.registration);
    let expected = WebauthnError::Attestation("packed".to_owned());
    assert_eq!(result, Err(expected));
}

#[test]
fn the_proof_of_an_approval_is_verified_by_others() {
    let approval = Approval {
        realm: "local".parse().unwrap(),
        approver: "p-1".to_owned(),
        gate: Gate::Act,
        asset: "automation:rollback".parse().unwrap(),
        subject: Digest::of(b"request"),
        policy: Digest::of(b"policies"),
        facts: vec![
            (FactKey::advisory("npm", "x"), Version::ABSENT),
            (
                FactKey::advisory("npm", "ÿ"),
                Version::from_digest(Digest::of(b"2")),
            ),
        ],
        text: "Roll back “payments”".to_owned(),
        expires_at: parse_time("2026-11-25T01:00:00.25Z").unwrap(),
        nonce: vec![9; 32],
    };
    let challenge = approval.challenge().unwrap();
    for algorithm in [-7, -8, -257] {
        let made = ceremonies(algorithm, &challenge, "none");
        let proof = ApprovalProof {
            approval: approval.clone(),
            rp_id: "gw.example".to_owned(),
            origin: "https://gw.example".to_owned(),
            key: register(&made, &challenge).unwrap().key,
            backup_eligible: false,
            assertion: made.assertion,
        };
        proof.verify().unwrap();
        let ask = |proof: &ApprovalProof| python(&json!({"op": "verify", "proof": proof}));
        assert_eq!(ask(&proof), json!({"ok": true}));
        let mut other = proof.clone();
        other.approval.text.push('.');
        assert!(other.verify().is_err());
        assert_eq!(ask(&other)["ok"], json!(false));
        let mut other = proof;
        other.approval.facts.pop();
        assert!(other.verify().is_err());
        assert_eq!(ask(&other)["ok"], json!(false));
    }
}
