use super::provenance::{PROVENANCE_V1, Source, same_repository};
use super::*;
use gw_attest::{PrivateKey, Signature, SigningKey};
use gw_core::Digest;
use serde_json::json;

fn artifact() -> ArtifactDigests {
    ArtifactDigests::of(b"artifact")
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn trust(seeds: &[u8]) -> Vec<Trust> {
    let keys = seeds.iter().map(|seed| key(*seed).public());
    keys.map(|key| Trust::Key(Box::new(key))).collect()
}

fn envelope(statement: &Value, seeds: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let payload = statement.to_string().into_bytes();
    let message = pre_authentication_encoding(PAYLOAD_TYPE, &payload);
    let signatures = seeds.iter().map(|seed| Signature {
        keyid: String::new(),
        sig: encode(&PrivateKey::from(key(*seed)).sign(&message)),
    });
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: encode(&payload),
        signatures: signatures.collect(),
    };
    envelope.to_json().unwrap()
}

const REPOSITORY: &str = "https://github.com/example/project";
const BUILDER: &str = "https://builder.example/v1";
const COMMIT: &str = "c27d339ee6075c1f744c5d4b200f7901aad2c369";

fn v1() -> Value {
    json!({
        "_type": STATEMENT_TYPE,
        "subject": [
            { "name": "other", "digest": { "sha256": Digest::of(b"other").to_hex() } },
            { "name": "it", "digest": { "sha256": artifact().sha256().to_hex() } },
        ],
        "predicateType": PROVENANCE_V1,
        "predicate": {
            "buildDefinition": {
                "buildType": "https://type.example/v1",
                "externalParameters": {
                    "workflow": { "ref": "refs/heads/main", "repository": REPOSITORY, "path": "x" },
                },
                "resolvedDependencies": [{
                    "uri": format!("git+{REPOSITORY}@refs/heads/main"),
                    "digest": { "gitCommit": COMMIT },
                }],
            },
            "runDetails": { "builder": { "id": BUILDER } },
        },
    })
}

fn v02() -> Value {
    json!({
        "_type": STATEMENT_V01,
        "subject": [{ "name": "it", "digest": { "sha256": artifact().sha256().to_hex() } }],
        "predicateType": PROVENANCE_V02,
        "predicate": {
            "builder": { "id": BUILDER },
            "buildType": "https://type.example/v1",
            "invocation": { "configSource": {
                "uri": format!("git+{REPOSITORY}@refs/heads/main"),
                "digest": { "sha1": COMMIT },
            } },
        },
    })
}

fn verify(statement: &Value, expected: &Expectations) -> Result<VerifiedStatement, String> {
    let options = VerifyOptions::at(gw_core::Time::UNIX_EPOCH);
    let bytes = envelope(statement, &[1]);
    verify_statement(&bytes, &artifact(), &trust(&[1]), expected, &options)
        .map_err(|e| e.to_string())
}

fn expectations() -> Expectations {
    Expectations {
        predicate_type: None,
        builder_id: Some(BUILDER.to_owned()),
        source_uri: Some("github.com/example/project.git".to_owned()),
        source_ref: Some("main".to_owned()),
        source_commit: Some(COMMIT.to_uppercase()),
        build_type: Some("https://type.example/v1".to_owned()),
        threshold: 1,
    }
}

#[test]
fn provenance_of_both_versions_meets_what_is_expected() {
    for statement in [v1(), v02()] {
        let verified = verify(&statement, &expectations()).unwrap();
        assert_eq!(verified.subject, "it");
        assert_eq!(verified.signers.len(), 1);
    }
}

#[test]
fn each_expectation_that_is_not_met_is_named() {
    let check = |expected: Expectations, why: &str| {
        for statement in [v1(), v02()] {
            let error = verify(&statement, &expected).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    };
    let some = |text: &str| Some(text.to_owned());
    let good = expectations();
    check(
        Expectations {
            builder_id: some("https://evil.example"),
            ..good.clone()
        },
        "the builder is",
    );
    check(
        Expectations {
            build_type: some("x"),
            ..good.clone()
        },
        "the type of build is",
    );
    check(
        Expectations {
            source_uri: some("https://github.com/example/projec"),
            ..good.clone()
        },
        "it was built from `",
    );
    check(
        Expectations {
            source_uri: some("https://github.com.evil.example/project"),
            ..good.clone()
        },
        "it was built from `",
    );
    check(
        Expectations {
            source_uri: some("https://github.com/Example/project"),
            ..good.clone()
        },
        "it was built from `",
    );
    check(
        Expectations {
            source_ref: some("release"),
            ..good.clone()
        },
        "expected release",
    );
    check(
        Expectations {
            source_ref: some("refs/tags/main"),
            ..good.clone()
        },
        "expected refs/tags/main",
    );
    check(
        Expectations {
            source_commit: some(&"0".repeat(40)),
            ..good.clone()
        },
        "the commit c27d",
    );
    check(
        Expectations {
            predicate_type: some("https://x"),
            ..good
        },
        "predicate type is",
    );
}

#[test]
fn what_provenance_does_not_say_is_not_met() {
    let mut bare = v1();
    bare["predicate"] = json!({});
    let error = verify(&bare, &expectations()).unwrap_err();
    assert!(error.contains("names no builder"), "{error}");
    let source = Expectations {
        builder_id: None,
        build_type: None,
        ..expectations()
    };
    assert!(
        verify(&bare, &source)
            .unwrap_err()
            .contains("names no source")
    );
    bare["predicateType"] = json!("https://in-toto.io/attestation/test-result/v0.1");
    assert!(
        verify(&bare, &source)
            .unwrap_err()
            .contains("says nothing about builder")
    );
    assert!(verify(&bare, &Expectations::default()).is_ok());
}

#[test]
fn it_must_be_about_the_artifact_and_a_statement() {
    let mut other = v1();
    other["subject"].as_array_mut().unwrap().pop();
    let error = verify(&other, &Expectations::default()).unwrap_err();
    assert!(
        error.contains("about something else") && error.contains("`other`"),
        "{error}"
    );
    // By SHA-512 alone, as npm names packages; and by two digests of which one is another's.
    let sha512 = hex::encode(gw_attest::Sha2::Sha512.digest(b"artifact"));
    let sha256 = artifact().sha256().to_hex();
    let named = |digests: Value| {
        let mut statement = v1();
        statement["subject"] = json!([{ "name": "it", "digest": digests }]);
        verify(&statement, &Expectations::default())
    };
    assert!(named(json!({ "sha512": sha512 })).is_ok());
    assert!(named(json!({ "sha512": sha512.to_uppercase(), "sha256": sha256 })).is_ok());
    assert!(named(json!({ "sha512": sha512, "sha1": "00" })).is_ok());
    for other in [
        json!({}),
        json!({ "sha1": "00" }),
        json!({ "sha512": sha256 }),
        json!({ "sha512": sha512, "sha256": "0".repeat(64) }),
        json!({ "sha512": "0".repeat(128), "sha256": sha256 }),
    ] {
        let error = named(other.clone()).unwrap_err();
        assert!(error.contains("about something else"), "{other}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("artifact");
    std::fs::write(&path, "artifact").unwrap();
    assert_eq!(ArtifactDigests::of_file(&path).unwrap(), artifact());
    let mut old = v1();
    old["_type"] = json!(STATEMENT_V01);
    assert!(
        verify(&old, &Expectations::default())
            .unwrap_err()
            .contains("_type")
    );
}

#[test]
fn several_signatures_count_by_key() {
    let options = VerifyOptions::at(gw_core::Time::UNIX_EPOCH);
    let check = |signed: &[u8], trusted: &[u8], threshold, expected: Option<&str>| {
        let bytes = envelope(&v1(), signed);
        let expectations = Expectations {
            threshold,
            ..Expectations::default()
        };
        let verified = verify_statement(
            &bytes,
            &artifact(),
            &trust(trusted),
            &expectations,
            &options,
        );
        let error = verified.err().map(|e| e.to_string());
        match (&error, expected) {
            (None, None) => {}
            (Some(error), Some(expected)) if error.contains(expected) => {}
            _ => panic!("{signed:?} {trusted:?} {threshold}: {error:?}"),
        }
    };
    check(&[1], &[1], 1, None);
    check(&[3, 1], &[1, 2], 0, None);
    check(&[1, 2], &[1, 2], 2, None);
    check(&[1, 1], &[1, 2], 2, Some("1 of the trusted keys"));
    check(&[3], &[1], 1, Some("does not verify"));
    check(&[], &[1], 1, Some("0 signatures"));
    check(&[1; 65], &[1], 1, Some("65 signatures"));
}

#[test]
fn addresses_of_repositories_are_compared_as_meant() {
    let same = |a: &str, b: &str, expected| assert_eq!(same_repository(a, b), expected, "{a} {b}");
    same(
        "git+https://GitHub.com/a/b.git",
        "https://github.com/a/b/",
        true,
    );
    same("github.com/a/b", "https://github.com/a/b", true);
    same("http://github.com/a/b", "https://github.com/a/b", false);
    same("https://github.com/a/B", "https://github.com/a/b", false);
    let source = Source::parse("git+ssh://git@host.example/a/b@refs/tags/v1");
    assert_eq!(source.repository, "git+ssh://git@host.example/a/b");
    assert_eq!(source.reference.as_deref(), Some("refs/tags/v1"));
}
