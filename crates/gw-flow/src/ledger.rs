//! Taking statements up into the ledger.

use std::path::Path;

use gw_attest::{SigningKey, predicate};
use gw_core::Time;
use gw_ledger::{FsTiles, Leaf, LeafKind, Log, LogError, NoteError, NoteSigner, Salt, TileStore};

use crate::store::{Store, StoreError, StoredStatement};

/// How many statements are taken up at once.
const CHUNK: u32 = 1024;

/// How long the sequencer's lease lasts if its holder dies.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);

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
    /// Another process is at it.
    #[error("another process has been writing the ledger for too long")]
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

/// Takes up everything that is in the outbox and returns the log's size.
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
    now: Time,
) -> Result<u64, TakeUpError> {
    let signer = log_signer(key)?;
    // The lock of the folder is held until the end, so that one process at a time is here.
    let tiles = FsTiles::writer(folder)?;
    let holder = format!("{}", std::process::id());
    let until = now.checked_add(LEASE).unwrap_or(Time::MAX);
    if !store.lease(&holder, now, until).await? {
        return Err(TakeUpError::Busy);
    }
    let taken = with_lease(store, tiles, &signer).await;
    store.release(&holder).await?;
    taken
}

async fn with_lease<S: Store, T: TileStore>(
    store: &S,
    tiles: T,
    signer: &NoteSigner,
) -> Result<u64, TakeUpError> {
    loop {
        let pending = store.pending(CHUNK).await?;
        if pending.is_empty() {
            break;
        }
        let entries: Vec<_> = pending.iter().map(|p| p.sequence).collect();
        store.sequence(store.leaf_count().await?, &entries).await?;
    }
    let count = store.leaf_count().await?;
    let mut log = Log::open(tiles, signer.verifier())?;
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
        log.append(&leaves, signer)?;
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
