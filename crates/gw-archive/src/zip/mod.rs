//! Zip archives (PKWARE APPNOTE 6.3.10), in every reading.
//!
//! Central directories are found from every end record that a loader could take, at the place it
//! states and at the place it must have been if something was put before the archive. Every local
//! header that no directory speaks of is found by looking between the members. Where a directory
//! and a local header disagree about a member's name or how it is compressed, both are read, and
//! it is said that they disagree.

mod agree;
mod central;
mod content;
mod field;
mod gaps;
mod local;
mod names;
mod twice;

use std::collections::{BTreeSet, HashSet};
use std::io::{self, SeekFrom};

use gw_finding::ReasonCode;

use central::{Directory, Record};
use local::Local;

use crate::meter::Meter;
use crate::{Disagreement, DisagreementKind, Member, MemberKind, Problem, ReadSeek, Reading, Sink};

/// How long a zip64 end record and its locator are, with what a record may have behind its fields.
const MAX_SHIFT: u64 = 1 << 16;

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
    flags: u16,
    mode: Option<u32>,
    reading: Reading,
}

/// A name with the size and checksum of its content, as far as they are declared.
type Known = (Vec<u8>, Option<u64>, Option<u32>);

impl Found {
    /// Whether it is a folder, which has no content.
    fn is_folder(&self) -> bool {
        // What nothing takes once it is compressed; no content takes as little.
        let nothing = match self.method {
            0 => 0,
            12 => 14,
            14 => 19,
            20 | 93 => 13,
            95 => 32,
            _ => 2,
        };
        let is_named = matches!(self.name.last(), Some(b'/' | b'\\'));
        is_named && self.size.unwrap_or(0) == 0 && self.compressed <= nothing
    }

    fn known(&self) -> Known {
        (self.name.clone(), self.size, self.crc)
    }

    const fn is_marked_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }
}

pub(crate) fn walk(input: &mut dyn ReadSeek, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut walk = Walk {
        input,
        len: 0,
        meter,
        sink,
        found: BTreeSet::new(),
        starts: HashSet::new(),
        claimed: Vec::new(),
        open_ended: Vec::new(),
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
    /// Where the first records of the directories begin.
    starts: HashSet<u64>,
    /// The parts of the file that members and directories take, as start and end.
    claimed: Vec<(u64, u64)>,
    /// The data of members that, to who reads in order, end where their own coding says.
    open_ended: Vec<(u64, u64)>,
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
        let mut lists = Vec::new();
        for directory in &directories {
            // A directory from which zip64's end record takes the first entries, because it is as
            // long as they are, has only what the whole one has.
            if directory.is_shifted && self.starts.contains(&directory.start) {
                continue;
            }
            // What lies in a member of the likeliest directory is that member's content.
            let is_inside = self
                .claimed
                .iter()
                .any(|&(start, end)| start < directory.start && directory.end <= end);
            let list = self.directory(directory)?;
            if directory.fits || !is_inside {
                lists.push(list);
            }
        }
        self.compare(lists);
        let members: Vec<_> = self.claimed.clone();
        self.claimed
            .extend(directories.iter().map(|at| (at.start, at.end)));
        self.overlaps(members);
        self.between(!directories.is_empty())?;
        let found = std::mem::take(&mut self.found);
        self.twice(&found)?;
        for found in &found {
            if self.meter.stopped().is_some() {
                break;
            }
            content::show(self, found)?;
        }
        Ok(())
    }

    /// Reads one central directory, and the local header of each of its records. Returns what it
    /// lists, in order.
    fn directory(&mut self, directory: &Directory) -> io::Result<Vec<Known>> {
        let mut reader = central::Records::new(self.input, directory)?;
        let mut records = Vec::new();
        let mut place = directory.start;
        while let Some(record) = reader.next()? {
            // A shifted directory begins as far behind as the zip64 records are long.
            if place <= directory.start.saturating_add(MAX_SHIFT) {
                self.starts.insert(place);
            }
            place = place.saturating_add(record.length);
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
        self.promise(directory, records.len() as u64);
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
        let mut list = Vec::with_capacity(records.len());
        for record in records {
            self.record(directory, &record)?;
            list.push((record.name, Some(record.size), Some(record.crc)));
        }
        list.sort_unstable();
        Ok(list)
    }

    /// Compares the number of a directory's entries with what its end record promises.
    fn promise(&mut self, directory: &Directory, count: u64) {
        if self.meter.stopped().is_some() || count == directory.entries {
            return;
        }
        let detail = format!(
            "the directory has {count} entries, its end record says {}",
            directory.entries
        );
        if count < directory.entries {
            self.sink
                .problem(Problem::whole(ReasonCode::Malformed, detail));
        } else if !directory.is_short || !(count - directory.entries).is_multiple_of(1 << 16) {
            self.disagree(None, DisagreementKind::Directory, detail);
        }
    }

    /// Reads the local header of a record.
    fn record(&mut self, directory: &Directory, record: &Record) -> io::Result<()> {
        let mut offsets = vec![record.offset];
        if let Some(moved) = record.offset.checked_add(directory.moved)
            && directory.moved > 0
        {
            offsets.insert(0, moved);
        }
        for at in offsets {
            // The place as stated counts only where nothing is at the place that fits the file.
            if let Some(local) = Local::read(self.input, at, self.len)? {
                self.agree(at, record, &local);
                return Ok(());
            }
        }
        let (path, _) = names::path(&record.name);
        let detail = format!("there is no local header at byte {}", record.offset);
        self.sink
            .problem(Problem::of(&path, ReasonCode::Malformed, detail));
        Ok(())
    }

    /// Says whether the directories list different members.
    fn compare(&mut self, mut lists: Vec<Vec<Known>>) {
        lists.sort_unstable();
        lists.dedup();
        if lists.len() > 1 && self.meter.stopped().is_none() {
            let counts: Vec<_> = lists.iter().map(|list| list.len().to_string()).collect();
            let detail = format!(
                "there are {} central directories that loaders can take for the archive's, with \
                 {} members",
                lists.len(),
                counts.join(" and ")
            );
            self.disagree(None, DisagreementKind::Directory, detail);
        }
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
    fn between(&mut self, has_directory: bool) -> io::Result<()> {
        self.claimed.sort_unstable();
        let claimed = std::mem::take(&mut self.claimed);
        let mut gaps = gaps::of(&claimed, self.len);
        for (start, end) in std::mem::take(&mut self.open_ended) {
            if let Some(from) = content::natural_end(self, start, end)? {
                gaps.push((from, end));
            }
        }
        gaps.sort_unstable();
        let mut known = None;
        for (start, end) in gaps {
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
                let known = known.get_or_insert_with(|| self.known());
                at = self.unlisted(&local, end, known, has_directory);
            }
        }
        Ok(())
    }

    /// What directories say of members' content, by name.
    fn known(&self) -> HashSet<Known> {
        self.found.iter().map(Found::known).collect()
    }

    /// Notes a member that no directory mentions; from where to look on.
    fn unlisted(
        &mut self,
        local: &Local,
        end: u64,
        known: &HashSet<Known>,
        has_directory: bool,
    ) -> u64 {
        // Without a size the data is as long as its own coding says, at most to the end.
        let open = local.is_open();
        let room = end.saturating_sub(local.data);
        let compressed = if open { room } else { local.compressed };
        let found = Found {
            start: local.data,
            name: local.name.clone(),
            method: local.method,
            compressed,
            size: (!open).then_some(local.size),
            crc: (!open).then_some(local.crc),
            flags: local.flags,
            mode: None,
            reading: Reading::Local,
        };
        // The same content under the same name hides nothing.
        let is_known = known.contains(&found.known());
        if has_directory && local.is_certain(end) && !found.is_folder() && !is_known {
            let (path, _) = names::path(&found.name);
            let detail = "no directory mentions it; loaders that read the archive in order see it";
            self.disagree(Some(path), DisagreementKind::Hidden, detail.to_owned());
        }
        self.found.insert(found);
        if !open && compressed <= room {
            local.data.saturating_add(compressed)
        } else {
            local.data
        }
    }

    fn disagree(&mut self, path: Option<String>, kind: DisagreementKind, detail: String) {
        self.sink.disagreement(Disagreement { path, kind, detail });
    }
}

/// What sort of thing a member is, and where.
fn member(found: &Found, path: String) -> Member {
    let kind = match found.mode {
        Some(mode) if mode & 0o170_000 == 0o120_000 => MemberKind::Link,
        Some(mode) if mode & 0o100 != 0 => MemberKind::Executable,
        _ => MemberKind::File,
    };
    Member {
        path,
        kind,
        size: found.size,
        reading: found.reading,
    }
}
