use gw_finding::Severity;

/// An advisory as the index keeps it: an OSV record brought into one form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// The record's id in its database.
    pub id: String,
    /// When it last changed, in seconds since 1970; 0 if the record does not say.
    pub modified: i64,
    /// When it was published, in seconds since 1970; 0 if the record does not say.
    pub published: i64,
    /// Whether its authors have taken it back. Such a record matches nothing.
    pub withdrawn: bool,
    /// Ids of the same vulnerability in other databases.
    pub aliases: Vec<String>,
    /// Ids of vulnerabilities that this record (of a distribution) passes on.
    pub upstream: Vec<String>,
    /// Ids of vulnerabilities that have something to do with it.
    pub related: Vec<String>,
    /// One line on what it is.
    pub summary: String,
    /// The whole text, Markdown.
    pub details: String,
    /// The page people should read.
    pub url: String,
    /// All pages that it refers to.
    pub references: Vec<String>,
    /// How bad it is for every affected package that has no rating of its own.
    pub rating: Rating,
    /// What it affects.
    pub affected: Vec<Affected>,
}

/// How bad a record says it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rating {
    /// The step, if the record has a score or a word for it.
    pub severity: Option<Severity>,
    /// The CVSS score in tenths (0 to 100), if the record has a vector.
    pub score: Option<u8>,
}

/// What sort of record it is for a package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// RustSec `informational = "notice"`: worth knowing, no weakness by itself.
    Notice,
    /// RustSec `informational = "unmaintained"`: nobody repairs it any more.
    Unmaintained,
    /// RustSec `informational = "unsound"`: safe code can be made to misbehave.
    Unsound,
    /// A vulnerability.
    #[default]
    Vulnerability,
    /// A `MAL-` record: the package is itself an attack.
    Malware,
}

/// One package that a record affects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Affected {
    /// The ecosystem in OSV's spelling, with its release suffix.
    pub ecosystem: String,
    /// The package's name in normal form.
    pub name: String,
    /// What sort of record it is for this package.
    pub kind: RecordKind,
    /// How bad it is for this package, if that differs from the record's rating.
    pub rating: Rating,
    /// Affected versions, by events.
    pub ranges: Vec<Range>,
    /// Affected versions, one by one.
    pub versions: Vec<String>,
    /// The affected parts of the package, if the record names them.
    pub imports: Vec<Import>,
}

/// The affected functions of one importable path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The path: a Go package. Empty where symbols are named in full, as RustSec does.
    pub path: String,
    /// The affected functions and methods; none means everything under the path.
    pub symbols: Vec<String>,
}

/// How the versions of a range are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RangeType {
    /// By Semantic Versioning 2.0.0.
    #[default]
    Semver,
    /// As the package's ecosystem orders them.
    Ecosystem,
}

/// Versions between events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// How they are ordered.
    pub order: RangeType,
    /// Whether `events` are in that order; if not, some version could not be compared.
    pub sorted: bool,
    /// The events.
    pub events: Vec<Event>,
}

/// A change of state along the versions of a range
/// (<https://ossf.github.io/osv-schema/#affectedrangesevents-fields>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What changes.
    pub kind: EventKind,
    /// At which version; for [`EventKind::Introduced`] `0` stands before all versions, for
    /// [`EventKind::Limit`] `*` after all.
    pub version: String,
}

/// What an event says of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The first affected version.
    Introduced,
    /// The first version that is not affected any more.
    Fixed,
    /// The last affected version.
    LastAffected,
    /// The range says nothing of this version and later ones.
    Limit,
}

impl Affected {
    /// The versions of all `fixed` events, as written.
    pub fn fixed(&self) -> impl Iterator<Item = &str> {
        self.ranges
            .iter()
            .flat_map(|range| &range.events)
            .filter(|event| event.kind == EventKind::Fixed)
            .map(|event| event.version.as_str())
    }
}

impl Rating {
    /// The CVSS score, 0.0 to 10.0.
    #[must_use]
    pub fn cvss(&self) -> Option<f64> {
        self.score.map(|tenths| f64::from(tenths) / 10.0)
    }

    /// Whether there is no rating.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.severity.is_none() && self.score.is_none()
    }

    /// The worse of two ratings, part by part.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self {
            severity: self.severity.max(other.severity),
            score: self.score.max(other.score),
        }
    }
}
