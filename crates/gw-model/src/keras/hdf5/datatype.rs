//! Datatypes and dataspaces.
//!
//! Source: HDF5 File Format Specification 3.0, sections IV.A.2.b (dataspace) and IV.A.2.d
//! (datatype).

use super::source::{Cursor, Result, Trouble};

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    /// Texts of so many bytes.
    Text(usize),
    /// Texts in a global heap.
    VariableText,
    /// Anything else, by its name, of so many bytes.
    Other(&'static str, usize),
}

impl Type {
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(body);
        let class = cursor.u8()? & 0x0f;
        let bits = cursor.number(3)?;
        let size = cursor.size(4)?;
        Ok(match (class, size) {
            (3, size) => Self::Text(size),
            (9, _) if bits & 0x0f == 1 => Self::VariableText,
            (0, 1) if bits & 0x08 == 0 => Self::Other("u8", 1),
            (0, 2) if bits & 0x08 == 0 => Self::Other("u16", 2),
            (0, 4) if bits & 0x08 == 0 => Self::Other("u32", 4),
            (0, 8) if bits & 0x08 == 0 => Self::Other("u64", 8),
            (0, 1) => Self::Other("i8", 1),
            (0, 2) => Self::Other("i16", 2),
            (0, 4) => Self::Other("i32", 4),
            (0, 8) => Self::Other("i64", 8),
            // The exponent's size tells bfloat16 from half precision.
            (1, 2) => {
                let mut properties = cursor;
                properties.take(5)?;
                Self::Other(if properties.u8()? == 8 { "bf16" } else { "f16" }, 2)
            }
            (1, 4) => Self::Other("f32", 4),
            (1, 8) => Self::Other("f64", 8),
            (2, size) => Self::Other("time", size),
            (4, size) => Self::Other("bits", size),
            (5, size) => Self::Other("opaque", size),
            (6, size) => Self::Other("compound", size),
            (7, size) => Self::Other("reference", size),
            (8, size) => Self::Other("enum", size),
            (9, size) => Self::Other("sequence", size),
            (10, size) => Self::Other("array", size),
            (_, size) => Self::Other("number", size),
        })
    }

    /// The type's name.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::VariableText => "text",
            Self::Other(name, _) => name,
        }
    }

    /// How many bytes a value has where it lies.
    pub(super) const fn size(&self) -> usize {
        match self {
            Self::Text(size) | Self::Other(_, size) => *size,
            Self::VariableText => 16,
        }
    }
}

/// The length of each dimension: none for a single value. Nothing if there are no values at all.
pub(super) fn dataspace(body: &[u8], length_size: usize) -> Result<Option<Vec<u64>>> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u8()?;
    let rank = cursor.u8()?;
    cursor.u8()?;
    match version {
        1 => {
            cursor.take(5)?;
        }
        2 => {
            if cursor.u8()? == 2 {
                return Ok(None);
            }
        }
        other => return Err(Trouble::Unsupported(format!("dataspace version {other}"))),
    }
    let mut shape = Vec::with_capacity(usize::from(rank));
    for _ in 0..rank {
        shape.push(cursor.number(length_size)?);
    }
    Ok(Some(shape))
}
