//! What to do first: findings grouped by what makes them go away.

use std::collections::BTreeMap;

use gw_finding::{Finding, Kind, ReasonCode, Severity};

use crate::{Report, words};

/// One thing to do, and what it clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Action {
    /// What to do, as a sentence without a full stop.
    pub(crate) what: String,
    /// A command that does it, if there is one that is safe to paste.
    pub(crate) command: Option<String>,
    /// How many findings that count it clears.
    pub(crate) clears: u64,
    /// How many of them are known to be exploited.
    pub(crate) exploited: u64,
    /// The worst of them.
    pub(crate) worst: Severity,
    /// Whether one of them is malware.
    pub(crate) malware: bool,
    /// How many packages could be looked at again, if that is what it is for.
    pub(crate) unlocks: Vec<String>,
}

/// What to do, the most urgent first.
pub(crate) fn actions(report: &Report) -> Vec<Action> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Finding>> = BTreeMap::new();
    for finding in report.counted() {
        groups.entry(Key::of(finding)).or_default().push(finding);
    }
    let mut actions: Vec<Action> = groups.into_iter().map(|(k, f)| k.action(&f)).collect();
    actions.extend(update(report));
    // The sort is stable: what is equally urgent stays in order of name.
    actions.sort_by(|a, b| {
        let urgency = |a: &Action| (a.malware, a.exploited > 0, a.worst, a.exploited, a.clears);
        urgency(b).cmp(&urgency(a))
    });
    actions
}

impl Action {
    /// What doing it is good for.
    pub(crate) fn effect(&self) -> String {
        if !self.unlocks.is_empty() {
            return format!("so that {} can be judged", list(&self.unlocks));
        }
        let mut text = format!(
            "clears {}",
            words::count(self.clears, "finding", "findings")
        );
        if self.exploited > 0 {
            text.push_str(&format!(", {} known to be exploited", self.exploited));
        }
        text
    }
}

/// What findings have in common if one action clears them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Package {
        ecosystem: &'a str,
        name: &'a str,
        version: &'a str,
        to: Option<&'a str>,
        kind: Option<Kind>,
    },
    Other {
        rule: &'a str,
        what: &'a str,
    },
}

impl<'a> Key<'a> {
    fn of(finding: &'a Finding) -> Self {
        match &finding.package {
            Some(package) => {
                let to = finding.fix.as_ref().and_then(|fix| fix.version.as_deref());
                Self::Package {
                    ecosystem: &package.ecosystem,
                    name: &package.name,
                    version: &package.version,
                    to,
                    // One upgrade clears all; without one, each kind asks for something else.
                    kind: match to {
                        Some(_) => None,
                        None => Some(finding.kind),
                    },
                }
            }
            None => Self::Other {
                rule: finding.rule.as_str(),
                what: finding
                    .fix
                    .as_ref()
                    .map_or(finding.title.as_str(), |fix| fix.description.as_str()),
            },
        }
    }

    fn action(&self, findings: &[&Finding]) -> Action {
        let mut files: Vec<&str> = findings.iter().map(|f| f.location.path.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        let place = match files.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => {
                format!(
                    "{first} and {}",
                    words::len(rest.len(), "other file", "other files")
                )
            }
        };
        let exploited = findings
            .iter()
            .filter(|f| f.advisory.as_ref().is_some_and(|a| a.kev))
            .count();
        let what = match self {
            Self::Package {
                name,
                version,
                to: Some(to),
                ..
            } => format!(
                "upgrade {name} {version} to {to} in {place}{}",
                through(findings)
            ),
            Self::Package {
                name,
                version,
                kind,
                ..
            } => match kind {
                Some(Kind::Malware) => format!("remove {name} {version} from {place}"),
                Some(Kind::Unmaintained) => {
                    format!("replace {name} {version} in {place} (nobody maintains it)")
                }
                Some(Kind::License) => {
                    format!("look at the licence of {name} {version} in {place}")
                }
                _ => format!(
                    "replace {name} {version} in {place} or accept the risk (no known version \
                     fixes everything)"
                ),
            },
            Self::Other { what, .. } => {
                format!(
                    "{} in {place}",
                    lower_first(what.trim_end_matches(['.', ' ']))
                )
            }
        };
        Action {
            what,
            command: findings.first().and_then(|f| command(f)),
            clears: u64::try_from(findings.len()).unwrap_or(u64::MAX),
            exploited: u64::try_from(exploited).unwrap_or(u64::MAX),
            worst: findings
                .iter()
                .map(|f| f.severity)
                .max()
                .unwrap_or_default(),
            malware: findings.iter().any(|f| f.kind == Kind::Malware),
            unlocks: Vec::new(),
        }
    }
}

/// Getting data, if its absence keeps packages from being judged.
fn update(report: &Report) -> Option<Action> {
    let mut unlocks: Vec<String> = report
        .gaps()
        .filter(|gap| {
            matches!(
                gap.reason,
                ReasonCode::NoAdvisories | ReasonCode::AdvisoriesOld
            )
        })
        .map(|gap| gap.path.clone())
        .collect();
    unlocks.sort_unstable();
    unlocks.dedup();
    (!unlocks.is_empty()).then(|| Action {
        what: "get current advisory data".to_owned(),
        command: Some("gatewright db update".to_owned()),
        worst: Severity::High,
        unlocks,
        ..Action::default()
    })
}

/// The direct dependencies that bring the package in, other than itself.
fn through(findings: &[&Finding]) -> String {
    let mut names: Vec<String> = Vec::new();
    for finding in findings {
        let own = finding.package.as_ref().map(|p| p.name.as_str());
        for name in finding.fix.iter().flat_map(|fix| &fix.through) {
            if Some(name.as_str()) != own && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    match names.as_slice() {
        [] => String::new(),
        names => format!(" (through {})", list(names)),
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [a, b, c] => format!("{a}, {b} and {c}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} others", rest.len()),
    }
}

/// The command in the fix's description. One with any character that a shell treats specially is
/// not offered: names come from the scanned project, and people paste.
fn command(finding: &Finding) -> Option<String> {
    let description = &finding.fix.as_ref()?.description;
    let command = description.split('`').nth(1)?;
    let safe = |c: char| c.is_ascii_alphanumeric() || " @/._+:=-".contains(c);
    let runs = command.contains(' ') && command.len() <= 200 && command.chars().all(safe);
    runs.then(|| command.to_owned())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        // An abbreviation stays as it is.
        (Some(_), Some(second)) if second.is_uppercase() => text.to_owned(),
        (Some(first), _) => first.to_lowercase().chain(text.chars().skip(1)).collect(),
        (None, _) => String::new(),
    }
}
