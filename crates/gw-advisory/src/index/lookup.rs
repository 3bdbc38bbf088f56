//! Reading single parts of an index, each checked when it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read as _;

use super::format::{ENTRY, Section, bucket, hash};
use super::stored::{self, AffectedRef, Flags, TextPlace};
use super::{Block, Bytes, Index, IndexError};
use crate::codec::{Corrupt, Reader};
use crate::record::Record;

impl Index {
    pub(super) fn section(&self, section: Section) -> Result<&[u8], Corrupt> {
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

    pub(super) fn block_at(&self, at: u64) -> Result<Block<'_>, Corrupt> {
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

fn base(ecosystem: &str) -> &str {
    ecosystem
        .split_once(':')
        .map_or(ecosystem, |(base, _)| base)
}
