//! Which subjects contain which packages, so that news about a package finds them at once.

use gw_core::{Digest, Realm};
use gw_flow::store::StoreError;

use crate::db::{Database, Row};

/// A package in a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// Its package URL.
    pub purl: String,
    /// Its ecosystem, in OSV's spelling.
    pub ecosystem: String,
    /// Its name, normalised.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Keeps what a subject contains. A subject's content never changes, so this only adds.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn put(
    db: &Database,
    realm: &Realm,
    subject: &Digest,
    components: &[Component],
) -> Result<(), StoreError> {
    let mut transaction = db.begin().await?;
    let realm = realm.as_str();
    // In one order, so that two that put the same packages wait for each other and do not lock up.
    let mut sorted: Vec<_> = components.iter().collect();
    sorted.sort_unstable();
    let rows = sorted.iter().map(|c| {
        let (purl, ecosystem) = (c.purl.as_str(), c.ecosystem.as_str());
        let (name, version) = (c.name.as_str(), c.version.as_str());
        vec![
            realm.into(),
            purl.into(),
            ecosystem.into(),
            name.into(),
            version.into(),
        ]
    });
    let insert = "INSERT INTO component (realm, purl, ecosystem, name, version) VALUES {rows} \
                  ON CONFLICT DO NOTHING";
    transaction.insert_many(insert, 5, rows.collect()).await?;
    let rows = sorted.iter();
    let rows = rows.map(|c| vec![realm.into(), subject.into(), c.purl.as_str().into()]);
    let insert = "INSERT INTO subject_component (realm, subject, purl) VALUES {rows} \
                  ON CONFLICT DO NOTHING";
    transaction.insert_many(insert, 3, rows.collect()).await?;
    transaction.commit().await
}

/// The subjects that contain any version of a package, with that version's component.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn subjects_with(
    db: &Database,
    realm: &Realm,
    ecosystem: &str,
    name: &str,
) -> Result<Vec<(Digest, Component)>, StoreError> {
    let query = "SELECT c.purl, c.ecosystem, c.name, c.version, s.subject FROM component c \
                 JOIN subject_component s ON s.realm = c.realm AND s.purl = c.purl \
                 WHERE c.realm = ? AND c.ecosystem = ? AND c.name = ? ORDER BY c.purl, s.subject";
    let query = db.query(query).bind(realm.as_str());
    let query = query.bind(ecosystem).bind(name);
    query.map(|row| Ok((row.get(4)?, read(row)?))).await
}

/// What a subject contains, by package URL.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database cannot do it.
pub async fn of_subject(
    db: &Database,
    realm: &Realm,
    subject: &Digest,
) -> Result<Vec<Component>, StoreError> {
    let query = "SELECT c.purl, c.ecosystem, c.name, c.version FROM subject_component s \
                 JOIN component c ON c.realm = s.realm AND c.purl = s.purl \
                 WHERE s.realm = ? AND s.subject = ? ORDER BY c.purl";
    db.query(query)
        .bind(realm.as_str())
        .bind(subject)
        .map(read)
        .await
}

fn read(row: &Row) -> Result<Component, StoreError> {
    Ok(Component {
        purl: row.get(0)?,
        ecosystem: row.get(1)?,
        name: row.get(2)?,
        version: row.get(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    fn npm(name: &str, version: &str) -> Component {
        Component {
            purl: format!("pkg:npm/{name}@{version}"),
            ecosystem: "npm".to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
        }
    }

    #[tokio::test]
    async fn a_package_finds_the_subjects_that_contain_it() {
        for made in databases().await {
            let db = made.open().await;
            let realm = Realm::local();
            let (x, y) = (Digest::of(b"x"), Digest::of(b"y"));
            let (a1, a2, b) = (npm("a", "1"), npm("a", "2"), npm("b", "1"));
            let of_x = [b.clone(), a1.clone(), a1.clone()];
            put(&db, &realm, &x, &of_x).await.unwrap();
            put(&db, &realm, &x, &of_x).await.unwrap();
            put(&db, &realm, &y, std::slice::from_ref(&a2))
                .await
                .unwrap();
            let found = subjects_with(&db, &realm, "npm", "a").await.unwrap();
            assert_eq!(found, [(x, a1.clone()), (y, a2)]);
            let none = subjects_with(&db, &realm, "PyPI", "a").await.unwrap();
            assert!(none.is_empty());
            let other: Realm = "other".parse().unwrap();
            let none = subjects_with(&db, &other, "npm", "a").await.unwrap();
            assert!(none.is_empty());
            assert_eq!(of_subject(&db, &realm, &x).await.unwrap(), [a1, b]);
            db.close().await;
        }
    }
}
