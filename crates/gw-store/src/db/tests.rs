use std::time::Duration;

use gw_core::{Digest, Time};
use gw_flow::store::StoreError;

use super::migrate::Migration;
use super::*;
use crate::testing::databases;

const TABLE: &[Migration] = &[Migration {
    number: 1,
    name: "things",
    text: "CREATE TABLE thing (number {serial}, name {text} NOT NULL UNIQUE, size {int}, \
           content {bytes}); CREATE INDEX thing_by_size ON thing (size);",
}];

/// An empty table of things on every backend, and in memory.
async fn things(test: impl AsyncFn(Database)) {
    for made in databases().await {
        let database = Database::open(&made.address).await.unwrap();
        database.migrate_with(TABLE).await.unwrap();
        test(database.clone()).await;
        database.close().await;
    }
    let database = Database::in_memory().await.unwrap();
    database.migrate_with(TABLE).await.unwrap();
    test(database).await;
}

#[tokio::test]
async fn values_come_back_as_they_were() {
    things(async |db| {
        let time: Time = "2026-02-03T04:05:06.000007Z".parse().unwrap();
        let (min, max) = (i64::MIN, i64::MAX);
        let sql = Both {
            sqlite: "SELECT ?, ?, ?, ?, ?, ?, ?, ?",
            postgres: "SELECT ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT)",
        };
        let digest = Digest::of(b"x");
        let row = db
            .query(sql)
            .bind(min)
            .bind(max)
            .bind("ä'?\u{1f980}")
            .bind(vec![0_u8, 255])
            .bind(time)
            .bind(digest)
            .bind(true)
            .bind(None::<&str>)
            .one()
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), min);
        assert_eq!(row.get::<i64>(1).unwrap(), max);
        assert_eq!(row.get::<String>(2).unwrap(), "ä'?\u{1f980}");
        assert_eq!(row.get::<Vec<u8>>(3).unwrap(), [0, 255]);
        assert_eq!(row.get::<Time>(4).unwrap(), time);
        assert_eq!(row.get::<Digest>(5).unwrap(), digest);
        assert!(row.get::<bool>(6).unwrap());
        assert_eq!(row.get::<Option<String>>(7).unwrap(), None);
        assert_eq!(row.get::<Option<i64>>(0).unwrap(), Some(min));
        // What is something else is an error, not another value.
        assert!(row.get::<String>(7).is_err());
        assert!(row.get::<bool>(1).is_err());
        assert!(row.get::<String>(3).is_err());
        assert!(row.get::<Digest>(3).is_err());
        assert!(row.get::<u32>(0).is_err());
        assert!(row.get::<i64>(8).is_err());
        assert_eq!(row.len(), 8);
    })
    .await;
}

const INSERT: &str = "INSERT INTO thing (name, size, content) VALUES (?, ?, ?)";

async fn count(db: &Database) -> i64 {
    let count = db.query("SELECT count(*) FROM thing").scalar().await;
    count.unwrap().unwrap()
}

#[tokio::test]
async fn nulls_fit_whatever_place_they_come_to() {
    things(async |db| {
        let insert = async |name: &str, size: Option<i64>, content: Option<&[u8]>| {
            let query = db.query(INSERT).bind(name).bind(size).bind(content);
            assert_eq!(query.run().await.unwrap(), 1);
        };
        // First without, so that the kept plan was made for NULL.
        insert("a", None, None).await;
        insert("b", Some(7), Some(b"x")).await;
        insert("c", None, Some(b"y")).await;
        let rows = db.query("SELECT size, content FROM thing ORDER BY number");
        let rows = rows.map(|row| Ok((row.get(0)?, row.get(1)?))).await;
        let expected: [(Option<i64>, Option<Vec<u8>>); 3] = [
            (None, None),
            (Some(7), Some(b"x".to_vec())),
            (None, Some(b"y".to_vec())),
        ];
        assert_eq!(rows.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    things(async |db| {
        let insert = |name: &'static str| Sql::new(INSERT).bind(name).bind(1_i64).bind(&b""[..]);
        let mut tx = db.begin().await.unwrap();
        tx.query(insert("a")).run().await.unwrap();
        drop(tx);
        assert_eq!(count(&db).await, 0);
        let mut tx = db.begin().await.unwrap();
        tx.query(insert("a")).run().await.unwrap();
        tx.query(insert("b")).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&db).await, 2);
        // One error, and what came before it in the transaction is gone with it.
        let mut tx = db.begin().await.unwrap();
        tx.query(insert("c")).run().await.unwrap();
        let error = tx.query(insert("a")).run().await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        drop(tx);
        assert_eq!(count(&db).await, 2);
        let number: Option<i64> = db
            .query("UPDATE thing SET size = size + 1 WHERE name = ? RETURNING size")
            .bind("b")
            .scalar()
            .await
            .unwrap();
        assert_eq!(number, Some(2));
    })
    .await;
}

#[tokio::test]
async fn many_rows_and_many_values_are_few_statements() {
    things(async |db| {
        let row = |n: i64| vec![format!("n{n}").into(), n.into(), Digest::of(&[1]).into()];
        let sql = "INSERT INTO thing (name, size, content) VALUES {rows} ON CONFLICT DO NOTHING";
        let done = db
            .insert_many(sql, 3, (0..5000).map(row).collect())
            .await
            .unwrap();
        assert_eq!(done, 5000);
        // Those that are there already are left.
        let done = db
            .insert_many(sql, 3, (4990..5010).map(row).collect())
            .await
            .unwrap();
        assert_eq!(done, 10);
        let none = db.insert_many(sql, 3, Vec::new()).await.unwrap();
        assert_eq!((none, count(&db).await), (0, 5010));
        let uneven = vec![row(9000), vec![Value::Null]];
        assert!(db.insert_many(sql, 3, uneven).await.is_err());
        assert_eq!(count(&db).await, 5010);

        let names: Vec<_> = (0..6000).map(|n| format!("n{n}")).collect();
        let among = async |sql: &'static str, values: Value| {
            let found: Option<i64> = db.query(sql).bind(values).scalar().await.unwrap();
            found.unwrap()
        };
        let sql = "SELECT count(*) FROM thing WHERE name IN {texts}";
        assert_eq!(among(sql, db.list(&names)).await, 5010);
        assert_eq!(among(sql, db.list(["n1", "\"'", "?"])).await, 1);
        assert_eq!(among(sql, db.list::<&str>([])).await, 0);
        let sql = "SELECT count(*) FROM thing WHERE size IN {ints}";
        assert_eq!(among(sql, db.list([3_i64, 4, i64::MAX])).await, 2);
        let sql = "SELECT count(*) FROM thing WHERE content IN {digests}";
        assert_eq!(among(sql, db.list([Digest::of(&[1])])).await, 5010);
        assert_eq!(among(sql, db.list([Digest::of(&[2])])).await, 0);
    })
    .await;
}

#[tokio::test]
async fn filters_are_joined_from_parts() {
    things(async |db| {
        let rows = (0..9_i64).map(|n| vec![format!("n{n}").into(), (n % 3).into(), Value::Null]);
        let sql = "INSERT INTO thing (name, size, content) VALUES";
        db.insert_many(sql, 3, rows.collect()).await.unwrap();
        let find = async |size: Option<i64>, after: Option<&str>| {
            let sql = Sql::new("SELECT name FROM thing WHERE number > ?")
                .bind(0_i64)
                .maybe("AND size = ?", size)
                .maybe("AND name > ?", after)
                .part("ORDER BY name LIMIT ?")
                .bind(2_u32);
            let names: Vec<String> = db.query(sql).map(|row| row.get(0)).await.unwrap();
            names.join(" ")
        };
        assert_eq!(find(None, None).await, "n0 n1");
        assert_eq!(find(Some(1), None).await, "n1 n4");
        assert_eq!(find(Some(1), Some("n1")).await, "n4 n7");
        assert_eq!(find(Some(1), Some("n' OR '1'='1")).await, "n1 n4");
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_sees_one_moment() {
    for made in databases().await {
        let db = Database::open(&made.address).await.unwrap();
        db.migrate_with(TABLE).await.unwrap();
        let mut before = db.snapshot().await.unwrap();
        let insert = db.query(INSERT).bind("a").bind(1_i64).bind(None::<&str>);
        insert.run().await.unwrap();
        let sql = "SELECT count(*) FROM thing";
        assert_eq!(before.query(sql).scalar().await.unwrap(), Some(0_i64));
        assert!(before.query("DELETE FROM thing").run().await.is_err());
        drop(before);
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn hints_come_and_are_only_hints() {
    for made in databases().await {
        let db = Database::open(&made.address).await.unwrap();
        let other = Database::open(&made.address).await.unwrap();
        let mut listener = db.listen("change").await.unwrap();
        other.notify("change").await.unwrap();
        other.notify("other").await.unwrap();
        let expected = made.backend == Backend::Postgres;
        assert_eq!(
            listener
                .wait(Duration::from_secs(5 * u64::from(expected)))
                .await,
            expected
        );
        assert!(!listener.wait(Duration::from_millis(20)).await);
        let mut tx = other.begin().await.unwrap();
        tx.notify("change").await.unwrap();
        assert!(
            !listener.wait(Duration::from_millis(20)).await,
            "not committed"
        );
        tx.commit().await.unwrap();
        assert_eq!(
            listener
                .wait(Duration::from_secs(5 * u64::from(expected)))
                .await,
            expected
        );
    }
}

#[tokio::test]
async fn steps_are_done_once_and_in_order() {
    const SECOND: Migration = Migration {
        number: 2,
        name: "second",
        text: "INSERT INTO thing (name) VALUES ('second')",
    };
    const FIFTH: Migration = Migration {
        number: 5,
        name: "fifth",
        text: "UPDATE thing SET name = 'fifth' WHERE name = 'second'",
    };
    const BROKEN: Migration = Migration {
        number: 6,
        name: "broken",
        text: "DELETE FROM thing; INSERT INTO nowhere VALUES (1)",
    };
    const WORDLESS: Migration = Migration {
        number: 6,
        name: "wordless",
        text: "CREATE TABLE x (a {number})",
    };
    let [first] = TABLE else { unreachable!() };
    let first = || Migration { ..*first };
    for made in databases().await {
        let db = Database::open(&made.address).await.unwrap();
        db.migrate_with(&[FIFTH, SECOND, first()]).await.unwrap();
        db.migrate_with(&[FIFTH, SECOND, first()]).await.unwrap();
        let names = db
            .query("SELECT name FROM thing")
            .map(|row| row.get::<String>(0));
        assert_eq!(names.await.unwrap(), ["fifth".to_owned()]);
        // Nothing of a step that fails stays.
        for wrong in [BROKEN, WORDLESS] {
            let steps = [first(), SECOND, FIFTH, wrong];
            assert!(db.migrate_with(&steps).await.is_err());
            assert_eq!(count(&db).await, 1);
        }
        // A step that comes later with a smaller number is done too.
        let fourth = Migration {
            number: 4,
            name: "fourth",
            text: "INSERT INTO thing (name) VALUES ('fourth')",
        };
        db.migrate_with(&[first(), SECOND, fourth, FIFTH])
            .await
            .unwrap();
        assert_eq!(count(&db).await, 2);
        let older = db.migrate_with(&[first(), SECOND]).await;
        let expected = StoreError::TooNew { found: 5, known: 2 };
        assert_eq!(older.unwrap_err().to_string(), expected.to_string());
    }
}

#[tokio::test]
async fn programs_that_start_together_make_the_tables_once() {
    for made in databases().await {
        let starts = (0..6).map(|_| {
            let address = made.address.clone();
            tokio::spawn(async move {
                let db = Database::open(&address).await?;
                db.migrate_with(TABLE).await?;
                db.close().await;
                Ok::<_, StoreError>(())
            })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.unwrap().unwrap();
        }
        let db = Database::open(&made.address).await.unwrap();
        let done = db.query("SELECT count(*) FROM migration").scalar().await;
        assert_eq!(done.unwrap(), Some(1_i64));
        assert_eq!(count(&db).await, 0);
    }
}
