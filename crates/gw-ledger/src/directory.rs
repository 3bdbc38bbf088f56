//! Verification of a whole log from its files.

use std::path::Path;

use crate::bytes::{TileError, parse_entries, parse_hashes};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::edge::{Edge, TileBytes};
use crate::fs::FsTiles;
use crate::history::{Evidence, History, HistoryFailure, open_earlier};
use crate::leaf::Leaf;
use crate::note_key::VerifierKey;
use crate::reader::{ReadError, TileReader};
use crate::resource::{Resource, TileKind, tile_at};
use crate::store::TileStore;

/// What the files of a log were found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLog {
    /// The checkpoint that the log signed and that its entries lead to.
    pub checkpoint: Checkpoint,
    /// How far truncation and forks were checked.
    pub history: History,
}

/// What exactly is wrong with the files of a log.
#[derive(Debug, thiserror::Error)]
pub enum LogFailure {
    /// A file cannot be read, is missing or malformed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no checkpoint.
    #[error("the log has no checkpoint")]
    NoCheckpoint,
    /// The checkpoint is not signed by the log, or is of another log.
    #[error("wrong signature: {0}")]
    Checkpoint(CheckpointError),
    /// A tile is not what the entries lead to.
    #[error("{0} is not what the log's entries lead to: the tile or an entry below it was changed")]
    Tile(Resource),
    /// All tiles agree with the entries, and the checkpoint does not.
    #[error(
        "the {size} entries do not lead to the root that the log signed: entries were changed, \
         and the tiles with them"
    )]
    Root {
        /// The log's size.
        size: u64,
    },
    /// Truncation, forks, witnesses.
    #[error(transparent)]
    History(#[from] HistoryFailure),
}

impl LogFailure {
    /// Whether checkpoints that the log signed itself prove that it showed two histories or cut one
    /// off. That does not go away by asking again.
    #[must_use]
    pub const fn is_misbehaviour(&self) -> bool {
        matches!(
            self,
            Self::History(HistoryFailure::Truncated { .. } | HistoryFailure::Fork { .. })
        )
    }
}

/// Verifies the log in a folder; see [`verify_log`].
///
/// # Errors
/// [`LogFailure`]: the first thing that is wrong.
pub fn verify_directory(
    folder: &Path,
    log: &VerifierKey,
    earlier: Option<&str>,
) -> Result<VerifiedLog, LogFailure> {
    verify_log(&FsTiles::reader(folder), log, earlier, &[], 0)
}

/// Verifies a whole log: that every tile is what the entries lead to, that they lead to the signed
/// checkpoint, and, as far as they are given, an earlier checkpoint and witnesses. It takes
/// O(log n) memory.
///
/// # Errors
/// [`LogFailure`]: the first thing that is wrong.
pub fn verify_log<S: TileStore>(
    store: &S,
    log: &VerifierKey,
    earlier: Option<&str>,
    witnesses: &[VerifierKey],
    threshold: usize,
) -> Result<VerifiedLog, LogFailure> {
    let bytes = store
        .read(&Resource::Checkpoint)
        .map_err(ReadError::from)?
        .ok_or(LogFailure::NoCheckpoint)?;
    let text = String::from_utf8_lossy(&bytes);
    let (checkpoint, note) = Checkpoint::open(&text, log).map_err(LogFailure::Checkpoint)?;
    let earlier = open_earlier(earlier, log)?;
    let mut history = History::default();
    history.check_witnesses(&note, witnesses, threshold)?;
    if let Some(earlier) = &earlier
        && earlier.size >= checkpoint.size
    {
        history.check_earlier(&checkpoint, earlier, &Evidence::None)?;
    }
    let reader = TileReader::new(store, checkpoint.size);
    let mut edge = Edge::default();
    while edge.size() < checkpoint.size {
        let tile = tile_at(TileKind::Entries, edge.size(), checkpoint.size);
        let bundle = reader.bundle(tile)?;
        let malformed = |source| ReadError::Tile {
            path: tile.into(),
            source,
        };
        for entry in parse_entries(&bundle, tile.width).map_err(malformed)? {
            let index = edge.size();
            let leaf = Leaf::decode(entry).map_err(|source| ReadError::Leaf { index, source })?;
            edge.push(&leaf, |filled| check_tile(&reader, filled))?;
            if let Some(earlier) = &earlier
                && earlier.size == edge.size()
                && earlier.size < checkpoint.size
            {
                let evidence = Evidence::Root(edge.root());
                history.check_earlier(&checkpoint, earlier, &evidence)?;
            }
        }
    }
    for partial in edge.partial() {
        check_tile(&reader, partial)?;
    }
    if edge.root() != checkpoint.root {
        let size = checkpoint.size;
        return Err(LogFailure::Root { size });
    }
    // The empty log is earlier than every other and is met by no entry.
    if let Some(earlier) = &earlier
        && history.earlier.is_none()
    {
        history.check_earlier(&checkpoint, earlier, &Evidence::None)?;
    }
    Ok(VerifiedLog {
        checkpoint,
        history,
    })
}

fn check_tile<S: TileStore>(
    reader: &TileReader<'_, S>,
    (tile, bytes): TileBytes,
) -> Result<(), LogFailure> {
    if tile.kind == TileKind::Entries {
        // The entries are what the tile was made from.
        return Ok(());
    }
    let malformed = |source: TileError| ReadError::Tile {
        path: tile.into(),
        source,
    };
    let expected = parse_hashes(&bytes, tile.width).map_err(malformed)?;
    if reader.hashes(tile)? == expected {
        Ok(())
    } else {
        Err(LogFailure::Tile(tile.into()))
    }
}
