//! Messages that are to reach somebody, and those that could not.

use gw_core::{Realm, Time};
use gw_flow::store::StoreError;

use crate::db::{Both, Database, Row};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number in the store.
    pub number: i64,
    /// Whose it is.
    pub realm: String,
    /// Its id, once in a realm.
    pub id: String,
    /// What it is about.
    pub kind: String,
    /// To whom, by the id of a subscription.
    pub target: String,
    /// What it says, as JSON.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Why it did not arrive the last time.
    pub last_error: Option<String>,
}

/// A message to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewNotification<'a> {
    /// Its id: the same one is sent once.
    pub id: &'a str,
    /// What it is about.
    pub kind: &'a str,
    /// To whom.
    pub target: &'a str,
    /// What it says.
    pub payload: &'a str,
    /// Not before this time.
    pub at: Time,
}

/// Adds a message unless it is there already; says whether it did.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn add(
    db: &Database,
    realm: &Realm,
    new: NewNotification<'_>,
) -> Result<bool, StoreError> {
    let insert = "INSERT INTO notification (realm, id, kind, target, payload, state, attempts, \
                  next_at) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?) ON CONFLICT DO NOTHING";
    let insert = db.query(insert).bind(realm.as_str()).bind(new.id);
    let insert = insert.bind(new.kind).bind(new.target).bind(new.payload);
    Ok(insert.bind(new.at).run().await? == 1)
}

/// Takes the message that has waited longest. Unless it is [`sent`] or [`failed`] before `again`,
/// it is taken once more.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn take(
    db: &Database,
    now: Time,
    again: Time,
) -> Result<Option<Notification>, StoreError> {
    let update = Both {
        sqlite: "UPDATE notification SET attempts = attempts + 1, next_at = ?1 \
                 WHERE number = (SELECT number FROM notification WHERE state = 'waiting' \
                 AND next_at <= ?2 ORDER BY next_at, number LIMIT 1) \
                 RETURNING number, realm, id, kind, target, payload, attempts, last_error",
        postgres: "UPDATE notification SET attempts = attempts + 1, next_at = ?1 \
                   WHERE number = (SELECT number FROM notification WHERE state = 'waiting' \
                   AND next_at <= ?2 ORDER BY next_at, number LIMIT 1 FOR UPDATE SKIP LOCKED) \
                   RETURNING number, realm, id, kind, target, payload, attempts, last_error",
    };
    let row = db.query(update).bind(again).bind(now).one().await?;
    row.as_ref().map(read).transpose()
}

/// Says that a message has arrived.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn sent(db: &Database, number: i64) -> Result<(), StoreError> {
    let update = "UPDATE notification SET state = 'sent', last_error = NULL WHERE number = ?";
    db.query(update).bind(number).run().await.map(drop)
}

/// Says that a message did not arrive. It is tried again at `again`, or, without that, is dead: it
/// stays to be seen and is tried no more.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn failed(
    db: &Database,
    number: i64,
    error: &str,
    again: Option<Time>,
) -> Result<(), StoreError> {
    let state = if again.is_some() { "waiting" } else { "dead" };
    let update = "UPDATE notification SET state = ?, last_error = ?, \
                  next_at = coalesce(?, next_at) WHERE number = ? AND state = 'waiting'";
    let update = db.query(update).bind(state).bind(error);
    update.bind(again).bind(number).run().await.map(drop)
}

/// The messages that could not be delivered, the latest first.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn dead(
    db: &Database,
    realm: &Realm,
    limit: u32,
) -> Result<Vec<Notification>, StoreError> {
    let query = "SELECT number, realm, id, kind, target, payload, attempts, last_error \
                 FROM notification WHERE realm = ? AND state = 'dead' \
                 ORDER BY number DESC LIMIT ?";
    db.query(query)
        .bind(realm.as_str())
        .bind(limit)
        .map(read)
        .await
}

fn read(row: &Row) -> Result<Notification, StoreError> {
    Ok(Notification {
        number: row.get(0)?,
        realm: row.get(1)?,
        id: row.get(2)?,
        kind: row.get(3)?,
        target: row.get(4)?,
        payload: row.get(5)?,
        attempts: row.get(6)?,
        last_error: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    fn time(second: i64) -> Time {
        Time::from_second(1_800_000_000 + second).unwrap()
    }

    #[tokio::test]
    async fn what_cannot_be_delivered_stays_to_be_seen() {
        for made in databases().await {
            let db = made.open().await;
            let realm = Realm::local();
            let new = NewNotification {
                id: "n1",
                kind: "gate-closed",
                target: "s1",
                payload: "{}",
                at: time(0),
            };
            assert!(add(&db, &realm, new).await.unwrap());
            assert!(!add(&db, &realm, new).await.unwrap());
            let take = async |now: i64| take(&db, time(now), time(now + 10)).await.unwrap();
            let one = take(1).await.unwrap();
            assert_eq!((one.id.as_str(), one.attempts), ("n1", 1));
            assert_eq!(take(10).await, None, "under way");
            let again = Some(time(20));
            failed(&db, one.number, "no answer", again).await.unwrap();
            assert_eq!(take(19).await, None, "later");
            let two = take(20).await.unwrap();
            assert_eq!(
                (two.attempts, two.last_error.as_deref()),
                (2, Some("no answer"))
            );
            assert!(dead(&db, &realm, 9).await.unwrap().is_empty());
            failed(&db, two.number, "gone", None).await.unwrap();
            assert_eq!(take(99).await, None);
            let seen = dead(&db, &realm, 9).await.unwrap();
            assert_eq!(seen[0].last_error.as_deref(), Some("gone"));
            let next = NewNotification { id: "n2", ..new };
            assert!(add(&db, &realm, next).await.unwrap());
            let next = take(1).await.unwrap();
            sent(&db, next.number).await.unwrap();
            assert_eq!(take(99).await, None);
            db.close().await;
        }
    }
}
