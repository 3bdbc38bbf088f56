//! The index's encoding of values: little-endian, variable-length numbers, texts with their length
//! before them. Reading is checked everywhere: bytes that make no sense are a [`Corrupt`].

use gw_finding::Severity;

/// Bytes that are not what the index's format says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes do not follow the index format")]
pub(crate) struct Corrupt;

/// Appends values to a buffer.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number in groups of seven bits, the lowest first (LEB128).
    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(crate) fn blob(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    pub(crate) fn texts(&mut self, texts: &[String]) {
        self.count(texts.len());
        for text in texts {
            self.text(text);
        }
    }
}

/// Takes values from the front of a slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes are left.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Corrupt> {
        let (head, tail) = self.bytes.split_at_checked(count).ok_or(Corrupt)?;
        self.bytes = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        self.take(N)?.try_into().map_err(|_| Corrupt)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Corrupt> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Corrupt> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Corrupt> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Corrupt> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return Err(Corrupt);
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Corrupt)
    }

    /// How many items follow. Every item has at least one byte, so a count larger than the rest is
    /// corrupt; what callers reserve is bounded by that.
    pub(crate) fn count(&mut self) -> Result<usize, Corrupt> {
        let count = usize::try_from(self.number()?).map_err(|_| Corrupt)?;
        if count > self.bytes.len() {
            return Err(Corrupt);
        }
        Ok(count)
    }

    pub(crate) fn blob(&mut self) -> Result<&'a [u8], Corrupt> {
        let count = self.count()?;
        self.take(count)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Corrupt> {
        std::str::from_utf8(self.blob()?).map_err(|_| Corrupt)
    }

    pub(crate) fn texts(&mut self) -> Result<Vec<String>, Corrupt> {
        let count = self.count()?;
        let mut texts = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            texts.push(self.text()?.to_owned());
        }
        Ok(texts)
    }
}

/// A severity as a byte: 0 for none.
pub(crate) fn severity_to_byte(severity: Option<Severity>) -> u8 {
    match severity {
        None => 0,
        Some(Severity::Info) => 1,
        Some(Severity::Low) => 2,
        Some(Severity::Medium) => 3,
        Some(Severity::High) => 4,
        Some(Severity::Critical) => 5,
    }
}

/// The severity of a byte.
pub(crate) fn severity_of_byte(byte: u8) -> Result<Option<Severity>, Corrupt> {
    Ok(match byte {
        0 => None,
        1 => Some(Severity::Info),
        2 => Some(Severity::Low),
        3 => Some(Severity::Medium),
        4 => Some(Severity::High),
        5 => Some(Severity::Critical),
        _ => return Err(Corrupt),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn numbers_and_texts_come_back(number: u64, text in ".{0,40}") {
            let mut writer = Writer::default();
            writer.number(number);
            writer.text(&text);
            let mut reader = Reader::new(&writer.bytes);
            proptest::prop_assert_eq!(reader.number(), Ok(number));
            proptest::prop_assert_eq!(reader.text(), Ok(text.as_str()));
            proptest::prop_assert!(reader.byte().is_err());
        }

        #[test]
        fn any_bytes_are_read_or_corrupt(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            let _ = reader.number();
            let _ = reader.texts();
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_corrupt() {
        let mut eleven = vec![0xff; 10];
        eleven.push(1);
        assert_eq!(Reader::new(&eleven).number(), Err(Corrupt));
        assert_eq!(Reader::new(&[0x80]).number(), Err(Corrupt));
        assert_eq!(Reader::new(&[5, 1]).count(), Err(Corrupt));
    }
}
