use std::fs::File;
use std::io::Read;
use std::sync::atomic::Ordering;

use gw_analysis::{Entry, EntryKind};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_source::{ANALYZER, Body, ContentDigest, ContentHasher, Item, Reader};

use crate::run::{Shared, Stop, Visit};

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
        let mut visit = Visit::default();
        visit.stopped = self.stop();
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
                let mut hasher = ContentHasher::new(item, bytes.len() as u64);
                hasher.update(&bytes);
                self.whole(&item.location(), kind, &bytes, &mut visit);
                Some(hasher.finish())
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

    /// Reads a file once, for its digest and for whoever wants it.
    fn file(
        &mut self,
        item: &Item,
        kind: EntryKind,
        size: u64,
        mut file: File,
        visit: &mut Visit,
    ) -> Option<ContentDigest> {
        let mut hasher = ContentHasher::new(item, size);
        let location = item.location();
        let first = match fill(&mut file, &mut self.buffer) {
            Ok(first) => first,
            Err(error) => {
                visit
                    .incomplete
                    .push(item.incomplete(ReasonCode::Unreadable, error.to_string()));
                return None;
            }
        };
        let buffer = std::mem::take(&mut self.buffer);
        let start = buffer.get(..first).unwrap_or_default();
        hasher.update(start);
        let digest = if first < buffer.len() {
            self.whole(&location, kind, start, visit);
            Some(hasher.finish())
        } else {
            self.long(item, kind, size, file, start, hasher, visit)
        };
        self.buffer = buffer;
        digest
    }

    /// Reads the rest of a file that is longer than the buffer, of which `start` is read.
    #[expect(
        clippy::too_many_arguments,
        reason = "one file's state, handed on once"
    )]
    fn long(
        &self,
        item: &Item,
        kind: EntryKind,
        size: u64,
        mut file: File,
        start: &[u8],
        mut hasher: ContentHasher,
        visit: &mut Visit,
    ) -> Option<ContentDigest> {
        let location = item.location();
        let wanted = self.wanted(&location, kind, start);
        let limit = self.shared.limits.max_file_size;
        if !wanted.is_empty() && size <= limit {
            let _share = self.shared.budget.take(size);
            let mut bytes =
                Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
            bytes.extend_from_slice(start);
            let room = limit.saturating_add(1).saturating_sub(start.len() as u64);
            if let Err(error) = Read::by_ref(&mut file).take(room).read_to_end(&mut bytes) {
                visit
                    .incomplete
                    .push(item.incomplete(ReasonCode::Unreadable, error.to_string()));
                return None;
            }
            hasher.update(bytes.get(start.len()..).unwrap_or_default());
            if bytes.len() as u64 <= limit {
                self.count(bytes.len() as u64);
                self.show(&location, kind, &bytes, &wanted, visit);
                return Some(hasher.finish());
            }
            self.count(bytes.len() as u64);
        } else {
            self.count(start.len() as u64);
        }
        for &index in &wanted {
            let detail = format!("{size} bytes, at most {limit} are looked at");
            self.report(index, &location, ReasonCode::TooLarge, detail, visit);
        }
        self.rest(item, size, &mut file, hasher, visit)
    }

    /// Reads what nobody looks at, for the digest alone.
    fn rest(
        &self,
        item: &Item,
        size: u64,
        file: &mut File,
        mut hasher: ContentHasher,
        visit: &mut Visit,
    ) -> Option<ContentDigest> {
        let mut buffer = vec![0; CHUNK];
        // A file that grows while it is read, as a log does, or has no end at all, is cut off.
        let most = size.saturating_add(self.shared.limits.max_file_size);
        let mut sum = 0_u64;
        loop {
            match fill(file, &mut buffer) {
                Ok(0) => return Some(hasher.finish()),
                Ok(count) => {
                    hasher.update(buffer.get(..count).unwrap_or_default());
                    self.count(count as u64);
                    sum = sum.saturating_add(count as u64);
                }
                Err(error) => {
                    visit
                        .incomplete
                        .push(item.incomplete(ReasonCode::Unreadable, error.to_string()));
                    return None;
                }
            }
            let (reason, detail) = if sum > most {
                let detail = format!("it had {size} bytes when opened and grew without end");
                (ReasonCode::Unreadable, detail)
            } else if self.shared.limits.expired() {
                (
                    ReasonCode::TimedOut,
                    format!("the time was up after {sum} bytes"),
                )
            } else {
                continue;
            };
            visit.incomplete.push(item.incomplete(reason, detail));
            return None;
        }
    }

    /// Shows bytes that are all there to whoever wants them.
    fn whole(&self, location: &Location, kind: EntryKind, bytes: &[u8], visit: &mut Visit) {
        self.count(bytes.len() as u64);
        let wanted = self.wanted(location, kind, bytes);
        self.show(location, kind, bytes, &wanted, visit);
    }

    /// The analyzers that want to see an entry.
    fn wanted(&self, location: &Location, kind: EntryKind, bytes: &[u8]) -> Vec<usize> {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        let path = location.inside.last().unwrap_or(&location.path);
        let analyzers = self.shared.analyzers.iter().enumerate();
        analyzers
            .filter(|(_, analyzer)| analyzer.wants(path, kind, head))
            .map(|(index, _)| index)
            .collect()
    }

    fn show(
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

    /// Reports on behalf of an analyzer that wanted to see an entry.
    fn report(
        &self,
        index: usize,
        location: &Location,
        reason: ReasonCode,
        detail: String,
        visit: &mut Visit,
    ) {
        let name = self
            .shared
            .analyzers
            .get(index)
            .map_or(ANALYZER, |analyzer| analyzer.name());
        visit.incomplete.push(Incomplete {
            location: location.clone(),
            analyzer: name.to_owned(),
            reason,
            detail,
        });
    }

    fn count(&self, bytes: u64) {
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Fills a buffer as far as the reader goes; how many bytes that is.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..)
        && !room.is_empty()
    {
        match reader.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
