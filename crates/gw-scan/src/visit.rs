use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::atomic::Ordering;

use gw_analysis::{Entry, EntryKind};
use gw_archive::{Format, Input};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_source::{ANALYZER, Body, ContentDigest, ContentHasher, Item, Limits, Reader};

use crate::budget::Share;
use crate::inside::{Inside, TAIL, zip_at_end};
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
        let mut buffer = std::mem::take(&mut self.buffer);
        let (first, failed) = fill(&mut file, &mut buffer);
        let start = buffer.get(..first).unwrap_or_default();
        hasher.update(start);
        let digest = if let Some(error) = failed {
            visit.incomplete.push(unreadable(item, &error));
            None
        } else if first < buffer.len() {
            self.whole(&item.location(), kind, start, visit);
            Some(hasher.finish())
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
    fn long(&self, mut long: Long<'_>, start: &[u8], visit: &mut Visit) -> Option<ContentDigest> {
        let (location, size) = (long.item.location(), long.size);
        let wanted = self.wanted(&location, long.kind, start);
        let format = self.format(start);
        visit.is_archive = format.is_some();
        let limit = self.shared.limits.max_file_size;
        self.count(start.len() as u64);
        if (!wanted.is_empty() || format == Some(Format::Zip)) && long.size <= limit {
            let mut share = self.shared.budget.take(long.size);
            let room = limit.saturating_add(1).saturating_sub(start.len() as u64);
            let mut bytes =
                Vec::with_capacity(usize::try_from(long.size).unwrap_or(0).saturating_add(1));
            bytes.extend_from_slice(start);
            if let Err(error) = Read::by_ref(&mut long.file)
                .take(room)
                .read_to_end(&mut bytes)
            {
                visit.incomplete.push(unreadable(long.item, &error));
                return None;
            }
            let more = bytes.get(start.len()..).unwrap_or_default();
            long.hasher.update(more);
            self.count(more.len() as u64);
            if bytes.len() as u64 <= limit {
                self.show(&location, long.kind, &bytes, &wanted, visit);
                self.look_into(&location, format, &bytes, &mut share, visit);
                return Some(long.hasher.finish());
            }
        }
        let detail = format!("{} bytes, at most {limit} are looked at", long.size);
        for &index in &wanted {
            visit
                .incomplete
                .push(self.too_large(index, &location, &detail));
        }
        match format {
            Some(format) if format != Format::Zip && wanted.is_empty() => {
                let mut share = self.shared.budget.take(0);
                let mut stream = start.chain(&mut long);
                let mut inside = Inside::new(self, visit, &mut share);
                inside.look(format, Input::Stream(&mut stream), &location, size);
                self.rest(long, visit).map(|(_, digest)| digest)
            }
            _ => {
                let (file, digest) = self.rest(long, visit)?;
                self.look_again(&location, format, file, visit);
                Some(digest)
            }
        }
    }

    /// Reads what nobody looks at, for the digest alone.
    fn rest(&self, mut long: Long<'_>, visit: &mut Visit) -> Option<(File, ContentDigest)> {
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
                return Some((long.file, long.hasher.finish()));
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

    /// Looks into a file that is too large to be held and must be read here and there: a zip, told
    /// by its start or by its end.
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
        let Ok(size) = file.seek(SeekFrom::End(0)) else {
            return;
        };
        let format = format.or_else(|| {
            let mut tail = Vec::new();
            let start = size.saturating_sub(TAIL as u64);
            file.seek(SeekFrom::Start(start)).ok()?;
            Read::by_ref(&mut file)
                .take(TAIL as u64)
                .read_to_end(&mut tail)
                .ok()?;
            zip_at_end(&tail)
        });
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
        let Some(format) = format.or_else(|| zip_at_end(bytes)) else {
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
        if kind != EntryKind::Link && (format.is_some() || zip_at_end(bytes).is_some()) {
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

    /// The report that an analyzer did not see an entry that it wanted.
    pub(crate) fn too_large(&self, index: usize, location: &Location, detail: &str) -> Incomplete {
        let name = self
            .shared
            .analyzers
            .get(index)
            .map_or(ANALYZER, |analyzer| analyzer.name());
        Incomplete {
            location: location.clone(),
            analyzer: name.to_owned(),
            reason: ReasonCode::TooLarge,
            detail: detail.to_owned(),
        }
    }

    pub(crate) const fn limits(&self) -> &'s Limits {
        self.shared.limits
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
    hasher: ContentHasher,
}

impl Read for Long<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
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
