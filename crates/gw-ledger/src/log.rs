use crate::bytes::{TileError, parse_hashes};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::commit::Commit;
use crate::edge::{Edge, partial_tile};
use crate::hash::Hash;
use crate::leaf::Leaf;
use crate::note::{Note, NoteSignature};
use crate::note_key::{NoteSigner, VerifierKey};
use crate::reader::TileReader;
use crate::resource::{Resource, Tile, TileKind};
use crate::store::{Durability, StoreError, TileStore};

/// Why a log cannot be opened or appended to.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log's files contradict each other or are missing: it must be rebuilt from its records.
    #[error("the log's files are damaged: {0}; rebuild them from the records")]
    Damaged(String),
    /// The published checkpoint is ahead of the writer's state.
    #[error(
        "the published checkpoint has {published} leaves and the writer's own state {committed}: \
         the files were set back; rebuild them from the records"
    )]
    SetBack {
        /// Leaves in the published checkpoint.
        published: u64,
        /// Leaves in the writer's state.
        committed: u64,
    },
    /// A checkpoint is not of this log and key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The records do not make the tree that was signed earlier.
    #[error(
        "the {records} records do not continue the signed checkpoint of {size} leaves: records \
         were removed or changed since"
    )]
    NotAContinuation {
        /// How many records there are.
        records: u64,
        /// The signed checkpoint's size.
        size: u64,
    },
    /// An earlier write failed, so what the store has is not known.
    #[error("an earlier write failed: open the log again")]
    Poisoned,
}

impl From<TileError> for LogError {
    fn from(error: TileError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A log that one writer appends to.
///
/// The order of writes is: full bundles and tiles, partial ones, the commit file, the checkpoint.
/// Only replacing the commit file makes an append happen; a crash before it leaves the log as it
/// was, a crash after it is repaired by [`Log::open`]. Appending to a log on disk costs two fsyncs
/// (the commit file and the folder it is in), and two for each bundle or tile that gets full and
/// for the partial tiles above it, which is about eight in every 256 leaves.
#[derive(Debug)]
pub struct Log<S> {
    store: S,
    key: VerifierKey,
    edge: Edge,
    checkpoint: Option<Note>,
    poisoned: bool,
}

impl<S: TileStore> Log<S> {
    /// Opens a log, or begins a new one where there are no files, and repairs what a crash left:
    /// partial tiles and the checkpoint are made again, full tiles of an append that did not
    /// happen are removed.
    ///
    /// # Errors
    /// [`LogError::Damaged`] or [`LogError::SetBack`] if the log must be rebuilt.
    pub fn open(store: S, key: &VerifierKey) -> Result<Self, LogError> {
        let published = store.read(&Resource::Checkpoint)?;
        let published = published
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| Checkpoint::open(&text, key).ok());
        let (edge, checkpoint, note) = match store.read(&Resource::Commit)? {
            Some(bytes) => {
                let (edge, checkpoint, note) = load(&store, key, &bytes)?;
                (edge, Some(checkpoint), Some(note))
            }
            None => (Edge::default(), None, None),
        };
        if let Some((published, _)) = published {
            if published.size > edge.size() {
                return Err(LogError::SetBack {
                    published: published.size,
                    committed: edge.size(),
                });
            }
            if let Some(committed) = checkpoint
                && committed.size == published.size
                && committed.root != published.root
            {
                let what = "the checkpoint and the commit file have other roots at the same size";
                return Err(LogError::Damaged(what.to_owned()));
            }
        }
        let mut log = Self {
            store,
            key: key.clone(),
            edge,
            checkpoint: note,
            poisoned: false,
        };
        log.repair()?;
        Ok(log)
    }

    /// Makes all files of a log again from its leaves, in order. A signed checkpoint that is
    /// there must be one that these leaves lead to, and is kept if it covers them all; else a new
    /// one is signed.
    ///
    /// # Errors
    /// [`LogError::NotAContinuation`] if records were removed or changed,
    /// [`LogError::Checkpoint`] if a checkpoint is there that another key signed.
    pub fn rebuild(mut store: S, signer: &NoteSigner, leaves: &[Leaf]) -> Result<Self, LogError> {
        let key = signer.verifier();
        let known = known_checkpoints(&store, key)?;
        check_continuation(&known, leaves)?;
        let mut edge = Edge::default();
        for leaf in leaves {
            edge.push(leaf, |(tile, bytes)| put(&mut store, tile, &bytes))?;
        }
        for (tile, bytes) in edge.partial() {
            put(&mut store, tile, &bytes)?;
        }
        let newest = known
            .into_iter()
            .find(|(checkpoint, _)| checkpoint.size == edge.size());
        let mut log = Self {
            store,
            key: key.clone(),
            edge,
            checkpoint: None,
            poisoned: false,
        };
        let note = match newest {
            Some((_, note)) => note,
            None => log.next_checkpoint(&log.edge).sign(signer)?,
        };
        log.publish(note)?;
        log.repair()?;
        Ok(log)
    }

    /// Appends leaves and signs a checkpoint of the result. When it returns, leaves and checkpoint
    /// outlast a power failure.
    ///
    /// # Errors
    /// [`LogError`]. After a failed write the log must be opened again.
    pub fn append(&mut self, leaves: &[Leaf], signer: &NoteSigner) -> Result<Note, LogError> {
        if self.poisoned {
            return Err(LogError::Poisoned);
        }
        if let (Some(note), []) = (&self.checkpoint, leaves) {
            return Ok(note.clone());
        }
        if *signer.verifier() != self.key {
            return Err(CheckpointError::Origin {
                found: signer.verifier().to_string(),
                expected: self.key.to_string(),
            }
            .into());
        }
        self.poisoned = true;
        let mut edge = self.edge.clone();
        let mut filled = Vec::new();
        for leaf in leaves {
            edge.push(leaf, |(tile, bytes)| {
                filled.push(tile);
                let resource = tile.into();
                self.store.write(&resource, &bytes, Durability::Durable)
            })?;
        }
        let old = self.edge.size();
        for (tile, bytes) in edge.partial() {
            match tile.kind {
                TileKind::Hashes(level) if level > 0 => {
                    // It changes only when a tile below it gets full.
                    if tile != partial_tile(level, old) {
                        let resource = tile.into();
                        self.store.write(&resource, &bytes, Durability::Durable)?;
                    }
                }
                _ => {
                    let resource = tile.into();
                    self.store.write(&resource, &bytes, Durability::Relaxed)?;
                }
            }
        }
        let note = self.next_checkpoint(&edge).sign(signer)?;
        self.edge = edge;
        self.publish(note.clone())?;
        self.poisoned = false;
        for tile in filled {
            // It is no harm if partial tiles stay beside the full one.
            let _ = self.store.remove_partials(&tile);
        }
        Ok(note)
    }

    /// Adds a witness's cosignature to the newest checkpoint.
    ///
    /// # Errors
    /// [`LogError::Checkpoint`] if there is no checkpoint or the cosignature does not verify.
    pub fn add_cosignature(
        &mut self,
        witness: &VerifierKey,
        cosignature: NoteSignature,
    ) -> Result<Note, LogError> {
        if self.poisoned {
            return Err(LogError::Poisoned);
        }
        let mut note = self.checkpoint.clone().ok_or(CheckpointError::Format(
            "the log is empty and has no checkpoint yet",
        ))?;
        note.add(cosignature);
        note.verify(witness).map_err(CheckpointError::from)?;
        self.poisoned = true;
        self.publish(note.clone())?;
        self.poisoned = false;
        Ok(note)
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root of its tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// The newest signed checkpoint; none before the first append.
    #[must_use]
    pub const fn checkpoint(&self) -> Option<&Note> {
        self.checkpoint.as_ref()
    }

    /// Its tree, for proofs.
    #[must_use]
    pub fn reader(&self) -> TileReader<'_, S> {
        TileReader::new(&self.store, self.size())
    }

    /// Where its files are.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Closes it.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }

    fn next_checkpoint(&self, edge: &Edge) -> Checkpoint {
        Checkpoint {
            origin: self.key.name().to_owned(),
            size: edge.size(),
            root: edge.root(),
            extensions: Vec::new(),
        }
    }

    /// Commits to a signed checkpoint, then shows it to readers.
    fn publish(&mut self, note: Note) -> Result<(), LogError> {
        let checkpoint = note.to_string();
        let commit = Commit {
            checkpoint: checkpoint.clone(),
            bundle: self.edge.bundle().to_vec(),
        };
        let bytes = commit
            .encode()
            .ok_or(CheckpointError::Format("it is longer than 4 GiB"))?;
        self.store
            .write(&Resource::Commit, &bytes, Durability::Durable)?;
        self.checkpoint = Some(note);
        let shown = checkpoint.as_bytes();
        self.store
            .write(&Resource::Checkpoint, shown, Durability::Relaxed)?;
        Ok(())
    }

    /// Makes the files agree with the committed state.
    fn repair(&mut self) -> Result<(), LogError> {
        for kind in std::iter::once(TileKind::Entries).chain((0..8).map(TileKind::Hashes)) {
            let level = match kind {
                TileKind::Hashes(level) => level,
                TileKind::Entries => 0,
            };
            let mut tile = Tile {
                kind,
                ..partial_tile(level, self.edge.size()).full()
            };
            // Full tiles are written in order, so the first that is missing ends them.
            while self.store.read(&tile.into())?.is_some() {
                self.store.remove(&tile.into())?;
                tile.index = tile.index.saturating_add(1);
            }
        }
        let mut expected: Vec<(Resource, Vec<u8>)> = self
            .edge
            .partial()
            .into_iter()
            .map(|(tile, bytes)| (tile.into(), bytes))
            .collect();
        if let Some(note) = &self.checkpoint {
            expected.push((Resource::Checkpoint, note.to_string().into_bytes()));
        }
        for (resource, bytes) in expected {
            // A file that is too long to be read is as wrong as one with other content.
            if !matches!(self.store.read(&resource), Ok(Some(found)) if found == bytes) {
                self.store.write(&resource, &bytes, Durability::Relaxed)?;
            }
        }
        Ok(())
    }
}

fn load<S: TileStore>(
    store: &S,
    key: &VerifierKey,
    bytes: &[u8],
) -> Result<(Edge, Checkpoint, Note), LogError> {
    let commit = Commit::decode(bytes)
        .ok_or_else(|| LogError::Damaged("the commit file is not whole".to_owned()))?;
    let (checkpoint, note) = Checkpoint::open(&commit.checkpoint, key)?;
    let edge = Edge::load(checkpoint.size, commit.bundle, |tile| {
        let bytes = store
            .read(&tile.into())?
            .ok_or_else(|| LogError::Damaged(format!("{} is missing", tile.path())))?;
        parse_hashes(&bytes, tile.width)
            .map_err(|error| LogError::Damaged(format!("{}: {error}", tile.path())))
    })?;
    if edge.root() != checkpoint.root {
        let what = "its last tiles do not lead to the root in the commit file";
        return Err(LogError::Damaged(what.to_owned()));
    }
    Ok((edge, checkpoint, note))
}

/// The checkpoints that were signed earlier, as far as the files tell.
fn known_checkpoints<S: TileStore>(
    store: &S,
    key: &VerifierKey,
) -> Result<Vec<(Checkpoint, Note)>, LogError> {
    let commit = store.read(&Resource::Commit)?;
    let committed = commit
        .and_then(|bytes| Commit::decode(&bytes))
        .map(|commit| commit.checkpoint);
    let published = store
        .read(&Resource::Checkpoint)?
        .and_then(|bytes| String::from_utf8(bytes).ok());
    // What cannot be read at all was torn.
    let opened: Vec<_> = [committed, published]
        .into_iter()
        .flatten()
        .filter(|text| Note::parse(text).is_ok())
        .map(|text| Checkpoint::open(&text, key))
        .collect();
    // If this key signed neither, it is another key's log; else the other one was damaged.
    if opened.iter().any(Result::is_ok) {
        Ok(opened.into_iter().flatten().collect())
    } else {
        Ok(opened.into_iter().collect::<Result<_, _>>()?)
    }
}

fn check_continuation(known: &[(Checkpoint, Note)], leaves: &[Leaf]) -> Result<(), LogError> {
    for (checkpoint, _) in known {
        let size = checkpoint.size;
        let first = usize::try_from(size)
            .ok()
            .and_then(|size| leaves.get(..size));
        let root = first.map(|first| crate::frontier::root_of(first.iter().map(Leaf::hash)));
        if root != Some(checkpoint.root) {
            return Err(LogError::NotAContinuation {
                records: leaves.len() as u64,
                size,
            });
        }
    }
    Ok(())
}

/// Writes a tile in rebuilding, where a wrong one may be in its place.
fn put<S: TileStore>(store: &mut S, tile: Tile, bytes: &[u8]) -> Result<(), StoreError> {
    let resource = tile.into();
    if tile.is_full() && !matches!(store.read(&resource), Ok(None)) {
        if matches!(store.read(&resource), Ok(Some(found)) if found == bytes) {
            return Ok(());
        }
        store.remove(&resource)?;
    }
    store.write(&resource, bytes, Durability::Durable)
}
