use std::io::{self, Read};

use crate::ReadSeek;

/// A member's content.
///
/// Whatever it is, it can be read in order. What lies in the archive as it is (a stored member of
/// a zip, a member of a tar that can be read from any place) can be read from any place as well,
/// so that nobody has to read gigabytes to see a header.
pub enum Content<'c> {
    /// It is expanded while it is read, or comes from an archive that is read in order.
    Stream(&'c mut dyn Read),
    /// It can be read from any place; it stands at the start.
    Seekable(&'c mut dyn ReadSeek),
}

impl Content<'_> {
    /// The content, if it can be read from any place.
    pub fn seekable(&mut self) -> Option<&mut dyn ReadSeek> {
        match self {
            Self::Stream(_) => None,
            Self::Seekable(input) => Some(&mut **input),
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stream(input) => input.read(buffer),
            Self::Seekable(input) => input.read(buffer),
        }
    }
}
