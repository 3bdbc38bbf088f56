//! Model signing against the reference implementation, `model-signing` of PyPI, in both directions.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use common::{Key, Python, authority_params};
use gw_attest::bundle::Bundle;
use gw_attest::certificate::Certificate;
use gw_attest::oms::{HashType, Method};
use gw_core::Time;
use gw_sign::{
    ModelSigner, SignOptions, Trust, VerifyError, VerifyOptions, WalkOptions, sign_model,
    verify_model,
};
use rcgen::{
    CertificateParams, CertifiedIssuer, DnType, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512,
};
use serde_json::{Value, json};

struct Case {
    folder: tempfile::TempDir,
    key: Key,
    python: RefCell<Python>,
}

/// Files whose names order differently by characters than by components, and in UTF-16 than in
/// UTF-8, and such as nobody expects.
const NAMES: [&str; 13] = [
    "weights-x",
    "empty",
    "\u{fc}",
    "u\u{308}",
    "\u{ff5e}",
    "\u{1f600}",
    "a b",
    "it's \"quoted\"",
    "back\\slash",
    "line\nbreak",
    "weights/.git/HEAD",
    "weights/.github/workflow.yml",
    ".gitignore",
];

impl Case {
    fn new(key: KeyPair) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = Self {
            key: Key::of(key),
            folder,
            python: RefCell::new(Python::start("oms.py")),
        };
        common::model(&case.path("model"));
        for name in NAMES {
            let content = if name == "empty" { "" } else { name };
            let path = case.path("model").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        std::fs::create_dir_all(case.path("model/nothing/in/it")).unwrap();
        std::fs::write(case.path("key"), case.key.certified.serialize_pem()).unwrap();
        std::fs::write(case.path("key.pub"), case.key.private.public().to_pem()).unwrap();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn python(&self, request: &Value) -> Result<(), String> {
        self.python.borrow_mut().agrees(request)
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
            "ignore_git": options.walk.ignore_git_paths,
            "symlinks": options.walk.allow_symlinks,
        })
    }

    fn verify(&self, trust: &Trust, options: &SignOptions) -> Result<(), VerifyError> {
        let bundle = std::fs::read(self.path("signature")).unwrap();
        let mut verify = VerifyOptions::at(now());
        verify.walk.allow_symlinks = options.walk.allow_symlinks;
        verify.walk.ignore_git_paths = options.walk.ignore_git_paths;
        verify_model(&self.path("model"), &bundle, trust, &verify, None).map(|_| ())
    }

    /// What the signature says of the model.
    fn payload(&self) -> Value {
        let bundle = std::fs::read(self.path("signature")).unwrap();
        let bundle = Bundle::parse(&bundle).unwrap();
        serde_json::from_slice(&bundle.envelope().unwrap().payload().unwrap()).unwrap()
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
        let mut payloads = Vec::new();
        for ours in [true, false] {
            if ours {
                let signed = sign_model(&self.path("model"), signer, options, None).unwrap();
                let bundle = signed.bundle.to_json().unwrap();
                std::fs::write(self.path("signature"), bundle).unwrap();
            } else {
                self.python(&request("sign")).unwrap();
            }
            payloads.push(self.payload());
            assert_eq!(self.python(&request("verify")), Ok(()), "{options:?}");
            self.verify(trust, options).unwrap();
            std::fs::write(&target, "changed").unwrap();
            let theirs = self.python(&request("verify"));
            assert!(theirs.unwrap_err().contains("mismatch"), "{options:?}");
            assert!(self.verify(trust, options).is_err(), "{options:?}");
            std::fs::write(&target, &original).unwrap();
        }
        // The model's one digest, and each file's in their order.
        for part in ["/subject", "/predicate/resources"] {
            let [ours, theirs] = [&payloads[0], &payloads[1]].map(|payload| payload.pointer(part));
            assert!(ours.is_some());
            assert_eq!(ours, theirs, "{options:?}");
        }
    }
}

fn now() -> Time {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

#[cfg(unix)]
#[test]
fn every_key_method_hash_and_choice_of_files_agrees() {
    let methods = [
        (Method::Files, HashType::Sha256),
        (Method::Files, HashType::Blake2b),
        (Method::Files, HashType::Blake3),
        (Method::Shards { size: 5 }, HashType::Sha256),
        (Method::Shards { size: 1 }, HashType::Blake2b),
        (
            Method::Shards {
                size: 1_000_000_000,
            },
            HashType::Sha256,
        ),
    ];
    let ignored: [&[&str]; 3] = [&[], &["weights/deep", "config.json"], &["a b", "nothing"]];
    for curve in [
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P521_SHA512,
    ] {
        let case = Case::new(KeyPair::generate_for(curve).unwrap());
        let signer = ModelSigner::with_key(case.key.private.clone());
        let trust = Trust::Key(Box::new(case.key.private.public()));
        std::fs::write(case.path("elsewhere"), "elsewhere").unwrap();
        for allow_symlinks in [false, true] {
            if allow_symlinks {
                for (target, link) in [("../elsewhere", "link"), ("weights.txt", "inside")] {
                    std::os::unix::fs::symlink(target, case.path("model").join(link)).unwrap();
                }
            }
            for (method, hash) in methods {
                for ignore in ignored {
                    for ignore_git_paths in [true, false] {
                        let options = SignOptions {
                            walk: WalkOptions {
                                ignore_paths: ignore.iter().map(ToString::to_string).collect(),
                                ignore_git_paths,
                                allow_symlinks,
                            },
                            method,
                            hash,
                            ..SignOptions::default()
                        };
                        case.round(&signer, &trust, &options, &json!({}));
                    }
                }
            }
        }
    }
}

#[test]
fn a_single_file_and_a_signature_inside_of_the_model_agree() {
    let case = Case::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let signer = ModelSigner::with_key(case.key.private.clone());
    let trust = Trust::Key(Box::new(case.key.private.public()));
    let options = SignOptions::default();
    let file = case.path("model/config.json");
    let verify = |bundle: &[u8], model: &Path, walk: WalkOptions| {
        let options = VerifyOptions {
            walk,
            ..VerifyOptions::at(now())
        };
        verify_model(model, bundle, &trust, &options, None)
    };
    let with = |case: &Case, what: &str, model: &Path, signature: &Path, ignore: &[&str]| {
        let mut request = case.request(what, &options);
        request["model"] = json!(model);
        request["signature"] = json!(signature);
        request["ignore"] = json!(ignore);
        case.python(&request)
    };
    let outside = case.path("signature");
    let signed = sign_model(&file, &signer, &options, None).unwrap();
    std::fs::write(&outside, signed.bundle.to_json().unwrap()).unwrap();
    assert_eq!(with(&case, "verify", &file, &outside, &[]), Ok(()));
    with(&case, "sign", &file, &outside, &[]).unwrap();
    let bundle = std::fs::read(&outside).unwrap();
    assert!(verify(&bundle, &file, WalkOptions::default()).is_ok());

    let model = case.path("model");
    let inside = model.join("model.sig");
    let ignoring = WalkOptions {
        ignore_paths: vec!["model.sig".to_owned()],
        ..WalkOptions::default()
    };
    std::fs::write(&inside, "of yesterday").unwrap();
    let options_inside = SignOptions {
        walk: ignoring.clone(),
        ..SignOptions::default()
    };
    let signed = sign_model(&model, &signer, &options_inside, None).unwrap();
    std::fs::write(&inside, signed.bundle.to_json().unwrap()).unwrap();
    assert_eq!(
        with(&case, "verify", &model, &inside, &["model.sig"]),
        Ok(())
    );
    with(&case, "sign", &model, &inside, &["model.sig"]).unwrap();
    let bundle = std::fs::read(&inside).unwrap();
    assert!(verify(&bundle, &model, ignoring).is_ok());
}

#[cfg(unix)]
#[test]
fn links_are_refused_on_both_sides_unless_they_are_allowed() {
    let case = Case::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let signer = ModelSigner::with_key(case.key.private.clone());
    let options = SignOptions::default();
    std::fs::write(case.path("elsewhere"), "elsewhere").unwrap();
    std::os::unix::fs::symlink("../elsewhere", case.path("model/link")).unwrap();
    let theirs = case.python(&case.request("sign", &options));
    assert!(theirs.unwrap_err().contains("symlink"));
    assert!(sign_model(&case.path("model"), &signer, &options, None).is_err());
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
    assert!(case.python(&request).is_err());
    let trust = Trust::Certificates(vec![read(other.der())]);
    assert!(case.verify(&trust, &SignOptions::default()).is_err());
}
