//! What an object of a file is: its attributes, what it links to, and its data.
//!
//! Source: HDF5 File Format Specification 3.0, sections III.A.1 (version 1 B-trees), III.B and
//! III.C (symbol tables) and IV.A.2 (messages).

use std::collections::HashSet;

use super::datatype::{Type, dataspace};
use super::header::{Message, messages};
use super::heap::{FractalHeap, LocalHeap, global, records};
use super::source::{Cursor, Result, Source, Trouble, malformed, zero_ended};

/// How long a text of an attribute is read, in bytes. A model's configuration has some megabytes
/// at most.
const MAX_TEXT: u64 = 64 << 20;

/// How many texts of an attribute are read.
const MAX_TEXTS: u64 = 100_000;

/// How many links a group may have.
const MAX_LINKS: usize = 200_000;

/// An object.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) attributes: Vec<Attribute>,
    pub(super) links: Vec<(String, Link)>,
    /// The data's type and shape.
    pub(super) data: Option<(Type, Vec<u64>)>,
    /// Other files that have the data.
    pub(super) outside: Vec<String>,
    /// Where the data lies, and how many bytes it has, if it lies in one piece.
    pub(super) extent: Option<(u64, u64)>,
    /// The numbers of the filters that the data goes through.
    pub(super) filters: Vec<u16>,
    /// What could not be read.
    pub(super) troubles: Vec<Trouble>,
}

/// An attribute: its name, and its texts if it has texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) texts: Vec<String>,
}

/// What a name in a group stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// An object of the file, by its address.
    Hard(u64),
    /// A path in the file.
    Soft,
    /// A path in another file.
    External(String, String),
}

/// Reads the object at an address.
pub(super) fn read(source: &mut Source<'_>, address: u64) -> Result<Object> {
    let messages = messages(source, address)?;
    let mut object = Object::default();
    let mut kind = None;
    let mut shape = None;
    for message in &messages {
        let result = match message.kind {
            0x01 => dataspace(&message.body, source.length_size).map(|found| shape = found),
            0x03 => datatype(source, message).map(|found| kind = Some(found)),
            other => read_message(source, other, message, &mut object),
        };
        if let Err(trouble) = result {
            object.troubles.push(trouble);
        }
    }
    if let (Some(kind), Some(shape)) = (kind, shape) {
        object.data = Some((kind, shape));
    }
    Ok(object)
}

fn read_message(
    source: &mut Source<'_>,
    kind: u16,
    message: &Message,
    object: &mut Object,
) -> Result<()> {
    let body = &message.body;
    let o = source.offset_size;
    match kind {
        0x02 => {
            let (heap, index) = dense(source, body)?;
            for (_, record) in dense_records(source, heap, index, 4)? {
                let (name, link) = link(&record, o)?;
                object.links.push((name, link));
            }
        }
        0x06 => object.links.push(link(body, o)?),
        0x07 => external_files(source, body, object)?,
        0x08 => layout(source, body, object)?,
        0x0b => object.filters = filters(body)?,
        0x0c => {
            let attribute = attribute(source, body, message.shared)?;
            object.attributes.push(attribute);
        }
        0x11 => {
            let mut cursor = Cursor::new(body);
            let (tree, heap) = (cursor.number(o)?, cursor.number(o)?);
            symbol_table(source, tree, heap, &mut object.links)?;
        }
        0x15 => {
            let (heap, index) = dense(source, body)?;
            for (_, record) in dense_records(source, heap, index, 0)? {
                let attribute = attribute(source, &record, false)?;
                object.attributes.push(attribute);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The datatype of a message, which may be another object's.
fn datatype(source: &mut Source<'_>, message: &Message) -> Result<Type> {
    if message.shared {
        return shared_datatype(source, &message.body);
    }
    Type::read(&message.body)
}

/// A datatype that has a name of its own in the file.
fn shared_datatype(source: &mut Source<'_>, reference: &[u8]) -> Result<Type> {
    let mut cursor = Cursor::new(reference);
    let version = cursor.u8()?;
    let kind = cursor.u8()?;
    if version == 1 {
        cursor.take(6)?;
    }
    if version == 3 && kind == 1 {
        return Err(Trouble::Unsupported(
            "a shared message in a heap".to_owned(),
        ));
    }
    let address = cursor.number(source.offset_size)?;
    let found = messages(source, address)?;
    match found
        .iter()
        .find(|found| found.kind == 0x03 && !found.shared)
    {
        Some(found) => Type::read(&found.body),
        None => malformed("a shared datatype that is not there"),
    }
}

/// The fractal heap and the index by names of links or attributes that are stored densely.
fn dense(source: &Source<'_>, body: &[u8]) -> Result<(u64, u64)> {
    let mut cursor = Cursor::new(body);
    cursor.u8()?;
    let flags = cursor.u8()?;
    // Links count their order in eight bytes, attributes in two; both only if asked to.
    let addresses = source.offset_size * if flags & 2 != 0 { 3 } else { 2 };
    let skipped = cursor.left().saturating_sub(addresses);
    cursor.take(if flags & 1 != 0 { skipped } else { 0 })?;
    Ok((
        cursor.number(source.offset_size)?,
        cursor.number(source.offset_size)?,
    ))
}

/// The objects of a heap that an index lists, of which ids begin at a place in each record.
fn dense_records(
    source: &mut Source<'_>,
    heap: u64,
    index: u64,
    id_at: usize,
) -> Result<Vec<(u8, Vec<u8>)>> {
    if undefined(heap, source.offset_size) || undefined(index, source.offset_size) {
        return Ok(Vec::new());
    }
    let heap = FractalHeap::read(source, heap)?;
    let (_, records) = records(source, index)?;
    let mut objects = Vec::new();
    for record in records {
        let id = record.get(id_at..).unwrap_or_default();
        // Attributes' ids have eight bytes, then come flags.
        let (id, flags) = match id_at {
            0 => (
                id.get(..8).unwrap_or_default(),
                id.get(8).copied().unwrap_or(0),
            ),
            _ => (id, 0),
        };
        objects.push((flags, heap.object(source, id)?));
    }
    Ok(objects)
}

/// Whether an address says that nothing is there.
const fn undefined(address: u64, size: usize) -> bool {
    match size {
        2 => address == 0xffff,
        4 => address == 0xffff_ffff,
        _ => address == u64::MAX,
    }
}

fn link(body: &[u8], offset_size: usize) -> Result<(String, Link)> {
    let mut cursor = Cursor::new(body);
    cursor.u8()?;
    let flags = cursor.u8()?;
    let kind = if flags & 0x08 != 0 { cursor.u8()? } else { 0 };
    if flags & 0x04 != 0 {
        cursor.take(8)?;
    }
    if flags & 0x10 != 0 {
        cursor.u8()?;
    }
    let length = cursor.size(1_usize << (flags & 3))?;
    let name = String::from_utf8_lossy(cursor.take(length)?).into_owned();
    let link = match kind {
        0 => Link::Hard(cursor.number(offset_size)?),
        1 => Link::Soft,
        64 => {
            let length = usize::from(cursor.u16()?);
            let value = cursor.take(length)?;
            external(value.get(1..).unwrap_or_default())
        }
        other => {
            return Err(Trouble::Unsupported(format!("a link of kind {other}")));
        }
    };
    Ok((name, link))
}

/// A file's name and a path in it, both ended by a zero byte.
fn external(value: &[u8]) -> Link {
    let mut parts = value.split(|byte| *byte == 0);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let file = text();
    Link::External(file, text())
}

/// The links of a group in the old form.
fn symbol_table(
    source: &mut Source<'_>,
    tree: u64,
    heap: u64,
    links: &mut Vec<(String, Link)>,
) -> Result<()> {
    let heap = LocalHeap::read(source, heap)?;
    let (o, l) = (source.offset_size, source.length_size);
    let mut nodes = vec![tree];
    let mut seen = HashSet::new();
    while let Some(address) = nodes.pop() {
        if undefined(address, o) {
            continue;
        }
        if !seen.insert(address) {
            return malformed("a B-tree that leads back to itself");
        }
        let head = source.bytes(address, (8 + 2 * o) as u64)?;
        if head.starts_with(b"SNOD") {
            symbols(source, address, &heap, links)?;
            continue;
        }
        let mut cursor = Cursor::new(&head);
        cursor.signature(b"TREE")?;
        if cursor.u8()? != 0 {
            return malformed("a B-tree of another kind than a group's");
        }
        cursor.u8()?;
        let count = u64::from(cursor.u16()?);
        let size = count.saturating_mul((o + l) as u64);
        let place = address.saturating_add((8 + 2 * o) as u64);
        let bytes = source.bytes(place, size)?;
        let mut cursor = Cursor::new(&bytes);
        for _ in 0..count {
            cursor.take(l)?;
            nodes.push(cursor.number(o)?);
        }
        if links.len().saturating_add(nodes.len()) > MAX_LINKS {
            return Err(Trouble::TooMuch(format!("more than {MAX_LINKS} links")));
        }
    }
    Ok(())
}

fn symbols(
    source: &mut Source<'_>,
    address: u64,
    heap: &LocalHeap,
    links: &mut Vec<(String, Link)>,
) -> Result<()> {
    let o = source.offset_size;
    let head = source.bytes(address, 8)?;
    let count = Cursor::new(head.get(6..).unwrap_or_default()).number(2)?;
    let size = count.saturating_mul((2 * o + 24) as u64);
    let bytes = source.bytes(address.saturating_add(8), size)?;
    let mut cursor = Cursor::new(&bytes);
    for _ in 0..count {
        let name = cursor.number(o)?;
        let object = cursor.number(o)?;
        let cache = cursor.number(4)?;
        cursor.take(20)?;
        let name = heap.text(source, name)?;
        let link = match cache {
            2 => Link::Soft,
            _ => Link::Hard(object),
        };
        links.push((name, link));
    }
    Ok(())
}

fn attribute(source: &mut Source<'_>, body: &[u8], _shared: bool) -> Result<Attribute> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u8()?;
    let flags = cursor.u8()?;
    let sizes = [cursor.u16()?, cursor.u16()?, cursor.u16()?].map(usize::from);
    let [name_size, type_size, space_size] = sizes;
    if version == 3 {
        cursor.u8()?;
    }
    if !matches!(version, 1..=3) {
        return Err(Trouble::Unsupported(format!(
            "an attribute of version {version}"
        )));
    }
    let mut part = |size: usize| {
        let bytes = cursor.take(size);
        if version == 1 {
            cursor.align();
        }
        bytes
    };
    let name = zero_ended(part(name_size)?);
    let kind_bytes = part(type_size)?;
    let space = part(space_size)?;
    let kind = match version > 1 && flags & 1 != 0 {
        true => shared_datatype(source, kind_bytes)?,
        false => Type::read(kind_bytes)?,
    };
    let shape = match version > 1 && flags & 2 != 0 {
        true => return Err(Trouble::Unsupported("a shared dataspace".to_owned())),
        false => dataspace(space, source.length_size)?,
    };
    let count = shape.map_or(0, |shape| {
        shape
            .iter()
            .fold(1_u64, |all, size| all.saturating_mul(*size))
    });
    let mut texts = Vec::new();
    if !matches!(kind, Type::Other(..)) {
        if count > MAX_TEXTS {
            return Err(Trouble::TooMuch(format!(
                "{count} texts in attribute {name:?}"
            )));
        }
        let mut all = 0_u64;
        for _ in 0..count {
            let text = match kind {
                Type::VariableText => variable(source, &mut cursor)?,
                ref fixed => cursor.take(fixed.size())?.to_vec(),
            };
            all = all.saturating_add(text.len() as u64);
            if all > MAX_TEXT {
                return Err(Trouble::TooMuch(format!(
                    "attribute {name:?} has more than {MAX_TEXT} bytes"
                )));
            }
            let end = text.iter().rposition(|byte| *byte != 0);
            let text = text.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
            texts.push(String::from_utf8_lossy(text).into_owned());
        }
    }
    Ok(Attribute { name, texts })
}

/// A text in a global heap.
fn variable(source: &mut Source<'_>, cursor: &mut Cursor<'_>) -> Result<Vec<u8>> {
    let length = cursor.size(4)?;
    let address = cursor.number(source.offset_size)?;
    let index = cursor.number(4)?;
    if length == 0 {
        return Ok(Vec::new());
    }
    let mut bytes = global(source, address, index)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn external_files(source: &mut Source<'_>, body: &[u8], object: &mut Object) -> Result<()> {
    let mut cursor = Cursor::new(body);
    cursor.take(4)?;
    cursor.u16()?;
    let count = cursor.u16()?;
    let address = cursor.number(source.offset_size)?;
    let heap = LocalHeap::read(source, address)?;
    for _ in 0..count {
        let name = cursor.number(source.length_size)?;
        cursor.take(2 * source.length_size)?;
        let name = heap.text(source, name)?;
        object.outside.push(name);
    }
    Ok(())
}

fn layout(source: &mut Source<'_>, body: &[u8], object: &mut Object) -> Result<()> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u8()?;
    let (o, l) = (source.offset_size, source.length_size);
    if version < 3 {
        let rank = cursor.u8()?;
        let class = cursor.u8()?;
        cursor.take(5)?;
        if class == 1 {
            let address = cursor.number(o)?;
            let mut size = 1_u64;
            for _ in 0..rank {
                size = size.saturating_mul(cursor.number(4)?);
            }
            object.extent = Some((address, size)).filter(|_| !undefined(address, o));
        }
        return Ok(());
    }
    match cursor.u8()? {
        1 => {
            let address = cursor.number(o)?;
            let size = cursor.number(l)?;
            object.extent = Some((address, size)).filter(|_| !undefined(address, o));
        }
        3 => {
            let address = cursor.number(o)?;
            let index = cursor.number(4)?;
            if undefined(address, o) {
                return Ok(());
            }
            let block = global(source, address, index)?;
            virtual_sources(&block, l, object)?;
        }
        _ => {}
    }
    Ok(())
}

/// The files of a virtual dataset. The selections between their names are of kinds that we need
/// not understand: names of files are texts, so they are searched for after each.
fn virtual_sources(block: &[u8], length_size: usize, object: &mut Object) -> Result<()> {
    let mut cursor = Cursor::new(block);
    cursor.u8()?;
    let count = cursor.number(length_size)?;
    for _ in 0..count.min(MAX_LINKS as u64) {
        let rest = cursor.rest();
        let mut parts = rest.splitn(3, |byte| *byte == 0);
        let file = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
        parts.next();
        if file != "." && !file.is_empty() {
            object.outside.push(file);
        }
        let after = parts.next().unwrap_or_default();
        let Some(skipped) = selection(after).and_then(|first| {
            let second = selection(after.get(first..)?)?;
            first.checked_add(second)
        }) else {
            if count > 1 {
                return Err(Trouble::Unsupported(
                    "a selection of a virtual dataset".to_owned(),
                ));
            }
            return Ok(());
        };
        cursor = Cursor::new(after.get(skipped..).unwrap_or_default());
    }
    Ok(())
}

/// How many bytes a serialised selection has: all, or regular hyperslabs.
fn selection(bytes: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(bytes);
    let kind = cursor.number(4).ok()?;
    let version = cursor.number(4).ok()?;
    match (kind, version) {
        (0 | 3, 1) => Some(16),
        (2, 1) => {
            cursor.take(4).ok()?;
            let length = cursor.size(4).ok()?;
            cursor.at().checked_add(length)
        }
        (2, 2) => {
            cursor.u8().ok()?;
            let length = cursor.size(4).ok()?;
            cursor.at().checked_add(length)
        }
        (2, 3) => {
            let flags = cursor.u8().ok()?;
            let size = usize::from(cursor.u8().ok()?);
            let rank = cursor.size(4).ok()?;
            if flags & 1 == 0 {
                let blocks = cursor.size(size).ok()?;
                let numbers = blocks.checked_mul(2)?.checked_mul(rank)?;
                return cursor.at().checked_add(numbers.checked_mul(size)?);
            }
            let numbers = rank.checked_mul(4)?.checked_mul(size)?;
            cursor.at().checked_add(numbers)
        }
        _ => None,
    }
}

/// The numbers of filters.
fn filters(body: &[u8]) -> Result<Vec<u16>> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u8()?;
    let count = cursor.u8()?;
    if version == 1 {
        cursor.take(6)?;
    }
    let mut all = Vec::new();
    for _ in 0..count {
        let id = cursor.u16()?;
        let named = version == 1 || id >= 256;
        let name = if named { usize::from(cursor.u16()?) } else { 0 };
        cursor.u16()?;
        let values = usize::from(cursor.u16()?);
        cursor.take(name)?;
        cursor.take(values.saturating_mul(4))?;
        if version == 1 && values % 2 == 1 {
            cursor.take(4)?;
        }
        all.push(id);
    }
    Ok(all)
}
