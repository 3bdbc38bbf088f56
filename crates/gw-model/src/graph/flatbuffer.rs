//! FlatBuffers, read where they lie: tables of fields behind offsets, each verified before it is
//! followed.
//!
//! Source: FlatBuffers documentation, "Internals".

use super::window::Window;
use crate::tensor::input::{Reading, Trouble};

/// A table: where it begins, and where its fields are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    at: u64,
    size: u64,
    fields: u64,
    count: u64,
}

/// A vector: its first item, and how many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Vector {
    pub(crate) at: u64,
    pub(crate) count: u64,
}

/// The table that the file begins with.
pub(crate) fn root(window: &mut Window<'_, '_>) -> Reading<Table> {
    let at = follow(window, 0)?;
    table(window, at)
}

/// The place that the offset at `at` leads to.
fn follow(window: &mut Window<'_, '_>, at: u64) -> Reading<u64> {
    let offset = u32::from_le_bytes(window.array(at)?);
    let place = at.saturating_add(offset.into());
    if offset == 0 || place >= window.size() {
        return Err(Trouble::Malformed(format!(
            "the offset at byte {at} leads to byte {place}"
        )));
    }
    Ok(place)
}

fn table(window: &mut Window<'_, '_>, at: u64) -> Reading<Table> {
    let back = i64::from(i32::from_le_bytes(window.array(at)?));
    let fields = at.checked_add_signed(back.saturating_neg());
    let bad = || Trouble::Malformed(format!("the table at byte {at} has no list of fields"));
    let fields = fields.ok_or_else(bad)?;
    let list = u64::from(u16::from_le_bytes(window.array(fields)?));
    let size = u64::from(u16::from_le_bytes(window.array(fields.saturating_add(2))?));
    let fits = |at: u64, size: u64| at.checked_add(size).is_some_and(|end| end <= window.size());
    if list < 4 || list % 2 != 0 || size < 4 || !fits(fields, list) || !fits(at, size) {
        return Err(bad());
    }
    Ok(Table {
        at,
        size,
        fields: fields.saturating_add(4),
        count: list.saturating_sub(4) / 2,
    })
}

impl Table {
    /// The place of a field of `width` bytes; none if it is left out.
    fn field(self, window: &mut Window<'_, '_>, number: u64, width: u64) -> Reading<Option<u64>> {
        if number >= self.count {
            return Ok(None);
        }
        let at = self.fields.saturating_add(number.saturating_mul(2));
        let offset = u64::from(u16::from_le_bytes(window.array(at)?));
        if offset == 0 {
            return Ok(None);
        }
        if offset < 4 || offset.saturating_add(width) > self.size {
            return Err(Trouble::Malformed(format!(
                "a field of the table at byte {} is not in it",
                self.at
            )));
        }
        Ok(Some(self.at.saturating_add(offset)))
    }

    pub(crate) fn u8(self, window: &mut Window<'_, '_>, number: u64) -> Reading<Option<u8>> {
        let at = self.field(window, number, 1)?;
        at.map(|at| window.array(at).map(u8::from_le_bytes))
            .transpose()
    }

    pub(crate) fn u32(self, window: &mut Window<'_, '_>, number: u64) -> Reading<Option<u32>> {
        let at = self.field(window, number, 4)?;
        at.map(|at| window.array(at).map(u32::from_le_bytes))
            .transpose()
    }

    pub(crate) fn u64(self, window: &mut Window<'_, '_>, number: u64) -> Reading<Option<u64>> {
        let at = self.field(window, number, 8)?;
        at.map(|at| window.array(at).map(u64::from_le_bytes))
            .transpose()
    }

    /// A vector of items of `width` bytes.
    pub(crate) fn vector(
        self,
        window: &mut Window<'_, '_>,
        number: u64,
        width: u64,
    ) -> Reading<Vector> {
        let Some(at) = self.field(window, number, 4)? else {
            return Ok(Vector::default());
        };
        let at = follow(window, at)?;
        let count = u64::from(u32::from_le_bytes(window.array(at)?));
        let first = at.saturating_add(4);
        let end = count
            .checked_mul(width)
            .and_then(|size| first.checked_add(size));
        if end.is_none_or(|end| end > window.size()) {
            return Err(Trouble::Malformed(format!(
                "the vector at byte {at} has {count} items, which the file cannot hold"
            )));
        }
        Ok(Vector { at: first, count })
    }

    /// A text, of which at most `most` bytes are read; empty if it is left out.
    pub(crate) fn text(
        self,
        window: &mut Window<'_, '_>,
        number: u64,
        most: u64,
    ) -> Reading<String> {
        let Vector { at, count } = self.vector(window, number, 1)?;
        let bytes = window.bytes(at, count.min(most))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The tables of a vector of tables.
    pub(crate) fn tables(self, window: &mut Window<'_, '_>, number: u64) -> Reading<Tables> {
        let vector = self.vector(window, number, 4)?;
        Ok(Tables { vector, next: 0 })
    }
}

/// Tables of a vector, one after another.
pub(crate) struct Tables {
    vector: Vector,
    next: u64,
}

impl Tables {
    pub(crate) const fn count(&self) -> u64 {
        self.vector.count
    }

    pub(crate) fn next(&mut self, window: &mut Window<'_, '_>) -> Reading<Option<Table>> {
        if self.next >= self.vector.count {
            return Ok(None);
        }
        let at = self.vector.at.saturating_add(self.next.saturating_mul(4));
        self.next = self.next.saturating_add(1);
        let place = follow(window, at)?;
        table(window, place).map(Some)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    /// A value in a buffer that a test writes.
    #[derive(Clone)]
    pub(crate) enum Value {
        Bytes(Vec<u8>),
        U32(u32),
        U64(u64),
        Text(String),
        Vector(Vec<u8>, u32),
        Tables(Vec<Vec<Option<Value>>>),
    }

    pub(crate) fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.to_owned()))
    }

    pub(crate) fn ints(numbers: &[i32]) -> Option<Value> {
        let bytes = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        Some(Value::Vector(bytes, u32::try_from(numbers.len()).unwrap()))
    }

    /// Writes a buffer: everything is put behind what refers to it.
    pub(crate) fn write(identifier: &[u8; 4], root: &[Option<Value>]) -> Vec<u8> {
        let mut out = vec![0; 8];
        out[4..].copy_from_slice(identifier);
        let at = table(&mut out, root);
        out[..4].copy_from_slice(&u32::try_from(at).unwrap().to_le_bytes());
        out
    }

    fn point(out: &mut [u8], at: usize, to: usize) {
        out[at..at + 4].copy_from_slice(&u32::try_from(to - at).unwrap().to_le_bytes());
    }

    fn table(out: &mut Vec<u8>, fields: &[Option<Value>]) -> usize {
        out.resize(out.len().next_multiple_of(8), 0);
        let list = out.len();
        let list_size = 4 + 2 * fields.len();
        let start = (list + list_size).next_multiple_of(8);
        // Every field has eight bytes' place, behind the offset to the list.
        let size = 8 + 8 * fields.len();
        out.extend(u16::try_from(list_size).unwrap().to_le_bytes());
        out.extend(u16::try_from(size).unwrap().to_le_bytes());
        for (number, field) in fields.iter().enumerate() {
            let offset = if field.is_some() { 8 + 8 * number } else { 0 };
            out.extend(u16::try_from(offset).unwrap().to_le_bytes());
        }
        out.resize(start, 0);
        out.extend(i32::try_from(start - list).unwrap().to_le_bytes());
        out.resize(start + size, 0);
        for (number, field) in fields.iter().enumerate() {
            let at = start + 8 + 8 * number;
            let Some(field) = field else {
                continue;
            };
            match field {
                Value::Bytes(bytes) => out[at..at + bytes.len()].copy_from_slice(bytes),
                Value::U32(number) => out[at..at + 4].copy_from_slice(&number.to_le_bytes()),
                Value::U64(number) => out[at..at + 8].copy_from_slice(&number.to_le_bytes()),
                Value::Text(text) => {
                    vector(out, at, text.as_bytes(), u32::try_from(text.len()).unwrap())
                }
                Value::Vector(bytes, count) => vector(out, at, bytes, *count),
                Value::Tables(tables) => {
                    vector(
                        out,
                        at,
                        &vec![0; tables.len() * 4],
                        u32::try_from(tables.len()).unwrap(),
                    );
                    let offset = u32::from_le_bytes(out[at..at + 4].try_into().unwrap());
                    let first = at + usize::try_from(offset).unwrap() + 4;
                    for (number, fields) in tables.iter().enumerate() {
                        let to = table(out, fields);
                        point(out, first + 4 * number, to);
                    }
                }
            }
        }
        start
    }

    fn vector(out: &mut Vec<u8>, at: usize, bytes: &[u8], count: u32) {
        out.resize(out.len().next_multiple_of(8), 0);
        let to = out.len();
        point(out, at, to);
        out.extend(count.to_le_bytes());
        out.extend(bytes);
    }
}
