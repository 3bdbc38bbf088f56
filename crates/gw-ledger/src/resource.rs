//! Names of a log's files (C2SP tlog-tiles).

use std::fmt;

/// Hashes or entries in a full tile.
pub const TILE_WIDTH: u16 = 256;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Merkle tree hashes of this level, 0 to 7: each is over 256^level leaves. (Levels beyond 7
    /// would need more than 2⁶⁴ leaves.)
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// A tile: up to 256 consecutive hashes of one level, or entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place among the tiles of its kind.
    pub index: u64,
    /// How many hashes or entries it has: 1 to 256, less than 256 in a partial tile.
    pub width: u16,
}

impl Tile {
    /// Whether it has all its hashes or entries. Then it never changes again.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub const fn full(self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..self
        }
    }

    /// Its path below the log's root: `tile/<L>/<N>[.p/<W>]`.
    #[must_use]
    pub fn path(&self) -> String {
        let level = match self.kind {
            TileKind::Hashes(level) => level.to_string(),
            TileKind::Entries => "entries".to_owned(),
        };
        let mut index = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            index = format!("x{:03}/{index}", rest % 1000);
            rest /= 1000;
        }
        if self.is_full() {
            format!("tile/{level}/{index}")
        } else {
            format!("tile/{level}/{index}.p/{}", self.width)
        }
    }

    /// Reads a path, only as [`Tile::path`] writes it.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, index) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match level {
            "entries" => TileKind::Entries,
            digits => TileKind::Hashes(digits.parse().ok().filter(|level| *level < 8)?),
        };
        let (index, width) = match index.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok()?),
            None => (index, TILE_WIDTH),
        };
        if width == 0 || width > TILE_WIDTH {
            return None;
        }
        let mut number: u64 = 0;
        for part in index.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let value = digits.parse::<u64>().ok().filter(|v| *v < 1000)?;
            number = number.checked_mul(1000)?.checked_add(value)?;
        }
        let tile = Self {
            kind,
            index: number,
            width,
        };
        (tile.path() == path).then_some(tile)
    }
}

/// One file of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The newest signed checkpoint, for readers.
    Checkpoint,
    /// The writer's own record of the newest state; replacing it is what makes an append happen.
    /// Readers need not be given it.
    Commit,
    /// A tile.
    Tile(Tile),
}

impl Resource {
    /// Its path below the log's root.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Commit => "commit".to_owned(),
            Self::Tile(tile) => tile.path(),
        }
    }

    /// Whether a store must refuse to give it other content than it has: full tiles.
    #[must_use]
    pub const fn is_immutable(&self) -> bool {
        matches!(self, Self::Tile(tile) if tile.is_full())
    }

    /// More bytes than it can have. A longer file is refused unread.
    #[must_use]
    pub const fn max_len(&self) -> u64 {
        match self {
            Self::Checkpoint => 1 << 20,
            Self::Commit => 18 << 20,
            Self::Tile(tile) => match tile.kind {
                TileKind::Hashes(_) => 32 * tile.width as u64,
                TileKind::Entries => (2 + 65_535) * tile.width as u64,
            },
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl From<Tile> for Resource {
    fn from(tile: Tile) -> Self {
        Self::Tile(tile)
    }
}

/// The tile of one level that has hash or entry number `position`, in a log where that level has
/// `count` of them.
pub(crate) fn tile_at(kind: TileKind, position: u64, count: u64) -> Tile {
    let wide = u64::from(TILE_WIDTH);
    let index = position / wide;
    let left = count.saturating_sub(index.saturating_mul(wide)).min(wide);
    Tile {
        kind,
        index,
        width: u16::try_from(left).unwrap_or(TILE_WIDTH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = |kind, index, width| Tile { kind, index, width };
        for (tile, path) in [
            (tile(TileKind::Hashes(0), 0, 256), "tile/0/000"),
            (tile(TileKind::Hashes(7), 999, 256), "tile/7/999"),
            (
                tile(TileKind::Entries, 1000, 1),
                "tile/entries/x001/000.p/1",
            ),
            (
                tile(TileKind::Hashes(2), 1_234_067, 255),
                "tile/2/x001/x234/067.p/255",
            ),
        ] {
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::parse(path), Some(tile));
        }
        for bad in [
            "",
            "tile/0/0",
            "tile/00/000",
            "tile/8/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/x000/001",
            "tile/0/001/000",
            "tile/0/+01",
            "tile/0/../000",
            "tile/entries",
        ] {
            assert_eq!(Tile::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn paths_are_read_as_written(level in 0u8..8, index: u64, width in 1u16..=256) {
            let tile = Tile { kind: TileKind::Hashes(level), index, width };
            prop_assert_eq!(Tile::parse(&tile.path()), Some(tile));
        }

        #[test]
        fn any_path_is_survived(path in "(tile/)?[0-9xe/.p+]{0,40}") {
            if let Some(tile) = Tile::parse(&path) {
                prop_assert_eq!(tile.path(), path);
            }
        }
    }
}
