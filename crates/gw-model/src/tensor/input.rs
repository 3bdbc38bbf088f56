use std::io::{self, Read as _};

use gw_finding::ReasonCode;

use crate::Content;
use crate::report::Report;

/// How much is read at once, in bytes: headers are made of many small fields.
const CHUNK: usize = 64 << 10;

/// Numbers and texts in order from content that may be too large to be held, in [`CHUNK`] bytes of
/// memory and what the caller asks for.
pub(crate) struct Input<'i, 'c> {
    content: &'i mut Content<'c>,
    buffer: Vec<u8>,
    /// The place in the buffer that is read next.
    next: usize,
    /// The place of the end of the buffer in the content.
    end: u64,
    size: Option<u64>,
}

/// Why something could not be read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The content ends at this place, before what it promises.
    Ends(u64),
    /// The content says something that its format does not allow.
    Malformed(String),
    /// A limit was reached.
    Limit(ReasonCode, String),
    /// The content cannot be read.
    Io(io::Error),
}

pub(crate) type Reading<T> = Result<T, Trouble>;

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Trouble {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed(detail.into())
    }

    /// The reason code, and what happened in words.
    pub(crate) fn said(&self) -> (ReasonCode, String) {
        match self {
            Self::Ends(at) => (
                ReasonCode::Malformed,
                format!("it ends at byte {at}, in the middle of what it promises"),
            ),
            Self::Malformed(detail) => (ReasonCode::Malformed, detail.clone()),
            Self::Limit(reason, detail) => (*reason, detail.clone()),
            Self::Io(error) => (ReasonCode::Unreadable, error.to_string()),
        }
    }

    /// Reports that reading `what` went no further.
    pub(crate) fn report(&self, what: &str, report: &mut Report<'_>) {
        let (reason, detail) = self.said();
        report.incomplete(reason, format!("{what}: {detail}"));
    }
}

impl<'i, 'c> Input<'i, 'c> {
    /// Reads on from where the content stands.
    ///
    /// # Errors
    /// If the content cannot say how large it is or where it stands.
    pub(crate) fn new(content: &'i mut Content<'c>) -> io::Result<Self> {
        let size = content.size()?;
        let end = content.position()?;
        Ok(Self {
            content,
            buffer: Vec::new(),
            next: 0,
            end,
            size,
        })
    }

    /// The place that is read next, in bytes from the start.
    pub(crate) fn at(&self) -> u64 {
        let unread = self.buffer.len().saturating_sub(self.next);
        self.end.saturating_sub(unread as u64)
    }

    /// How many bytes the content has, if that can be told.
    pub(crate) const fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many bytes are left, if that can be told.
    pub(crate) fn left(&self) -> Option<u64> {
        self.size.map(|size| size.saturating_sub(self.at()))
    }

    /// Whether `count` bytes more are certainly not there.
    pub(crate) fn lacks(&self, count: u64) -> bool {
        self.left().is_some_and(|left| count > left)
    }

    /// Exactly `count` bytes. The caller bounds `count`; no memory is taken for bytes that are not
    /// there.
    pub(crate) fn bytes(&mut self, count: u64) -> Reading<Vec<u8>> {
        let bytes = self.up_to(count)?;
        if (bytes.len() as u64) < count {
            return Err(Trouble::Ends(self.at()));
        }
        Ok(bytes)
    }

    /// Up to `count` bytes; fewer only at the end.
    pub(crate) fn up_to(&mut self, count: u64) -> Reading<Vec<u8>> {
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        loop {
            let left = wanted.saturating_sub(bytes.len());
            let unread = self.buffer.get(self.next..).unwrap_or_default();
            let part = unread.get(..left).unwrap_or(unread);
            self.next = self.next.saturating_add(part.len());
            bytes.extend_from_slice(part);
            if bytes.len() >= wanted || !self.fill()? {
                return Ok(bytes);
            }
        }
    }

    /// An array of bytes, for `from_le_bytes` and the like.
    pub(crate) fn array<const N: usize>(&mut self) -> Reading<[u8; N]> {
        loop {
            let unread = self.buffer.get(self.next..).unwrap_or_default();
            if let Some(array) = unread.first_chunk::<N>() {
                self.next = self.next.saturating_add(N);
                return Ok(*array);
            }
            if !self.fill_more()? {
                return Err(Trouble::Ends(self.end));
            }
        }
    }

    pub(crate) fn u8(&mut self) -> Reading<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Reading<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Reading<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Whether there is nothing more.
    pub(crate) fn is_at_end(&mut self) -> Reading<bool> {
        Ok(self.next >= self.buffer.len() && !self.fill()?)
    }

    /// Leaves out `count` bytes.
    pub(crate) fn skip(&mut self, count: u64) -> Reading<()> {
        if self.lacks(count) {
            return Err(Trouble::Ends(self.size.unwrap_or(0)));
        }
        let unread = self.buffer.len().saturating_sub(self.next);
        if let Some(count) = usize::try_from(count).ok().filter(|count| *count <= unread) {
            self.next = self.next.saturating_add(count);
            return Ok(());
        }
        let more = count.saturating_sub(unread as u64);
        self.buffer.clear();
        self.next = 0;
        let skipped = self.content.skip(more)?;
        self.end = self.end.saturating_add(skipped);
        if skipped < more {
            return Err(Trouble::Ends(self.end));
        }
        Ok(())
    }

    /// Goes to a place, in bytes from the start. Of a stream, only onwards.
    pub(crate) fn go_to(&mut self, place: u64) -> Reading<()> {
        if let Some(count) = place.checked_sub(self.at()) {
            return self.skip(count);
        }
        if self.size.is_some_and(|size| place > size) {
            return Err(Trouble::Ends(self.size.unwrap_or(0)));
        }
        self.buffer.clear();
        self.next = 0;
        self.content.go_to(place)?;
        self.end = place;
        Ok(())
    }

    /// Replaces a buffer that is used up. False at the end.
    fn fill(&mut self) -> Reading<bool> {
        self.buffer.clear();
        self.next = 0;
        self.fill_more()
    }

    /// Adds to what is unread. False at the end.
    fn fill_more(&mut self) -> Reading<bool> {
        self.buffer.drain(..self.next.min(self.buffer.len()));
        self.next = 0;
        let before = self.buffer.len();
        (&mut *self.content)
            .take(CHUNK as u64)
            .read_to_end(&mut self.buffer)?;
        let count = self.buffer.len().saturating_sub(before);
        self.end = self.end.saturating_add(count as u64);
        Ok(count > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Runs a check on the same bytes in each form that content comes in.
    fn each(bytes: &[u8], check: impl Fn(&mut Input<'_, '_>)) {
        let mut content = Content::bytes(bytes);
        check(&mut Input::new(&mut content).unwrap());
        let mut cursor = Cursor::new(bytes);
        let mut content = Content::Seekable(&mut cursor);
        check(&mut Input::new(&mut content).unwrap());
        let mut stream = bytes;
        let mut content = Content::Stream(&mut stream, 0);
        check(&mut Input::new(&mut content).unwrap());
    }

    #[test]
    fn reads_and_skips_alike_from_everything() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        each(&bytes, |input| {
            assert_eq!(input.u32().unwrap(), 0x0302_0100);
            input.skip(6).unwrap();
            assert_eq!(input.u8().unwrap(), 10);
            assert_eq!(input.at(), 11);
            input.go_to(150_000).unwrap();
            assert_eq!(input.at(), 150_000);
            assert_eq!(input.bytes(2).unwrap(), bytes[150_000..150_002]);
            assert_eq!(input.up_to(1 << 40).unwrap().len(), 49_998);
            assert!(input.is_at_end().unwrap());
            assert!(matches!(input.u8(), Err(Trouble::Ends(200_000))));
            assert!(matches!(input.skip(1), Err(Trouble::Ends(200_000))));
        });
    }
}
