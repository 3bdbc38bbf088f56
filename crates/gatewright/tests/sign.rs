//! `sign` and `verify`: what is printed, and the exit codes.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::Machine;
use gw_attest::{PAYLOAD_TYPE, PrivateKey, SigningKey, pre_authentication_encoding};
use gw_core::Digest;
use serde_json::json;

/// A machine with a model and a key.
fn machine() -> (Machine, SigningKey) {
    let machine = Machine::new();
    machine.write("project/model/config.json", "{}");
    machine.write("project/model/weights.bin", "weights");
    let key = SigningKey::from_seed(&[9; 32]);
    machine.write("project/key", &key.to_pem(None).unwrap());
    machine.write("project/key.pub", &key.public().to_pem());
    let other = SigningKey::from_seed(&[8; 32]).public();
    machine.write("project/other.pub", &other.to_pem());
    (machine, key)
}

const SIGN: [&str; 7] = [
    "sign",
    "model",
    "--signature",
    "model/model.sig",
    "--private-key",
    "key",
    "--ed25519-extension",
];
const VERIFY: [&str; 4] = ["verify", "model", "--signature", "model/model.sig"];

#[test]
fn a_model_is_signed_and_verified_and_what_differs_is_named() {
    let (machine, _) = machine();
    machine.run(&SIGN[..6]).exits(2).says("no Ed25519");
    machine
        .run(&SIGN)
        .exits(0)
        .says("signed 2 files")
        .says("an extension");
    let verify = |more: &[&str]| machine.run(&[&VERIFY, more].concat());
    let key = ["--public-key", "key.pub"];
    // The signature lies in the model, and is no part of it.
    verify(&key)
        .exits(0)
        .says("verified: 2 files")
        .says("not covered (ignored): model.sig")
        .says("an extension that other tools do not verify");
    verify(&["--public_key", "key.pub", "--strict"])
        .exits(1)
        .says("--strict refuses");
    verify(&["--public-key", "other.pub"])
        .exits(1)
        .says("another key");
    machine.write("project/model/extra", "x");
    machine.write("project/model/weights.bin", "Weights");
    verify(&key)
        .exits(1)
        .says("extra")
        .says("weights.bin: signed sha256:");
    verify(&["--public-key", "key.pub", "--files", "config.json"])
        .exits(0)
        .says("1 file; 1 signed file not asked for");
    verify(&["--public-key", "key.pub", "--files", "extra"])
        .exits(1)
        .says("not among");
    machine.write("project/model/weights.bin", "weights");
    verify(&["--public-key", "key.pub", "--ignore_unsigned_files"])
        .exits(0)
        .says("not covered (not signed): extra");
    verify(&["--public-key", "key.pub", "--ignore-paths", "model/extra"]).exits(0);
    let json = verify(&["--public-key", "key.pub", "--json"])
        .exits(1)
        .json();
    assert_eq!(json["verified"], json!(false));
}

#[test]
fn what_could_not_be_done_is_no_refusal() {
    let (machine, _) = machine();
    machine.run(&SIGN).exits(0);
    machine.run(&VERIFY).exits(2).says("say whom to trust");
    let with = |more: &[&str]| machine.run(&[&VERIFY, more].concat());
    with(&["--public-key", "nowhere"]).exits(2).says("nowhere");
    with(&["--public-key", "key"]).exits(2).says("key");
    with(&["--trust-root", "key"]).exits(2);
    with(&["--identity", "a", "--identity-provider", "b"])
        .exits(2)
        .says("--trust-root");
    let verify = [
        "verify",
        "nowhere",
        "--signature",
        "model/model.sig",
        "--public-key",
        "key.pub",
    ];
    machine.run(&verify).exits(2).says("nowhere");
    let verify = [
        "verify",
        "model",
        "--signature",
        "nowhere",
        "--public-key",
        "key.pub",
    ];
    machine.run(&verify).exits(2).says("cannot read nowhere");
    // What is there, but no signature, is refused.
    machine.write("project/model/model.sig", "{}");
    with(&["--public-key", "key.pub"])
        .exits(1)
        .says("not a sigstore bundle");
}

#[test]
fn an_attestation_is_held_against_what_is_expected() {
    let (machine, key) = machine();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "w", "digest": { "sha256": Digest::of(b"weights").to_hex() } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://type.example/v1",
                "externalParameters": {},
                "resolvedDependencies": [{
                    "uri": "git+https://host.example/project@refs/heads/main",
                    "digest": { "gitCommit": "abc" },
                }],
            },
            "runDetails": { "builder": { "id": "https://builder.example" } },
        },
    })
    .to_string();
    let message = pre_authentication_encoding(PAYLOAD_TYPE, statement.as_bytes());
    let signature = PrivateKey::from(key).sign(&message);
    let envelope = json!({
        "payloadType": PAYLOAD_TYPE,
        "payload": STANDARD.encode(&statement),
        "signatures": [{ "sig": STANDARD.encode(signature) }],
    });
    machine.write("project/provenance.json", &envelope.to_string());
    let verify = |file: &str, more: &[&str]| {
        let base = [
            "verify",
            file,
            "--statement",
            "provenance.json",
            "--public-key",
            "key.pub",
        ];
        machine.run(&[&base, more].concat())
    };
    let weights = "model/weights.bin";
    verify(weights, &[]).exits(0).says("provenance/v1");
    verify("model/config.json", &[])
        .exits(1)
        .says("about something else");
    let source = [
        "--source-uri",
        "host.example/project",
        "--source-ref",
        "main",
    ];
    verify(weights, &source).exits(0);
    verify(weights, &["--builder-id", "https://builder.example"]).exits(0);
    verify(weights, &["--builder-id", "https://other.example"])
        .exits(1)
        .says("the builder is");
    verify(weights, &["--source-uri", "host.example/other"])
        .exits(1)
        .says("it was built from");
    verify(weights, &["--predicate-type", "provenance"]).exits(0);
    verify(weights, &["--predicate-type", "openvex"])
        .exits(1)
        .says("predicate type");
    verify(weights, &["--predicate-type", "unknown"]).exits(2);
    verify("model", &[]).exits(2).says("is no file");
}
