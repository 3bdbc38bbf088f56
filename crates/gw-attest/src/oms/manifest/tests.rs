use super::*;
use crate::oms::HashType;
use serde_json::{Value, json};

fn digest(byte: u8) -> ContentDigest {
    ContentDigest::new(HashType::Sha256, vec![byte; 32]).unwrap()
}

fn file(path: &str, byte: u8) -> Resource {
    Resource {
        path: ModelPath::parse(path).unwrap(),
        range: None,
        digest: digest(byte),
    }
}

fn manifest() -> Manifest {
    let serialization = Serialization {
        ignore_paths: vec!["model.sig".to_owned()],
        ..Serialization::default()
    };
    Manifest::new("m", serialization, vec![file("a.b", 2), file("a/b", 1)]).unwrap()
}

fn document() -> Value {
    serde_json::from_slice(&manifest().to_json().unwrap()).unwrap()
}

fn parse(value: &Value) -> Result<Manifest, ManifestError> {
    Manifest::parse(value.to_string().as_bytes())
}

/// The digest of the list of `value`, so that what is changed there is consistent again.
fn consistent(mut value: Value) -> Value {
    let mut hasher = sha2::Sha256::new();
    for resource in value["predicate"]["resources"].as_array().unwrap() {
        hasher.update(hex::decode(resource["digest"].as_str().unwrap()).unwrap());
    }
    value["subject"][0]["digest"]["sha256"] = json!(hex::encode(hasher.finalize()));
    value
}

#[test]
fn is_written_as_the_format_says() {
    let expected_root = Digest::of(&[[1; 32], [2; 32]].concat());
    assert_eq!(
        document(),
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": "m", "digest": { "sha256": expected_root.to_hex() } }],
            "predicateType": "https://model_signing/signature/v1.0",
            "predicate": {
                "serialization": {
                    "method": "files",
                    "hash_type": "sha256",
                    "allow_symlinks": false,
                    "ignore_paths": ["model.sig"],
                },
                "resources": [
                    { "name": "a/b", "algorithm": "sha256", "digest": "01".repeat(32) },
                    { "name": "a.b", "algorithm": "sha256", "digest": "02".repeat(32) },
                ],
            },
        })
    );
    assert_eq!(parse(&document()), Ok(manifest()));
}

#[test]
fn shards_are_named_by_their_bytes() {
    let serialization = Serialization {
        method: Method::Shards { size: 10 },
        hash: HashType::Blake2b,
        ..Serialization::default()
    };
    let shard = |start, end| Resource {
        path: ModelPath::parse("f").unwrap(),
        range: Some((start, end)),
        digest: ContentDigest::new(HashType::Blake2b, vec![7; 64]).unwrap(),
    };
    // By number and not by text: 20 comes before 100.
    let shards = vec![shard(100, 105), shard(0, 10), shard(20, 30)];
    let manifest = Manifest::new("m", serialization.clone(), shards).unwrap();
    let written: Value = serde_json::from_slice(&manifest.to_json().unwrap()).unwrap();
    let names: Vec<_> = written["predicate"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["f:0:10", "f:20:30", "f:100:105"]);
    let algorithm = &written["predicate"]["resources"][0]["algorithm"];
    assert_eq!(algorithm, "blake2b-sharded-10");
    assert_eq!(parse(&written), Ok(manifest));
    let colon = Resource {
        path: ModelPath::parse("a:b").unwrap(),
        ..shard(0, 1)
    };
    assert!(Manifest::new("m", serialization, vec![colon]).is_err());
}

#[test]
fn what_contradicts_itself_or_leads_elsewhere_is_refused() {
    let check = |pointer: &str, value: Value, expected: &str| {
        let mut changed = document();
        *changed.pointer_mut(pointer).unwrap() = value;
        let changed = if pointer.starts_with("/subject") {
            changed
        } else {
            consistent(changed)
        };
        let error = parse(&changed).unwrap_err().to_string();
        assert!(error.contains(expected), "{pointer}: {error}");
    };
    check(
        "/subject/0/digest/sha256",
        json!("00".repeat(32)),
        "contradicts itself",
    );
    check("/subject/0/digest", json!({ "sha512": "00" }), "no SHA-256");
    check("/subject", json!([]), "0 subjects");
    check(
        "/_type",
        json!("https://in-toto.io/Statement/v0.1"),
        "Statement v1",
    );
    check(
        "/predicateType",
        json!("https://slsa.dev/provenance/v1"),
        "no model signature",
    );
    check(
        "/predicate/resources/0/name",
        json!("../etc/passwd"),
        "leads out",
    );
    check(
        "/predicate/resources/0/name",
        json!("/etc/passwd"),
        "absolute",
    );
    check("/predicate/resources/0/name", json!("a.b"), "listed twice");
    check("/predicate/resources/0/name", json!("."), "single file");
    check(
        "/predicate/resources/0/algorithm",
        json!("md5"),
        "no sha256 digest",
    );
    check(
        "/predicate/resources/0/algorithm",
        json!("blake3"),
        "no sha256 digest",
    );
    check(
        "/predicate/resources/0/digest",
        json!("0101"),
        "no sha256 digest",
    );
    check(
        "/predicate/serialization/method",
        json!("tensors"),
        "neither files nor shards",
    );
    check(
        "/predicate/serialization/hash_type",
        json!("md5"),
        "none of",
    );
}

#[test]
fn shard_sizes_are_whole_and_ranges_not_empty() {
    let check = |size: Value, name: &str, expected: Option<&str>| {
        let written = size.as_u64().unwrap_or(10);
        let value = consistent(json!({
            "_type": STATEMENT_TYPE,
            "subject": [{ "name": "m", "digest": { "sha256": "" } }],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "serialization": {
                    "method": "shards", "hash_type": "sha256", "allow_symlinks": false,
                    "shard_size": size,
                },
                "resources": [{
                    "name": name,
                    "algorithm": format!("sha256-sharded-{written}"),
                    "digest": "01".repeat(32),
                }],
            },
        }));
        let error = parse(&value).err().map(|e| e.to_string());
        let as_expected = match (&error, expected) {
            (None, None) => true,
            (Some(error), Some(expected)) => error.contains(expected),
            _ => false,
        };
        assert!(as_expected, "{size} {name}: {error:?}");
    };
    check(json!(10), "f:0:5", None);
    check(json!(10.0), "f:0:5", None);
    check(json!(10), "a:b:0:5", None);
    check(json!(0), "f:0:5", Some("above zero"));
    check(json!(-1), "f:0:5", Some("above zero"));
    check(json!(0.5), "f:0:5", Some("above zero"));
    check(json!(10), "f:5:5", Some("no shard"));
    check(json!(10), "f:+1:5", Some("no shard"));
    check(json!(10), "f:0", Some("no shard"));
    check(json!(10), "../f:0:5", Some("leads out"));
}

#[test]
fn the_earlier_form_has_a_subject_for_each_file() {
    let earlier = json!({
        "_type": STATEMENT_TYPE,
        "subject": [
            { "name": "a", "digest": { "sha256": "01".repeat(32) } },
            { "name": "d/b", "digest": { "sha256": "02".repeat(32) } },
        ],
        "predicateType": EARLIER_PREDICATE_TYPE,
        "predicate": { "unused": "Unused, just passed due to API requirements" },
    });
    let manifest = parse(&earlier).unwrap();
    assert_eq!(manifest.resources(), [file("a", 1), file("d/b", 2)]);
    assert_eq!(manifest.predicate_type, EARLIER_PREDICATE_TYPE);
    let mut twice = earlier;
    twice["subject"][1]["name"] = json!("a");
    assert!(matches!(parse(&twice), Err(ManifestError::Duplicate(_))));
}
