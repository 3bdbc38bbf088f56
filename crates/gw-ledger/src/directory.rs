//! Verification of a whole log from its files.

use std::path::Path;

use crate::bytes::{TileError, parse_entries, parse_hashes};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::edge::{Edge, TileBytes};
use crate::fs::FsTiles;
use crate::history::{Evidence, History, HistoryFailure, open_earlier};
use crate::leaf::Leaf;
use crate::note::Note;
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
    /// Whether the log went back on what it had shown: fewer records, or others.
    #[must_use]
    pub const fn is_break(&self) -> bool {
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
    let shown = Shown::read(store, log)?;
    let earlier = open_earlier(earlier, log)?;
    let history = shown.witnessed(witnesses, threshold)?;
    verify_entries(store, shown.checkpoint, earlier, history)
}

/// A checkpoint that a log shows, and signed.
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) checkpoint: Checkpoint,
    note: Note,
}

impl Shown {
    pub(crate) fn read<S: TileStore>(store: &S, log: &VerifierKey) -> Result<Self, LogFailure> {
        let bytes = store
            .read(&Resource::Checkpoint)
            .map_err(ReadError::from)?
            .ok_or(LogFailure::NoCheckpoint)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (checkpoint, note) = Checkpoint::open(&text, log).map_err(LogFailure::Checkpoint)?;
        Ok(Self {
            text,
            checkpoint,
            note,
        })
    }

    pub(crate) fn witnessed(
        &self,
        witnesses: &[VerifierKey],
        threshold: usize,
    ) -> Result<History, HistoryFailure> {
        let mut history = History::default();
        history.check_witnesses(&self.note, witnesses, threshold)?;
        Ok(history)
    }
}

/// Verifies that all entries lead to a signed checkpoint, and continue an earlier one.
pub(crate) fn verify_entries<S: TileStore>(
    store: &S,
    checkpoint: Checkpoint,
    earlier: Option<Checkpoint>,
    mut history: History,
) -> Result<VerifiedLog, LogFailure> {
    if let Some(earlier) = &earlier
        && earlier.size >= checkpoint.size
    {
        history.check_earlier(&checkpoint, earlier, &Evidence::None)?;
    }
    let reader = TileReader::new(store, checkpoint.size);
    let mut edge = Edge::default();
    // The root at the earlier size. It tells of a fork only once the entries are known to be those that
    // the log signed.
    let mut before = None;
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
                before = Some(edge.root());
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
    if let Some(earlier) = &earlier
        && history.earlier.is_none()
    {
        // The empty log is earlier than every other and is met by no entry.
        let evidence = before.map_or(Evidence::None, Evidence::Root);
        history.check_earlier(&checkpoint, earlier, &evidence)?;
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
