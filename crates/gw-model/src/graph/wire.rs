//! Protocol Buffers' wire format, read in order and without a schema.
//!
//! Models of several gigabytes are one message with the weights inside it. Decoders that are made
//! from a schema take the whole message into memory, and give up at 2 GB. Here each message is
//! followed field by field where it lies: what nobody asks for is skipped by seeking, so the work
//! and memory are those of the graph and not of the weights. It also shows what a decoder hides:
//! fields that the schema does not have, and ones that are there twice.
//!
//! Source: Protocol Buffers Documentation, "Encoding".

use gw_finding::ReasonCode;

use crate::tensor::input::{Input, Reading, Trouble};

/// How many fields a file may have: far more than graphs of a million nodes.
const MAX_FIELDS: u64 = 1 << 26;

/// How deep messages may nest; decoders stop at 100.
pub(crate) const MAX_DEPTH: usize = 100;

/// A message's fields as they come.
pub(crate) struct Wire<'w, 'i, 'c> {
    pub(crate) input: &'w mut Input<'i, 'c>,
    fields: u64,
    depth: usize,
}

/// A field: its number and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// So many bytes, which are next: a text, bytes, a message or packed numbers.
    Bytes(u64),
}

impl Field {
    /// The number, if it is one that is written as a varint.
    pub(crate) const fn varint(&self) -> Option<u64> {
        match self.value {
            Value::Varint(number) => Some(number),
            _ => None,
        }
    }

    /// How many bytes its text, bytes or message has; none if it is a number.
    pub(crate) const fn size(&self) -> Option<u64> {
        match self.value {
            Value::Bytes(size) => Some(size),
            _ => None,
        }
    }
}

impl<'w, 'i, 'c> Wire<'w, 'i, 'c> {
    pub(crate) const fn new(input: &'w mut Input<'i, 'c>) -> Self {
        Self {
            input,
            fields: 0,
            depth: 0,
        }
    }

    /// Visits the fields of the message that is the whole content.
    pub(crate) fn whole(
        &mut self,
        visit: impl FnMut(&mut Self, Field) -> Reading<()>,
    ) -> Reading<()> {
        let end = self.input.size().unwrap_or(u64::MAX);
        self.until(end, visit)
    }

    /// Visits the fields of the message of `size` bytes that is next. Whatever the visitor reads of a
    /// field's bytes, the next field is found behind them.
    pub(crate) fn message(
        &mut self,
        size: u64,
        visit: impl FnMut(&mut Self, Field) -> Reading<()>,
    ) -> Reading<()> {
        if self.depth >= MAX_DEPTH {
            let detail = format!("messages nest deeper than {MAX_DEPTH}");
            return Err(Trouble::Limit(ReasonCode::TooDeep, detail));
        }
        let end = self.input.at().saturating_add(size);
        self.depth = self.depth.saturating_add(1);
        let outcome = self.until(end, visit);
        self.depth = self.depth.saturating_sub(1);
        outcome
    }

    fn until(
        &mut self,
        end: u64,
        mut visit: impl FnMut(&mut Self, Field) -> Reading<()>,
    ) -> Reading<()> {
        while self.input.at() < end && (end != u64::MAX || !self.input.is_at_end()?) {
            let field = self.field()?;
            let behind = self.input.at().checked_add(field.size().unwrap_or(0));
            let Some(behind) = behind.filter(|behind| *behind <= end) else {
                return Err(Trouble::Malformed(format!(
                    "field {} at byte {} goes on behind the end of its message",
                    field.number,
                    self.input.at()
                )));
            };
            visit(self, field)?;
            if self.input.at() > behind {
                return Err(Trouble::malformed("a message goes on behind its end"));
            }
            self.input.go_to(behind)?;
        }
        Ok(())
    }

    fn field(&mut self) -> Reading<Field> {
        self.fields = self.fields.saturating_add(1);
        if self.fields > MAX_FIELDS {
            let detail = format!("more than {MAX_FIELDS} fields");
            return Err(Trouble::Limit(ReasonCode::TooMany, detail));
        }
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3)
            .ok()
            .filter(|number| (1..1 << 29).contains(number));
        let Some(number) = number else {
            let at = self.input.at();
            return Err(Trouble::Malformed(format!(
                "before byte {at} is no field's number"
            )));
        };
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.input.u64()?),
            2 => Value::Bytes(self.varint()?),
            5 => Value::Fixed32(self.input.u32()?),
            kind => {
                let at = self.input.at();
                return Err(Trouble::Malformed(format!(
                    "field {number} before byte {at} has type {kind}"
                )));
            }
        };
        Ok(Field { number, value })
    }

    /// A number in groups of seven bits, the lowest first.
    pub(crate) fn varint(&mut self) -> Reading<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.input.u8()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Trouble::Malformed(format!(
            "the number before byte {} has more than ten bytes",
            self.input.at()
        )))
    }

    /// Up to `most` of a field's bytes; none if it has no bytes.
    pub(crate) fn bytes(&mut self, field: Field, most: u64) -> Reading<Vec<u8>> {
        match field.size() {
            Some(size) => self.input.bytes(size.min(most)),
            None => Ok(Vec::new()),
        }
    }

    /// Up to `most` bytes of a field's text. What is not UTF-8 is replaced.
    pub(crate) fn text(&mut self, field: Field, most: u64) -> Reading<String> {
        let bytes = self.bytes(field, most)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The numbers of a repeated field of varints: one, or several together.
    pub(crate) fn varints(&mut self, field: Field, mut visit: impl FnMut(u64)) -> Reading<()> {
        match field.value {
            Value::Varint(number) => visit(number),
            Value::Bytes(size) => {
                let end = self.input.at().saturating_add(size);
                while self.input.at() < end {
                    visit(self.varint()?);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Content;

    /// Writes a message.
    #[derive(Clone, Default)]
    pub(crate) struct Message(pub(crate) Vec<u8>);

    pub(crate) fn message() -> Message {
        Message::default()
    }

    impl Message {
        fn push(&mut self, mut number: u64) {
            while number > 0x7F {
                self.0.push(number.to_le_bytes()[0] | 0x80);
                number >>= 7;
            }
            self.0.push(number.to_le_bytes()[0]);
        }

        pub(crate) fn int(mut self, field: u64, number: i64) -> Self {
            self.push(field << 3);
            self.push(number.cast_unsigned());
            self
        }

        pub(crate) fn bytes(mut self, field: u64, bytes: impl AsRef<[u8]>) -> Self {
            self.push(field << 3 | 2);
            self.push(bytes.as_ref().len() as u64);
            self.0.extend(bytes.as_ref());
            self
        }

        pub(crate) fn sub(self, field: u64, message: &Self) -> Self {
            self.bytes(field, &message.0)
        }
    }

    #[test]
    fn visits_fields_and_skips_what_is_not_read() {
        let inner = message().int(1, -1).bytes(2, "text");
        let outer = message()
            .int(1, 300)
            .sub(2, &inner)
            .bytes(3, [1, 0xAC, 2])
            .bytes(4, [0; 100]);
        let mut content = Content::bytes(&outer.0);
        let mut input = Input::new(&mut content).unwrap();
        let mut seen = Vec::new();
        Wire::new(&mut input)
            .whole(|wire, field| {
                match field.number {
                    1 => seen.push(field.varint().unwrap().to_string()),
                    2 => wire.message(field.size().unwrap(), |wire, field| {
                        match field.number {
                            2 => seen.push(wire.text(field, 2)?),
                            _ => seen.push(format!("{:?}", field.varint())),
                        }
                        Ok(())
                    })?,
                    3 => wire.varints(field, |number| seen.push(number.to_string()))?,
                    _ => {}
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(
            seen,
            ["300", "Some(18446744073709551615)", "te", "1", "300"]
        );
    }

    #[test]
    fn refuses_what_is_no_message() {
        for bytes in [
            &[0x08][..],
            &[0x0A, 5, 1],
            &[0x00, 0],
            &[0x0B],
            &[
                0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
            ],
            &[
                0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
            ],
        ] {
            let mut content = Content::bytes(bytes);
            let mut input = Input::new(&mut content).unwrap();
            assert!(
                Wire::new(&mut input).whole(|_, _| Ok(())).is_err(),
                "{bytes:?}"
            );
        }
    }
}
