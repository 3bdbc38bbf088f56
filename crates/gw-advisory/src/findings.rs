//! From matches to findings.

use std::collections::BTreeMap;

use gw_core::{Digest, Time};
use gw_finding::{
    AdvisoryRef, Confidence, Finding, FindingId, Incomplete, Kind, Location, PackageRef,
    ReasonCode, RuleId,
};
use gw_package::{Ecosystem, Inventory, Occurrence, Package, PackageIndex};

use crate::graph::Projects;
use crate::index::Index;
use crate::matching::{Match, PackageMatches, Problem, match_package};
use crate::{ANALYZER, words};

/// A dependency has a known vulnerability.
pub const KNOWN_VULNERABILITY: RuleId = RuleId::new("package/known-vulnerability");
/// A dependency is itself an attack.
pub const MALWARE: RuleId = RuleId::new("package/malware");
/// Nobody maintains a dependency.
pub const UNMAINTAINED: RuleId = RuleId::new("package/unmaintained");

/// What matching an inventory yields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// One for each advisory and each file that brings the package in.
    pub findings: Vec<Finding>,
    /// What could not be matched.
    pub incomplete: Vec<Incomplete>,
    /// Every package that was looked up, in order, with the digest of its records; nothing where
    /// there are none, since that is a fact as well.
    pub reads: Vec<(Ecosystem, String, Option<Digest>)>,
}

/// Matches every package of an inventory.
#[must_use]
pub fn findings(inventory: &Inventory, index: &Index) -> Findings {
    let mut out = Findings::default();
    let mut reads = BTreeMap::new();
    let mut projects = Projects::new(inventory);
    let mut orderless: BTreeMap<&Ecosystem, usize> = BTreeMap::new();
    for (at, package) in (0..).zip(&inventory.packages) {
        match match_any(index, package, &mut reads) {
            Ok(found) => {
                for problem in found.problems {
                    match problem {
                        Problem::Version(gw_package::version::VersionError::UnknownEcosystem(
                            _,
                        )) => {
                            *orderless.entry(&package.ecosystem).or_insert(0) += 1;
                        }
                        problem => out.incomplete.push(undecided(package, &problem)),
                    }
                }
                for found_match in &found.matches {
                    let clearing = found.clearing.as_deref();
                    report(
                        &mut out,
                        &mut projects,
                        (at, package),
                        found_match,
                        clearing,
                    );
                }
            }
            Err(error) => out.incomplete.push(Incomplete {
                location: place_of(package),
                analyzer: ANALYZER.to_owned(),
                reason: ReasonCode::AdvisoryRecord,
                detail: format!("{} was not matched: {error}", words::called(package)),
            }),
        }
    }
    for (ecosystem, count) in orderless {
        out.incomplete.push(Incomplete {
            location: Location::file(ecosystem.as_str()),
            analyzer: ANALYZER.to_owned(),
            reason: ReasonCode::Unsupported,
            detail: format!(
                "{} of {ecosystem} could only be matched by listed versions: no version order is \
                 known for this ecosystem",
                words::packages(count)
            ),
        });
    }
    out.incomplete.extend(uncovered(inventory, index));
    out.incomplete.sort();
    out.findings.sort_by(|a, b| {
        (&a.location, &a.rule, &a.id, &a.message).cmp(&(&b.location, &b.rule, &b.id, &b.message))
    });
    out.reads = reads
        .into_iter()
        .map(|((ecosystem, name), digest)| (ecosystem, name, digest))
        .collect();
    out
}

/// The ecosystems of an inventory whose data is older than it may be: `oldest` is the earliest
/// time as of which data may be.
#[must_use]
pub fn outdated(inventory: &Inventory, index: &Index, oldest: Time) -> Vec<Incomplete> {
    let old = |(ecosystem, count): (&Ecosystem, usize)| {
        let info = index
            .coverage(ecosystem)
            .filter(|info| info.as_of < oldest)?;
        Some(Incomplete {
            location: Location::file(ecosystem.as_str()),
            analyzer: ANALYZER.to_owned(),
            reason: ReasonCode::AdvisoriesOld,
            detail: format!(
                "{} of {ecosystem} were matched against advisories as of {}; newer ones may affect \
                 them. Get new data with `gatewright db update`",
                words::packages(count),
                day(info.as_of),
            ),
        })
    };
    inventory.ecosystems().into_iter().filter_map(old).collect()
}

fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

type Reads = BTreeMap<(Ecosystem, String), Option<Digest>>;

/// Matches a package under its ecosystem and, where that has a release suffix, without it too.
fn match_any(
    index: &Index,
    package: &Package,
    reads: &mut Reads,
) -> Result<PackageMatches, crate::IndexError> {
    let name = package.ecosystem.normalize_name(&package.name);
    let mut all: Option<PackageMatches> = None;
    let whole = package.ecosystem.clone();
    let base = Ecosystem::new(package.ecosystem.base().to_owned());
    let both = [Some(base).filter(|base| *base != whole), Some(whole)];
    for ecosystem in both.into_iter().flatten() {
        let found = match_package(index, &ecosystem, &name, &package.version)?;
        reads.insert((ecosystem, name.clone().into_owned()), found.digest);
        all = Some(match all {
            None => found,
            Some(mut all) => {
                let known: Vec<String> = all.matches.iter().map(|m| m.id.clone()).collect();
                let new = found.matches.into_iter().filter(|m| !known.contains(&m.id));
                all.matches.extend(new);
                all.problems.extend(found.problems);
                all.clearing = found.clearing.or(all.clearing);
                all
            }
        });
    }
    Ok(all.unwrap_or_default())
}

/// Reports one match in every file that brings the package in.
fn report(
    out: &mut Findings,
    projects: &mut Projects<'_>,
    (at, package): (PackageIndex, &Package),
    found: &Match,
    clearing: Option<&str>,
) {
    let rule = match found.kind {
        Kind::Malware => MALWARE,
        Kind::Unmaintained => UNMAINTAINED,
        _ => KNOWN_VULNERABILITY,
    };
    let mut last: Option<(&str, &[String])> = None;
    let mut occurrences: Vec<&Occurrence> = package.occurrences.iter().collect();
    occurrences.sort();
    for occurrence in occurrences {
        let file = (
            occurrence.location.path.as_str(),
            occurrence.location.inside.as_slice(),
        );
        if last.replace(file) == Some(file) {
            continue;
        }
        let scope = projects.in_file(at, &occurrence.location);
        let context = format!("{}/{}/{}", package.ecosystem, package.name, found.id);
        let fix = words::fix(package, found, clearing, &scope);
        out.findings.push(Finding {
            id: FindingId::new(&rule, &context, &occurrence.location),
            rule: rule.clone(),
            kind: found.kind,
            severity: found.severity,
            confidence: Confidence::High,
            title: words::title(package, found),
            message: words::message(package, found, &scope),
            help: words::help(found, fix.as_ref()),
            location: occurrence.location.clone(),
            package: Some(PackageRef {
                purl: package.purl.clone(),
                name: package.name.clone(),
                version: package.version.clone(),
                ecosystem: package.ecosystem.to_string(),
                development: scope.development,
                direct: scope.direct,
                path: scope.path,
            }),
            advisory: Some(AdvisoryRef {
                id: found.id.clone(),
                aliases: found.aliases.clone(),
                fixed: found.fixed.clone(),
                cvss: found.cvss,
                epss: found.epss,
                kev: found.kev,
            }),
            controls: controls(found.kind),
            accepted: None,
            tolerated: None,
            fix,
        });
    }
}

/// SOC 2 (2017 trust services criteria) and ISO/IEC 27001:2022, annex A.
fn controls(kind: Kind) -> Vec<String> {
    let controls: &[&str] = match kind {
        // Unauthorized or malicious software; protection against malware.
        Kind::Malware => &["soc2/CC6.8", "iso27001/A.8.7"],
        // Detection of vulnerabilities; management of technical vulnerabilities.
        _ => &["soc2/CC7.1", "iso27001/A.8.8"],
    };
    controls.iter().map(|&control| control.to_owned()).collect()
}

/// One line for each ecosystem whose whole feed the index does not have.
fn uncovered(inventory: &Inventory, index: &Index) -> Vec<Incomplete> {
    let missing = |(ecosystem, count): (&Ecosystem, usize)| {
        if index.coverage(ecosystem).is_some() {
            return None;
        }
        let base = ecosystem.base();
        Some(Incomplete {
            location: Location::file(ecosystem.as_str()),
            analyzer: ANALYZER.to_owned(),
            reason: ReasonCode::NoAdvisories,
            detail: format!(
                "{} of {ecosystem} were not matched: there is no advisory data for {base}. Get it \
                 with `gatewright db update`, or import a folder that has `{base}/all.zip` with \
                 `gatewright db import FOLDER`",
                words::packages(count)
            ),
        })
    };
    inventory
        .ecosystems()
        .into_iter()
        .filter_map(missing)
        .collect()
}

fn undecided(package: &Package, problem: &Problem) -> Incomplete {
    let called = words::called(package);
    let (reason, detail) = match problem {
        Problem::Version(error) => (
            ReasonCode::InvalidVersion,
            format!(
                "{called} has advisories, but could only be matched by listed versions: {error}"
            ),
        ),
        Problem::Record { id, error } => (
            ReasonCode::AdvisoryRecord,
            format!("whether {id} affects {called} is not known: {error}"),
        ),
    };
    Incomplete {
        location: place_of(package),
        analyzer: ANALYZER.to_owned(),
        reason,
        detail,
    }
}

fn place_of(package: &Package) -> Location {
    let first = package
        .occurrences
        .iter()
        .map(|occurrence| &occurrence.location)
        .min();
    first
        .cloned()
        .unwrap_or_else(|| Location::file(package.purl.clone()))
}

#[cfg(test)]
mod tests;
