//! Reading statements, facts, bindings and decisions.

use gw_core::{Asset, Binding, Digest, FactKey, Gate, Place, Realm, Time, Version};
use gw_flow::store::{DecisionRow, StoreError, StoredStatement};

use crate::SqlStore;
use crate::db::{Both, Row, Sql, list};
use crate::rows::{self, corrupt, decision_columns, statement_columns};

type Result<T> = std::result::Result<T, StoreError>;

impl SqlStore {
    pub(crate) async fn read_change_seq(&self) -> Result<i64> {
        let seq = self.database.query("SELECT seq FROM change").scalar();
        seq.await?.ok_or_else(|| corrupt("no change number"))
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
        let row = self.database.query(query).bind(realm.as_str()).bind(id);
        row.one().await?.as_ref().map(rows::statement).transpose()
    }

    pub(crate) async fn read_statements(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<StoredStatement>> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            " FROM statement s WHERE s.arrival IN (SELECT k.arrival FROM statement_key k \
             WHERE k.realm = ? AND k.key IN {texts}) ORDER BY s.arrival"
        );
        let query = self.database.query(query).bind(realm.as_str());
        let keys = list(keys.iter().map(FactKey::as_str));
        query.bind(keys).map(rows::statement).await
    }

    pub(crate) async fn read_all_statements(
        &self,
        realm: &Realm,
        predicate_type: Option<&str>,
    ) -> Result<Vec<StoredStatement>> {
        let query = Sql::new(concat!(
            "SELECT ",
            statement_columns!(),
            " FROM statement s WHERE s.realm = ?"
        ))
        .bind(realm.as_str())
        .maybe("AND s.predicate_type = ?", predicate_type)
        .part("ORDER BY s.arrival");
        self.database.query(query).map(rows::statement).await
    }

    pub(crate) async fn read_keys_of(&self, realm: &Realm, id: &Digest) -> Result<Vec<FactKey>> {
        let query = "SELECT k.key FROM statement s JOIN statement_key k ON k.arrival = s.arrival \
                     WHERE s.realm = ? AND s.id = ? ORDER BY k.key";
        let query = self.database.query(query).bind(realm.as_str()).bind(id);
        query.map(|row| rows::key(row, 0)).await
    }

    pub(crate) async fn read_versions(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<(FactKey, Version)>> {
        let query = "SELECT key, version FROM fact WHERE realm = ? AND key IN {texts}";
        let query = self.database.query(query).bind(realm.as_str());
        let keys = list(keys.iter().map(FactKey::as_str));
        query.bind(keys).map(fact).await
    }

    pub(crate) async fn read_bindings(
        &self,
        realm: &Realm,
        asset: Option<&Asset>,
    ) -> Result<Vec<Binding>> {
        let query = Sql::new(
            "SELECT asset, place, subject, from_at FROM binding \
             WHERE realm = ? AND until_at IS NULL",
        )
        .bind(realm.as_str())
        .maybe("AND asset = ?", asset.map(Asset::as_str))
        .part("ORDER BY number");
        let query = self.database.query(query);
        query
            .map(|row| {
                Ok(Binding {
                    asset: rows::asset(row, 0)?,
                    place: row.get::<String>(1)?.into(),
                    subject: row.get(2)?,
                    from: row.get(3)?,
                    until: None,
                })
            })
            .await
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
        let query = self.database.query(query).bind(realm.as_str());
        let query = query.bind(gate.as_str()).bind(asset.as_str());
        let query = query.bind(place.as_str()).bind(limit);
        query.map(rows::decision).await
    }

    pub(crate) async fn read_current_decisions(&self, realm: &Realm) -> Result<Vec<DecisionRow>> {
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.realm = ? AND d.current = 1 ORDER BY d.number"
        );
        let query = self.database.query(query).bind(realm.as_str());
        query.map(rows::decision).await
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
        let query = Both {
            sqlite: concat!(
                "SELECT ",
                decision_columns!(),
                " FROM decision d WHERE d.current = 1 AND d.number IN (SELECT p.decision \
                 FROM json_each(?) j JOIN dependency p ON p.realm = ? AND p.key = j.value ->> 0 \
                 WHERE p.version <> unhex(j.value ->> 1)) ORDER BY d.number"
            ),
            postgres: concat!(
                "SELECT ",
                decision_columns!(),
                " FROM decision d WHERE d.current = 1 AND d.number IN (SELECT p.decision \
                 FROM jsonb_array_elements(CAST(? AS jsonb)) AS j (value) \
                 JOIN dependency p ON p.realm = ? AND p.key = j.value ->> 0 \
                 WHERE p.version <> decode(j.value ->> 1, 'hex')) ORDER BY d.number"
            ),
        };
        let query = self.database.query(query).bind(json(&facts)?);
        query.bind(realm.as_str()).map(rows::decision).await
    }

    pub(crate) async fn read_reads(
        &self,
        realm: &Realm,
        scope: &str,
    ) -> Result<Vec<(FactKey, Version)>> {
        // `$` follows `#`, so this is the range of keys that begin with the scope.
        let query = "SELECT DISTINCT key, version FROM dependency \
                     WHERE realm = ? AND key >= ? AND key < ? ORDER BY key";
        let query = self.database.query(query).bind(realm.as_str());
        let query = query.bind(format!("{scope}#")).bind(format!("{scope}$"));
        query.map(fact).await
    }

    pub(crate) async fn read_due(&self, realm: &Realm, now: Time) -> Result<Vec<DecisionRow>> {
        let query = concat!(
            "SELECT ",
            decision_columns!(),
            " FROM decision d WHERE d.realm = ? AND d.current = 1 AND d.not_after <= ? \
             ORDER BY d.number"
        );
        let query = self.database.query(query).bind(realm.as_str()).bind(now);
        query.map(rows::decision).await
    }

    pub(crate) async fn read_blob(
        &self,
        realm: &Realm,
        digest: &Digest,
    ) -> Result<Option<Vec<u8>>> {
        let query = "SELECT content FROM blob WHERE realm = ? AND digest = ?";
        let query = self.database.query(query).bind(realm.as_str());
        query.bind(digest).scalar().await
    }

    pub(crate) async fn read_realms(&self) -> Result<Vec<Realm>> {
        let query = "SELECT realm FROM statement UNION SELECT realm FROM meta ORDER BY 1";
        let query = self.database.query(query);
        query
            .map(|row| row.get::<String>(0)?.parse().map_err(corrupt))
            .await
    }

    pub(crate) async fn read_changed_facts(
        &self,
        realm: &Realm,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(FactKey, i64)>> {
        // Whole changes only: a limit in the middle of one would lose its rest.
        let query = "SELECT key, change_seq FROM fact WHERE realm = ?1 AND change_seq > ?2 \
                     AND change_seq <= (SELECT max(n.change_seq) FROM (SELECT DISTINCT change_seq \
                     FROM fact WHERE realm = ?1 AND change_seq > ?2 ORDER BY change_seq LIMIT ?3) n) \
                     ORDER BY change_seq, key";
        let query = self.database.query(query).bind(realm.as_str());
        query
            .bind(after)
            .bind(limit)
            .map(|row| Ok((rows::key(row, 0)?, row.get(1)?)))
            .await
    }

    pub(crate) async fn read_meta(&self, realm: &Realm, name: &str) -> Result<Option<String>> {
        let query = "SELECT value FROM meta WHERE realm = ? AND name = ?";
        let query = self.database.query(query).bind(realm.as_str());
        query.bind(name).scalar().await
    }
}

fn fact(row: &Row) -> Result<(FactKey, Version)> {
    Ok((rows::key(row, 0)?, row.get(1)?))
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(corrupt)
}
