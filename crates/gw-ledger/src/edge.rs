use crate::bytes::{TileError, parse_entries, push_entry};
use crate::frontier::{Frontier, root_of};
use crate::hash::{Hash, leaf_hash};
use crate::leaf::Leaf;
use crate::resource::{TILE_WIDTH, Tile, TileKind};

/// The right edge of a log: everything that is needed to go on appending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    /// The entries of the last, partial bundle.
    bundle: Vec<u8>,
    /// The hashes of the last, partial tile of each level; empty where the last one is full.
    levels: Vec<Vec<Hash>>,
}

/// A tile and its bytes.
pub(crate) type TileBytes = (Tile, Vec<u8>);

impl Edge {
    /// The edge of a log of `size` leaves with this partial bundle. `above` gives the hashes of
    /// the partial tiles of levels 1 and up.
    pub(crate) fn load<E: From<TileError>>(
        size: u64,
        bundle: Vec<u8>,
        mut above: impl FnMut(Tile) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let width = u16::try_from(size % u64::from(TILE_WIDTH)).unwrap_or(0);
        let entries = parse_entries(&bundle, width)?;
        let mut levels = vec![entries.into_iter().map(leaf_hash).collect()];
        for level in 1..8 {
            let tile = partial_tile(level, size);
            levels.push(if tile.width == 0 {
                Vec::new()
            } else {
                above(tile)?
            });
        }
        Ok(Self {
            size,
            bundle,
            levels,
        })
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn bundle(&self) -> &[u8] {
        &self.bundle
    }

    /// Appends a leaf; `full` gets every bundle and tile that it fills. Of a log of 2⁶⁴ - 1
    /// leaves nothing is appended.
    pub(crate) fn push<E>(
        &mut self,
        leaf: &Leaf,
        mut full: impl FnMut(TileBytes) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(size) = self.size.checked_add(1) else {
            return Ok(());
        };
        // A leaf has 34 bytes, so it always fits.
        let _ = push_entry(&mut self.bundle, &leaf.encode());
        let wide = u64::from(TILE_WIDTH);
        let mut index = self.size / wide;
        self.size = size;
        if size.is_multiple_of(wide) {
            let bundle = std::mem::take(&mut self.bundle);
            full((full_tile(TileKind::Entries, index), bundle))?;
        }
        let mut hash = leaf.hash();
        for level in 0..8 {
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else {
                break;
            };
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            let hashes = std::mem::take(hashes);
            full((full_tile(TileKind::Hashes(level), index), hashes.concat()))?;
            hash = root_of(hashes);
            index /= wide;
        }
        Ok(())
    }

    /// The partial bundle and tiles: the bundle first, then by level.
    pub(crate) fn partial(&self) -> Vec<TileBytes> {
        let hashes = (0..).zip(&self.levels).map(|(level, hashes)| {
            let tile = partial_tile(level, self.size);
            (tile, hashes.concat())
        });
        let bundle = Tile {
            kind: TileKind::Entries,
            ..partial_tile(0, self.size)
        };
        std::iter::once((bundle, self.bundle.clone()))
            .chain(hashes)
            .filter(|(tile, _)| tile.width > 0)
            .collect()
    }

    /// The root of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        let mut nodes = Vec::new();
        for hashes in self.levels.iter().rev() {
            let mut frontier = Frontier::new();
            hashes.iter().for_each(|hash| frontier.push(*hash));
            nodes.extend_from_slice(frontier.nodes());
        }
        Frontier::from_nodes(self.size, nodes).map_or([0; 32], |frontier| frontier.root())
    }
}

const fn full_tile(kind: TileKind, index: u64) -> Tile {
    Tile {
        kind,
        index,
        width: TILE_WIDTH,
    }
}

/// The last tile of a level, with width 0 if the level has no partial tile.
pub(crate) fn partial_tile(level: u8, size: u64) -> Tile {
    let count = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    let wide = u64::from(TILE_WIDTH);
    Tile {
        kind: TileKind::Hashes(level),
        index: count / wide,
        width: u16::try_from(count % wide).unwrap_or(0),
    }
}
