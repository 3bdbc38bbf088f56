use std::cell::RefCell;
use std::collections::HashMap;

use crate::bytes::{TileError, parse_entries, parse_hashes};
use crate::hash::Hash;
use crate::leaf::{Leaf, LeafError};
use crate::resource::{Resource, TILE_WIDTH, Tile, TileKind, tile_at};
use crate::store::{StoreError, TileStore};
use crate::tree::{MemoryTree, Nodes, OutOfRange};

/// Why something cannot be read from a log's files.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that a log of this size has is not there.
    #[error("{0} is missing")]
    Missing(Resource),
    /// A tile or bundle is not what its name says.
    #[error("{path}: {source}")]
    Tile {
        /// Which.
        path: Resource,
        /// What is wrong with it.
        source: TileError,
    },
    /// An entry is not a leaf.
    #[error("entry {index}: {source}")]
    Leaf {
        /// The entry's index.
        index: u64,
        /// What is wrong with it.
        source: LeafError,
    },
    /// There is no such leaf or size.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

/// Tiles kept for the next question: 16 KiB each.
const CACHED_TILES: usize = 256;

/// The tree of the first `size` leaves of a log, read from its tiles as needed. What it reads is
/// believed: verify the proofs made from it, or the whole log.
#[derive(Debug)]
pub struct TileReader<'a, S> {
    store: &'a S,
    size: u64,
    cache: RefCell<HashMap<Tile, MemoryTree>>,
}

impl<'a, S: TileStore> TileReader<'a, S> {
    /// A reader of the first `size` leaves of a log that has at least as many.
    #[must_use]
    pub fn new(store: &'a S, size: u64) -> Self {
        Self {
            store,
            size,
            cache: RefCell::default(),
        }
    }

    /// How many leaves it sees.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The leaves from `start` up to `end`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn leaves(&self, start: u64, end: u64) -> Result<Vec<Leaf>, ReadError> {
        if end > self.size {
            return Err(OutOfRange {
                asked: end,
                size: self.size,
            }
            .into());
        }
        let mut leaves = Vec::new();
        let mut at = start;
        while at < end {
            let tile = tile_at(TileKind::Entries, at, self.size);
            let first = tile.index * u64::from(TILE_WIDTH);
            let bytes = self.bundle(tile)?;
            let entries = parse_entries(&bytes, tile.width).map_err(|source| ReadError::Tile {
                path: tile.into(),
                source,
            })?;
            for (index, entry) in (first..).zip(entries) {
                if (start..end).contains(&index) {
                    let leaf = Leaf::decode(entry);
                    leaves.push(leaf.map_err(|source| ReadError::Leaf { index, source })?);
                }
            }
            at = first + u64::from(tile.width);
        }
        Ok(leaves)
    }

    /// The bytes of an entry bundle, cut to its width.
    pub(crate) fn bundle(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        self.exact_or_full(tile, |full| {
            let entries = parse_entries(full, TILE_WIDTH).ok()?;
            let kept = entries.iter().take(usize::from(tile.width));
            let length = kept.map(|entry| entry.len() + 2).sum();
            full.get(..length).map(<[u8]>::to_vec)
        })
    }

    /// The hashes of a tile, cut to its width.
    pub(crate) fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, ReadError> {
        let bytes = self.exact_or_full(tile, |full| {
            full.get(..usize::from(tile.width) * 32).map(<[u8]>::to_vec)
        })?;
        parse_hashes(&bytes, tile.width).map_err(|source| ReadError::Tile {
            path: tile.into(),
            source,
        })
    }

    /// A partial tile may have been removed once the full one is there.
    fn exact_or_full(
        &self,
        tile: Tile,
        cut: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, ReadError> {
        if let Some(bytes) = self.store.read(&tile.into())? {
            return Ok(bytes);
        }
        let full = if tile.is_full() {
            None
        } else {
            self.store.read(&tile.full().into())?
        };
        full.and_then(|full| cut(&full))
            .ok_or(ReadError::Missing(tile.into()))
    }
}

impl<S: TileStore> Nodes for TileReader<'_, S> {
    type Error = ReadError;

    fn node(&self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let out_of_range = OutOfRange {
            asked: index,
            size: self.size,
        };
        let (tile_level, inside) = (level / 8, level % 8);
        let shift = 8 * tile_level;
        let count = self.size.checked_shr(shift).unwrap_or(0);
        let first = index
            .checked_mul(1 << inside)
            .filter(|first| *first < count)
            .ok_or(out_of_range)?;
        let kind = TileKind::Hashes(u8::try_from(tile_level).map_err(|_| out_of_range)?);
        let tile = tile_at(kind, first, count);
        let place = (first % u64::from(TILE_WIDTH)) >> inside;
        if let Some(tree) = self.cache.borrow().get(&tile) {
            return Ok(tree.node(inside, place)?);
        }
        let tree = MemoryTree::new(self.hashes(tile)?);
        let hash = tree.node(inside, place)?;
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHED_TILES {
            cache.clear();
        }
        cache.insert(tile, tree);
        Ok(hash)
    }
}
