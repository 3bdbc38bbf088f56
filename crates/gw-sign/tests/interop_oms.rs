//! Model signing against the reference implementation, `model-signing` of PyPI, in both directions.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{IDENTITY, ISSUER, Key, Sigstore, Wrong, authority_params};
use gw_attest::certificate::Certificate;
use gw_attest::oms::{HashType, Method};
use gw_core::Time;
use gw_sign::{
    ModelSigner, SignOptions, Trust, VerifyError, VerifyOptions, WalkOptions, hash_model,
    sign_model, verify_model,
};
use rcgen::{
    CertificateParams, CertifiedIssuer, DnType, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512,
};
use serde_json::{Value, json};

/// What the reference implementation answers: nothing if it agrees, else why not.
fn python(request: &Value) -> Result<(), String> {
    let environment = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    let program = Path::new(&environment).join("model-signing/bin/python");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/oms.py");
    let mut child = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the environment has model-signing");
    let input = request.to_string();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{request}");
    // It may print warnings before.
    let text = String::from_utf8(output.stdout).unwrap();
    let answer: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    if answer["ok"] == json!(true) {
        Ok(())
    } else {
        Err(answer["why"].as_str().unwrap().to_owned())
    }
}

struct Case {
    folder: tempfile::TempDir,
    key: Key,
}

impl Case {
    fn new(key: KeyPair) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = Self {
            key: Key::of(key),
            folder,
        };
        common::model(&case.path("model"));
        // Orders differently by characters than by components, and in UTF-16 than in UTF-8.
        for name in ["weights-x", "empty", "ü", "\u{ff5e}", "\u{1f600}"] {
            let content = if name == "empty" { "" } else { name };
            std::fs::write(case.path("model").join(name), content).unwrap();
        }
        std::fs::write(case.path("key"), case.key.certified.serialize_pem()).unwrap();
        std::fs::write(case.path("key.pub"), case.key.private.public().to_pem()).unwrap();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn request(&self, what: &str, options: &SignOptions) -> Value {
        let (method, size) = match options.method {
            Method::Files => ("files", 1),
            Method::Shards { size } => ("shards", size),
        };
        let hash = match options.hash {
            HashType::Blake2b => "blake2",
            other => other.as_str(),
        };
        let key = if what == "sign" { "key" } else { "key.pub" };
        json!({
            "do": what,
            "model": self.path("model"),
            "signature": self.path("signature"),
            "key": self.path(key),
            "method": method,
            "hash": hash,
            "shard_size": size,
            "ignore": options.walk.ignore_paths,
            "symlinks": options.walk.allow_symlinks,
        })
    }

    fn verify(&self, trust: &Trust, options: &SignOptions) -> Result<(), VerifyError> {
        let bundle = std::fs::read(self.path("signature")).unwrap();
        let mut verify = VerifyOptions::at(now());
        verify.walk.allow_symlinks = options.walk.allow_symlinks;
        verify_model(&self.path("model"), &bundle, trust, &verify, None).map(|_| ())
    }

    /// Signs on each side and verifies on the other one, before and after the model is changed.
    fn round(&self, signer: &ModelSigner, trust: &Trust, options: &SignOptions, extra: &Value) {
        let request = |what: &str| {
            let mut request = self.request(what, options);
            for (name, value) in extra.as_object().unwrap() {
                request[name] = value.clone();
            }
            request
        };
        let target = self.path("model/weights/b.bin");
        let original = std::fs::read(&target).unwrap();
        for ours in [true, false] {
            if ours {
                let signed = sign_model(&self.path("model"), signer, options, None).unwrap();
                let bundle = signed.bundle.to_json().unwrap();
                std::fs::write(self.path("signature"), bundle).unwrap();
            } else {
                python(&request("sign")).unwrap();
            }
            assert_eq!(python(&request("verify")), Ok(()), "{options:?}");
            self.verify(trust, options).unwrap();
            std::fs::write(&target, "changed").unwrap();
            let theirs = python(&request("verify"));
            assert!(theirs.unwrap_err().contains("mismatch"), "{options:?}");
            assert!(self.verify(trust, options).is_err(), "{options:?}");
            std::fs::write(&target, &original).unwrap();
        }
    }
}

fn now() -> Time {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

#[test]
fn every_curve_method_and_hash_agrees() {
    let files = |hash| SignOptions {
        hash,
        ..SignOptions::default()
    };
    let shards = |hash, size| SignOptions {
        method: Method::Shards { size },
        hash,
        ..SignOptions::default()
    };
    for (curve, options) in [
        (&PKCS_ECDSA_P256_SHA256, files(HashType::Sha256)),
        (&PKCS_ECDSA_P384_SHA384, files(HashType::Blake2b)),
        (&PKCS_ECDSA_P521_SHA512, files(HashType::Blake3)),
        (&PKCS_ECDSA_P256_SHA256, shards(HashType::Sha256, 5)),
        (
            &PKCS_ECDSA_P256_SHA256,
            shards(HashType::Sha256, 1_000_000_000),
        ),
        (&PKCS_ECDSA_P384_SHA384, shards(HashType::Blake2b, 1)),
    ] {
        let case = Case::new(KeyPair::generate_for(curve).unwrap());
        let signer = ModelSigner::with_key(case.key.private.clone());
        let trust = Trust::Key(Box::new(case.key.private.public()));
        case.round(&signer, &trust, &options, &json!({}));
    }
}

#[cfg(unix)]
#[test]
fn ignored_paths_and_links_agree() {
    let case = Case::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let signer = ModelSigner::with_key(case.key.private.clone());
    let trust = Trust::Key(Box::new(case.key.private.public()));
    let mut options = SignOptions {
        walk: WalkOptions {
            ignore_paths: vec!["weights/deep".to_owned(), "config.json".to_owned()],
            ..WalkOptions::default()
        },
        ..SignOptions::default()
    };
    case.round(&signer, &trust, &options, &json!({}));
    std::fs::write(case.path("elsewhere"), "elsewhere").unwrap();
    std::os::unix::fs::symlink("../elsewhere", case.path("model/link")).unwrap();
    let theirs = python(&case.request("sign", &options));
    assert!(theirs.unwrap_err().contains("symlink"));
    assert!(sign_model(&case.path("model"), &signer, &options, None).is_err());
    options.walk.allow_symlinks = true;
    case.round(&signer, &trust, &options, &json!({}));
}

#[test]
fn certificates_agree() {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let case = Case::new(key());
    let root = CertifiedIssuer::self_signed(authority_params("root"), key()).unwrap();
    let between = CertifiedIssuer::signed_by(authority_params("between"), key(), &root).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "signer");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.not_before = rcgen::date_time_ymd(2026, 3, 1);
    params.not_after = rcgen::date_time_ymd(2026, 5, 1);
    let leaf = params.signed_by(&case.key.certified, &between).unwrap();
    for (name, pem) in [
        ("leaf.pem", leaf.pem()),
        ("between.pem", between.pem()),
        ("root.pem", root.pem()),
    ] {
        std::fs::write(case.path(name), pem).unwrap();
    }
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    let signer = ModelSigner::with_certificate(
        case.key.private.clone(),
        read(leaf.der()),
        vec![read(between.der())],
    )
    .unwrap();
    let trust = Trust::Certificates(vec![read(root.der())]);
    // The chain is what is signed with, and what is trusted: the intermediate does no harm there.
    let extra = json!({
        "certificate": case.path("leaf.pem"),
        "chain": [case.path("between.pem"), case.path("root.pem")],
    });
    case.round(&signer, &trust, &SignOptions::default(), &extra);
    let other = CertifiedIssuer::self_signed(authority_params("root"), key()).unwrap();
    std::fs::write(case.path("other.pem"), other.pem()).unwrap();
    let mut request = case.request("verify", &SignOptions::default());
    request["chain"] = json!([case.path("other.pem")]);
    assert!(python(&request).is_err());
    let trust = Trust::Certificates(vec![read(other.der())]);
    assert!(case.verify(&trust, &SignOptions::default()).is_err());
}

#[test]
fn sigstore_verifies_the_bundles_that_our_tests_make() {
    let case = Case::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let sigstore = Sigstore::new();
    let options = SignOptions::default();
    let manifest = hash_model(&case.path("model"), &options, None).unwrap();
    let payload = manifest.to_json().unwrap();
    let service = |url: &str| {
        json!([{
            "url": url, "majorApiVersion": 1, "operator": "example",
            "validFor": { "start": "2026-01-01T00:00:00Z" },
        }])
    };
    let config = json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": sigstore.trusted_root(),
        "signingConfig": {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service("https://authority.example.org"),
            "oidcUrls": service("https://accounts.example.org"),
            "rekorTlogUrls": service("https://log.example.org"),
            "rekorTlogConfig": { "selector": "ANY" },
            "tsaConfig": { "selector": "ANY" },
        },
    });
    std::fs::write(case.path("config.json"), config.to_string()).unwrap();
    let verify = |wrong: &Wrong, issuer: &str| {
        let bundle = sigstore.sign(&payload, wrong);
        std::fs::write(case.path("signature"), bundle.to_string()).unwrap();
        let mut request = case.request("verify", &options);
        request["trust_config"] = json!(case.path("config.json"));
        request["identity"] = json!(IDENTITY);
        request["issuer"] = json!(issuer);
        python(&request)
    };
    assert_eq!(verify(&Wrong::default(), ISSUER), Ok(()));
    assert!(verify(&Wrong::default(), "https://other.example.org").is_err());
    let wrong = Wrong {
        sct_over_other_issuer: true,
        ..Wrong::default()
    };
    assert!(verify(&wrong, ISSUER).is_err());
}
