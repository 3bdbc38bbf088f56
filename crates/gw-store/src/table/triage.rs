//! What people decide about findings, and every word that led there.

use gw_core::{Asset, Realm, Time};
use gw_flow::store::StoreError;

use crate::db::{Database, Row, Sql};

/// What somebody has decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage {
    /// The finding's state from now on: `open`, `acknowledged`, `not-affected`, `accepted`, ...
    pub state: String,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Why.
    pub reason: String,
    /// VEX's justification, if the product is not affected.
    pub justification: Option<String>,
    /// Until when the decision holds.
    pub expires_at: Option<Time>,
    /// Until when the finding is to be repaired.
    pub due_at: Option<Time>,
    /// Who decided.
    pub made_by: String,
    /// When.
    pub made_at: Time,
}

macro_rules! columns {
    () => {
        "state, assignee, reason, justification, expires_at, due_at, made_by, made_at"
    };
}

/// Decides about a finding: the decision takes the place of the one before it, which stays in the
/// history, and the finding has its state and deadline from now on.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn decide(
    db: &Database,
    realm: &Realm,
    asset: &Asset,
    finding: &str,
    triage: &Triage,
) -> Result<(), StoreError> {
    let bound = |text: &'static str| {
        Sql::new(text)
            .bind(realm.as_str())
            .bind(asset.as_str())
            .bind(finding)
            .bind(&triage.state)
            .bind(triage.assignee.as_ref())
            .bind(&triage.reason)
            .bind(triage.justification.as_ref())
            .bind(triage.expires_at)
            .bind(triage.due_at)
            .bind(&triage.made_by)
            .bind(triage.made_at)
    };
    let mut transaction = db.begin().await?;
    let current = concat!(
        "INSERT INTO triage (realm, asset, finding, ",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (realm, asset, finding) DO UPDATE SET state = excluded.state, \
         assignee = excluded.assignee, reason = excluded.reason, \
         justification = excluded.justification, expires_at = excluded.expires_at, \
         due_at = excluded.due_at, made_by = excluded.made_by, made_at = excluded.made_at"
    );
    transaction.query(bound(current)).run().await?;
    let event = concat!(
        "INSERT INTO triage_event (realm, asset, finding, ",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    transaction.query(bound(event)).run().await?;
    let shown = "UPDATE finding SET state = ?, due_at = ? WHERE realm = ? AND asset = ? AND id = ?";
    let shown = transaction.query(shown).bind(&triage.state);
    let shown = shown.bind(triage.due_at).bind(realm.as_str());
    shown.bind(asset.as_str()).bind(finding).run().await?;
    transaction.commit().await
}

/// The decision that holds.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn current(
    db: &Database,
    realm: &Realm,
    asset: &Asset,
    finding: &str,
) -> Result<Option<Triage>, StoreError> {
    let query = concat!(
        "SELECT ",
        columns!(),
        " FROM triage WHERE realm = ? AND asset = ? AND finding = ?"
    );
    let query = db.query(query).bind(realm.as_str()).bind(asset.as_str());
    query
        .bind(finding)
        .one()
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// All decisions there were, the earliest first.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn history(
    db: &Database,
    realm: &Realm,
    asset: &Asset,
    finding: &str,
) -> Result<Vec<Triage>, StoreError> {
    let query = concat!(
        "SELECT ",
        columns!(),
        " FROM triage_event WHERE realm = ? AND asset = ? AND finding = ? ORDER BY number"
    );
    let query = db.query(query).bind(realm.as_str()).bind(asset.as_str());
    query.bind(finding).map(read).await
}

fn read(row: &Row) -> Result<Triage, StoreError> {
    Ok(Triage {
        state: row.get(0)?,
        assignee: row.get(1)?,
        reason: row.get(2)?,
        justification: row.get(3)?,
        expires_at: row.get(4)?,
        due_at: row.get(5)?,
        made_by: row.get(6)?,
        made_at: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    #[tokio::test]
    async fn the_last_decision_holds_and_all_are_kept() {
        for made in databases().await {
            let db = made.open().await;
            let realm = Realm::local();
            let asset: Asset = "repo:x".parse().unwrap();
            let decision = |state: &str, due_at| Triage {
                state: state.to_owned(),
                assignee: None,
                reason: "r".to_owned(),
                justification: None,
                expires_at: None,
                due_at,
                made_by: "person".to_owned(),
                made_at: Time::UNIX_EPOCH,
            };
            let (one, two) = (
                decision("acknowledged", Some(Time::UNIX_EPOCH)),
                decision("accepted", None),
            );
            for triage in [&one, &two] {
                decide(&db, &realm, &asset, "f", triage).await.unwrap();
            }
            let now = current(&db, &realm, &asset, "f").await.unwrap();
            assert_eq!(now.as_ref(), Some(&two));
            assert_eq!(current(&db, &realm, &asset, "g").await.unwrap(), None);
            let all = history(&db, &realm, &asset, "f").await.unwrap();
            assert_eq!(all, [one, two]);
            db.close().await;
        }
    }
}
