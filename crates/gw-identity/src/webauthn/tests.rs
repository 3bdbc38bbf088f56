use gw_core::{Digest, FactKey, Gate, Version, parse_time};

use super::testing::{CHALLENGE, HANDLE, STRICT, Soft, party, text};
use super::*;

fn register(soft: &Soft) -> Result<Credential, WebauthnError> {
    let answer = soft.register(CHALLENGE);
    verify_registration(&party(), STRICT, CHALLENGE, HANDLE, &answer)
}

fn sign_in(soft: &Soft, credential: &Credential) -> Result<Asserted, WebauthnError> {
    let answer = soft.assert(CHALLENGE);
    verify_assertion(&party(), STRICT, CHALLENGE, credential, &answer)
}

#[test]
fn a_registered_key_signs_in() {
    for soft in [Soft::ed25519(), Soft::es256()] {
        let credential = register(&soft).unwrap();
        assert_eq!(credential.id, soft.id);
        assert_eq!(credential.key, soft.cose());
        let later = Soft { count: 2, ..soft };
        let asserted = sign_in(&later, &credential).unwrap();
        assert_eq!(
            (
                asserted.sign_count,
                asserted.clone_warning,
                asserted.user_verified
            ),
            (2, false, true)
        );
    }
}

#[test]
fn what_is_wrong_with_a_registration_is_refused() {
    let check = |what: &str, change: fn(&mut Soft), expected: WebauthnError| {
        let mut soft = Soft::es256();
        change(&mut soft);
        assert_eq!(register(&soft), Err(expected), "{what}");
    };
    check(
        "nobody there",
        |soft| soft.flags = 0x04,
        WebauthnError::Presence,
    );
    check(
        "not verified",
        |soft| soft.flags = 0x01,
        WebauthnError::Verification,
    );
    check(
        "copied, not eligible",
        |soft| soft.flags = 0x15,
        WebauthnError::Flags,
    );
    check(
        "another party",
        |soft| soft.rp_id = "evil.example".to_owned(),
        WebauthnError::RelyingParty,
    );
    check(
        "attestation",
        |soft| {
            soft.format = "packed".to_owned();
        },
        WebauthnError::Attestation("packed".to_owned()),
    );
    check(
        "none with a statement",
        |soft| {
            soft.statement = [vec![0xa1], text("a"), text("b")].concat();
        },
        WebauthnError::Attestation("none".to_owned()),
    );
    check_client_data(|soft| register(soft).map(drop));
}

/// What the browser says is wrong in the same ways in both ceremonies.
fn check_client_data(run: impl Fn(&Soft) -> Result<(), WebauthnError>) {
    let check = |template: &str, expected: WebauthnError| {
        let mut soft = Soft::es256();
        soft.client_data = Some(template.to_owned());
        assert_eq!(run(&soft), Err(expected), "{template}");
    };
    check(
        r#"{"type":"TYPE","challenge":"AAAA","origin":"https://gw.example"}"#,
        WebauthnError::Challenge,
    );
    check(
        r#"{"type":"TYPE","challenge":"","origin":"https://gw.example"}"#,
        WebauthnError::Challenge,
    );
    for origin in [
        "http://gw.example",
        "https://gw.example:8443",
        "https://gw.example.evil.example",
        "https://sub.gw.example",
    ] {
        check(
            &format!(r#"{{"type":"TYPE","challenge":"CHALLENGE","origin":"{origin}"}}"#),
            WebauthnError::Origin(origin.to_owned()),
        );
    }
    check(
        r#"{"type":"TYPE","challenge":"CHALLENGE","origin":"https://gw.example","crossOrigin":true}"#,
        WebauthnError::CrossOrigin,
    );
    check(
        r#"{"type":"TYPE","challenge":"CHALLENGE","origin":"https://gw.example","topOrigin":"https://gw.example"}"#,
        WebauthnError::CrossOrigin,
    );
    let mut soft = Soft::es256();
    for malformed in [
        "",
        "[]",
        r#"{"type":"TYPE","challenge":"CHALLENGE"}"#,
        r#"{"type":"TYPE","challenge":"CHALLENGE","origin":"https://evil.example","origin":"https://gw.example"}"#,
    ] {
        soft.client_data = Some(malformed.to_owned());
        let error = run(&soft).unwrap_err();
        assert!(
            matches!(error, WebauthnError::Malformed { .. }),
            "{malformed}: {error}"
        );
    }
}

#[test]
fn an_answer_to_one_ceremony_is_none_to_the_other() {
    let mut soft = Soft::es256();
    let credential = register(&soft).unwrap();
    let with = |kind: &str| {
        Some(format!(
            r#"{{"type":"{kind}","challenge":"CHALLENGE","origin":"https://gw.example"}}"#
        ))
    };
    soft.client_data = with("webauthn.create");
    let error = sign_in(&soft, &credential).unwrap_err();
    assert_eq!(error, WebauthnError::Type("webauthn.get"));
    soft.client_data = with("webauthn.get");
    let error = register(&soft).unwrap_err();
    assert_eq!(error, WebauthnError::Type("webauthn.create"));
}

#[test]
fn other_attestations_count_as_none_if_the_policy_says_so() {
    let mut soft = Soft::es256();
    soft.format = "packed".to_owned();
    soft.statement = [vec![0xa1], text("alg"), vec![0x26]].concat();
    let answer = soft.register(CHALLENGE);
    let policy = Policy::default();
    assert!(verify_registration(&party(), policy, CHALLENGE, HANDLE, &answer).is_ok());
}

#[test]
fn what_is_wrong_with_an_assertion_is_refused() {
    let credential = register(&Soft::es256()).unwrap();
    let check = |what: &str, change: fn(&mut Soft), expected: WebauthnError| {
        let mut soft = Soft::es256();
        change(&mut soft);
        assert_eq!(sign_in(&soft, &credential), Err(expected), "{what}");
    };
    check(
        "nobody there",
        |soft| soft.flags = 0x04,
        WebauthnError::Presence,
    );
    check(
        "not verified",
        |soft| soft.flags = 0x01,
        WebauthnError::Verification,
    );
    check(
        "eligibility",
        |soft| soft.flags = 0x0d,
        WebauthnError::BackupEligibility,
    );
    check(
        "another party",
        |soft| soft.rp_id = "evil.example".to_owned(),
        WebauthnError::RelyingParty,
    );
    check(
        "another credential",
        |soft| soft.id.push(b'x'),
        WebauthnError::Credential,
    );
    check(
        "another person",
        |soft| soft.handle = Some(b"bob".to_vec()),
        WebauthnError::UserHandle,
    );
    check(
        "another key",
        |soft| soft.key = Soft::ed25519().key,
        WebauthnError::Signature,
    );
    check_client_data(|soft| sign_in(soft, &credential).map(drop));

    let answer = Soft::es256().assert(CHALLENGE);
    let changes: [fn(&mut Assertion); 3] = [
        |answer| answer.signature[9] ^= 1,
        |answer| answer.signature.clear(),
        |answer| answer.authenticator_data[36] ^= 1,
    ];
    for change in changes {
        let mut answer = answer.clone();
        change(&mut answer);
        let result = verify_assertion(&party(), STRICT, CHALLENGE, &credential, &answer);
        assert_eq!(result, Err(WebauthnError::Signature));
    }
    let mut spaced = answer;
    spaced.client_data_json.push(b' ');
    let result = verify_assertion(&party(), STRICT, CHALLENGE, &credential, &spaced);
    assert_eq!(result, Err(WebauthnError::Signature));
}

#[test]
fn a_count_that_does_not_rise_warns() {
    for (kept, sent, warns) in [
        (1, 2, false),
        (2, 2, true),
        (3, 2, true),
        (0, 0, false),
        (5, 0, true),
        (0, 1, false),
    ] {
        let mut soft = Soft::es256();
        soft.count = kept;
        let credential = register(&soft).unwrap();
        soft.count = sent;
        let asserted = sign_in(&soft, &credential).unwrap();
        assert_eq!(asserted.clone_warning, warns, "{kept} then {sent}");
        assert_eq!(asserted.sign_count, kept.max(sent));
    }
}

#[test]
fn algorithms_stay_what_they_were() {
    let soft = Soft::es256();
    let mut key = soft.cose();
    assert_eq!(
        CoseKey::parse(&key).unwrap().algorithm(),
        CoseAlgorithm::Es256
    );
    // The same point, said to be for EdDSA, for ES384, and for nothing.
    key[4] = 0x27;
    assert!(CoseKey::parse(&key).is_err());
    key.splice(4..5, [0x38, 0x22]);
    assert_eq!(CoseKey::parse(&key), Err(WebauthnError::Algorithm(-35)));
    key.splice(3..6, []);
    key[0] = 0xa4;
    assert!(matches!(
        CoseKey::parse(&key),
        Err(WebauthnError::Malformed { .. })
    ));
}

#[test]
fn authenticator_data_is_read_to_its_end() {
    let mut soft = Soft::es256();
    soft.trailing = vec![0];
    assert!(matches!(
        register(&soft),
        Err(WebauthnError::Malformed { .. })
    ));
    soft.flags |= 0x80;
    soft.trailing = [vec![0xa1], text("credProtect"), vec![2]].concat();
    assert!(register(&soft).is_ok());
    soft.trailing.push(0);
    assert!(register(&soft).is_err());
    let whole = Soft::es256().register(CHALLENGE).attestation_object;
    for length in 0..whole.len() {
        let answer = Registration {
            attestation_object: whole[..length].to_vec(),
            ..Soft::es256().register(CHALLENGE)
        };
        let result = verify_registration(&party(), STRICT, CHALLENGE, HANDLE, &answer);
        assert!(result.is_err(), "{length}");
    }
    for id in [0, 1024] {
        let mut soft = Soft::es256();
        soft.id = vec![1; id];
        assert!(register(&soft).is_err(), "{id}");
    }
}

fn approval() -> Approval {
    Approval {
        realm: "local".parse().unwrap(),
        approver: "person/1".to_owned(),
        gate: Gate::Release,
        asset: "repo:payments".parse().unwrap(),
        subject: Digest::of(b"tree"),
        policy: Digest::of(b"policies"),
        facts: vec![
            (FactKey::advisory("npm", "x"), Version::ABSENT),
            (
                FactKey::advisory("npm", "y"),
                Version::from_digest(Digest::of(b"1")),
            ),
        ],
        text: "Release payments".to_owned(),
        expires_at: parse_time("2026-11-25T01:00:00Z").unwrap(),
        nonce: vec![9; 32],
    }
}

#[test]
fn an_approval_proves_what_was_approved_and_nothing_else() {
    let soft = Soft::ed25519();
    let approval = approval();
    let proof = ApprovalProof {
        rp_id: "gw.example".to_owned(),
        origin: "https://gw.example".to_owned(),
        key: soft.cose(),
        backup_eligible: false,
        assertion: soft.assert(&approval.challenge().unwrap()),
        approval,
    };
    // What is kept verifies as what was made.
    let bytes = serde_json::to_vec(&proof).unwrap();
    let kept: ApprovalProof = serde_json::from_slice(&bytes).unwrap();
    kept.verify().unwrap();

    let changes: [fn(&mut Approval); 11] = [
        |a| a.realm = "other".parse().unwrap(),
        |a| a.approver.push('0'),
        |a| a.gate = Gate::Act,
        |a| a.asset = "repo:payment".parse().unwrap(),
        |a| a.subject = Digest::of(b"another tree"),
        |a| a.policy = Digest::of(b"other policies"),
        |a| a.facts[0].1 = Version::from_digest(Digest::of(b"2")),
        |a| drop(a.facts.pop()),
        |a| a.text.push('!'),
        |a| a.expires_at = parse_time("2026-11-25T01:00:01Z").unwrap(),
        |a| a.nonce[0] ^= 1,
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut other = kept.clone();
        change(&mut other.approval);
        let expected = ApprovalError::Webauthn(WebauthnError::Challenge);
        assert_eq!(other.verify(), Err(expected), "{at}");
    }
    let mut other = kept.clone();
    other.key = Soft::es256().cose();
    assert!(other.verify().is_err());
    let mut other = kept.clone();
    other.approval.facts.reverse();
    assert_eq!(other.verify(), Err(ApprovalError::Form));
    let mut other = kept;
    other.approval.nonce.pop();
    assert_eq!(other.verify(), Err(ApprovalError::Form));
}

#[test]
fn no_bit_of_an_assertion_can_be_changed() {
    let credential = register(&Soft::ed25519()).unwrap();
    let whole = Soft::ed25519().assert(CHALLENGE);
    let parts: [fn(&mut Assertion) -> &mut Vec<u8>; 3] = [
        |answer| &mut answer.client_data_json,
        |answer| &mut answer.authenticator_data,
        |answer| &mut answer.signature,
    ];
    for part in parts {
        let length = part(&mut whole.clone()).len();
        for bit in 0..length * 8 {
            let mut answer = whole.clone();
            part(&mut answer)[bit / 8] ^= 1 << (bit % 8);
            let result = verify_assertion(&party(), STRICT, CHALLENGE, &credential, &answer);
            assert!(result.is_err(), "bit {bit}");
        }
    }
}

#[test]
fn no_change_of_a_registration_makes_it_more_than_it_was() {
    let whole = Soft::es256().register(CHALLENGE);
    let credential = register(&Soft::es256()).unwrap();
    let mut alike = 0;
    for bit in 0..whole.attestation_object.len() * 8 {
        let mut answer = whole.clone();
        answer.attestation_object[bit / 8] ^= 1 << (bit % 8);
        // Without attestation a registration is not signed, so some changes make another credential;
        // none is read wrongly.
        if let Ok(other) = verify_registration(&party(), STRICT, CHALLENGE, HANDLE, &answer) {
            alike += usize::from(other == credential);
            assert!(other.cose_key().is_ok(), "bit {bit}");
        }
    }
    // The two reserved flags mean nothing.
    assert_eq!(alike, 2);
}
