use std::collections::BTreeSet;

use gw_core::{Digest, FactKey, Gate, Principal, PrincipalKind, Version, parse_time};
use gw_store::testing::databases;

use super::*;
use crate::access::Role;
use crate::people::NewPerson;
use crate::webauthn::challenge_of;
use crate::webauthn::testing::{Soft, party};

fn at(seconds: i64) -> Time {
    let start = parse_time("2026-11-25T00:00:00Z").unwrap();
    Time::from_second(start.as_second() + seconds).unwrap()
}

fn browser() -> Digest {
    Digest::of(b"cookie")
}

fn by() -> Principal {
    Principal::new(PrincipalKind::Person, "p-1")
}

async fn make(database: &Database, name: &str) -> Person {
    let new = NewPerson {
        name,
        email: None,
        roles: &BTreeSet::from([Role::Approver]),
    };
    let act = Act {
        by: &by(),
        now: at(0),
    };
    let mut transaction = database.begin().await.unwrap();
    let realm = Realm::local();
    let made = people::create(&mut transaction, &realm, new, act)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    made.value
}

async fn challenge(database: &Database, purpose: Purpose, person: Option<&str>) -> [u8; 32] {
    let of = Challenged {
        realm: &Realm::local(),
        purpose,
        person,
        browser: browser(),
    };
    challenges::make(database, of, at(0)).await.unwrap()
}

async fn add(
    database: &Database,
    person: &Person,
    soft: &Soft,
    challenge: &[u8],
    now: Time,
) -> Result<Passkey, IdentityError> {
    let act = Act { by: &by(), now };
    let answer = soft.register(challenge);
    let given = challenge_of(&answer.client_data_json).unwrap();
    let mut transaction = database.begin().await.unwrap();
    let (party, registration) = (party(), ("key", given.as_slice(), &answer));
    let done = register(
        &mut transaction,
        &party,
        person,
        browser(),
        registration,
        act,
    )
    .await;
    // What was used up stays so, whether it was right or not.
    transaction.commit().await.unwrap();
    done.map(|recorded| recorded.value)
}

async fn enter(
    database: &Database,
    soft: &Soft,
    challenge: &[u8],
    browser: Digest,
    now: Time,
) -> Result<(Person, Asserted), IdentityError> {
    let answer = soft.assert(challenge);
    let given = challenge_of(&answer.client_data_json).unwrap();
    let mut transaction = database.begin().await.unwrap();
    let (party, realm) = (party(), Realm::local());
    let done = sign_in(
        &mut transaction,
        &party,
        &realm,
        browser,
        (&given, &answer),
        now,
    )
    .await;
    transaction.commit().await.unwrap();
    done
}

#[tokio::test]
async fn a_passkey_signs_its_owner_in() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, "Ann").await;
        let mut soft = Soft::es256();
        soft.handle = Some(ann.handle.clone());
        let sent = challenge(&database, Purpose::Register, Some(&ann.id)).await;
        let options = creation_options(&party(), &ann, &[], &sent);
        assert_eq!(options["user"]["id"], encoding::encode(&ann.handle));
        assert_eq!(options["pubKeyCredParams"].as_array().unwrap().len(), 3);
        let made = add(&database, &ann, &soft, &sent, at(1)).await.unwrap();
        let again = add(&database, &ann, &soft, &sent, at(2)).await;
        assert!(matches!(again, Err(IdentityError::Challenge)));

        soft.count = 2;
        let sent = challenge(&database, Purpose::SignIn, None).await;
        let (who, asserted) = enter(&database, &soft, &sent, browser(), at(3))
            .await
            .unwrap();
        assert_eq!(
            (who.id.as_str(), asserted.clone_warning),
            (ann.id.as_str(), false)
        );
        let again = enter(&database, &soft, &sent, browser(), at(4)).await;
        assert!(matches!(again, Err(IdentityError::Challenge)));

        // The count does not rise: the owner signs in, and the passkey is marked.
        let sent = challenge(&database, Purpose::SignIn, None).await;
        let (_, asserted) = enter(&database, &soft, &sent, browser(), at(5))
            .await
            .unwrap();
        assert!(asserted.clone_warning);
        let kept = list(&database, &Realm::local(), &ann.id).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert!(kept[0].suspect && kept[0].last_used_at == Some(at(5)));
        let options = request_options(&party(), &kept, &sent);
        let id = encoding::encode(&made.credential.id);
        assert_eq!(options["allowCredentials"][0]["id"], id);
    }
}

#[tokio::test]
async fn challenges_are_for_one_browser_one_purpose_and_five_minutes() {
    for test in databases().await {
        let database = test.open().await;
        let (ann, bob) = (make(&database, "Ann").await, make(&database, "Bob").await);
        let mut soft = Soft::ed25519();
        soft.handle = Some(ann.handle.clone());
        let sent = challenge(&database, Purpose::Register, Some(&ann.id)).await;
        // Bob answers what Ann was sent.
        let other = add(&database, &bob, &soft, &sent, at(1)).await;
        assert!(matches!(other, Err(IdentityError::Challenge)));
        add(&database, &ann, &soft, &sent, at(1)).await.unwrap();
        // The same credential for somebody else.
        let sent = challenge(&database, Purpose::Register, Some(&bob.id)).await;
        let taken = add(&database, &bob, &soft, &sent, at(1)).await;
        assert!(matches!(
            taken,
            Err(IdentityError::Webauthn(WebauthnError::Credential))
        ));

        soft.count = 9;
        let sent = challenge(&database, Purpose::SignIn, None).await;
        let stranger = Digest::of(b"another cookie");
        for (of, browser, now) in [
            (sent, stranger, at(1)),
            (sent, browser(), at(300)),
            ([7; 32], browser(), at(1)),
            (
                challenge(&database, Purpose::Register, Some(&ann.id)).await,
                browser(),
                at(1),
            ),
        ] {
            let refused = enter(&database, &soft, &of, browser, now).await;
            assert!(matches!(refused, Err(IdentityError::Challenge)));
        }
        assert!(
            enter(&database, &soft, &sent, browser(), at(299))
                .await
                .is_ok()
        );

        let act = Act {
            by: &by(),
            now: at(400),
        };
        let realm = Realm::local();
        let mut transaction = database.begin().await.unwrap();
        let not_his = remove(&mut transaction, &realm, &bob.id, &soft.id, act).await;
        assert!(matches!(not_his, Err(IdentityError::NoSuch("passkey"))));
        let _ = remove(&mut transaction, &realm, &ann.id, &soft.id, act)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let sent = challenge(&database, Purpose::SignIn, None).await;
        let gone = enter(&database, &soft, &sent, browser(), at(1)).await;
        assert!(matches!(gone, Err(IdentityError::Credentials)));
        assert!(challenges::tidy(&database, at(301)).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn approvals_are_proved_by_the_approvers_own_passkey() {
    for test in databases().await {
        let database = test.open().await;
        let (ann, bob) = (make(&database, "Ann").await, make(&database, "Bob").await);
        let mut soft = Soft::ed25519();
        soft.handle = Some(ann.handle.clone());
        let sent = challenge(&database, Purpose::Register, Some(&ann.id)).await;
        add(&database, &ann, &soft, &sent, at(1)).await.unwrap();
        let approval = |approver: &Person| Approval {
            realm: Realm::local(),
            approver: approver.id.clone(),
            gate: Gate::Release,
            asset: "repo:payments".parse().unwrap(),
            subject: Digest::of(b"tree"),
            policy: Digest::of(b"policies"),
            facts: vec![(FactKey::advisory("npm", "x"), Version::ABSENT)],
            text: "Release payments".to_owned(),
            expires_at: at(200),
            nonce: vec![1; 32],
        };
        let keep = async |approval: &Approval, person: &Person| {
            let of = Challenged {
                realm: &Realm::local(),
                purpose: Purpose::Approve,
                person: Some(&person.id),
                browser: browser(),
            };
            let challenge = approval.challenge().unwrap();
            challenges::keep(&database, of, &challenge, at(0))
                .await
                .unwrap();
            challenge
        };
        let give = async |approval: Approval, person: &Person, challenge: &[u8], now| {
            let answer = soft.assert(challenge);
            let mut transaction = database.begin().await.unwrap();
            let party = party();
            let given = (approval, &answer);
            let done = approve(&mut transaction, &party, person, browser(), given, now).await;
            transaction.commit().await.unwrap();
            done
        };
        let challenge = keep(&approval(&ann), &ann).await;
        let mut other = approval(&ann);
        other.subject = Digest::of(b"another tree");
        let swapped = give(other, &ann, &challenge, at(10)).await;
        assert!(matches!(swapped, Err(IdentityError::Challenge)));
        let late = give(approval(&ann), &ann, &challenge, at(200)).await;
        assert!(matches!(late, Err(IdentityError::Challenge)));
        let proof = give(approval(&ann), &ann, &challenge, at(10))
            .await
            .unwrap();
        proof.verify().unwrap();
        assert_eq!(proof.origin, "https://gw.example");
        let twice = give(approval(&ann), &ann, &challenge, at(11)).await;
        assert!(matches!(twice, Err(IdentityError::Challenge)));
        // Bob with Ann's passkey, and Ann in Bob's name.
        let challenge = keep(&approval(&bob), &bob).await;
        let stolen = give(approval(&bob), &bob, &challenge, at(10)).await;
        assert!(matches!(stolen, Err(IdentityError::Credentials)));
        let posed = give(approval(&bob), &ann, &challenge, at(10)).await;
        assert!(matches!(posed, Err(IdentityError::Challenge)));
    }
}
