use std::io::{Cursor, Read, SeekFrom};

use gw_analysis::EntryKind;
use gw_archive::{
    Allowance, Content, Disagreement, Format, Input, Member, MemberKind, Meter, Problem, ReadSeek,
    Reading, SEARCHED, Sink, has_zip_end, is_program, is_unpacker,
};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_source::{ANALYZER, Limits};

use crate::budget::Share;
use crate::large::{HOLD, Unheld, size_of, tail_of};
use crate::rules;
use crate::run::Visit;
use crate::spool::Spooled;
use crate::visit::{Visitor, fill};

/// How much of a member is read before it is known whether anybody wants the rest, in bytes.
const START: usize = 4 << 10;

/// How many problems of one file and all that is in it are listed.
const MAX_PROBLEMS: usize = 1000;

/// How many disagreements of one file and all that is in it are listed.
const MAX_FINDINGS: usize = 100;

/// Looks into one file of the target, archives in archives included.
pub(crate) struct Inside<'v, 's, 'b> {
    visitor: &'v Visitor<'s>,
    visit: &'v mut Visit,
    share: &'v mut Share<'b>,
    problems: usize,
    disagreements: usize,
}

impl<'v, 's, 'b> Inside<'v, 's, 'b> {
    pub(crate) const fn new(
        visitor: &'v Visitor<'s>,
        visit: &'v mut Visit,
        share: &'v mut Share<'b>,
    ) -> Self {
        Self {
            visitor,
            visit,
            share,
            problems: 0,
            disagreements: 0,
        }
    }

    /// Looks into the file at `location`, of `size` bytes.
    pub(crate) fn look(
        &mut self,
        format: Format,
        input: Input<'_>,
        location: &Location,
        size: u64,
    ) {
        let limits = self.visitor.limits();
        let expired = || limits.expired();
        let meter = Meter::new(allowance(limits), size, &expired);
        self.walk(format, input, location, 0, &meter);
        if let Some((reason, detail)) = meter.problem() {
            self.report(location.clone(), reason, detail);
        }
    }

    fn walk(
        &mut self,
        format: Format,
        input: Input<'_>,
        location: &Location,
        depth: usize,
        meter: &Meter<'_>,
    ) {
        let max = self.visitor.limits().max_depth;
        if depth >= max {
            let detail = format!(
                "a {} in more than {max} archives, not looked into",
                format.name()
            );
            return self.report(location.clone(), ReasonCode::TooDeep, detail);
        }
        let name = location.inside.last().unwrap_or(&location.path).clone();
        let mut level = Level {
            inside: self,
            location,
            depth,
            meter,
        };
        gw_archive::walk(format, input, &name, meter, &mut level);
    }

    fn report(&mut self, location: Location, reason: ReasonCode, detail: String) {
        self.problems += 1;
        let (reason, detail) = match self.problems.cmp(&MAX_PROBLEMS) {
            std::cmp::Ordering::Less => (reason, detail),
            std::cmp::Ordering::Equal => {
                let detail =
                    format!("more than {MAX_PROBLEMS} problems in one file; no more are listed");
                (ReasonCode::TooMany, detail)
            }
            std::cmp::Ordering::Greater => return,
        };
        self.visit.incomplete.push(Incomplete {
            location,
            analyzer: ANALYZER.to_owned(),
            reason,
            detail,
        });
    }
}

/// One archive that is being looked into.
struct Level<'l, 'v, 's, 'b, 'm> {
    inside: &'l mut Inside<'v, 's, 'b>,
    location: &'l Location,
    depth: usize,
    meter: &'l Meter<'m>,
}

impl Level<'_, '_, '_, '_, '_> {
    /// Goes on with a member that is longer than what was read of it.
    fn long(&mut self, long: Long, content: &mut Content<'_>) {
        match content {
            Content::Stream(stream) => self.stream(long, &mut **stream),
            Content::Seekable(input) => self.seekable(long, &mut **input),
        }
    }

    /// A member that can be read from any place: it is held only for analyzers that need that.
    fn seekable(&mut self, long: Long, content: &mut dyn ReadSeek) {
        let visitor = self.inside.visitor;
        let Some(size) = size_of(content) else {
            return;
        };
        let limit = visitor.limits().max_file_size;
        let hold = if visitor.must_hold(&long.wanted) {
            size <= limit
        } else {
            size <= limit.min(HOLD) && !long.wanted.is_empty()
        };
        if hold {
            let Long { mut start, .. } = long;
            // A broken end does not unmake the start.
            if content.seek(SeekFrom::Start(start.len() as u64)).is_ok() {
                let _ = content.take(size).read_to_end(&mut start);
            }
            let long = Long { start, ..long };
            return self.held(&long);
        }
        visitor.count(long.start.len() as u64);
        let unheld = Unheld {
            location: &long.location,
            kind: long.kind,
            wanted: &long.wanted,
        };
        visitor.show_seekable(&unheld, content, self.inside.visit);
        let format = long.format.or_else(|| embedded_in(content));
        if let Some(format) = format.filter(|_| long.kind != EntryKind::Link)
            && content.seek(SeekFrom::Start(0)).is_ok()
        {
            let mut content = content;
            let input = Input::Seekable(&mut content);
            self.inside
                .walk(format, input, &long.location, self.depth + 1, self.meter);
        }
    }

    /// A member that can be read once.
    fn stream(&mut self, mut long: Long, content: &mut dyn Read) {
        let visitor = self.inside.visitor;
        let must_seek = long.format.is_some_and(Format::must_seek);
        if long.wanted.is_empty() && !must_seek {
            visitor.count(long.start.len() as u64);
            if let Some(format) = long.format {
                let mut stream = Cursor::new(long.start).chain(content);
                let input = Input::Stream(&mut stream);
                self.inside
                    .walk(format, input, &long.location, self.depth + 1, self.meter);
            }
            return;
        }
        // What several look at must be held, and so must what one needs to be.
        let alone = long.wanted.len() == 1 && long.format.is_none();
        let limit = visitor.limits().max_file_size;
        let most = if alone && !visitor.must_hold(&long.wanted) {
            limit.min(HOLD)
        } else {
            limit
        };
        let room = most.saturating_add(1);
        let room = room.saturating_sub(long.start.len() as u64);
        let _ = Read::take(&mut *content, room).read_to_end(&mut long.start);
        if long.start.len() as u64 <= most {
            return self.held(&long);
        }
        let spooled = visitor
            .spooling()
            .map(|spooling| spooling.write(&long.start, &mut *content));
        match spooled {
            Some(Spooled::Whole(mut spool)) => {
                long.start.truncate(START);
                self.seekable(long, spool.file());
            }
            Some(Spooled::Part(mut spool, next)) => {
                long.start = Vec::new();
                match spool.written() {
                    Ok(written) => {
                        self.once(long, &mut written.chain(next.as_slice()).chain(content));
                    }
                    Err(error) => {
                        let detail = format!("a temporary file: {error}");
                        self.inside
                            .report(long.location, ReasonCode::Unreadable, detail);
                    }
                }
            }
            Some(Spooled::Not) | None => {
                let start = std::mem::take(&mut long.start);
                self.once(long, &mut Cursor::new(start).chain(content));
            }
        }
    }

    /// A member that is read in order, from its start.
    fn once(&mut self, long: Long, whole: &mut dyn Read) {
        let visitor = self.inside.visitor;
        let unheld = Unheld {
            location: &long.location,
            kind: long.kind,
            wanted: &long.wanted,
        };
        visitor.show_stream(&unheld, long.size, whole, self.inside.visit);
        if let Some(format) = long.format {
            let limit = visitor.limits().max_file_size;
            let detail = format!(
                "a {} of more than {limit} bytes that can only be read once, not looked into",
                format.name()
            );
            self.inside
                .report(long.location, ReasonCode::TooLarge, detail);
        }
    }

    /// A member that is held in memory.
    fn held(&mut self, long: &Long) {
        let visitor = self.inside.visitor;
        let size = long.start.len() as u64;
        visitor.count(size);
        self.inside.share.grow(size);
        visitor.show(
            &long.location,
            long.kind,
            &long.start,
            &long.wanted,
            self.inside.visit,
        );
        let format = long.format.or_else(|| embedded(&long.start));
        if let Some(format) = format.filter(|_| long.kind != EntryKind::Link) {
            let mut input = Cursor::new(long.start.as_slice());
            let input = Input::Seekable(&mut input);
            self.inside
                .walk(format, input, &long.location, self.depth + 1, self.meter);
        }
        self.inside.share.shrink(size);
    }
}

/// A member, of which the start or all was read.
struct Long {
    location: Location,
    kind: EntryKind,
    start: Vec<u8>,
    /// The size in bytes, as declared.
    size: Option<u64>,
    wanted: Vec<usize>,
    format: Option<Format>,
}

impl Sink for Level<'_, '_, '_, '_, '_> {
    fn member(&mut self, member: &Member, content: &mut Content<'_>) {
        let mut buffer = vec![0; START];
        // An error while reading ends the content; what came before it still counts.
        let (first, failed) = fill(content, &mut buffer);
        let is_whole = first < buffer.len() || failed.is_some();
        buffer.truncate(first);
        let format = Format::detect(&buffer).filter(|_| member.kind != MemberKind::Link);

        // A compressed tar is one archive, not two.
        if member.reading == Reading::Stream && format == Some(Format::Tar) {
            let mut stream = Cursor::new(buffer).chain(content);
            let input = Input::Stream(&mut stream);
            return self
                .inside
                .walk(Format::Tar, input, self.location, self.depth, self.meter);
        }

        self.inside.visit.files += 1;
        let mut location = self.location.clone();
        location.inside.push(member.path.clone());
        let kind = match member.kind {
            MemberKind::File => EntryKind::File,
            MemberKind::Executable => EntryKind::Executable,
            MemberKind::Link => EntryKind::Link,
        };
        let wanted = self.inside.visitor.wanted(&location, kind, &buffer);
        let long = Long {
            location,
            kind,
            start: buffer,
            size: member.size,
            wanted,
            format,
        };
        if is_whole {
            self.held(&long);
        } else {
            self.long(long, content);
        }
    }

    fn problem(&mut self, problem: Problem) {
        let mut location = self.location.clone();
        location.inside.extend(problem.path);
        self.inside.report(location, problem.reason, problem.detail);
    }

    fn disagreement(&mut self, disagreement: Disagreement) {
        self.inside.disagreements += 1;
        if self.inside.disagreements <= MAX_FINDINGS {
            let finding = rules::finding(self.location, &disagreement);
            self.inside.visit.findings.push(finding);
        } else if self.inside.disagreements == MAX_FINDINGS + 1 {
            let detail =
                format!("more than {MAX_FINDINGS} disagreements in one file; no more are listed");
            self.inside
                .report(self.location.clone(), ReasonCode::TooMany, detail);
        }
    }
}

/// The archive that bytes are, although they do not begin as one: they end as a zip, or are a
/// program with a 7z behind it.
pub(crate) fn embedded(bytes: &[u8]) -> Option<Format> {
    let tail = bytes.len().saturating_sub(TAIL);
    if has_zip_end(bytes.get(tail..)?) {
        return Some(Format::Zip);
    }
    let most = usize::try_from(SEARCHED).unwrap_or(usize::MAX);
    is_unpacker(bytes.get(..most).unwrap_or(bytes)).then_some(Format::SevenZip)
}

/// The same of what is not held.
pub(crate) fn embedded_in(input: &mut dyn ReadSeek) -> Option<Format> {
    if has_zip_end(&tail_of(input, TAIL as u64)?) {
        return Some(Format::Zip);
    }
    let mut head = Vec::new();
    input.seek(SeekFrom::Start(0)).ok()?;
    Read::take(&mut *input, 8).read_to_end(&mut head).ok()?;
    if !is_program(&head) {
        return None;
    }
    Read::take(input, SEARCHED).read_to_end(&mut head).ok()?;
    is_unpacker(&head).then_some(Format::SevenZip)
}

/// How far from a file's end the end of a zip may show.
const TAIL: usize = 22 + 65_535;

const fn allowance(limits: &Limits) -> Allowance {
    Allowance {
        members: limits.max_members,
        ratio: limits.max_expansion_ratio,
        grace: limits.expansion_grace,
        total: limits.max_total,
    }
}
