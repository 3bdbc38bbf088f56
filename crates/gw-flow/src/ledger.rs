//! Taking statements up into the ledger.

use std::path::Path;

use gw_attest::{SigningKey, predicate};
use gw_ledger::{FsTiles, Leaf, LeafKind, Log, LogError, NoteError, NoteSigner, Salt};

use crate::store::{Store, StoreError, StoredStatement};

/// How many statements are taken up at once.
const CHUNK: u32 = 1024;

/// How often others may be first, one after the other, before we give up for now.
const MOST_OVERTAKEN: u32 = 100;

/// Statements that could not be taken up. Nothing is lost: they stay in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum TakeUpError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log's files.
    #[error(transparent)]
    Tiles(#[from] gw_ledger::StoreError),
    /// The log's name.
    #[error(transparent)]
    Name(#[from] NoteError),
    /// The log has leaves that the store does not know of.
    #[error(
        "the ledger has {log} leaves and the store only {store}: the store was set back to an \
         earlier state; restore it, or keep the ledger's folder aside as evidence and begin anew"
    )]
    StoreSetBack {
        /// Leaves in the log.
        log: u64,
        /// Leaves in the store.
        store: u64,
    },
    /// Others are always first.
    #[error("other processes write the ledger too fast to keep up with; they do it for us")]
    Busy,
}

/// The ledger's name and key: one log for each local key.
///
/// # Errors
/// Never for keys that we make; [`NoteError`] if the name were none.
pub fn log_signer(key: &SigningKey) -> Result<NoteSigner, NoteError> {
    let name = format!("gatewright.local/{}", key.public().id().short());
    NoteSigner::log(&name, key.clone())
}

/// The leaf that commits to a statement.
#[must_use]
pub fn leaf_of(statement: &StoredStatement) -> Leaf {
    let kind = if statement.predicate_type == predicate::DECISION {
        LeafKind::DECISION
    } else {
        LeafKind::STATEMENT
    };
    Leaf::commit(kind, &Salt::from_bytes(statement.salt), &statement.envelope)
}

/// Takes up everything that is in the outbox and returns the log's size. Any number of processes
/// may do so at once.
///
/// The store says which statement has which index; only then is the log written, so that after a
/// crash in between the log is continued, or made again, from the store.
///
/// # Errors
/// [`TakeUpError`].
pub async fn take_up<S: Store>(
    store: &S,
    folder: &Path,
    key: &SigningKey,
) -> Result<u64, TakeUpError> {
    give_indexes(store).await?;
    append(store, folder, key).await
}

/// Gives indexes to everything in the outbox.
async fn give_indexes<S: Store>(store: &S) -> Result<(), TakeUpError> {
    let mut overtaken = 0;
    loop {
        let pending = store.pending(CHUNK).await?;
        if pending.is_empty() {
            return Ok(());
        }
        let entries: Vec<_> = pending.iter().map(|p| p.sequence).collect();
        match store.sequence(store.leaf_count().await?, &entries).await {
            Ok(()) => overtaken = 0,
            // Another process gave some of them theirs in between, and nothing was changed here.
            Err(StoreError::Overtaken) if overtaken < MOST_OVERTAKEN => overtaken += 1,
            Err(StoreError::Overtaken) => return Err(TakeUpError::Busy),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Appends to the log whatever has an index in the store.
async fn append<S: Store>(store: &S, folder: &Path, key: &SigningKey) -> Result<u64, TakeUpError> {
    let signer = log_signer(key)?;
    // The lock of the folder is held until the end, so that one process at a time is here.
    let mut log = Log::open(FsTiles::writer(folder)?, signer.verifier())?;
    let count = store.leaf_count().await?;
    if log.size() > count {
        return Err(TakeUpError::StoreSetBack {
            log: log.size(),
            store: count,
        });
    }
    while log.size() < count {
        let end = count.min(log.size() + u64::from(CHUNK));
        let rows = store.leaves(log.size(), end).await?;
        let leaves: Vec<_> = rows.iter().map(|row| leaf_of(&row.statement)).collect();
        log.append(&leaves, &signer)?;
    }
    Ok(log.size())
}

/// Makes the log's files again from the store.
///
/// # Errors
/// [`TakeUpError::Log`] if the store's records do not lead to the checkpoint that is there.
pub async fn rebuild<S: Store>(
    store: &S,
    folder: &Path,
    key: &SigningKey,
) -> Result<u64, TakeUpError> {
    let signer = log_signer(key)?;
    let count = store.leaf_count().await?;
    let mut leaves = Vec::new();
    while (leaves.len() as u64) < count {
        let start = leaves.len() as u64;
        let rows = store.leaves(start, start + u64::from(CHUNK)).await?;
        if rows.is_empty() {
            break;
        }
        leaves.extend(rows.iter().map(|row| leaf_of(&row.statement)));
    }
    let log = Log::rebuild(FsTiles::writer(folder)?, &signer, &leaves)?;
    Ok(log.size())
}
