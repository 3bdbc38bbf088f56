//! `sign` and `verify` with the words and options of the reference implementation of model signing
//! (`model_signing` 1.1), and with the signatures of files that other tools make.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::Machine;
use gw_attest::PrivateKey;
use gw_attest::bundle::BUNDLE_MEDIA_TYPE;
use gw_attest::certificate::Certificate;
use gw_core::Digest;
use serde_json::{Value, json};

/// A certificate of nobody, for its fingerprint.
const CERTIFICATE: &str = "MIIBgDCCASagAwIBAgIUWw4wLsLZfGoUENwMFVwrJkSWvsMwCgYIKoZIzj0EAwIw\
DzENMAsGA1UEAwwEZnV6ejAeFw0yNjExMjQyMjMwMzZaFw0zNjExMjEyMjMwMzZa\
MA8xDTALBgNVBAMMBGZ1enowWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQye5Ww\
XGoMAkCROWquW4c0EY0uXk2Tk2aIU8fOuJtozHyZB4vx4mV3mFJGoufsejzf3QS8\
3dw7YtGpYEmO2GX6o2AwXjAdBgNVHQ4EFgQUPwpJ9asNddfU05FjFUssyexJgHow\
HwYDVR0jBBgwFoAUPwpJ9asNddfU05FjFUssyexJgHowDwYDVR0TAQH/BAUwAwEB\
/zALBgNVHQ8EBAMCAoQwCgYIKoZIzj0EAwIDSAAwRQIgZZoec3Wlc1wE6gZNdacp\
zZYaQQutIyrPvWpjc+j2chkCIQC2st6TvwnDy3vPz9hK8y9Hx5R1DE2v66gJhclL\
b92HLQ==";

/// A P-256 key of a known number, in PKCS #8.
fn pem() -> String {
    let mut der = vec![0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7];
    der.extend_from_slice(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8]);
    der.extend_from_slice(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x27]);
    der.extend_from_slice(&[0x30, 0x25, 2, 1, 1, 4, 0x20]);
    der.extend_from_slice(&[7; 32]);
    let label = ["PRIVATE", "KEY"].join(" ");
    let body = STANDARD.encode(der);
    let (first, second) = body.split_at(64);
    format!("-----BEGIN {label}-----\n{first}\n{second}\n-----END {label}-----\n")
}

fn key() -> PrivateKey {
    PrivateKey::from_pem(&pem(), None).unwrap()
}

fn machine() -> Machine {
    let machine = Machine::new();
    machine.write("project/model/config.json", "{}");
    machine.write("project/model/skipped/x", "x");
    machine.write("project/model/.gitignore", "*.tmp");
    machine.write("project/key.pem", &pem());
    machine.write("project/key.pub", &key().public().to_pem());
    machine
}

const VERIFY: [&str; 7] = [
    "verify",
    "key",
    "model",
    "--signature",
    "s",
    "--public_key",
    "key.pub",
];

#[test]
fn the_words_and_options_of_the_reference_implementation_are_understood() {
    let machine = machine();
    let sign = [
        "sign",
        "key",
        "model",
        "--signature",
        "s",
        "--private_key",
        "key.pem",
        "--ignore-paths",
        "model/skipped",
        "--ignore-paths",
        "model/nowhere",
        "--no-ignore-git-paths",
        "--allow_symlinks",
    ];
    machine.run(&sign).exits(0).says("signed 2 files");
    let verify = |more: &[&str]| machine.run(&[&VERIFY, more].concat());
    verify(&["--no-ignore-git-paths"]).exits(0);
    verify(&["--no-ignore-git-paths", "--allow_symlinks"]).exits(0);
    // Options may be between the words.
    let between = ["verify", "key", "--signature", "s", "--no-ignore-git-paths"];
    let end = ["--public_key", "key.pub", "model"];
    machine.run(&[&between[..], &end].concat()).exits(0);
    // What the signer left out is left out; what is ignored and was signed is missing.
    verify(&["--ignore-git-paths"]).exits(1).says(".gitignore");
    machine.write("project/model/extra", "x");
    verify(&["--no-ignore-git-paths"]).exits(1).says("extra");
    verify(&["--no-ignore-git-paths", "--ignore_unsigned_files"]).exits(0);
    verify(&[
        "--no-ignore-git-paths",
        "--ignore_unsigned_files",
        "--no-ignore_unsigned_files",
    ])
    .exits(1);
    verify(&["--no-ignore-git-paths", "--ignore-paths", "model/extra"]).exits(0);
    // A model may be called as a method is.
    machine.write("project/key/weights", "x");
    let sign = [
        "sign",
        "key",
        "--signature",
        "t",
        "--private-key",
        "key.pem",
    ];
    machine.run(&sign).exits(0).says("signed 1 file");
    let verify = [
        "verify",
        "key",
        "--signature",
        "t",
        "--public-key",
        "key.pub",
    ];
    machine.run(&verify).exits(0);
}

#[test]
fn what_is_not_done_says_what_to_do_instead() {
    let machine = machine();
    let sign = |words: &[&str]| machine.run(&[&["sign"], words].concat()).exits(2);
    for words in [
        &["sigstore", "model"][..],
        &["sigstore", "model", "--use_staging", "--oauth_force_oob"],
        &["model", "--identity_token", "x"],
        &["model", "--use_ambient_credentials"],
        &["model", "--client_id", "a", "--client_secret", "b"],
        &["model", "--trust_config", "x"],
    ] {
        sign(words).says("model_signing sign");
    }
    for words in [
        &["pkcs11-key", "model", "--pkcs11_uri", "pkcs11:x"][..],
        &["pkcs11-certificate", "model"],
        &["model", "--pkcs11_uri", "pkcs11:x"],
    ] {
        sign(words).says("hardware");
    }
    sign(&["key", "model"]).says("--private-key");
    sign(&["certificate", "model", "--private-key", "key.pem"]).says("--signing-certificate");
    sign(&["other", "model", "--private-key", "key.pem"]).says("not `other`");

    let verify = |words: &[&str]| {
        machine.write("project/s", "{}");
        let all = [&["verify"], words, &["--signature", "s"]].concat();
        machine.run(&all).exits(2)
    };
    verify(&["key", "model"]).says("--public-key");
    verify(&["certificate", "model"]).says("--certificate-chain");
    verify(&[
        "sigstore",
        "model",
        "--identity",
        "a",
        "--identity_provider",
        "b",
    ])
    .says("--trust-root");
    verify(&[
        "sigstore",
        "model",
        "--use_staging",
        "--identity",
        "a",
        "--identity_provider",
        "b",
    ])
    .says("nothing is fetched");
    verify(&["pkcs11-key", "model", "--public_key", "key.pub"]).says("`verify key`");
    verify(&["other", "model", "--public_key", "key.pub"]).says("not `other`");
}

#[test]
fn fingerprints_of_certificates_are_shown() {
    let machine = machine();
    let bundle = json!({
        "mediaType": BUNDLE_MEDIA_TYPE,
        "verificationMaterial": {
            "x509CertificateChain": { "certificates": [{ "rawBytes": CERTIFICATE }] },
        },
        "dsseEnvelope": {
            "payload": "e30=",
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{ "sig": "AAAA" }],
        },
    });
    machine.write("project/s", &bundle.to_string());
    let der = STANDARD.decode(CERTIFICATE).unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    machine.write("project/root.pem", &certificate.to_pem());
    let fingerprint = certificate.fingerprint().to_string();
    let verify = [
        "verify",
        "certificate",
        "model",
        "--signature",
        "s",
        "--certificate_chain",
        "root.pem",
        "--certificate_chain",
        "root.pem",
        "--log_fingerprints",
    ];
    machine
        .run(&verify)
        .exits(1)
        .says(&format!("certificate of the signature: {fingerprint}"))
        .says(&format!("trusted certificate: {fingerprint}"));
}

/// What `cosign sign-blob --key --bundle` writes.
fn signature_of(content: &[u8]) -> Value {
    json!({
        "mediaType": BUNDLE_MEDIA_TYPE,
        "verificationMaterial": { "publicKey": { "hint": "hints are of one's own" } },
        "messageSignature": {
            "messageDigest": {
                "algorithm": "SHA2_256",
                "digest": STANDARD.encode(Digest::of(content).as_bytes()),
            },
            "signature": STANDARD.encode(key().sign(content)),
        },
    })
}

#[test]
fn the_signature_of_one_file_is_verified() {
    let machine = machine();
    machine.write("project/file", "content");
    machine.write("project/s", &signature_of(b"content").to_string());
    let verify = |file: &str, more: &[&str]| {
        let words = ["verify", file, "--signature", "s"];
        machine.run(&[&words, more].concat())
    };
    let good = ["--public-key", "key.pub"];
    verify("file", &good)
        .exits(0)
        .says("the file is what was signed")
        .says(&Digest::of(b"content").to_hex());
    let shown = verify("file", &["--public-key", "key.pub", "--json"]).exits(0);
    assert_eq!(shown.json()["verified"], json!(true));
    verify("model", &good).exits(1).says("this is a folder");
    verify("nowhere", &good).exits(2);
    machine.write("project/other.pub", &other().to_pem());
    verify("file", &["--public-key", "other.pub"])
        .exits(1)
        .says("does not verify");
    machine.write("project/file", "changed");
    verify("file", &good)
        .exits(1)
        .says("the file is not what was signed");
    // The digest that the bundle names is no proof.
    let mut lying = signature_of(b"content");
    if let Some(digest) = lying.pointer_mut("/messageSignature/messageDigest/digest") {
        *digest = json!(STANDARD.encode(Digest::of(b"changed").as_bytes()));
    }
    machine.write("project/s", &lying.to_string());
    verify("file", &good).exits(1).says("does not verify");
}

/// The key that the certificate is for.
fn other() -> gw_attest::PublicKey {
    let der = STANDARD.decode(CERTIFICATE).unwrap();
    Certificate::from_der(&der).unwrap().public_key().unwrap()
}
