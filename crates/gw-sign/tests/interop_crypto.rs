//! RSA and time stamps, made by `cryptography`, `asn1crypto` and `openssl ts`.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use common::Python;
use gw_attest::certificate::{Certificate, Purpose, verify_chain};
use gw_attest::sigstore::{Authority, Period, verify_timestamp};
use gw_attest::{PrivateKey, PublicKey, Scheme, Sha2};
use gw_core::Time;
use gw_sign::{ModelSigner, SignOptions, Trust, VerifyOptions, sign_model, verify_model};
use serde_json::{Value, json};

const MESSAGE: &[u8] = b"what is signed";

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn at(time: &str) -> Time {
    time.parse().unwrap()
}

#[test]
fn rsa_signatures_of_every_length_scheme_and_hash_verify() {
    let mut python = Python::start("artefacts.py");
    let hashes = [
        ("sha256", Sha2::Sha256),
        ("sha384", Sha2::Sha384),
        ("sha512", Sha2::Sha512),
    ];
    for bits in [2048, 3072, 4096, 6144, 8192] {
        let request =
            json!({ "do": "rsa_signatures", "bits": bits, "message": hex::encode(MESSAGE) });
        let answer = python.ask(&request);
        let key = PublicKey::from_spki(&bytes(&answer["spki"])).unwrap();
        let signature = |name: &str| bytes(&answer["signatures"][name]);
        for (name, hash) in hashes {
            for (scheme, signature, others) in [
                (
                    Scheme::RsaPkcs1(hash),
                    signature(&format!("pkcs1 {name}")),
                    Scheme::RsaPss(hash),
                ),
                (
                    Scheme::RsaPss(hash),
                    signature(&format!("pss {name}")),
                    Scheme::RsaPkcs1(hash),
                ),
            ] {
                assert!(
                    key.verify_as(scheme, MESSAGE, &signature).is_ok(),
                    "{bits} {scheme:?}"
                );
                assert!(key.verify_as(scheme, b"other", &signature).is_err());
                assert!(key.verify_as(others, MESSAGE, &signature).is_err());
                assert!(
                    key.verify_as(Scheme::Ecdsa(hash), MESSAGE, &signature)
                        .is_err()
                );
                for (_, other) in hashes.iter().filter(|(_, other)| *other != hash) {
                    for scheme in [Scheme::RsaPkcs1(*other), Scheme::RsaPss(*other)] {
                        assert!(key.verify_as(scheme, MESSAGE, &signature).is_err());
                    }
                }
                for index in [0, 1, signature.len() / 2, signature.len() - 1] {
                    let mut changed = signature.clone();
                    changed[index] ^= 1;
                    assert!(key.verify_as(scheme, MESSAGE, &changed).is_err());
                }
                let padded = [&[0], &signature[..]].concat();
                assert!(key.verify_as(scheme, MESSAGE, &padded).is_err());
                for wrong in [&signature[1..], &[], &vec![0; signature.len()][..]] {
                    assert!(key.verify_as(scheme, MESSAGE, wrong).is_err());
                }
                let largest = vec![0xff; signature.len()];
                assert!(key.verify_as(scheme, MESSAGE, &largest).is_err());
            }
        }
        // A salt of another length than the digest's, and SHA-1, are no scheme of ours.
        let short = signature("pss sha256 short salt");
        assert!(
            key.verify_as(Scheme::RsaPss(Sha2::Sha256), MESSAGE, &short)
                .is_err()
        );
        let old = signature("pkcs1 sha1");
        for (_, hash) in hashes {
            assert!(
                key.verify_as(Scheme::RsaPkcs1(hash), MESSAGE, &old)
                    .is_err()
            );
        }
    }
}

#[test]
fn weak_and_strange_rsa_keys_are_none() {
    let mut python = Python::start("artefacts.py");
    let mut read = |more: Value| {
        let mut request = json!({ "do": "rsa_spki" });
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        PublicKey::from_spki(&bytes(&python.ask(&request)["spki"]))
    };
    for good in [
        json!({ "e": 65537 }),
        json!({ "e": 3 }),
        json!({ "e": 65537, "bits": 8192 }),
    ] {
        assert!(read(good.clone()).is_ok(), "{good}");
    }
    for bad in [
        json!({ "e": 1 }),
        json!({ "e": 0 }),
        json!({ "e": 2 }),
        json!({ "e": 65536 }),
        json!({ "e": -3 }),
        json!({ "e": 0x1_0000_0001_u64 }),
        json!({ "e": 65537, "even": true }),
        json!({ "e": 65537, "bits": 512 }),
        json!({ "e": 65537, "bits": 1024 }),
        json!({ "e": 65537, "bits": 2047 }),
        json!({ "e": 65537, "bits": 8193 }),
        json!({ "e": 65537, "bits": 65536 }),
        json!({ "e": 65537, "n": "0" }),
        json!({ "e": 65537, "n": "-10001" }),
    ] {
        assert!(read(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn certificates_signed_with_rsa_lead_to_their_root() {
    let mut python = Python::start("artefacts.py");
    let folder = tempfile::tempdir().unwrap();
    common::model(folder.path());
    for (root, pss, hash) in [
        ("rsa2048", false, "sha256"),
        ("rsa3072", true, "sha256"),
        ("rsa4096", false, "sha512"),
        ("rsa4096", true, "sha384"),
        ("rsa8192", true, "sha512"),
    ] {
        let mut chain = || {
            python.ask(&json!({
                "do": "signing_chain", "root": root, "key": "p256", "pss": pss, "hash": hash,
            }))
        };
        let [one, other] = [chain(), chain()];
        let read = |value: &Value| Certificate::from_der(&bytes(value)).unwrap();
        let key = PrivateKey::from_pem(one["key"].as_str().unwrap(), None).unwrap();
        let signer = ModelSigner::with_certificate(key, read(&one["leaf"]), Vec::new()).unwrap();
        let signed = sign_model(folder.path(), &signer, &SignOptions::default(), None).unwrap();
        let bundle = signed.bundle.to_json().unwrap();
        let verify = |root: &Value| {
            let trust = Trust::Certificates(vec![read(root)]);
            let options = VerifyOptions::at(at("2026-04-01T12:00:00Z"));
            verify_model(folder.path(), &bundle, &trust, &options, None)
        };
        assert!(verify(&one["root"]).is_ok(), "{root} {pss} {hash}");
        // The same again with other numbers, if the keys of this length are not always the same.
        if ["rsa2048", "rsa3072"].contains(&root) {
            let why = verify(&other["root"]).unwrap_err().to_string();
            assert!(why.contains("did not sign"), "{why}");
        }
        // A bit of the signature, which is at the end.
        let mut changed = bytes(&one["leaf"]);
        *changed.last_mut().unwrap() ^= 1;
        let leaf = Certificate::from_der(&changed).unwrap();
        let anchors = [read(&one["root"])];
        let time = at("2026-04-01T12:00:00Z");
        assert!(verify_chain(&leaf, &[], &anchors, time, Purpose::Model).is_err());
    }
    // A certificate whose own key is RSA.
    let answer = python.ask(&json!({
        "do": "signing_chain", "root": "rsa2048", "key": "rsa3072",
        "message": hex::encode(MESSAGE),
    }));
    let leaf = Certificate::from_der(&bytes(&answer["leaf"])).unwrap();
    let key = leaf.public_key().unwrap();
    assert_eq!(key.kind(), "RSA");
    let signature = bytes(&answer["signature"]);
    assert!(key.verify(MESSAGE, &signature).is_ok());
    assert!(key.verify(b"other", &signature).is_err());
}

/// The authority that an answer is of.
fn authority(answer: &Value) -> Authority {
    let chain = answer["chain"].as_array().unwrap().iter();
    Authority {
        chain: chain
            .map(|der| Certificate::from_der(&bytes(der)).unwrap())
            .collect(),
        valid: Period::default(),
    }
}

#[test]
fn time_stamps_of_openssl_are_verified() {
    let mut python = Python::start("artefacts.py");
    let mut ask = |more: Value| {
        let mut request = json!({ "do": "openssl_stamp", "message": hex::encode(MESSAGE) });
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        python.ask(&request)
    };
    let mut before = None;
    for more in [
        json!({}),
        json!({ "certificates": true }),
        json!({ "nonce": false }),
        json!({ "fraction": 3 }),
        json!({ "digest": "sha384", "key": "p384" }),
        json!({ "digest": "sha512", "key": "p521", "fraction": 6 }),
        json!({ "digest": "sha512", "key": "rsa2048", "root": "rsa2048" }),
        json!({ "digest": "sha256", "imprint": "sha512", "key": "rsa3072", "certificates": true }),
        json!({ "key": "rsa4096", "root": "rsa4096" }),
    ] {
        let answer = ask(more.clone());
        let response = bytes(&answer["response"]);
        let authorities = [authority(&answer)];
        let verified = verify_timestamp(&response, MESSAGE, &authorities);
        assert!(verified.is_ok(), "{more}: {verified:?}");
        assert_eq!(answer["elsewhere"], json!(true), "{more}");
        let other = verify_timestamp(&response, b"other", &authorities);
        assert!(other.unwrap_err().to_string().contains("something else"));
        // The time is signed: every byte is.
        for index in (0..response.len()).step_by(7) {
            let mut changed = response.clone();
            changed[index] ^= 0x10;
            if let Ok(time) = verify_timestamp(&changed, MESSAGE, &authorities) {
                // What is left is not signed: certificates that came along, the signer's name.
                assert_eq!(Ok(time), verified, "{more} at {index}");
            }
        }
        // Another authority, of the same names.
        if let Some(before) = before.replace(authorities[0].clone()) {
            let why = verify_timestamp(&response, MESSAGE, &[before]).unwrap_err();
            assert!(!why.to_string().is_empty());
        }
        let closed = Authority {
            valid: Period {
                end: Some(at("2026-02-01T00:00:00Z")),
                ..Period::default()
            },
            ..authorities[0].clone()
        };
        let why = verify_timestamp(&response, MESSAGE, &[closed]).unwrap_err();
        assert!(why.to_string().contains("no trusted authority"), "{why}");
    }
    // SHA-1 is no digest of ours, though the authority would make it.
    let answer = ask(json!({ "imprint": "sha1" }));
    let response = bytes(&answer["response"]);
    let why = verify_timestamp(&response, MESSAGE, &[authority(&answer)]).unwrap_err();
    assert!(why.to_string().contains("not accepted"), "{why}");
}

#[test]
fn time_stamps_with_faults_are_refused() {
    let mut python = Python::start("artefacts.py");
    let mut verify = |more: Value| {
        let mut request = json!({
            "do": "built_stamp", "message": hex::encode(MESSAGE), "at": "2026-04-01T12:00:00",
        });
        for (name, value) in more.as_object().unwrap() {
            request[name] = value.clone();
        }
        let answer = python.ask(&request);
        verify_timestamp(&bytes(&answer["response"]), MESSAGE, &[authority(&answer)])
    };
    for good in [
        json!({}),
        json!({ "certificates": true }),
        json!({ "key": "rsa2048" }),
        json!({ "key": "rsa2048", "pss_signature": true }),
    ] {
        let time = verify(good.clone());
        assert_eq!(time, Ok(at("2026-04-01T12:00:00Z")), "{good}");
    }
    for (more, why) in [
        (json!({ "fault": "version" }), "another version"),
        (json!({ "fault": "critical" }), "critical extension"),
        (json!({ "fault": "named" }), "no trusted authority"),
        (json!({ "fault": "type" }), "another content"),
        (json!({ "fault": "content" }), "another content"),
        (json!({ "fault": "no attributes" }), "another content"),
        (json!({ "fault": "signature" }), "no trusted authority"),
        (json!({ "fault": "twice" }), "several signers"),
        (json!({ "fault": "status" }), "granted no time stamp"),
        (json!({ "fault": "trailing" }), "left over"),
        (json!({ "fault": "sha1" }), "not accepted"),
        (json!({ "usage": "code" }), "time stamps, by its extended"),
        (json!({ "usage": "two" }), "time stamps alone"),
        (json!({ "not_critical": true }), "not critical"),
        (json!({ "at": "2025-12-31T23:59:59" }), "not valid before"),
        (json!({ "at": "2037-01-01T00:00:00" }), "expired"),
    ] {
        let said = verify(more.clone()).unwrap_err().to_string();
        assert!(said.contains(why), "{more}: {said}");
    }
}
