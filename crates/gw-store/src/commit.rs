//! Writing: everything that belongs together in one transaction.

use std::collections::BTreeMap;

use gw_core::{Binding, Dependency, Realm};
use gw_flow::store::{Batch, NewDecision, NewStatement, StoreError};

use crate::SqlStore;
use crate::db::{Sql, Transaction};
use crate::rows::corrupt;

type Result<T> = std::result::Result<T, StoreError>;

/// On which channel readers are told that something has changed.
pub(crate) const CHANGED: &str = "gatewright_change";

const SET_META: &str = "INSERT INTO meta (realm, name, value) VALUES (?, ?, ?)
                        ON CONFLICT (realm, name) DO UPDATE SET value = excluded.value";

impl SqlStore {
    pub(crate) async fn commit_batch(&self, realm: &Realm, batch: Batch) -> Result<i64> {
        let mut transaction = self.database.begin().await?;
        let seq = self.write(&mut transaction, realm, batch).await?;
        transaction.commit().await?;
        Ok(seq)
    }

    /// Writes a batch in a transaction that has other things in it, and returns the change number
    /// that it will have.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be written.
    pub async fn write(
        &self,
        transaction: &mut Transaction,
        realm: &Realm,
        batch: Batch,
    ) -> Result<i64> {
        let mut writer = Writer {
            transaction,
            realm: realm.as_str(),
        };
        let seq = writer.next_change().await?;
        for statement in &batch.statements {
            writer.statement(statement).await?;
        }
        for (digest, content) in &batch.blobs {
            let insert = "INSERT INTO blob (realm, digest, content) VALUES (?, ?, ?) \
                          ON CONFLICT DO NOTHING";
            writer
                .run(
                    Sql::new(insert)
                        .bind(writer.realm)
                        .bind(digest)
                        .bind(content),
                )
                .await?;
        }
        let mut facts = BTreeMap::new();
        for (key, version) in &batch.facts {
            facts.insert(key.as_str(), version.digest());
        }
        let rows = facts.into_iter().map(|(key, version)| {
            vec![writer.realm.into(), key.into(), version.into(), seq.into()]
        });
        let insert = "INSERT INTO fact (realm, key, version, change_seq) VALUES {rows}
                      ON CONFLICT (realm, key) DO UPDATE
                      SET version = excluded.version, change_seq = excluded.change_seq";
        writer
            .transaction
            .insert_many(insert, 4, rows.collect())
            .await?;
        for binding in &batch.bindings {
            writer.binding(binding).await?;
        }
        for decision in &batch.decisions {
            writer.decision(decision).await?;
        }
        for (name, value) in &batch.meta {
            writer
                .run(Sql::new(SET_META).bind(writer.realm).bind(name).bind(value))
                .await?;
        }
        writer.transaction.notify(CHANGED).await?;
        Ok(seq)
    }

    pub(crate) async fn write_meta(&self, realm: &Realm, name: &str, value: &str) -> Result<()> {
        let insert = self.database.query(SET_META).bind(realm.as_str());
        insert.bind(name).bind(value).run().await.map(drop)
    }
}

struct Writer<'a> {
    transaction: &'a mut Transaction,
    realm: &'a str,
}

impl Writer<'_> {
    /// Comes first: its lock makes writers follow each other on PostgreSQL too, so that no reader
    /// sees a later number before an earlier one.
    async fn next_change(&mut self) -> Result<i64> {
        let update = "UPDATE change SET seq = seq + 1 RETURNING seq";
        let seq = self.transaction.query(update).scalar().await?;
        seq.ok_or_else(|| corrupt("no change number"))
    }

    async fn run(&mut self, sql: Sql) -> Result<()> {
        self.transaction.query(sql).run().await.map(drop)
    }

    async fn statement(&mut self, new: &NewStatement) -> Result<()> {
        let statement = &new.statement;
        let signers = serde_json::to_string(&statement.signers).map_err(corrupt)?;
        let insert = Sql::new(
            "INSERT INTO statement (realm, id, predicate_type, asset, signers, issued_at, \
             expires_at, received_at, envelope, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (realm, id) DO NOTHING RETURNING arrival",
        )
        .bind(self.realm)
        .bind(statement.id)
        .bind(&statement.predicate_type)
        .bind(statement.asset.as_ref().map(gw_core::Asset::as_str))
        .bind(signers)
        .bind(statement.issued_at)
        .bind(statement.expires_at)
        .bind(statement.received_at)
        .bind(&statement.envelope)
        .bind(statement.salt.as_slice());
        // The same statement once more changes nothing.
        let Some(arrival) = self.transaction.query(insert).scalar::<i64>().await? else {
            return Ok(());
        };
        let realm = self.realm;
        let rows = new.keys.iter();
        let rows = rows.map(|key| vec![realm.into(), key.as_str().into(), arrival.into()]);
        let insert = "INSERT INTO statement_key (realm, key, arrival) VALUES {rows} \
                      ON CONFLICT DO NOTHING";
        self.transaction
            .insert_many(insert, 3, rows.collect())
            .await?;
        let insert = "INSERT INTO outbox (arrival) VALUES (?)";
        self.run(Sql::new(insert).bind(arrival)).await
    }

    async fn binding(&mut self, binding: &Binding) -> Result<()> {
        let update = Sql::new(
            "UPDATE binding SET until_at = ? \
             WHERE realm = ? AND asset = ? AND place = ? AND until_at IS NULL",
        )
        .bind(binding.from)
        .bind(self.realm)
        .bind(binding.asset.as_str())
        .bind(binding.place.as_str());
        self.run(update).await?;
        let insert = Sql::new(
            "INSERT INTO binding (realm, asset, place, subject, from_at, until_at) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.realm)
        .bind(binding.asset.as_str())
        .bind(binding.place.as_str())
        .bind(binding.subject)
        .bind(binding.from)
        .bind(binding.until);
        self.run(insert).await
    }

    async fn decision(&mut self, new: &NewDecision) -> Result<()> {
        let decision = &new.decision;
        let (gate, asset, place) = (
            decision.gate.as_str(),
            decision.asset.as_str(),
            decision.place.as_str(),
        );
        let realm = self.realm;
        let of_the_same = |text: &'static str| {
            Sql::new(text)
                .bind(realm)
                .bind(gate)
                .bind(asset)
                .bind(place)
        };
        self.run(of_the_same(
            "DELETE FROM dependency WHERE decision IN (SELECT number FROM decision \
             WHERE realm = ? AND gate = ? AND asset = ? AND place = ? AND current = 1)",
        ))
        .await?;
        self.run(of_the_same(
            "UPDATE decision SET current = 0 \
             WHERE realm = ? AND gate = ? AND asset = ? AND place = ? AND current = 1",
        ))
        .await?;
        let insert = Sql::new(
            "INSERT INTO decision (realm, id, gate, asset, place, subject, outcome, made_at, \
             not_after, context, current) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) \
             RETURNING number",
        )
        .bind(self.realm)
        .bind(new.id)
        .bind(gate)
        .bind(asset)
        .bind(place)
        .bind(decision.subject.digest)
        .bind(decision.outcome.as_str())
        .bind(decision.time)
        .bind(decision.not_after)
        .bind(new.context);
        let number: Option<i64> = self.transaction.query(insert).scalar().await?;
        let number = number.ok_or_else(|| corrupt("a decision has no number"))?;
        self.dependencies(number, &decision.dependencies).await
    }

    /// In few statements: a decision may read thousands of facts.
    async fn dependencies(&mut self, decision: i64, read: &[Dependency]) -> Result<()> {
        // Each key once, or one statement would change a row twice; the last version counts.
        let facts: BTreeMap<_, _> = read
            .iter()
            .map(|fact| (fact.key.as_str(), fact.version.digest()))
            .collect();
        let realm = self.realm;
        let rows = facts
            .into_iter()
            .map(|(key, version)| vec![realm.into(), key.into(), decision.into(), version.into()]);
        let insert = "INSERT INTO dependency (realm, key, decision, version) VALUES {rows}";
        let done = self
            .transaction
            .insert_many(insert, 4, rows.collect())
            .await;
        done.map(drop)
    }
}
