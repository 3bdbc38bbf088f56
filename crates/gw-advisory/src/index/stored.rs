//! How records and what they affect are written and read.

use crate::codec::{Corrupt, Reader, Writer, severity_of_byte, severity_to_byte};
use crate::record::{
    Affected, Event, EventKind, Import, Range, RangeType, Rating, Record, RecordKind,
};

/// Where a record's text is: a compressed frame in the texts section, and bytes in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TextPlace {
    pub(crate) frame: u64,
    pub(crate) frame_length: u64,
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// What the index adds to a record's own data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// Listed as known to be exploited.
    pub(crate) kev: bool,
    /// Added by itself, not with the feed of its ecosystem.
    pub(crate) single: bool,
}

pub(crate) fn write_head(flags: Flags, place: TextPlace, out: &mut Writer) {
    out.byte(u8::from(flags.kev) | u8::from(flags.single) << 1);
    for number in [place.frame, place.frame_length, place.start, place.length] {
        out.number(number);
    }
}

pub(crate) fn read_head(reader: &mut Reader<'_>) -> Result<(Flags, TextPlace), Corrupt> {
    let bits = reader.byte()?;
    let flags = Flags {
        kev: bits & 1 != 0,
        single: bits & 2 != 0,
    };
    let place = TextPlace {
        frame: reader.number()?,
        frame_length: reader.number()?,
        start: reader.number()?,
        length: reader.number()?,
    };
    Ok((flags, place))
}

/// Writes what a record says of itself, without text and affected packages.
pub(crate) fn write_core(record: &Record, out: &mut Writer) {
    out.text(&record.id);
    out.number(record.modified.max(0).unsigned_abs());
    out.number(record.published.max(0).unsigned_abs());
    out.texts(&record.aliases);
    out.texts(&record.upstream);
    out.texts(&record.related);
    out.text(&record.summary);
    out.text(&record.url);
    write_rating(record.rating, out);
    // Reserved for the probability of exploitation.
    out.number(0);
}

pub(crate) fn read_core(reader: &mut Reader<'_>) -> Result<Record, Corrupt> {
    let record = Record {
        id: reader.text()?.to_owned(),
        modified: i64::try_from(reader.number()?).map_err(|_| Corrupt)?,
        published: i64::try_from(reader.number()?).map_err(|_| Corrupt)?,
        aliases: reader.texts()?,
        upstream: reader.texts()?,
        related: reader.texts()?,
        summary: reader.text()?.to_owned(),
        url: reader.text()?.to_owned(),
        rating: read_rating(reader)?,
        ..Record::default()
    };
    reader.number()?;
    Ok(record)
}

fn write_rating(rating: Rating, out: &mut Writer) {
    out.byte(severity_to_byte(rating.severity));
    out.byte(rating.score.map_or(0, |score| score.saturating_add(1)));
}

fn read_rating(reader: &mut Reader<'_>) -> Result<Rating, Corrupt> {
    let severity = severity_of_byte(reader.byte()?)?;
    let score = reader.byte()?.checked_sub(1);
    if score.is_some_and(|score| score > 100) {
        return Err(Corrupt);
    }
    Ok(Rating { severity, score })
}

/// Writes what a record affects of one package, without the package's name.
pub(crate) fn write_affected(affected: &Affected, out: &mut Writer) {
    out.byte(match affected.kind {
        RecordKind::Vulnerability => 0,
        RecordKind::Malware => 1,
        RecordKind::Unmaintained => 2,
        RecordKind::Unsound => 3,
        RecordKind::Notice => 4,
    });
    write_rating(affected.rating, out);
    out.count(affected.ranges.len());
    for range in &affected.ranges {
        out.byte(u8::from(range.order == RangeType::Ecosystem) | u8::from(range.sorted) << 1);
        out.count(range.events.len());
        for event in &range.events {
            out.byte(match event.kind {
                EventKind::Introduced => 0,
                EventKind::Fixed => 1,
                EventKind::LastAffected => 2,
                EventKind::Limit => 3,
            });
            out.text(&event.version);
        }
    }
    let mut versions = Writer::default();
    versions.texts(&affected.versions);
    out.blob(&versions.bytes);
    out.count(affected.imports.len());
    for import in &affected.imports {
        out.text(&import.path);
        out.texts(&import.symbols);
    }
}

/// What a record affects of one package, borrowed from the index.
#[derive(Debug, Clone)]
pub(crate) struct AffectedRef<'a> {
    pub(crate) kind: RecordKind,
    pub(crate) rating: Rating,
    pub(crate) ranges: Vec<RangeRef<'a>>,
    versions: &'a [u8],
    imports: Reader<'a>,
}

/// A range, borrowed from the index.
#[derive(Debug, Clone)]
pub(crate) struct RangeRef<'a> {
    pub(crate) order: RangeType,
    pub(crate) sorted: bool,
    pub(crate) events: Vec<(EventKind, &'a str)>,
}

impl<'a> AffectedRef<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Corrupt> {
        let mut reader = Reader::new(bytes);
        let kind = match reader.byte()? {
            0 => RecordKind::Vulnerability,
            1 => RecordKind::Malware,
            2 => RecordKind::Unmaintained,
            3 => RecordKind::Unsound,
            4 => RecordKind::Notice,
            _ => return Err(Corrupt),
        };
        let rating = read_rating(&mut reader)?;
        let count = reader.count()?;
        let mut ranges = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            ranges.push(RangeRef::read(&mut reader)?);
        }
        Ok(Self {
            kind,
            rating,
            ranges,
            versions: reader.blob()?,
            imports: reader,
        })
    }

    /// The versions that are listed one by one.
    pub(crate) fn versions(
        &self,
    ) -> Result<impl Iterator<Item = Result<&'a str, Corrupt>>, Corrupt> {
        let mut reader = Reader::new(self.versions);
        let count = reader.count()?;
        Ok((0..count).map(move |_| reader.text()))
    }

    /// The affected parts of the package.
    pub(crate) fn imports(&self) -> Result<Vec<Import>, Corrupt> {
        let mut reader = self.imports;
        let count = reader.count()?;
        let mut imports = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            imports.push(Import {
                path: reader.text()?.to_owned(),
                symbols: reader.texts()?,
            });
        }
        Ok(imports)
    }

    /// The same, with everything owned.
    pub(crate) fn to_affected(&self, ecosystem: &str, name: &str) -> Result<Affected, Corrupt> {
        let ranges = self.ranges.iter().map(RangeRef::to_range).collect();
        let versions: Result<Vec<_>, _> = self
            .versions()?
            .map(|version| version.map(str::to_owned))
            .collect();
        Ok(Affected {
            ecosystem: ecosystem.to_owned(),
            name: name.to_owned(),
            kind: self.kind,
            rating: self.rating,
            ranges,
            versions: versions?,
            imports: self.imports()?,
        })
    }
}

impl<'a> RangeRef<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Corrupt> {
        let bits = reader.byte()?;
        let count = reader.count()?;
        let mut events = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            let kind = match reader.byte()? {
                0 => EventKind::Introduced,
                1 => EventKind::Fixed,
                2 => EventKind::LastAffected,
                3 => EventKind::Limit,
                _ => return Err(Corrupt),
            };
            events.push((kind, reader.text()?));
        }
        Ok(Self {
            order: if bits & 1 == 0 {
                RangeType::Semver
            } else {
                RangeType::Ecosystem
            },
            sorted: bits & 2 != 0,
            events,
        })
    }

    fn to_range(&self) -> Range {
        Range {
            order: self.order,
            sorted: self.sorted,
            events: self
                .events
                .iter()
                .map(|&(kind, version)| Event {
                    kind,
                    version: version.to_owned(),
                })
                .collect(),
        }
    }
}
