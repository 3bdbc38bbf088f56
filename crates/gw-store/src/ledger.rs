//! The ledger's side: the outbox, its lease, and the leaves.

use gw_core::{Digest, Time};
use gw_flow::store::{LeafRow, Pending, StoreError};

use crate::SqlStore;
use crate::rows::{self, corrupt, statement_columns};

const SEQUENCER: &str = "sequencer";

impl SqlStore {
    pub(crate) async fn take_lease(
        &self,
        holder: &str,
        now: Time,
        until: Time,
    ) -> Result<bool, sqlx::Error> {
        let taken: Option<String> = sqlx::query_scalar(
            "INSERT INTO lease (name, holder, expires_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE
             SET holder = excluded.holder, expires_at = excluded.expires_at
             WHERE lease.holder = ?2 OR lease.expires_at <= ?4 RETURNING holder",
        )
        .bind(SEQUENCER)
        .bind(holder)
        .bind(until.as_microsecond())
        .bind(now.as_microsecond())
        .fetch_optional(&self.pool)
        .await?;
        Ok(taken.is_some())
    }

    pub(crate) async fn give_lease(&self, holder: &str) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM lease WHERE name = ? AND holder = ?")
            .bind(SEQUENCER)
            .bind(holder)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn read_pending(&self, limit: u32) -> Result<Vec<Pending>, StoreError> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            ", o.sequence FROM outbox o JOIN statement s ON s.arrival = o.arrival \
             WHERE o.leaf_index IS NULL ORDER BY o.sequence LIMIT ?"
        );
        let rows = sqlx::query(query).bind(limit).fetch_all(&self.pool).await;
        self.all(rows, |row| {
            Ok(Pending {
                statement: rows::statement(row)?,
                sequence: rows::get(row, 9)?,
            })
        })
    }

    pub(crate) async fn write_sequence(
        &self,
        first: u64,
        entries: &[i64],
    ) -> Result<(), StoreError> {
        let failed = |e: sqlx::Error| self.failed(&e);
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM outbox WHERE leaf_index IS NOT NULL")
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
        if u64::try_from(count).ok() != Some(first) {
            return Err(corrupt(format!(
                "the ledger has {count} leaves, the sequencer expected {first}"
            )));
        }
        for (index, sequence) in (count..).zip(entries) {
            let done = sqlx::query(
                "UPDATE outbox SET leaf_index = ? WHERE sequence = ? AND leaf_index IS NULL",
            )
            .bind(index)
            .bind(sequence)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() != 1 {
                return Err(corrupt(format!(
                    "outbox entry {sequence} has a leaf already"
                )));
            }
        }
        transaction.commit().await.map_err(failed)
    }

    pub(crate) async fn read_leaf_count(&self) -> Result<u64, StoreError> {
        // Indexes are given without gaps, so the greatest tells; the index on them makes it quick.
        let greatest: Option<i64> = sqlx::query_scalar("SELECT max(leaf_index) FROM outbox")
            .fetch_one(&self.pool)
            .await
            .map_err(|e| self.failed(&e))?;
        greatest.map_or(Ok(0), |g| u64::try_from(g + 1).map_err(corrupt))
    }

    pub(crate) async fn read_leaves(
        &self,
        start: u64,
        end: u64,
    ) -> Result<Vec<LeafRow>, StoreError> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            ", o.leaf_index FROM outbox o JOIN statement s ON s.arrival = o.arrival \
             WHERE o.leaf_index >= ? AND o.leaf_index < ? ORDER BY o.leaf_index"
        );
        let rows = sqlx::query(query)
            .bind(i64::try_from(start).unwrap_or(i64::MAX))
            .bind(i64::try_from(end).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await;
        self.all(rows, |row| {
            Ok(LeafRow {
                statement: rows::statement(row)?,
                index: u64::try_from(rows::get::<i64>(row, 9)?).map_err(corrupt)?,
            })
        })
    }

    pub(crate) async fn read_leaf_of(&self, id: &Digest) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query(
            "SELECT o.leaf_index FROM statement s JOIN outbox o ON o.arrival = s.arrival \
             WHERE s.id = ? AND o.leaf_index IS NOT NULL",
        )
        .bind(id.as_bytes().as_slice())
        .fetch_optional(&self.pool)
        .await;
        self.one(row, |row| {
            u64::try_from(rows::get::<i64>(row, 0)?).map_err(corrupt)
        })
    }
}
