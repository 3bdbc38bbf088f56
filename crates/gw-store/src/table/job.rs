//! Work that is done once, by whichever process takes it.

use gw_core::{Realm, Time};
use gw_flow::store::StoreError;

use crate::db::{Both, Database, Row};

/// A job that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number in the store.
    pub number: i64,
    /// Whose it is.
    pub realm: String,
    /// What is to be done.
    pub kind: String,
    /// To what: of a kind and a key there is one open job.
    pub key: String,
    /// What it needs to know, as its kind writes it.
    pub payload: String,
    /// How often it was taken, this time included.
    pub attempts: u32,
}

/// A job to be done.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// What is to be done.
    pub kind: &'a str,
    /// To what.
    pub key: &'a str,
    /// What it needs to know.
    pub payload: &'a str,
    /// Not before this time.
    pub run_at: Time,
}

/// Adds a job unless there is an open one of its kind and key; says whether it did.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn add(db: &Database, realm: &Realm, job: NewJob<'_>) -> Result<bool, StoreError> {
    let insert = "INSERT INTO job (realm, kind, key, payload, run_at, attempts) \
                  VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING";
    let insert = db.query(insert).bind(realm.as_str()).bind(job.kind);
    let insert = insert.bind(job.key).bind(job.payload).bind(job.run_at);
    Ok(insert.run().await? == 1)
}

/// Takes the job of this kind that has waited longest, for `holder` until `until`. A job whose
/// lease has run out is taken again.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn take(
    db: &Database,
    kind: &str,
    holder: &str,
    now: Time,
    until: Time,
) -> Result<Option<Job>, StoreError> {
    // One statement: SQLite has its write lock, PostgreSQL passes over rows that others hold.
    let update = Both {
        sqlite: "UPDATE job SET lease_holder = ?1, lease_until = ?2, attempts = attempts + 1 \
                 WHERE number = (SELECT number FROM job WHERE kind = ?3 AND done_at IS NULL \
                 AND run_at <= ?4 AND (lease_until IS NULL OR lease_until <= ?4) \
                 ORDER BY run_at, number LIMIT 1) \
                 RETURNING number, realm, kind, key, payload, attempts",
        postgres: "UPDATE job SET lease_holder = ?1, lease_until = ?2, attempts = attempts + 1 \
                   WHERE number = (SELECT number FROM job WHERE kind = ?3 AND done_at IS NULL \
                   AND run_at <= ?4 AND (lease_until IS NULL OR lease_until <= ?4) \
                   ORDER BY run_at, number LIMIT 1 FOR UPDATE SKIP LOCKED) \
                   RETURNING number, realm, kind, key, payload, attempts",
    };
    let update = db.query(update).bind(holder).bind(until);
    let row = update.bind(kind).bind(now).one().await?;
    row.as_ref().map(read).transpose()
}

/// Marks a job as done; false if `holder` has lost it in the meantime.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn complete(
    db: &Database,
    number: i64,
    holder: &str,
    now: Time,
) -> Result<bool, StoreError> {
    let update = "UPDATE job SET done_at = ?, lease_holder = NULL, lease_until = NULL, \
                  error = NULL WHERE number = ? AND lease_holder = ? AND done_at IS NULL";
    let update = db.query(update).bind(now).bind(number).bind(holder);
    Ok(update.run().await? == 1)
}

/// Gives a job back that did not succeed, to be taken again from `again` on; false if `holder` has
/// lost it in the meantime.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn retry(
    db: &Database,
    number: i64,
    holder: &str,
    error: &str,
    again: Time,
) -> Result<bool, StoreError> {
    let update = "UPDATE job SET run_at = ?, error = ?, lease_holder = NULL, lease_until = NULL \
                  WHERE number = ? AND lease_holder = ? AND done_at IS NULL";
    let update = db.query(update).bind(again).bind(error);
    Ok(update.bind(number).bind(holder).run().await? == 1)
}

/// Ends a job that will not succeed; its error stays with it. False if `holder` has lost it in the
/// meantime.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn fail(
    db: &Database,
    number: i64,
    holder: &str,
    error: &str,
    now: Time,
) -> Result<bool, StoreError> {
    let update = "UPDATE job SET done_at = ?, error = ?, lease_holder = NULL, lease_until = NULL \
                  WHERE number = ? AND lease_holder = ? AND done_at IS NULL";
    let update = db.query(update).bind(now).bind(error);
    Ok(update.bind(number).bind(holder).run().await? == 1)
}

fn read(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        number: row.get(0)?,
        realm: row.get(1)?,
        kind: row.get(2)?,
        key: row.get(3)?,
        payload: row.get(4)?,
        attempts: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    fn time(second: i64) -> Time {
        Time::from_second(1_800_000_000 + second).unwrap()
    }

    fn new<'a>(key: &'a str, at: i64) -> NewJob<'a> {
        NewJob {
            kind: "k",
            key,
            payload: "{}",
            run_at: time(at),
        }
    }

    #[tokio::test]
    async fn a_job_is_added_taken_and_done_once() {
        for made in databases().await {
            let db = made.open().await;
            let realm = Realm::local();
            assert!(add(&db, &realm, new("a", 5)).await.unwrap());
            assert!(!add(&db, &realm, new("a", 0)).await.unwrap(), "open");
            let take = async |holder: &str, now: i64| {
                let job = take(&db, "k", holder, time(now), time(now + 10)).await;
                job.unwrap()
            };
            assert_eq!(take("x", 4).await, None, "not yet");
            let job = take("x", 5).await.unwrap();
            assert_eq!((job.key.as_str(), job.attempts), ("a", 1));
            assert_eq!(take("y", 14).await, None, "leased");
            let job = take("y", 15).await.unwrap();
            assert_eq!(job.attempts, 2, "the lease had run out");
            let number = job.number;
            assert!(!complete(&db, number, "x", time(16)).await.unwrap(), "lost");
            assert!(retry(&db, number, "y", "no", time(30)).await.unwrap());
            assert_eq!(take("x", 29).await, None, "later");
            assert_eq!(take("x", 30).await.unwrap().attempts, 3);
            assert!(complete(&db, number, "x", time(31)).await.unwrap());
            assert!(!complete(&db, number, "x", time(31)).await.unwrap());
            assert_eq!(take("x", 99).await, None);
            assert!(add(&db, &realm, new("a", 0)).await.unwrap(), "anew");
            let job = take("x", 99).await.unwrap();
            assert!(fail(&db, job.number, "x", "why", time(99)).await.unwrap());
            let errors = "SELECT count(*) FROM job WHERE error = 'why' AND done_at IS NOT NULL";
            assert_eq!(db.query(errors).scalar().await.unwrap(), Some(1_i64));
            db.close().await;
        }
    }

    #[tokio::test]
    async fn every_job_goes_to_one_of_many() {
        const JOBS: usize = 40;
        for made in databases().await {
            let (one, two) = (made.open().await, made.open().await);
            for n in 0..JOBS {
                let key = format!("j{n}");
                assert!(add(&one, &Realm::local(), new(&key, 0)).await.unwrap());
            }
            let workers: Vec<_> = (0..8)
                .map(|n| {
                    let db = if n % 2 == 0 { &one } else { &two }.clone();
                    tokio::spawn(async move {
                        let holder = format!("w{n}");
                        let mut done = Vec::new();
                        let mut empty = 0;
                        // Passing over what others hold, one may find nothing for a moment.
                        while empty < 3 {
                            let job = take(&db, "k", &holder, time(1), time(100)).await.unwrap();
                            let Some(job) = job else {
                                empty += 1;
                                continue;
                            };
                            assert!(complete(&db, job.number, &holder, time(2)).await.unwrap());
                            done.push(job.key);
                        }
                        done
                    })
                })
                .collect();
            let mut all = Vec::new();
            for worker in workers {
                all.extend(worker.await.unwrap());
            }
            assert_eq!(all.len(), JOBS, "{:?}", made.backend);
            all.sort();
            all.dedup();
            assert_eq!(all.len(), JOBS, "{:?}", made.backend);
            one.close().await;
            two.close().await;
        }
    }
}
