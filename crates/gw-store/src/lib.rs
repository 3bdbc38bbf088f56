//! The store in SQL: SQLite, in the user's data folder or wherever the control plane keeps it, or
//! PostgreSQL.
//!
//! [`SqlStore`] implements [`gw_flow::store::Store`]. Everything that belongs together is written
//! in one transaction.

pub mod backup;
mod commit;
pub mod db;
mod ledger;
mod migrations;
mod open;
mod read;
mod rows;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;

pub use db::{Backend, Database, Row, Transaction, Value};
pub use open::SqlStore;

use gw_core::{Asset, Binding, Digest, FactKey, Gate, Place, Realm, Time, Version};
use gw_flow::store::{Batch, DecisionRow, LeafRow, Pending, Store, StoreError, StoredStatement};

impl Store for SqlStore {
    async fn commit(&self, realm: &Realm, batch: Batch) -> Result<i64, StoreError> {
        self.commit_batch(realm, batch).await
    }

    async fn change_seq(&self) -> Result<i64, StoreError> {
        self.read_change_seq().await
    }

    async fn statement(
        &self,
        realm: &Realm,
        id: &Digest,
    ) -> Result<Option<StoredStatement>, StoreError> {
        self.read_statement(realm, id).await
    }

    async fn statements(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<StoredStatement>, StoreError> {
        self.read_statements(realm, keys).await
    }

    async fn list_statements(
        &self,
        realm: &Realm,
        predicate_type: Option<&str>,
    ) -> Result<Vec<StoredStatement>, StoreError> {
        self.read_all_statements(realm, predicate_type).await
    }

    async fn keys_of(&self, realm: &Realm, id: &Digest) -> Result<Vec<FactKey>, StoreError> {
        self.read_keys_of(realm, id).await
    }

    async fn versions(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> Result<Vec<(FactKey, Version)>, StoreError> {
        self.read_versions(realm, keys).await
    }

    async fn bindings(
        &self,
        realm: &Realm,
        asset: Option<&Asset>,
    ) -> Result<Vec<Binding>, StoreError> {
        self.read_bindings(realm, asset).await
    }

    async fn decisions(
        &self,
        realm: &Realm,
        gate: Gate,
        asset: &Asset,
        place: &Place,
        limit: u32,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        self.read_decisions(realm, gate, asset, place, limit).await
    }

    async fn current_decisions(&self, realm: &Realm) -> Result<Vec<DecisionRow>, StoreError> {
        self.read_current_decisions(realm).await
    }

    async fn dependents(
        &self,
        realm: &Realm,
        facts: &[(FactKey, Version)],
    ) -> Result<Vec<DecisionRow>, StoreError> {
        self.read_dependents(realm, facts).await
    }

    async fn reads(
        &self,
        realm: &Realm,
        scope: &str,
    ) -> Result<Vec<(FactKey, Version)>, StoreError> {
        self.read_reads(realm, scope).await
    }

    async fn due(&self, realm: &Realm, now: Time) -> Result<Vec<DecisionRow>, StoreError> {
        self.read_due(realm, now).await
    }

    async fn blob(&self, realm: &Realm, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.read_blob(realm, digest).await
    }

    async fn meta(&self, realm: &Realm, name: &str) -> Result<Option<String>, StoreError> {
        self.read_meta(realm, name).await
    }

    async fn realms(&self) -> Result<Vec<Realm>, StoreError> {
        self.read_realms().await
    }

    async fn changed_facts(
        &self,
        realm: &Realm,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(FactKey, i64)>, StoreError> {
        self.read_changed_facts(realm, after, limit).await
    }

    async fn set_meta(&self, realm: &Realm, name: &str, value: &str) -> Result<(), StoreError> {
        self.write_meta(realm, name, value).await
    }

    async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Time,
        until: Time,
    ) -> Result<bool, StoreError> {
        self.take_lease(name, holder, now, until).await
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.give_lease(name, holder).await
    }

    async fn pending(&self, limit: u32) -> Result<Vec<Pending>, StoreError> {
        self.read_pending(limit).await
    }

    async fn sequence(&self, first: u64, entries: &[i64]) -> Result<(), StoreError> {
        self.write_sequence(first, entries).await
    }

    async fn leaf_count(&self) -> Result<u64, StoreError> {
        self.read_leaf_count().await
    }

    async fn leaves(&self, start: u64, end: u64) -> Result<Vec<LeafRow>, StoreError> {
        self.read_leaves(start, end).await
    }

    async fn leaf_of(&self, id: &Digest) -> Result<Option<u64>, StoreError> {
        self.read_leaf_of(id).await
    }
}

#[cfg(test)]
mod tests;
