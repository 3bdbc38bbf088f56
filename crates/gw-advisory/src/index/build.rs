use std::collections::{BTreeMap, BTreeSet};

use gw_core::{Digest, Hasher, Time};
use rustc_hash::FxHashMap;

use super::format::{ENTRY, HEADER, Header, Section, bucket, hash};
use super::meta::Meta;
use super::stored::{Flags, TextPlace, write_affected, write_core, write_head};
use super::{EcosystemInfo, Index, IndexError, KevInfo};
use crate::codec::Writer;
use crate::record::Record;

/// Raw bytes of text that go into one compressed frame.
const FRAME: usize = 128 << 10;

/// Collects records and writes an index. The same records and descriptions give the same bytes, in
/// whatever order they are added.
#[derive(Debug, Default)]
pub struct Builder {
    slots: Vec<Slot>,
    by_id: FxHashMap<Box<str>, usize>,
    ecosystems: BTreeMap<String, EcosystemInfo>,
    kev: BTreeSet<String>,
    kev_info: Option<KevInfo>,
    /// Whether the whole texts of records are left out.
    pub without_details: bool,
    /// How hard to compress texts, as zstd counts; 0 is its default.
    pub compression: i32,
}

#[derive(Debug)]
struct Slot {
    id: Box<str>,
    modified: i64,
    newest: i64,
    single: bool,
    ids: Vec<String>,
    core: Vec<u8>,
    decisive: Vec<u8>,
    text: Vec<u8>,
    affected: Vec<(String, String, Vec<u8>)>,
}

/// How a record came, which decides what happens when its id is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// With the whole feed of its ecosystem: the newer record stays, of equally new ones this one.
    Feed,
    /// By itself: this record stays.
    Single,
    /// From the index that is built upon: the record that is there stays unless it is older and
    /// came with a feed.
    Base {
        /// Whether it was added by itself then.
        single: bool,
    },
}

impl Builder {
    /// Describes an ecosystem. Ecosystems of records that are not described have no coverage.
    pub fn describe(&mut self, info: EcosystemInfo) {
        self.ecosystems.insert(info.name.clone(), info);
    }

    /// The description of an ecosystem, if it has one.
    #[must_use]
    pub fn described(&self, name: &str) -> Option<&EcosystemInfo> {
        self.ecosystems.get(name)
    }

    /// Sets the catalogue of known exploited vulnerabilities.
    pub fn set_kev(&mut self, cves: impl IntoIterator<Item = String>, info: KevInfo) {
        self.kev = cves.into_iter().collect();
        self.kev_info = Some(info);
    }

    /// Whether a catalogue has been set.
    #[must_use]
    pub const fn has_kev(&self) -> bool {
        self.kev_info.is_some()
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record, arrival: Arrival) {
        let single = matches!(arrival, Arrival::Single | Arrival::Base { single: true });
        let slot = Slot::new(record, single, self.without_details);
        let there = self.by_id.get(record.id.as_str()).copied();
        let Some(old) = there.and_then(|at| self.slots.get_mut(at)) else {
            self.by_id.insert(slot.id.clone(), self.slots.len());
            self.slots.push(slot);
            return;
        };
        let stays = match arrival {
            Arrival::Single => false,
            Arrival::Feed => old.single || old.modified > record.modified,
            Arrival::Base { .. } => old.single || old.modified >= record.modified,
        };
        if !stays {
            *old = slot;
        }
    }

    /// Adds what an index has, as far as `keep` says so, given each ecosystem (without release
    /// suffix) and whether the record was added by itself.
    ///
    /// # Errors
    /// [`IndexError`] if the index is corrupt.
    pub fn add_index(
        &mut self,
        index: &Index,
        keep: impl Fn(&str, bool) -> bool,
    ) -> Result<(), IndexError> {
        for (record, single) in index.records(&keep)? {
            self.add(&record, Arrival::Base { single });
        }
        for info in index.ecosystems() {
            if keep(&info.name, false) && !self.ecosystems.contains_key(&info.name) {
                self.describe(info.clone());
            }
        }
        if let Some(info) = index.kev().filter(|_| !self.has_kev()) {
            self.set_kev(index.kev_ids()?, info.clone());
        }
        Ok(())
    }

    /// The newest time that a record of an ecosystem carries; nothing if it has no records.
    #[must_use]
    pub fn newest(&self, ecosystem: &str) -> Option<Time> {
        let of = |slot: &&Slot| {
            slot.affected
                .iter()
                .any(|(e, ..)| base(e) == base(ecosystem))
        };
        let newest = self.slots.iter().filter(of).map(|slot| slot.newest).max()?;
        Time::from_second(newest).ok()
    }

    /// Describes the ecosystems of records that have no description yet, as not covered.
    pub fn describe_rest(&mut self) {
        let all = self.slots.iter().flat_map(|slot| &slot.affected);
        let names: BTreeSet<&str> = all.map(|(ecosystem, ..)| base(ecosystem)).collect();
        let known: BTreeSet<&str> = self.ecosystems.keys().map(|name| base(name)).collect();
        let rest: Vec<String> = names
            .difference(&known)
            .map(|&name| name.to_owned())
            .collect();
        for name in rest {
            let as_of = self.newest(&name).unwrap_or_default();
            self.describe(EcosystemInfo {
                name,
                as_of,
                source: "single records".to_owned(),
                ..EcosystemInfo::default()
            });
        }
    }

    /// Writes the index.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.slots.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.slots.retain(|slot| !slot.affected.is_empty());

        let (places, texts) = compress(&self.slots, self.compression);
        let mut records = Writer::default();
        let mut packages: BTreeMap<(&str, &str), Vec<Posting<'_>>> = BTreeMap::new();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (slot, place) in self.slots.iter().zip(places) {
            let flags = Flags {
                kev: slot.ids.iter().any(|id| self.kev.contains(id)),
                single: slot.single,
            };
            let record = records.bytes.len() as u64;
            let mut blob = Writer::default();
            write_head(flags, place, &mut blob);
            blob.bytes.extend_from_slice(&slot.core);
            records.blob(&blob.bytes);
            let bases: BTreeSet<&str> = slot.affected.iter().map(|(e, ..)| base(e)).collect();
            for base in bases {
                *counts.entry(base).or_default() += 1;
            }
            for (ecosystem, name, affected) in &slot.affected {
                let posting = Posting {
                    record,
                    slot,
                    flags,
                    affected,
                };
                packages.entry((ecosystem, name)).or_default().push(posting);
            }
        }

        let mut blocks = Writer::default();
        let mut entries: Vec<(u64, u64, u64)> = Vec::with_capacity(packages.len());
        for (&(ecosystem, name), postings) in &packages {
            let start = blocks.bytes.len() as u64;
            blocks.text(ecosystem);
            blocks.text(name);
            blocks.bytes.extend_from_slice(digest(postings).as_bytes());
            blocks.count(postings.len());
            for posting in postings {
                blocks.number(posting.record);
                blocks.blob(posting.affected);
            }
            let length = (blocks.bytes.len() as u64).saturating_sub(start);
            entries.push((hash(ecosystem, name), start, length));
        }
        entries.sort_unstable();

        let mut per_base: BTreeMap<&str, u64> = BTreeMap::new();
        for &(ecosystem, _) in packages.keys() {
            *per_base.entry(base(ecosystem)).or_default() += 1;
        }
        for info in self.ecosystems.values_mut() {
            info.records = counts.get(base(&info.name)).copied().unwrap_or(0);
            info.packages = per_base.get(base(&info.name)).copied().unwrap_or(0);
        }
        let kev: Vec<String> = self.kev.iter().cloned().collect();
        let meta = Meta {
            records: self.slots.len() as u64,
            ecosystems: self.ecosystems.values().cloned().collect(),
            kev: self.kev_info.take().map(|info| KevInfo {
                records: kev.len() as u64,
                ..info
            }),
        };
        let mut kev_section = Writer::default();
        kev_section.texts(&kev);
        // A plain structure of texts and numbers always has a JSON form.
        let meta = serde_json::to_vec(&meta).unwrap_or_default();
        assemble(
            &[&meta, &kev_section.bytes],
            &entries,
            &[&blocks.bytes, &records.bytes, &texts],
        )
    }
}

#[derive(Clone, Copy)]
struct Posting<'a> {
    record: u64,
    slot: &'a Slot,
    flags: Flags,
    affected: &'a [u8],
}

impl Slot {
    fn new(record: &Record, single: bool, without_details: bool) -> Self {
        let mut core = Writer::default();
        write_core(record, &mut core);
        // What a decision can depend on; a corrected text does not make anybody decide again.
        let mut decisive = Writer::default();
        decisive.text(&record.id);
        decisive.texts(&record.aliases);
        decisive.texts(&record.upstream);
        decisive.byte(crate::codec::severity_to_byte(record.rating.severity));
        decisive.byte(
            record
                .rating
                .score
                .map_or(0, |score| score.saturating_add(1)),
        );
        let mut text = Vec::new();
        if !without_details {
            text.extend_from_slice(record.details.as_bytes());
        }
        text.push(0);
        text.extend_from_slice(record.references.join("\n").as_bytes());
        let affected = if record.withdrawn {
            &[]
        } else {
            record.affected.as_slice()
        };
        let mut ids = vec![record.id.clone()];
        ids.extend(record.aliases.iter().chain(&record.upstream).cloned());
        Self {
            id: record.id.as_str().into(),
            modified: record.modified,
            newest: record.modified.max(record.published).max(year(&record.id)),
            single,
            ids,
            core: core.bytes,
            decisive: decisive.bytes,
            text,
            affected: affected
                .iter()
                .map(|affected| {
                    let mut bytes = Writer::default();
                    write_affected(affected, &mut bytes);
                    (
                        affected.ecosystem.clone(),
                        affected.name.clone(),
                        bytes.bytes,
                    )
                })
                .collect(),
        }
    }
}

/// The first second of the year in an id such as `GO-2024-2687`, for databases whose records carry
/// no usable times; 0 if there is none.
fn year(id: &str) -> i64 {
    let year = id
        .split('-')
        .find(|part| part.len() == 4 && part.starts_with("20"));
    let time = year.and_then(|year| gw_core::parse_time(&format!("{year}-01-01")).ok());
    time.map_or(0, |time| time.as_second())
}

fn base(ecosystem: &str) -> &str {
    ecosystem
        .split_once(':')
        .map_or(ecosystem, |(base, _)| base)
}

/// The digest of a package's records: of everything a decision can depend on.
fn digest(postings: &[Posting<'_>]) -> Digest {
    let mut hasher = Hasher::new("advisories");
    for posting in postings {
        hasher.field(&posting.slot.decisive);
        hasher.field(&[u8::from(posting.flags.kev)]);
        hasher.field(posting.affected);
    }
    hasher.finish()
}

/// Compresses the texts in frames, so that one text can be read without the others.
fn compress(slots: &[Slot], level: i32) -> (Vec<TextPlace>, Vec<u8>) {
    let mut places = Vec::with_capacity(slots.len());
    let mut out = Vec::new();
    let mut frame = Vec::new();
    let mut pending = 0usize;
    for (at, slot) in slots.iter().enumerate() {
        places.push(TextPlace {
            frame: out.len() as u64,
            frame_length: 0,
            start: frame.len() as u64,
            length: slot.text.len() as u64,
        });
        frame.extend_from_slice(&slot.text);
        pending += 1;
        if frame.len() >= FRAME || at + 1 == slots.len() {
            // Compressing into memory fails only if the memory is not there.
            let packed = zstd::bulk::compress(&frame, level).unwrap_or_default();
            for place in places.iter_mut().rev().take(pending) {
                place.frame_length = packed.len() as u64;
            }
            out.extend_from_slice(&packed);
            frame.clear();
            pending = 0;
        }
    }
    (places, out)
}

fn assemble(front: &[&[u8]; 2], entries: &[(u64, u64, u64)], back: &[&[u8]; 3]) -> Vec<u8> {
    let bits = (entries.len() as u64 / 4)
        .next_power_of_two()
        .trailing_zeros();
    let mut buckets = Vec::new();
    let mut at = 0usize;
    for value in 0..=1u64 << bits {
        while entries
            .get(at)
            .is_some_and(|entry| bucket(entry.0, bits) < value)
        {
            at += 1;
        }
        buckets.extend(u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes());
    }
    let mut table = Vec::with_capacity(entries.len() * ENTRY);
    for &(hash, offset, length) in entries {
        table.extend(hash.to_le_bytes());
        table.extend(offset.to_le_bytes());
        table.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        table.extend(0u32.to_le_bytes());
    }

    let mut bytes = vec![0; HEADER];
    let mut append = |part: &[u8]| {
        let section = Section {
            offset: bytes.len() as u64,
            length: part.len() as u64,
        };
        bytes.extend_from_slice(part);
        section
    };
    let mut header = Header {
        packages: entries.len() as u64,
        bucket_bits: bits,
        meta: append(front[0]),
        kev: append(front[1]),
        buckets: append(&buckets),
        entries: append(&table),
        blocks: append(back[0]),
        records: append(back[1]),
        texts: append(back[2]),
        ..Header::default()
    };
    header.length = bytes.len() as u64;
    header.digest = *Digest::of(bytes.get(HEADER..).unwrap_or_default()).as_bytes();
    for (to, from) in bytes.iter_mut().zip(header.write()) {
        *to = from;
    }
    bytes
}
