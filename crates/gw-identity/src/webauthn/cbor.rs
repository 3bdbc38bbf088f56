//! CBOR as authenticators write it (RFC 8949, CTAP2 canonical form).
//!
//! Definite lengths, shortest numbers, no floating point, no tags, no key twice. Keys need not be in
//! order, since some authenticators' are not. Everything borrows from the input, and depth and
//! number of items are limited.

/// How deep arrays and maps may nest; CTAP2 says four.
const MAX_DEPTH: u8 = 8;
/// How many items there may be, keys included.
const MAX_ITEMS: u16 = 1024;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cbor<'b> {
    /// An integer; those beyond 64 bits with sign are refused.
    Integer(i64),
    /// Bytes.
    Bytes(&'b [u8]),
    /// Text.
    Text(&'b str),
    /// Values in order.
    Array(Vec<Cbor<'b>>),
    /// Keys and values, in the order of the input, no key twice.
    Map(Vec<(Cbor<'b>, Cbor<'b>)>),
    /// True or false.
    Bool(bool),
    /// Nothing.
    Null,
}

/// Why bytes are not CBOR in this form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {problem}")]
pub struct CborError {
    /// Where, from the beginning.
    pub at: usize,
    /// What is wrong.
    pub problem: &'static str,
}

impl<'b> Cbor<'b> {
    /// Reads one value that is all of `bytes`.
    ///
    /// # Errors
    /// [`CborError`], also if bytes are left over.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, CborError> {
        let (value, length) = Self::parse_first(bytes)?;
        if length == bytes.len() {
            Ok(value)
        } else {
            Err(CborError {
                at: length,
                problem: "bytes are left over",
            })
        }
    }

    /// Reads the value that `bytes` begin with, and says how long it is.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse_first(bytes: &'b [u8]) -> Result<(Self, usize), CborError> {
        let mut reader = Reader {
            bytes,
            at: 0,
            items: 0,
        };
        let value = reader.value(0)?;
        Ok((value, reader.at))
    }

    /// The value of a key that is an integer.
    #[must_use]
    pub fn at(&self, key: i64) -> Option<&Self> {
        self.find(&Cbor::Integer(key))
    }

    /// The value of a key that is text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.find(&Cbor::Text(key))
    }

    fn find(&self, key: &Cbor<'_>) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        let found = entries.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value)
    }

    /// Its bytes, if it is bytes.
    #[must_use]
    pub fn bytes(&self) -> Option<&'b [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Its text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&'b str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its number, if it is an integer.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    items: u16,
}

impl<'b> Reader<'b> {
    fn value(&mut self, depth: u8) -> Result<Cbor<'b>, CborError> {
        self.items = self.items.saturating_add(1);
        if self.items > MAX_ITEMS {
            return Err(self.error("too many items"));
        }
        if depth > MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let start = self.at;
        let head = self.byte()?;
        let (major, info) = (head >> 5, head & 0x1f);
        if major == 7 {
            return match info {
                20 => Ok(Cbor::Bool(false)),
                21 => Ok(Cbor::Bool(true)),
                22 => Ok(Cbor::Null),
                _ => {
                    Err(self.error_at(start, "floating point and special values are not expected"))
                }
            };
        }
        let argument = self.argument(info, start)?;
        match major {
            0 | 1 => {
                let number = i64::try_from(argument)
                    .map_err(|_| self.error_at(start, "a number beyond 64 bits"))?;
                // -1 - n cannot overflow for a number that is not negative.
                let signed = if major == 0 { number } else { !number };
                Ok(Cbor::Integer(signed))
            }
            2 => Ok(Cbor::Bytes(self.take(argument)?)),
            3 => {
                let bytes = self.take(argument)?;
                let text = std::str::from_utf8(bytes);
                text.map(Cbor::Text)
                    .map_err(|_| self.error_at(start, "text that is not UTF-8"))
            }
            4 => {
                let mut values = Vec::new();
                for _ in 0..argument {
                    values.push(self.value(depth.saturating_add(1))?);
                }
                Ok(Cbor::Array(values))
            }
            5 => self.map(argument, depth),
            _ => Err(self.error_at(start, "tags are not expected")),
        }
    }

    fn map(&mut self, length: u64, depth: u8) -> Result<Cbor<'b>, CborError> {
        let mut entries: Vec<(Cbor<'b>, Cbor<'b>)> = Vec::new();
        for _ in 0..length {
            let start = self.at;
            let key = self.value(depth.saturating_add(1))?;
            if !matches!(key, Cbor::Integer(_) | Cbor::Text(_)) {
                return Err(self.error_at(start, "a key that is neither integer nor text"));
            }
            if entries.iter().any(|(known, _)| *known == key) {
                return Err(self.error_at(start, "a key that was there before"));
            }
            let value = self.value(depth.saturating_add(1))?;
            entries.push((key, value));
        }
        Ok(Cbor::Map(entries))
    }

    /// The number that follows a head: in the head itself, or in 1, 2, 4 or 8 bytes.
    fn argument(&mut self, info: u8, start: usize) -> Result<u64, CborError> {
        let (length, least) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(self.error_at(start, "lengths must be definite")),
        };
        let bytes = self.take(length)?;
        let number = bytes
            .iter()
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        if number < least {
            return Err(self.error_at(start, "a number that could be written shorter"));
        }
        Ok(number)
    }

    fn byte(&mut self) -> Result<u8, CborError> {
        let byte = self.bytes.get(self.at).copied();
        let byte = byte.ok_or_else(|| self.error("the end came too early"))?;
        self.at = self.at.saturating_add(1);
        Ok(byte)
    }

    fn take(&mut self, length: u64) -> Result<&'b [u8], CborError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(length).ok().and_then(|n| rest.get(..n));
        let taken = taken.ok_or_else(|| self.error("the end came too early"))?;
        self.at = self.at.saturating_add(taken.len());
        Ok(taken)
    }

    fn error(&self, problem: &'static str) -> CborError {
        self.error_at(self.at, problem)
    }

    fn error_at(&self, at: usize, problem: &'static str) -> CborError {
        CborError { at, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_in_the_form_and_nothing_else() {
        let check = |hex: &str, expected: Result<Cbor<'_>, &str>| {
            let bytes = hex::decode(hex).unwrap();
            let read = Cbor::parse(&bytes).map_err(|error| error.problem);
            assert_eq!(read, expected, "{hex}");
        };
        check("00", Ok(Cbor::Integer(0)));
        check("17", Ok(Cbor::Integer(23)));
        check("1818", Ok(Cbor::Integer(24)));
        check("20", Ok(Cbor::Integer(-1)));
        check("390100", Ok(Cbor::Integer(-257)));
        check("1b7fffffffffffffff", Ok(Cbor::Integer(i64::MAX)));
        check("3b7fffffffffffffff", Ok(Cbor::Integer(i64::MIN)));
        check("1b8000000000000000", Err("a number beyond 64 bits"));
        check("43010203", Ok(Cbor::Bytes(&[1, 2, 3])));
        check("6161", Ok(Cbor::Text("a")));
        check("f5", Ok(Cbor::Bool(true)));
        check("f6", Ok(Cbor::Null));
        check(
            "a201026161f4",
            Ok(Cbor::Map(vec![
                (Cbor::Integer(1), Cbor::Integer(2)),
                (Cbor::Text("a"), Cbor::Bool(false)),
            ])),
        );
        check("", Err("the end came too early"));
        check("430102", Err("the end came too early"));
        check("5bffffffffffffffff", Err("the end came too early"));
        check("9bffffffffffffffff", Err("the end came too early"));
        check("1817", Err("a number that could be written shorter"));
        check("190018", Err("a number that could be written shorter"));
        check("5f4101ff", Err("lengths must be definite"));
        check("c000", Err("tags are not expected"));
        check(
            "f93c00",
            Err("floating point and special values are not expected"),
        );
        check("61ff", Err("text that is not UTF-8"));
        check("a201010102", Err("a key that was there before"));
        check("a1410101", Err("a key that is neither integer nor text"));
        check("0000", Err("bytes are left over"));
        check(&"81".repeat(100), Err("nested too deeply"));
        check(
            &format!("990800{}", "00".repeat(2048)),
            Err("too many items"),
        );
    }
}
