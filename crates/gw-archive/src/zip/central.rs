use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use gw_finding::ReasonCode;
use memchr::memmem;

use super::field::{Fields, UnicodeName, expand, read_at, unused_sizes};
use crate::ReadSeek;

/// How far from the end of the file an end record may begin: its own size and the longest comment.
const TAIL: u64 = 22 + 65_535;

/// How many directories are read; more than one is rare, more than this an attack.
const MAX_DIRECTORIES: usize = 16;

/// Where a central directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) start: u64,
    /// Where its end record ends.
    pub(super) end: u64,
    /// By how much all offsets are too small, because something was put before the archive.
    pub(super) moved: u64,
    /// How many entries the end record promises.
    pub(super) entries: u64,
    /// Whether the promise has only 16 bits, so that more entries may have overflown it.
    pub(super) is_short: bool,
    /// Whether its end record's comment ends where the file does.
    pub(super) fits: bool,
    /// Whether it is found only by taking the zip64 end record for a part of the directory that
    /// both end records describe alike.
    pub(super) is_shifted: bool,
}

/// Why a file's directories are not all there.
pub(super) type Why = (ReasonCode, String);

/// Every central directory that a loader could take, the likeliest first.
pub(super) fn find(
    input: &mut dyn ReadSeek,
    len: u64,
) -> io::Result<(Vec<Directory>, Option<Why>)> {
    let tail_start = len.saturating_sub(TAIL);
    let tail = read_at(
        input,
        tail_start,
        usize::try_from(TAIL).unwrap_or(usize::MAX),
    )?;
    let mut directories: Vec<Directory> = Vec::new();
    let mut broken = None;
    let mut is_sure = false;
    for at in memmem::rfind_iter(&tail, b"PK\x05\x06") {
        let record = tail.get(at..).unwrap_or_default();
        let position = tail_start.saturating_add(at as u64);
        // Loaders search from the end. Behind an end record that fits the file none looks further
        // but for another that fits it, and what else looks like one is in a member's content.
        let fits = fits(record);
        if is_sure && !fits {
            continue;
        }
        for candidate in candidates(input, record, position)? {
            let signature = read_at(input, candidate.start, 4)?;
            let begins = signature == b"PK\x01\x02";
            let is_empty = candidate.entries == 0 && candidate.start <= position;
            if !begins && !is_empty {
                broken.get_or_insert(candidate.start);
                continue;
            }
            is_sure |= begins && fits;
            if directories
                .iter()
                .all(|known| known.start != candidate.start)
            {
                directories.push(Directory { fits, ..candidate });
            }
            if directories.len() > MAX_DIRECTORIES {
                let detail = format!("more than {MAX_DIRECTORIES} central directories");
                return Ok((directories, Some((ReasonCode::TooMany, detail))));
            }
        }
    }
    let problem = match broken {
        _ if !directories.is_empty() => None,
        Some(start) => Some(format!(
            "no central directory is at byte {start}, where its end record says"
        )),
        None => Some("no end of central directory record; the archive may be cut off".to_owned()),
    };
    Ok((
        directories,
        problem.map(|detail| (ReasonCode::Malformed, detail)),
    ))
}

/// Whether an end record's comment ends where the file does.
fn fits(record: &[u8]) -> bool {
    let comment = Fields(record).u16(20).map(usize::from);
    comment.is_some_and(|comment| record.len().checked_sub(22) == Some(comment))
}

/// The places at which the directory of one end record may be.
fn candidates(
    input: &mut dyn ReadSeek,
    record: &[u8],
    position: u64,
) -> io::Result<Vec<Directory>> {
    let fields = Fields(record);
    let (Some(entries), Some(size), Some(offset)) =
        (fields.u16(10), fields.u32(12), fields.u32(16))
    else {
        return Ok(Vec::new());
    };
    let (entries, size, offset) = (u64::from(entries), u64::from(size), u64::from(offset));
    let end = position.saturating_add(22);
    let mut places = Vec::new();
    // The larger record comes first: it is there to be believed.
    let zip64 = zip64(input, position)?;
    if let Some((at, entries, size, offset)) = zip64 {
        places.extend(place(entries, size, offset, at, end));
    }
    let is_shifted = zip64.is_some_and(|(_, e, s, o)| (e, s, o) == (entries, size, offset));
    let short = place(entries, size, offset, position, end);
    places.extend(short.map(|place| Directory {
        is_short: true,
        is_shifted: is_shifted && place.moved > 0,
        ..place
    }));
    let stated: Vec<_> = places.iter().filter(|at| at.moved > 0).cloned().collect();
    for moved in stated {
        // Loaders that do not allow for anything before the archive take the offset as it is.
        let start = moved.start.saturating_sub(moved.moved);
        places.push(Directory {
            start,
            moved: 0,
            is_shifted: false,
            ..moved
        });
    }
    Ok(places)
}

/// The directory that ends where its end record begins.
fn place(entries: u64, size: u64, offset: u64, position: u64, end: u64) -> Option<Directory> {
    match position.checked_sub(size) {
        Some(start) if start >= offset => Some(Directory {
            start,
            end,
            moved: start - offset,
            entries,
            is_short: false,
            fits: false,
            is_shifted: false,
        }),
        _ if offset <= position => Some(Directory {
            start: offset,
            end,
            moved: 0,
            entries,
            is_short: false,
            fits: false,
            is_shifted: false,
        }),
        _ => None,
    }
}

/// The zip64 end record before an end record: its place, entries, size and offset.
fn zip64(input: &mut dyn ReadSeek, position: u64) -> io::Result<Option<(u64, u64, u64, u64)>> {
    let Some(locator_at) = position.checked_sub(20) else {
        return Ok(None);
    };
    let locator = read_at(input, locator_at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let stated = Fields(&locator).u64(8);
    // With something before the archive the record is still right before its locator.
    for at in [locator_at.checked_sub(56), stated].into_iter().flatten() {
        if at > locator_at {
            continue;
        }
        let record = read_at(input, at, 56)?;
        let fields = Fields(&record);
        if let (true, Some(entries), Some(size), Some(offset)) = (
            record.starts_with(b"PK\x06\x06"),
            fields.u64(32),
            fields.u64(40),
            fields.u64(48),
        ) {
            return Ok(Some((at, entries, size, offset)));
        }
    }
    Ok(None)
}

/// One record of a central directory (APPNOTE 4.3.12).
pub(super) struct Record {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) name: Vec<u8>,
    pub(super) unicode: Option<UnicodeName>,
    /// Where the local header is, as stated.
    pub(super) offset: u64,
    /// The size and compressed size that a zip64 field states although nothing refers to it.
    pub(super) unused: Option<(u64, u64)>,
    /// The mode on Unix, if it was made there.
    pub(super) mode: Option<u32>,
    /// How long the record is.
    pub(super) length: u64,
}

/// Reads records one after another for as long as there are any, whatever number was promised.
pub(super) struct Records<'i> {
    input: BufReader<&'i mut dyn ReadSeek>,
}

impl<'i> Records<'i> {
    pub(super) fn new(input: &'i mut dyn ReadSeek, directory: &Directory) -> io::Result<Self> {
        input.seek(SeekFrom::Start(directory.start))?;
        let input = BufReader::with_capacity(64 << 10, input);
        Ok(Self { input })
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut fixed = Vec::with_capacity(46);
        Read::by_ref(&mut self.input)
            .take(46)
            .read_to_end(&mut fixed)?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Ok(None);
        }
        let fields = Fields(&fixed);
        let lengths = [28, 30, 32].map(|at| fields.u16(at).map(u64::from));
        let [Some(name), Some(extra_len), Some(comment)] = lengths else {
            return Ok(None);
        };
        let mut variable = Vec::new();
        let all = name + extra_len + comment;
        Read::by_ref(&mut self.input)
            .take(all)
            .read_to_end(&mut variable)?;
        Ok(parse(&fields, &variable, name, extra_len))
    }
}

fn parse(fields: &Fields<'_>, variable: &[u8], name: u64, extra_len: u64) -> Option<Record> {
    let name_len = usize::try_from(name).ok()?;
    let extra_end = usize::try_from(name + extra_len).ok()?;
    let extra_fields = variable.get(name_len..extra_end)?;
    let mut compressed = u64::from(fields.u32(20)?);
    let mut size = u64::from(fields.u32(24)?);
    let mut offset = u64::from(fields.u32(42)?);
    let unused = unused_sizes(extra_fields, size, compressed);
    expand(extra_fields, &mut [&mut size, &mut compressed, &mut offset]);
    let made_on = fields.u16(4)? >> 8;
    let attributes = fields.u32(38)?;
    Some(Record {
        flags: fields.u16(8)?,
        method: fields.u16(10)?,
        crc: fields.u32(16)?,
        compressed,
        size,
        name: variable.get(..name_len)?.to_vec(),
        unicode: UnicodeName::of(extra_fields),
        offset,
        unused,
        // 3 is Unix, 19 is macOS.
        mode: matches!(made_on, 3 | 19).then_some(attributes >> 16),
        length: 46_u64.saturating_add(variable.len() as u64),
    })
}
