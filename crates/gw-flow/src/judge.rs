//! Judging a subject: its inventory against today's advisories, its findings against acceptances
//! and what is tolerated, and what is left in the form that the gate sees.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use gw_advisory::Index;
use gw_attest::predicate::{Acceptance, Scan};
use gw_core::{Asset, FactKey, FactState, Gate, Principal, Time, Version};
use gw_finding::{Finding, FindingId, Incomplete};
use gw_package::{Ecosystem, Inventory};
use gw_policy::{FactValue, FindingFacts, FindingSummary, IncompleteFacts};

use crate::circumstances::Rules;
use crate::{FlowError, acceptances};

/// Advisory data older than this is not relied on.
const MAX_ADVISORY_AGE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

/// A subject's stored inventory and scan.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub(crate) inventory: Inventory,
    pub(crate) scan: Scan,
}

/// What else the judgement takes into account.
pub(crate) struct Judge<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) gate: Gate,
    pub(crate) asset: &'a Asset,
    pub(crate) principal: &'a Principal,
    pub(crate) now: Time,
    /// Findings that were there before.
    pub(crate) known: Option<&'a HashSet<FindingId>>,
    /// Acceptances that admitted statements make, with their keys.
    pub(crate) accepted: &'a [Acceptance],
    /// Vulnerabilities that admitted VEX statements rule out: id and the products, if it says.
    pub(crate) not_affected: &'a [(String, Vec<String>)],
}

/// A judged subject.
pub(crate) struct Judged {
    /// Every finding, the most urgent first.
    pub(crate) findings: Vec<Finding>,
    /// What could not be looked at, and whether that is allowed.
    pub(crate) incomplete: Vec<(Incomplete, bool)>,
    /// What is left for the gate.
    pub(crate) summary: FindingSummary,
    /// Facts that were read beside those about the subject.
    pub(crate) reads: BTreeMap<FactKey, Version>,
    /// When the first of what it rests on ends.
    pub(crate) deadline: Option<Time>,
}

/// Everything that advisories say of a material: what a judgement begins with.
pub(crate) struct Matched {
    pub(crate) findings: Vec<Finding>,
    pub(crate) incomplete: Vec<Incomplete>,
    pub(crate) reads: BTreeMap<FactKey, Version>,
    pub(crate) deadline: Option<Time>,
}

/// Matches an inventory against the advisories of the day.
pub(crate) fn match_advisories(inventory: &Inventory, index: &Index, now: Time) -> Matched {
    let found = gw_advisory::findings(inventory, index);
    let mut matched = Matched {
        findings: found.findings,
        incomplete: found.incomplete,
        reads: BTreeMap::new(),
        deadline: None,
    };
    for (ecosystem, name, digest) in found.reads {
        let key = FactKey::advisory(ecosystem.as_str(), &name);
        let version = digest.map_or(Version::ABSENT, Version::from_digest);
        matched.reads.insert(key, version);
    }
    for ecosystem in inventory.ecosystems().into_keys() {
        let standing = Standing::of(index, ecosystem, now);
        let key = FactKey::ecosystem(ecosystem.as_str());
        matched.reads.insert(key, standing.version());
        if let Standing::Current(until) = standing {
            matched.deadline = earliest(matched.deadline, Some(until));
        }
    }
    let oldest = now.checked_sub(MAX_ADVISORY_AGE).unwrap_or(Time::MIN);
    matched
        .incomplete
        .extend(gw_advisory::outdated(inventory, index, oldest));
    matched
}

impl Judge<'_> {
    /// Judges a material and what the advisories say of it.
    pub(crate) fn judge(&self, material: &Material, matched: Matched) -> Judged {
        let mut deadline = matched.deadline;
        let mut findings = matched.findings;
        findings.extend(material.scan.findings.iter().cloned());
        let mut summary = FindingSummary::default();
        let acceptances = || self.rules.config.accept.iter().chain(self.accepted);
        for finding in &mut findings {
            finding.accepted = acceptances::find(acceptances(), finding, self.now);
            if let Some(accepted) = &finding.accepted {
                deadline = earliest(deadline, Some(accepted.expires));
            }
            let facts = FindingFacts {
                not_new: self.known.is_some_and(|known| known.contains(&finding.id)),
                not_affected: self.is_not_affected(finding),
                ..FindingFacts::of(finding)
            };
            finding.tolerated =
                self.rules
                    .policies
                    .tolerate(self.gate, &facts, self.asset, self.principal);
            if finding.tolerated.is_none() {
                summary.add(finding.id.clone(), facts);
            }
        }
        findings.sort_by(urgency);
        let incomplete: BTreeSet<_> = material
            .scan
            .incomplete
            .iter()
            .cloned()
            .chain(matched.incomplete)
            .collect();
        Judged {
            incomplete: incomplete
                .into_iter()
                .map(|i| {
                    let allowed = self.rules.config.allows(&i);
                    (i, allowed)
                })
                .collect(),
            findings,
            summary,
            reads: matched.reads,
            deadline,
        }
    }

    fn is_not_affected(&self, finding: &Finding) -> bool {
        let Some(advisory) = &finding.advisory else {
            return false;
        };
        let names = || std::iter::once(&advisory.id).chain(&advisory.aliases);
        let package = finding.package.as_ref().map(|p| p.purl.as_str());
        self.not_affected.iter().any(|(id, products)| {
            names().any(|name| name == id)
                && (products.is_empty()
                    || products.iter().any(|product| {
                        *product == self.asset.as_str()
                            || package.is_some_and(|purl| is_purl_of(product, purl))
                    }))
        })
    }
}

/// Whether a product's purl is a package's, with or without its version.
fn is_purl_of(product: &str, purl: &str) -> bool {
    purl.strip_prefix(product)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
}

impl Judged {
    /// What is judged where nothing is known.
    pub(crate) fn nothing() -> Self {
        Self {
            findings: Vec::new(),
            incomplete: Vec::new(),
            summary: FindingSummary::default(),
            reads: BTreeMap::new(),
            deadline: None,
        }
    }

    /// What is not complete and not allowed to be, as the gate sees it.
    pub(crate) fn gaps(&self) -> IncompleteFacts {
        let gaps = || self.incomplete.iter().filter(|(_, allowed)| !allowed);
        IncompleteFacts {
            count: gaps().count() as u64,
            reasons: gaps().map(|(incomplete, _)| incomplete.reason).collect(),
        }
    }
}

/// The versions that the facts under these advisory keys have by an index.
pub(crate) fn advisory_versions(
    keys: impl Iterator<Item = FactKey>,
    index: &Index,
    now: Time,
) -> Result<Vec<(FactKey, Version)>, FlowError> {
    let mut versions = Vec::new();
    for key in keys {
        let version = match key.name().split_once('/') {
            Some((ecosystem, name)) => index
                .package_digest(&Ecosystem::new(ecosystem.to_owned()), name)?
                .map_or(Version::ABSENT, Version::from_digest),
            None => {
                let ecosystem = Ecosystem::new(key.name().to_owned());
                Standing::of(index, &ecosystem, now).version()
            }
        };
        versions.push((key, version));
    }
    Ok(versions)
}

/// How the data of an ecosystem stands at a time.
enum Standing {
    /// There is none.
    Absent,
    /// It may be relied on until then.
    Current(Time),
    /// It is from too long ago.
    Old,
}

impl Standing {
    fn of(index: &Index, ecosystem: &Ecosystem, now: Time) -> Self {
        let Some(info) = index.coverage(ecosystem) else {
            return Self::Absent;
        };
        let until = info
            .as_of
            .checked_add(MAX_ADVISORY_AGE)
            .unwrap_or(Time::MAX);
        if now <= until {
            Self::Current(until)
        } else {
            Self::Old
        }
    }

    /// Newer data that is as current changes nothing; the packages' own versions do.
    fn version(&self) -> Version {
        let state = match self {
            Self::Absent => FactState::Absent,
            Self::Current(_) => FactState::Known("current".into()),
            Self::Old => FactState::Stale,
        };
        Version::of(&state, &[])
    }
}

/// The earlier of two deadlines.
pub(crate) fn earliest(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A fact that is known, or its state.
pub(crate) fn value_of<T>(state: &FactState, read: impl FnOnce() -> T) -> FactValue<T> {
    match state {
        FactState::Known(_) => FactValue::Known(read()),
        FactState::Absent => FactValue::Absent,
        FactState::Stale => FactValue::Stale,
        FactState::Incomplete => FactValue::Incomplete,
        FactState::Conflicting => FactValue::Conflicting,
    }
}

/// What counts comes first, then what is exploited, then by severity and place.
fn urgency(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let rank = |f: &Finding| {
        let exploited = f.advisory.as_ref().is_some_and(|a| a.kev);
        let malware = f.kind == gw_finding::Kind::Malware;
        (
            f.tolerated.is_some(),
            !malware,
            !exploited,
            std::cmp::Reverse(f.severity),
        )
    };
    let score = |f: &Finding| f.advisory.as_ref().and_then(|a| a.cvss).unwrap_or(0.0);
    rank(a)
        .cmp(&rank(b))
        .then_with(|| score(b).total_cmp(&score(a)))
        .then_with(|| a.location.cmp(&b.location))
        .then_with(|| a.title.cmp(&b.title))
        .then_with(|| a.id.cmp(&b.id))
}

/// Licences in an inventory, by their SPDX ids.
pub(crate) fn licenses(inventory: &Inventory) -> BTreeSet<String> {
    inventory
        .packages
        .iter()
        .filter_map(|package| package.license.as_deref())
        .flat_map(|expression| {
            expression
                .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
                .filter(|word| !word.is_empty() && !matches!(*word, "AND" | "OR" | "WITH"))
        })
        .map(str::to_owned)
        .collect()
}

/// The ids of everything found in a material, for telling what is new.
pub(crate) fn known_ids(
    material: &Material,
    index: &Index,
    now: Time,
) -> (HashSet<FindingId>, BTreeMap<FactKey, Version>) {
    let matched = match_advisories(&material.inventory, index, now);
    let ids = matched
        .findings
        .iter()
        .chain(&material.scan.findings)
        .map(|finding| finding.id.clone())
        .collect();
    (ids, matched.reads)
}
