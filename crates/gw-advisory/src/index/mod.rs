//! The index: all advisories in one file that is mapped into memory and never parsed as a whole.

mod block;
mod build;
mod error;
pub(crate) mod format;
mod lookup;
mod meta;
mod mmap;
pub(crate) mod stored;

use std::path::Path;

use gw_core::{Digest, Time};
use gw_package::Ecosystem;

pub(crate) use block::Block;
pub use build::{Arrival, Builder};
pub use error::IndexError;
use lookup::Frame;
pub use meta::{EcosystemInfo, KevInfo};

use crate::codec::{Corrupt, Reader};
use crate::record::Record;
use format::Header;
use meta::Meta;
use mmap::Mapped;
use stored::AffectedRef;

/// All advisories. Opening it reads a few kilobytes, whatever its size; lookups read what they
/// need. Several processes that open one file share its memory.
#[derive(Debug)]
pub struct Index {
    bytes: Bytes,
    header: Header,
    meta: Meta,
}

#[derive(Debug)]
enum Bytes {
    Static(&'static [u8]),
    Owned(Vec<u8>),
    Mapped(Mapped),
}

impl Bytes {
    fn get(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
            Self::Mapped(map) => map.bytes(),
        }
    }
}

impl Index {
    /// Maps an index file. The file must never be changed in place.
    ///
    /// # Errors
    /// [`IndexError`] if it cannot be read, or is no whole index of this format.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let map = Mapped::open(path).map_err(|error| IndexError::Io {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Self::new(Bytes::Mapped(map))
    }

    /// An index that is part of the program; nothing is copied.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, IndexError> {
        Self::new(Bytes::Static(bytes))
    }

    /// An index in memory.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, IndexError> {
        Self::new(Bytes::Owned(bytes))
    }

    /// An index of nothing, which covers no ecosystem.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            bytes: Bytes::Static(&[]),
            header: Header::default(),
            meta: Meta::default(),
        }
    }

    fn new(bytes: Bytes) -> Result<Self, IndexError> {
        let header = Header::read(bytes.get())?;
        let meta = header.meta.of(bytes.get())?;
        let meta = serde_json::from_slice(meta).map_err(|_| IndexError::Corrupt)?;
        Ok(Self {
            bytes,
            header,
            meta,
        })
    }

    /// The digest of the content, as its header states it.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        Digest::from_bytes(self.header.digest)
    }

    /// Computes the digest of the content and compares it with the stated one. This reads the
    /// whole file.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if they differ.
    pub fn verify(&self) -> Result<(), IndexError> {
        let content = self.bytes.get().get(format::HEADER..).ok_or(Corrupt)?;
        if Digest::of(content) == self.digest() {
            Ok(())
        } else {
            Err(IndexError::Corrupt)
        }
    }

    /// As of when the newest part of the data is; every ecosystem has a date of its own.
    #[must_use]
    pub fn as_of(&self) -> Time {
        let dates = self.meta.ecosystems.iter().map(|info| info.as_of);
        dates.max().unwrap_or_default()
    }

    /// What it has of each ecosystem, in order of name.
    #[must_use]
    pub fn ecosystems(&self) -> &[EcosystemInfo] {
        &self.meta.ecosystems
    }

    /// What it has of a catalogue of known exploited vulnerabilities.
    #[must_use]
    pub const fn kev(&self) -> Option<&KevInfo> {
        self.meta.kev.as_ref()
    }

    /// How many records it has.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.meta.records
    }

    /// Whether it has no records.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.meta.records == 0
    }

    /// The size of the file in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bytes.get().len() as u64
    }

    /// What it has of an ecosystem, if that is the ecosystem's whole feed: without it, finding
    /// nothing means nothing.
    #[must_use]
    pub fn coverage(&self, ecosystem: &Ecosystem) -> Option<&EcosystemInfo> {
        let named = |name: &str| {
            self.meta
                .ecosystems
                .iter()
                .find(|i| i.complete && i.name == name)
        };
        named(ecosystem.as_str()).or_else(|| named(ecosystem.base()))
    }

    /// The digest of everything in a package's records that a decision can depend on; nothing if
    /// no record affects it. `name` as [`Ecosystem::normalize_name`] gives it.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if the bytes make no sense.
    pub fn package_digest(
        &self,
        ecosystem: &Ecosystem,
        name: &str,
    ) -> Result<Option<Digest>, IndexError> {
        Ok(self
            .block(ecosystem.as_str(), name)?
            .map(|block| block.digest))
    }

    /// All packages that a record affects, with the digest of their records. The order is the same
    /// in every index.
    pub fn packages(&self) -> impl Iterator<Item = Result<PackageKey, IndexError>> {
        (0..self.header.packages).map(|at| {
            let block = self.block_at(at)?;
            let (ecosystem, name) = block.key()?;
            Ok(PackageKey {
                ecosystem: Ecosystem::new(ecosystem.to_owned()),
                name: name.to_owned(),
                digest: block.digest,
            })
        })
    }

    /// The packages whose records differ between two indexes in something that a decision can
    /// depend on, in order.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if the bytes of either make no sense.
    pub fn changed_since(&self, old: &Self) -> Result<Vec<(Ecosystem, String)>, IndexError> {
        let mut changed = Vec::new();
        for (one, other) in [(self, old), (old, self)] {
            for package in one.packages() {
                let package = package?;
                if other.package_digest(&package.ecosystem, &package.name)? != Some(package.digest)
                {
                    changed.push((package.ecosystem, package.name));
                }
            }
        }
        changed.sort_unstable();
        changed.dedup();
        Ok(changed)
    }

    /// The CVE ids of the catalogue of known exploited vulnerabilities, in order.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if the bytes make no sense.
    pub fn kev_ids(&self) -> Result<Vec<String>, IndexError> {
        match self.section(self.header.kev)? {
            [] => Ok(Vec::new()),
            section => Ok(Reader::new(section).texts()?),
        }
    }

    /// One of a package's records by its id, with its whole text and what it affects of that
    /// package.
    ///
    /// # Errors
    /// [`IndexError::Corrupt`] if the bytes make no sense.
    pub fn record(
        &self,
        ecosystem: &Ecosystem,
        name: &str,
        id: &str,
    ) -> Result<Option<Record>, IndexError> {
        let Some(block) = self.block(ecosystem.as_str(), name)? else {
            return Ok(None);
        };
        for posting in block.postings()? {
            let (offset, affected) = posting?;
            let (mut record, _, place) = self.core(offset)?;
            if record.id == id {
                (record.details, record.references) = self.text(place, &mut Frame::default())?;
                let affected = AffectedRef::read(affected)?;
                record
                    .affected
                    .push(affected.to_affected(ecosystem.as_str(), name)?);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

/// A package that some record affects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageKey {
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// Its name in normal form.
    pub name: String,
    /// The digest of its records.
    pub digest: Digest,
}

#[cfg(test)]
mod tests;
