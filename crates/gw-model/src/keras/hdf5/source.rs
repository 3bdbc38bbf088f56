//! Bytes at places of a file, within an allowance.

use std::io::Read;

use crate::Content;

/// How many bytes of a file's structure are read altogether. Structure is small; numbers are
/// never read.
const MAX_READ: u64 = 256 << 20;

/// How many bytes of a file that can only be read in order are kept.
const MAX_STREAM: u64 = 64 << 20;

/// Why a place could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The file ends before, or is not what the format requires.
    Malformed(String),
    /// A limit was reached.
    TooMuch(String),
    /// A version or kind of structure that is not read.
    Unsupported(String),
    /// The file could not be read.
    Io(String),
}

pub(super) type Result<T> = std::result::Result<T, Trouble>;

pub(super) fn malformed<T>(what: impl Into<String>) -> Result<T> {
    Err(Trouble::Malformed(what.into()))
}

/// A file that can be read anywhere.
pub(super) struct Source<'c> {
    content: Content<'c>,
    kept: Option<Vec<u8>>,
    /// Whether there is more than what is kept.
    pub(super) cut: bool,
    pub(super) size: u64,
    /// Where the format's addresses count from.
    pub(super) base: u64,
    /// How many bytes an address has, and how many a length.
    pub(super) offset_size: usize,
    pub(super) length_size: usize,
    read: u64,
}

impl<'c> Source<'c> {
    pub(super) fn new(mut content: Content<'c>) -> std::io::Result<Self> {
        let mut kept = None;
        let mut cut = false;
        let size = match content.size()? {
            Some(size) => size,
            None => {
                let bytes = content.take_up_to(MAX_STREAM)?;
                cut = Read::by_ref(&mut content).take(1).read(&mut [0])? > 0;
                let size = bytes.len() as u64;
                kept = Some(bytes);
                size
            }
        };
        Ok(Self {
            content,
            kept,
            cut,
            size,
            base: 0,
            offset_size: 8,
            length_size: 8,
            read: 0,
        })
    }

    /// `count` bytes at an address.
    pub(super) fn bytes(&mut self, address: u64, count: u64) -> Result<Vec<u8>> {
        let place = self.base.checked_add(address);
        let end = place.and_then(|place| place.checked_add(count));
        let (Some(place), Some(end)) = (place, end) else {
            return malformed(format!("an address beyond every file: {address:#x}"));
        };
        if end > self.size {
            return malformed(format!(
                "{count} bytes at {place:#x} of a file that ends at {:#x}",
                self.size
            ));
        }
        self.read = self.read.saturating_add(count);
        if self.read > MAX_READ {
            return Err(Trouble::TooMuch(format!(
                "more than {MAX_READ} bytes of structure"
            )));
        }
        let range = || Some(usize::try_from(place).ok()?..usize::try_from(end).ok()?);
        if let Some(kept) = self.kept.as_deref().or(self.content.all()) {
            let bytes = range().and_then(|range| kept.get(range));
            return Ok(bytes.unwrap_or_default().to_vec());
        }
        let io = |error: std::io::Error| Trouble::Io(error.to_string());
        self.content.go_to(place).map_err(io)?;
        let bytes = self.content.take_up_to(count).map_err(io)?;
        if bytes.len() as u64 != count {
            return malformed("the file ends before its size");
        }
        Ok(bytes)
    }

    /// As many bytes as there are, up to `count`.
    pub(super) fn up_to(&mut self, address: u64, count: u64) -> Result<Vec<u8>> {
        let left = self.size.saturating_sub(self.base.saturating_add(address));
        self.bytes(address, count.min(left))
    }
}

/// Bytes that are taken from the front.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'b [u8]> {
        let end = self.at.saturating_add(count);
        let Some(bytes) = self.bytes.get(self.at..end) else {
            return malformed(format!(
                "a structure that ends after {} bytes",
                self.bytes.len()
            ));
        };
        self.at = end;
        Ok(bytes)
    }

    pub(super) fn rest(&mut self) -> &'b [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len();
        rest
    }

    /// A whole number of up to eight bytes, the lowest first.
    pub(super) fn number(&mut self, size: usize) -> Result<u64> {
        let bytes = self.take(size)?;
        let low = bytes.iter().take(8).rev();
        let value = low.fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        Ok(value)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.take(1)?.first().copied().unwrap_or(0))
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        Ok(u16::try_from(self.number(2)?).unwrap_or(0))
    }

    pub(super) fn size(&mut self, size: usize) -> Result<usize> {
        let number = self.number(size)?;
        usize::try_from(number).or_else(|_| malformed("a size beyond memory"))
    }

    pub(super) fn signature(&mut self, expected: &[u8]) -> Result<()> {
        let found = self.take(expected.len())?;
        if found == expected {
            return Ok(());
        }
        malformed(format!(
            "no {} where one belongs",
            String::from_utf8_lossy(expected)
        ))
    }

    /// Goes on at a multiple of eight.
    pub(super) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8).min(self.bytes.len());
    }
}

/// A text up to its zero byte.
pub(super) fn zero_ended(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
