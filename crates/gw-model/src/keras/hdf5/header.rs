//! Superblocks, object headers and their messages.
//!
//! Source: HDF5 File Format Specification 3.0, sections II (superblock) and IV.A (object headers).

use std::collections::HashSet;

use super::source::{Cursor, Result, Source, Trouble, malformed};

const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// How many messages an object may have.
const MAX_MESSAGES: usize = 100_000;

/// How many places the superblock is looked for: at 0, 512, 1024 and on, doubled.
const MAX_PLACES: u32 = 24;

/// A message of an object header.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) kind: u16,
    /// Whether it only says where the message is.
    pub(super) shared: bool,
    pub(super) body: Vec<u8>,
}

/// Finds the superblock; sets the sizes of addresses and returns the root's.
pub(super) fn superblock(source: &mut Source<'_>) -> Result<u64> {
    let mut place = 0_u64;
    for _ in 0..MAX_PLACES {
        if place >= source.size {
            break;
        }
        let head = source.up_to(place, 128)?;
        if head.starts_with(SIGNATURE) {
            return read_superblock(source, place, &head);
        }
        place = if place == 0 {
            512
        } else {
            place.saturating_mul(2)
        };
    }
    malformed("no superblock")
}

/// Whether a file has a superblock at its start.
pub(crate) fn is_hdf5(head: &[u8]) -> bool {
    head.starts_with(SIGNATURE)
}

fn read_superblock(source: &mut Source<'_>, place: u64, head: &[u8]) -> Result<u64> {
    let mut cursor = Cursor::new(head);
    cursor.take(SIGNATURE.len())?;
    let version = cursor.u8()?;
    match version {
        0 | 1 => {
            cursor.take(4)?;
            source.offset_size = usize::from(cursor.u8()?);
            source.length_size = usize::from(cursor.u8()?);
            cursor.take(if version == 0 { 9 } else { 13 })?;
        }
        2 | 3 => {
            source.offset_size = usize::from(cursor.u8()?);
            source.length_size = usize::from(cursor.u8()?);
            cursor.u8()?;
        }
        other => {
            return Err(Trouble::Unsupported(format!("superblock version {other}")));
        }
    }
    if !matches!(source.offset_size, 2 | 4 | 8) || !matches!(source.length_size, 2 | 4 | 8) {
        return malformed(format!(
            "addresses of {} and lengths of {} bytes",
            source.offset_size, source.length_size
        ));
    }
    let size = source.offset_size;
    // The base address may lie; libraries then take the superblock's place.
    let base = cursor.number(size)?;
    cursor.number(size)?;
    cursor.number(size)?;
    let root = match version {
        0 | 1 => {
            cursor.number(size)?;
            cursor.number(size)?;
            cursor.number(size)?
        }
        _ => cursor.number(size)?,
    };
    source.base = if base == place { base } else { place };
    Ok(root)
}

/// The messages of an object.
pub(super) fn messages(source: &mut Source<'_>, address: u64) -> Result<Vec<Message>> {
    let head = source.up_to(address, 64)?;
    let mut cursor = Cursor::new(&head);
    let mut messages = Vec::new();
    // What is still to be read: blocks, and whether their messages have a creation order.
    let mut blocks: Vec<(u64, u64)> = Vec::new();
    let mut seen = HashSet::new();
    let version_2 = head.starts_with(b"OHDR");
    let mut order = false;
    if version_2 {
        cursor.take(4)?;
        let version = cursor.u8()?;
        if version != 2 {
            return Err(Trouble::Unsupported(format!(
                "object header version {version}"
            )));
        }
        let flags = cursor.u8()?;
        order = flags & 0x04 != 0;
        if flags & 0x20 != 0 {
            cursor.take(16)?;
        }
        if flags & 0x10 != 0 {
            cursor.take(4)?;
        }
        let size = cursor.number(1_usize << (flags & 3))?;
        blocks.push((address.saturating_add(cursor.at() as u64), size));
    } else {
        let version = cursor.u8()?;
        if version != 1 {
            return malformed(format!("an object header of version {version}"));
        }
        cursor.take(7)?;
        let size = cursor.number(4)?;
        blocks.push((address.saturating_add(16), size));
    }
    let mut first = true;
    while let Some((place, size)) = blocks.pop() {
        if !seen.insert(place) {
            return malformed("an object header that continues in itself");
        }
        let bytes = source.bytes(place, size)?;
        let mut cursor = Cursor::new(&bytes);
        let mut trailer = 0;
        if version_2 && !first {
            cursor.signature(b"OCHK")?;
            trailer = 4;
        }
        first = false;
        let head = match (version_2, order) {
            (false, _) => 8,
            (true, false) => 4,
            (true, true) => 6,
        };
        while cursor.left() >= head + trailer {
            let message = message(&mut cursor, version_2, order)?;
            if message.kind == 0x10 {
                let mut place = Cursor::new(&message.body);
                let at = place.number(source.offset_size)?;
                blocks.push((at, place.number(source.length_size)?));
            } else if message.kind != 0 {
                messages.push(message);
            }
            if messages.len() > MAX_MESSAGES || seen.len() > MAX_MESSAGES {
                return Err(Trouble::TooMuch(format!(
                    "more than {MAX_MESSAGES} messages"
                )));
            }
        }
    }
    Ok(messages)
}

fn message(cursor: &mut Cursor<'_>, version_2: bool, order: bool) -> Result<Message> {
    let (kind, size, flags);
    if version_2 {
        kind = u16::from(cursor.u8()?);
        size = cursor.u16()?;
        flags = cursor.u8()?;
        if order {
            cursor.take(2)?;
        }
    } else {
        kind = cursor.u16()?;
        size = cursor.u16()?;
        flags = cursor.u8()?;
        cursor.take(3)?;
    }
    Ok(Message {
        kind,
        shared: flags & 0x02 != 0,
        body: cursor.take(usize::from(size))?.to_vec(),
    })
}
