use std::io::{Cursor, Read};

use gw_analysis::EntryKind;
use gw_archive::{
    Allowance, Format, Input, Member, MemberKind, Meter, Problem, Reading, Sink, has_zip_end,
};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_source::{ANALYZER, Limits};

use crate::budget::Share;
use crate::run::Visit;
use crate::visit::{Visitor, fill};

/// How much of a member is read before it is known whether anybody wants the rest, in bytes.
const START: usize = 16 << 10;

/// How many problems of one file and all that is in it are listed.
const MAX_PROBLEMS: usize = 1000;

/// Looks into one file of the target, archives in archives included.
pub(crate) struct Inside<'v, 's, 'b> {
    visitor: &'v Visitor<'s>,
    visit: &'v mut Visit,
    share: &'v mut Share<'b>,
    problems: usize,
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

impl Sink for Level<'_, '_, '_, '_, '_> {
    fn member(&mut self, member: &Member, content: &mut dyn Read) {
        let mut buffer = vec![0; START];
        // An error while reading ends the content; what came before it still counts.
        let (first, failed) = fill(content, &mut buffer);
        buffer.truncate(first);
        let is_whole = first < START || failed.is_some();
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
        let visitor = self.inside.visitor;
        let wanted = visitor.wanted(&location, kind, &buffer);
        if !is_whole && wanted.is_empty() && format != Some(Format::Zip) {
            visitor.count(buffer.len() as u64);
            if let Some(format) = format {
                let mut stream = Cursor::new(buffer).chain(content);
                let input = Input::Stream(&mut stream);
                self.inside
                    .walk(format, input, &location, self.depth + 1, self.meter);
            }
            return;
        }

        let limit = visitor.limits().max_file_size;
        if !is_whole {
            let room = limit.saturating_add(1).saturating_sub(first as u64);
            // As above, a broken end does not unmake the start.
            let _ = content.take(room).read_to_end(&mut buffer);
        }
        let size = buffer.len() as u64;
        visitor.count(size);
        if size > limit {
            let detail = format!("more than {limit} bytes, which are not looked at");
            for index in wanted {
                let report = visitor.too_large(index, &location, &detail);
                self.inside.visit.incomplete.push(report);
            }
            if format.is_some() {
                self.inside.report(location, ReasonCode::TooLarge, detail);
            }
            return;
        }
        self.inside.share.grow(size);
        visitor.show(&location, kind, &buffer, &wanted, self.inside.visit);
        let format = format.or_else(|| zip_at_end(&buffer));
        if let Some(format) = format.filter(|_| kind != EntryKind::Link) {
            let mut input = Cursor::new(buffer.as_slice());
            let input = Input::Seekable(&mut input);
            self.inside
                .walk(format, input, &location, self.depth + 1, self.meter);
        }
        self.inside.share.shrink(size);
    }

    fn problem(&mut self, problem: Problem) {
        let mut location = self.location.clone();
        location.inside.extend(problem.path);
        self.inside.report(location, problem.reason, problem.detail);
    }
}

/// Whether bytes that do not begin as an archive end as one.
pub(crate) fn zip_at_end(bytes: &[u8]) -> Option<Format> {
    let tail = bytes.len().saturating_sub(TAIL);
    has_zip_end(bytes.get(tail..)?).then_some(Format::Zip)
}

/// How far from a file's end the end of a zip may show.
pub(crate) const TAIL: usize = 22 + 65_535;

const fn allowance(limits: &Limits) -> Allowance {
    Allowance {
        members: limits.max_members,
        ratio: limits.max_expansion_ratio,
        grace: limits.expansion_grace,
        total: limits.max_total,
    }
}
