use std::io;

use memchr::memmem;

use super::field::read_at;
use crate::ReadSeek;
use crate::meter::Meter;

/// The size of a local header without its name: a smaller gap hides nothing.
const SMALLEST: u64 = 30;

/// How much is searched at once, in bytes.
const CHUNK: usize = 256 << 10;

/// The parts of a file of `len` bytes that none of the sorted, claimed parts covers.
pub(super) fn of(claimed: &[(u64, u64)], len: u64) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for &(start, end) in claimed.iter().chain([&(len, len)]) {
        let start = start.min(len);
        if start > at && start - at >= SMALLEST {
            gaps.push((at, start));
        }
        at = at.max(end);
    }
    gaps
}

/// The place of the next local header's signature between two places.
pub(super) fn next_header(
    input: &mut dyn ReadSeek,
    mut at: u64,
    end: u64,
    meter: &Meter<'_>,
) -> io::Result<Option<u64>> {
    while at < end && meter.stopped().is_none() {
        let left = usize::try_from(end - at).unwrap_or(usize::MAX);
        let bytes = read_at(input, at, left.min(CHUNK))?;
        meter.work(bytes.len() as u64);
        if let Some(found) = memmem::find(&bytes, b"PK\x03\x04") {
            return Ok(Some(at.saturating_add(found as u64)));
        }
        // The signature may lie across two chunks.
        let Some(step) = bytes.len().checked_sub(3).filter(|&step| step > 0) else {
            return Ok(None);
        };
        at = at.saturating_add(step as u64);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_is_left() {
        let check = |claimed: &[(u64, u64)], expected: &[(u64, u64)]| {
            assert_eq!(of(claimed, 1000), expected, "{claimed:?}");
        };
        check(&[], &[(0, 1000)]);
        check(&[(0, 1000)], &[]);
        check(&[(0, 400), (416, 1000)], &[]);
        check(
            &[(100, 400), (200, 300), (500, 990)],
            &[(0, 100), (400, 500)],
        );
        check(&[(900, u64::MAX)], &[(0, 900)]);
        check(&[(2000, 3000)], &[(0, 1000)]);
    }
}
