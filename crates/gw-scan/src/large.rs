//! Files and members that are not held in memory.

use std::io::{Read, SeekFrom};

use gw_analysis::{EntryKind, Large, LargeEntry};
use gw_archive::ReadSeek;
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::buffered::Buffered;
use crate::run::Visit;
use crate::visit::Visitor;

/// Files beyond this size, in bytes, are not held in memory for analyzers that do not need that.
pub(crate) const HOLD: u64 = 4 << 20;

/// A file or member that is not held.
pub(crate) struct Unheld<'u> {
    pub(crate) location: &'u Location,
    pub(crate) kind: EntryKind,
    /// The analyzers that want it.
    pub(crate) wanted: &'u [usize],
}

impl Visitor<'_> {
    /// Whether any of the analyzers needs a file to be held in memory.
    pub(crate) fn must_hold(&self, wanted: &[usize]) -> bool {
        wanted.iter().any(|&index| !self.takes_large(index))
    }

    fn takes_large(&self, index: usize) -> bool {
        self.analyzer(index)
            .is_some_and(|analyzer| analyzer.takes_large())
    }

    /// Shows content that can be read from any place to every analyzer that can look at it so.
    pub(crate) fn show_seekable(
        &self,
        unheld: &Unheld<'_>,
        content: &mut dyn ReadSeek,
        visit: &mut Visit,
    ) {
        for &index in unheld.wanted {
            let Some(analyzer) = self.analyzer(index) else {
                continue;
            };
            let limits = self.limits();
            let mut input = match Buffered::new(content, limits) {
                Ok(input) => input,
                Err(error) => {
                    let report = self.report(index, unheld.location, ReasonCode::Unreadable, error);
                    visit.incomplete.push(report);
                    continue;
                }
            };
            let size = input.len();
            if !analyzer.takes_large() {
                let detail = format!(
                    "{size} bytes, at most {} are looked at",
                    limits.max_file_size
                );
                let report = self.report(index, unheld.location, ReasonCode::TooLarge, detail);
                visit.incomplete.push(report);
                continue;
            }
            let entry = LargeEntry {
                location: unheld.location,
                kind: unheld.kind,
                size: Some(size),
                content: Large::Seekable(&mut input),
            };
            analyzer.visit_large(entry, visit.output(index, true));
            self.count(input.read);
            if input.expired {
                let detail = "the time was up while it was looked at";
                let report = self.report(index, unheld.location, ReasonCode::TimedOut, detail);
                visit.incomplete.push(report);
            }
        }
    }

    /// Shows content that can be read once, to the first analyzer that can look at it so.
    pub(crate) fn show_stream(
        &self,
        unheld: &Unheld<'_>,
        size: Option<u64>,
        content: &mut dyn Read,
        visit: &mut Visit,
    ) {
        let mut counted = CountingRead {
            inner: content,
            read: 0,
        };
        let mut is_taken = false;
        for &index in unheld.wanted {
            let analyzer = self
                .analyzer(index)
                .filter(|analyzer| analyzer.takes_large() && !is_taken);
            let Some(analyzer) = analyzer else {
                let limit = self.limits().max_file_size;
                let detail = if is_taken {
                    format!(
                        "more than {limit} bytes that can be read only once, which another \
                         analyzer did"
                    )
                } else {
                    format!("more than {limit} bytes, which are not looked at")
                };
                let report = self.report(index, unheld.location, ReasonCode::TooLarge, detail);
                visit.incomplete.push(report);
                continue;
            };
            is_taken = true;
            let entry = LargeEntry {
                location: unheld.location,
                kind: unheld.kind,
                size,
                content: Large::Stream(&mut counted),
            };
            analyzer.visit_large(entry, visit.output(index, true));
        }
        self.count(counted.read);
    }

    /// The report that an analyzer did not see an entry that it wanted.
    pub(crate) fn report(
        &self,
        index: usize,
        location: &Location,
        reason: ReasonCode,
        detail: impl ToString,
    ) -> Incomplete {
        let name = self
            .analyzer(index)
            .map_or(gw_source::ANALYZER, |analyzer| analyzer.name());
        Incomplete {
            location: location.clone(),
            analyzer: name.to_owned(),
            reason,
            detail: detail.to_string(),
        }
    }
}

/// How many bytes there are; nothing of what can only be read in order.
pub(crate) fn size_of(input: &mut dyn ReadSeek) -> Option<u64> {
    input.seek(SeekFrom::End(0)).ok()
}

/// Up to `count` bytes of the end.
pub(crate) fn tail_of(input: &mut dyn ReadSeek, count: u64) -> Option<Vec<u8>> {
    let size = size_of(input)?;
    let start = size.saturating_sub(count);
    input.seek(SeekFrom::Start(start)).ok()?;
    let mut tail = Vec::new();
    Read::take(input, count).read_to_end(&mut tail).ok()?;
    Some(tail)
}

struct CountingRead<'r> {
    inner: &'r mut dyn Read,
    read: u64,
}

impl Read for CountingRead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(count as u64);
        Ok(count)
    }
}
