//! Tape archives: V7, ustar (POSIX.1-1988), pax (POSIX.1-2001) and GNU.

mod header;
mod pax;

use std::io::{self, Read, SeekFrom};

use gw_finding::ReasonCode;

use header::{BLOCK, Header};
use pax::Extended;

pub(crate) use header::is_header;

use crate::meter::{Meter, Metered};
use crate::name::contained_path;
use crate::window::Window;
use crate::{
    Content, Disagreement, DisagreementKind, Input, Member, MemberKind, Problem, Reading, Sink,
};

/// The largest extended header or long name that is read, in bytes.
const MAX_EXTENDED: u64 = 1 << 20;

pub(crate) fn walk(mut input: Input<'_>, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut walk = Walk {
        input: &mut input,
        len: None,
        meter,
        sink,
        global: Extended::default(),
        extended: Extended::default(),
        ended: false,
        at: 0,
    };
    if let Err(error) = walk.run()
        && meter.stopped().is_none()
    {
        let detail = format!("cannot be read on after byte {}: {error}", walk.at);
        walk.sink
            .problem(Problem::whole(ReasonCode::Malformed, detail));
    }
}

struct Walk<'w, 'i, 'm> {
    input: &'w mut Input<'i>,
    /// How many bytes there are, if the input can be read from any place.
    len: Option<u64>,
    meter: &'w Meter<'m>,
    sink: &'w mut dyn Sink,
    /// What pax says of all members from here on.
    global: Extended,
    /// What pax or GNU say of the next member.
    extended: Extended,
    /// Whether an end-of-archive marker has been seen.
    ended: bool,
    /// How many bytes were read.
    at: u64,
}

impl Walk<'_, '_, '_> {
    fn run(&mut self) -> io::Result<()> {
        if let Input::Seekable(input) = &mut *self.input {
            self.len = Some(input.seek(SeekFrom::End(0))?);
            input.seek(SeekFrom::Start(0))?;
        }
        let mut garbage = None::<u64>;
        loop {
            let mut block = [0; BLOCK];
            let start = self.at;
            let filled = self.fill(&mut block)?;
            if filled < BLOCK {
                if block.iter().any(|&byte| byte != 0) {
                    let detail = format!("ends within a header, at byte {}", self.at);
                    self.problem(ReasonCode::Malformed, detail);
                } else if !self.extended.is_empty() {
                    self.problem(ReasonCode::Malformed, "ends where a member was announced");
                }
                return Ok(());
            }
            self.meter.work(BLOCK as u64);
            if self.meter.stopped().is_some() {
                return Ok(());
            }
            if block.iter().all(|&byte| byte == 0) {
                self.ended = true;
                continue;
            }
            let Some(header) = Header::parse(&block) else {
                // Some loaders skip what is no header until one comes; so must we, to see it.
                if garbage.is_none() {
                    let detail = format!("at byte {start} is no header with a right checksum");
                    self.problem(ReasonCode::Malformed, detail);
                }
                garbage = Some(start);
                continue;
            };
            garbage = None;
            if !self.meter.member() {
                return Ok(());
            }
            self.header(&header)?;
        }
    }

    fn header(&mut self, header: &Header) -> io::Result<()> {
        match header.kind {
            b'x' | b'X' => {
                let records = self.extended_bytes(header.size)?;
                self.pax(&records, false);
                Ok(())
            }
            b'g' => {
                let records = self.extended_bytes(header.size)?;
                self.pax(&records, true);
                Ok(())
            }
            b'L' => {
                let name = self.extended_bytes(header.size)?;
                self.extended.long_name = Some(until_nul(&name));
                Ok(())
            }
            b'K' => {
                let name = self.extended_bytes(header.size)?;
                self.extended.long_link = Some(until_nul(&name));
                Ok(())
            }
            _ => self.member(header),
        }
    }

    fn pax(&mut self, records: &[u8], is_global: bool) {
        let target = if is_global {
            &mut self.global
        } else {
            &mut self.extended
        };
        if let Err(detail) = target.read(records) {
            self.problem(ReasonCode::Malformed, detail);
        }
    }

    fn member(&mut self, header: &Header) -> io::Result<()> {
        let extended = std::mem::take(&mut self.extended);
        let names = extended.names(&self.global, &header.name);
        let link = extended.link(&self.global, &header.link);
        let said = extended.size.or(self.global.size);
        let (shown, _) = contained_path(names.first().map_or(&[][..], Vec::as_slice));
        let mut size = header.size;
        if let Some(said) = said
            && said != header.size
        {
            // A header has eleven octal digits; a larger size can only be said by pax.
            if said < 1 << 33 {
                let detail = format!("pax says {said} bytes, the header {}", header.size);
                self.member_problem(&shown, ReasonCode::Malformed, detail);
            }
            size = said;
        }
        if header.is_sparse_gnu {
            self.skip_sparse_maps(header)?;
        }
        if header.is_sparse_gnu || extended.is_sparse {
            let detail = "a sparse file; only its data was looked at, without the holes between";
            self.member_problem(&shown, ReasonCode::Unsupported, detail);
        }
        let kind = match header.kind {
            b'1' | b'2' => Some(MemberKind::Link),
            // Folders, devices and pipes have no content of their own.
            b'3' | b'4' | b'6' => None,
            b'5' | b'D' if size == 0 => None,
            b'V' if size == 0 => None,
            _ if header.mode & 0o100 != 0 => Some(MemberKind::Executable),
            _ => Some(MemberKind::File),
        };
        let is_folder = header.kind == b'0' && size == 0 && header.name.ends_with(b"/");
        let mut left = size;
        if let Some(kind) = kind.filter(|_| !is_folder) {
            // Loaders that understand different extensions see different names.
            for name in &names {
                let (path, escapes) = contained_path(name);
                if escapes {
                    let detail = format!(
                        "the path {:?} leads out of the archive",
                        crate::display_name(name)
                    );
                    self.member_problem(&path, ReasonCode::Escapes, detail);
                }
                if self.ended {
                    self.after_end(&path);
                }
                let member = Member {
                    path,
                    kind,
                    size: Some(size),
                    reading: if self.ended {
                        Reading::AfterEnd
                    } else {
                        Reading::Agreed
                    },
                };
                if kind == MemberKind::Link {
                    let mut link = link.as_slice();
                    self.sink.member(&member, &mut Content::Stream(&mut link));
                } else if name == names.first().unwrap_or(name) {
                    left = self.content(&member, size)?;
                }
            }
        }
        if self.skip(left)? < left && left > 0 {
            let detail = format!("the archive ends within its {size} bytes");
            self.member_problem(&shown, ReasonCode::Malformed, detail);
        }
        self.skip(padding(size)).map(drop)
    }

    fn after_end(&mut self, path: &str) {
        self.sink.disagreement(Disagreement {
            path: Some(path.to_owned()),
            kind: DisagreementKind::Hidden,
            detail: "it comes after the end of the archive, where only loaders look that ignore \
                     the end"
                .to_owned(),
        });
    }

    /// Shows a member; how many bytes of it are left to skip.
    fn content(&mut self, member: &Member, size: u64) -> io::Result<u64> {
        if let Input::Seekable(input) = &mut *self.input {
            let mut window = Window::new(&mut **input, self.at, size, false, self.meter);
            self.sink
                .member(member, &mut Content::Seekable(&mut window));
            return match window.error() {
                Some(error) => Err(io::Error::other(error.to_owned())),
                None => Ok(size),
            };
        }
        let mut reader = Metered::plain(Read::take(&mut *self.input, size), self.meter);
        self.sink.member(member, &mut Content::Stream(&mut reader));
        let (read, error, ended) = (reader.read, reader.error.take(), reader.ended);
        self.at = self.at.saturating_add(read);
        if let Some((_, error)) = error {
            return Err(io::Error::other(error));
        }
        if ended && read < size {
            let detail = format!("ends after {read} of {size} bytes");
            self.member_problem(&member.path, ReasonCode::Malformed, detail);
            return Ok(0);
        }
        Ok(size.saturating_sub(read))
    }

    /// Reads the map blocks that may follow an old GNU sparse header.
    fn skip_sparse_maps(&mut self, header: &Header) -> io::Result<()> {
        let mut more = header.is_extended;
        while more {
            let mut block = [0; BLOCK];
            if self.fill(&mut block)? < BLOCK || !self.meter.member() {
                return Ok(());
            }
            more = block.get(504).is_some_and(|&byte| byte != 0);
        }
        Ok(())
    }

    fn extended_bytes(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let taken = size.min(MAX_EXTENDED);
        Read::take(&mut *self.input, taken).read_to_end(&mut bytes)?;
        self.at = self.at.saturating_add(bytes.len() as u64);
        if size > MAX_EXTENDED {
            let detail =
                format!("an extended header of {size} bytes, at most {MAX_EXTENDED} are read");
            self.problem(ReasonCode::TooLarge, detail);
        }
        self.skip(size.saturating_sub(taken))?;
        self.skip(padding(size))?;
        Ok(bytes)
    }

    /// Skips bytes, as many as there are; how many that is.
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let skipped = match (&mut *self.input, self.len) {
            (Input::Seekable(input), Some(len)) => {
                let skipped = count.min(len.saturating_sub(self.at));
                input.seek(SeekFrom::Start(self.at.saturating_add(skipped)))?;
                skipped
            }
            (input, _) => {
                let mut reader = Metered::plain(Read::take(input, count), self.meter);
                io::copy(&mut reader, &mut io::sink())?
            }
        };
        self.at = self.at.saturating_add(skipped);
        Ok(skipped)
    }

    fn fill(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = block.get_mut(filled..)
            && !room.is_empty()
        {
            match self.input.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at = self.at.saturating_add(filled as u64);
        Ok(filled)
    }

    fn problem(&mut self, reason: ReasonCode, detail: impl Into<String>) {
        self.sink.problem(Problem::whole(reason, detail));
    }

    fn member_problem(&mut self, path: &str, reason: ReasonCode, detail: impl Into<String>) {
        self.sink.problem(Problem::of(path, reason, detail));
    }
}

/// How many bytes fill the last block.
fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    (block - size % block) % block
}

fn until_nul(bytes: &[u8]) -> Vec<u8> {
    bytes
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default()
        .to_vec()
}
