//! Sorted tables, the files that TensorFlow keeps indexes of checkpoints in: LevelDB's table format.
//!
//! Source: LevelDB, `doc/table_format.md`; TensorFlow, `tsl/lib/io/format.h`, `block.cc`.

use gw_finding::ReasonCode;

use crate::tensor::input::{Input, Reading, Trouble};

/// The footer: two handles, padding, a magic number.
const FOOTER: u64 = 48;
const MAGIC: u64 = 0xDB47_7524_8B80_FB57;

/// The largest block that is read, and how many, by what TensorFlow writes: blocks of 256 KiB.
const MAX_BLOCK: u64 = 32 << 20;
const MAX_BLOCKS: usize = 1 << 16;

/// Whether the content ends as a table does.
pub(super) fn is_table(input: &mut Input<'_, '_>) -> Reading<bool> {
    let Some(magic_at) = input.size().and_then(|size| size.checked_sub(8)) else {
        return Ok(false);
    };
    input.go_to(magic_at)?;
    Ok(input.u64()? == MAGIC)
}

/// Visits keys and values of the table that the content is, in order.
pub(super) fn entries(
    input: &mut Input<'_, '_>,
    mut visit: impl FnMut(&[u8], &[u8]) -> Reading<()>,
) -> Reading<()> {
    let Some(size) = input.size() else {
        let detail = "an index can only be read from a file";
        return Err(Trouble::Limit(ReasonCode::TooLarge, detail.to_owned()));
    };
    let Some(footer_at) = size.checked_sub(FOOTER) else {
        return Err(Trouble::malformed("it is too short for a table"));
    };
    input.go_to(footer_at)?;
    let footer = input.bytes(FOOTER)?;
    let magic = footer.last_chunk().map(|magic| u64::from_le_bytes(*magic));
    if magic != Some(MAGIC) {
        return Err(Trouble::malformed("it does not end as a table does"));
    }
    let mut fields = Bytes(&footer);
    let (_, _) = (fields.varint()?, fields.varint()?);
    let index = (fields.varint()?, fields.varint()?);
    let index = block(input, index, footer_at)?;
    let mut handles = Vec::new();
    pairs(&index, |_, handle| {
        if handles.len() >= MAX_BLOCKS {
            let detail = format!("more than {MAX_BLOCKS} blocks");
            return Err(Trouble::Limit(ReasonCode::TooMany, detail));
        }
        let mut fields = Bytes(handle);
        handles.push((fields.varint()?, fields.varint()?));
        Ok(())
    })?;
    // Blocks lie one after another; handles that share bytes would have few bytes read many times.
    let mut end = 0;
    for handle in handles {
        if handle.0 < end {
            return Err(Trouble::malformed("the table's blocks overlap"));
        }
        end = handle.0.saturating_add(handle.1);
        pairs(&block(input, handle, footer_at)?, &mut visit)?;
    }
    Ok(())
}

/// A block's content, of which the table's footer at byte `most` is the limit.
fn block(input: &mut Input<'_, '_>, (at, size): (u64, u64), most: u64) -> Reading<Vec<u8>> {
    let fits = at.checked_add(size).is_some_and(|end| end <= most);
    if !fits || size > MAX_BLOCK {
        return Err(Trouble::Malformed(format!(
            "a block of {size} bytes at byte {at} of the table"
        )));
    }
    input.go_to(at)?;
    let bytes = input.bytes(size)?;
    match input.u8()? {
        0 => Ok(bytes),
        1 => snappy(&bytes),
        kind => Err(Trouble::Malformed(format!("a block of compression {kind}"))),
    }
}

/// Visits the keys and values of a block: each key is written as how much it shares with the last
/// one, and the rest.
fn pairs(block: &[u8], mut visit: impl FnMut(&[u8], &[u8]) -> Reading<()>) -> Reading<()> {
    let restarts = block
        .last_chunk()
        .map_or(0, |count| u32::from_le_bytes(*count));
    let tail = usize::try_from(restarts)
        .ok()
        .and_then(|count| count.checked_mul(4)?.checked_add(4));
    let entries = tail.and_then(|tail| block.get(..block.len().checked_sub(tail)?));
    let Some(entries) = entries else {
        return Err(Trouble::malformed("a block has fewer bytes than restarts"));
    };
    let mut fields = Bytes(entries);
    let mut key: Vec<u8> = Vec::new();
    while !fields.0.is_empty() {
        let (shared, rest, value) = (fields.varint()?, fields.varint()?, fields.varint()?);
        let shared = usize::try_from(shared).unwrap_or(usize::MAX);
        if shared > key.len() {
            return Err(Trouble::malformed(
                "a key shares more than the last one has",
            ));
        }
        key.truncate(shared);
        key.extend_from_slice(fields.take(rest)?);
        let value = fields.take(value)?;
        visit(&key, value)?;
    }
    Ok(())
}

/// Fields of a block.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn varint(&mut self) -> Reading<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte, rest @ ..] = self.0 else {
                break;
            };
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Trouble::malformed("a number in the table has no end"))
    }

    fn take(&mut self, count: u64) -> Reading<&'b [u8]> {
        let split = usize::try_from(count)
            .ok()
            .and_then(|count| self.0.split_at_checked(count));
        let Some((taken, rest)) = split else {
            return Err(Trouble::malformed("an entry goes on behind its block"));
        };
        self.0 = rest;
        Ok(taken)
    }
}

/// Snappy's block format: literals and copies of what came before (Google, `format_description.txt`).
fn snappy(bytes: &[u8]) -> Reading<Vec<u8>> {
    let bad = || Trouble::malformed("a block is not what Snappy writes");
    let mut fields = Bytes(bytes);
    let size = fields.varint()?;
    if size > MAX_BLOCK {
        return Err(bad());
    }
    let mut out: Vec<u8> = Vec::new();
    while let [tag, rest @ ..] = fields.0 {
        fields.0 = rest;
        let long = u64::from(tag >> 2);
        let little = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
        };
        let (length, back) = match tag & 3 {
            0 => {
                let length = match long.checked_sub(59) {
                    Some(extra) if extra > 0 => little(fields.take(extra)?),
                    _ => long,
                };
                out.extend_from_slice(fields.take(length.saturating_add(1))?);
                if out.len() as u64 > size {
                    return Err(bad());
                }
                continue;
            }
            1 => (
                (long & 7).saturating_add(4),
                u64::from(tag >> 5) << 8 | little(fields.take(1)?),
            ),
            2 => (long.saturating_add(1), little(fields.take(2)?)),
            _ => (long.saturating_add(1), little(fields.take(4)?)),
        };
        if (out.len() as u64).saturating_add(length) > size {
            return Err(bad());
        }
        for _ in 0..length {
            let back = usize::try_from(back).ok().filter(|back| *back > 0);
            let byte = back
                .and_then(|back| out.len().checked_sub(back))
                .and_then(|from| out.get(from).copied());
            out.push(byte.ok_or_else(bad)?);
        }
    }
    if out.len() as u64 == size {
        Ok(out)
    } else {
        Err(bad())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Content;

    pub(crate) fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x7F {
            bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        bytes.push(number.to_le_bytes()[0]);
        bytes
    }

    fn block(entries: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut last: &[u8] = b"";
        for (key, value) in entries {
            let shared = last.iter().zip(*key).take_while(|(a, b)| a == b).count();
            for size in [shared, key.len() - shared, value.len()] {
                bytes.extend(varint(size as u64));
            }
            bytes.extend(&key[shared..]);
            bytes.extend(*value);
            last = key;
        }
        bytes.extend([0, 0, 0, 0, 1, 0, 0, 0]);
        bytes
    }

    /// A table of one block.
    pub(crate) fn table(entries: &[(&[u8], &[u8])], compressed: bool) -> Vec<u8> {
        let mut data = block(entries);
        let kind = u8::from(compressed);
        if compressed {
            let size = data.len();
            let literals: Vec<u8> = data
                .chunks(60)
                .flat_map(|chunk| {
                    let tag = u8::try_from((chunk.len() - 1) << 2).unwrap();
                    [&[tag][..], chunk].concat()
                })
                .collect();
            data = [varint(size as u64), literals].concat();
        }
        let handle = [varint(0), varint(data.len() as u64)].concat();
        let index = block(&[(b"z", &handle)]);
        let index_at = data.len() + 5;
        let mut bytes = [&data[..], &[kind, 0, 0, 0, 0], &index, &[0; 5]].concat();
        let mut footer = [
            varint(0),
            varint(0),
            varint(index_at as u64),
            varint(index.len() as u64),
        ]
        .concat();
        footer.resize(40, 0);
        footer.extend(MAGIC.to_le_bytes());
        bytes.extend(footer);
        bytes
    }

    #[test]
    fn copies_what_came_before() {
        assert_eq!(snappy(&[5, 0, b'a', 0x01, 1]).unwrap(), b"aaaaa");
        assert!(snappy(&[5, 0, b'a', 0x01, 2]).is_err());
        assert!(snappy(&[4, 0, b'a', 0x01, 1]).is_err());
    }

    #[test]
    fn reads_tables() {
        let entries: [(&[u8], &[u8]); 3] =
            [(b"", b"head"), (b"layer/a", b"1"), (b"layer/b", b"22")];
        for compressed in [false, true] {
            let bytes = table(&entries, compressed);
            let mut content = Content::bytes(&bytes);
            let mut seen = Vec::new();
            super::entries(&mut Input::new(&mut content).unwrap(), |key, value| {
                seen.push((key.to_vec(), value.to_vec()));
                Ok(())
            })
            .unwrap();
            let expected: Vec<_> = entries
                .iter()
                .map(|(k, v)| (k.to_vec(), v.to_vec()))
                .collect();
            assert_eq!(seen, expected);
        }
    }
}
