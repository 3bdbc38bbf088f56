use std::io::{self, Read, Seek, SeekFrom};

use gw_archive::ReadSeek;
use gw_source::Limits;

/// How much is read at once, in bytes.
const BUFFER: usize = 16 << 10;

/// Content that is too large to be held, for an analyzer that looks at it here and there: small
/// reads are served from a buffer that a short way back or forth does not empty. Reading fails
/// when the time is up.
pub(crate) struct Buffered<'b> {
    inner: &'b mut dyn ReadSeek,
    limits: &'b Limits,
    buffer: Vec<u8>,
    /// Where the buffer's bytes lie.
    start: u64,
    at: u64,
    len: u64,
    /// How many bytes were read.
    pub(crate) read: u64,
    /// Whether the time was up.
    pub(crate) expired: bool,
}

impl<'b> Buffered<'b> {
    /// # Errors
    /// If the content can only be read in order.
    pub(crate) fn new(inner: &'b mut dyn ReadSeek, limits: &'b Limits) -> io::Result<Self> {
        let len = inner.seek(SeekFrom::End(0))?;
        Ok(Self {
            inner,
            limits,
            buffer: Vec::new(),
            start: 0,
            at: 0,
            len,
            read: 0,
            expired: false,
        })
    }

    /// How many bytes there are.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// The bytes of the buffer from the current place on.
    fn ready(&self) -> &[u8] {
        let at = self.at.checked_sub(self.start);
        at.and_then(|at| usize::try_from(at).ok())
            .and_then(|at| self.buffer.get(at..))
            .unwrap_or_default()
    }

    fn fetch(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.limits.expired() {
            self.expired = true;
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the time is up"));
        }
        self.inner.seek(SeekFrom::Start(self.at))?;
        let count = self.inner.read(into)?;
        self.read = self.read.saturating_add(count as u64);
        Ok(count)
    }
}

impl Read for Buffered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.ready();
        if ready.is_empty() && into.len() < BUFFER {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(BUFFER, 0);
            let count = self.fetch(&mut buffer)?;
            buffer.truncate(count);
            (self.buffer, self.start) = (buffer, self.at);
            ready = self.ready();
        }
        let count = if ready.is_empty() {
            self.fetch(into)?
        } else {
            ready.read(into)?
        };
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Buffered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use super::*;

    #[test]
    fn reads_here_and_there() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        let mut inner = Cursor::new(bytes.clone());
        let limits = Limits::default();
        let mut input = Buffered::new(&mut inner, &limits).unwrap();
        assert_eq!(input.len(), 100_000);
        let mut state = 1_u32;
        for _ in 0..2000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % 100_100;
            let size = (state >> 3) as usize % 20_000;
            input.seek(SeekFrom::Start(at as u64)).unwrap();
            let mut read = Vec::new();
            Read::by_ref(&mut input)
                .take(size as u64)
                .read_to_end(&mut read)
                .unwrap();
            let from = at.min(bytes.len());
            assert_eq!(read, &bytes[from..(from + size).min(bytes.len())]);
        }
    }

    #[test]
    fn ends_with_the_time() {
        let mut inner = Cursor::new(vec![0; 100]);
        let limits = Limits::default().ending(Duration::ZERO);
        let mut input = Buffered::new(&mut inner, &limits).unwrap();
        assert!(input.read(&mut [0; 4]).is_err());
        assert!(input.expired);
    }
}
