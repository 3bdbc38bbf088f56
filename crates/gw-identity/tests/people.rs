//! People, links, passwords and roles, on every database.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::collections::BTreeSet;

use gw_attest::predicate::Administration;
use gw_core::{Principal, PrincipalKind, Realm, Time, parse_time};
use gw_identity::access::Role;
use gw_identity::oidc::Federated;
use gw_identity::password::PasswordCost;
use gw_identity::people::{
    self, Invitation, NewPerson, PasswordDoor, Person, PersonState, Redeemed,
};
use gw_identity::{Act, IdentityError, Secret, statement};
use gw_store::Database;
use gw_store::testing::databases;

const CHEAP: PasswordCost = PasswordCost {
    memory: 64,
    passes: 1,
    lanes: 1,
};
const PASSWORD: &str = "a long enough sentence";

fn at(seconds: i64) -> Time {
    let start = parse_time("2026-11-25T00:00:00Z").unwrap();
    Time::from_second(start.as_second() + seconds).unwrap()
}

fn realm() -> Realm {
    Realm::local()
}

fn admin() -> Principal {
    Principal::new(PrincipalKind::Person, "p-admin")
}

async fn make(database: &Database, name: &str, email: Option<&str>, roles: &[Role]) -> Person {
    let roles = roles.iter().copied().collect();
    let new = NewPerson {
        name,
        email,
        roles: &roles,
    };
    let act = Act {
        by: &admin(),
        now: at(0),
    };
    let mut transaction = database.begin().await.unwrap();
    let made = people::create(&mut transaction, &realm(), new, act)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    made.value
}

async fn redeem(database: &Database, link: &Secret, now: Time) -> Result<Redeemed, IdentityError> {
    let mut transaction = database.begin().await.unwrap();
    let redeemed = people::redeem(&mut transaction, &realm(), link, "Ann", now).await?;
    transaction.commit().await.unwrap();
    Ok(redeemed)
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_that_is_good_once() {
    for test in databases().await {
        let database = test.open().await;
        let link = async |now| {
            let mut transaction = database.begin().await.unwrap();
            let link = people::first_administrator(&mut transaction, &realm(), now).await?;
            transaction.commit().await.unwrap();
            Ok::<_, IdentityError>(link)
        };
        let (first, second) = (link(at(0)).await.unwrap(), link(at(1)).await.unwrap());
        let late = redeem(&database, &first, at(900)).await.unwrap_err();
        assert!(matches!(late, IdentityError::Link), "{late}");
        let other: Realm = "other".parse().unwrap();
        let mut transaction = database.begin().await.unwrap();
        let wrong = people::redeem(&mut transaction, &other, &first, "Ann", at(1)).await;
        assert!(matches!(wrong, Err(IdentityError::Link)));
        drop(transaction);
        let Redeemed::New(made) = redeem(&database, &first, at(899)).await.unwrap() else {
            panic!("somebody new");
        };
        assert_eq!(made.value.roles, [Role::Administrator].into());
        assert_eq!(made.record.action, "people:first-administrator");
        for used in [&first, &second, &Secret::generate().unwrap()] {
            let error = redeem(&database, used, at(10)).await.unwrap_err();
            assert!(matches!(error, IdentityError::Link), "{error}");
        }
        let error = link(at(20)).await.unwrap_err();
        assert!(matches!(error, IdentityError::NotTheFirst), "{error}");
    }
}

#[tokio::test]
async fn people_come_by_invitation_and_back_by_link() {
    for test in databases().await {
        let database = test.open().await;
        make(&database, "Admin", None, &[Role::Administrator]).await;
        let (by, roles) = (admin(), BTreeSet::from([Role::Triager, Role::Reader]));
        let act = Act {
            by: &by,
            now: at(0),
        };
        let invitation = Invitation {
            email: "Ann@Corp.example",
            roles: &roles,
        };
        let mut transaction = database.begin().await.unwrap();
        let invited = people::invite(&mut transaction, &realm(), invitation, act)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(invited.record.action, "people:invite");
        let Redeemed::New(made) = redeem(&database, &invited.value, at(86_400)).await.unwrap()
        else {
            panic!("somebody new");
        };
        let ann = made.value;
        assert_eq!(ann.email.as_deref(), Some("ann@corp.example"));
        assert_eq!(ann.roles, roles);
        let found = people::by_address(&database, &realm(), " ANN@corp.example")
            .await
            .unwrap();
        assert_eq!(found, Some(ann.clone()));
        let other: Realm = "other".parse().unwrap();
        let found = people::by_address(&database, &other, "ann@corp.example")
            .await
            .unwrap();
        assert_eq!(found, None);

        let mut transaction = database.begin().await.unwrap();
        let link = people::sign_in_link(&mut transaction, &realm(), &ann.id, act)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let back = redeem(&database, &link.value, at(60)).await.unwrap();
        assert_eq!(back, Redeemed::Known(ann.clone()));
        assert!(redeem(&database, &link.value, at(61)).await.is_err());

        let mut transaction = database.begin().await.unwrap();
        let again = NewPerson {
            name: "Other Ann",
            email: Some("ann@corp.example"),
            roles: &roles,
        };
        let taken = people::create(&mut transaction, &realm(), again, act).await;
        assert!(matches!(taken, Err(IdentityError::AddressTaken)));
        for (name, email) in [
            ("", None),
            ("a\nb", None),
            ("Bob", Some("bob")),
            ("Bob", Some("@x")),
            ("Bob", Some("bob@x@y")),
            ("Bob", Some("bob<b@x")),
        ] {
            let new = NewPerson {
                name,
                email,
                roles: &roles,
            };
            let bad = people::create(&mut transaction, &realm(), new, act).await;
            assert!(
                matches!(bad, Err(IdentityError::Malformed(_))),
                "{name} {email:?}"
            );
        }
        drop(transaction);
        let all = people::list(&database, &realm(), None, 10).await.unwrap();
        let names: Vec<_> = all.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["Admin", "Ann"]);
        let after = Some((all[0].name.as_str(), all[0].id.as_str()));
        let rest = people::list(&database, &realm(), after, 10).await.unwrap();
        assert_eq!(rest, all[1..]);
    }
}

#[tokio::test]
async fn somebody_is_left_to_manage_people() {
    for test in databases().await {
        let database = test.open().await;
        let (ann, bob) = (
            make(&database, "Ann", None, &[Role::Administrator]).await,
            make(&database, "Bob", None, &[Role::Administrator]).await,
        );
        let by = admin();
        let act = Act {
            by: &by,
            now: at(0),
        };
        let (none, reader) = (BTreeSet::new(), BTreeSet::from([Role::Reader]));
        let mut transaction = database.begin().await.unwrap();
        let changed = people::set_roles(&mut transaction, &realm(), &bob.id, &reader, act).await;
        let record = changed.unwrap().record;
        transaction.commit().await.unwrap();
        let expected = Administration {
            action: "people:roles".to_owned(),
            by: admin(),
            target: format!("person:{}", bob.id),
            before: Some(serde_json::json!(["administrator"])),
            after: Some(serde_json::json!(["reader"])),
            time: at(0),
        };
        assert_eq!(record, expected);
        let stated = statement(&realm(), &record).unwrap();
        assert_eq!(stated.predicate_type, gw_attest::predicate::ADMINISTRATION);

        let mut transaction = database.begin().await.unwrap();
        let error = people::set_roles(&mut transaction, &realm(), &ann.id, &none, act).await;
        assert!(matches!(error, Err(IdentityError::LastAdministrator)));
        let error = people::set_state(&mut transaction, &realm(), &ann.id, false, act).await;
        assert!(matches!(error, Err(IdentityError::LastAdministrator)));
        let error = people::erase(&mut transaction, &realm(), &ann.id, act).await;
        assert!(matches!(error, Err(IdentityError::LastAdministrator)));
        let error = people::set_roles(&mut transaction, &realm(), "p-nobody", &none, act).await;
        assert!(matches!(error, Err(IdentityError::NoSuchPerson)));
        let erased = people::erase(&mut transaction, &realm(), &bob.id, act)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!((erased.record.before, erased.record.after), (None, None));
        let left = people::find(&database, &realm(), &bob.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (left.name.as_str(), left.state),
            ("erased", PersonState::Erased)
        );
        let mut transaction = database.begin().await.unwrap();
        let error = people::set_state(&mut transaction, &realm(), &bob.id, true, act).await;
        assert!(matches!(error, Err(IdentityError::NoSuchPerson)));
    }
}

#[tokio::test]
async fn two_administrators_cannot_remove_each_other() {
    for test in databases().await {
        let database = test.open().await;
        let (ann, bob) = (
            make(&database, "Ann", None, &[Role::Administrator]).await,
            make(&database, "Bob", None, &[Role::Administrator]).await,
        );
        let remove = async |id: &str| {
            let by = admin();
            let act = Act {
                by: &by,
                now: at(0),
            };
            let mut transaction = database.begin().await.unwrap();
            let none = BTreeSet::new();
            let done = people::set_roles(&mut transaction, &realm(), id, &none, act).await;
            match done {
                Ok(_) => transaction.commit().await.is_ok(),
                Err(_) => false,
            }
        };
        let (first, second) = tokio::join!(remove(&ann.id), remove(&bob.id));
        assert!(first != second, "{first} {second}");
    }
}

fn secret(text: &str) -> zeroize::Zeroizing<String> {
    text.to_owned().into()
}

async fn with_password(database: &Database, door: &PasswordDoor) -> Person {
    let ann = make(database, "Ann", Some("ann@corp.example"), &[Role::Reader]).await;
    let hash = door.prepare(&ann, secret(PASSWORD)).await.unwrap();
    let by = ann.caller().unwrap().principal().clone();
    let act = Act {
        by: &by,
        now: at(0),
    };
    let mut transaction = database.begin().await.unwrap();
    let realm = realm();
    let set = people::set_password(&mut transaction, &realm, &ann.id, Some(hash), None, act);
    assert_eq!(set.await.unwrap().record.after, None);
    transaction.commit().await.unwrap();
    ann
}

#[tokio::test]
async fn passwords_open_the_door_and_rise_with_costs() {
    for test in databases().await {
        let database = test.open().await;
        let door = PasswordDoor::new(database.clone(), CHEAP);
        let ann = with_password(&database, &door).await;
        let enter = async |door: &PasswordDoor, email: &str, password: &str| {
            door.enter(&realm(), email, secret(password), "192.0.2.1", at(10))
                .await
        };
        assert_eq!(
            enter(&door, "Ann@corp.example", PASSWORD).await.unwrap(),
            ann
        );
        for (email, password) in [
            ("ann@corp.example", "another long sentence"),
            ("ann@corp.example", ""),
            ("bob@corp.example", PASSWORD),
            ("", PASSWORD),
        ] {
            let error = enter(&door, email, password).await.unwrap_err();
            assert!(
                matches!(error, IdentityError::Credentials),
                "{email}: {error}"
            );
        }
        // Costs that rise are taken up at the next sign-in.
        let dearer = PasswordDoor::new(
            database.clone(),
            PasswordCost {
                memory: 128,
                ..CHEAP
            },
        );
        assert!(enter(&dearer, "ann@corp.example", PASSWORD).await.is_ok());
        let kept: String = database
            .query("SELECT password FROM person WHERE email = 'ann@corp.example'")
            .scalar()
            .await
            .unwrap()
            .unwrap();
        assert!(kept.contains("m=128,"), "{kept}");
        assert!(enter(&dearer, "ann@corp.example", PASSWORD).await.is_ok());
        assert!(matches!(
            door.prepare(&ann, secret("short")).await,
            Err(IdentityError::Password(_))
        ));
    }
}

#[tokio::test]
async fn guessing_gets_slow_and_a_restart_does_not_help() {
    for test in databases().await {
        let database = test.open().await;
        let door = PasswordDoor::new(database.clone(), CHEAP);
        with_password(&database, &door).await;
        let guess = async |door: &PasswordDoor, password: &str, from: &str, now| {
            let email = "ann@corp.example";
            door.enter(&realm(), email, secret(password), from, now)
                .await
        };
        for n in 0..6 {
            let from = format!("192.0.2.{n}");
            let error = guess(&door, "wrong", &from, at(0)).await.unwrap_err();
            assert!(matches!(error, IdentityError::Credentials), "{n}: {error}");
        }
        // Another address, the right password, another process: it is too early.
        let again = PasswordDoor::new(database.clone(), CHEAP);
        let error = guess(&again, PASSWORD, "198.51.100.1", at(1))
            .await
            .unwrap_err();
        let IdentityError::Throttled { until } = error else {
            panic!("{error}");
        };
        assert_eq!(until, at(2));
        assert!(guess(&again, PASSWORD, "198.51.100.1", at(2)).await.is_ok());
        // After one that is right the account starts anew.
        let error = guess(&again, "wrong", "198.51.100.1", at(3))
            .await
            .unwrap_err();
        assert!(matches!(error, IdentityError::Credentials), "{error}");
    }
}

#[tokio::test]
async fn many_guesses_at_once_are_many() {
    for test in databases().await {
        let database = test.open().await;
        let attempts = people::Attempts::new(database.clone());
        let tries = (0..40).map(|n| {
            let attempts = attempts.clone();
            tokio::spawn(async move {
                let from = format!("192.0.2.{n}");
                attempts
                    .reserve(&realm(), "ann", &from, at(0))
                    .await
                    .is_ok()
            })
        });
        let mut passed = 0;
        for one in tries.collect::<Vec<_>>() {
            passed += usize::from(one.await.unwrap());
        }
        assert_eq!(passed, 6);
        // One address that tries many accounts.
        let mut passed = 0;
        for n in 0..80 {
            let account = format!("account {n}");
            let tried = attempts
                .reserve(&realm(), &account, "198.51.100.7", at(0))
                .await;
            passed += usize::from(tried.is_ok());
        }
        assert_eq!(passed, 51);
        assert!(attempts.tidy(at(86_401)).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn providers_make_people_and_say_their_roles() {
    for test in databases().await {
        let database = test.open().await;
        let by = Principal::new(PrincipalKind::Machine, "sign-in");
        let sign_in = async |subject: &str, roles: &[Role]| {
            let who = Federated {
                issuer: "https://issuer.example".to_owned(),
                subject: subject.to_owned(),
                name: Some("Ann".to_owned()),
                email: Some("ann@corp.example".to_owned()),
                roles: roles.iter().copied().collect(),
            };
            let act = Act {
                by: &by,
                now: at(0),
            };
            let done = people::federate(&database, &realm(), &who, act).await;
            let (transaction, recorded) = done.unwrap();
            transaction.commit().await.unwrap();
            recorded
        };
        let local = make(
            &database,
            "Ann",
            Some("ann@corp.example"),
            &[Role::Administrator],
        )
        .await;
        let first = sign_in("ann", &[Role::Reader]).await;
        // The same address makes nobody the local administrator.
        assert_ne!(first.value.id, local.id);
        let second = sign_in("ann", &[Role::Approver]).await;
        assert_eq!(second.value.id, first.value.id);
        assert_eq!(second.value.roles, [Role::Approver].into());
        assert_eq!(second.record.after, Some(serde_json::json!(["approver"])));
        assert_eq!(sign_in("ann", &[Role::Approver]).await.record.after, None);
        let issuer = "https://issuer.example";
        let found = people::by_federation(&database, &realm(), issuer, "ann")
            .await
            .unwrap();
        assert_eq!(found.unwrap().roles, [Role::Approver].into());
        assert_ne!(sign_in("bob", &[]).await.value.id, first.value.id);
    }
}
