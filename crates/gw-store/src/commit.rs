//! Writing: everything that belongs together in one transaction.

use gw_core::{Binding, FactKey, Realm};
use gw_flow::store::{Batch, NewDecision, NewStatement};
use sqlx::{Sqlite, Transaction};

use crate::SqlStore;

type Result<T> = std::result::Result<T, sqlx::Error>;

impl SqlStore {
    pub(crate) async fn commit_batch(&self, realm: &Realm, batch: Batch) -> Result<i64> {
        let mut writer = Writer {
            // Taken at once, so that two writers wait for each other instead of failing.
            transaction: self.pool.begin_with("BEGIN IMMEDIATE").await?,
            realm: realm.as_str(),
        };
        let seq = writer.next_change().await?;
        for statement in &batch.statements {
            writer.statement(statement).await?;
        }
        for (digest, content) in &batch.blobs {
            sqlx::query("INSERT OR IGNORE INTO blob (realm, digest, content) VALUES (?, ?, ?)")
                .bind(writer.realm)
                .bind(digest.as_bytes().as_slice())
                .bind(content.as_slice())
                .execute(&mut *writer.transaction)
                .await?;
        }
        for (key, version) in &batch.facts {
            sqlx::query(
                "INSERT INTO fact (realm, key, version, change_seq) VALUES (?, ?, ?, ?)
                 ON CONFLICT (realm, key) DO UPDATE
                 SET version = excluded.version, change_seq = excluded.change_seq",
            )
            .bind(writer.realm)
            .bind(key.as_str())
            .bind(version.digest().as_bytes().as_slice())
            .bind(seq)
            .execute(&mut *writer.transaction)
            .await?;
        }
        for binding in &batch.bindings {
            writer.binding(binding).await?;
        }
        for decision in &batch.decisions {
            writer.decision(decision).await?;
        }
        for (name, value) in &batch.meta {
            sqlx::query(
                "INSERT INTO meta (realm, name, value) VALUES (?, ?, ?)
                 ON CONFLICT (realm, name) DO UPDATE SET value = excluded.value",
            )
            .bind(writer.realm)
            .bind(name)
            .bind(value)
            .execute(&mut *writer.transaction)
            .await?;
        }
        writer.transaction.commit().await?;
        Ok(seq)
    }
}

struct Writer<'a> {
    transaction: Transaction<'a, Sqlite>,
    realm: &'a str,
}

impl Writer<'_> {
    async fn next_change(&mut self) -> Result<i64> {
        sqlx::query_scalar("UPDATE change SET seq = seq + 1 RETURNING seq")
            .fetch_one(&mut *self.transaction)
            .await
    }

    async fn statement(&mut self, new: &NewStatement) -> Result<()> {
        let statement = &new.statement;
        let signers =
            serde_json::to_string(&statement.signers).map_err(|e| sqlx::Error::Encode(e.into()))?;
        let arrival: Option<i64> = sqlx::query_scalar(
            "INSERT INTO statement (realm, id, predicate_type, asset, signers, issued_at, \
             expires_at, received_at, envelope, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (realm, id) DO NOTHING RETURNING arrival",
        )
        .bind(self.realm)
        .bind(statement.id.as_bytes().as_slice())
        .bind(&statement.predicate_type)
        .bind(statement.asset.as_ref().map(gw_core::Asset::as_str))
        .bind(signers)
        .bind(statement.issued_at.as_microsecond())
        .bind(statement.expires_at.map(|t| t.as_microsecond()))
        .bind(statement.received_at.as_microsecond())
        .bind(&statement.envelope)
        .bind(statement.salt.as_slice())
        .fetch_optional(&mut *self.transaction)
        .await?;
        // The same statement once more changes nothing.
        let Some(arrival) = arrival else {
            return Ok(());
        };
        for key in &new.keys {
            sqlx::query(
                "INSERT OR IGNORE INTO statement_key (realm, key, arrival) VALUES (?, ?, ?)",
            )
            .bind(self.realm)
            .bind(key.as_str())
            .bind(arrival)
            .execute(&mut *self.transaction)
            .await?;
        }
        sqlx::query("INSERT INTO outbox (arrival) VALUES (?)")
            .bind(arrival)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    async fn binding(&mut self, binding: &Binding) -> Result<()> {
        sqlx::query(
            "UPDATE binding SET until_at = ? \
             WHERE realm = ? AND asset = ? AND place = ? AND until_at IS NULL",
        )
        .bind(binding.from.as_microsecond())
        .bind(self.realm)
        .bind(binding.asset.as_str())
        .bind(binding.place.as_str())
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query(
            "INSERT INTO binding (realm, asset, place, subject, from_at, until_at) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(self.realm)
        .bind(binding.asset.as_str())
        .bind(binding.place.as_str())
        .bind(binding.subject.as_bytes().as_slice())
        .bind(binding.from.as_microsecond())
        .bind(binding.until.map(|t| t.as_microsecond()))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn decision(&mut self, new: &NewDecision) -> Result<()> {
        let decision = &new.decision;
        let (gate, asset, place) = (
            decision.gate.as_str(),
            decision.asset.as_str(),
            decision.place.as_str(),
        );
        sqlx::query(
            "DELETE FROM dependency WHERE decision IN (SELECT number FROM decision \
             WHERE realm = ? AND gate = ? AND asset = ? AND place = ? AND current = 1)",
        )
        .bind(self.realm)
        .bind(gate)
        .bind(asset)
        .bind(place)
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query(
            "UPDATE decision SET current = 0 \
             WHERE realm = ? AND gate = ? AND asset = ? AND place = ? AND current = 1",
        )
        .bind(self.realm)
        .bind(gate)
        .bind(asset)
        .bind(place)
        .execute(&mut *self.transaction)
        .await?;
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO decision (realm, id, gate, asset, place, subject, outcome, made_at, \
             not_after, context, current) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) \
             RETURNING number",
        )
        .bind(self.realm)
        .bind(new.id.as_bytes().as_slice())
        .bind(gate)
        .bind(asset)
        .bind(place)
        .bind(decision.subject.digest.as_bytes().as_slice())
        .bind(decision.outcome.as_str())
        .bind(decision.time.as_microsecond())
        .bind(decision.not_after.map(|t| t.as_microsecond()))
        .bind(new.context.as_bytes().as_slice())
        .fetch_one(&mut *self.transaction)
        .await?;
        let facts: Vec<_> = decision
            .dependencies
            .iter()
            .map(|d| (&d.key, d.version.digest().to_hex()))
            .collect();
        self.dependencies(number, &facts).await
    }

    /// One statement for all of them: a decision may read thousands of facts.
    async fn dependencies(&mut self, decision: i64, facts: &[(&FactKey, String)]) -> Result<()> {
        let facts = serde_json::to_string(facts).map_err(|e| sqlx::Error::Encode(e.into()))?;
        sqlx::query(
            "INSERT OR REPLACE INTO dependency (realm, key, decision, version) \
             SELECT ?, value ->> 0, ?, unhex(value ->> 1) FROM json_each(?)",
        )
        .bind(self.realm)
        .bind(decision)
        .bind(facts)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
