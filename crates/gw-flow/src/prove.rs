//! Proof for somebody who has nothing else: records, salts, and where the ledger has them.

use std::collections::BTreeMap;
use std::path::Path;

use gw_core::Digest;
use gw_ledger::{Bundle, Content, FsTiles, Log, Salt, Scope};

use crate::ledger::log_signer;
use crate::store::{Store, StoredStatement};
use crate::{Flow, FlowError};

impl<S: Store> Flow<S> {
    /// These decisions and everything that they were made from, each statement once.
    ///
    /// # Errors
    /// [`FlowError`] if a decision is not in the store.
    pub async fn evidence(&self, decisions: &[Digest]) -> Result<Vec<StoredStatement>, FlowError> {
        let mut statements = BTreeMap::new();
        for id in decisions {
            let decision = self.decision(id).await?;
            let keys: Vec<_> = decision.dependencies.into_iter().map(|d| d.key).collect();
            for statement in self.store.statements(&self.realm, &keys).await? {
                statements.insert(statement.id, statement);
            }
            if let Some(statement) = self.store.statement(&self.realm, id).await? {
                statements.insert(*id, statement);
            }
        }
        Ok(statements.into_values().collect())
    }

    /// Proves that the ledger in `folder` has these statements; those that it has not taken up yet
    /// are left out. `earlier` is the size of a checkpoint that it must be shown to continue.
    ///
    /// # Errors
    /// [`FlowError`] if the ledger cannot be read, or does not go that far.
    pub async fn prove(
        &self,
        folder: &Path,
        scope: Scope,
        statements: &[StoredStatement],
        earlier: Option<u64>,
    ) -> Result<Bundle, FlowError> {
        let mut by_index = BTreeMap::new();
        for statement in statements {
            if let Some(index) = self.store.leaf_of(&statement.id).await? {
                by_index.insert(index, statement);
            }
        }
        let signer = log_signer(&self.key).map_err(crate::ledger::TakeUpError::from)?;
        let log = Log::open(FsTiles::reader(folder), signer.verifier())
            .map_err(crate::ledger::TakeUpError::from)?;
        let indexes: Vec<_> = by_index.keys().copied().collect();
        let content = |index: u64| {
            by_index.get(&index).map(|statement| Content {
                salt: Salt::from_bytes(statement.salt),
                record: statement.envelope.clone(),
            })
        };
        Ok(Bundle::prove(&log, scope, &indexes, content, earlier)?)
    }
}
