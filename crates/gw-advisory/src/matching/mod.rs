//! Which advisories affect which version of a package.

mod clearing;
mod group;

use gw_core::Digest;
use gw_finding::{Kind, Severity};
use gw_package::Ecosystem;
use gw_package::version::{VersionError, VersionKey};

use crate::codec::Corrupt;
use crate::evaluate;
use crate::index::stored::{AffectedRef, RangeRef};
use crate::index::{Block, Index, IndexError};
use crate::record::{Import, RangeType};

/// One vulnerability, malware report or notice that affects a package: all records of the index
/// that say the same of it, merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The id in the ecosystem's own database if a record there affects the package, else the one
    /// that people know best.
    pub id: String,
    /// Its other ids, in order.
    pub aliases: Vec<String>,
    /// What sort it is: vulnerability, malware or unmaintained. RustSec's `unsound` and `notice`
    /// are vulnerabilities of low severity, unless a record rates them.
    pub kind: Kind,
    /// How bad it is: by CVSS, else by the database's word, else [`Severity::High`] (for notices
    /// low, for malware critical).
    pub severity: Severity,
    /// Whether some record rates it.
    pub rated: bool,
    /// The CVSS score.
    pub cvss: Option<f64>,
    /// The probability of exploitation in the next 30 days.
    pub epss: Option<f64>,
    /// Whether it is known to be exploited.
    pub kev: bool,
    /// One line on what it is.
    pub summary: String,
    /// The page to read.
    pub url: String,
    /// The versions that fix it, in order.
    pub fixed: Vec<String>,
    /// The affected parts of the package, as far as the records name them.
    pub imports: Vec<Import>,
}

/// What an index says of one version of a package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PackageMatches {
    /// What affects it, in order of id.
    pub matches: Vec<Match>,
    /// The smallest version above this one that no vulnerability or malware report of the package
    /// affects. Notices do not count: no version clears "unmaintained".
    pub clearing: Option<String>,
    /// The digest of the package's records, if there are any.
    pub digest: Option<Digest>,
    /// What could not be decided.
    pub problems: Vec<Problem>,
}

/// Why it could not be decided whether a record affects a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The package's version cannot be compared with others.
    Version(VersionError),
    /// A record has a version that cannot be compared.
    Record {
        /// The record's id.
        id: String,
        /// What is wrong with it.
        error: VersionError,
    },
}

/// A version to look for.
struct Target<'a> {
    ecosystem: &'a Ecosystem,
    written: &'a str,
    plain: &'a str,
    semver: Result<VersionKey, VersionError>,
    own: Result<VersionKey, VersionError>,
}

/// A record that affects the target, with all it says of the package.
struct Hit<'a> {
    offset: u64,
    affected: Vec<AffectedRef<'a>>,
}

/// Matches one version of a package. `name` as [`Ecosystem::normalize_name`] gives it.
///
/// # Errors
/// [`IndexError::Corrupt`] if the index's bytes make no sense.
pub fn match_package(
    index: &Index,
    ecosystem: &Ecosystem,
    name: &str,
    version: &str,
) -> Result<PackageMatches, IndexError> {
    let Some(block) = index.block(ecosystem.as_str(), name)? else {
        return Ok(PackageMatches::default());
    };
    let target = Target::new(ecosystem, version);
    let mut problems = Vec::new();
    let hits = hits(index, &block, &target, &mut problems)?;
    let mut matches = group::merge(index, ecosystem, &hits)?;
    matches.sort_by(|a, b| a.id.cmp(&b.id));
    let clearing = match matches.is_empty() {
        true => None,
        false => clearing::smallest(&block, &target)?,
    };
    Ok(PackageMatches {
        matches,
        clearing,
        digest: Some(block.digest),
        problems,
    })
}

/// The records that affect the target.
fn hits<'a>(
    index: &Index,
    block: &'a Block<'_>,
    target: &Target<'_>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Hit<'a>>, Corrupt> {
    let mut hits: Vec<Hit<'a>> = Vec::new();
    let mut current: Option<(Hit<'a>, bool)> = None;
    for posting in block.postings()? {
        let (offset, bytes) = posting?;
        let affected = AffectedRef::read(bytes)?;
        let is_hit = match target.is_affected(&affected)? {
            Verdict::Affected => true,
            Verdict::NotAffected => false,
            Verdict::Unknown(error) => {
                if target.key(RangeType::Ecosystem).is_err()
                    && target.key(RangeType::Semver).is_err()
                {
                    if problems.is_empty() {
                        problems.push(Problem::Version(error));
                    }
                } else {
                    let id = index.core(offset)?.0.id;
                    problems.push(Problem::Record { id, error });
                }
                false
            }
        };
        match &mut current {
            Some((hit, any)) if hit.offset == offset => {
                hit.affected.push(affected);
                *any |= is_hit;
            }
            _ => {
                let hit = Hit {
                    offset,
                    affected: vec![affected],
                };
                if let Some((hit, true)) = current.replace((hit, is_hit)) {
                    hits.push(hit);
                }
            }
        }
    }
    if let Some((hit, true)) = current {
        hits.push(hit);
    }
    Ok(hits)
}

enum Verdict {
    Affected,
    NotAffected,
    Unknown(VersionError),
}

impl<'a> Target<'a> {
    fn new(ecosystem: &'a Ecosystem, version: &'a str) -> Self {
        let plain = evaluate::plain(ecosystem, version);
        Self {
            ecosystem,
            written: version,
            plain,
            semver: evaluate::key(ecosystem, RangeType::Semver, plain),
            own: evaluate::key(ecosystem, RangeType::Ecosystem, plain),
        }
    }

    const fn key(&self, kind: RangeType) -> Result<&VersionKey, &VersionError> {
        match kind {
            RangeType::Semver => self.semver.as_ref(),
            RangeType::Ecosystem => self.own.as_ref(),
        }
    }

    /// Whether an affected package's versions or ranges include the target.
    fn is_affected(&self, affected: &AffectedRef<'_>) -> Result<Verdict, Corrupt> {
        let mut listed = 0usize;
        for version in affected.versions()? {
            let version = version?;
            if version == self.written || version == self.plain {
                return Ok(Verdict::Affected);
            }
            listed += 1;
        }
        let mut unknown = None;
        let mut compared = false;
        for range in &affected.ranges {
            match self.is_in(range) {
                Ok(true) => return Ok(Verdict::Affected),
                Ok(false) => compared = true,
                Err(error) => unknown = Some(error),
            }
        }
        // A list alone is the whole truth, but may spell the version in another way.
        if let (false, Ok(own)) = (compared, &self.own) {
            for version in affected.versions()? {
                let key = evaluate::key(self.ecosystem, RangeType::Ecosystem, version?);
                if key.as_ref() == Ok(own) {
                    return Ok(Verdict::Affected);
                }
            }
        }
        Ok(match unknown {
            // Where a record's own range makes no sense, its list stands for it.
            Some(_) if listed > 0 && (self.own.is_ok() || self.semver.is_ok()) => {
                Verdict::NotAffected
            }
            Some(error) => Verdict::Unknown(error),
            None => Verdict::NotAffected,
        })
    }

    fn is_in(&self, range: &RangeRef<'_>) -> Result<bool, VersionError> {
        let version = self.key(range.order).map_err(Clone::clone)?;
        if range.sorted {
            return evaluate::contains(self.ecosystem, range.order, &range.events, version);
        }
        let mut events = range.events.clone();
        evaluate::sort_events(self.ecosystem, range.order, &mut events)?;
        evaluate::contains(self.ecosystem, range.order, &events, version)
    }
}

#[cfg(test)]
mod tests;
