//! Universal Binary JSON, as XGBoost writes it.
//!
//! Source: Universal Binary JSON Specification, draft 12 (types, optimised containers).

/// How deep values may nest.
const MAX_DEPTH: usize = 64;

/// How many values are kept.
const MAX_VALUES: usize = 8 << 20;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ubj {
    Text(String),
    Int(i64),
    /// A number with a fraction, a truth value or nothing.
    Other,
    List(Vec<Ubj>),
    /// A list of whole numbers of one type.
    Ints(Vec<i64>),
    /// A list of other numbers of one type: how many.
    Floats(usize),
    Map(Vec<(String, Ubj)>),
}

impl Ubj {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UbjError {
    Malformed(usize, &'static str),
    TooMany,
    TooDeep,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Ubj, UbjError> {
    let mut reader = Reader {
        bytes,
        at: 0,
        values: 0,
    };
    let kind = reader.marker()?;
    reader.value(kind, 0)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    values: usize,
}

type Result<T, E = UbjError> = std::result::Result<T, E>;

impl<'b> Reader<'b> {
    fn bad<T>(&self, what: &'static str) -> Result<T> {
        Err(UbjError::Malformed(self.at, what))
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8]> {
        let end = self.at.saturating_add(count);
        let Some(bytes) = self.bytes.get(self.at..end) else {
            return self.bad("the end of the file inside a value");
        };
        self.at = end;
        Ok(bytes)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next type, past what stands for nothing.
    fn marker(&mut self) -> Result<u8> {
        loop {
            let marker = self.take(1)?.first().copied().unwrap_or(0);
            if marker != b'N' {
                return Ok(marker);
            }
        }
    }

    fn int(&mut self, kind: u8) -> Result<i64> {
        let size = match kind {
            b'i' | b'U' => 1,
            b'I' => 2,
            b'l' => 4,
            b'L' => 8,
            _ => return self.bad("another type where a whole number belongs"),
        };
        let bytes = self.take(size)?;
        let value = bytes
            .iter()
            .fold(0_i64, |value, byte| (value << 8) | i64::from(*byte));
        // Sign extension of what has fewer than eight bytes.
        let spare = 64_u32.saturating_sub(u32::try_from(size).unwrap_or(8).saturating_mul(8));
        Ok(match kind {
            b'U' => value,
            _ => (value << spare) >> spare,
        })
    }

    fn length(&mut self) -> Result<usize> {
        let kind = self.marker()?;
        let length = self.int(kind)?;
        match usize::try_from(length) {
            Ok(length) => Ok(length),
            Err(_) => self.bad("a negative length"),
        }
    }

    fn text(&mut self) -> Result<String> {
        let length = self.length()?;
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn value(&mut self, kind: u8, depth: usize) -> Result<Ubj> {
        if depth > MAX_DEPTH {
            return Err(UbjError::TooDeep);
        }
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err(UbjError::TooMany);
        }
        match kind {
            b'Z' | b'T' | b'F' => Ok(Ubj::Other),
            b'i' | b'U' | b'I' | b'l' | b'L' => self.int(kind).map(Ubj::Int),
            b'd' => self.take(4).map(|_| Ubj::Other),
            b'D' => self.take(8).map(|_| Ubj::Other),
            b'C' => self.take(1).map(|_| Ubj::Other),
            b'S' | b'H' => self.text().map(Ubj::Text),
            b'[' => self.list(depth),
            b'{' => self.map(depth),
            _ => self.bad("a type that there is not"),
        }
    }

    /// The type of all values and their count, if they are given.
    fn header(&mut self) -> Result<(Option<u8>, Option<usize>)> {
        let mut kind = None;
        if self.peek() == Some(b'$') {
            self.at = self.at.saturating_add(1);
            kind = Some(self.marker()?);
        }
        if self.peek() == Some(b'#') {
            self.at = self.at.saturating_add(1);
            return Ok((kind, Some(self.length()?)));
        }
        match kind {
            None => Ok((None, None)),
            Some(_) => self.bad("a type for all values without their count"),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Ubj> {
        let (kind, count) = self.header()?;
        if let (Some(kind), Some(count)) = (kind, count) {
            match kind {
                b'd' | b'D' => {
                    let size = if kind == b'd' { 4 } else { 8 };
                    self.take(count.saturating_mul(size))?;
                    return Ok(Ubj::Floats(count));
                }
                b'i' | b'U' | b'I' | b'l' | b'L' => {
                    self.values = self.values.saturating_add(count);
                    if self.values > MAX_VALUES {
                        return Err(UbjError::TooMany);
                    }
                    let numbers: Result<Vec<i64>> = (0..count).map(|_| self.int(kind)).collect();
                    return numbers.map(Ubj::Ints);
                }
                // These take no bytes, so their count proves nothing.
                b'Z' | b'T' | b'F' => return Ok(Ubj::Floats(count)),
                _ => {}
            }
        }
        let mut items = Vec::new();
        loop {
            if count.is_some_and(|count| items.len() >= count) {
                return Ok(Ubj::List(items));
            }
            let kind = match kind {
                Some(kind) => kind,
                None => self.marker()?,
            };
            if count.is_none() && kind == b']' {
                return Ok(Ubj::List(items));
            }
            items.push(self.value(kind, depth.saturating_add(1))?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Ubj> {
        let (kind, count) = self.header()?;
        let mut pairs = Vec::new();
        loop {
            if count.is_some_and(|count| pairs.len() >= count) {
                return Ok(Ubj::Map(pairs));
            }
            if count.is_none() && self.peek() == Some(b'}') {
                self.at = self.at.saturating_add(1);
                return Ok(Ubj::Map(pairs));
            }
            let key = self.text()?;
            let kind = match kind {
                Some(kind) => kind,
                None => self.marker()?,
            };
            pairs.push((key, self.value(kind, depth.saturating_add(1))?));
        }
    }
}
