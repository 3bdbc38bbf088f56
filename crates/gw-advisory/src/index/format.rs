//! The layout of an index file.
//!
//! All numbers are little-endian. A header of [`HEADER`] bytes holds the magic, the version, the
//! SHA-256 of everything after the header, the length of the file and the place of each section:
//!
//! | section | content |
//! |---|---|
//! | meta | JSON: ecosystems with dates, sources and licences, the catalogue of exploited vulnerabilities |
//! | kev | sorted CVE ids |
//! | buckets | for each value of the first bits of a package's hash, the first entry (`u32`) |
//! | entries | sorted by hash: hash (`u64`), offset and length of the package's block (`u64`, `u32`) |
//! | blocks | per package: ecosystem, name, digest, and for each record its offset and what it affects |
//! | records | what a record says of itself |
//! | texts | compressed details and references, read only when somebody asks for them |
//!
//! Opening reads the header and `meta` only. Everything else is checked when it is read.

use crate::codec::{Corrupt, Reader};

/// The first bytes of every index.
pub(crate) const MAGIC: [u8; 8] = *b"GWADVIDX";
/// The version of the layout.
pub(crate) const VERSION: u32 = 1;
/// The length of the header.
pub(crate) const HEADER: usize = 192;
/// The length of an entry.
pub(crate) const ENTRY: usize = 24;

/// A part of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Section {
    pub(crate) fn of(self, bytes: &[u8]) -> Result<&[u8], Corrupt> {
        let start = usize::try_from(self.offset).map_err(|_| Corrupt)?;
        let length = usize::try_from(self.length).map_err(|_| Corrupt)?;
        let end = start.checked_add(length).ok_or(Corrupt)?;
        bytes.get(start..end).ok_or(Corrupt)
    }
}

/// What the header says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) digest: [u8; 32],
    pub(crate) length: u64,
    pub(crate) packages: u64,
    pub(crate) bucket_bits: u32,
    pub(crate) meta: Section,
    pub(crate) kev: Section,
    pub(crate) buckets: Section,
    pub(crate) entries: Section,
    pub(crate) blocks: Section,
    pub(crate) records: Section,
    pub(crate) texts: Section,
}

impl Header {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.bucket_bits.to_le_bytes());
        bytes.extend(self.digest);
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(self.packages.to_le_bytes());
        for section in self.sections() {
            bytes.extend(section.offset.to_le_bytes());
            bytes.extend(section.length.to_le_bytes());
        }
        bytes.resize(HEADER, 0);
        bytes
    }

    /// Reads a header, and checks that every section is inside `bytes`.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, HeaderError> {
        let mut reader = Reader::new(bytes);
        if reader.array::<8>() != Ok(MAGIC) {
            return Err(HeaderError::NotAnIndex);
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Err(HeaderError::Version(version));
        }
        let mut header = Self {
            bucket_bits: reader.u32()?,
            digest: reader.array()?,
            length: reader.u64()?,
            packages: reader.u64()?,
            ..Self::default()
        };
        let found = bytes.len() as u64;
        if header.length != found {
            return Err(HeaderError::Length {
                expected: header.length,
                found,
            });
        }
        for section in [
            &mut header.meta,
            &mut header.kev,
            &mut header.buckets,
            &mut header.entries,
            &mut header.blocks,
            &mut header.records,
            &mut header.texts,
        ] {
            *section = Section {
                offset: reader.u64()?,
                length: reader.u64()?,
            };
        }
        for section in header.sections() {
            section.of(bytes)?;
        }
        let buckets = 1u64
            .checked_shl(header.bucket_bits)
            .filter(|_| header.bucket_bits <= 32);
        let slots = buckets
            .and_then(|buckets| buckets.checked_add(1))
            .ok_or(Corrupt)?;
        let entries = header.packages.checked_mul(ENTRY as u64).ok_or(Corrupt)?;
        if slots.checked_mul(4) != Some(header.buckets.length) || entries != header.entries.length {
            return Err(Corrupt.into());
        }
        Ok(header)
    }

    const fn sections(&self) -> [Section; 7] {
        [
            self.meta,
            self.kev,
            self.buckets,
            self.entries,
            self.blocks,
            self.records,
            self.texts,
        ]
    }
}

/// Why a header cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeaderError {
    NotAnIndex,
    Version(u32),
    Length { expected: u64, found: u64 },
    Corrupt,
}

impl From<Corrupt> for HeaderError {
    fn from(_: Corrupt) -> Self {
        Self::Corrupt
    }
}

/// The hash under which a package is found: FNV-1a over ecosystem, a zero byte and name, then
/// mixed so that the first bits are as good as the last.
pub(crate) fn hash(ecosystem: &str, name: &str) -> u64 {
    let bytes = ecosystem.bytes().chain([0]).chain(name.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^= hash >> 32;
    hash
}

/// The bucket of a hash.
pub(crate) fn bucket(hash: u64, bits: u32) -> u64 {
    if bits == 0 {
        0
    } else {
        hash >> (64 - bits.min(64))
    }
}
