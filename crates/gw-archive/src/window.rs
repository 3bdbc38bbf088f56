use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;

use crate::ReadSeek;
use crate::meter::Meter;

/// A part of an archive that is a member's content as it is, and can be read from any place.
///
/// Its checksum is summed up over what is read in order from the start. Bytes count as expanded
/// when they are read first; to read them again is only work.
pub(crate) struct Window<'w, 'm> {
    input: &'w mut dyn ReadSeek,
    meter: &'w Meter<'m>,
    start: u64,
    len: u64,
    /// Whether its bytes count as expanded.
    counts: bool,
    at: u64,
    /// Where `input` stands.
    placed: Option<u64>,
    crc: Crc,
    summed: u64,
    /// The end of what was read so far.
    reached: u64,
    /// Where the archive ended, if it did within the window.
    cut: Option<u64>,
    error: Option<String>,
}

impl<'w, 'm> Window<'w, 'm> {
    /// `len` bytes of `input` from `start` on.
    pub(crate) fn new(
        input: &'w mut dyn ReadSeek,
        start: u64,
        len: u64,
        counts: bool,
        meter: &'w Meter<'m>,
    ) -> Self {
        Self {
            input,
            meter,
            start,
            len,
            counts,
            at: 0,
            placed: None,
            crc: Crc::new(),
            summed: 0,
            reached: 0,
            cut: None,
            error: None,
        }
    }

    /// The checksum, if all was read in order.
    pub(crate) fn checksum(&self) -> Option<u32> {
        (self.summed == self.len).then(|| self.crc.sum())
    }

    /// How many bytes there were, if the archive ended before the window did.
    pub(crate) const fn cut(&self) -> Option<u64> {
        self.cut
    }

    /// The error that ended reading, if it was not the meter.
    pub(crate) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn read_at(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let place = self.start.saturating_add(self.at);
        if self.placed != Some(place) {
            self.placed = None;
            self.input.seek(SeekFrom::Start(place))?;
        }
        let count = self.input.read(buffer)?;
        self.placed = Some(place.saturating_add(count as u64));
        Ok(count)
    }

    /// Notes that `bytes` were read at the current place.
    fn note(&mut self, bytes: &[u8]) {
        let end = self.at.saturating_add(bytes.len() as u64);
        if self.at <= self.summed && end > self.summed {
            let known = usize::try_from(self.summed - self.at).unwrap_or(usize::MAX);
            self.crc.update(bytes.get(known..).unwrap_or_default());
            self.summed = end;
        }
        let fresh = end.saturating_sub(self.reached.max(self.at));
        self.reached = self.reached.max(end);
        if self.counts {
            self.meter.expand(fresh);
            self.meter.work((bytes.len() as u64).saturating_sub(fresh));
        } else {
            self.meter.work(bytes.len() as u64);
        }
        self.at = end;
    }
}

impl Read for Window<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stopped().is_some() {
            return Err(io::Error::other("a limit was reached"));
        }
        let left = self.len.saturating_sub(self.at);
        let room = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(buffer) = buffer.get_mut(..room).filter(|room| !room.is_empty()) else {
            return Ok(0);
        };
        match self.read_at(buffer) {
            Ok(0) => {
                self.cut = Some(self.cut.map_or(self.at, |cut| cut.min(self.at)));
                Ok(0)
            }
            Ok(count) => {
                self.note(buffer.get(..count).unwrap_or_default());
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                if self.meter.stopped().is_none() {
                    self.error.get_or_insert_with(|| error.to_string());
                }
                Err(error)
            }
        }
    }
}

impl Seek for Window<'_, '_> {
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

    use super::*;
    use crate::Allowance;

    #[test]
    fn a_window_is_read_here_and_there() {
        let allowance = Allowance {
            members: 1,
            ratio: 1,
            grace: 100,
            total: 100,
        };
        let never = || false;
        let meter = Meter::new(allowance, 1, &never);
        let mut input = Cursor::new(b"..0123456789..".to_vec());
        let mut window = Window::new(&mut input, 2, 10, true, &meter);
        let mut two = [0; 2];
        window.seek(SeekFrom::End(-1)).unwrap();
        assert_eq!(window.read(&mut two).unwrap(), 1, "not beyond the end");
        assert_eq!(two[0], b'9');
        assert_eq!(window.checksum(), None, "the start was not read");
        window.seek(SeekFrom::Start(3)).unwrap();
        window.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"34");
        window.seek(SeekFrom::Current(-5)).unwrap();
        let mut all = String::new();
        window.read_to_string(&mut all).unwrap();
        assert_eq!(all, "0123456789");
        let mut crc = Crc::new();
        crc.update(b"0123456789");
        assert_eq!(window.checksum(), Some(crc.sum()));
        assert!(window.seek(SeekFrom::Current(-11)).is_err());
        assert_eq!(window.seek(SeekFrom::Start(99)).unwrap(), 99);
        assert_eq!(window.read(&mut two).unwrap(), 0);
    }
}
