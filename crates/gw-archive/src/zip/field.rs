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

/// Replaces fields that are full by what the zip64 field (APPNOTE 4.5.3) says, in its order.
pub(super) fn expand(extra_fields: &[u8], fields: &mut [&mut u64]) {
    let Some(zip64) = extra(extra_fields, 1) else {
        return;
    };
    let zip64 = Fields(zip64);
    let mut next = 0;
    for field in fields {
        if **field == u64::from(u32::MAX) {
            **field = zip64.u64(next).unwrap_or(**field);
            next += 8;
        }
    }
}

/// The size and compressed size of a zip64 field that is not to be used, as neither is full, if
/// it says something else than the fields themselves. Loaders are known that use it.
pub(super) fn unused_sizes(extra_fields: &[u8], size: u64, compressed: u64) -> Option<(u64, u64)> {
    let full = u64::from(u32::MAX);
    let zip64 = Fields(extra(extra_fields, 1)?);
    let stated = (zip64.u64(0)?, zip64.u64(8)?);
    let is_unused = size != full && compressed != full;
    (is_unused && stated != (size, compressed) && stated != (0, 0)).then_some(stated)
}

/// The name in Info-ZIP's Unicode path field (0x7075).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnicodeName {
    pub(super) name: Vec<u8>,
    /// The checksum of the name that it stands for.
    of: u32,
}

impl UnicodeName {
    pub(super) fn of(extra_fields: &[u8]) -> Option<Self> {
        let field = extra(extra_fields, 0x7075)?;
        let name = field.get(5..)?.to_vec();
        let of = Fields(field.get(1..)?).u32(0)?;
        (!name.is_empty()).then_some(Self { name, of })
    }

    /// Whether it stands for this name, as careful loaders check before they use it.
    pub(super) fn stands_for(&self, name: &[u8]) -> bool {
        let mut crc = flate2::Crc::new();
        crc.update(name);
        crc.sum() == self.of
    }
}
