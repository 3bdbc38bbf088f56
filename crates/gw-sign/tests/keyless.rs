//! Keyless signatures, by a sigstore of the test's own.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{IDENTITY, ISSUER, SIGNED_AT, Sigstore, Wrong};
use gw_core::Time;
use gw_sign::{
    IdentityRule, KeylessTrust, SignOptions, SignerIdentity, Trust, VerifiedModel, VerifyError,
    VerifyOptions, hash_model, verify_model,
};
use serde_json::{Value, json};

struct Case {
    folder: tempfile::TempDir,
    sigstore: Sigstore,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        common::model(folder.path());
        Self {
            folder,
            sigstore: Sigstore::new(),
        }
    }

    fn bundle(&self, wrong: &Wrong) -> Value {
        let manifest = hash_model(self.folder.path(), &SignOptions::default(), None).unwrap();
        self.sigstore.sign(&manifest.to_json().unwrap(), wrong)
    }

    fn verify(&self, bundle: &Value, root: &Value) -> Result<VerifiedModel, VerifyError> {
        self.verify_as(bundle, root, IDENTITY, ISSUER)
    }

    fn verify_as(
        &self,
        bundle: &Value,
        root: &Value,
        identity: &str,
        issuer: &str,
    ) -> Result<VerifiedModel, VerifyError> {
        let identity = IdentityRule::exactly(identity);
        let trust = KeylessTrust::new(root.to_string().as_bytes(), identity, issuer).unwrap();
        // Long after the certificate expired.
        let options = VerifyOptions::at("2030-01-01T00:00:00Z".parse().unwrap());
        verify_model(
            self.folder.path(),
            bundle.to_string().as_bytes(),
            &Trust::Keyless(Box::new(trust)),
            &options,
            None,
        )
    }
}

#[track_caller]
fn refused(result: Result<VerifiedModel, VerifyError>, why: &str) {
    match result {
        Err(VerifyError::Refused(refusal)) => {
            let said = refusal.to_string();
            assert!(said.contains(why), "expected `{why}`: {said}");
        }
        other => panic!("expected `{why}`: {other:?}"),
    }
}

#[test]
fn a_signature_is_verified_long_after_its_certificate_expired() {
    let case = Case::new();
    let root = case.sigstore.trusted_root();
    let bundle = case.bundle(&Wrong::default());
    let verified = case.verify(&bundle, &root).unwrap();
    let time = Time::from_second(SIGNED_AT as i64).unwrap();
    let expected = SignerIdentity::Keyless {
        identity: IDENTITY.to_owned(),
        issuer: ISSUER.to_owned(),
        time,
    };
    assert_eq!(verified.signer, expected);
    assert_eq!(verified.time, Some(time));
    // A client's configuration has the same root in it.
    let wrapped = json!({ "mediaType": "x", "trustedRoot": root });
    assert!(case.verify(&bundle, &wrapped).is_ok());
    std::fs::write(case.folder.path().join("config.json"), "{ }").unwrap();
    refused(case.verify(&bundle, &root), "config.json");
}

#[test]
fn another_identity_or_issuer_is_refused() {
    let case = Case::new();
    let root = case.sigstore.trusted_root();
    let bundle = case.bundle(&Wrong::default());
    for identity in ["other@example.org", "Signer@example.org", "", "example.org"] {
        let result = case.verify_as(&bundle, &root, identity, ISSUER);
        refused(result, "it was signed by signer@example.org");
    }
    for issuer in ["https://other.example.org", "https://accounts.example.org/"] {
        let result = case.verify_as(&bundle, &root, IDENTITY, issuer);
        refused(result, "vouched for by https://accounts.example.org");
    }
}

#[test]
fn a_certificate_that_should_not_be_is_refused() {
    let case = Case::new();
    let root = case.sigstore.trusted_root();
    let check = |wrong: Wrong, why: &str| refused(case.verify(&case.bundle(&wrong), &root), why);
    check(
        Wrong {
            no_sct: true,
            ..Wrong::default()
        },
        "no signed timestamp",
    );
    check(
        Wrong {
            sct_over_other_issuer: true,
            ..Wrong::default()
        },
        "does not verify",
    );
    check(
        Wrong {
            no_code_signing: true,
            ..Wrong::default()
        },
        "not for signing code",
    );
    check(
        Wrong {
            other_old_issuer: true,
            ..Wrong::default()
        },
        "does not state clearly",
    );
    check(
        Wrong {
            two_names: true,
            ..Wrong::default()
        },
        "with 2 names",
    );
}

#[test]
fn a_trust_root_without_a_part_trusts_nothing_of_it() {
    let case = Case::new();
    let bundle = case.bundle(&Wrong::default());
    let other = Sigstore::new().trusted_root();
    let check = |part: &str, value: Value, why: &str| {
        let mut root = case.sigstore.trusted_root();
        *root.pointer_mut(part).unwrap() = value;
        refused(case.verify(&bundle, &root), why);
    };
    for (part, why) in [
        ("/tlogs", "log that is not trusted"),
        ("/ctlogs", "no trusted log made"),
    ] {
        check(part, json!([]), why);
        check(part, other[&part[1..]].clone(), why);
    }
    check("/certificateAuthorities", json!([]), "has no authority");
    // Another authority of the same name did not sign the certificate.
    check(
        "/certificateAuthorities",
        other["certificateAuthorities"].clone(),
        "did not sign",
    );
    let period = json!({ "start": "2026-04-02T00:00:00Z" });
    check("/tlogs/0/publicKey/validFor", period.clone(), "not in use");
    check(
        "/ctlogs/0/publicKey/validFor",
        period.clone(),
        "no trusted log made",
    );
    check("/certificateAuthorities/0/validFor", period, "not in use");
}

#[test]
fn whatever_is_changed_in_a_bundle_is_noticed() {
    let case = Case::new();
    let root = case.sigstore.trusted_root();
    let bundle = case.bundle(&Wrong::default());
    let entry = "/verificationMaterial/tlogEntries/0";
    let check = |pointer: &str, value: Value, why: &str| {
        let mut changed = bundle.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = value;
        refused(case.verify(&changed, &root), why);
    };
    let at = |name: &str| format!("{entry}/{name}");
    check(
        &at("integratedTime"),
        json!("1775044801"),
        "promise does not verify",
    );
    check(&at("logIndex"), json!("1002"), "promise does not verify");
    check(&at("inclusionPromise"), Value::Null, "nothing proves when");
    check(&at("inclusionProof"), Value::Null, "no inclusion proof");
    check(
        &at("inclusionProof/logIndex"),
        json!("0"),
        "not in the tree",
    );
    check(&at("inclusionProof/treeSize"), json!("4"), "another tree");
    check(&at("inclusionProof/hashes"), json!([]), "not in the tree");
    check(
        &at("inclusionProof/checkpoint"),
        Value::Null,
        "no checkpoint",
    );
    check(
        &at("kindVersion/version"),
        json!("0.0.2"),
        "which it is not",
    );
    check(
        "/verificationMaterial/tlogEntries",
        json!([]),
        "there is no entry",
    );
    check("/dsseEnvelope/signatures", json!([]), "0 signatures");
    check(
        "/dsseEnvelope/payloadType",
        json!("text/plain"),
        "text/plain",
    );

    // A checkpoint that the log signed, of another tree.
    let other = case.sigstore.entry(b"other", SIGNED_AT);
    let checkpoint = other["inclusionProof"]["checkpoint"].clone();
    check(&at("inclusionProof/checkpoint"), checkpoint, "another tree");
}

#[test]
fn an_entry_must_be_about_this_signature() {
    let case = Case::new();
    let root = case.sigstore.trusted_root();
    let bundle = case.bundle(&Wrong::default());
    // Signed by somebody else for the same payload, and all of it in the log.
    let other = case.bundle(&Wrong::default());
    let mut mixed = bundle.clone();
    mixed["verificationMaterial"]["tlogEntries"] =
        other["verificationMaterial"]["tlogEntries"].clone();
    refused(case.verify(&mixed, &root), "about another signature");
    let mut mixed = bundle.clone();
    mixed["verificationMaterial"]["certificate"] =
        other["verificationMaterial"]["certificate"].clone();
    refused(case.verify(&mixed, &root), "about another certificate");
    let mut mixed = bundle.clone();
    mixed["dsseEnvelope"]["payload"] = json!(STANDARD.encode("{}"));
    refused(case.verify(&mixed, &root), "about another payload");

    // Logged before or after the certificate was valid.
    let body = STANDARD
        .decode(
            bundle["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"]
                .as_str()
                .unwrap(),
        )
        .unwrap();
    for (time, why) in [
        (SIGNED_AT - 86_400, "not valid before"),
        (SIGNED_AT + 86_400, "expired"),
    ] {
        let mut moved = bundle.clone();
        moved["verificationMaterial"]["tlogEntries"][0] = case.sigstore.entry(&body, time);
        refused(case.verify(&moved, &root), why);
    }
    // An entry of a kind that is not read is no refusal, but nothing is verified either.
    let mut unread = bundle;
    unread["verificationMaterial"]["tlogEntries"][0]["kindVersion"] =
        json!({ "kind": "rekord", "version": "0.0.1" });
    let body = r#"{"kind":"rekord","apiVersion":"0.0.1","spec":{}}"#;
    unread["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"] =
        json!(STANDARD.encode(body));
    assert!(matches!(
        case.verify(&unread, &root),
        Err(VerifyError::Undone(_))
    ));
}
