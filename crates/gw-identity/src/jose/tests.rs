use gw_attest::SigningKey;
use gw_core::{Time, parse_time};
use p256::ecdsa::signature::Signer as _;
use serde_json::{Value, json};

use super::*;
use crate::encoding;

const ISSUER: &str = "https://issuer.example";
const US: &str = "client-1";

fn ed_key() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

fn es_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[5; 32]).unwrap()
}

fn jwks() -> Value {
    let es = es_key();
    let point = es.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let ed = ed_key().public().ed25519_bytes().unwrap();
    json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "alg": "EdDSA",
         "x": encoding::encode(&ed)},
        {"kty": "EC", "crv": "P-256", "kid": "es", "x": encoding::encode(x),
         "y": encoding::encode(y)},
        {"kty": "oct", "kid": "secret", "k": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "kid": "enc", "use": "enc", "x": encoding::encode(&ed)},
        {"kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB"},
    ]})
}

fn set(value: &Value) -> JwkSet {
    JwkSet::parse(value.to_string().as_bytes()).unwrap()
}

fn token(header: &Value, payload: &Value) -> String {
    let signed = format!(
        "{}.{}",
        encoding::encode(header.to_string().as_bytes()),
        encoding::encode(payload.to_string().as_bytes())
    );
    let signature = if header["alg"] == "ES256" {
        let signature: p256::ecdsa::Signature = es_key().sign(signed.as_bytes());
        signature.to_bytes().to_vec()
    } else {
        ed_key().sign(signed.as_bytes()).to_vec()
    };
    format!("{signed}.{}", encoding::encode(&signature))
}

fn verify(token: &str, keys: &JwkSet) -> Result<Vec<u8>, JwsError> {
    let jws = Jws::parse(token, &Algorithm::ALL)?;
    jws.verify(keys).map(<[u8]>::to_vec)
}

#[test]
fn verifies_rfc_8037_appendix_a_4() {
    let keys = set(&json!({"keys": [{"kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}));
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCj\
                 P0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(verify(token, &keys).unwrap(), b"Example of Ed25519 signing");
}

#[test]
fn the_key_and_the_algorithm_must_belong_together() {
    let keys = set(&jwks());
    assert_eq!(keys.keys().len(), 2);
    let payload = json!({"a": 1});
    let check = |header: Value, expected: Result<(), JwsError>| {
        let result = verify(&token(&header, &payload), &keys).map(drop);
        assert_eq!(result, expected, "{header}");
    };
    let unknown = |kid: &str| Err(JwsError::UnknownKey(kid.to_owned()));
    let algorithm = |name: &str| Err(JwsError::Algorithm(name.to_owned()));
    check(json!({"alg": "EdDSA", "kid": "ed"}), Ok(()));
    check(json!({"alg": "Ed25519", "kid": "ed"}), Ok(()));
    check(json!({"alg": "ES256", "kid": "es", "typ": "JWT"}), Ok(()));
    check(json!({"alg": "EdDSA"}), Ok(()));
    check(json!({"alg": "EdDSA", "kid": "es"}), unknown("es"));
    check(json!({"alg": "ES256", "kid": "ed"}), unknown("ed"));
    check(json!({"alg": "RS256", "kid": "ed"}), unknown("ed"));
    check(json!({"alg": "EdDSA", "kid": "enc"}), unknown("enc"));
    check(json!({"alg": "EdDSA", "kid": ""}), unknown(""));
    check(
        json!({"alg": "EdDSA", "kid": "../../ed"}),
        unknown("../../ed"),
    );
    check(
        json!({"alg": "EdDSA", "kid": "' OR 1=1 --"}),
        unknown("' OR 1=1 --"),
    );
    for name in ["none", "None", "HS256", "HS512", "dir", "", "eddsa"] {
        check(json!({"alg": name, "kid": "ed"}), algorithm(name));
    }
    for field in ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"] {
        let mut header = json!({"alg": "EdDSA", "kid": "ed"});
        header[field] = json!("https://evil.example/keys");
        check(header, Err(JwsError::HeaderField(field)));
    }
    let signed = token(&json!({"alg": "EdDSA", "kid": "ed"}), &payload);
    let only = Jws::parse(&signed, &[Algorithm::Es256]);
    assert_eq!(only.unwrap_err(), JwsError::Algorithm("EdDSA".to_owned()));
}

#[test]
fn forged_and_broken_tokens_are_refused() {
    let keys = set(&jwks());
    let good = token(&json!({"alg": "EdDSA", "kid": "ed"}), &json!({"a": 1}));
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let other = encoding::encode(br#"{"a":2}"#);
    let none = encoding::encode(br#"{"alg":"none"}"#);
    let twice = encoding::encode(br#"{"alg":"none","alg":"EdDSA","kid":"ed"}"#);
    for bad in [
        format!("{header}.{other}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{none}.{payload}."),
        format!("{twice}.{payload}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload}.{signature}="),
        format!(" {good}"),
        format!("{header}.{payload}.{}", &signature[..84]),
        "..".to_owned(),
        String::new(),
        "a".repeat(20_000),
    ] {
        assert!(verify(&bad, &keys).is_err(), "{bad}");
    }
    // A public key is no secret of an HMAC.
    let es = token(&json!({"alg": "ES256", "kid": "es"}), &json!({"a": 1}));
    assert!(verify(&es, &keys).is_ok());
    let (signed, _) = es.rsplit_once('.').unwrap();
    let zeros = format!("{signed}.{}", encoding::encode(&[0; 64]));
    assert_eq!(verify(&zeros, &keys), Err(JwsError::Signature));
}

#[test]
fn two_keys_of_one_id_are_none() {
    let mut value = jwks();
    let mut again = value["keys"][0].clone();
    value["keys"].as_array_mut().unwrap().push(again.clone());
    let good = token(&json!({"alg": "EdDSA", "kid": "ed"}), &json!({}));
    assert!(matches!(
        verify(&good, &set(&value)),
        Err(JwsError::UnknownKey(_))
    ));
    again["alg"] = json!("ES512");
    let set = set(&json!({"keys": [again, value["keys"][1]]}));
    assert!(verify(&good, &set).is_err());
}

#[test]
fn key_sets_are_bounded() {
    for (bad, expected) in [
        ("{}", "not a JSON Web Key set"),
        (r#"{"keys":[]}"#, "no key"),
        (r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "no key"),
        (
            &format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(200)),
            "too large",
        ),
        (&" ".repeat(300_000), "too large"),
    ] {
        let error = JwkSet::parse(bad.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

fn now() -> Time {
    parse_time("2026-11-25T00:00:00Z").unwrap()
}

fn claims(change: impl FnOnce(&mut Value)) -> Result<Claims, ClaimError> {
    let second = now().as_second();
    let mut value = json!({"iss": ISSUER, "sub": "ann", "aud": US, "exp": second + 300,
        "iat": second - 5, "nonce": "n-1", "groups": ["a", "b"]});
    change(&mut value);
    let expected = Expected {
        issuer: ISSUER,
        audience: US,
        nonce: Some("n-1"),
        max_age: 3600,
    };
    Claims::check(value.to_string().as_bytes(), &expected, now())
}

#[test]
fn claims_are_checked_one_by_one() {
    let second = now().as_second();
    let good = claims(|_| ()).unwrap();
    assert_eq!(
        (good.text("sub"), good.texts("groups")),
        (Some("ann"), vec!["a", "b"])
    );
    let check = |name: &str, value: Value, expected: Option<ClaimError>| {
        let result = claims(|claims| claims[name] = value.clone());
        assert_eq!(result.err(), expected, "{name}: {value}");
    };
    use ClaimError::{Audience, Expired, Issuer, Nonce, NotYet, Subject};
    check("iss", json!("https://issuer.example/"), Some(Issuer));
    check("iss", json!("https://evil.example"), Some(Issuer));
    check("aud", json!(["client-1"]), None);
    check("aud", json!(["client-1", "client-2"]), Some(Audience));
    check("aud", json!("client-2"), Some(Audience));
    check("aud", json!([]), Some(Audience));
    check("azp", json!("client-2"), Some(Audience));
    check("azp", json!("client-1"), None);
    check("exp", json!(second - 59), Some(NotYet));
    check("exp", json!(second - 60), Some(Expired));
    check("exp", json!(second as f64 + 0.5), None);
    check("iat", json!(second + 60), None);
    check("iat", json!(second + 61), Some(NotYet));
    check("iat", json!(second - 3601), Some(Expired));
    check("nbf", json!(second + 60), None);
    check("nbf", json!(second + 61), Some(NotYet));
    check("nonce", json!("n-2"), Some(Nonce));
    check("nonce", Value::Null, Some(Nonce));
    check("sub", json!(""), Some(Subject));
    check("sub", json!("x".repeat(256)), Some(Subject));
    let both = claims(|claims| {
        claims["aud"] = json!(["client-1", "client-2"]);
        claims["azp"] = json!("client-1");
    });
    assert!(both.is_ok());
    for name in ["iss", "sub", "aud", "exp", "iat"] {
        let result = claims(|claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert!(matches!(result, Err(ClaimError::Shape(_))), "{name}");
    }
    for (name, value) in [
        ("exp", json!("soon")),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("iat", json!(u64::MAX)),
        ("sub", json!(7)),
    ] {
        let result = claims(|claims| claims[name] = value.clone());
        assert!(
            matches!(result, Err(ClaimError::Shape(_))),
            "{name} {value}"
        );
    }
}
