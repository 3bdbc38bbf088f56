use std::io;

use super::field::{Fields, UnicodeName, expand, read_at};
use crate::ReadSeek;

/// A local file header (APPNOTE 4.3.7).
pub(super) struct Local {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) name: Vec<u8>,
    pub(super) unicode: Option<UnicodeName>,
    /// Where the data begins.
    pub(super) data: u64,
    version: u16,
}

impl Local {
    /// The header at a place before `end`, if one is there.
    pub(super) fn read(input: &mut dyn ReadSeek, at: u64, end: u64) -> io::Result<Option<Self>> {
        if at.saturating_add(30) > end {
            return Ok(None);
        }
        // One read serves all but the longest names.
        let mut bytes = read_at(input, at, 30 + 256)?;
        if !bytes.starts_with(b"PK\x03\x04") {
            return Ok(None);
        }
        let lengths = Fields(&bytes);
        let (Some(name), Some(extra)) = (lengths.u16(26), lengths.u16(28)) else {
            return Ok(None);
        };
        let whole = 30 + usize::from(name) + usize::from(extra);
        if bytes.len() < whole {
            bytes = read_at(input, at, whole)?;
        }
        Ok(Self::parse(
            &bytes,
            at,
            usize::from(name),
            usize::from(extra),
        ))
    }

    fn parse(bytes: &[u8], at: u64, name: usize, extra_len: usize) -> Option<Self> {
        let fields = Fields(bytes);
        let extra_fields = bytes.get(30 + name..30 + name + extra_len)?;
        let mut compressed = u64::from(fields.u32(18)?);
        let mut size = u64::from(fields.u32(22)?);
        expand(extra_fields, &mut [&mut size, &mut compressed]);
        Some(Self {
            version: fields.u16(4)?,
            flags: fields.u16(6)?,
            method: fields.u16(8)?,
            crc: fields.u32(14)?,
            compressed,
            size,
            name: bytes.get(30..30 + name)?.to_vec(),
            unicode: UnicodeName::of(extra_fields),
            data: at.checked_add((30 + name + extra_len) as u64)?,
        })
    }

    /// Whether size and checksum follow the data instead.
    pub(super) const fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    /// Whether the header leaves the sizes to what follows the data.
    pub(super) const fn is_open(&self) -> bool {
        self.has_descriptor() && self.compressed == 0
    }

    /// Whether bytes that look like the start of a header, found by chance, are likely one.
    pub(super) fn is_plausible(&self) -> bool {
        !self.name.is_empty() && self.version & 0xff <= 100 && self.method <= 99
    }

    /// Whether they are one beyond doubt, so that somebody can be told about it: a version that
    /// there is, a name that is a text, and data that ends before `end`.
    pub(super) fn is_certain(&self, end: u64) -> bool {
        let is_text = std::str::from_utf8(&self.name).map_or_else(
            |_| !self.name.iter().any(u8::is_ascii_control),
            |name| !name.trim_end_matches('\0').contains(char::is_control),
        );
        let data_end = self.data.saturating_add(self.compressed);
        self.is_plausible()
            && is_text
            && matches!(
                self.version & 0xff,
                0 | 10 | 11 | 20 | 21 | 25 | 27 | 30..=63
            )
            && (self.is_open() || data_end <= end)
    }
}
