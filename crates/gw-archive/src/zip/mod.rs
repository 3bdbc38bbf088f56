//! Zip archives (PKWARE APPNOTE 6.3.10), in every reading.
//!
//! Central directories are found from every end record that a loader could take, at the place it
//! states and at the place it must have been if something was put before the archive. Every local
//! header that no directory speaks of is found by looking between the members. Where a directory
//! and a local header disagree about a member's name or how it is compressed, both are read.

mod central;
mod content;
mod field;
mod gaps;
mod local;

use std::collections::BTreeSet;
use std::io::{self, SeekFrom};

use gw_finding::ReasonCode;

use central::{Directory, Record};
use local::Local;

use crate::meter::Meter;
use crate::name::contained_path;
use crate::{Member, MemberKind, Problem, ReadSeek, Reading, Sink};

/// How many bytes of names may be held at once.
const MAX_NAMES: usize = 64 << 20;

/// A member in one reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    /// Where the compressed bytes begin.
    start: u64,
    name: Vec<u8>,
    method: u16,
    compressed: u64,
    /// The size once expanded, if it is declared.
    size: Option<u64>,
    crc: Option<u32>,
    encrypted: bool,
    mode: Option<u32>,
    reading: Reading,
}

pub(crate) fn walk(input: &mut dyn ReadSeek, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut walk = Walk {
        input,
        len: 0,
        meter,
        sink,
        found: BTreeSet::new(),
        claimed: Vec::new(),
        names: 0,
    };
    if let Err(error) = walk.run()
        && meter.stopped().is_none()
    {
        let detail = format!("the zip archive cannot be read: {error}");
        walk.sink
            .problem(Problem::whole(ReasonCode::Unreadable, detail));
    }
}

struct Walk<'w, 'm> {
    input: &'w mut dyn ReadSeek,
    len: u64,
    meter: &'w Meter<'m>,
    sink: &'w mut dyn Sink,
    /// The members so far, by place; each reading once.
    found: BTreeSet<Found>,
    /// The parts of the file that members and directories take, as start and end.
    claimed: Vec<(u64, u64)>,
    /// How many bytes the names have.
    names: usize,
}

impl Walk<'_, '_> {
    fn run(&mut self) -> io::Result<()> {
        self.len = self.input.seek(SeekFrom::End(0))?;
        let (directories, problem) = central::find(self.input, self.len)?;
        if let Some((reason, detail)) = problem {
            self.sink.problem(Problem::whole(reason, detail));
        }
        for directory in &directories {
            self.directory(directory)?;
        }
        let members: Vec<_> = self.claimed.clone();
        self.claimed
            .extend(directories.iter().map(|at| (at.start, at.end)));
        self.overlaps(members);
        self.between()?;
        for found in std::mem::take(&mut self.found) {
            if self.meter.stopped().is_some() {
                break;
            }
            self.show(&found)?;
        }
        Ok(())
    }

    /// Reads one central directory, and the local header of each of its records.
    fn directory(&mut self, directory: &Directory) -> io::Result<()> {
        let mut reader = central::Records::new(self.input, directory)?;
        let mut records = Vec::new();
        while let Some(record) = reader.next()? {
            self.names = self.names.saturating_add(record.name.len());
            if !self.meter.member() || self.names > MAX_NAMES {
                break;
            }
            records.push(record);
        }
        if self.names > MAX_NAMES {
            let detail =
                format!("more than {MAX_NAMES} bytes of names; the rest was not looked at");
            self.sink
                .problem(Problem::whole(ReasonCode::TooMany, detail));
        }
        if (records.len() as u64) < directory.entries {
            let detail = format!(
                "the directory has {} entries, its end record says {}",
                records.len(),
                directory.entries
            );
            if self.meter.stopped().is_none() {
                self.sink
                    .problem(Problem::whole(ReasonCode::Malformed, detail));
            }
        }
        let mut offsets: Vec<_> = records.iter().map(|record| record.offset).collect();
        offsets.sort_unstable();
        offsets.dedup();
        if offsets.len() < records.len() {
            let shared = records.len() - offsets.len();
            let detail =
                format!("{shared} entries of the directory share bytes with another entry");
            self.sink
                .problem(Problem::whole(ReasonCode::Malformed, detail));
        }
        for record in &records {
            self.record(directory, record)?;
        }
        Ok(())
    }

    fn record(&mut self, directory: &Directory, record: &Record) -> io::Result<()> {
        let mut offsets = vec![record.offset];
        if let Some(moved) = record.offset.checked_add(directory.moved)
            && directory.moved > 0
        {
            offsets.insert(0, moved);
        }
        let mut any = false;
        for at in offsets {
            // The place as stated counts only where nothing is at the place that fits the file.
            let Some(local) = Local::read(self.input, at, self.len)? else {
                continue;
            };
            if any {
                break;
            }
            any = true;
            let central = Found {
                start: local.data,
                name: record.name.clone(),
                method: record.method,
                compressed: record.compressed,
                size: Some(record.size),
                crc: Some(record.crc),
                encrypted: record.flags & 1 != 0,
                mode: record.mode,
                reading: Reading::Agreed,
            };
            self.claimed
                .push((at, local.data.saturating_add(record.compressed)));
            self.agree(central, &local, record);
        }
        if !any {
            let (path, _) = contained_path(&record.name);
            let detail = format!("there is no local header at byte {}", record.offset);
            self.sink
                .problem(Problem::of(&path, ReasonCode::Malformed, detail));
        }
        Ok(())
    }

    /// Notes what the directory says of a member and, if it differs, what the local header says.
    fn agree(&mut self, mut central: Found, local: &Local, record: &Record) {
        let sized = !local.has_descriptor() || local.compressed != 0;
        let same_name = local.name == central.name;
        let same_bytes = local.method == central.method
            && (!sized || local.compressed == central.compressed)
            && (local.flags & 1 != 0) == central.encrypted;
        if !same_name || !same_bytes {
            central.reading = Reading::Central;
            let mut other = central.clone();
            other.reading = Reading::Local;
            other.name.clone_from(&local.name);
            if !same_bytes {
                other.method = local.method;
                other.encrypted = local.flags & 1 != 0;
                if sized {
                    other.compressed = local.compressed;
                    other.size = Some(local.size);
                    other.crc = Some(local.crc);
                }
            }
            self.names = self.names.saturating_add(other.name.len());
            self.found.insert(other);
        }
        for name in [&record.unicode_name, &local.unicode_name]
            .into_iter()
            .flatten()
        {
            if *name != central.name {
                let mut other = central.clone();
                other.name.clone_from(name);
                other.reading = Reading::UnicodePath;
                self.found.insert(other);
            }
        }
        self.found.insert(central);
    }

    /// Reports members that share bytes, as in bombs that expand the same bytes many times.
    fn overlaps(&mut self, mut members: Vec<(u64, u64)>) {
        members.sort_unstable();
        members.dedup();
        let mut end = 0;
        let mut count = 0_u64;
        let mut first = None;
        for (start, stop) in members {
            if start < end {
                count += 1;
                first = first.or(Some(start));
            }
            end = end.max(stop);
        }
        if let Some(first) = first {
            let detail =
                format!("{count} members share bytes with others, the first at byte {first}");
            self.sink
                .problem(Problem::whole(ReasonCode::Malformed, detail));
        }
    }

    /// Looks for local headers between everything that is accounted for.
    fn between(&mut self) -> io::Result<()> {
        self.claimed.sort_unstable();
        let claimed = std::mem::take(&mut self.claimed);
        for (start, end) in gaps::of(&claimed, self.len) {
            let mut at = start;
            while let Some(header) = gaps::next_header(self.input, at, end, self.meter)? {
                at = header.saturating_add(4);
                let Some(local) = Local::read(self.input, header, end)? else {
                    continue;
                };
                if !local.is_plausible() {
                    continue;
                }
                self.names = self.names.saturating_add(local.name.len());
                if !self.meter.member() || self.names > MAX_NAMES {
                    return Ok(());
                }
                // Without a size the data is as long as its own coding says, at most to the end.
                let open = local.has_descriptor() && local.compressed == 0;
                let room = end.saturating_sub(local.data);
                let compressed = if open { room } else { local.compressed };
                at = local.data;
                if !open && compressed <= room {
                    at = local.data.saturating_add(compressed);
                }
                self.found.insert(Found {
                    start: local.data,
                    name: local.name.clone(),
                    method: local.method,
                    compressed,
                    size: (!open).then_some(local.size),
                    crc: (!open).then_some(local.crc),
                    encrypted: local.flags & 1 != 0,
                    mode: None,
                    reading: Reading::Local,
                });
            }
        }
        Ok(())
    }

    fn show(&mut self, found: &Found) -> io::Result<()> {
        let (path, escapes) = contained_path(&found.name);
        let is_folder = found.name.ends_with(b"/") || found.name.ends_with(b"\\");
        if is_folder && found.size.unwrap_or(found.compressed) == 0 {
            return Ok(());
        }
        if escapes {
            let name = crate::display_name(&found.name);
            let detail = format!("the path {name:?} leads out of the archive");
            self.sink
                .problem(Problem::of(&path, ReasonCode::Escapes, detail));
        }
        if found.encrypted {
            let detail = "the member is encrypted";
            self.sink
                .problem(Problem::of(&path, ReasonCode::Encrypted, detail));
            return Ok(());
        }
        let kind = match found.mode {
            Some(mode) if mode & 0o170_000 == 0o120_000 => MemberKind::Link,
            Some(mode) if mode & 0o100 != 0 => MemberKind::Executable,
            _ => MemberKind::File,
        };
        let member = Member {
            path,
            kind,
            size: found.size,
            reading: found.reading,
        };
        content::show(self.input, found, &member, self.meter, self.sink)
    }
}
