use super::*;
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "mediaType": BUNDLE_MEDIA_TYPE,
        "verificationMaterial": { "publicKey": { "hint": "abc" }, "tlogEntries": [] },
        "dsseEnvelope": {
            "payloadType": "application/vnd.in-toto+json",
            "payload": "e30=",
            "signatures": [{ "sig": "AAAA", "keyid": null }],
        },
    })
}

fn parse(value: &Value) -> Result<Bundle, BundleError> {
    Bundle::parse(value.to_string().as_bytes())
}

#[test]
fn reads_what_it_writes() {
    for material in [
        Material::PublicKey { hint: None },
        Material::PublicKey {
            hint: Some("x".to_owned()),
        },
        Material::Chain(vec![vec![1, 2], vec![3]]),
        Material::Certificate(vec![9; 40]),
    ] {
        let mut bundle = parse(&document()).unwrap();
        bundle.material = material;
        bundle.timestamps = vec![vec![5; 3]];
        bundle.tlog_entries = vec![TlogEntry {
            log_index: u64::MAX,
            log_id: Some(LogId {
                key_id: vec![1; 32],
            }),
            kind_version: KindVersion {
                kind: "dsse".to_owned(),
                version: "0.0.1".to_owned(),
            },
            integrated_time: 5,
            inclusion_promise: None,
            inclusion_proof: Some(InclusionProof {
                log_index: 1,
                root_hash: vec![2; 32],
                tree_size: 2,
                hashes: vec![vec![3; 32]],
                checkpoint: None,
            }),
            canonicalized_body: b"{}".to_vec(),
        }];
        let again = Bundle::parse(&bundle.to_json().unwrap()).unwrap();
        assert_eq!(again, bundle);
    }
}

#[test]
fn refuses_what_is_no_bundle_or_two_in_one() {
    let check = |pointer: &str, value: Value, expected: &str| {
        let mut document = document();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
        let error = parse(&document).unwrap_err().to_string();
        assert!(error.contains(expected), "{pointer}: {error}");
    };
    check("/mediaType", json!("application/json"), "media type");
    check(
        "/mediaType",
        json!("application/vnd.dev.sigstore.bundle.v0.4+json"),
        "media type",
    );
    check("/dsseEnvelope", Value::Null, "neither");
    let message = json!({ "signature": "AAAA" });
    check("/messageSignature", message, "both");
    check("/verificationMaterial", json!({}), "it has 0");
    check(
        "/verificationMaterial/certificate",
        json!({ "rawBytes": "AAAA" }),
        "it has 2",
    );
    check(
        "/verificationMaterial/tlogEntries",
        Value::Array(vec![
            json!({ "kindVersion": { "kind": "", "version": "" } });
            33
        ]),
        "more than 32",
    );
    let twice = document()
        .to_string()
        .replacen('{', r#"{"mediaType":"x","#, 1);
    assert!(Bundle::parse(twice.as_bytes()).is_err());
}
