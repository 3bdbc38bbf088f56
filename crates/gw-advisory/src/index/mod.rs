//! The index: all advisories in one file that is mapped into memory and never parsed as a whole.

mod build;
pub(crate) mod format;
mod meta;
mod mmap;
pub(crate) mod stored;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read as _;
use std::path::Path;

use gw_core::{Digest, Time};
use gw_package::Ecosystem;

pub use build::{Arrival, Builder};
pub use meta::{EcosystemInfo, KevInfo};

use crate::codec::{Corrupt, Reader};
use crate::record::Record;
use format::{ENTRY, Header, HeaderError, Section, bucket, hash};
use meta::Meta;
use mmap::Mapped;
use stored::{AffectedRef, Flags, TextPlace};

/// All advisories. Opening it reads a few kilobytes, whatever its size; lookups read what they
/// need. Several processes that open one file share its memory.
#[derive(Debug)]
pub struct Index {
    bytes: Bytes,
    header: Header,
    meta: Meta,
}

/// Why an index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It could not be read.
    #[error("cannot read {path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// It is something else.
    #[error("not an advisory index: expected a file that begins with `GWADVIDX`")]
    NotAnIndex,
    /// It was made by another version of the program.
    #[error(
        "the advisory index has format {found}, this program reads {expected}: import the data again"
    )]
    Version {
        /// Its format.
        found: u32,
        /// What this program reads.
        expected: u32,
    },
    /// It is not whole.
    #[error("the advisory index is not whole: expected {expected} bytes, found {found}")]
    Length {
        /// What its header says.
        expected: u64,
        /// What it has.
        found: u64,
    },
    /// Its content makes no sense.
    #[error("the advisory index is corrupt: import the data again")]
    Corrupt,
}

impl From<Corrupt> for IndexError {
    fn from(_: Corrupt) -> Self {
        Self::Corrupt
    }
}

impl From<HeaderError> for IndexError {
    fn from(error: HeaderError) -> Self {
        match error {
            HeaderError::NotAnIndex => Self::NotAnIndex,
            HeaderError::Version(found) => Self::Version {
                found,
                expected: format::VERSION,
            },
            HeaderError::Length { expected, found } => Self::Length { expected, found },
            HeaderError::Corrupt => Self::Corrupt,
        }
    }
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

    fn section(&self, section: Section) -> Result<&[u8], Corrupt> {
        section.of(self.bytes.get())
    }

    /// Bytes somewhere in a section: borrowed from memory, or read from the file.
    fn part(&self, section: Section, part: Section) -> Result<Cow<'_, [u8]>, Corrupt> {
        let end = part.offset.checked_add(part.length).ok_or(Corrupt)?;
        if end > section.length {
            return Err(Corrupt);
        }
        let offset = section.offset.checked_add(part.offset).ok_or(Corrupt)?;
        let length = part.length;
        match &self.bytes {
            Bytes::Mapped(map) => {
                let mut buffer = vec![0; usize::try_from(length).map_err(|_| Corrupt)?];
                map.read_at(offset, &mut buffer).map_err(|_| Corrupt)?;
                Ok(Cow::Owned(buffer))
            }
            _ => Ok(Cow::Borrowed(
                Section { offset, length }.of(self.bytes.get())?,
            )),
        }
    }

    /// The block of a package.
    pub(crate) fn block(&self, ecosystem: &str, name: &str) -> Result<Option<Block<'_>>, Corrupt> {
        if self.header.packages == 0 {
            return Ok(None);
        }
        let hash = hash(ecosystem, name);
        let buckets = self.section(self.header.buckets)?;
        let start_of = |bucket: u64| -> Result<u64, Corrupt> {
            let at = usize::try_from(bucket.checked_mul(4).ok_or(Corrupt)?).map_err(|_| Corrupt)?;
            Ok(u64::from(
                Reader::new(buckets.get(at..).ok_or(Corrupt)?).u32()?,
            ))
        };
        let bucket = bucket(hash, self.header.bucket_bits);
        let end = start_of(bucket + 1)?;
        for at in start_of(bucket)?..end {
            if self.entry(at)?.0 == hash {
                let block = self.block_at(at)?;
                if block.key()? == (ecosystem, name) {
                    return Ok(Some(block));
                }
            }
        }
        Ok(None)
    }

    fn entry(&self, at: u64) -> Result<(u64, Section), Corrupt> {
        if at >= self.header.packages {
            return Err(Corrupt);
        }
        let start = at.checked_mul(ENTRY as u64).ok_or(Corrupt)?;
        let start = usize::try_from(start).map_err(|_| Corrupt)?;
        let entries = self.section(self.header.entries)?;
        let mut reader = Reader::new(entries.get(start..).ok_or(Corrupt)?);
        let hash = reader.u64()?;
        let section = Section {
            offset: reader.u64()?,
            length: u64::from(reader.u32()?),
        };
        Ok((hash, section))
    }

    fn block_at(&self, at: u64) -> Result<Block<'_>, Corrupt> {
        let (_, section) = self.entry(at)?;
        Block::new(self.part(self.header.blocks, section)?)
    }

    /// What the record at an offset says of itself, without text and affected packages.
    pub(crate) fn core(&self, record: u64) -> Result<(Record, Flags, TextPlace), Corrupt> {
        // Most records fit into this, so that one read is enough.
        const GUESS: u64 = 1024;
        let rest = self
            .header
            .records
            .length
            .checked_sub(record)
            .ok_or(Corrupt)?;
        let at = |length: u64| {
            let part = Section {
                offset: record,
                length,
            };
            self.part(self.header.records, part)
        };
        let guess = at(rest.min(GUESS))?;
        let mut reader = Reader::new(&guess);
        let length = reader.number()?;
        let head = guess.len().saturating_sub(reader.len()) as u64;
        let whole = head.checked_add(length).ok_or(Corrupt)?;
        if whole > rest {
            return Err(Corrupt);
        }
        let bytes = if whole > GUESS { at(whole)? } else { guess };
        let mut reader = Reader::new(Reader::new(&bytes).blob()?);
        let (flags, place) = stored::read_head(&mut reader)?;
        Ok((stored::read_core(&mut reader)?, flags, place))
    }

    /// The details and references of a record. `cache` holds the frame that was read last.
    pub(crate) fn text(
        &self,
        place: TextPlace,
        cache: &mut Frame,
    ) -> Result<(String, Vec<String>), Corrupt> {
        if cache.raw.is_empty() || cache.at != place.frame {
            let frame = Section {
                offset: place.frame,
                length: place.frame_length,
            };
            let frame = self.part(self.header.texts, frame)?;
            cache.at = place.frame;
            cache.raw.clear();
            zstd::stream::read::Decoder::with_buffer(&*frame)
                .and_then(|decoder| decoder.take(Frame::LIMIT).read_to_end(&mut cache.raw))
                .map_err(|_| Corrupt)?;
        }
        let start = usize::try_from(place.start).map_err(|_| Corrupt)?;
        let length = usize::try_from(place.length).map_err(|_| Corrupt)?;
        let text = cache
            .raw
            .get(start..start.checked_add(length).ok_or(Corrupt)?);
        let text = std::str::from_utf8(text.ok_or(Corrupt)?).map_err(|_| Corrupt)?;
        let (details, references) = text.split_once('\0').ok_or(Corrupt)?;
        let references = references.lines().map(str::to_owned).collect();
        Ok((details.to_owned(), references))
    }

    /// All records with everything they have, and whether each was added by itself; only what
    /// `keep` wants, given an ecosystem without release suffix and that flag.
    pub(crate) fn records(
        &self,
        keep: &impl Fn(&str, bool) -> bool,
    ) -> Result<Vec<(Record, bool)>, IndexError> {
        let mut records: BTreeMap<u64, (Record, Flags, TextPlace)> = BTreeMap::new();
        for at in 0..self.header.packages {
            let block = self.block_at(at)?;
            let (ecosystem, name) = block.key()?;
            for posting in block.postings()? {
                let (offset, affected) = posting?;
                let (record, flags, _) = match records.entry(offset) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(self.core(offset)?),
                };
                if keep(base(ecosystem), flags.single) {
                    let affected = AffectedRef::read(affected)?;
                    record.affected.push(affected.to_affected(ecosystem, name)?);
                }
            }
        }
        let mut frame = Frame::default();
        let mut all = Vec::with_capacity(records.len());
        for (mut record, flags, place) in records.into_values() {
            if record.affected.is_empty() {
                continue;
            }
            (record.details, record.references) = self.text(place, &mut frame)?;
            record
                .affected
                .sort_by(|a, b| (&a.ecosystem, &a.name).cmp(&(&b.ecosystem, &b.name)));
            all.push((record, flags.single));
        }
        Ok(all)
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

/// A frame of texts, decompressed.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    at: u64,
    raw: Vec<u8>,
}

impl Frame {
    /// No frame is larger: the largest record and one frame of others.
    const LIMIT: u64 = 64 << 20;
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

/// What the index has of one package.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    bytes: Cow<'a, [u8]>,
    pub(crate) digest: Digest,
}

impl<'a> Block<'a> {
    fn new(bytes: Cow<'a, [u8]>) -> Result<Self, Corrupt> {
        let mut reader = Reader::new(&bytes);
        reader.text()?;
        reader.text()?;
        let digest = Digest::from_bytes(reader.array()?);
        Ok(Self { bytes, digest })
    }

    /// The ecosystem and the name.
    pub(crate) fn key(&self) -> Result<(&str, &str), Corrupt> {
        let mut reader = Reader::new(&self.bytes);
        Ok((reader.text()?, reader.text()?))
    }

    /// For each record that affects the package: the record's offset, and what it affects.
    pub(crate) fn postings(
        &self,
    ) -> Result<impl Iterator<Item = Result<(u64, &[u8]), Corrupt>>, Corrupt> {
        let mut reader = Reader::new(&self.bytes);
        reader.text()?;
        reader.text()?;
        reader.array::<32>()?;
        let count = reader.count()?;
        Ok((0..count).map(move |_| Ok((reader.number()?, reader.blob()?))))
    }
}

fn base(ecosystem: &str) -> &str {
    ecosystem
        .split_once(':')
        .map_or(ecosystem, |(base, _)| base)
}

#[cfg(test)]
mod tests;
