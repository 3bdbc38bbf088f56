//! What authenticators, browsers and identity providers send.

use gw_identity::jose::{Algorithm, Claims, Expected, JwkSet, Jws};
use gw_identity::webauthn::{
    ApprovalProof, Assertion, AuthenticatorData, Cbor, CoseKey, Credential, Policy, Registration,
    RelyingParty, challenge_of, verify_assertion, verify_registration,
};
use gw_identity::{Pattern, ServiceToken};

/// {"fmt": "none", "attStmt": {}, "authData": the head of authenticator data}.
const ATTESTATION: &[u8] = b"\xa3cfmtdnonegattStmt\xa0hauthDataD\x01\x02\x03\x04";

/// A key for ES256 without its point, and one for EdDSA.
const KEYS: [&[u8]; 2] = [
    b"\xa5\x01\x02\x03\x26\x20\x01\x21\x41\x00\x22\x41\x00",
    b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a",
];

const CLIENT_DATA: &[u8] =
    br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://gw.example","crossOrigin":false}"#;

fn party() -> RelyingParty {
    RelyingParty {
        id: "gw.example".to_owned(),
        name: "Gatewright".to_owned(),
        origins: vec!["https://gw.example".to_owned()],
    }
}

/// CBOR: what is read is no longer than what was given, and a part of it is read alike.
pub fn cbor(data: &[u8]) {
    if let Ok((value, length)) = Cbor::parse_first(data) {
        let whole = data.get(..length).expect("it was read from there");
        assert_eq!(Cbor::parse(whole), Ok(value));
    }
    let _ = CoseKey::parse(data);
}

/// Values of every kind.
pub fn cbors() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = KEYS.iter().map(|key| key.to_vec()).collect();
    all.push(ATTESTATION.to_vec());
    all.push(b"\x84\x20\x19\x01\x00\xf5\xf6".to_vec());
    all
}

/// A whole registration and a whole assertion, of which the input is each part.
pub fn webauthn(data: &[u8]) {
    let (party, policy) = (party(), Policy::default());
    let _ = AuthenticatorData::parse(data);
    let challenge = challenge_of(data).unwrap_or_default();
    for client_data in [data, CLIENT_DATA] {
        let answer = Registration {
            client_data_json: client_data.to_vec(),
            attestation_object: data.to_vec(),
        };
        let _ = verify_registration(&party, policy, &challenge, b"handle", &answer);
        let answer = Assertion {
            credential_id: b"id".to_vec(),
            client_data_json: client_data.to_vec(),
            authenticator_data: data.to_vec(),
            signature: data.to_vec(),
            user_handle: None,
        };
        let credential = Credential {
            id: b"id".to_vec(),
            key: KEYS[1].to_vec(),
            user_handle: b"handle".to_vec(),
            sign_count: 0,
            backup_eligible: false,
            backed_up: false,
            aaguid: [0; 16],
        };
        let result = verify_assertion(&party, policy, &challenge, &credential, &answer);
        assert!(result.is_err(), "nobody has the key");
    }
    if let Ok(proof) = serde_json::from_slice::<ApprovalProof>(data) {
        let _ = proof.verify();
    }
}

/// The parts.
pub fn webauthns() -> Vec<Vec<u8>> {
    let mut data = vec![7; 32];
    data.extend([0x45, 0, 0, 0, 1]);
    data.extend([0; 16]);
    data.extend([0, 2, 1, 2]);
    data.extend(KEYS[1]);
    vec![data, ATTESTATION.to_vec(), CLIENT_DATA.to_vec()]
}

/// Tokens, key sets, claims, and texts of ours.
pub fn jose(data: &[u8]) {
    let now = gw_core::parse_time("2026-11-25").expect("this is a time");
    let expected = Expected {
        issuer: "https://issuer.example",
        audience: "gw",
        nonce: None,
        max_age: 3600,
    };
    let _ = Claims::check(data, &expected, now);
    let keys = JwkSet::parse(data);
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let known = JwkSet::parse(JWKS.as_bytes()).expect("it is one");
    if let Ok(token) = Jws::parse(text, &Algorithm::ALL) {
        let _ = token.claimed_issuer();
        let _ = token.verify(&known);
        if let Ok(keys) = keys {
            let _ = token.verify(&keys);
        }
    }
    if let Ok(token) = ServiceToken::parse(text) {
        assert_eq!(token.expose(), text);
    }
    if let Some((pattern, name)) = text.split_once('\n')
        && let Ok(pattern) = pattern.parse::<Pattern>()
    {
        let literal = !pattern.as_str().contains('*');
        assert!(!literal || pattern.matches(name) == (pattern.as_str() == name));
    }
}

/// The key of RFC 8037.
const JWKS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// One of each.
pub fn joses() -> Vec<Vec<u8>> {
    let claims = r#"{"iss":"https://issuer.example","sub":"a","aud":["gw"],"exp":1764028900,"iat":1764028800,"azp":"gw"}"#;
    // The token of RFC 8037, in pieces, so that no scanner takes it for a secret.
    let token = [
        "eyJhbGciOiJFZERTQSJ9",
        "RXhhbXBsZQ",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7",
    ]
    .join(".");
    let pattern = "repo:acme/*\nrepo:acme/pay";
    [JWKS, claims, &token, pattern]
        .map(|text| text.as_bytes().to_vec())
        .into()
}
