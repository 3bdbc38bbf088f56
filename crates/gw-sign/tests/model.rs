//! Signing and verifying models with keys.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Case, options, refused};
use gw_attest::oms::{HashType, Method, old_pre_authentication_encoding};
use gw_attest::{PAYLOAD_TYPE, PrivateKey, SigningKey, pre_authentication_encoding};
use gw_core::Digest;
use gw_sign::{
    Cache, Digests, ModelSigner, Refusal, SignError, SignOptions, VerifyError, VerifyOptions,
    WalkOptions, sign_model, verify_model,
};
use serde_json::{Value, json};

#[test]
fn every_method_and_hash_verifies_and_names_what_differs() {
    for method in [Method::Files, Method::Shards { size: 5 }] {
        for hash in [HashType::Sha256, HashType::Blake2b, HashType::Blake3] {
            let case = Case::new();
            let bundle = case.sign(&SignOptions {
                method,
                hash,
                ..SignOptions::default()
            });
            let verified = case.verify(&bundle, &options()).unwrap();
            assert_eq!(verified.included.files.len(), 5);
            assert_eq!(verified.omitted.ignored.len(), 2, "what belongs to git");
            assert_eq!(verified.name, "model");

            case.write("weights/b.bin", "bbbbbbbbbXbb");
            case.write("config.json", "{} ");
            case.write("extra", "x");
            std::fs::remove_file(case.model().join("weights/deep/c")).unwrap();
            let Err(VerifyError::Refused(Refusal::Differences(found))) =
                case.verify(&bundle, &options())
            else {
                panic!("{method:?} {hash}: it was not refused");
            };
            let changed: Vec<_> = found.changed.iter().map(|c| c.path.as_str()).collect();
            assert_eq!(changed, ["config.json", "weights/b.bin"]);
            if let Method::Shards { .. } = method {
                assert_eq!(found.changed[1].range, Some((5, 10)));
            }
            assert_eq!(found.missing, ["weights/deep/c"]);
            assert_eq!(found.unsigned, ["extra"]);
        }
    }
}

#[test]
fn a_single_file_is_a_model() {
    let case = Case::new();
    let file = case.model().join("config.json");
    let signer = ModelSigner::with_key(case.key.private.clone());
    let signed = sign_model(&file, &signer, &SignOptions::default(), None).unwrap();
    assert_eq!(signed.manifest.resources()[0].path.as_str(), ".");
    let bundle = signed.bundle.to_json().unwrap();
    let verify = |path: &Path| verify_model(path, &bundle, &case.trust(), &options(), None);
    assert!(verify(&file).is_ok());
    refused(verify(&case.model().join("weights.txt")), "changed (1)");
    refused(verify(&case.model()), "not signed (5)");
}

#[test]
fn unsigned_files_and_parts_only_count_if_asked_for() {
    let case = Case::new();
    let bundle = case.sign(&SignOptions::default());
    case.write("extra", "x");
    case.write("weights/a.bin", "changed");
    let with = |files: &[&str], ignore_unsigned_files| VerifyOptions {
        files: files.iter().map(ToString::to_string).collect(),
        ignore_unsigned_files,
        ..options()
    };
    refused(case.verify(&bundle, &with(&[], false)), "extra");
    refused(case.verify(&bundle, &with(&[], true)), "weights/a.bin");
    let verified = case.verify(&bundle, &with(&["config.json", "weights/deep/"], false));
    let verified = verified.unwrap();
    assert_eq!(
        (verified.included.files.len(), verified.omitted.files),
        (2, 3)
    );
    refused(
        case.verify(&bundle, &with(&["weights"], false)),
        "weights/a.bin",
    );
    for unknown in ["extra", "weight", "../model/config.json", "/config.json"] {
        let result = case.verify(&bundle, &with(&[unknown], false));
        refused(result, "not among the signed files");
    }
    case.write("weights/a.bin", "aaaa");
    let verified = case.verify(&bundle, &with(&[], true)).unwrap();
    assert_eq!(verified.omitted.unsigned, ["extra"]);
}

#[test]
fn what_is_ignored_is_signed_and_shown() {
    let case = Case::new();
    let ignoring = |ignore_git_paths| SignOptions {
        walk: WalkOptions {
            ignore_paths: vec!["weights".to_owned()],
            ignore_git_paths,
            allow_symlinks: false,
        },
        ..SignOptions::default()
    };
    let bundle = case.sign(&ignoring(true));
    case.write("weights/a.bin", "changed");
    case.write(".git/HEAD", "changed");
    let verified = case.verify(&bundle, &options()).unwrap();
    assert_eq!(verified.included.files.len(), 2);
    assert!(verified.omitted.ignored.contains(&"weights".to_owned()));
    // `weights.txt` only begins alike.
    case.write("weights.txt", "changed");
    refused(case.verify(&bundle, &options()), "weights.txt");
    let bundle = case.sign(&ignoring(false));
    let mut all = options();
    all.walk.ignore_git_paths = false;
    assert_eq!(case.verify(&bundle, &all).unwrap().included.files.len(), 4);
    case.write(".git/HEAD", "again");
    refused(case.verify(&bundle, &all), ".git/HEAD");
}

#[cfg(unix)]
#[test]
fn links_and_special_files_are_refused_unless_they_are_harmless() {
    use std::os::unix::fs::symlink;
    let case = Case::new();
    let signer = ModelSigner::with_key(case.key.private.clone());
    let mut follow = SignOptions::default();
    follow.walk.allow_symlinks = true;
    let mut verify_follow = options();
    verify_follow.walk.allow_symlinks = true;
    std::fs::write(case.folder.path().join("outside"), "outside").unwrap();
    symlink("../outside", case.model().join("link")).unwrap();
    let plain = sign_model(&case.model(), &signer, &SignOptions::default(), None);
    assert!(matches!(plain, Err(SignError::Obstacle { path, .. }) if path == "link"));
    let bundle = case.sign(&follow);
    refused(case.verify(&bundle, &options()), "symbolic link");
    let verified = case.verify(&bundle, &verify_follow).unwrap();
    assert_eq!(verified.included.files.len(), 6);
    std::fs::write(case.folder.path().join("outside"), "changed").unwrap();
    refused(case.verify(&bundle, &verify_follow), "link: signed");
    std::fs::write(case.folder.path().join("outside"), "outside").unwrap();

    // A link to a folder brings nothing new if the folder is in the model.
    symlink("weights", case.model().join("same")).unwrap();
    assert!(case.verify(&bundle, &verify_follow).is_ok());
    for (target, why) in [
        ("..", "outside of the model"),
        (".git", "left out"),
        ("nowhere", "leads nowhere"),
    ] {
        let link = case.model().join("bad");
        symlink(target, &link).unwrap();
        refused(case.verify(&bundle, &verify_follow), why);
        std::fs::remove_file(link).unwrap();
    }
    let socket = std::os::unix::net::UnixListener::bind(case.model().join("socket")).unwrap();
    refused(
        case.verify(&bundle, &verify_follow),
        "neither a file nor a folder",
    );
    drop(socket);
}

#[test]
fn the_signature_must_be_of_this_key_over_this_payload() {
    let case = Case::new();
    let bundle = case.sign(&SignOptions::default());
    let document: Value = serde_json::from_slice(&bundle).unwrap();
    let verify = |value: &Value| case.verify(value.to_string().as_bytes(), &options());
    let other = Case::new();
    let by_other = verify_model(&case.model(), &bundle, &other.trust(), &options(), None);
    refused(by_other, "another key");
    let mut hidden = document.clone();
    hidden["verificationMaterial"]["publicKey"] = json!({});
    assert!(!verify(&hidden).unwrap().notes.is_empty());
    let strict = VerifyOptions {
        strict: true,
        ..options()
    };
    refused(
        case.verify(hidden.to_string().as_bytes(), &strict),
        "--strict",
    );
    let by_other = verify_model(
        &case.model(),
        hidden.to_string().as_bytes(),
        &other.trust(),
        &options(),
        None,
    );
    refused(by_other, "does not verify");

    let payload = STANDARD
        .decode(document["dsseEnvelope"]["payload"].as_str().unwrap())
        .unwrap();
    let mut changed = document.clone();
    let spaced = [&payload[..], b" "].concat();
    changed["dsseEnvelope"]["payload"] = json!(STANDARD.encode(spaced));
    refused(verify(&changed), "does not verify");
    let mut twice = document.clone();
    let signature = twice["dsseEnvelope"]["signatures"][0].clone();
    twice["dsseEnvelope"]["signatures"]
        .as_array_mut()
        .unwrap()
        .push(signature);
    refused(verify(&twice), "2 signatures");
    // 64 bytes are no DER.
    let mut raw = document.clone();
    raw["dsseEnvelope"]["signatures"][0]["sig"] = json!(STANDARD.encode([1; 64]));
    refused(verify(&raw), "does not verify");
    refused(case.verify(b"not json", &options()), "cannot be read");
}

#[test]
fn the_old_encoding_needs_a_switch_and_the_old_statement_none() {
    let case = Case::new();
    let digest = |path: &str| {
        let content = std::fs::read(case.model().join(path)).unwrap();
        json!({ "name": path, "digest": { "sha256": Digest::of(&content).to_hex() } })
    };
    let files = [
        "config.json",
        "weights.txt",
        "weights/a.bin",
        "weights/b.bin",
        "weights/deep/c",
    ];
    let payload = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": files.map(digest),
        "predicateType": "https://model_signing/Digests/v0.1",
        "predicate": { "unused": "it's \\ \"quoted\"" },
    })
    .to_string()
    .into_bytes();
    let bundle = |message: &[u8]| {
        let signature = case.key.private.sign(message);
        json!({
            "mediaType": gw_attest::bundle::BUNDLE_MEDIA_TYPE,
            // As releases before 1.0 wrote it.
            "verificationMaterial": { "publicKey": { "rawBytes": "AAAA", "keyDetails": "x" } },
            "dsseEnvelope": {
                "payload": STANDARD.encode(&payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{ "sig": STANDARD.encode(signature) }],
            },
        })
        .to_string()
        .into_bytes()
    };
    let compat = VerifyOptions {
        old_encoding: true,
        ..options()
    };
    let strict = VerifyOptions {
        strict: true,
        ..compat.clone()
    };
    let old = bundle(&old_pre_authentication_encoding(PAYLOAD_TYPE, &payload));
    refused(case.verify(&old, &options()), "--compat");
    assert_eq!(case.verify(&old, &compat).unwrap().notes.len(), 3);
    refused(case.verify(&old, &strict), "--strict");
    let new = bundle(&pre_authentication_encoding(PAYLOAD_TYPE, &payload));
    assert!(case.verify(&new, &options()).is_ok());
    case.write("config.json", "changed");
    refused(case.verify(&new, &options()), "config.json");
}

#[test]
fn ed25519_is_marked_as_an_extension() {
    let mut case = Case::new();
    let key = SigningKey::from_seed(&[1; 32]);
    case.key.private = PrivateKey::from(key);
    let signer = ModelSigner::with_key(case.key.private.clone());
    let plain = sign_model(&case.model(), &signer, &SignOptions::default(), None);
    assert!(matches!(plain, Err(SignError::Ed25519)));
    let bundle = case.sign(&SignOptions {
        ed25519_extension: true,
        ..SignOptions::default()
    });
    let verified = case.verify(&bundle, &options()).unwrap();
    assert!(verified.notes[0].contains("extension"));
    let strict = VerifyOptions {
        strict: true,
        ..options()
    };
    refused(case.verify(&bundle, &strict), "--strict");
}

#[test]
fn supplied_and_kept_digests_save_reading() {
    let case = Case::new();
    let bundle = case.sign(&SignOptions::default());
    let lie = Digest::of(b"{}").to_hex();
    let list = |digest: &str| VerifyOptions {
        digests: Some(Digests::parse(&format!("{digest}  ./config.json\n")).unwrap()),
        ..options()
    };
    case.write("config.json", "changed, but the list says otherwise");
    assert_eq!(
        case.verify(&bundle, &list(&lie)).unwrap().included.supplied,
        1
    );
    case.write("config.json", "{}");
    refused(case.verify(&bundle, &list(&"0".repeat(64))), "config.json");

    let path = case.folder.path().join("cache");
    let run = || {
        let mut cache = Cache::open(&path).unwrap();
        let verified = verify_model(
            &case.model(),
            &bundle,
            &case.trust(),
            &options(),
            Some(&mut cache),
        );
        cache.save().unwrap();
        verified.map(|verified| (verified.included.hashed, verified.included.cached))
    };
    assert_eq!(run().unwrap(), (5, 0));
    // So soon after the files were written nothing is certain.
    assert_eq!(run().unwrap(), (5, 0));
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(later).unwrap();
    assert_eq!(run().unwrap(), (0, 5));
    case.write("config.json", "[]");
    refused(
        match run() {
            Err(error) => Err(error),
            Ok(counts) => panic!("{counts:?}"),
        },
        "config.json",
    );
    std::fs::write(&path, "something else").unwrap();
    assert!(Cache::open(&path).is_err());
}
