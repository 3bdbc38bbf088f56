//! 7-Zip's 7z (7zFormat.txt of the LZMA SDK): a header at the end, packed itself more often than
//! not, of files that lie one after another in solid blocks.
//!
//! A block is unpacked once, in order. Wrong checksums of headers are said, and what the headers
//! say is read all the same.

mod bytes;
mod files;
mod folder;
mod header;

use std::collections::BTreeMap;
use std::io::{self, Read, SeekFrom};

use flate2::Crc;
use gw_finding::ReasonCode;

use bytes::Bytes;
use files::File;
use folder::{Folder, Refusal, share};
use header::{Header, Streams};

use crate::codec::wants_too_much;
use crate::meter::{Meter, Metered};
use crate::name::slashed_path;
use crate::window::Window;
use crate::{
    Content, Disagreement, DisagreementKind, Member, MemberKind, Problem, ReadSeek, Reading, Sink,
};

const SIGNATURE: &[u8] = b"7z\xbc\xaf\x27\x1c";

/// How far into a program an archive is looked for, in bytes.
pub(crate) const SEARCHED: u64 = 8 << 20;

/// The largest header, packed or unpacked, in bytes.
const MAX_HEADER: u64 = 64 << 20;

/// How often a header may be packed.
const MAX_PACKED: usize = 4;

/// Why a header cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Broken {
    Ends,
    Unknown(u8),
    TooMany(u64),
    External,
    Sizes,
    Graph,
}

impl Broken {
    fn problem(&self) -> (ReasonCode, String) {
        let malformed = |text: &str| (ReasonCode::Malformed, format!("the header {text}"));
        match self {
            Self::Ends => malformed("ends too early"),
            Self::Unknown(kind) => malformed(&format!("has something unknown in it ({kind:#x})")),
            Self::Sizes => malformed("says that files are larger than the block they are in"),
            Self::Graph => malformed("has a block whose coders do not join"),
            Self::TooMany(count) => (
                ReasonCode::TooMany,
                format!("the header speaks of {count} things where so many cannot be"),
            ),
            Self::External => (
                ReasonCode::Unsupported,
                "the header has parts that lie elsewhere".to_owned(),
            ),
        }
    }
}

/// The place of an archive in the first bytes of a file, which may be a program that unpacks it.
pub(crate) fn find(head: &[u8]) -> Option<u64> {
    memchr::memmem::find_iter(head, SIGNATURE)
        .find(|&at| {
            at == 0 || start(head.get(at..).unwrap_or_default()).is_some_and(|s| s.is_right)
        })
        .map(|at| at as u64)
}

/// What the first 32 bytes say.
struct Start {
    /// The place of the header, from the end of these bytes.
    offset: u64,
    size: u64,
    crc: u32,
    /// Whether the checksum is right.
    is_right: bool,
}

fn start(bytes: &[u8]) -> Option<Start> {
    let number = |at: usize| {
        let bytes = bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let word = |at: usize| {
        let bytes = bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    Some(Start {
        offset: number(12)?,
        size: number(20)?,
        crc: word(28)?,
        is_right: word(8)? == sum(bytes.get(12..32)?),
    })
}

pub(crate) fn walk(input: &mut dyn ReadSeek, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut walk = Walk {
        input,
        base: 0,
        len: 0,
        meter,
        sink,
    };
    if let Err(error) = walk.run()
        && meter.stopped().is_none()
    {
        let detail = format!("the 7z archive cannot be read: {error}");
        walk.problem(ReasonCode::Unreadable, detail);
    }
}

struct Walk<'w, 'm> {
    input: &'w mut dyn ReadSeek,
    /// Where the packed streams begin to count.
    base: u64,
    len: u64,
    meter: &'w Meter<'m>,
    sink: &'w mut dyn Sink,
}

impl Walk<'_, '_> {
    fn run(&mut self) -> io::Result<()> {
        self.len = self.input.seek(SeekFrom::End(0))?;
        let head = self.bytes(0, self.len.min(SEARCHED))?;
        self.meter.work(head.len() as u64);
        let Some(at) = find(&head) else {
            self.problem(ReasonCode::Malformed, "no 7z archive begins here");
            return Ok(());
        };
        let first = head.get(usize::try_from(at).unwrap_or(usize::MAX)..);
        let Some(start) = start(first.unwrap_or_default()) else {
            self.problem(ReasonCode::Malformed, "ends within its first 32 bytes");
            return Ok(());
        };
        self.base = at.saturating_add(32);
        if !start.is_right {
            self.problem(
                ReasonCode::Malformed,
                "the first 32 bytes have a wrong checksum",
            );
        }
        if start.size == 0 {
            // An archive of nothing has no header.
            return Ok(());
        }
        if start.size > MAX_HEADER {
            let detail = format!(
                "a header of {} bytes, at most {MAX_HEADER} are read",
                start.size
            );
            self.problem(ReasonCode::TooLarge, detail);
            return Ok(());
        }
        let bytes = self.bytes(self.base.saturating_add(start.offset), start.size)?;
        if (bytes.len() as u64) < start.size {
            self.problem(
                ReasonCode::Malformed,
                "its header is not there; the archive may be cut off",
            );
            return Ok(());
        }
        if sum(&bytes) != start.crc {
            self.problem(ReasonCode::Malformed, "the header has a wrong checksum");
        }
        let Some(header) = self.header(bytes)? else {
            return Ok(());
        };
        for what in &header.twice {
            self.disagree(
                None,
                DisagreementKind::Directory,
                format!("it lists its {what} twice"),
            );
        }
        self.files(&header)
    }

    /// Reads the header, unpacked as often as it is packed.
    fn header(&mut self, mut bytes: Vec<u8>) -> io::Result<Option<Header>> {
        for _ in 0..=MAX_PACKED {
            let mut input = Bytes(&bytes);
            let result = match input.byte() {
                Ok(1) => match Header::parse(&mut input) {
                    Ok(header) => return Ok(Some(header)),
                    Err(broken) => Err(broken),
                },
                Ok(23) => Streams::parse(&mut input),
                Ok(other) => Err(Broken::Unknown(other)),
                Err(broken) => Err(broken),
            };
            let streams = match result {
                Ok(streams) => streams,
                Err(broken) => {
                    let (reason, detail) = broken.problem();
                    self.problem(reason, detail);
                    return Ok(None);
                }
            };
            let Some(unpacked) = self.unpack(&streams)? else {
                return Ok(None);
            };
            bytes = unpacked;
        }
        self.problem(
            ReasonCode::TooDeep,
            format!("a header packed more than {MAX_PACKED} times"),
        );
        Ok(None)
    }

    /// Unpacks a header.
    fn unpack(&mut self, streams: &Streams) -> io::Result<Option<Vec<u8>>> {
        let Some(folder) = streams.folders.first() else {
            self.problem(ReasonCode::Malformed, "a packed header of nothing");
            return Ok(None);
        };
        if let Some(refusal) = folder.refusal() {
            let (reason, detail) = refused(&refusal, "the header");
            self.problem(reason, detail);
            return Ok(None);
        }
        if folder.size() > MAX_HEADER {
            let size = folder.size();
            let detail = format!("a header of {size} bytes, at most {MAX_HEADER} are read");
            self.problem(ReasonCode::TooLarge, detail);
            return Ok(None);
        }
        let packed = self.places(&streams.packed);
        let mut bytes = Vec::new();
        let input = share(self.input);
        let result = folder
            .open(&input, &packed)
            .and_then(|reader| Metered::expanding(reader, self.meter).read_to_end(&mut bytes));
        if let Err(error) = result {
            let reason = reason_of(&error);
            self.problem(reason, format!("the header cannot be unpacked: {error}"));
            return Ok(None);
        }
        if folder.crc.is_some_and(|crc| crc != sum(&bytes)) {
            self.problem(
                ReasonCode::Malformed,
                "the unpacked header has a wrong checksum",
            );
        }
        Ok(Some(bytes))
    }

    /// Shows every file, block by block.
    fn files(&mut self, header: &Header) -> io::Result<()> {
        let mut files = header.files.iter();
        self.duplicates(header);
        let mut packed = header.streams.packed.as_slice();
        let blocks = header.streams.folders.iter().zip(&header.streams.parts);
        for (folder, parts) in blocks {
            let (mine, rest) = packed
                .split_at_checked(folder.packed.len())
                .unwrap_or((packed, &[]));
            packed = rest;
            let mut named = Vec::new();
            for &(size, crc) in parts {
                let file = self.next_with_stream(&mut files);
                named.push(Part { file, size, crc });
            }
            if self.meter.stopped().is_some() {
                return Ok(());
            }
            self.block(folder, &self.places(mine), &named)?;
        }
        let mut without = 0_u64;
        while let Some(file) = self.next_with_stream(&mut files) {
            without += 1;
            if without == 1 {
                let (path, _) = slashed_path(file.name.as_bytes());
                let detail = "its content is in no block of the archive";
                self.sink
                    .problem(Problem::of(&path, ReasonCode::Malformed, detail));
            }
        }
        Ok(())
    }

    /// The next file that has content; those before it, which have none, are shown.
    fn next_with_stream<'f>(
        &mut self,
        files: &mut impl Iterator<Item = &'f File>,
    ) -> Option<&'f File> {
        loop {
            let file = files.next()?;
            if !self.meter.member() {
                return None;
            }
            if file.has_stream {
                return Some(file);
            }
            if file.is_empty_file && !file.is_anti {
                let member = self.member(Some(file), 0);
                self.sink
                    .member(&member, &mut Content::Stream(&mut io::empty()));
            }
        }
    }

    /// Shows the files of a block.
    fn block(
        &mut self,
        folder: &Folder,
        packed: &[(u64, u64)],
        parts: &[Part<'_>],
    ) -> io::Result<()> {
        if let Some(refusal) = folder.refusal() {
            for part in parts {
                let path = self.member(part.file, part.size).path;
                let (reason, detail) = refused(&refusal, "the file");
                self.sink.problem(Problem::of(&path, reason, detail));
            }
            return Ok(());
        }
        if let (true, [(at, size)]) = (folder.is_copy(), packed) {
            return self.copied(*at, *size, parts);
        }
        // The closure of the reader and the sink need different parts of the walk.
        let members: Vec<_> = parts
            .iter()
            .map(|part| self.member(part.file, part.size))
            .collect();
        let input = share(self.input);
        let mut failed = None;
        match folder.open(&input, packed) {
            Err(error) => failed = Some((0, error)),
            Ok(reader) => {
                let mut reader = Metered::expanding(reader, self.meter);
                for (index, (part, member)) in parts.iter().zip(&members).enumerate() {
                    let is_last = index + 1 == parts.len();
                    match show(&mut reader, part, member, is_last, self.sink) {
                        Ok(()) => {}
                        Err(_) if self.meter.stopped().is_some() => return Ok(()),
                        Err(error) => {
                            failed = Some((index, error));
                            break;
                        }
                    }
                }
            }
        }
        if let Some((index, error)) = failed {
            let left = members.len().saturating_sub(index);
            let detail = format!(
                "its block cannot be unpacked on; {left} files, this one the first, were not \
                 read to their end: {error}"
            );
            let path = members.get(index).map_or("", |member| &member.path);
            self.sink
                .problem(Problem::of(path, reason_of(&error), detail));
        }
        Ok(())
    }

    /// Shows files that lie in the archive as they are.
    fn copied(&mut self, at: u64, size: u64, parts: &[Part<'_>]) -> io::Result<()> {
        let end = at.saturating_add(size).min(self.len);
        let mut at = at;
        for part in parts {
            let member = self.member(part.file, part.size);
            let mut window = Window::new(self.input, at, part.size, true, self.meter);
            self.sink
                .member(&member, &mut Content::Seekable(&mut window));
            let (checksum, error) = (window.checksum(), window.error().map(ToOwned::to_owned));
            if let Some(error) = error {
                return Err(io::Error::other(error));
            }
            at = at.saturating_add(part.size);
            let detail = if at > end {
                "the archive ends before it does".to_owned()
            } else if let (Some(said), Some(is)) = (part.crc, checksum)
                && said != is
            {
                format!("has the checksum {is:08x} where {said:08x} is declared")
            } else {
                continue;
            };
            self.sink
                .problem(Problem::of(&member.path, ReasonCode::Malformed, detail));
        }
        Ok(())
    }

    /// Says which names are given twice, to different content.
    fn duplicates(&mut self, header: &Header) {
        let mut contents = header.streams.parts.iter().flatten().copied();
        let mut known: BTreeMap<String, (u64, Option<u32>)> = BTreeMap::new();
        for file in header.files.iter().filter(|file| !file.is_anti) {
            let content = match (file.has_stream, file.is_empty_file) {
                (true, _) => match contents.next() {
                    Some(content) => content,
                    None => continue,
                },
                (false, true) => (0, None),
                (false, false) => continue,
            };
            let (path, _) = slashed_path(file.name.as_bytes());
            let before = *known.entry(path.clone()).or_insert(content);
            if before != content {
                let detail = "two files have this name and different content".to_owned();
                self.disagree(Some(path), DisagreementKind::Duplicate, detail);
            }
        }
    }

    /// What a file is shown as.
    fn member(&mut self, file: Option<&File>, size: u64) -> Member {
        let Some(file) = file else {
            return Member {
                path: "[without a name]".to_owned(),
                kind: MemberKind::File,
                size: Some(size),
                reading: Reading::Agreed,
            };
        };
        let (path, escapes) = slashed_path(file.name.as_bytes());
        if escapes {
            let detail = format!("the path {:?} leads out of the archive", file.name);
            self.sink
                .problem(Problem::of(&path, ReasonCode::Escapes, detail));
        }
        let kind = if file.is_link() {
            MemberKind::Link
        } else if file.mode().is_some_and(|mode| mode & 0o100 != 0) {
            MemberKind::Executable
        } else {
            MemberKind::File
        };
        Member {
            path,
            kind,
            size: Some(size),
            reading: Reading::Agreed,
        }
    }

    /// Where packed streams are in the file.
    fn places(&self, packed: &[(u64, u64)]) -> Vec<(u64, u64)> {
        packed
            .iter()
            .map(|&(at, size)| (self.base.saturating_add(at), size))
            .collect()
    }

    fn bytes(&mut self, at: u64, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.input.seek(SeekFrom::Start(at))?;
        Read::take(&mut *self.input, count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn problem(&mut self, reason: ReasonCode, detail: impl Into<String>) {
        self.sink.problem(Problem::whole(reason, detail));
    }

    fn disagree(&mut self, path: Option<String>, kind: DisagreementKind, detail: String) {
        self.sink.disagreement(Disagreement { path, kind, detail });
    }
}

/// A file's content in a block.
struct Part<'f> {
    file: Option<&'f File>,
    size: u64,
    crc: Option<u32>,
}

/// Shows the next file of a block, and reads what nobody wanted of it, unless it is the last.
fn show(
    block: &mut dyn Read,
    part: &Part<'_>,
    member: &Member,
    is_last: bool,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    let mut file = Summed {
        inner: block.take(part.size),
        crc: Crc::new(),
        read: 0,
        error: None,
    };
    sink.member(member, &mut Content::Stream(&mut file));
    if !is_last && file.error.is_none() {
        io::copy(&mut file, &mut io::sink())?;
    }
    if let Some(error) = file.error {
        return Err(error);
    }
    let (is_whole, crc) = (file.read == part.size, file.crc.sum());
    if !is_whole && !is_last {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if let Some(said) = part.crc.filter(|&said| is_whole && said != crc) {
        let detail = format!("has the checksum {crc:08x} where {said:08x} is declared");
        sink.problem(Problem::of(&member.path, ReasonCode::Malformed, detail));
    }
    Ok(())
}

/// A file in a block: it sums up what is read and keeps the error that ended it.
struct Summed<R> {
    inner: R,
    crc: Crc,
    read: u64,
    error: Option<io::Error>,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.crc.update(buffer.get(..count).unwrap_or_default());
                self.read = self.read.saturating_add(count as u64);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let copy = io::Error::new(error.kind(), error.to_string());
                self.error.get_or_insert(error);
                Err(copy)
            }
        }
    }
}

fn refused(refusal: &Refusal, what: &str) -> (ReasonCode, String) {
    match refusal {
        Refusal::Encrypted => (ReasonCode::Encrypted, format!("{what} is encrypted")),
        Refusal::Unsupported(name) => (
            ReasonCode::Unsupported,
            format!("{what} is packed with {name}"),
        ),
    }
}

fn reason_of(error: &io::Error) -> ReasonCode {
    if wants_too_much(error.kind(), &error.to_string()) {
        ReasonCode::TooLarge
    } else {
        ReasonCode::Malformed
    }
}

fn sum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
