//! Keyless signatures of models and files, in every kind of log entry, beside sigstore's own
//! verifier.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::cell::RefCell;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{IDENTITY, ISSUER, LeafSignature, Python, SIGNED_AT, Sigstore, TiledLog, Wrong};
use gw_attest::{PAYLOAD_TYPE, pre_authentication_encoding};
use gw_sign::{
    IdentityRule, KeylessTrust, SignOptions, SignerIdentity, Trust, VerifyError, VerifyOptions,
    hash_model, verify_file, verify_model,
};
use serde_json::{Value, json};

const FILE: &[u8] = b"a file that is signed";
const STAMPED_AT: &str = "2026-04-01T13:00:00";

struct Case {
    folder: tempfile::TempDir,
    sigstore: Sigstore,
    tiles: TiledLog,
    payload: Vec<u8>,
    reference: RefCell<Python>,
    stamps: RefCell<Python>,
    /// The certificates of the authority that made the last time stamp.
    authority: RefCell<Value>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        common::model(&folder.path().join("model"));
        std::fs::write(folder.path().join("file"), FILE).unwrap();
        let manifest = hash_model(&folder.path().join("model"), &SignOptions::default(), None);
        Self {
            payload: manifest.unwrap().to_json().unwrap(),
            folder,
            sigstore: Sigstore::new(),
            tiles: TiledLog::new(),
            reference: RefCell::new(Python::start("oms.py")),
            stamps: RefCell::new(Python::start("artefacts.py")),
            authority: RefCell::new(json!([])),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn signs_model(&self) -> LeafSignature {
        let message = pre_authentication_encoding(PAYLOAD_TYPE, &self.payload);
        self.sigstore.sign_message(&message, &Wrong::default())
    }

    fn signs_file(&self) -> LeafSignature {
        self.sigstore.sign_message(FILE, &Wrong::default())
    }

    /// A time stamp over a message. From now on its authority is the trusted one.
    fn stamp(&self, message: &[u8], at: &str) -> Vec<u8> {
        let answer = self.stamps.borrow_mut().ask(&json!({
            "do": "built_stamp", "message": hex::encode(message), "at": at, "certificates": true,
        }));
        let chain = answer["chain"].as_array().unwrap().iter();
        let decode = |one: &Value| hex::decode(one.as_str().unwrap()).unwrap();
        // sigstore wants the whole chain there.
        let signer = &answer["signer"];
        let certificates: Vec<_> = std::iter::once(signer)
            .chain(chain)
            .map(|one| json!({ "rawBytes": STANDARD.encode(decode(one)) }))
            .collect();
        *self.authority.borrow_mut() = json!(certificates);
        decode(&answer["response"])
    }

    fn trusted_root(&self) -> Value {
        let mut root = self.sigstore.trusted_root();
        root["tlogs"]
            .as_array_mut()
            .unwrap()
            .push(self.tiles.trusted());
        let chain = self.authority.borrow();
        if !chain.as_array().unwrap().is_empty() {
            root["timestampAuthorities"] = json!([{
                "subject": { "organization": "example", "commonName": "tsa" },
                "uri": "https://stamps.example.org",
                "certChain": { "certificates": *chain },
                "validFor": { "start": "2026-01-01T00:00:00Z" },
            }]);
        }
        root
    }

    fn trust(&self) -> Trust {
        let root = self.trusted_root().to_string();
        let identity = IdentityRule::exactly(IDENTITY);
        Trust::Keyless(Box::new(
            KeylessTrust::new(root.as_bytes(), identity, ISSUER).unwrap(),
        ))
    }

    fn verify(&self, bundle: &Value) -> Result<SignerIdentity, VerifyError> {
        let bundle = bundle.to_string();
        // Long after the certificate expired.
        let options = VerifyOptions::at("2030-01-01T00:00:00Z".parse().unwrap());
        if bundle.contains("messageSignature") {
            let file = self.path("file");
            verify_file(&file, bundle.as_bytes(), &self.trust(), &options).map(|v| v.signer)
        } else {
            let model = self.path("model");
            verify_model(&model, bundle.as_bytes(), &self.trust(), &options, None)
                .map(|verified| verified.signer)
        }
    }

    /// What sigstore says, through model-signing for a model.
    fn verify_elsewhere(&self, bundle: &Value, issuer: &str) -> Result<(), String> {
        let service = |url: &str| {
            json!([{
                "url": url, "majorApiVersion": 1, "operator": "example",
                "validFor": { "start": "2026-01-01T00:00:00Z" },
            }])
        };
        let config = json!({
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.trusted_root(),
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": service("https://authority.example.org"),
                "oidcUrls": service("https://accounts.example.org"),
                "rekorTlogUrls": service("https://log.example.org"),
                "rekorTlogConfig": { "selector": "ANY" },
                "tsaConfig": { "selector": "ANY" },
            },
        });
        std::fs::write(self.path("config.json"), config.to_string()).unwrap();
        std::fs::write(self.path("signature"), bundle.to_string()).unwrap();
        let what = match bundle.get("messageSignature") {
            Some(_) => "verify_file",
            None => "verify",
        };
        self.reference.borrow_mut().agrees(&json!({
            "do": what,
            "model": self.path("model"), "file": self.path("file"),
            "signature": self.path("signature"), "trust_config": self.path("config.json"),
            "identity": IDENTITY, "issuer": issuer,
            "method": "files", "hash": "sha256", "ignore": [], "symlinks": false,
        }))
    }

    #[track_caller]
    fn refused(&self, bundle: &Value, why: &str) {
        let said = match self.verify(bundle) {
            Err(VerifyError::Refused(refusal)) => refusal.to_string(),
            other => panic!("expected `{why}`: {other:?}"),
        };
        assert!(said.contains(why), "expected `{why}`: {said}");
    }

    /// That another content is refused, with an entry of the same kind that fits it or does not.
    fn is_about_this_alone(&self, bundle: &Value, other: &Value) {
        let mut mixed = bundle.clone();
        mixed["verificationMaterial"]["tlogEntries"] =
            other["verificationMaterial"]["tlogEntries"].clone();
        self.refused(&mixed, "the entry is about another");
        assert!(self.verify_elsewhere(&mixed, ISSUER).is_err());
    }
}

#[test]
fn models_with_entries_of_the_first_log() {
    let case = Case::new();
    let make = |body: &dyn Fn(&LeafSignature) -> String| {
        let signed = case.signs_model();
        let entry = case.sigstore.entry(body(&signed).as_bytes(), SIGNED_AT);
        signed.bundle(&signed.envelope(&case.payload), &entry, &[])
    };
    let dsse = |signed: &LeafSignature| signed.dsse_1(&case.payload);
    let bundle = make(&dsse);
    case.verify(&bundle).unwrap();
    assert_eq!(case.verify_elsewhere(&bundle, ISSUER), Ok(()));
    assert!(
        case.verify_elsewhere(&bundle, "https://other.example.org")
            .is_err()
    );
    case.is_about_this_alone(&bundle, &make(&dsse));

    // sigstore for Python does not read what sigstore for JavaScript wrote.
    let intoto = |signed: &LeafSignature| signed.intoto_2(&case.payload);
    let bundle = make(&intoto);
    case.verify(&bundle).unwrap();
    case.is_about_this_alone(&bundle, &make(&intoto));
    case.is_about_this_alone(&bundle, &make(&|signed| signed.intoto_2(b"{}")));

    let wrong = Wrong {
        sct_over_other_issuer: true,
        ..Wrong::default()
    };
    let bundle = case.sigstore.sign(&case.payload, &wrong);
    assert!(case.verify(&bundle).is_err());
    assert!(case.verify_elsewhere(&bundle, ISSUER).is_err());
}

#[test]
fn models_with_entries_of_the_log_of_tiles() {
    type Body<'a> = &'a dyn Fn(&LeafSignature) -> String;
    let case = Case::new();
    let make = |body: Body<'_>, at: &str| {
        let signed = case.signs_model();
        let stamp = case.stamp(&signed.signature, at);
        let entry = case.tiles.entry(body(&signed).as_bytes());
        signed.bundle(&signed.envelope(&case.payload), &entry, &[stamp])
    };
    let kinds: [(Body<'_>, bool); 2] = [
        (&|signed| signed.rekord_2_of_payload(&case.payload), true),
        (&|signed| signed.dsse_2(&case.payload), false),
    ];
    for (body, is_read_elsewhere) in kinds {
        let other = make(body, STAMPED_AT);
        let bundle = make(body, STAMPED_AT);
        let signer = case.verify(&bundle).unwrap();
        assert!(
            signer.to_string().contains("2026-04-01T13:00:00Z"),
            "{signer}"
        );
        if is_read_elsewhere {
            assert_eq!(case.verify_elsewhere(&bundle, ISSUER), Ok(()));
        }
        case.is_about_this_alone(&bundle, &other);

        // Nothing but the time stamp says when.
        let mut without = bundle.clone();
        let material = without["verificationMaterial"].as_object_mut().unwrap();
        material.remove("timestampVerificationData");
        case.refused(&without, "nothing proves when");
        assert!(case.verify_elsewhere(&without, ISSUER).is_err());
        let mut claimed = without.clone();
        claimed["verificationMaterial"]["tlogEntries"][0]["integratedTime"] =
            json!(SIGNED_AT.to_string());
        case.refused(&claimed, "nothing proves when");

        let entry = "/verificationMaterial/tlogEntries/0";
        let with = |path: &str, value: Value| {
            let mut changed = bundle.clone();
            *changed.pointer_mut(&format!("{entry}{path}")).unwrap() = value;
            changed
        };
        for (changed, why) in [
            (
                with("/inclusionProof/logIndex", json!("0")),
                "not in the tree",
            ),
            (
                with("/inclusionProof/logIndex", json!("2")),
                "not in the tree",
            ),
            (
                with("/inclusionProof/treeSize", json!("2")),
                "not in the tree",
            ),
            (with("/inclusionProof/treeSize", json!("4")), "another tree"),
            (with("/inclusionProof/hashes", json!([])), "not in the tree"),
            (
                with("/inclusionProof/checkpoint", json!({ "envelope": "" })),
                "no signed note",
            ),
            (with("/logId/keyId", json!("AAAA")), "not trusted"),
        ] {
            case.refused(&changed, why);
        }
        // The same key under another name is another log.
        let other = TiledLog {
            origin: "other.example.org".to_owned(),
            ..TiledLog::new()
        };
        let body = bundle
            .pointer(&format!("{entry}/canonicalizedBody"))
            .unwrap();
        let body = STANDARD.decode(body.as_str().unwrap()).unwrap();
        let mut changed = bundle.clone();
        *changed.pointer_mut(entry).unwrap() = other.entry(&body);
        case.refused(&changed, "not of the log that has this key");
    }
    // Before and after the certificate was valid.
    for (at, why) in [
        ("2026-03-31T23:59:59", "not valid before"),
        ("2026-04-02T00:00:01", "expired"),
    ] {
        let bundle = make(kinds[0].0, at);
        case.refused(&bundle, why);
        assert!(case.verify_elsewhere(&bundle, ISSUER).is_err());
    }
    // A time stamp of another signature.
    let mut bundle = make(kinds[0].0, STAMPED_AT);
    let stamp = case.stamp(b"other", STAMPED_AT);
    bundle["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"][0] =
        json!({ "signedTimestamp": STANDARD.encode(stamp) });
    case.refused(&bundle, "of something else");
}

#[test]
fn files_with_entries_of_both_logs() {
    type Make<'a> = &'a dyn Fn(&[u8]) -> Value;
    let case = Case::new();
    let first = |file: &[u8]| {
        let signed = case.sigstore.sign_message(file, &Wrong::default());
        let entry = case
            .sigstore
            .entry(signed.rekord_1(file).as_bytes(), SIGNED_AT);
        signed.bundle(&signed.message(file), &entry, &[])
    };
    let second = |file: &[u8]| {
        let signed = case.sigstore.sign_message(file, &Wrong::default());
        let stamp = case.stamp(&signed.signature, STAMPED_AT);
        let entry = case.tiles.entry(signed.rekord_2(file).as_bytes());
        signed.bundle(&signed.message(file), &entry, &[stamp])
    };
    let both: [Make<'_>; 2] = [&first, &second];
    for make in both {
        let other = make(FILE);
        let bundle = make(FILE);
        case.verify(&bundle).unwrap();
        assert_eq!(case.verify_elsewhere(&bundle, ISSUER), Ok(()));
        assert!(
            case.verify_elsewhere(&bundle, "https://other.example.org")
                .is_err()
        );
        case.is_about_this_alone(&bundle, &other);
        // The digest is a hint, which need not be there, but must not be wrong.
        let mut bare = bundle.clone();
        let message = bare["messageSignature"].as_object_mut().unwrap();
        message.remove("messageDigest");
        case.verify(&bare).unwrap();
        let mut named = bundle.clone();
        named["messageSignature"]["messageDigest"]["digest"] = json!("AAAA");
        case.refused(&named, "the file is not what was signed");
        named["messageSignature"]["messageDigest"]["algorithm"] = json!("SHA3_256");
        assert!(matches!(case.verify(&named), Err(VerifyError::Undone(_))));

        std::fs::write(case.path("file"), "changed").unwrap();
        case.refused(&bundle, "the file is not what was signed");
        case.refused(&bare, "about another payload");
        assert!(case.verify_elsewhere(&bundle, ISSUER).is_err());
        std::fs::write(case.path("file"), FILE).unwrap();
        // The signature of another file, with an entry that fits it.
        let mut other = make(b"other");
        other["messageSignature"]["messageDigest"] =
            bundle["messageSignature"]["messageDigest"].clone();
        case.refused(&other, "about another payload");
    }
    // An entry about a file is none about a model, and the other way round.
    let signed = case.signs_file();
    let entry = case
        .sigstore
        .entry(signed.rekord_1(FILE).as_bytes(), SIGNED_AT);
    let bundle = signed.bundle(&signed.envelope(&case.payload), &entry, &[]);
    case.refused(&bundle, "about another payload");
    let signed = case.signs_model();
    let entry = case
        .sigstore
        .entry(signed.dsse_1(&case.payload).as_bytes(), SIGNED_AT);
    let bundle = signed.bundle(&signed.message(FILE), &entry, &[]);
    case.refused(&bundle, "about another payload");
}
