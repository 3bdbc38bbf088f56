//! From published files to an index.
//!
//! The layout is the one in which osv.dev publishes: `<ecosystem>/all.zip`, one JSON file a record.
//! Beside it are read: loose JSON records, alone or in folders, single zips, and CISA's catalogue
//! of known exploited vulnerabilities as JSON or zip. A table in a `SOURCES.md` beside the folders
//! names dates, sources and licences.

mod table;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gw_core::Time;
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::index::{Arrival, Builder, EcosystemInfo, Index, IndexError, KevInfo};
use crate::osv::{self, RecordLimits};
use crate::{ANALYZER, kev};
use table::Table;

/// The name under which the catalogue of known exploited vulnerabilities is published.
pub const KEV_NAME: &str = "known_exploited_vulnerabilities";

/// The most unusable records that are named one by one.
const MOST_NAMED: usize = 1000;

/// What to do with the records.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// Limits on each record.
    pub limits: RecordLimits,
    /// Whether to leave out the whole texts of records.
    pub without_details: bool,
    /// How hard to compress texts, as zstd counts; 0 is its default.
    pub compression: i32,
    /// Whether the result is the snapshot in the program.
    pub embedded: bool,
    /// Whether records that were added by themselves survive a new feed of their ecosystem.
    pub keep_singles: bool,
}

/// Where a feed is from, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// As of when the data is; the newest time in its records if it is not known.
    pub as_of: Option<Time>,
    /// Where it is from.
    pub source: String,
    /// Under which licence it is.
    pub licence: String,
}

/// What a path brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    /// Usable records.
    pub records: u64,
    /// Ecosystems whose whole feed was among them.
    pub feeds: BTreeSet<String>,
    /// Vulnerabilities of a catalogue of known exploited ones.
    pub exploited: u64,
}

/// A finished index.
#[derive(Debug)]
pub struct Compiled {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Records that could not be used, wholly or in part.
    pub incomplete: Vec<Incomplete>,
}

/// Why a source cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// A file or folder could not be read.
    #[error("cannot read {path}: {reason}")]
    Io {
        /// Which.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A file is no zip archive.
    #[error("{path} is not a zip archive: {reason}")]
    NotAZip {
        /// Which.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing in it that could be used.
    #[error(
        "{path} has no advisories: expected <ecosystem>/all.zip, OSV records as JSON, or {KEV_NAME}.json"
    )]
    Nothing {
        /// Which.
        path: String,
    },
    /// It has more files than the limit, or nests deeper.
    #[error("{path} has more than {limit} {what}")]
    TooMany {
        /// Which.
        path: String,
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// What is kept of earlier data.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bases<'a> {
    /// The index in use, if there is one.
    pub current: Option<&'a Index>,
    /// The snapshot in the program.
    pub embedded: Option<&'a Index>,
}

/// Reads sources into an index.
#[derive(Debug, Default)]
pub struct Compiler {
    options: CompileOptions,
    builder: Builder,
    feeds: BTreeSet<String>,
    incomplete: Vec<Incomplete>,
    more: u64,
}

/// Compiles sources into an index, and nothing else.
///
/// # Errors
/// [`SourceError`] if a source cannot be read at all. Unusable records are no error.
pub fn compile(paths: &[&Path], options: CompileOptions) -> Result<Compiled, SourceError> {
    let mut compiler = Compiler::new(options);
    for path in paths {
        compiler.add(path)?;
    }
    Ok(compiler.finish())
}

impl Compiler {
    /// Nothing yet.
    #[must_use]
    pub fn new(options: CompileOptions) -> Self {
        let mut builder = Builder::default();
        builder.without_details = options.without_details;
        builder.compression = options.compression;
        Self {
            options,
            builder,
            ..Self::default()
        }
    }

    /// Adds everything under a path: a folder, a zip or a JSON file.
    ///
    /// # Errors
    /// [`SourceError`] if it cannot be read, or has no advisories.
    pub fn add(&mut self, path: &Path) -> Result<Added, SourceError> {
        let mut added = Added::default();
        walk::path(self, path, &Table::beside(path), &mut added)?;
        if added.records == 0 && added.exploited == 0 {
            return Err(SourceError::Nothing {
                path: path.display().to_string(),
            });
        }
        Ok(added)
    }

    /// Adds the zip of one ecosystem's whole feed; messages call it `<ecosystem>/all.zip`.
    ///
    /// # Errors
    /// [`SourceError`] if it cannot be read, or has no record of that ecosystem.
    pub fn add_feed(
        &mut self,
        ecosystem: &str,
        zip: &Path,
        provenance: Provenance,
    ) -> Result<Added, SourceError> {
        let mut added = Added::default();
        let label = format!("{ecosystem}/all.zip");
        let counts = walk::zip(self, zip, &label, Arrival::Feed, &provenance, &mut added)?;
        if !counts.of.contains_key(ecosystem_base(ecosystem)) {
            return Err(SourceError::Nothing { path: label });
        }
        self.feed(ecosystem, provenance, &mut added);
        self.feeds.insert(ecosystem.to_owned());
        Ok(added)
    }

    /// The index of what was added.
    #[must_use]
    pub fn finish(mut self) -> Compiled {
        self.builder.describe_rest();
        if self.more > 0 {
            let detail = format!("{} more records could not be used", self.more);
            self.incomplete
                .push(incomplete(Location::file("advisories"), detail));
        }
        Compiled {
            bytes: self.builder.finish(),
            incomplete: self.incomplete,
        }
    }

    /// The index of what was added, on top of what is kept of earlier data: whatever belongs to an
    /// ecosystem whose whole feed was added is replaced, other records by their ids. What the
    /// index in use has of the program's snapshot is taken from the program's present one.
    ///
    /// # Errors
    /// [`IndexError`] if an index is corrupt.
    pub fn finish_on(mut self, bases: Bases<'_>) -> Result<Compiled, IndexError> {
        let replaced: BTreeSet<String> = self
            .feeds
            .iter()
            .map(|name| ecosystem_base(name).to_owned())
            .collect();
        let keep_singles = self.options.keep_singles;
        let mut own: BTreeSet<String> = BTreeSet::new();
        self.keep_kev(bases)?;
        if let Some(current) = bases.current {
            let imported = current.ecosystems().iter().filter(|info| !info.embedded);
            own = imported
                .map(|info| ecosystem_base(&info.name).to_owned())
                .collect();
            let takes_all = bases.embedded.is_none();
            self.builder.add_index(current, |ecosystem, single| {
                let old = replaced.contains(ecosystem);
                (single && (keep_singles || !old))
                    || (!old && (takes_all || own.contains(ecosystem)))
            })?;
        }
        if let Some(embedded) = bases.embedded {
            self.builder.add_index(embedded, |ecosystem, _| {
                !replaced.contains(ecosystem) && !own.contains(ecosystem)
            })?;
        }
        Ok(self.finish())
    }

    /// Takes over a catalogue of exploited vulnerabilities if no source had one: an imported one
    /// before the program's, and that before an earlier program's.
    fn keep_kev(&mut self, bases: Bases<'_>) -> Result<(), IndexError> {
        let imported = |index: &&Index| index.kev().is_some_and(|info| !info.embedded);
        let from = bases
            .current
            .filter(imported)
            .or(bases.embedded.filter(|index| index.kev().is_some()))
            .or(bases.current);
        if let (false, Some(index)) = (self.builder.has_kev(), from)
            && let Some(info) = index.kev()
        {
            self.builder.set_kev(index.kev_ids()?, info.clone());
        }
        Ok(())
    }

    /// Reads one record; what is unusable is noted.
    fn record(
        &mut self,
        json: &[u8],
        place: &Location,
        arrival: Arrival,
    ) -> Option<BTreeSet<String>> {
        match osv::parse(json, &self.options.limits) {
            Ok(parsed) => {
                for note in parsed.notes {
                    let id = &parsed.record.id;
                    self.note(
                        place.clone(),
                        format!("{id} is used, but not all of it: {note}"),
                    );
                }
                self.builder.add(&parsed.record, arrival);
                let affected = parsed.record.affected.iter();
                Some(
                    affected
                        .map(|a| ecosystem_base(&a.ecosystem).to_owned())
                        .collect(),
                )
            }
            Err(error) => {
                self.note(place.clone(), error.to_string());
                None
            }
        }
    }

    fn note(&mut self, place: Location, detail: String) {
        if self.incomplete.len() < MOST_NAMED {
            self.incomplete.push(incomplete(place, detail));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    fn feed(&mut self, ecosystem: &str, provenance: Provenance, added: &mut Added) {
        let newest = self.builder.newest(ecosystem).unwrap_or_default();
        added.feeds.insert(ecosystem.to_owned());
        self.builder.describe(EcosystemInfo {
            name: ecosystem.to_owned(),
            as_of: provenance.as_of.unwrap_or(newest),
            source: provenance.source,
            licence: provenance.licence,
            complete: true,
            embedded: self.options.embedded,
            ..EcosystemInfo::default()
        });
    }

    fn catalogue(&mut self, catalogue: kev::Catalogue, provenance: Provenance, added: &mut Added) {
        added.exploited = catalogue.cves.len() as u64;
        let info = KevInfo {
            as_of: catalogue.released.or(provenance.as_of).unwrap_or_default(),
            source: provenance.source,
            licence: provenance.licence,
            embedded: self.options.embedded,
            ..KevInfo::default()
        };
        self.builder.set_kev(catalogue.cves, info);
    }
}

/// What the records of one zip or folder affect.
#[derive(Debug, Default)]
struct Counts {
    records: u64,
    of: BTreeMap<String, u64>,
}

impl Counts {
    fn add(&mut self, ecosystems: BTreeSet<String>) {
        self.records = self.records.saturating_add(1);
        for ecosystem in ecosystems {
            let count = self.of.entry(ecosystem).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// The ecosystem that these are the feed of: the folder's name if a record is of it, else the
    /// one that every record is of.
    fn ecosystem(&self, folder: &str) -> Option<String> {
        if self.of.contains_key(ecosystem_base(folder)) {
            return Some(folder.to_owned());
        }
        let mut common = self.of.iter().filter(|(_, count)| **count == self.records);
        match (common.next(), common.next()) {
            (Some((name, _)), None) => Some(name.clone()),
            _ => None,
        }
    }
}

fn ecosystem_base(name: &str) -> &str {
    name.split_once(':').map_or(name, |(base, _)| base)
}

fn incomplete(location: Location, detail: String) -> Incomplete {
    Incomplete {
        location,
        analyzer: ANALYZER.to_owned(),
        reason: ReasonCode::AdvisoryRecord,
        detail,
    }
}

#[cfg(test)]
mod tests;
