//! Local, global and fractal heaps, and the version 2 B-trees that index the last.
//!
//! Source: HDF5 File Format Specification 3.0, sections III.A.2 (version 2 B-trees), III.D (local
//! heaps), III.E (global heaps) and III.G (fractal heaps).

use super::source::{Cursor, Result, Source, Trouble, malformed, zero_ended};

/// How many records of one index are read.
const MAX_RECORDS: usize = 200_000;

/// How deep a version 2 B-tree or a table of blocks may be.
const MAX_DEPTH: u16 = 16;

/// How long a text in a heap may be, in bytes.
const MAX_NAME: u64 = 64 << 10;

/// A local heap: texts at offsets.
pub(super) struct LocalHeap {
    address: u64,
    size: u64,
}

impl LocalHeap {
    pub(super) fn read(source: &mut Source<'_>, address: u64) -> Result<Self> {
        let size = (8 + 2 * source.length_size + source.offset_size) as u64;
        let bytes = source.bytes(address, size)?;
        let mut cursor = Cursor::new(&bytes);
        cursor.signature(b"HEAP")?;
        cursor.take(4)?;
        let size = cursor.number(source.length_size)?;
        cursor.number(source.length_size)?;
        let address = cursor.number(source.offset_size)?;
        Ok(Self { address, size })
    }

    /// The text at an offset.
    pub(super) fn text(&self, source: &mut Source<'_>, offset: u64) -> Result<String> {
        if offset >= self.size {
            return malformed("a name outside its heap");
        }
        let left = self.size.saturating_sub(offset);
        let place = self.address.saturating_add(offset);
        // Most names are short.
        for most in [256, MAX_NAME] {
            let bytes = source.up_to(place, left.min(most))?;
            if bytes.contains(&0) || left <= most {
                return Ok(zero_ended(&bytes));
            }
        }
        Err(Trouble::TooMuch(format!(
            "a name of more than {MAX_NAME} bytes"
        )))
    }
}

/// The object of a global heap.
pub(super) fn global(source: &mut Source<'_>, address: u64, index: u64) -> Result<Vec<u8>> {
    let head_size = (8 + source.length_size) as u64;
    let head = source.bytes(address, head_size)?;
    let mut cursor = Cursor::new(&head);
    cursor.signature(b"GCOL")?;
    cursor.take(4)?;
    let size = cursor.number(source.length_size)?;
    let mut place = address.saturating_add(head_size);
    let end = address.saturating_add(size);
    let step = (8 + source.length_size) as u64;
    for _ in 0..=u64::from(u16::MAX) {
        if place.saturating_add(step) > end {
            break;
        }
        let head = source.bytes(place, step)?;
        let mut cursor = Cursor::new(&head);
        let found = cursor.number(2)?;
        cursor.take(6)?;
        let size = cursor.number(source.length_size)?;
        let data = place.saturating_add(step);
        if found == index {
            return source.bytes(data, size);
        }
        if found == 0 {
            break;
        }
        place = data.saturating_add(size.checked_next_multiple_of(8).unwrap_or(u64::MAX));
    }
    malformed(format!("no object {index} in the heap at {address:#x}"))
}

/// A fractal heap: objects by ids.
pub(super) struct FractalHeap {
    root: u64,
    rows: u16,
    width: u64,
    start: u64,
    max_direct: u64,
    offset_bytes: usize,
    length_bytes: usize,
    filtered: bool,
}

impl FractalHeap {
    pub(super) fn read(source: &mut Source<'_>, address: u64) -> Result<Self> {
        let bytes = source.up_to(address, 256)?;
        let mut cursor = Cursor::new(&bytes);
        let (o, l) = (source.offset_size, source.length_size);
        cursor.signature(b"FRHP")?;
        cursor.u8()?;
        cursor.u16()?;
        let filters = cursor.u16()?;
        cursor.u8()?;
        let max_managed = cursor.number(4)?;
        cursor.take(l + o + l + o + 8 * l)?;
        let width = cursor.number(2)?;
        let start = cursor.number(l)?;
        let max_direct = cursor.number(l)?;
        let bits = usize::from(cursor.u16()?);
        cursor.u16()?;
        let root = cursor.number(o)?;
        let rows = cursor.u16()?;
        if width == 0 || start == 0 || bits > 64 {
            return malformed("a fractal heap without blocks");
        }
        Ok(Self {
            root,
            rows,
            width,
            start,
            max_direct,
            offset_bytes: bits.div_ceil(8),
            length_bytes: bytes_for(max_direct.min(max_managed)),
            filtered: filters > 0,
        })
    }

    /// The object of an id.
    pub(super) fn object(&self, source: &mut Source<'_>, id: &[u8]) -> Result<Vec<u8>> {
        if self.filtered {
            return Err(Trouble::Unsupported("a compressed fractal heap".to_owned()));
        }
        let mut cursor = Cursor::new(id);
        let kind = (cursor.u8()? >> 4) & 3;
        match kind {
            0 => {
                let offset = cursor.number(self.offset_bytes)?;
                let length = cursor.number(self.length_bytes)?;
                let place = self.place(source, self.root, self.rows, offset, 0)?;
                source.bytes(place, length)
            }
            // Tiny objects are in their id.
            2 => Ok(cursor.rest().to_vec()),
            _ => Err(Trouble::Unsupported(
                "a huge object of a fractal heap".to_owned(),
            )),
        }
    }

    /// Where an offset of the heap is in the file.
    fn place(
        &self,
        source: &mut Source<'_>,
        block: u64,
        rows: u16,
        offset: u64,
        depth: u16,
    ) -> Result<u64> {
        if rows == 0 {
            return Ok(block.saturating_add(offset));
        }
        if depth > MAX_DEPTH {
            return malformed("a table of blocks that does not end");
        }
        let mut row_start = 0_u64;
        for row in 0..u64::from(rows) {
            let doubled = u32::try_from(row.saturating_sub(1)).unwrap_or(u32::MAX);
            let size = self.start.checked_shl(doubled).unwrap_or(u64::MAX);
            let row_size = size.saturating_mul(self.width);
            if offset.saturating_sub(row_start) < row_size {
                let column = offset
                    .saturating_sub(row_start)
                    .checked_div(size)
                    .unwrap_or(0);
                let inner = row_start.saturating_add(column.saturating_mul(size));
                let entry = row.saturating_mul(self.width).saturating_add(column);
                let head = (5 + source.offset_size + self.offset_bytes) as u64;
                let at = entry
                    .saturating_mul(source.offset_size as u64)
                    .saturating_add(head)
                    .saturating_add(block);
                let bytes = source.bytes(at, source.offset_size as u64)?;
                let child = Cursor::new(&bytes).number(source.offset_size)?;
                let rest = offset.saturating_sub(inner);
                if size <= self.max_direct {
                    return Ok(child.saturating_add(rest));
                }
                let first = self.start.saturating_mul(self.width).max(1);
                let rows = (size / first).max(1).ilog2().saturating_add(1);
                let rows = u16::try_from(rows).unwrap_or(u16::MAX);
                return self.place(source, child, rows, rest, depth.saturating_add(1));
            }
            row_start = row_start.saturating_add(row_size);
        }
        malformed("an object outside its heap")
    }
}

fn bytes_for(number: u64) -> usize {
    let bits = 64_u32.saturating_sub(number.leading_zeros()).max(1);
    bits.div_ceil(8) as usize
}

/// The records of a version 2 B-tree, with its type.
pub(super) fn records(source: &mut Source<'_>, address: u64) -> Result<(u8, Vec<Vec<u8>>)> {
    let (o, l) = (source.offset_size, source.length_size);
    let bytes = source.bytes(address, (22 + o + l) as u64)?;
    let mut cursor = Cursor::new(&bytes);
    cursor.signature(b"BTHD")?;
    cursor.u8()?;
    let kind = cursor.u8()?;
    let node_size = cursor.number(4)?;
    let record_size = u64::from(cursor.u16()?);
    let depth = cursor.u16()?;
    cursor.take(2)?;
    let root = cursor.number(o)?;
    let count = u64::from(cursor.u16()?);
    if record_size == 0 || depth > MAX_DEPTH {
        return malformed("a B-tree of no records, or too deep");
    }
    // How many bytes numbers of records have, for each level.
    let most = node_size
        .saturating_sub(10)
        .checked_div(record_size)
        .unwrap_or(0);
    let count_bytes = bytes_for(most);
    let mut below = vec![(most, 0_usize)];
    for _ in 0..depth {
        let (cumulative, size) = below.last().copied().unwrap_or((0, 0));
        let pointer = (o + count_bytes + size) as u64;
        let fit = node_size
            .saturating_sub(10 + pointer)
            .checked_div(record_size.saturating_add(pointer))
            .unwrap_or(0);
        let all = fit
            .saturating_add(1)
            .saturating_mul(cumulative)
            .saturating_add(fit);
        below.push((all, bytes_for(all)));
    }
    let mut records = Vec::new();
    let mut nodes = vec![(root, count, depth)];
    let mut seen = std::collections::HashSet::new();
    while let Some((address, count, level)) = nodes.pop() {
        if count == 0 {
            continue;
        }
        if !seen.insert(address) {
            return malformed("a B-tree that leads back to itself");
        }
        let bytes = source.bytes(address, node_size)?;
        let mut cursor = Cursor::new(&bytes);
        cursor.signature(if level == 0 { b"BTLF" } else { b"BTIN" })?;
        cursor.take(2)?;
        for _ in 0..count {
            let record = cursor.take(usize::try_from(record_size).unwrap_or(usize::MAX))?;
            records.push(record.to_vec());
            if records.len() > MAX_RECORDS {
                return Err(Trouble::TooMuch(format!("more than {MAX_RECORDS} records")));
            }
        }
        if let Some(under) = level.checked_sub(1) {
            let size = below.get(usize::from(under)).map_or(0, |(_, size)| *size);
            for _ in 0..=count {
                let child = cursor.number(o)?;
                let records = cursor.number(count_bytes)?;
                cursor.take(size)?;
                nodes.push((child, records, under));
            }
        }
    }
    Ok((kind, records))
}
