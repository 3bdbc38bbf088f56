use std::io::{self, Read, Seek, SeekFrom};

use gw_analysis::{Large, ReadSeek};

/// The bytes that a reader looks at: all there, or where they lie.
///
/// Whatever they are, they can be read in order ([`Read`]) and skipped ([`Content::skip`]); where
/// [`Content::seekable`] gives something, also from any place. Skipping costs nothing unless the
/// bytes are a stream.
pub enum Content<'c> {
    /// All there; the second field is the place.
    Bytes(&'c [u8], usize),
    /// In a file or a stored member of an archive.
    Seekable(&'c mut dyn ReadSeek),
    /// Read once, from the start; the second field is how many bytes were read.
    Stream(&'c mut dyn Read, u64),
}

impl<'c> Content<'c> {
    /// Bytes that are all there.
    #[must_use]
    pub const fn bytes(bytes: &'c [u8]) -> Self {
        Self::Bytes(bytes, 0)
    }

    /// Content that is too large to be held.
    #[must_use]
    pub fn large(large: Large<'c>) -> Self {
        match large {
            Large::Seekable(input) => Self::Seekable(input),
            Large::Stream(input) => Self::Stream(input, 0),
        }
    }

    /// All the bytes, if they are all there.
    #[must_use]
    pub const fn all(&self) -> Option<&'c [u8]> {
        match self {
            Self::Bytes(bytes, _) => Some(bytes),
            Self::Seekable(_) | Self::Stream(..) => None,
        }
    }

    /// The place that is read next, in bytes from the start.
    ///
    /// # Errors
    /// If the file cannot say.
    pub fn position(&mut self) -> io::Result<u64> {
        match self {
            Self::Bytes(_, at) => Ok(*at as u64),
            Self::Seekable(input) => input.stream_position(),
            Self::Stream(_, at) => Ok(*at),
        }
    }

    /// Leaves out `count` bytes, or all that are left if there are fewer. Returns how many there
    /// were; of seekable content, where the end does not matter to skipping, always `count`.
    ///
    /// # Errors
    /// If the content cannot be read.
    pub fn skip(&mut self, count: u64) -> io::Result<u64> {
        match self {
            Self::Bytes(bytes, at) => {
                let left = bytes.len().saturating_sub(*at) as u64;
                let skipped = count.min(left);
                *at = at.saturating_add(usize::try_from(skipped).unwrap_or(usize::MAX));
                Ok(skipped)
            }
            Self::Seekable(input) => {
                let at = input.stream_position()?.saturating_add(count);
                input.seek(SeekFrom::Start(at))?;
                Ok(count)
            }
            Self::Stream(input, at) => {
                let skipped = io::copy(&mut Read::take(&mut **input, count), &mut io::sink())?;
                *at = at.saturating_add(skipped);
                Ok(skipped)
            }
        }
    }

    /// Goes to a place, in bytes from the start. Of a stream, only onwards.
    ///
    /// # Errors
    /// If the content cannot be read, or is a stream that is past the place.
    pub fn go_to(&mut self, place: u64) -> io::Result<()> {
        match self {
            Self::Bytes(bytes, at) => {
                *at = usize::try_from(place).map_or(bytes.len(), |place| place.min(bytes.len()));
                Ok(())
            }
            Self::Seekable(input) => input.seek(SeekFrom::Start(place)).map(drop),
            Self::Stream(_, at) => match place.checked_sub(*at) {
                Some(count) => self.skip(count).map(drop),
                None => Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "the content can only be read in order",
                )),
            },
        }
    }

    /// How many bytes there are, if that can be told without reading them.
    ///
    /// # Errors
    /// If the content cannot be read.
    pub fn size(&mut self) -> io::Result<Option<u64>> {
        match self {
            Self::Bytes(bytes, _) => Ok(Some(bytes.len() as u64)),
            Self::Seekable(input) => {
                let at = input.stream_position()?;
                let end = input.seek(SeekFrom::End(0))?;
                input.seek(SeekFrom::Start(at))?;
                Ok(Some(end))
            }
            Self::Stream(..) => Ok(None),
        }
    }

    /// Reads up to `count` bytes; fewer only at the end.
    ///
    /// # Errors
    /// If the content cannot be read.
    pub fn take_up_to(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Read::by_ref(self).take(count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes, at) => {
                let mut left = bytes.get(*at..).unwrap_or_default();
                let count = left.read(buffer)?;
                *at = at.saturating_add(count);
                Ok(count)
            }
            Self::Seekable(input) => input.read(buffer),
            Self::Stream(input, at) => {
                let count = input.read(buffer)?;
                *at = at.saturating_add(count as u64);
                Ok(count)
            }
        }
    }
}
