use std::borrow::Cow;

use gw_finding::ReasonCode;

use crate::Content;
use crate::tensor::input::{Reading, Trouble};

/// How much is read at once, and how many such pages are kept.
const PAGE: u64 = 16 << 10;
const KEPT: usize = 64;

/// The largest content without a way to seek that is read, in bytes.
const MAX_STREAM: u64 = 64 << 20;

/// Content that is read here and there, in at most a megabyte of memory, or [`MAX_STREAM`] if it can
/// only be read in order.
pub(crate) struct Window<'w, 'c> {
    source: Source<'w, 'c>,
    size: u64,
    /// How many reads are left: offsets can lead to the same bytes over and over.
    reads: u64,
}

enum Source<'w, 'c> {
    Whole(Cow<'c, [u8]>),
    Paged(&'w mut Content<'c>, Vec<(u64, Vec<u8>)>),
}

/// How many fields are read of a file.
const MAX_READS: u64 = 1 << 23;

impl<'w, 'c> Window<'w, 'c> {
    pub(crate) fn new(content: &'w mut Content<'c>) -> Reading<Self> {
        let (source, size) = match (content.all(), content.size()?) {
            (Some(bytes), _) => (Source::Whole(Cow::Borrowed(bytes)), bytes.len() as u64),
            (None, Some(size)) => (Source::Paged(content, Vec::new()), size),
            (None, None) => {
                let bytes = content.take_up_to(MAX_STREAM.saturating_add(1))?;
                let size = bytes.len() as u64;
                if size > MAX_STREAM {
                    let detail =
                        format!("more than {MAX_STREAM} bytes that can only be read in order");
                    return Err(Trouble::Limit(ReasonCode::TooLarge, detail));
                }
                (Source::Whole(Cow::Owned(bytes)), size)
            }
        };
        Ok(Self {
            source,
            size,
            reads: MAX_READS,
        })
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The `N` bytes at a place.
    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Reading<[u8; N]> {
        let bytes = self.bytes(at, N as u64)?;
        bytes.first_chunk().copied().ok_or(Trouble::Ends(self.size))
    }

    /// The `count` bytes at a place; the caller bounds `count`.
    pub(crate) fn bytes(&mut self, at: u64, count: u64) -> Reading<Cow<'_, [u8]>> {
        self.reads = self.reads.saturating_sub(1);
        if self.reads == 0 {
            let detail = format!("more than {MAX_READS} fields are reached");
            return Err(Trouble::Limit(ReasonCode::TooMany, detail));
        }
        let size = self.size;
        let end = at.checked_add(count).filter(|end| *end <= size);
        let Some(end) = end else {
            return Err(Trouble::Malformed(format!(
                "{count} bytes at byte {at} of {size} are referred to"
            )));
        };
        match &mut self.source {
            Source::Whole(bytes) => {
                let range = usize::try_from(at).unwrap_or(usize::MAX)
                    ..usize::try_from(end).unwrap_or(usize::MAX);
                Ok(Cow::Borrowed(bytes.get(range).unwrap_or_default()))
            }
            Source::Paged(content, pages) => {
                let mut found = Vec::new();
                let mut place = at;
                while place < end {
                    let page = page(content, pages, place / PAGE)?;
                    let from = usize::try_from(place % PAGE).unwrap_or(0);
                    let left = usize::try_from(end.saturating_sub(place)).unwrap_or(usize::MAX);
                    let part = page.get(from..).unwrap_or_default();
                    let part = part.get(..left).unwrap_or(part);
                    if part.is_empty() {
                        return Err(Trouble::Ends(place));
                    }
                    found.extend_from_slice(part);
                    place = place.saturating_add(part.len() as u64);
                }
                Ok(Cow::Owned(found))
            }
        }
    }
}

/// A page, read if it is not kept.
fn page<'p>(
    content: &mut Content<'_>,
    pages: &'p mut Vec<(u64, Vec<u8>)>,
    number: u64,
) -> Reading<&'p [u8]> {
    let index = match pages.iter().position(|(known, _)| *known == number) {
        Some(index) => index,
        None => {
            if pages.len() >= KEPT {
                pages.remove(0);
            }
            content.go_to(number.saturating_mul(PAGE))?;
            let page = content.take_up_to(PAGE)?;
            pages.push((number, page));
            pages.len().saturating_sub(1)
        }
    };
    Ok(pages.get(index).map_or(&[], |(_, page)| page.as_slice()))
}
