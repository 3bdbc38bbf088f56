//! The ledger's side: the outbox, its lease, and the leaves.

use gw_core::{Digest, Time};
use gw_flow::store::{LeafRow, Pending, StoreError};

use crate::SqlStore;
use crate::rows::{self, statement_columns};

impl SqlStore {
    pub(crate) async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        now: Time,
        until: Time,
    ) -> Result<bool, StoreError> {
        let query = "INSERT INTO lease (name, holder, expires_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE
             SET holder = excluded.holder, expires_at = excluded.expires_at
             WHERE lease.holder = ?2 OR lease.expires_at <= ?4 RETURNING holder";
        let query = self.database.query(query).bind(name).bind(holder);
        Ok(query.bind(until).bind(now).one().await?.is_some())
    }

    pub(crate) async fn give_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let query = "DELETE FROM lease WHERE name = ? AND holder = ?";
        let query = self.database.query(query).bind(name).bind(holder);
        query.run().await.map(drop)
    }

    pub(crate) async fn read_pending(&self, limit: u32) -> Result<Vec<Pending>, StoreError> {
        let query = concat!(
            "SELECT ",
            statement_columns!(),
            ", o.sequence FROM outbox o JOIN statement s ON s.arrival = o.arrival \
             WHERE o.leaf_index IS NULL ORDER BY o.sequence LIMIT ?"
        );
        let query = self.database.query(query).bind(limit);
        query
            .map(|row| {
                Ok(Pending {
                    statement: rows::statement(row)?,
                    sequence: row.get(9)?,
                })
            })
            .await
    }

    pub(crate) async fn write_sequence(
        &self,
        first: u64,
        entries: &[i64],
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        // Whoever writes waits here, so that no two sequencers give the same index.
        let lock = "UPDATE change SET seq = seq";
        transaction.query(lock).run().await?;
        let count = "SELECT count(*) FROM outbox WHERE leaf_index IS NOT NULL";
        let count: i64 = transaction.query(count).scalar().await?.unwrap_or(0);
        if u64::try_from(count).ok() != Some(first) {
            return Err(StoreError::Overtaken);
        }
        for (index, sequence) in (count..).zip(entries) {
            let update =
                "UPDATE outbox SET leaf_index = ? WHERE sequence = ? AND leaf_index IS NULL";
            let update = transaction.query(update).bind(index).bind(*sequence);
            if update.run().await? != 1 {
                return Err(StoreError::Overtaken);
            }
        }
        transaction.commit().await
    }

    /// How many statements the ledger has not taken up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it.
    pub async fn waiting(&self) -> Result<u64, StoreError> {
        let query = "SELECT count(*) FROM outbox WHERE leaf_index IS NULL";
        let waiting = self.database.query(query).scalar().await?;
        Ok(waiting.unwrap_or(0))
    }

    pub(crate) async fn read_leaf_count(&self) -> Result<u64, StoreError> {
        // Indexes are given without gaps, so the greatest tells; the index on them makes it quick.
        let query = "SELECT max(leaf_index) FROM outbox";
        let greatest: Option<Option<u64>> = self.database.query(query).scalar().await?;
        Ok(greatest
            .flatten()
            .map_or(0, |greatest| greatest.saturating_add(1)))
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
        let bound = |index: u64| i64::try_from(index).unwrap_or(i64::MAX);
        let query = self.database.query(query);
        let query = query.bind(bound(start)).bind(bound(end));
        query
            .map(|row| {
                Ok(LeafRow {
                    statement: rows::statement(row)?,
                    index: row.get(9)?,
                })
            })
            .await
    }

    pub(crate) async fn read_leaf_of(&self, id: &Digest) -> Result<Option<u64>, StoreError> {
        let query = "SELECT o.leaf_index FROM statement s JOIN outbox o ON o.arrival = s.arrival \
                     WHERE s.id = ? AND o.leaf_index IS NOT NULL";
        self.database.query(query).bind(id).scalar().await
    }
}
