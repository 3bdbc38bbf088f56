use std::collections::BTreeMap;

use gw_core::{Asset, Digest, Gate, Mode, Outcome, Reason, Subject, Time};
use gw_finding::{Finding, Incomplete, ReasonCode};
use serde::{Deserialize, Serialize};

use crate::ReportModel;

/// The `schema` field of every report: a stable contract, whose JSON Schema is [`SCHEMA`].
pub const SCHEMA_NAME: &str = "gatewright.report/1";

/// The JSON Schema of [`Report`].
pub const SCHEMA: &str = include_str!("../schemas/report.json");

/// What a scan or a gate says, in the form that every output is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_NAME`].
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// The time of evaluation.
    pub time: Time,
    /// What was judged.
    pub asset: Asset,
    /// Its content.
    pub subject: ReportSubject,
    /// The rules and data that it was judged by.
    pub basis: ReportBasis,
    /// What was looked at, and what was not.
    pub coverage: ReportCoverage,
    /// The models that were seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ReportModel>,
    /// What was found: the most urgent first.
    pub findings: Vec<Finding>,
    /// The answer.
    pub gate: ReportGate,
    /// What was kept as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A subject as reports write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSubject {
    /// The sort of content: `tree`, `file`, `archive`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// The commit, if the work tree was clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Hexadecimal digests by algorithm.
    pub digest: BTreeMap<String, String>,
}

impl From<&Subject> for ReportSubject {
    fn from(subject: &Subject) -> Self {
        Self {
            kind: subject.kind.as_str().to_owned(),
            name: subject.name.clone(),
            commit: subject.commit.clone(),
            digest: [("sha256".to_owned(), subject.digest.to_hex())].into(),
        }
    }
}

/// The rules and data that a decision was made by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBasis {
    /// The advisory data.
    pub advisories: AdvisoryBasis,
    /// The policies.
    pub policy: DigestOf,
    /// The configuration.
    pub config: ConfigBasis,
}

/// The advisory data that was matched against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoryBasis {
    /// The index.
    pub digest: Digest,
    /// The oldest `as_of` among the ecosystems that were needed; of all if none was.
    pub as_of: Time,
    /// What it holds.
    pub ecosystems: Vec<EcosystemBasis>,
}

/// The advisory data of one ecosystem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcosystemBasis {
    /// The ecosystem in OSV's spelling.
    pub name: String,
    /// When its data was current.
    pub as_of: Time,
    /// How many records it has.
    pub records: u64,
}

/// Something by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestOf {
    /// The digest.
    pub digest: Digest,
}

/// The configuration that counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigBasis {
    /// Its digest.
    pub digest: Digest,
    /// Where it came from: `base <commit>`, `working tree, unprotected`, `built in`.
    pub from: String,
    /// What the change under test would change, unused, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCoverage {
    /// Files, those in archives included.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that each analyzer looked at.
    pub by_analyzer: BTreeMap<String, u64>,
    /// Packages by ecosystem.
    #[serde(default)]
    pub packages: BTreeMap<String, u64>,
    /// What could not be looked at.
    pub incomplete: Vec<ReportIncomplete>,
}

/// Something that could not be looked at, as reports write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportIncomplete {
    /// The path, those inside archives joined by `!`.
    pub path: String,
    /// The line, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The analyzer that could not go on.
    pub analyzer: String,
    /// Why.
    pub reason: ReasonCode,
    /// What exactly.
    pub detail: String,
    /// Whether the configuration allows it.
    pub allowed: bool,
}

impl ReportIncomplete {
    /// An incomplete as reports write it.
    #[must_use]
    pub fn new(incomplete: &Incomplete, allowed: bool) -> Self {
        Self {
            path: incomplete.location.full_path(),
            line: incomplete.location.start.map(|start| start.line),
            analyzer: incomplete.analyzer.clone(),
            reason: incomplete.reason,
            detail: incomplete.detail.clone(),
            allowed,
        }
    }
}

/// The gate's answer as reports write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportGate {
    /// The gate.
    pub name: Gate,
    /// What the answer does.
    pub mode: Mode,
    /// The answer.
    pub decision: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What was kept as evidence of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The decision's statement.
    pub decision: Digest,
    /// Its leaf in the ledger.
    pub leaf: u64,
    /// The ledger's size with it.
    pub size: u64,
}

impl Report {
    /// The findings that the gate counts.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.tolerated.is_none())
    }

    /// What is not complete and not allowed to be.
    pub fn gaps(&self) -> impl Iterator<Item = &ReportIncomplete> {
        self.coverage.incomplete.iter().filter(|i| !i.allowed)
    }

    /// The program's exit code: 1 failed, 2 not completely done, 3 needs approval, 0 passed, the
    /// first that applies. A mode below *enforce* turns 1 and 3 into 0, never 2.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let incomplete = self.gaps().next().is_some();
        // A failure for no other reason than incompleteness is 2.
        let failed = self.gate.decision == Outcome::Fail
            && self.gate.reasons.iter().any(|r| r.policy != "incomplete");
        let enforced = self.gate.mode == Mode::Enforce;
        if failed && enforced {
            1
        } else if incomplete {
            2
        } else if self.gate.decision == Outcome::Fail && enforced {
            1
        } else if self.gate.decision == Outcome::NeedsApproval && enforced {
            3
        } else {
            0
        }
    }
}
