//! Signatures that somebody made to deceive or to exhaust the verifier.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::Key;
use gw_attest::{PAYLOAD_TYPE, PublicKey, Scheme, Sha2, pre_authentication_encoding};
use gw_core::Digest;
use gw_sign::{
    ModelSigner, SignOptions, Trust, VerifiedModel, VerifyError, VerifyOptions, sign_model,
    verify_model,
};
use serde_json::{Value, json};

/// Longer than anything here should take, on a slow machine without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

struct Case {
    folder: tempfile::TempDir,
    key: Key,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        common::model(folder.path());
        Self {
            folder,
            key: Key::new(),
        }
    }

    fn verify(&self, bundle: &[u8]) -> Result<VerifiedModel, VerifyError> {
        let trust = Trust::Key(Box::new(self.key.private.public()));
        let options = VerifyOptions::at("2026-04-01T12:00:00Z".parse().unwrap());
        verify_model(self.folder.path(), bundle, &trust, &options, None)
    }

    #[track_caller]
    fn refused(&self, bundle: &[u8], why: &str) {
        let started = Instant::now();
        let said = match self.verify(bundle) {
            Err(VerifyError::Refused(refusal)) => refusal.to_string(),
            other => panic!("expected `{why}`: {other:?}"),
        };
        assert!(said.contains(why), "expected `{why}`: {said:.500}");
        assert!(said.len() < 10_000, "so much is said: {}", said.len());
        assert!(!said.contains('\u{1b}') && !said.contains('\0'));
        assert!(started.elapsed() < PATIENCE, "{why}");
    }

    /// An honest signature of the model.
    fn honest(&self) -> Value {
        let signer = ModelSigner::with_key(self.key.private.clone());
        let signed = sign_model(self.folder.path(), &signer, &SignOptions::default(), None);
        serde_json::from_slice(&signed.unwrap().bundle.to_json().unwrap()).unwrap()
    }

    fn payload(&self) -> Value {
        let payload = self.honest()["dsseEnvelope"]["payload"].clone();
        let payload = STANDARD.decode(payload.as_str().unwrap()).unwrap();
        serde_json::from_slice(&payload).unwrap()
    }

    /// A good signature over any payload: the signer is hostile.
    fn signs(&self, payload: &[u8]) -> Vec<u8> {
        let message = pre_authentication_encoding(PAYLOAD_TYPE, payload);
        let mut bundle = self.honest();
        bundle["dsseEnvelope"]["payload"] = json!(STANDARD.encode(payload));
        bundle["dsseEnvelope"]["signatures"][0]["sig"] =
            json!(STANDARD.encode(self.key.private.sign(&message)));
        bundle.to_string().into_bytes()
    }

    /// A signed list of these names, all with the digest of `{}`.
    fn lists(&self, names: &[&str], digest_name: &str) -> Vec<u8> {
        let digest = Digest::of(b"{}");
        let mut payload = self.payload();
        payload["predicate"]["resources"] = names
            .iter()
            .map(
                |name| json!({ "name": name, "algorithm": digest_name, "digest": digest.to_hex() }),
            )
            .collect();
        let all: Vec<u8> = names.iter().flat_map(|_| *digest.as_bytes()).collect();
        payload["subject"][0]["digest"]["sha256"] = json!(Digest::of(&all).to_hex());
        self.signs(payload.to_string().as_bytes())
    }
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let case = Case::new();
    for (name, why) in [
        ("../config.json", "it leads out of the model"),
        ("weights/../../etc/passwd", "it leads out of the model"),
        ("/etc/passwd", "it is absolute"),
        ("", "it is empty"),
        ("./config.json", "`.` component"),
        ("weights//a.bin", "a component is empty"),
        ("weights/", "a component is empty"),
        ("config.json\0", "a zero byte"),
        (&"x/".repeat(3000), "longer than 4096"),
    ] {
        case.refused(&case.lists(&[name], "sha256"), why);
    }
    // On Unix these are names like others, of files that are not there.
    for name in [
        "..\\config.json",
        "C:\\config.json",
        "weights\\a.bin",
        "\u{1b}[2Jx",
    ] {
        case.refused(&case.lists(&["config.json", name], "sha256"), "missing (1)");
    }
    case.refused(
        &case.lists(&["config.json", "config.json"], "sha256"),
        "`config.json` is listed twice",
    );
    case.refused(
        &case.lists(&[".", "config.json"], "sha256"),
        "of a single file and has other files",
    );
    case.refused(&case.lists(&[], "sha256"), "not signed (5)");
}

#[test]
fn digests_by_other_names_are_refused() {
    let case = Case::new();
    for name in [
        "md5",
        "sha1",
        "SHA256",
        "sha-256",
        "sha256 ",
        "sha512",
        "blake3",
        "sha256-sharded-5",
        "",
    ] {
        case.refused(&case.lists(&["config.json"], name), "is no sha256 digest");
    }
    let mut payload = case.payload();
    for (pointer, value, why) in [
        (
            "/predicate/serialization/hash_type",
            json!("md5"),
            "not a manifest",
        ),
        (
            "/predicate/serialization/method",
            json!("trust me"),
            "not a manifest",
        ),
        (
            "/subject/0/digest",
            json!({ "sha512": "00" }),
            "no SHA-256 digest",
        ),
        ("/subject/0/digest/sha256", json!("00"), "no SHA-256 digest"),
        (
            "/subject/0/digest/sha256",
            json!("0".repeat(64)),
            "contradicts itself",
        ),
        ("/subject", json!([]), "0 subjects"),
        (
            "/_type",
            json!("https://in-toto.io/Statement/v0.1"),
            "not an in-toto Statement v1",
        ),
        (
            "/predicateType",
            json!("https://model_signing/signature/v9"),
            "no model signature",
        ),
        ("/predicate", json!({}), "not a manifest"),
    ] {
        let good = payload.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        case.refused(&case.signs(payload.to_string().as_bytes()), why);
        payload = good;
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    let case = Case::new();
    let honest = case.honest().to_string();
    let payload = case.payload().to_string();
    let twice = |text: &str, field: &str, value: &str| {
        let found = format!("\"{field}\":");
        assert!(text.contains(&found), "{field}");
        text.replacen(&found, &format!("{found}{value},{found}"), 1)
    };
    for (field, value) in [
        ("mediaType", r#""x""#),
        ("verificationMaterial", "{}"),
        ("dsseEnvelope", "{}"),
        ("payload", r#""e30=""#),
        ("payloadType", r#""text/plain""#),
        ("signatures", "[]"),
        ("sig", r#""AAAA""#),
        ("hint", r#""x""#),
    ] {
        case.refused(twice(&honest, field, value).as_bytes(), "cannot be read");
    }
    for (field, value) in [
        ("_type", r#""x""#),
        ("predicateType", r#""x""#),
        ("predicate", "{}"),
        ("subject", "[]"),
        ("resources", "[]"),
        ("serialization", "{}"),
        ("hash_type", r#""blake3""#),
        ("algorithm", r#""md5""#),
        ("ignore_paths", r#"["weights"]"#),
    ] {
        case.refused(
            &case.signs(twice(&payload, field, value).as_bytes()),
            "not a manifest",
        );
    }
}

#[test]
fn envelopes_are_of_one_sort_with_one_signature() {
    let case = Case::new();
    let honest = case.honest();
    assert!(case.verify(honest.to_string().as_bytes()).is_ok());
    let check = |change: &dyn Fn(&mut Value), why: &str| {
        let mut bundle = honest.clone();
        change(&mut bundle);
        case.refused(bundle.to_string().as_bytes(), why);
    };
    check(
        &|bundle| {
            let list = &mut bundle["dsseEnvelope"]["signatures"];
            *list = json!([list[0], { "sig": "AAAA" }]);
        },
        "2 signatures",
    );
    check(
        &|b| b["dsseEnvelope"]["signatures"] = json!([]),
        "0 signatures",
    );
    check(
        &|b| b["dsseEnvelope"]["payloadType"] = json!("application/vnd.in-toto+json "),
        "payload of type",
    );
    check(
        &|b| b["dsseEnvelope"]["payloadType"] = json!(""),
        "payload of type",
    );
    check(
        &|b| b["messageSignature"] = json!({ "signature": "AAAA" }),
        "it has both",
    );
    check(
        &|b| b["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v9+json"),
        "media type",
    );
    check(
        &|b| b["verificationMaterial"]["publicKey"]["hint"] = json!("00"),
        "another key",
    );
    check(
        &|b| b["verificationMaterial"]["certificate"] = json!({ "rawBytes": "AAAA" }),
        "it has 2",
    );
    check(
        &|b| b["verificationMaterial"] = json!({ "certificate": { "rawBytes": "AAAA" } }),
        "a certificate",
    );
}

#[test]
fn base64_is_read_in_both_alphabets_and_nothing_else() {
    let case = Case::new();
    let honest = case.honest();
    let sig = honest["dsseEnvelope"]["signatures"][0]["sig"]
        .as_str()
        .unwrap();
    let bytes = STANDARD.decode(sig).unwrap();
    let with = |text: &str| {
        let mut bundle = honest.clone();
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = json!(text);
        bundle.to_string().into_bytes()
    };
    let url = base64::engine::general_purpose::URL_SAFE.encode(&bytes);
    assert!(case.verify(&with(&url)).is_ok());
    for bad in [
        format!(" {sig}"),
        format!("{sig}\n"),
        format!("{sig}="),
        format!("{sig}AAAA===="),
        format!("{}%3D", sig.trim_end_matches('=')),
        hex::encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes[..1]) + "=",
        "\u{ff21}".to_owned(),
    ] {
        assert!(case.verify(&with(&bad)).is_err(), "{bad}");
    }
    // The last letter may only have bits that count.
    let loose = STANDARD.encode([1]).replace('Q', "R");
    case.refused(&with(&loose), "not base64");
}

#[test]
fn size_and_depth_are_bounded() {
    let case = Case::new();
    for open in ["[", "{\"a\":", "{\"mediaType\":"] {
        case.refused(open.repeat(2_000_000).as_bytes(), "cannot be read");
        case.refused(
            &case.signs(open.repeat(200_000).as_bytes()),
            "not a manifest",
        );
    }
    let mut deep = case.honest();
    deep["unknown"] = json!(1);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = deep
        .to_string()
        .replace("\"unknown\":1", &format!("\"unknown\":{nested}"));
    // What is not known is passed over, without a stack that grows with it.
    assert!(case.verify(deep.as_bytes()).is_ok());
    // As many names as a very large model has, of which one is there.
    let mut names: Vec<String> = (0..50_000)
        .map(|number| format!("weights/{number}"))
        .collect();
    names.push("config.json".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    case.refused(&case.lists(&names, "sha256"), "missing (50000)");
    // Larger than any bundle may be.
    let large = vec![b' '; gw_attest::bundle::MAX_BUNDLE + 1];
    case.refused(&large, "more than");
    let mut many = case.honest();
    many["verificationMaterial"]["tlogEntries"] = json!(vec![
        json!({ "kindVersion": { "kind": "", "version": "" } });
        5000
    ]);
    case.refused(many.to_string().as_bytes(), "5000 log entries");
    let mut many = case.honest();
    many["verificationMaterial"] = json!({ "x509CertificateChain": { "certificates": vec![json!({ "rawBytes": "" }); 5000] } });
    case.refused(many.to_string().as_bytes(), "5000 certificates");
}

/// A DER integer or sequence of a short content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, u8::try_from(content.len()).unwrap()];
    out.extend_from_slice(content);
    out
}

fn der_signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    der(0x30, &[der(2, r), der(2, s)].concat())
}

/// The order of P-256 (FIPS 186-4 appendix D.1.2.3).
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

#[test]
fn ecdsa_signatures_of_zero_or_beyond_the_order_are_wrong() {
    let case = Case::new();
    let key = case.key.private.public();
    let order = hex::decode(ORDER).unwrap();
    let above = [&[0], &order[..]].concat();
    let mut after = above.clone();
    *after.last_mut().unwrap() += 1;
    let with = |signature: &[u8]| {
        let mut bundle = case.honest();
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = json!(STANDARD.encode(signature));
        bundle.to_string().into_bytes()
    };
    for signature in [
        der_signature(&[0], &[0]),
        der_signature(&[0], &[1]),
        der_signature(&[1], &[0]),
        der_signature(&[1], &[1]),
        der_signature(&above, &[1]),
        der_signature(&[1], &above),
        der_signature(&after, &after),
        der_signature(&[0xff], &[1]),
        der_signature(&[0, 1], &[1]),
        der_signature(&[], &[]),
        vec![],
        vec![0; 64],
    ] {
        case.refused(&with(&signature), "does not verify");
        assert!(key.verify(b"message", &signature).is_err());
    }
    // A message has two signatures that differ in the sign of s; FIPS 186-5 takes both, and so do
    // the others. What follows signed bytes: nothing.
    let message = b"message";
    let good = case.key.private.sign(message);
    assert!(key.verify(message, &good).is_ok());
    assert!(key.verify(message, &[&good[..], &[0]].concat()).is_err());
    let opposite = opposite(&good, &order);
    assert_ne!(opposite, good);
    assert!(
        key.verify_as(Scheme::Ecdsa(Sha2::Sha256), message, &opposite)
            .is_ok()
    );
}

/// The same signature with the order less s.
fn opposite(signature: &[u8], order: &[u8]) -> Vec<u8> {
    let first = usize::from(signature[3]);
    let r = &signature[4..4 + first];
    let s = &signature[6 + first..];
    let mut padded = vec![0; 32_usize.saturating_sub(s.len())];
    padded.extend_from_slice(&s[s.len().saturating_sub(32)..]);
    let mut borrow = 0_i16;
    let mut out = [0; 32];
    for index in (0..32).rev() {
        let mut digit = i16::from(order[index]) - i16::from(padded[index]) - borrow;
        borrow = i16::from(digit < 0);
        digit += borrow * 256;
        out[index] = u8::try_from(digit).unwrap();
    }
    let zeros = out.iter().take_while(|byte| **byte == 0).count();
    let mut s = out[zeros..].to_vec();
    if s[0] & 0x80 != 0 {
        s.insert(0, 0);
    }
    der_signature(r, &s)
}

#[test]
fn ed25519_keys_of_small_order_sign_nothing() {
    // Points of order 1, 2, 4 and 8, for which one signature fits many messages.
    for point in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        let point: [u8; 32] = hex::decode(point).unwrap().try_into().unwrap();
        // It may be refused as a key, or as the key of a signature.
        let Ok(key) = PublicKey::from_ed25519_bytes(&point) else {
            continue;
        };
        let mut signature = [0; 64];
        for r in [point, {
            let mut neutral = [0; 32];
            neutral[0] = 1;
            neutral
        }] {
            signature[..32].copy_from_slice(&r);
            for message in [&b""[..], b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"] {
                assert!(key.verify(message, &signature).is_err(), "{point:?}");
            }
        }
    }
}
