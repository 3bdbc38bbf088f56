//! The current findings of each asset, a page at a time.

use gw_core::{Asset, Realm, Time};
use gw_flow::store::StoreError;

use crate::db::{Database, Row, Sql, Value};
use crate::rows::asset;

/// A finding as the store sorts and shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// The asset it was found in.
    pub asset: Asset,
    /// Its fingerprint.
    pub id: String,
    /// The rule that found it.
    pub rule: String,
    /// What kind it is.
    pub kind: String,
    /// Its severity as a rank, greater is worse.
    pub severity: u32,
    /// What it is.
    pub title: String,
    /// The package it is in.
    pub package: Option<String>,
    /// The version that repairs it.
    pub fixed: Option<String>,
    /// The file it is in.
    pub place: String,
    /// What has become of it: `open` until somebody decides otherwise.
    pub state: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Until when it is to be repaired.
    pub due_at: Option<Time>,
    /// When it was first seen.
    pub first_seen: Time,
    /// When it was last seen.
    pub last_seen: Time,
    /// All of it, as JSON.
    pub detail: String,
}

/// Which findings are asked for: those that match all that is given.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Of this asset.
    pub asset: Option<&'a str>,
    /// In this state.
    pub state: Option<&'a str>,
    /// Whoever answers for it.
    pub owner: Option<&'a str>,
    /// In this package.
    pub package: Option<&'a str>,
    /// At least of this severity.
    pub severity: Option<u32>,
    /// Due at this time or before.
    pub due: Option<Time>,
    /// Those after this one, which ended the page before.
    pub after: Option<(u32, &'a str, &'a str)>,
}

macro_rules! columns {
    () => {
        "asset, id, rule, kind, severity, title, package, fixed, place, state, owner, due_at, \
         first_seen, last_seen, detail"
    };
}

/// Makes `findings` the current ones of an asset. One that is known keeps its first sight, state,
/// owner and deadline; one that is not found any more goes.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn replace(
    db: &Database,
    realm: &Realm,
    of: &Asset,
    findings: &[FindingRow],
) -> Result<(), StoreError> {
    let mut transaction = db.begin().await?;
    // Two that replace the same follow each other, and the store's other writers.
    transaction
        .query("UPDATE change SET seq = seq")
        .run()
        .await?;
    let delete = Sql::new("DELETE FROM finding WHERE realm = ? AND asset = ?")
        .bind(realm.as_str())
        .bind(of.as_str())
        .part("AND id NOT IN {texts}")
        .bind(db.list(findings.iter().map(|finding| finding.id.as_str())));
    transaction.query(delete).run().await?;
    let by_id: std::collections::BTreeMap<_, _> = findings
        .iter()
        .map(|finding| (&finding.id, finding))
        .collect();
    let rows = by_id.into_values().map(|f| values(realm, of, f)).collect();
    let insert = concat!(
        "INSERT INTO finding (realm, ",
        columns!(),
        ") VALUES {rows} ON CONFLICT (realm, asset, id) DO UPDATE SET rule = excluded.rule, \
         kind = excluded.kind, severity = excluded.severity, title = excluded.title, \
         package = excluded.package, fixed = excluded.fixed, place = excluded.place, \
         last_seen = excluded.last_seen, detail = excluded.detail"
    );
    transaction.insert_many(insert, 16, rows).await?;
    transaction.commit().await
}

/// A page of findings, the worst first.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn page(
    db: &Database,
    realm: &Realm,
    filter: &Filter<'_>,
    limit: u32,
) -> Result<Vec<FindingRow>, StoreError> {
    let query = matching(
        concat!("SELECT ", columns!(), " FROM finding WHERE realm = ?"),
        realm,
        filter,
    );
    let query = match filter.after {
        // The order is severity from the worst, then asset and id.
        Some((severity, asset, id)) => query
            .part("AND (severity < ? OR (severity = ?")
            .bind(severity)
            .bind(severity)
            .part("AND (asset > ? OR (asset = ? AND id > ?))))")
            .bind(asset)
            .bind(asset)
            .bind(id),
        None => query,
    };
    let query = query.part("ORDER BY severity DESC, asset, id LIMIT ?");
    db.query(query.bind(limit)).map(read).await
}

/// How many findings match, of each severity, the worst first.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn count(
    db: &Database,
    realm: &Realm,
    filter: &Filter<'_>,
) -> Result<Vec<(u32, u64)>, StoreError> {
    let query = "SELECT severity, count(*) FROM finding WHERE realm = ?";
    let query = matching(query, realm, filter).part("GROUP BY severity ORDER BY severity DESC");
    let query = db.query(query);
    query.map(|row| Ok((row.get(0)?, row.get(1)?))).await
}

fn matching(start: &'static str, realm: &Realm, filter: &Filter<'_>) -> Sql {
    Sql::new(start)
        .bind(realm.as_str())
        .maybe("AND asset = ?", filter.asset)
        .maybe("AND state = ?", filter.state)
        .maybe("AND owner = ?", filter.owner)
        .maybe("AND package = ?", filter.package)
        .maybe("AND severity >= ?", filter.severity)
        .maybe("AND due_at <= ?", filter.due)
}

fn values(realm: &Realm, of: &Asset, finding: &FindingRow) -> Vec<Value> {
    vec![
        realm.as_str().into(),
        of.as_str().into(),
        (&finding.id).into(),
        (&finding.rule).into(),
        (&finding.kind).into(),
        finding.severity.into(),
        (&finding.title).into(),
        finding.package.as_ref().into(),
        finding.fixed.as_ref().into(),
        (&finding.place).into(),
        (&finding.state).into(),
        finding.owner.as_ref().into(),
        finding.due_at.into(),
        finding.first_seen.into(),
        finding.last_seen.into(),
        (&finding.detail).into(),
    ]
}

fn read(row: &Row) -> Result<FindingRow, StoreError> {
    Ok(FindingRow {
        asset: asset(row, 0)?,
        id: row.get(1)?,
        rule: row.get(2)?,
        kind: row.get(3)?,
        severity: row.get(4)?,
        title: row.get(5)?,
        package: row.get(6)?,
        fixed: row.get(7)?,
        place: row.get(8)?,
        state: row.get(9)?,
        owner: row.get(10)?,
        due_at: row.get(11)?,
        first_seen: row.get(12)?,
        last_seen: row.get(13)?,
        detail: row.get(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    fn time(second: i64) -> Time {
        Time::from_second(1_800_000_000 + second).unwrap()
    }

    fn finding(asset: &str, id: &str, severity: u32, at: i64) -> FindingRow {
        FindingRow {
            asset: asset.parse().unwrap(),
            id: id.to_owned(),
            rule: "vulnerable/package".to_owned(),
            kind: "vulnerability".to_owned(),
            severity,
            title: "t".to_owned(),
            package: Some("pkg:npm/a".to_owned()),
            fixed: None,
            place: "package-lock.json".to_owned(),
            state: "open".to_owned(),
            owner: (severity > 3).then(|| "team".to_owned()),
            due_at: (severity > 4).then(|| time(99)),
            first_seen: time(at),
            last_seen: time(at),
            detail: "{}".to_owned(),
        }
    }

    #[tokio::test]
    async fn pages_follow_each_other_and_filters_hold() {
        for made in databases().await {
            let db = made.open().await;
            let realm = Realm::local();
            for name in ["repo:x", "repo:y"] {
                let of: Asset = name.parse().unwrap();
                let all: Vec<_> = (0..30)
                    .map(|n| finding(name, &format!("f{n:02}"), n % 6, 0))
                    .collect();
                replace(&db, &realm, &of, &all).await.unwrap();
            }
            let mut seen = Vec::new();
            loop {
                let last: Option<FindingRow> = seen.last().cloned();
                let filter = Filter {
                    after: last
                        .as_ref()
                        .map(|f| (f.severity, f.asset.as_str(), f.id.as_str())),
                    ..Filter::default()
                };
                let page = page(&db, &realm, &filter, 7).await.unwrap();
                if page.is_empty() {
                    break;
                }
                seen.extend(page);
            }
            assert_eq!(seen.len(), 60, "{:?}", made.backend);
            assert!(seen.is_sorted_by(|a, b| {
                let key =
                    |f: &FindingRow| (std::cmp::Reverse(f.severity), f.asset.clone(), f.id.clone());
                key(a) < key(b)
            }));
            let number = async |filter: Filter<'_>| {
                let counts = count(&db, &realm, &filter).await.unwrap();
                let found = page(&db, &realm, &filter, 1000).await.unwrap().len();
                let sum: u64 = counts.iter().map(|(_, count)| count).sum();
                assert_eq!(sum, found as u64);
                found
            };
            let none = Filter::default;
            assert_eq!(
                number(Filter {
                    asset: Some("repo:x"),
                    ..none()
                })
                .await,
                30
            );
            assert_eq!(
                number(Filter {
                    severity: Some(4),
                    ..none()
                })
                .await,
                20
            );
            assert_eq!(
                number(Filter {
                    owner: Some("team"),
                    ..none()
                })
                .await,
                20
            );
            assert_eq!(
                number(Filter {
                    due: Some(time(99)),
                    ..none()
                })
                .await,
                10
            );
            assert_eq!(
                number(Filter {
                    due: Some(time(98)),
                    ..none()
                })
                .await,
                0
            );
            assert_eq!(
                number(Filter {
                    state: Some("fixed"),
                    ..none()
                })
                .await,
                0
            );
            assert_eq!(
                number(Filter {
                    package: Some("pkg:npm/a"),
                    ..none()
                })
                .await,
                60
            );
            let other: Realm = "other".parse().unwrap();
            assert!(page(&db, &other, &none(), 9).await.unwrap().is_empty());

            // Seen again later, with one gone and one changed.
            let of: Asset = "repo:x".parse().unwrap();
            let again = [
                finding("repo:x", "f00", 5, 7),
                finding("repo:x", "new", 1, 7),
            ];
            replace(&db, &realm, &of, &again).await.unwrap();
            let filter = Filter {
                asset: Some("repo:x"),
                ..none()
            };
            let now = page(&db, &realm, &filter, 9).await.unwrap();
            let now: Vec<_> = now
                .iter()
                .map(|f| (f.id.as_str(), f.severity, f.first_seen, f.last_seen))
                .collect();
            let expected = [("f00", 5, time(0), time(7)), ("new", 1, time(7), time(7))];
            assert_eq!(now, expected);
            db.close().await;
        }
    }
}
