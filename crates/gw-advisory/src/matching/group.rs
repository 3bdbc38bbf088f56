//! Merging records that speak of the same thing.

use std::collections::BTreeSet;

use gw_finding::{Kind, Severity};
use gw_package::Ecosystem;
use rustc_hash::FxHashMap;

use super::{Hit, Match};
use crate::codec::Corrupt;
use crate::evaluate;
use crate::index::Index;
use crate::record::{EventKind, Import, RangeType, Rating, Record, RecordKind};

/// A hit with its record.
struct Loaded<'h, 'a> {
    record: Record,
    kev: bool,
    kind: RecordKind,
    rating: Rating,
    hit: &'h Hit<'a>,
}

/// Merges hits whose records share an id or alias, directly or through others.
pub(super) fn merge(
    index: &Index,
    ecosystem: &Ecosystem,
    hits: &[Hit<'_>],
) -> Result<Vec<Match>, Corrupt> {
    let mut loaded = Vec::with_capacity(hits.len());
    for hit in hits {
        let (record, flags, _) = index.core(hit.offset)?;
        let kinds = hit.affected.iter().map(|affected| affected.kind);
        let own = hit
            .affected
            .iter()
            .fold(Rating::default(), |all, a| all.worse(a.rating));
        loaded.push(Loaded {
            kev: flags.kev,
            kind: kinds.max().unwrap_or_default(),
            rating: if own.is_none() { record.rating } else { own },
            record,
            hit,
        });
    }
    let mut matches = Vec::new();
    for mut group in groups(loaded) {
        group.sort_by_cached_key(|l| (rank(ecosystem, &l.record.id), l.record.id.clone()));
        matches.extend(one(ecosystem, &group)?);
    }
    Ok(matches)
}

/// Splits records into groups connected by ids.
fn groups<'h, 'a>(loaded: Vec<Loaded<'h, 'a>>) -> Vec<Vec<Loaded<'h, 'a>>> {
    // Each id leads to the group it was last seen in; a merged group leads to the one it went into.
    let mut parents: Vec<usize> = (0..loaded.len()).collect();
    let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
    for (at, one) in loaded.iter().enumerate() {
        for id in std::iter::once(&one.record.id).chain(&one.record.aliases) {
            if let Some(&other) = by_id.get(id) {
                let (a, b) = (root(&parents, at), root(&parents, other));
                if let Some(parent) = parents.get_mut(a.max(b)) {
                    *parent = a.min(b);
                }
            } else {
                by_id.insert(id.clone(), at);
            }
        }
    }
    let mut groups: Vec<Vec<Loaded<'h, 'a>>> = Vec::new();
    let mut place: FxHashMap<usize, usize> = FxHashMap::default();
    for (at, one) in loaded.into_iter().enumerate() {
        let next = groups.len();
        let group = *place.entry(root(&parents, at)).or_insert(next);
        match groups.get_mut(group) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn root(parents: &[usize], mut at: usize) -> usize {
    // A parent is never larger than its child, so this ends.
    while let Some(&parent) = parents.get(at).filter(|&&parent| parent < at) {
        at = parent;
    }
    at
}

/// How well an id fits as the one to show: the ecosystem's own database, then GitHub's, then
/// others, then CVE.
fn rank(ecosystem: &Ecosystem, id: &str) -> u8 {
    let prefix = id.split_once('-').map_or("", |(prefix, _)| prefix);
    let own: &[&str] = match ecosystem.base() {
        "crates.io" => &["RUSTSEC"],
        "Go" => &["GO"],
        "PyPI" => &["PYSEC"],
        "R" | "CRAN" | "Bioconductor" => &["RSEC"],
        "Hackage" | "GHC" => &["HSEC"],
        "Julia" => &["JLSEC"],
        "Debian" => &["DSA", "DLA", "DTSA", "DEBIAN"],
        "Ubuntu" => &["USN", "LSN", "UBUNTU"],
        "Alpine" => &["ALPINE"],
        "AlmaLinux" => &["ALSA", "ALBA", "ALEA"],
        "Rocky Linux" => &["RLSA", "RXSA"],
        "Red Hat" => &["RHSA", "RHBA", "RHEA"],
        "Bitnami" => &["BIT"],
        "Chainguard" | "Wolfi" => &["CGA"],
        _ => &["GHSA"],
    };
    match prefix {
        "MAL" => 0,
        _ if own.contains(&prefix) => 1,
        "GHSA" => 2,
        "CVE" => 4,
        _ => 3,
    }
}

/// The match of one group, whose first record is the best known.
fn one(ecosystem: &Ecosystem, group: &[Loaded<'_, '_>]) -> Result<Option<Match>, Corrupt> {
    let Some(first) = group.first() else {
        return Ok(None);
    };
    let is_malware = group.iter().any(|l| l.kind == RecordKind::Malware);
    let kind = if is_malware {
        RecordKind::Malware
    } else {
        first.kind
    };
    let rating = group
        .iter()
        .fold(Rating::default(), |all, l| all.worse(l.rating));
    let severity = match (kind, rating.severity) {
        (RecordKind::Malware, _) => Severity::Critical,
        (RecordKind::Unmaintained, _) => Severity::Low,
        (_, Some(severity)) => severity,
        (RecordKind::Unsound | RecordKind::Notice, None) => Severity::Low,
        // Whole databases rate nothing. What nobody has judged must not pass as harmless.
        (RecordKind::Vulnerability, None) => Severity::High,
    };
    let mut aliases: BTreeSet<&str> = BTreeSet::new();
    let mut imports: Vec<Import> = Vec::new();
    let mut fixed: Vec<&str> = Vec::new();
    for loaded in group {
        aliases.insert(&loaded.record.id);
        aliases.extend(loaded.record.aliases.iter().map(String::as_str));
        for affected in &loaded.hit.affected {
            imports.extend(affected.imports()?);
            let events = affected.ranges.iter().flat_map(|range| &range.events);
            fixed.extend(
                events
                    .filter(|(kind, _)| *kind == EventKind::Fixed)
                    .map(|(_, at)| *at),
            );
        }
    }
    aliases.remove(first.record.id.as_str());
    imports.sort_unstable();
    imports.dedup();
    let summary = group
        .iter()
        .map(|l| l.record.summary.as_str())
        .find(|s| !s.is_empty());
    Ok(Some(Match {
        id: first.record.id.clone(),
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        kind: match kind {
            RecordKind::Malware => Kind::Malware,
            RecordKind::Unmaintained => Kind::Unmaintained,
            _ => Kind::Vulnerability,
        },
        severity,
        rated: !rating.is_none(),
        cvss: rating.cvss(),
        epss: None,
        kev: group.iter().any(|l| l.kev),
        summary: summary.unwrap_or("no description").to_owned(),
        url: first.record.url.clone(),
        fixed: in_order(ecosystem, fixed),
        imports,
    }))
}

/// Versions in order, each once; what cannot be compared stands at the end.
fn in_order(ecosystem: &Ecosystem, mut versions: Vec<&str>) -> Vec<String> {
    versions.sort_unstable();
    versions.dedup();
    versions.sort_by_cached_key(|version| {
        let key = evaluate::key(ecosystem, RangeType::Semver, version).ok();
        (key.is_none(), key)
    });
    versions.into_iter().map(str::to_owned).collect()
}
