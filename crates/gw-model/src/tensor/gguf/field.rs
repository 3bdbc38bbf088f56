//! The fields of which GGUF's header is made, in either byte order and any version.

use gw_finding::ReasonCode;

use crate::tensor::input::{Input, Reading, Trouble};

/// The longest text that is kept, in bytes; chat templates have some ten thousand.
pub(super) const MAX_TEXT: u64 = 1 << 20;

/// How deep arrays of arrays may nest.
const MAX_DEPTH: usize = 8;

/// How many items of an array are kept.
const KEPT: usize = crate::tensor::payload::ENOUGH;

/// Reads numbers and texts as a version and byte order write them.
pub(super) struct Fields<'f, 'i, 'c> {
    pub(super) input: &'f mut Input<'i, 'c>,
    pub(super) big_endian: bool,
    pub(super) version: u32,
    /// How many bytes of names may still be kept, and of the value that is being read.
    pub(super) names: u64,
    pub(super) room: u64,
}

/// How many bytes of names are kept of a file; real ones have less than a megabyte.
pub(super) const MAX_NAMES: u64 = 64 << 20;

/// How many bytes are kept of a value with all its items.
const MAX_VALUE: u64 = 4 << 20;

/// Why a header cannot be read further.
pub(super) enum Stop {
    Trouble(Trouble),
    /// It has a size that cannot be: what, in words.
    Impossible(String),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// A metadata value; of long ones only that they are there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(u8),
    Text(String),
    /// Text that is not UTF-8, or longer than is kept.
    Opaque(u64),
    /// The first items, and how many there are.
    Array(Vec<Value>, u64),
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) const fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(*number),
            Self::Signed(number) if *number >= 0 => Some(number.unsigned_abs()),
            _ => None,
        }
    }

    /// The value for people.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Unsigned(number) => number.to_string(),
            Self::Signed(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Bool(value) => (*value != 0).to_string(),
            Self::Text(text) => text.clone(),
            Self::Opaque(size) => format!("{size} bytes"),
            Self::Array(items, count) if *count <= 16 && items.len() as u64 == *count => {
                let items: Vec<String> = items.iter().map(Self::shown).collect();
                items.join(", ")
            }
            Self::Array(_, count) => format!("{count} values"),
        }
    }
}

impl Fields<'_, '_, '_> {
    pub(super) fn u32(&mut self) -> Reading<u32> {
        let bytes = self.input.array()?;
        Ok(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    pub(super) fn u64(&mut self) -> Reading<u64> {
        let bytes = self.input.array()?;
        Ok(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    /// A count or length: 32 bits in version 1, 64 since.
    pub(super) fn size(&mut self) -> Reading<u64> {
        if self.version == 1 {
            self.u32().map(u64::from)
        } else {
            self.u64()
        }
    }

    /// A text's bytes, of at most `most`.
    pub(super) fn text(&mut self, what: &str, most: u64) -> Result<Vec<u8>, Stop> {
        let size = self.size()?;
        self.check(what, size, 1)?;
        if size > most {
            return Err(Stop::Impossible(format!(
                "{what} has {size} bytes, and at most {most} are allowed"
            )));
        }
        let Some(names) = self.names.checked_sub(size.saturating_add(64)) else {
            let detail = format!("names of more than {MAX_NAMES} bytes");
            return Err(Stop::Trouble(Trouble::Limit(ReasonCode::TooLarge, detail)));
        };
        self.names = names;
        Ok(self.input.bytes(size)?)
    }

    /// Refuses `count` things of at least `least` bytes if the file is not large enough.
    pub(super) fn check(&self, what: &str, count: u64, least: u64) -> Result<(), Stop> {
        let Some(left) = self.input.left() else {
            return Ok(());
        };
        if count.checked_mul(least).is_none_or(|size| size > left) {
            return Err(Stop::Impossible(format!(
                "{what}: {count} are promised, with {left} bytes left"
            )));
        }
        Ok(())
    }

    /// A value of a type.
    pub(super) fn value(&mut self, kind: u32, key: &str, depth: usize) -> Result<Value, Stop> {
        if depth == 0 {
            self.room = MAX_VALUE;
        }
        Ok(match kind {
            0 => Value::Unsigned(self.input.u8()?.into()),
            1 => Value::Signed(i8::from_le_bytes(self.input.array()?).into()),
            2 => {
                let bytes = self.input.array()?;
                Value::Unsigned(
                    if self.big_endian {
                        u16::from_be_bytes(bytes)
                    } else {
                        u16::from_le_bytes(bytes)
                    }
                    .into(),
                )
            }
            3 => {
                let bytes = self.input.array()?;
                Value::Signed(
                    if self.big_endian {
                        i16::from_be_bytes(bytes)
                    } else {
                        i16::from_le_bytes(bytes)
                    }
                    .into(),
                )
            }
            4 => Value::Unsigned(self.u32()?.into()),
            5 => Value::Signed(self.u32()?.cast_signed().into()),
            6 => Value::Float(f32::from_bits(self.u32()?).into()),
            7 => Value::Bool(self.input.u8()?),
            8 => self.string(key)?,
            9 => self.array(key, depth)?,
            10 => Value::Unsigned(self.u64()?),
            11 => Value::Signed(self.u64()?.cast_signed()),
            12 => Value::Float(f64::from_bits(self.u64()?)),
            _ => {
                return Err(Stop::Impossible(format!(
                    "the value `{key}` has type {kind}, and there are 13 types"
                )));
            }
        })
    }

    fn string(&mut self, key: &str) -> Result<Value, Stop> {
        let size = self.size()?;
        self.check(&format!("the text `{key}`"), size, 1)?;
        self.room = self.room.saturating_sub(64);
        if size > MAX_TEXT || size > self.room {
            self.input.skip(size)?;
            return Ok(Value::Opaque(size));
        }
        self.room = self.room.saturating_sub(size);
        let bytes = self.input.bytes(size)?;
        Ok(String::from_utf8(bytes).map_or(Value::Opaque(size), Value::Text))
    }

    fn array(&mut self, key: &str, depth: usize) -> Result<Value, Stop> {
        let kind = self.u32()?;
        let count = self.size()?;
        let width = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            // An empty text, an empty array.
            8 if self.version == 1 => 4,
            8 => 8,
            9 if self.version == 1 => 8,
            9 => 12,
            _ => {
                return Err(Stop::Impossible(format!(
                    "the items of `{key}` have type {kind}, and there are 13 types"
                )));
            }
        };
        self.check(&format!("the items of `{key}`"), count, width)?;
        if depth >= MAX_DEPTH {
            let detail = format!("arrays in `{key}` nest deeper than {MAX_DEPTH}");
            return Err(Stop::Trouble(Trouble::Limit(ReasonCode::TooDeep, detail)));
        }
        let is_nested = matches!(kind, 8 | 9);
        let mut items = Vec::new();
        let mut read = 0_u64;
        while read < count && (is_nested || items.len() < KEPT) {
            if is_nested && (items.len() >= KEPT || self.room == 0) {
                self.pass(kind, key, depth)?;
            } else {
                self.room = self.room.saturating_sub(64);
                items.push(self.value(kind, key, depth.saturating_add(1))?);
            }
            read = read.saturating_add(1);
        }
        let rest = count.saturating_sub(read).checked_mul(width);
        self.input.skip(rest.unwrap_or(u64::MAX))?;
        Ok(Value::Array(items, count))
    }

    /// Passes a text or an array that is not kept.
    fn pass(&mut self, kind: u32, key: &str, depth: usize) -> Result<(), Stop> {
        if kind == 9 {
            return self.array(key, depth.saturating_add(1)).map(drop);
        }
        let size = self.size()?;
        self.check(&format!("a text of `{key}`"), size, 1)?;
        Ok(self.input.skip(size)?)
    }
}
