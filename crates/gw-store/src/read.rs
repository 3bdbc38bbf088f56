//! Reading statements, facts, bindings and decisions.

use gw_core::{Asset, Binding, Digest, FactKey, Gate, Place, Realm, Time, Version};
use gw_flow::store::{DecisionRow, StoreError, StoredStatement};
use sqlx::sqlite::SqliteRow;

use crate::SqlStore;
use crate::rows::{self, corrupt, decision_columns, statement_columns};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(crate) async fn read_change_seq(&self) -> std::result::Result<i64, sqlx::Error> {
        sqlx::query_scalar("SELECT seq FROM change")
            .fetch_one(&self.pool)
            .await
    }

    pub(crate) async fn read_statement(
        &self,
        realm: &Realm,
        id: &Digest,
    ) -> Result<Option<StoredStatement>> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            " FROM statement s WHERE s.realm = ? AND s.id = ?"
        );
        let row = sqlx::query(query)
            .bind(realm.as_str())
            .bind(id.as_bytes().as_slice())
            .fetch_optional(&self.pool)
            .await;
        self.one(row, rows::statement)
    }

    pub(crate) async fn read_statements(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<StoredStatement>> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            " FROM statement s WHERE s.arrival IN (SELECT k.arrival FROM json_each(?) j \
             JOIN statement_key k ON k.realm = ? AND k.key = j.value) ORDER BY s.arrival"
        );
        let rows = sqlx::query(query)
            .bind(json(&keys)?)
            .bind(realm.as_str())
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::statement)
    }

    pub(crate) async fn read_all_statements(
        &self,
        realm: &Realm,
        predicate_type: Option<&str>,
    ) -> Result<Vec<StoredStatement>> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            " FROM statement s WHERE s.realm = ? AND (?2 IS NULL OR s.predicate_type = ?2) \
             ORDER BY s.arrival"
        );
        let rows = sqlx::query(query)
            .bind(realm.as_str())
            .bind(predicate_type)
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::statement)
    }

    pub(crate) async fn read_keys_of(&self, realm: &Realm, id: &Digest) -> Result<Vec<FactKey>> {
        let rows = sqlx::query(
            "SELECT k.key FROM statement s JOIN statement_key k ON k.arrival = s.arrival \
             WHERE s.realm = ? AND s.id = ? ORDER BY k.key",
        )
        .bind(realm.as_str())
        .bind(id.as_bytes().as_slice())
        .fetch_all(&self.pool)
        .await;
        self.all(rows, |row| rows::key(row, 0))
    }

    pub(crate) async fn read_versions(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<(FactKey, Version)>> {
        let rows = sqlx::query(
            "SELECT f.key, f.version FROM json_each(?) j \
             JOIN fact f ON f.realm = ? AND f.key = j.value",
        )
        .bind(json(&keys)?)
        .bind(realm.as_str())
        .fetch_all(&self.pool)
        .await;
        self.all(rows, fact)
    }

    pub(crate) async fn read_bindings(
        &self,
        realm: &Realm,
        asset: Option<&Asset>,
    ) -> Result<Vec<Binding>> {
        let rows = sqlx::query(
            "SELECT asset, place, subject, from_at FROM binding \
             WHERE realm = ? AND until_at IS NULL AND (?2 IS NULL OR asset = ?2) \
             ORDER BY number",
        )
        .bind(realm.as_str())
        .bind(asset.map(Asset::as_str))
        .fetch_all(&self.pool)
        .await;
        self.all(rows, |row| {
            Ok(Binding {
                asset: rows::asset(row, 0)?,
                place: rows::get::<String>(row, 1)?.into(),
                subject: rows::digest(row, 2)?,
                from: rows::time(rows::get(row, 3)?)?,
                until: None,
            })
        })
    }

    pub(crate) async fn read_decisions(
        &self,
        realm: &Realm,
        gate: Gate,
        asset: &Asset,
        place: &Place,
        limit: u32,
    ) -> Result<Vec<DecisionRow>> {
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.realm = ? AND d.gate = ? AND d.asset = ? AND d.place = ? \
             ORDER BY d.number DESC LIMIT ?"
        );
        let rows = sqlx::query(query)
            .bind(realm.as_str())
            .bind(gate.as_str())
            .bind(asset.as_str())
            .bind(place.as_str())
            .bind(limit)
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::decision)
    }

    pub(crate) async fn read_current_decisions(&self, realm: &Realm) -> Result<Vec<DecisionRow>> {
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.realm = ? AND d.current = 1 ORDER BY d.number"
        );
        let rows = sqlx::query(query)
            .bind(realm.as_str())
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::decision)
    }

    pub(crate) async fn read_dependents(
        &self,
        realm: &Realm,
        facts: &[(FactKey, Version)],
    ) -> Result<Vec<DecisionRow>> {
        let facts: Vec<_> = facts
            .iter()
            .map(|(key, version)| (key, version.digest().to_hex()))
            .collect();
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.current = 1 AND d.number IN (SELECT p.decision \
             FROM json_each(?) j JOIN dependency p ON p.realm = ? AND p.key = j.value ->> 0 \
             WHERE p.version <> unhex(j.value ->> 1)) ORDER BY d.number"
        );
        let rows = sqlx::query(query)
            .bind(json(&facts)?)
            .bind(realm.as_str())
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::decision)
    }

    pub(crate) async fn read_reads(
        &self,
        realm: &Realm,
        scope: &str,
    ) -> Result<Vec<(FactKey, Version)>> {
        // `$` follows `#`, so this is the range of keys that begin with the scope.
        let rows = sqlx::query(
            "SELECT DISTINCT key, version FROM dependency \
             WHERE realm = ? AND key >= ? || '#' AND key < ? || '$' ORDER BY key",
        )
        .bind(realm.as_str())
        .bind(scope)
        .bind(scope)
        .fetch_all(&self.pool)
        .await;
        self.all(rows, fact)
    }

    pub(crate) async fn read_due(&self, realm: &Realm, now: Time) -> Result<Vec<DecisionRow>> {
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.realm = ? AND d.current = 1 AND d.not_after <= ? \
             ORDER BY d.number"
        );
        let rows = sqlx::query(query)
            .bind(realm.as_str())
            .bind(now.as_microsecond())
            .fetch_all(&self.pool)
            .await;
        self.all(rows, rows::decision)
    }

    pub(crate) async fn read_blob(
        &self,
        realm: &Realm,
        digest: &Digest,
    ) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query("SELECT content FROM blob WHERE realm = ? AND digest = ?")
            .bind(realm.as_str())
            .bind(digest.as_bytes().as_slice())
            .fetch_optional(&self.pool)
            .await;
        self.one(row, |row| rows::get(row, 0))
    }

    pub(crate) async fn read_meta(&self, realm: &Realm, name: &str) -> Result<Option<String>> {
        let row = sqlx::query("SELECT value FROM meta WHERE realm = ? AND name = ?")
            .bind(realm.as_str())
            .bind(name)
            .fetch_optional(&self.pool)
            .await;
        self.one(row, |row| rows::get(row, 0))
    }

    pub(crate) fn one<T>(
        &self,
        row: std::result::Result<Option<SqliteRow>, sqlx::Error>,
        read: impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Option<T>> {
        row.map_err(|e| self.failed(&e))?
            .as_ref()
            .map(read)
            .transpose()
    }

    pub(crate) fn all<T>(
        &self,
        rows: std::result::Result<Vec<SqliteRow>, sqlx::Error>,
        read: impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        rows.map_err(|e| self.failed(&e))?
            .iter()
            .map(read)
            .collect()
    }
}

fn fact(row: &SqliteRow) -> Result<(FactKey, Version)> {
    Ok((rows::key(row, 0)?, rows::version(row, 1)?))
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(corrupt)
}
