use std::collections::BTreeMap;
use std::io;

use crate::resource::{Resource, Tile};

/// What keeps a store from doing its part.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A full tile would have got other content.
    #[error("{path} is full and final, and has other content than what was to be written")]
    Immutable {
        /// The tile.
        path: String,
    },
    /// A file is longer than it can rightly be.
    #[error("{path} has {found} bytes, more than the {limit} that it can have")]
    TooLong {
        /// The file.
        path: String,
        /// Its length.
        found: u64,
        /// The most that it can have.
        limit: u64,
    },
    /// The store was opened for reading.
    #[error("{path}: the log was opened for reading only")]
    ReadOnly {
        /// The file that was to be written.
        path: String,
    },
}

/// How sure a write has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It must outlast a power failure once the call returns.
    Durable,
    /// It can be made again from durable files, so it may be lost or torn by a power failure.
    Relaxed,
}

/// Where a log's files are: a folder, an object store, memory.
///
/// A write replaces the whole content at once: readers and a crash of the process see the old
/// content or the new, and nothing between. Durable writes take effect in the order made.
pub trait TileStore {
    /// The content, or nothing if there is none.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read or is longer than [`Resource::max_len`].
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError>;

    /// Gives it this content. If a full tile has the same content already, nothing is changed.
    ///
    /// # Errors
    /// [`StoreError::Immutable`] if a full tile has other content, or why it cannot be written.
    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError>;

    /// Removes it durably, if it is there. Used for what a crash left of an append that did not
    /// happen, and in rebuilding.
    ///
    /// # Errors
    /// Why it cannot be removed.
    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError>;

    /// Removes the partial tiles at the place of a full one, whose content the full one has too.
    ///
    /// # Errors
    /// Why they cannot be removed. It is no harm if they stay.
    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError>;
}

/// A store in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryTiles {
    files: BTreeMap<Resource, Vec<u8>>,
}

impl MemoryTiles {
    /// All files, in order of name.
    pub fn files(&self) -> impl Iterator<Item = (&Resource, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name, &**bytes))
    }

    /// Gives a file any content: what a broken disk or an attacker does.
    pub fn tamper(&mut self, resource: Resource, content: Option<Vec<u8>>) {
        match content {
            Some(content) => self.files.insert(resource, content),
            None => self.files.remove(&resource),
        };
    }
}

impl TileStore for MemoryTiles {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        match self.files.get(resource) {
            Some(content) if content.len() as u64 > resource.max_len() => {
                Err(StoreError::TooLong {
                    path: resource.path(),
                    found: content.len() as u64,
                    limit: resource.max_len(),
                })
            }
            found => Ok(found.cloned()),
        }
    }

    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        _: Durability,
    ) -> Result<(), StoreError> {
        match self.files.get(resource) {
            Some(old) if resource.is_immutable() && old != content => Err(StoreError::Immutable {
                path: resource.path(),
            }),
            _ => {
                self.files.insert(*resource, content.to_vec());
                Ok(())
            }
        }
    }

    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError> {
        self.files.remove(resource);
        Ok(())
    }

    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError> {
        self.files.retain(|resource, _| {
            !matches!(resource, Resource::Tile(tile) if tile.full() == full.full() && !tile.is_full())
        });
        Ok(())
    }
}
