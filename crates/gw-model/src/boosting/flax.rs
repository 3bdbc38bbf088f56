//! Parameters of Flax: MessagePack with arrays in extensions.
//!
//! Source: the MessagePack specification; `flax.serialization` (extension 1 is an array: shape,
//! type and bytes; 2 a complex number; 3 a scalar of NumPy).

use std::io::{self, Read as _};

use gw_finding::ReasonCode;

use crate::keras::is_pointer;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// How deep values may nest.
const MAX_DEPTH: usize = 64;

/// How many values are looked at.
const MAX_VALUES: u64 = 5_000_000;

/// How much of an array's head is read: its shape and type.
const HEAD: u64 = 1024;

/// Parameters of Flax.
pub(crate) struct Flax;

impl Reader for Flax {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let map = matches!(head.first(), Some(0x80..=0x8f | 0xde | 0xdf));
        map && path.ends_with(".msgpack")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if is_pointer(&mut content, report) {
            return;
        }
        let mut walk = Walk {
            content,
            model: Model::new("flax", report.location().clone()),
            left: MAX_VALUES,
        };
        let result = walk.values(report);
        match result {
            Ok(()) => {}
            Err(Stop::Malformed(what)) => report.incomplete(ReasonCode::Malformed, what),
            Err(Stop::Limit(reason, what)) => report.incomplete(reason, what),
            Err(Stop::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                report.incomplete(ReasonCode::Malformed, "the file ends inside a value");
            }
            Err(Stop::Io(error)) => report.incomplete(ReasonCode::Unreadable, error.to_string()),
        }
        let mut model = walk.model;
        let numbers = model.types.iter().map(|kind| kind.numbers);
        model.parameters = Some(numbers.fold(0_u64, u64::saturating_add));
        report.describe(model);
    }
}

enum Stop {
    Malformed(String),
    Limit(ReasonCode, String),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Walk<'c> {
    content: Content<'c>,
    model: Model,
    left: u64,
}

impl Walk<'_> {
    /// Walks over all values. How many are still to come is kept for each level.
    fn values(&mut self, report: &mut Report<'_>) -> Result<(), Stop> {
        let mut open: Vec<u64> = vec![1];
        while let Some(count) = open.last_mut() {
            let Some(rest) = count.checked_sub(1) else {
                open.pop();
                continue;
            };
            *count = rest;
            let Some(left) = self.left.checked_sub(1) else {
                let what = format!("more than {MAX_VALUES} values");
                return Err(Stop::Limit(ReasonCode::TooMany, what));
            };
            self.left = left;
            let inner = self.value(report)?;
            if inner > 0 {
                if open.len() >= MAX_DEPTH {
                    return Err(Stop::Limit(
                        ReasonCode::TooDeep,
                        "nested too deep".to_owned(),
                    ));
                }
                open.push(inner);
            }
        }
        let mut more = [0_u8; 1];
        if self.content.read(&mut more)? > 0 {
            return Err(Stop::Malformed(
                "more bytes after the parameters".to_owned(),
            ));
        }
        Ok(())
    }

    fn number(&mut self, size: usize) -> Result<u64, Stop> {
        let mut bytes = [0_u8; 8];
        let part = bytes.get_mut(..size).unwrap_or_default();
        self.content.read_exact(part)?;
        let number = part
            .iter()
            .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        Ok(number)
    }

    fn skip(&mut self, count: u64) -> Result<(), Stop> {
        // Where the end does not matter to skipping, it is asked for.
        let size = self.content.size()?;
        let end = self.content.position()?.saturating_add(count);
        if size.is_some_and(|size| end > size) || self.content.skip(count)? < count {
            return Err(Stop::Malformed(format!(
                "a value of {count} bytes that are not there"
            )));
        }
        Ok(())
    }

    /// Reads one value, and returns how many values are in it.
    fn value(&mut self, report: &mut Report<'_>) -> Result<u64, Stop> {
        let kind = u8::try_from(self.number(1)?).unwrap_or(0);
        match kind {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => {}
            0x80..=0x8f => return Ok(u64::from(kind & 0x0f).saturating_mul(2)),
            0x90..=0x9f => return Ok(u64::from(kind & 0x0f)),
            0xa0..=0xbf => self.skip(u64::from(kind & 0x1f))?,
            0xc4..=0xc6 => self.sized(kind, 0xc4)?,
            0xc7..=0xc9 => {
                let size = self.number(1_usize << (kind - 0xc7))?;
                self.extension(size, report)?;
            }
            0xca | 0xce | 0xd2 => self.skip(4)?,
            0xcb | 0xcf | 0xd3 => self.skip(8)?,
            0xcc | 0xd0 => self.skip(1)?,
            0xcd | 0xd1 => self.skip(2)?,
            0xd4..=0xd8 => self.extension(1_u64 << (kind - 0xd4), report)?,
            0xd9..=0xdb => self.sized(kind, 0xd9)?,
            0xdc => return self.number(2),
            0xdd => return self.number(4),
            0xde => return Ok(self.number(2)?.saturating_mul(2)),
            0xdf => return Ok(self.number(4)?.saturating_mul(2)),
            0xc1 => return Err(Stop::Malformed("a type that there is not".to_owned())),
        }
        Ok(0)
    }

    fn sized(&mut self, kind: u8, first: u8) -> Result<(), Stop> {
        let size = self.number(1_usize << kind.saturating_sub(first))?;
        self.skip(size)
    }

    fn extension(&mut self, size: u64, report: &mut Report<'_>) -> Result<(), Stop> {
        let kind = self.number(1)?;
        let head = self.content.take_up_to(size.min(HEAD))?;
        if (head.len() as u64) < size.min(HEAD) {
            return Err(Stop::Malformed("the file ends inside an array".to_owned()));
        }
        self.skip(size.saturating_sub(head.len() as u64))?;
        match kind {
            1 => match array(&head) {
                Some((shape, name, bytes)) => {
                    let numbers = shape
                        .iter()
                        .try_fold(1_u64, |all, one| all.checked_mul(*one));
                    let width = width(&name);
                    let need = numbers.and_then(|count| count.checked_mul(width));
                    if need.is_none_or(|need| need != bytes && width > 0) || bytes > size {
                        let message = format!(
                            "An array of shape {shape:?} and type `{}` has {bytes} bytes.",
                            quote(&name)
                        );
                        report.find(
                            &rules::IMPOSSIBLE_SIZE,
                            Evidence::new(format!("{shape:?}"), message),
                        );
                    } else {
                        self.model.add_tensor(&short(&name), numbers.unwrap_or(0));
                    }
                }
                None => {
                    report.incomplete(ReasonCode::Malformed, "an array without shape and type");
                }
            },
            2 | 3 => {}
            other => {
                let detail = format!("an extension of type {other}, which Flax does not have");
                report.incomplete(ReasonCode::Unsupported, detail);
            }
        }
        Ok(())
    }
}

/// Shape, type and number of bytes of an array, from the first bytes of its extension.
fn array(head: &[u8]) -> Option<(Vec<u64>, String, u64)> {
    let mut at = head;
    let mut take = |count: usize| {
        let part = at.get(..count)?;
        at = at.get(count..)?;
        let big = part
            .iter()
            .take(8)
            .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        Some((part, big))
    };
    if take(1)?.1 != 0x93 {
        return None;
    }
    let rank = match take(1)?.1 {
        list @ 0x90..=0x9f => list & 0x0f,
        _ => return None,
    };
    let mut shape = Vec::new();
    for _ in 0..rank {
        shape.push(match take(1)?.1 {
            small @ 0..=0x7f => small,
            0xcc => take(1)?.1,
            0xcd => take(2)?.1,
            0xce => take(4)?.1,
            0xcf => take(8)?.1,
            _ => return None,
        });
    }
    let length = match take(1)?.1 {
        text @ 0xa0..=0xbf => text & 0x1f,
        0xd9 => take(1)?.1,
        _ => return None,
    };
    let (name, _) = take(usize::try_from(length).ok()?)?;
    let name = String::from_utf8_lossy(name).into_owned();
    let bytes = match take(1)?.1 {
        0xc4 => take(1)?.1,
        0xc5 => take(2)?.1,
        0xc6 => take(4)?.1,
        _ => return None,
    };
    Some((shape, name, bytes))
}

/// How many bytes a number of a type has, 0 if it is not known.
fn width(name: &str) -> u64 {
    match name {
        "bool" | "int8" | "uint8" | "float8_e4m3fn" | "float8_e5m2" => 1,
        "int16" | "uint16" | "float16" | "bfloat16" | "V2" => 2,
        "int32" | "uint32" | "float32" => 4,
        "int64" | "uint64" | "float64" | "complex64" => 8,
        "complex128" => 16,
        _ => 0,
    }
}

fn short(name: &str) -> String {
    match name {
        "bfloat16" => "bf16".to_owned(),
        "V2" => "bf16".to_owned(),
        other => quote(other)
            .replace("float", "f")
            .replace("uint", "u")
            .replace("int", "i"),
    }
}
