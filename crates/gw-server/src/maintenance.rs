//! What is done to a control plane's data beside serving it: writing it to one file, and making a
//! control plane from such a file again.

use std::path::Path;

use gw_core::Realm;
use gw_flow::Home;
use gw_flow::ledger::TakeUpError;
use gw_flow::store::Store as _;
use gw_store::backup::{self, BackupError};
use gw_store::{Database, SqlStore};

use crate::{SERVER_KEY, ServerError};

/// Data that could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file, or the database to restore into.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The data folder, or the restored store.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The ledger's files.
    #[error("the database is restored; the ledger's files are not: {0}")]
    Ledger(#[from] TakeUpError),
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Rows of the database.
    pub rows: u64,
    /// What became of the ledger's files.
    pub ledger: RestoredLedger,
}

/// What became of the ledger's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoredLedger {
    /// They are there again, with so many records.
    Whole(u64),
    /// The data folder does not have the key with this id, which signs the ledger.
    MissingKey(String),
    /// The database has never been served: whoever does so first begins the ledger.
    Unclaimed,
}

/// Fills the empty `database` from the backup at `path`, and makes the ledger's files in `home`
/// again, which must lead to the checkpoint that is there, if one is.
///
/// # Errors
/// [`RestoreError`].
pub async fn restore(
    home: &Home,
    database: Database,
    path: &Path,
) -> Result<Restored, RestoreError> {
    let rows = backup::restore(&database, path).await?;
    let store = SqlStore::on(database).await.map_err(ServerError::from)?;
    let ledger = restore_ledger(home, &store).await;
    store.close().await;
    Ok(Restored {
        rows,
        ledger: ledger?,
    })
}

async fn restore_ledger(home: &Home, store: &SqlStore) -> Result<RestoredLedger, RestoreError> {
    let claimed = store.meta(&Realm::local(), SERVER_KEY).await;
    let Some(expected) = claimed.map_err(ServerError::from)? else {
        return Ok(RestoredLedger::Unclaimed);
    };
    match home.existing_key().map_err(ServerError::from)? {
        Some(key) if key.public().id().to_string() == expected => {
            let size = gw_flow::ledger::take_up(store, &home.ledger(), &key).await?;
            Ok(RestoredLedger::Whole(size))
        }
        _ => Ok(RestoredLedger::MissingKey(expected)),
    }
}
