use std::io::{self, SeekFrom};

use crate::ReadSeek;

/// Reads little-endian numbers from a record; what is beyond its end is nothing.
pub(super) struct Fields<'r>(pub(super) &'r [u8]);

impl Fields<'_> {
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.0.get(at..at.checked_add(2)?)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        let bytes = self.0.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    pub(super) fn u64(&self, at: usize) -> Option<u64> {
        let bytes = self.0.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }
}

/// Reads up to `count` bytes from a place; fewer if the input ends before.
pub(super) fn read_at(input: &mut dyn ReadSeek, at: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.seek(SeekFrom::Start(at))?;
    io::Read::take(input, count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

use std::io::Read as _;

/// The data of each extra field with this id.
pub(super) fn extra(mut fields: &[u8], id: u16) -> Option<&[u8]> {
    while let [a, b, c, d, rest @ ..] = fields {
        let size = usize::from(u16::from_le_bytes([*c, *d]));
        let data = rest.get(..size)?;
        if u16::from_le_bytes([*a, *b]) == id {
            return Some(data);
        }
        fields = rest.get(size..)?;
    }
    None
}

/// The name in Info-ZIP's Unicode path field (0x7075), whatever its checksum of the other name
/// says.
pub(super) fn unicode_name(extra_fields: &[u8]) -> Option<Vec<u8>> {
    extra(extra_fields, 0x7075)?
        .get(5..)
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
}
