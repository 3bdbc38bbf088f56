use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::Ordering;

use gw_analysis::{Analyzer, Entry, EntryKind};
use gw_archive::{Format, Input};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_source::{Body, ContentDigest, ContentHasher, Item, Limits, Reader};

use crate::budget::Share;
use crate::inside::{Inside, embedded, embedded_in};
use crate::large::{HOLD, Unheld, size_of};
use crate::run::{Shared, Stop, Visit};
use crate::spool::Spooling;

/// How much is read at once, in bytes.
const CHUNK: usize = 128 << 10;

/// How much of a file's start analyzers see before they choose.
const HEAD: usize = 512;

/// Reads items and shows them to the analyzers; one for each thread.
pub(crate) struct Visitor<'s> {
    shared: &'s Shared<'s>,
    reader: Reader<'s>,
    buffer: Vec<u8>,
}

impl<'s> Visitor<'s> {
    pub(crate) fn new(shared: &'s Shared<'s>) -> Self {
        Self {
            shared,
            reader: shared.source.reader(shared.limits),
            buffer: vec![0; CHUNK],
        }
    }

    /// Reads one item, shows it to the analyzers that want it and looks into it.
    pub(crate) fn item(&mut self, item: &Item) -> Visit {
        let mut visit = Visit {
            stopped: self.stop(),
            ..Visit::default()
        };
        if visit.stopped.is_some() {
            return visit;
        }
        let content = match self.reader.open(item) {
            Ok(content) => content,
            Err(incomplete) => {
                visit.incomplete.push(*incomplete);
                return visit;
            }
        };
        visit.files = 1;
        let kind = content.kind;
        let digest = match content.body {
            Body::Memory(bytes) => {
                let mut hasher = self.hasher(item, bytes.len() as u64);
                if let Some(hasher) = &mut hasher {
                    hasher.update(&bytes);
                }
                self.whole(&item.location(), kind, &bytes, &mut visit);
                hasher.map(ContentHasher::finish)
            }
            Body::File(file) => self.file(item, kind, content.size, file, &mut visit),
        };
        visit.digest = digest.map(|digest| (kind, digest));
        visit
    }

    fn stop(&self) -> Option<Stop> {
        if self.shared.limits.expired() {
            Some(Stop::Time)
        } else if self.shared.bytes.load(Ordering::Relaxed) > self.shared.limits.max_total {
            Some(Stop::Total)
        } else {
            None
        }
    }

    /// Reads a file, for its digest and for whoever wants it.
    fn file(
        &mut self,
        item: &Item,
        kind: EntryKind,
        size: u64,
        mut file: File,
        visit: &mut Visit,
    ) -> Option<ContentDigest> {
        let mut hasher = self.hasher(item, size);
        let mut buffer = std::mem::take(&mut self.buffer);
        let (first, failed) = fill(&mut file, &mut buffer);
        let start = buffer.get(..first).unwrap_or_default();
        if let Some(hasher) = &mut hasher {
            hasher.update(start);
        }
        let digest = if let Some(error) = failed {
            visit.incomplete.push(unreadable(item, &error));
            None
        } else if first < buffer.len() {
            self.whole(&item.location(), kind, start, visit);
            hasher.map(ContentHasher::finish)
        } else {
            let long = Long {
                item,
                kind,
                size,
                file,
                hasher,
            };
            self.long(long, start, visit)
        };
        self.buffer = buffer;
        digest
    }

    /// Reads the rest of a file that is longer than the buffer, of which `start` is read.
    ///
    /// It is held in memory if an analyzer needs that, or if it is small and somebody looks at it
    /// more than once. Else what is looked into in order is hashed on the way, and what is looked
    /// at here and there is hashed before.
    fn long(&self, mut long: Long<'_>, start: &[u8], visit: &mut Visit) -> Option<ContentDigest> {
        let location = long.item.location();
        let wanted = self.wanted(&location, long.kind, start);
        let format = self.format(start);
        visit.is_archive = format.is_some();
        self.count(start.len() as u64);
        let limit = self.shared.limits.max_file_size;
        let in_order = format.is_none_or(Format::is_stream);
        let hold = if self.must_hold(&wanted) {
            long.size <= limit
        } else {
            long.size <= limit.min(HOLD) && !(in_order && wanted.is_empty())
        };
        if hold {
            let mut share = self.shared.budget.take(long.size);
            let room = limit.saturating_add(1).saturating_sub(start.len() as u64);
            let mut bytes =
                Vec::with_capacity(usize::try_from(long.size).unwrap_or(0).saturating_add(1));
            bytes.extend_from_slice(start);
            if let Err(error) = Read::by_ref(&mut long).take(room).read_to_end(&mut bytes) {
                visit.incomplete.push(unreadable(long.item, &error));
                return None;
            }
            self.count((bytes.len() - start.len()) as u64);
            if bytes.len() as u64 <= limit {
                self.show(&location, long.kind, &bytes, &wanted, visit);
                self.look_into(&location, format, &bytes, &mut share, visit);
                return long.hasher.map(ContentHasher::finish);
            }
        }
        if let Some(format) = format
            && format.is_stream()
            && wanted.is_empty()
            // A file that grew while it was held has lost its start.
            && !hold
        {
            let size = long.size;
            let mut share = self.shared.budget.take(0);
            let mut stream = start.chain(&mut long);
            let mut inside = Inside::new(self, visit, &mut share);
            inside.look(format, Input::Stream(&mut stream), &location, size);
            return self.rest(long, visit).and_then(|(_, digest)| digest);
        }
        let kind = long.kind;
        let (mut file, digest) = self.rest(long, visit)?;
        let unheld = Unheld {
            location: &location,
            kind,
            wanted: &wanted,
        };
        self.show_seekable(&unheld, &mut file, visit);
        self.look_again(&location, format, file, visit);
        digest
    }

    /// Reads what nobody looks at, for the digest alone; nothing if there is to be none.
    fn rest(&self, mut long: Long<'_>, visit: &mut Visit) -> Option<(File, Option<ContentDigest>)> {
        if long.hasher.is_none() {
            return Some((long.file, None));
        }
        let mut buffer = vec![0; CHUNK];
        // A file that grows while it is read, as a log does, or has no end at all, is cut off.
        let most = long.size.saturating_add(self.shared.limits.max_file_size);
        let mut sum = 0_u64;
        loop {
            let (count, failed) = fill(&mut long, &mut buffer);
            self.count(count as u64);
            sum = sum.saturating_add(count as u64);
            let (reason, detail) = if let Some(error) = failed {
                (ReasonCode::Unreadable, error.to_string())
            } else if count == 0 {
                let digest = long.hasher.map(ContentHasher::finish);
                return Some((long.file, digest));
            } else if sum > most {
                let detail = format!(
                    "it had {} bytes when opened and grew without end",
                    long.size
                );
                (ReasonCode::Unreadable, detail)
            } else if self.shared.limits.expired() {
                (
                    ReasonCode::TimedOut,
                    format!("the time was up after {sum} bytes"),
                )
            } else {
                continue;
            };
            visit.incomplete.push(long.item.incomplete(reason, detail));
            return None;
        }
    }

    /// Looks into a file that is not held and is read here and there, told by its start or by its
    /// end.
    fn look_again(
        &self,
        location: &Location,
        format: Option<Format>,
        mut file: File,
        visit: &mut Visit,
    ) {
        if !self.shared.open_archives {
            return;
        }
        let Some(size) = size_of(&mut file) else {
            return;
        };
        let format = format.or_else(|| embedded_in(&mut file));
        let Some(format) = format else {
            return;
        };
        visit.is_archive = true;
        if file.seek(SeekFrom::Start(0)).is_ok() {
            let mut share = self.shared.budget.take(0);
            let mut inside = Inside::new(self, visit, &mut share);
            inside.look(format, Input::Seekable(&mut file), location, size);
        }
    }

    fn hasher(&self, item: &Item, size: u64) -> Option<ContentHasher> {
        self.shared.digest.then(|| ContentHasher::new(item, size))
    }

    /// The format of an archive, if archives are to be looked into.
    fn format(&self, head: &[u8]) -> Option<Format> {
        Format::detect(head).filter(|_| self.shared.open_archives)
    }

    /// Looks into bytes that are all there.
    fn look_into(
        &self,
        location: &Location,
        format: Option<Format>,
        bytes: &[u8],
        share: &mut Share<'_>,
        visit: &mut Visit,
    ) {
        if !self.shared.open_archives {
            return;
        }
        let Some(format) = format.or_else(|| embedded(bytes)) else {
            return;
        };
        visit.is_archive = true;
        let mut input = Cursor::new(bytes);
        let mut inside = Inside::new(self, visit, share);
        inside.look(
            format,
            Input::Seekable(&mut input),
            location,
            bytes.len() as u64,
        );
    }

    /// Shows bytes that are all there to whoever wants them.
    fn whole(&self, location: &Location, kind: EntryKind, bytes: &[u8], visit: &mut Visit) {
        self.count(bytes.len() as u64);
        let wanted = self.wanted(location, kind, bytes);
        self.show(location, kind, bytes, &wanted, visit);
        let format = self.format(bytes);
        if kind != EntryKind::Link && (format.is_some() || embedded(bytes).is_some()) {
            let mut share = self.shared.budget.take(0);
            self.look_into(location, format, bytes, &mut share, visit);
        }
    }

    /// The analyzers that want to see an entry.
    pub(crate) fn wanted(&self, location: &Location, kind: EntryKind, bytes: &[u8]) -> Vec<usize> {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        let path = location.inside.last().unwrap_or(&location.path);
        let analyzers = self.shared.analyzers.iter().enumerate();
        analyzers
            .filter(|(_, analyzer)| analyzer.wants(path, kind, head))
            .map(|(index, _)| index)
            .collect()
    }

    pub(crate) fn show(
        &self,
        location: &Location,
        kind: EntryKind,
        bytes: &[u8],
        wanted: &[usize],
        visit: &mut Visit,
    ) {
        if wanted.is_empty() {
            return;
        }
        let entry = Entry::new(location.clone(), kind, bytes);
        for &index in wanted {
            if let Some(analyzer) = self.shared.analyzers.get(index) {
                analyzer.visit(&entry, visit.output(index, true));
            }
        }
    }

    pub(crate) fn analyzer(&self, index: usize) -> Option<&'s dyn Analyzer> {
        self.shared.analyzers.get(index).copied()
    }

    pub(crate) const fn limits(&self) -> &'s Limits {
        self.shared.limits
    }

    /// How members go through temporary files, if they may.
    pub(crate) fn spooling(&self) -> Option<Spooling<'s>> {
        self.shared.spool.map(|folder| Spooling {
            folder,
            limit: self.shared.limits.max_spooled,
            used: &self.shared.spooled,
        })
    }

    pub(crate) fn count(&self, bytes: u64) {
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A file that is longer than the buffer, while it is read. Reading it goes on with the hashing.
struct Long<'i> {
    item: &'i Item,
    kind: EntryKind,
    size: u64,
    file: File,
    /// Nothing if there is to be no digest.
    hasher: Option<ContentHasher>,
}

impl Read for Long<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

fn unreadable(item: &Item, error: &io::Error) -> Incomplete {
    item.incomplete(ReasonCode::Unreadable, error.to_string())
}

/// Fills a buffer as far as the reader goes: how many bytes that is, and the error that ended it.
pub(crate) fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..)
        && !room.is_empty()
    {
        match reader.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}
