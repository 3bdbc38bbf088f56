//! Sessions and service tokens, on every database, and that what is revoked is gone everywhere.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::collections::BTreeSet;

use gw_core::{Principal, PrincipalKind, Realm, Time, parse_time};
use gw_identity::access::{Role, Scope};
use gw_identity::people::{self, NewPerson, Person};
use gw_identity::session::{self, SessionPolicy, SignIn};
use gw_identity::tokens::{self, NewToken};
use gw_identity::{Act, Callers, IdentityError, KeyRing, Secret, ServiceToken};
use gw_store::Database;
use gw_store::testing::databases;

const POLICY: SessionPolicy = SessionPolicy {
    idle: 3600,
    absolute: 43_200,
};

fn after(milliseconds: i64) -> Time {
    let start = parse_time("2026-11-25T00:00:00Z").unwrap();
    Time::from_millisecond(start.as_millisecond() + milliseconds).unwrap()
}

fn at(seconds: i64) -> Time {
    after(seconds * 1000)
}

fn realm() -> Realm {
    Realm::local()
}

fn by() -> Principal {
    Principal::new(PrincipalKind::Person, "p-admin")
}

async fn make(database: &Database, roles: &[Role]) -> Person {
    let roles = roles.iter().copied().collect();
    let new = NewPerson {
        name: "Ann",
        email: None,
        roles: &roles,
    };
    let act = Act {
        by: &by(),
        now: at(0),
    };
    let mut transaction = database.begin().await.unwrap();
    let made = people::create(&mut transaction, &realm(), new, act)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    made.value
}

async fn sign_in(
    database: &Database,
    person: &Person,
    before: Option<&Secret>,
    now: Time,
) -> Secret {
    let sign_in = SignIn {
        passkey: true,
        address: "192.0.2.1",
        agent: "a browser\n",
    };
    let mut transaction = database.begin().await.unwrap();
    let secret = session::start(&mut transaction, person, sign_in, before, POLICY, now);
    let secret = secret.await.unwrap();
    transaction.commit().await.unwrap();
    secret
}

/// Does something in a transaction and commits it.
macro_rules! commit {
    ($database:expr, |$transaction:ident| $work:expr) => {{
        let mut open = $database.begin().await.unwrap();
        let $transaction = &mut open;
        let done = $work.await.unwrap();
        open.commit().await.unwrap();
        done
    }};
}

#[tokio::test]
async fn sessions_live_as_long_as_they_should() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[Role::Reader]).await;
        let callers = Callers::new(database.clone());
        let token = sign_in(&database, &ann, None, at(0)).await;
        let who = async |now| callers.by_session(&realm(), &token, now).await.unwrap();
        let known = who(at(10)).await.unwrap();
        assert_eq!(known.person, ann);
        assert_eq!(known.session.agent, "a browser");
        let circumstances = known.circumstances(at(10));
        assert_eq!(
            (circumstances.passkey, circumstances.authenticated_seconds),
            (true, 10)
        );
        let other: Realm = "other".parse().unwrap();
        assert!(
            callers
                .by_session(&other, &token, at(10))
                .await
                .unwrap()
                .is_none()
        );
        let stranger = Secret::generate().unwrap();
        assert!(
            callers
                .by_session(&realm(), &stranger, at(10))
                .await
                .unwrap()
                .is_none()
        );
        // Each request puts the end off, up to the last one.
        let mut now = 10;
        while now < 43_200 {
            assert!(who(at(now)).await.is_some(), "{now}");
            now += 3500;
        }
        assert!(who(at(43_199)).await.is_some());
        assert!(who(at(43_200)).await.is_none());
        let idle = sign_in(&database, &ann, None, at(50_000)).await;
        let who = async |now| callers.by_session(&realm(), &idle, now).await.unwrap();
        assert!(who(at(53_599)).await.is_some());
        assert!(who(at(57_199)).await.is_none());
        assert_eq!(session::tidy(&database, at(60_000)).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn signing_in_makes_a_new_token() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[Role::Reader]).await;
        let callers = Callers::new(database.clone());
        let before = sign_in(&database, &ann, None, at(0)).await;
        let after = sign_in(&database, &ann, Some(&before), at(1)).await;
        assert_ne!(before.expose(), after.expose());
        let is_in = async |token| {
            callers
                .by_session(&realm(), token, at(2))
                .await
                .unwrap()
                .is_some()
        };
        assert!(!is_in(&before).await);
        assert!(is_in(&after).await);
        // What a browser makes up is no session.
        assert!(Secret::parse("fixed").is_none());
        let made_up = Secret::parse(&"A".repeat(43)).unwrap();
        assert!(!is_in(&made_up).await);
        let kept = database
            .query("SELECT digest FROM session")
            .all()
            .await
            .unwrap();
        assert_eq!(kept.len(), 1);
        let digest: Vec<u8> = kept[0].get(0).unwrap();
        assert_eq!(digest, after.digest().as_bytes());
    }
}

#[tokio::test]
async fn what_is_revoked_is_gone_in_every_process_within_a_second() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[Role::Reader]).await;
        // Two processes with connections and memories of their own.
        let (here, elsewhere) = (test.open().await, test.open().await);
        let processes = [Callers::new(here.clone()), Callers::new(elsewhere)];
        let (first, second) = (
            sign_in(&database, &ann, None, at(0)).await,
            sign_in(&database, &ann, None, at(0)).await,
        );
        let see = async |token: &Secret, now| {
            let mut seen = Vec::new();
            for process in &processes {
                let found = process.by_session(&realm(), token, now).await.unwrap();
                seen.push(found.map(|found| found.person.roles.clone()));
            }
            seen
        };
        let reader = Some(BTreeSet::from([Role::Reader]));
        assert_eq!(see(&first, at(1)).await, [reader.clone(), reader.clone()]);
        let listed = session::list(&here, &realm(), &ann.id, at(1))
            .await
            .unwrap();
        assert_eq!(listed.len(), 2);
        commit!(here, |tx| session::end(
            tx,
            &realm(),
            &ann.id,
            &first.digest()
        ));
        assert_eq!(see(&first, after(1250)).await, [None, None]);
        assert_eq!(see(&second, after(1250)).await, [reader.clone(), reader]);

        let act = Act {
            by: &by(),
            now: at(2),
        };
        let roles = BTreeSet::from([Role::Auditor]);
        let _ = commit!(here, |tx| people::set_roles(
            tx,
            &realm(),
            &ann.id,
            &roles,
            act
        ));
        assert_eq!(
            see(&second, at(3)).await,
            [Some(roles.clone()), Some(roles)]
        );
        let _ = commit!(here, |tx| people::set_state(
            tx,
            &realm(),
            &ann.id,
            false,
            act
        ));
        assert_eq!(see(&second, at(4)).await, [None, None]);
        let mut transaction = here.begin().await.unwrap();
        let sign_in = SignIn {
            passkey: false,
            address: "",
            agent: "",
        };
        let refused = session::start(&mut transaction, &ann, sign_in, None, POLICY, at(5)).await;
        assert!(matches!(refused, Err(IdentityError::NoSuchPerson)));
    }
}

#[tokio::test]
async fn all_sessions_but_one_end_with_a_new_password() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[]).await;
        let (kept, other) = (
            sign_in(&database, &ann, None, at(0)).await,
            sign_in(&database, &ann, None, at(0)).await,
        );
        let act = Act {
            by: &by(),
            now: at(1),
        };
        let digest = kept.digest();
        let _ = commit!(database, |tx| people::set_password(
            tx,
            &realm(),
            &ann.id,
            Some("no hash".to_owned()),
            Some(&digest),
            act
        ));
        let left = session::list(&database, &realm(), &ann.id, at(2))
            .await
            .unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].id, digest);
        assert_ne!(left[0].id, other.digest());
    }
}

#[test]
fn tokens_against_forgery_belong_to_their_session_through_one_rotation() {
    let ring = KeyRing::generate(at(0)).unwrap();
    let (mine, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
    let token = session::csrf_token(&mine, &ring);
    assert!(session::check_csrf(&mine, &ring, &token));
    for bad in [
        &session::csrf_token(&other, &ring),
        "",
        mine.expose(),
        &token[1..],
    ] {
        assert!(!session::check_csrf(&mine, &ring, bad), "{bad}");
    }
    let once = ring.rotate(at(1)).unwrap();
    assert!(session::check_csrf(&mine, &once, &token));
    let twice = once.rotate(at(2)).unwrap();
    assert!(!session::check_csrf(&mine, &twice, &token));
}

fn new_token<'t>(owner: &'t Person, expires_at: Time) -> NewToken<'t> {
    NewToken {
        name: "deploy",
        owner: &owner.id,
        assets: vec!["repo:acme/*".parse().unwrap()],
        scopes: [Scope::Ingest].into(),
        expires_at,
    }
}

#[tokio::test]
async fn service_tokens_live_and_are_revoked() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[Role::Maintainer]).await;
        let processes = [
            Callers::new(test.open().await),
            Callers::new(test.open().await),
        ];
        let by = by();
        let act = Act {
            by: &by,
            now: at(0),
        };
        let made = commit!(database, |tx| tokens::create(
            tx,
            &realm(),
            new_token(&ann, at(1000)),
            act
        ));
        let (token, info) = made.value;
        let record = serde_json::to_string(&made.record).unwrap();
        assert!(
            !record.contains(token.expose()) && record.contains(&info.id),
            "{record}"
        );
        let good = async |token: &ServiceToken, now| {
            let mut seen = Vec::new();
            for process in &processes {
                let found = process.by_token(&realm(), token, now).await.unwrap();
                seen.push(found.is_some());
            }
            seen
        };
        assert_eq!(good(&token, at(1)).await, [true, true]);
        assert_eq!(
            good(&ServiceToken::generate().unwrap(), at(1)).await,
            [false, false]
        );
        let bearer = processes[0]
            .by_token(&realm(), &token, at(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            bearer.caller.principal().to_string(),
            format!("machine:token/{}", info.id)
        );
        assert!(bearer.caller.reaches(Some(&"repo:acme/x".parse().unwrap())));
        assert!(
            !bearer
                .caller
                .reaches(Some(&"repo:other/x".parse().unwrap()))
        );
        let other: Realm = "other".parse().unwrap();
        assert!(
            processes[0]
                .by_token(&other, &token, at(1))
                .await
                .unwrap()
                .is_none()
        );
        let listed = tokens::list(&database, &realm(), Some(&ann.id))
            .await
            .unwrap();
        assert_eq!(listed[0].last_used_at, Some(at(1)));
        assert_eq!(good(&token, at(999)).await, [true, true]);
        assert_eq!(good(&token, at(1000)).await, [false, false]);

        let made = commit!(database, |tx| tokens::create(
            tx,
            &realm(),
            new_token(&ann, at(5000)),
            act
        ));
        let (token, info) = made.value;
        assert_eq!(good(&token, at(2000)).await, [true, true]);
        let _ = commit!(database, |tx| tokens::revoke(tx, &realm(), &info.id, act));
        assert_eq!(good(&token, after(2_000_250)).await, [false, false]);
        let mut transaction = database.begin().await.unwrap();
        let again = tokens::revoke(&mut transaction, &realm(), &info.id, act).await;
        assert!(matches!(again, Err(IdentityError::NoSuch("token"))));
        drop(transaction);

        // With its owner a token is void, and comes back.
        let made = commit!(database, |tx| tokens::create(
            tx,
            &realm(),
            new_token(&ann, at(9000)),
            act
        ));
        let (token, _) = made.value;
        assert_eq!(good(&token, at(3000)).await, [true, true]);
        let _ = commit!(database, |tx| people::set_state(
            tx,
            &realm(),
            &ann.id,
            false,
            act
        ));
        assert_eq!(good(&token, at(3001)).await, [false, false]);
        let _ = commit!(database, |tx| people::set_state(
            tx,
            &realm(),
            &ann.id,
            true,
            act
        ));
        assert_eq!(good(&token, at(3002)).await, [true, true]);
        let _ = commit!(database, |tx| people::erase(tx, &realm(), &ann.id, act));
        assert_eq!(good(&token, at(3003)).await, [false, false]);
    }
}

#[tokio::test]
async fn tokens_need_an_end_and_something_to_do() {
    for test in databases().await {
        let database = test.open().await;
        let ann = make(&database, &[]).await;
        let by = by();
        let act = Act {
            by: &by,
            now: at(0),
        };
        let good = || new_token(&ann, at(1000));
        let mut transaction = database.begin().await.unwrap();
        for bad in [
            new_token(&ann, at(0)),
            new_token(&ann, at(367 * 86_400)),
            NewToken {
                scopes: BTreeSet::new(),
                ..good()
            },
            NewToken {
                assets: Vec::new(),
                ..good()
            },
            NewToken { name: "", ..good() },
            NewToken {
                owner: "p-nobody",
                ..good()
            },
        ] {
            let shown = format!("{bad:?}");
            let made = tokens::create(&mut transaction, &realm(), bad, act).await;
            assert!(made.is_err(), "{shown}");
        }
    }
}
