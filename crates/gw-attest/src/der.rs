//! Strict DER (X.690 section 10), as far as certificates, keys and time stamps need it: definite
//! lengths in their shortest form and tags of one byte.

/// Tags, with class and form.
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag of a constructed element with a context-specific number below 31.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The tag of a primitive element with a context-specific number below 31.
pub(crate) const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// Bytes that are not DER, or not the DER that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerError {
    /// It ends in the middle of an element.
    #[error("it is cut off")]
    Short,
    /// A length or tag that DER does not allow, or that we do not read.
    #[error("it is not strict DER")]
    Encoding,
    /// Another element than the format has there.
    #[error("an element has tag {found:#04x} where {expected:#04x} belongs")]
    Tag {
        /// What is there.
        found: u8,
        /// What belongs there.
        expected: u8,
    },
    /// More than the format has.
    #[error("bytes are left over")]
    Trailing,
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// Its tag, with class and form.
    pub(crate) tag: u8,
    /// All of it.
    pub(crate) raw: &'a [u8],
    /// What is in it.
    pub(crate) content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements in it.
    pub(crate) fn inside(&self) -> Reader<'a> {
        Reader::new(self.content)
    }

    /// The bytes of a BIT STRING without unused bits.
    pub(crate) fn bits(&self) -> Result<&'a [u8], DerError> {
        match self.content.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(DerError::Encoding),
        }
    }

    /// The big-endian bytes of an INTEGER that is not negative, without a leading zero.
    pub(crate) fn unsigned(&self) -> Result<&'a [u8], DerError> {
        match self.content {
            [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => Err(DerError::Encoding),
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            bytes => Ok(bytes),
        }
    }

    /// A small INTEGER that is not negative.
    pub(crate) fn small(&self) -> Result<u32, DerError> {
        let bytes = self.unsigned()?;
        if bytes.len() > 4 {
            return Err(DerError::Encoding);
        }
        Ok(bytes
            .iter()
            .fold(0, |number: u32, byte| (number << 8) | u32::from(*byte)))
    }

    /// A BOOLEAN.
    pub(crate) fn boolean(&self) -> Result<bool, DerError> {
        match self.content {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(DerError::Encoding),
        }
    }
}

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Over these bytes.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self) -> Result<Element<'a>, DerError> {
        let all = self.rest;
        let (&tag, rest) = all.split_first().ok_or(DerError::Short)?;
        if tag & 0x1f == 0x1f {
            return Err(DerError::Encoding);
        }
        let (&first, rest) = rest.split_first().ok_or(DerError::Short)?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return Err(DerError::Encoding);
            }
            let (bytes, rest) = rest.split_at_checked(count).ok_or(DerError::Short)?;
            let length = bytes
                .iter()
                .fold(0_u32, |length, byte| (length << 8) | u32::from(*byte));
            if length < 0x80 || bytes.first() == Some(&0) {
                return Err(DerError::Encoding);
            }
            (
                usize::try_from(length).map_err(|_| DerError::Encoding)?,
                rest,
            )
        };
        let (content, after) = rest.split_at_checked(length).ok_or(DerError::Short)?;
        let whole = all.len().saturating_sub(after.len());
        let raw = all.get(..whole).ok_or(DerError::Short)?;
        self.rest = after;
        Ok(Element { tag, raw, content })
    }

    /// The next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<Element<'a>, DerError> {
        let before = self.rest;
        let element = self.next()?;
        if element.tag == tag {
            Ok(element)
        } else {
            self.rest = before;
            Err(DerError::Tag {
                found: element.tag,
                expected: tag,
            })
        }
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, DerError> {
        match self.rest.first() {
            Some(found) if *found == tag => self.take(tag).map(Some),
            _ => Ok(None),
        }
    }

    /// What is in the next element, a SEQUENCE.
    pub(crate) fn sequence(&mut self) -> Result<Reader<'a>, DerError> {
        self.take(SEQUENCE).map(|element| element.inside())
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Checks that nothing is left.
    pub(crate) const fn finish(&self) -> Result<(), DerError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(DerError::Trailing)
        }
    }
}

/// An element with this tag around a content.
pub(crate) fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let bytes: Vec<u8> = length
                .iter()
                .copied()
                .skip_while(|byte| *byte == 0)
                .collect();
            // A usize has at most eight bytes.
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
            out.extend_from_slice(&bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An object identifier as people write it, `1.2.840.113549`; for messages.
pub(crate) fn dotted(oid: &[u8]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut number: u64 = 0;
    for byte in oid.iter().take(64) {
        number = (number << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if parts.is_empty() {
                let first = (number / 40).min(2);
                parts.push(first.to_string());
                number = number.saturating_sub(first.saturating_mul(40));
            }
            parts.push(number.to_string());
            number = 0;
        } else if number > u64::MAX >> 8 {
            return "a very long identifier".to_owned();
        }
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_in_their_shortest_form_only() {
        let check = |bytes: &[u8], expected: Result<usize, DerError>| {
            let read = Reader::new(bytes)
                .next()
                .map(|element| element.content.len());
            assert_eq!(read, expected, "{bytes:02x?}");
        };
        check(&[0x02, 0x01, 0x05], Ok(1));
        check(&[0x30, 0x00], Ok(0));
        check(
            &[[0x04, 0x81, 0x80].as_slice(), &[7; 128]].concat(),
            Ok(128),
        );
        check(&[0x02], Err(DerError::Short));
        check(&[0x02, 0x02, 0x05], Err(DerError::Short));
        // Indefinite, longer than needed, with a leading zero, more than four bytes.
        check(&[0x30, 0x80, 0, 0], Err(DerError::Encoding));
        check(&[0x04, 0x81, 0x01, 7], Err(DerError::Encoding));
        check(
            &[[0x04, 0x82, 0x00, 0x80].as_slice(), &[7; 128]].concat(),
            Err(DerError::Encoding),
        );
        check(&[0x04, 0x85, 1, 0, 0, 0, 0], Err(DerError::Encoding));
        check(&[0x1f, 0x81, 0x01, 0x00], Err(DerError::Encoding));
    }

    #[test]
    fn what_is_wrapped_is_read_again() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![9; length];
            let bytes = wrap(SEQUENCE, &content);
            let mut reader = Reader::new(&bytes);
            let element = reader.take(SEQUENCE).unwrap();
            assert_eq!((element.content, element.raw), (&content[..], &bytes[..]));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        let check = |content: &[u8], expected: Option<u32>| {
            let bytes = wrap(INTEGER, content);
            let element = Reader::new(&bytes).take(INTEGER).unwrap();
            assert_eq!(element.small().ok(), expected, "{content:02x?}");
        };
        check(&[0], Some(0));
        check(&[0x7f], Some(127));
        check(&[0, 0x80], Some(128));
        check(&[0, 1], None);
        check(&[0x80], None);
        check(&[], None);
        check(&[1, 0, 0, 0, 0], None);
    }

    #[test]
    fn identifiers_are_written_as_people_do() {
        assert_eq!(
            dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]),
            "1.2.840.113549"
        );
        assert_eq!(dotted(&[0x55, 0x1d, 0x0f]), "2.5.29.15");
    }
}
