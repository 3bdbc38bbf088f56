use std::cell::Cell;
use std::io::{self, BufReader, Read, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use gw_finding::ReasonCode;

use super::local::Local;
use super::{Found, Walk, gaps, member, names};
use crate::codec::{
    Counted, Deflate64Reader, wants_too_much, xz_reader, zip_lzma_reader, zstd_reader,
};
use crate::meter::{Meter, Metered};
use crate::window::Window;
use crate::{Content, DisagreementKind, Problem, ReadSeek, Reading};

/// How much is read of the archive at once, in bytes.
const BUFFER: usize = 32 << 10;

/// Shows one member's content.
pub(super) fn show(walk: &mut Walk<'_, '_>, found: &Found) -> io::Result<()> {
    if found.is_folder() {
        return Ok(());
    }
    let (path, escapes) = names::path(&found.name);
    let problem = |walk: &mut Walk<'_, '_>, reason: ReasonCode, detail: &str| {
        walk.sink.problem(Problem::of(&path, reason, detail));
    };
    if escapes {
        let name = crate::display_name(&found.name);
        let detail = format!("the path {name:?} leads out of the archive");
        problem(walk, ReasonCode::Escapes, &detail);
    }
    if found.is_marked_encrypted() {
        if !is_plain(walk, found)? {
            problem(walk, ReasonCode::Encrypted, "the member is encrypted");
            return Ok(());
        }
        walk.disagree_on(found, DisagreementKind::Encrypted, || {
            "it is marked as encrypted and is not, so that only loaders read it that ignore the \
             mark"
                .to_owned()
        });
    }
    if found.method == 0 {
        return stored(walk, found, path);
    }
    match expand(walk, found, &path)? {
        Expanded::Unknown => {
            let method = found.method;
            let (reason, what) = match method {
                99 => (ReasonCode::Encrypted, "the member is encrypted with"),
                _ => (ReasonCode::Unsupported, "compressed with"),
            };
            let detail = format!("{what} {} (method {method})", method_name(method));
            problem(walk, reason, &detail);
        }
        Expanded::Broken(reason, detail) => problem(walk, reason, &detail),
        Expanded::Left => {}
        Expanded::Whole { size, crc, used } => {
            verify(walk, found, &path, size, crc);
            ending(walk, found, &path, used);
        }
    }
    Ok(())
}

/// What came of expanding a member.
enum Expanded {
    /// Its method is none that we know.
    Unknown,
    Broken(ReasonCode, String),
    /// Nobody wanted all of it.
    Left,
    /// It was read to its end, with so many compressed bytes.
    Whole {
        size: u64,
        crc: u32,
        used: u64,
    },
}

/// Shows compressed content.
fn expand(walk: &mut Walk<'_, '_>, found: &Found, path: &str) -> io::Result<Expanded> {
    let used = Cell::new(0);
    walk.input.seek(SeekFrom::Start(found.start))?;
    let decoder = match decoder(walk.input, found, &used) {
        None => return Ok(Expanded::Unknown),
        Some(Ok(decoder)) => decoder,
        Some(Err(error)) => {
            let detail = format!("the compressed data cannot be opened: {error}");
            let reason = reason_of(error.kind(), &error.to_string());
            return Ok(Expanded::Broken(reason, detail));
        }
    };
    let mut reader = Metered::expanding(Summed::new(decoder), walk.meter);
    walk.sink.member(
        &member(found, path.to_owned()),
        &mut Content::Stream(&mut reader),
    );
    if let Some((kind, error)) = &reader.error {
        let read = reader.read;
        let detail = format!("the compressed data is broken after {read} bytes: {error}");
        return Ok(Expanded::Broken(reason_of(*kind, error), detail));
    }
    if !reader.ended {
        return Ok(Expanded::Left);
    }
    let (size, crc) = (reader.read, reader.inner().crc.sum());
    drop(reader);
    let used = used.get();
    Ok(Expanded::Whole { size, crc, used })
}

/// Compares where compressed data ended with where it should have.
fn ending(walk: &mut Walk<'_, '_>, found: &Found, path: &str, used: u64) {
    if !is_self_ending(found.method) {
        return;
    }
    if used > found.compressed {
        walk.disagree_on(found, DisagreementKind::Size, || {
            format!(
                "its compressed data has {used} bytes where {} are declared",
                found.compressed
            )
        });
    } else if found.size.is_some() && used < found.compressed {
        // What is behind the compressed data is read by nobody who trusts the directory.
        let left = found.compressed - used;
        let detail = format!("{left} bytes follow the end of its compressed data");
        walk.sink
            .problem(Problem::of(path, ReasonCode::Malformed, detail));
    }
}

/// Where the compressed data of a member ends by its own coding, if that is before the stated end
/// and a local header comes between the two. Loaders that read in order take that for the next
/// member.
pub(super) fn natural_end(
    walk: &mut Walk<'_, '_>,
    start: u64,
    end: u64,
) -> io::Result<Option<u64>> {
    let mut at = start;
    loop {
        let Some(header) = gaps::next_header(walk.input, at, end, walk.meter)? else {
            return Ok(None);
        };
        at = header.saturating_add(4);
        if Local::read(walk.input, header, end)?.is_some_and(|local| local.is_plausible()) {
            break;
        }
    }
    let used = Cell::new(0);
    walk.input.seek(SeekFrom::Start(start))?;
    let bytes = BufReader::with_capacity(BUFFER, Read::take(&mut *walk.input, end - start));
    let mut data = DeflateDecoder::new(Counted::new(bytes, &used));
    if drain(&mut data, walk.meter).is_none() {
        return Ok(None);
    }
    let stop = start.saturating_add(used.get());
    Ok((stop < end).then_some(stop))
}

/// Shows content that lies in the archive as it is.
fn stored(walk: &mut Walk<'_, '_>, found: &Found, path: String) -> io::Result<()> {
    // Some loaders take the one size for that of the data, some the other.
    let len = match found.size {
        Some(size) if !found.is_marked_encrypted() => found.compressed.max(size),
        _ => found.compressed,
    };
    let mut window = Window::new(walk.input, found.start, len, true, walk.meter);
    walk.sink.member(
        &member(found, path.clone()),
        &mut Content::Seekable(&mut window),
    );
    let error = window.error().map(ToOwned::to_owned);
    let (checksum, cut) = (window.checksum(), window.cut());
    if let Some(error) = error {
        return Err(io::Error::other(error));
    }
    let there = walk.len.saturating_sub(found.start);
    if len > there || cut.is_some() {
        let left = cut.unwrap_or(there).min(there);
        let detail = format!("the archive ends after {left} of its {len} bytes");
        walk.sink
            .problem(Problem::of(&path, ReasonCode::Malformed, detail));
    } else if found.size.is_some_and(|size| size != found.compressed) {
        walk.disagree_on(found, DisagreementKind::Size, || {
            format!(
                "it is not compressed and has {} bytes, of which {} are the content's size",
                found.compressed,
                found.size.unwrap_or(0)
            )
        });
    } else if let Some(checksum) = checksum {
        verify(walk, found, &path, len, checksum);
    }
    Ok(())
}

/// Compares content that was read to its end with what is declared of it.
fn verify(walk: &mut Walk<'_, '_>, found: &Found, path: &str, size: u64, crc: u32) {
    let detail = match (found.size, found.crc) {
        (Some(said), _) if said != size => {
            format!("has {size} bytes where {said} are declared")
        }
        (_, Some(said)) if said != crc => {
            format!("has the checksum {crc:08x} where {said:08x} is declared")
        }
        _ => return,
    };
    walk.sink
        .problem(Problem::of(path, ReasonCode::Malformed, detail));
}

/// Whether content that is marked as encrypted is not: it expands to what is declared.
fn is_plain(walk: &mut Walk<'_, '_>, found: &Found) -> io::Result<bool> {
    match found.method {
        // What is encrypted has 12 bytes more than its content.
        0 => Ok(found.size == Some(found.compressed)),
        99 => Ok(false),
        _ => {
            walk.input.seek(SeekFrom::Start(found.start))?;
            let used = Cell::new(0);
            let Some(Ok(data)) = decoder(walk.input, found, &used) else {
                return Ok(false);
            };
            let mut data = Summed::new(data);
            let Some(size) = drain(&mut data, walk.meter) else {
                return Ok(false);
            };
            let crc = data.crc.sum();
            Ok(match found.reading {
                // Nothing is declared of it; that it has an end is what there is.
                Reading::Local if found.size.is_none() => size > 64,
                _ => found.size == Some(size) || found.crc == Some(crc),
            })
        }
    }
}

/// Reads to the end; how many bytes that was, if there was one.
fn drain(data: &mut dyn Read, meter: &Meter<'_>) -> Option<u64> {
    let mut buffer = vec![0; BUFFER];
    let mut size = 0_u64;
    loop {
        match data.read(&mut buffer) {
            Ok(0) => return Some(size),
            Ok(count) => {
                size = size.saturating_add(count as u64);
                meter.expand(count as u64);
                if meter.stopped().is_some() {
                    return None;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Whether compressed data says to the byte where it ends, whatever size is declared.
const fn is_self_ending(method: u16) -> bool {
    method == 8
}

/// What expands a member whose data is next, or nothing if its method is none that we know.
fn decoder<'d>(
    input: &'d mut dyn ReadSeek,
    found: &Found,
    used: &'d Cell<u64>,
) -> Option<io::Result<Box<dyn Read + 'd>>> {
    fn boxed<'d>(reader: impl Read + 'd) -> io::Result<Box<dyn Read + 'd>> {
        Ok(Box::new(reader))
    }
    // Data that says where it ends is read to there: some loaders do.
    let most = if is_self_ending(found.method) {
        u64::MAX
    } else {
        found.compressed
    };
    let bytes = BufReader::with_capacity(BUFFER, input.take(most));
    let bytes: Counted<'d, _> = Counted::new(bytes, used);
    Some(match found.method {
        8 => boxed(DeflateDecoder::new(bytes)),
        9 => boxed(Deflate64Reader::new(bytes)),
        12 => boxed(::bzip2::bufread::BzDecoder::new(bytes)),
        14 => {
            let size = found.size.filter(|_| found.flags & 2 == 0);
            zip_lzma_reader(bytes, size).and_then(boxed)
        }
        20 | 93 => zstd_reader(bytes).and_then(boxed),
        95 => boxed(xz_reader(bytes)),
        _ => return None,
    })
}

fn reason_of(kind: io::ErrorKind, error: &str) -> ReasonCode {
    if wants_too_much(kind, error) {
        ReasonCode::TooLarge
    } else {
        ReasonCode::Malformed
    }
}

/// A reader that sums up what is read.
struct Summed<R> {
    inner: R,
    crc: Crc,
}

impl<R: Read> Summed<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            crc: Crc::new(),
        }
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The name of a compression method (APPNOTE 4.4.5).
const fn method_name(method: u16) -> &'static str {
    match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        10 => "DCL implode",
        16 => "IBM CMPSC",
        18 => "IBM TERSE",
        19 => "IBM LZ77",
        94 => "mp3",
        96 => "jpeg",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES",
        _ => "something unknown",
    }
}
