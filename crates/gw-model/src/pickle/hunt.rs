use std::io;

use crate::Content;
use crate::report::Report;
use gw_finding::ReasonCode;

use super::drive::End;
use super::judge::{self, Verdict};
use super::opcode as op;
use super::plausible::{Guess, guess};
use super::{PickleOptions, Reading};

/// How much is searched at the start and at the end of what is larger than both. Between them are
/// tensors: a loader that seeks a pickle seeks it behind a header or before a trailer.
const WINDOW: u64 = 16 << 20;
/// How many first bytes tell whether a pickle is worth executing.
const HEAD: usize = 128;
/// How long the parts of a global's name may be.
const MAX_NAME: usize = 128;
/// How far before an `INST` its `MARK` is looked for, and how many of them are tried.
const MAX_ARGUMENTS: usize = 4096;
const MAX_MARKS: usize = 64;
/// How many times the bytes that are searched may be executed in all.
const MAX_TIMES: usize = 4;
/// How many bytes of a pickle are executed at first.
const SHORT: usize = 4096;
/// What a pickle costs at least.
const COST: usize = 64;
/// How many pickles are reported.
const MOST: usize = 16;

/// Looks for pickles behind a place in the content, between bytes that are none, and reports those
/// that would call something that is not safe. Programs that load pickles until the file ends, or
/// that seek one, would execute them.
///
/// Found are pickles that begin with `PROTO`, and the first dangerous `GLOBAL` or `INST` of those
/// that have none. The time is linear in what is searched, of which there are 32 MiB at most.
/// Content that can only be read in order is not searched.
pub(super) fn hunt(
    content: &mut Content<'_>,
    from: u64,
    options: &PickleOptions,
    report: &mut Report<'_>,
) {
    if let Err(error) = try_hunt(content, from, options, report) {
        report.incomplete(ReasonCode::Unreadable, error.to_string());
    }
}

fn try_hunt(
    content: &mut Content<'_>,
    from: u64,
    options: &PickleOptions,
    report: &mut Report<'_>,
) -> io::Result<()> {
    let Some(size) = content.size()? else {
        return Ok(());
    };
    let left = size.saturating_sub(from);
    let mut search = Search {
        options: PickleOptions {
            several: false,
            arrays_between: false,
            persistent_ids: true,
            described: 0,
            ..*options
        },
        reported: 0,
    };
    let regions = if left <= WINDOW.saturating_mul(2) {
        [(from, left), (size, 0)]
    } else {
        [(from, WINDOW), (size.saturating_sub(WINDOW), WINDOW)]
    };
    for (place, length) in regions {
        if let Some(all) = content.all() {
            let start = usize::try_from(place).unwrap_or(usize::MAX);
            let end = usize::try_from(place.saturating_add(length)).unwrap_or(usize::MAX);
            search.region(all.get(start..end).unwrap_or_default(), place, report);
        } else {
            content.go_to(place)?;
            let bytes = content.take_up_to(length)?;
            search.region(&bytes, place, report);
        }
    }
    Ok(())
}

/// What a pickle begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Proto,
    Global,
    Inst,
}

struct Search {
    options: PickleOptions,
    reported: usize,
}

impl Search {
    /// Executes what may be a pickle; returns what that has cost. Few go on for long that are none.
    fn execute(&self, bytes: &[u8]) -> (Reading, usize) {
        let start = bytes.get(..SHORT).unwrap_or(bytes);
        let reading = Reading::new(&mut Content::bytes(start), &self.options);
        let cost = usize::try_from(reading.outcome.consumed).unwrap_or(usize::MAX);
        let cost = cost.max(COST);
        let is_cut = start.len() < bytes.len() && matches!(reading.outcome.end, End::Truncated(_));
        if !is_cut || !goes_on(bytes, reading.machine.at) {
            return (reading, cost);
        }
        let reading = Reading::new(&mut Content::bytes(bytes), &self.options);
        let more = usize::try_from(reading.outcome.consumed).unwrap_or(usize::MAX);
        (reading, cost.saturating_add(more))
    }

    /// Searches bytes that are at a place in the content.
    fn region(&mut self, bytes: &[u8], base: u64, report: &mut Report<'_>) {
        let mut budget = bytes
            .len()
            .saturating_mul(MAX_TIMES)
            .saturating_add(1 << 16);
        let mut place = 0_usize;
        while let Some((at, start)) = next(bytes, place) {
            let rest = bytes.get(at..).unwrap_or_default();
            if start == Start::Inst && !has_mark(bytes, at, &mut budget) && budget > 0 {
                place = at.saturating_add(1);
                continue;
            }
            let (reading, cost) = self.execute(rest);
            budget = budget.saturating_sub(cost);
            if is_worth_telling(&reading, start) {
                self.reported = self.reported.saturating_add(1);
                let at = base.saturating_add(at as u64);
                reading.report_at(
                    &format!("in the pickle behind other data at byte {at}"),
                    report,
                );
            }
            if budget == 0 || self.reported >= MOST {
                let detail = "there is too much behind other data that may be a pickle";
                return report.incomplete(ReasonCode::TooMany, detail);
            }
            let used = usize::try_from(reading.outcome.consumed).unwrap_or(usize::MAX);
            let step = match reading.outcome.end {
                End::Stopped => used.max(1),
                _ => 1,
            };
            place = at.saturating_add(step);
        }
    }
}

/// Whether a stream that was cut would go on: not if the last instruction's argument is said to be
/// longer than all that is there.
fn goes_on(bytes: &[u8], at: u64) -> bool {
    let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
    let Some((opcode, rest)) = rest.and_then(<[u8]>::split_first) else {
        return false;
    };
    match op::argument(*opcode) {
        Some(op::Argument::Counted { width, .. }) => {
            let length = rest.get(..width).unwrap_or_default().iter().rev();
            let length = length.fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
            length <= rest.len() as u64
        }
        _ => true,
    }
}

/// The next place where a pickle may begin.
fn next(bytes: &[u8], from: usize) -> Option<(usize, Start)> {
    let rest = bytes.get(from..)?;
    memchr::memchr3_iter(0x80, b'c', b'i', rest).find_map(|at| {
        let found = rest.get(at..)?;
        let start = match found {
            [0x80, 0..=5, ..] => {
                let head = found.get(..HEAD).unwrap_or(found);
                (guess(head) == Guess::Strong).then_some(Start::Proto)
            }
            [0x80, ..] => None,
            [b'i', ..] => names_danger(found).then_some(Start::Inst),
            _ => names_danger(found).then_some(Start::Global),
        }?;
        Some((from.checked_add(at)?, start))
    })
}

/// Whether instructions lead from a `MARK` to an `INST` at a place, which needs one. Texts hold what
/// looks like an `INST`: of a line with `int`, it is all but the first letter. Every instruction
/// that is passed is taken off the budget.
fn has_mark(bytes: &[u8], at: usize, budget: &mut usize) -> bool {
    let first = at.saturating_sub(MAX_ARGUMENTS);
    let before = bytes.get(first..at).unwrap_or_default();
    memchr::memrchr_iter(b'(', before)
        .take(MAX_MARKS)
        .any(|mark| {
            let mut rest = before.get(mark..).unwrap_or_default();
            while !rest.is_empty() {
                *budget = budget.saturating_sub(1);
                match op::behind(rest) {
                    Some(behind) if *budget > 0 => rest = behind,
                    _ => return false,
                }
            }
            true
        })
}

/// Whether a `GLOBAL` or an `INST` names something dangerous.
fn names_danger(bytes: &[u8]) -> bool {
    let parts = bytes.get(1..).and_then(|rest| {
        let (module, rest) = identifier(rest)?;
        let (attribute, _) = identifier(rest)?;
        Some((module, attribute))
    });
    parts.is_some_and(|(module, attribute)| judge::judge(module, attribute) >= Verdict::Code)
}

/// A line that is a name with dots, and what is behind it.
fn identifier(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let length = bytes
        .iter()
        .take(MAX_NAME)
        .take_while(|byte| is_part(byte))
        .count();
    let (name, rest) = bytes.split_at_checked(length)?;
    match (name.first()?, rest) {
        (b'0'..=b'9' | b'.', _) => None,
        (_, [b'\n', rest @ ..]) => Some((std::str::from_utf8(name).ok()?, rest)),
        _ => None,
    }
}

/// Whether it would call something that is not safe. Bytes that are no pickle name things without
/// calling them.
fn is_worth_telling(reading: &Reading, start: Start) -> bool {
    let least = match (start, &reading.outcome.end) {
        (Start::Proto, End::Stopped) => Verdict::Unknown,
        _ => Verdict::Code,
    };
    let called = reading
        .outcome
        .callables
        .iter()
        .any(|used| used.calls > 0 && used.verdict >= least);
    let overrides = !reading.machine.uses.overrides.is_empty();
    called
        || overrides && reading.outcome.end == End::Stopped
        || reading
            .nested
            .iter()
            .any(|(_, inner)| inner.worst() >= Verdict::Code)
}

#[cfg(test)]
mod tests {
    use super::super::tests::build::Asm;
    use super::*;

    #[test]
    fn starts_are_found() {
        for (bytes, expected) in [
            (
                &b"xxx\x80\x04\x8c\x02os\x8c\x06system\x93."[..],
                Some((3, Start::Proto)),
            ),
            (b"\0\0cos\nsystem\n(S'id'\ntR.", Some((2, Start::Global))),
            (b"(S'id'\nios\nsystem\n.", Some((7, Start::Inst))),
            (b"ccollections\nOrderedDict\n.", None),
            (b"cat\ncow\nice\n", None),
            (b"cos\nsystem", None),
            (b"\x80\x80\x80\x80", None),
            (b"\x80\x04\xff\xff", None),
            (b"", None),
        ] {
            assert_eq!(next(bytes, 0), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_looks_like_an_inst_has_no_mark() {
        for (bytes, expected) in [
            (&b"(S'id'\nios\nsystem\n."[..], true),
            (b"xx(I1\n(lp0\nV\xc3\xa4\naios\nsystem\n.", true),
            // The text `int`, as protocol 0 writes it.
            (b"(dp4\nVint\np6\nI4\ns.", false),
            (b"ios\nsystem\n.", false),
        ] {
            let at = memchr::memmem::find(bytes, b"i").unwrap();
            let at = memchr::memmem::find(bytes, b"ios").unwrap_or(at);
            let mut budget = 100;
            assert_eq!(
                has_mark(bytes, at, &mut budget),
                expected,
                "{}",
                bytes.escape_ascii()
            );
            let mut budget = 1;
            assert!(!has_mark(bytes, at, &mut budget));
        }
    }

    #[test]
    fn random_bytes_are_no_pickles() {
        let mut state = 7_u64;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as u8
        })
        .take(4 << 20)
        .collect();
        let location = gw_finding::Location::file("a.bin");
        let mut out = gw_analysis::Output::default();
        let mut report = Report::new(&location, false, &mut out);
        let mut content = Content::bytes(&bytes);
        hunt(&mut content, 0, &PickleOptions::default(), &mut report);
        assert!(out.findings.is_empty(), "{:?}", out.findings);
        assert!(out.incomplete.is_empty(), "{:?}", out.incomplete);
    }

    #[test]
    fn both_ends_of_large_content_are_searched() {
        let hostile = Asm::new(4).call("os", "system", &["id"]).stop();
        let mut bytes = vec![0; 40 << 20];
        for at in [5 << 20, 20 << 20, 39 << 20] {
            bytes[at..at + hostile.len()].copy_from_slice(&hostile);
        }
        let location = gw_finding::Location::file("a.bin");
        let mut out = gw_analysis::Output::default();
        let mut report = Report::new(&location, false, &mut out);
        let mut content = Content::bytes(&bytes);
        hunt(&mut content, 0, &PickleOptions::default(), &mut report);
        assert_eq!(out.findings.len(), 2);
        assert!(
            out.findings[0]
                .message
                .contains(&format!("at byte {}", 5 << 20))
        );
    }
}
