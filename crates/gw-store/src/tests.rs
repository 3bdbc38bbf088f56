use gw_core::{
    Basis, Decision, Dependency, Mode, Outcome, Principal, PrincipalKind, Subject, SubjectKind,
};
use gw_flow::store::{NewDecision, NewStatement};

use super::*;

fn time(second: i64) -> Time {
    Time::from_second(1_800_000_000 + second).unwrap()
}

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn version(name: &str) -> Version {
    Version::from_digest(digest(name))
}

fn key(name: &str) -> FactKey {
    FactKey::advisory("npm", name)
}

fn statement(name: &str, keys: &[FactKey]) -> NewStatement {
    NewStatement {
        statement: StoredStatement {
            id: digest(name),
            envelope: name.as_bytes().to_vec(),
            salt: [7; 32],
            predicate_type: "https://example.org/t".to_owned(),
            asset: Some("repo:x".parse().unwrap()),
            signers: vec!["0".repeat(64).parse().unwrap()],
            issued_at: time(0),
            expires_at: Some(time(9)),
            received_at: time(1),
        },
        keys: keys.to_vec(),
    }
}

fn decision(name: &str, asset: &str, reads: &[(&str, &str)], not_after: Option<i64>) -> Batch {
    let decision = Decision {
        gate: Gate::Release,
        asset: asset.parse().unwrap(),
        place: Place::branch("main"),
        subject: Subject {
            kind: SubjectKind::Tree,
            name: asset.to_owned(),
            commit: None,
            digest: digest(asset),
        },
        principal: Principal::new(PrincipalKind::Machine, "m"),
        outcome: Outcome::NeedsApproval,
        mode: Mode::Enforce,
        reasons: Vec::new(),
        basis: Basis {
            policy: digest("p"),
            authority: digest("a"),
            config: digest("c"),
            advisories: digest("i"),
        },
        time: time(2),
        ledger_position: 0,
        not_after: not_after.map(time),
        dependencies: reads
            .iter()
            .map(|(k, v)| Dependency {
                key: key(k),
                version: version(v),
            })
            .collect(),
    };
    Batch {
        statements: vec![statement(name, &[])],
        decisions: vec![NewDecision {
            id: digest(name),
            decision,
            context: digest("ctx"),
        }],
        ..Batch::default()
    }
}

fn ids(rows: &[DecisionRow]) -> Vec<Digest> {
    rows.iter().map(|row| row.id).collect()
}

/// Runs a test on an empty store of every backend, and in memory.
async fn everywhere(test: impl AsyncFn(SqlStore, Realm)) {
    for made in crate::testing::databases().await {
        let store = SqlStore::on(made.open().await).await.unwrap();
        test(store.clone(), Realm::local()).await;
        store.close().await;
    }
    test(SqlStore::in_memory().await.unwrap(), Realm::local()).await;
}

#[tokio::test]
async fn statements_come_back_as_they_were() {
    everywhere(async |store, realm| {
        let one = statement("one", &[key("a"), key("b")]);
        let two = statement("two", &[key("b")]);
        let batch = || Batch {
            statements: vec![one.clone(), two.clone()],
            facts: vec![(key("a"), version("1"))],
            blobs: vec![(digest("blob"), b"content".to_vec())],
            meta: vec![("name".to_owned(), "value".to_owned())],
            ..Batch::default()
        };
        assert_eq!(store.commit(&realm, batch()).await.unwrap(), 1);
        // Once more: nothing is doubled.
        assert_eq!(store.commit(&realm, batch()).await.unwrap(), 2);
        assert_eq!(store.change_seq().await.unwrap(), 2);

        let back = store
            .statement(&realm, &digest("one"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(back.envelope, b"one");
        assert_eq!(back.salt, [7; 32]);
        assert_eq!(back.signers, one.statement.signers);
        assert_eq!((back.issued_at, back.received_at), (time(0), time(1)));
        assert_eq!(back.expires_at, Some(time(9)));
        let both = store
            .statements(&realm, &[key("a"), key("b")])
            .await
            .unwrap();
        assert_eq!(
            both.iter().map(|s| s.id).collect::<Vec<_>>(),
            [digest("one"), digest("two")]
        );
        assert_eq!(
            store.statements(&realm, &[key("c")]).await.unwrap().len(),
            0
        );
        let keys = store.keys_of(&realm, &digest("one")).await.unwrap();
        assert_eq!(keys, [key("a"), key("b")]);
        assert_eq!(store.list_statements(&realm, None).await.unwrap().len(), 2);
        assert_eq!(
            store
                .list_statements(&realm, Some("x"))
                .await
                .unwrap()
                .len(),
            0
        );

        let versions = store.versions(&realm, &[key("a"), key("b")]).await.unwrap();
        assert_eq!(versions, [(key("a"), version("1"))]);
        let blob = store.blob(&realm, &digest("blob")).await.unwrap();
        assert_eq!(blob.as_deref(), Some(b"content".as_slice()));
        assert_eq!(
            store.meta(&realm, "name").await.unwrap().as_deref(),
            Some("value")
        );

        let other: Realm = "other".parse().unwrap();
        assert!(
            store
                .statement(&other, &digest("one"))
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            store
                .statements(&other, &[key("a")])
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            store
                .versions(&other, &[key("a")])
                .await
                .unwrap()
                .is_empty()
        );
        assert!(store.blob(&other, &digest("blob")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_new_binding_ends_the_one_before_it() {
    everywhere(async |store, realm| {
        for (at, subject) in ["old", "new"].into_iter().enumerate() {
            let binding = Binding {
                asset: "repo:x".parse().unwrap(),
                place: Place::branch("main"),
                subject: digest(subject),
                from: time(at as i64),
                until: None,
            };
            let batch = Batch {
                bindings: vec![binding],
                ..Batch::default()
            };
            store.commit(&realm, batch).await.unwrap();
        }
        let bindings = store.bindings(&realm, None).await.unwrap();
        assert_eq!(bindings.len(), 1);
        assert_eq!(bindings[0].subject, digest("new"));
        let other = "repo:y".parse().unwrap();
        assert!(
            store
                .bindings(&realm, Some(&other))
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn finds_exactly_the_decisions_that_a_change_concerns() {
    everywhere(async |store, realm| {
        let x = decision("dx", "repo:x", &[("a", "1"), ("b", "0")], Some(5));
        let y = decision("dy", "repo:y", &[("b", "1")], None);
        store.commit(&realm, x).await.unwrap();
        store.commit(&realm, y).await.unwrap();

        let dependents = async |facts: &[(&str, &str)]| {
            let facts: Vec<_> = facts.iter().map(|(k, v)| (key(k), version(v))).collect();
            ids(&store.dependents(&realm, &facts).await.unwrap())
        };
        assert_eq!(dependents(&[("a", "1")]).await, []);
        assert_eq!(dependents(&[("a", "2")]).await, [digest("dx")]);
        assert_eq!(dependents(&[("b", "1")]).await, [digest("dx")]);
        assert_eq!(
            dependents(&[("b", "2")]).await,
            [digest("dx"), digest("dy")]
        );
        assert_eq!(dependents(&[("c", "1")]).await, []);
        assert_eq!(store.reads(&realm, "advisory").await.unwrap().len(), 3);
        assert_eq!(store.reads(&realm, "advisor").await.unwrap().len(), 0);
        assert_eq!(ids(&store.due(&realm, time(4)).await.unwrap()), []);
        assert_eq!(
            ids(&store.due(&realm, time(5)).await.unwrap()),
            [digest("dx")]
        );

        // Made again, the old one depends on nothing any more.
        let again = decision("dx2", "repo:x", &[("a", "2")], None);
        store.commit(&realm, again).await.unwrap();
        assert_eq!(dependents(&[("b", "1")]).await, []);
        assert_eq!(dependents(&[("a", "3")]).await, [digest("dx2")]);
        assert_eq!(ids(&store.due(&realm, time(9)).await.unwrap()), []);
        let asset = "repo:x".parse().unwrap();
        let place = Place::branch("main");
        let history = store
            .decisions(&realm, Gate::Release, &asset, &place, 9)
            .await
            .unwrap();
        assert_eq!(ids(&history), [digest("dx2"), digest("dx")]);
        assert_eq!(history[0].outcome, Outcome::NeedsApproval);
        let current = store.current_decisions(&realm).await.unwrap();
        assert_eq!(ids(&current), [digest("dy"), digest("dx2")]);
    })
    .await;
}

#[tokio::test]
async fn leaves_are_given_in_order_and_once() {
    everywhere(async |store, realm| {
        for name in ["one", "two", "three"] {
            let batch = Batch {
                statements: vec![statement(name, &[])],
                ..Batch::default()
            };
            store.commit(&realm, batch).await.unwrap();
        }
        let pending = store.pending(2).await.unwrap();
        let entries: Vec<_> = pending.iter().map(|p| p.sequence).collect();
        store.sequence(0, &entries).await.unwrap();
        assert_eq!(store.leaf_count().await.unwrap(), 2);
        assert!(store.sequence(0, &entries).await.is_err());
        assert!(store.sequence(2, &entries).await.is_err());
        assert_eq!(store.leaf_count().await.unwrap(), 2);
        let rest = store.pending(9).await.unwrap();
        assert_eq!(rest.len(), 1);
        store.sequence(2, &[rest[0].sequence]).await.unwrap();
        let leaves = store.leaves(1, 3).await.unwrap();
        let seen: Vec<_> = leaves.iter().map(|l| (l.index, l.statement.id)).collect();
        assert_eq!(seen, [(1, digest("two")), (2, digest("three"))]);
        assert_eq!(store.leaf_of(&digest("three")).await.unwrap(), Some(2));
        assert_eq!(store.leaf_of(&digest("four")).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn one_sequencer_at_a_time() {
    everywhere(async |store, _| {
        assert!(
            store
                .lease("sequencer", "a", time(0), time(10))
                .await
                .unwrap()
        );
        assert!(
            !store
                .lease("sequencer", "b", time(5), time(15))
                .await
                .unwrap()
        );
        assert!(
            store
                .lease("sequencer", "a", time(5), time(15))
                .await
                .unwrap(),
            "renewed"
        );
        assert!(
            store
                .lease("sequencer", "b", time(15), time(25))
                .await
                .unwrap(),
            "run out"
        );
        store.release("sequencer", "a").await.unwrap();
        assert!(
            !store
                .lease("sequencer", "a", time(16), time(26))
                .await
                .unwrap()
        );
        store.release("sequencer", "b").await.unwrap();
        assert!(
            store
                .lease("sequencer", "a", time(16), time(26))
                .await
                .unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn files_last_and_newer_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let realm = Realm::local();
    let store = SqlStore::open(&path).await.unwrap();
    let batch = Batch {
        statements: vec![statement("one", &[key("a")])],
        ..Batch::default()
    };
    store.commit(&realm, batch).await.unwrap();
    store.close().await;
    let store = SqlStore::open(&path).await.unwrap();
    assert_eq!(store.list_statements(&realm, None).await.unwrap().len(), 1);
    let insert = "INSERT INTO migration (number, name) VALUES (99, 'later')";
    store.database.query(insert).run().await.unwrap();
    store.close().await;
    assert!(matches!(
        SqlStore::open(&path).await,
        Err(StoreError::TooNew { found: 99, .. })
    ));
    assert!(SqlStore::open(folder.path()).await.is_err());
}

/// What a program before this one made: version 1, by its own text, with a row.
#[tokio::test]
async fn databases_of_version_1_are_brought_up_to_date() {
    for made in crate::testing::databases().await {
        let database = Database::open(&made.address).await.unwrap();
        let first = &crate::migrations::MIGRATIONS[..1];
        database.migrate_with(first).await.unwrap();
        let old = SqlStore {
            database: database.clone(),
        };
        let batch = Batch {
            statements: vec![statement("one", &[key("a")])],
            facts: vec![(key("a"), version("1"))],
            ..Batch::default()
        };
        old.commit(&Realm::local(), batch).await.unwrap();
        if made.backend == Backend::Sqlite {
            // It kept no record of its steps, only the number.
            for statement in ["DROP TABLE migration", "PRAGMA user_version = 1"] {
                database.administer(statement).await.unwrap();
            }
        }
        database.close().await;
        let store = SqlStore::on(Database::open(&made.address).await.unwrap()).await;
        let store = store.unwrap();
        let back = store.list_statements(&Realm::local(), None).await.unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(store.change_seq().await.unwrap(), 1);
        let steps = "SELECT count(*) FROM migration";
        let steps: Option<i64> = store.database.query(steps).scalar().await.unwrap();
        let known = crate::migrations::MIGRATIONS.len();
        assert_eq!(steps, i64::try_from(known).ok());
    }
}

/// Several programs on one database, each with several tasks.
#[tokio::test]
async fn writers_follow_each_other_and_nothing_is_lost() {
    const TASKS: usize = 8;
    const COMMITS: usize = 25;
    for made in crate::testing::databases().await {
        let one = SqlStore::on(made.open().await).await.unwrap();
        let two = SqlStore::on(made.open().await).await.unwrap();
        let reader = one.clone();
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let watch = tokio::spawn(async move {
            // Whoever has seen a change number has all facts up to it before them.
            let (mut last, mut looks) = (0, 0_u32);
            while stopped.try_recv().is_err() {
                let seq = reader.change_seq().await.unwrap();
                assert!(seq >= last, "{seq} after {last}");
                let facts = "SELECT count(*) FROM fact WHERE change_seq <= ?";
                let facts = reader.database.query(facts).bind(seq).scalar().await;
                assert_eq!(facts.unwrap(), Some(seq));
                last = seq;
                looks += 1;
            }
            looks
        });
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let store = if task % 2 == 0 { &one } else { &two }.clone();
                tokio::spawn(async move {
                    let mut seqs = Vec::new();
                    for n in 0..COMMITS {
                        let name = format!("t{task}-{n}");
                        let batch = Batch {
                            statements: vec![statement(&name, &[key(&name)])],
                            facts: vec![(key(&name), version(&name))],
                            ..Batch::default()
                        };
                        seqs.push(store.commit(&Realm::local(), batch).await.unwrap());
                    }
                    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
                    seqs
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        stop.send(()).unwrap();
        assert!(watch.await.unwrap() > 0);
        all.sort_unstable();
        let expected: Vec<_> = (1..=i64::try_from(TASKS * COMMITS).unwrap()).collect();
        assert_eq!(all, expected, "{:?}", made.backend);
        let statements = two.list_statements(&Realm::local(), None).await.unwrap();
        assert_eq!(statements.len(), TASKS * COMMITS);
        let keys: Vec<_> = (0..TASKS)
            .flat_map(|task| (0..COMMITS).map(move |n| key(&format!("t{task}-{n}"))))
            .collect();
        let versions = two.versions(&Realm::local(), &keys).await.unwrap();
        assert_eq!(versions.len(), TASKS * COMMITS);
        one.close().await;
        two.close().await;
    }
}

/// Of many that ask for the lease at once, one gets it.
#[tokio::test]
async fn one_of_many_gets_the_lease() {
    for made in crate::testing::databases().await {
        let one = SqlStore::on(made.open().await).await.unwrap();
        let two = SqlStore::on(made.open().await).await.unwrap();
        for round in 0..10 {
            let asks: Vec<_> = (0..6)
                .map(|n| {
                    let store = if n % 2 == 0 { &one } else { &two }.clone();
                    let (now, until) = (time(round * 10), time(round * 10 + 10));
                    tokio::spawn(async move {
                        store.lease("sequencer", &format!("h{n}"), now, until).await
                    })
                })
                .collect();
            let mut won = 0;
            for ask in asks {
                won += u32::from(ask.await.unwrap().unwrap());
            }
            assert_eq!(won, 1, "{:?} {round}", made.backend);
        }
        one.close().await;
        two.close().await;
    }
}

/// The address under which [`commits_until_it_is_killed`] is a victim and not a test.
const VICTIM: &str = "GW_TEST_VICTIM";

/// The part of [`what_was_acknowledged_survives_a_kill`] that runs in a process of its own.
#[tokio::test]
#[allow(clippy::print_stdout, reason = "how the killer is told")]
async fn commits_until_it_is_killed() {
    let Ok(address) = std::env::var(VICTIM) else {
        return;
    };
    let store = SqlStore::on(Database::open(&address).await.unwrap()).await;
    let store = store.unwrap();
    loop {
        let next = store.change_seq().await.unwrap() + 1;
        let name = format!("s{next}");
        let batch = Batch {
            statements: vec![statement(&name, &[key(&name)])],
            facts: vec![(key(&name), version(&name))],
            ..Batch::default()
        };
        let seq = store.commit(&Realm::local(), batch).await.unwrap();
        println!("\nacknowledged {seq}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    for made in crate::testing::databases().await {
        let store = SqlStore::on(made.open().await).await.unwrap();
        let mut last = 0;
        for round in 1..=6_u64 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "tests::commits_until_it_is_killed",
                    "--nocapture",
                ])
                .env(VICTIM, &made.address)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut acknowledged = lines.map_while(Result::ok).filter_map(|line| {
                let seq = line.strip_prefix("acknowledged ")?;
                Some(seq.parse::<i64>().unwrap())
            });
            let first = acknowledged.next().expect("the victim commits");
            assert!(first > last, "{first} after {last}");
            // A different moment of its work each time.
            let micros = u64::from(std::process::id()).wrapping_mul(round * 7919) % 40_000;
            std::thread::sleep(std::time::Duration::from_micros(micros));
            child.kill().unwrap();
            child.wait().unwrap();
            last = acknowledged.last().unwrap_or(first);

            let seq = store.change_seq().await.unwrap();
            assert!(seq >= last, "{:?}: {seq} of {last}", made.backend);
            let keys: Vec<_> = (1..=seq).map(|n| key(&format!("s{n}"))).collect();
            let versions = store.versions(&Realm::local(), &keys).await.unwrap();
            let statements = store.statements(&Realm::local(), &keys).await.unwrap();
            // What was written has both its halves.
            let count = usize::try_from(seq).unwrap();
            assert_eq!((versions.len(), statements.len()), (count, count));
            last = seq;
        }
        store.close().await;
    }
}
