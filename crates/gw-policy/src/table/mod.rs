use std::collections::BTreeSet;

use gw_core::{Asset, Gate, Outcome, Place, Principal, PrincipalKind};
use gw_finding::{Confidence, FindingId, Kind, Location, ReasonCode, RuleId, Severity};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

mod model;

use crate::error::position;
use crate::{
    Approvals, Coverage, DecideInput, FactValue, FindingFacts, GateFacts, IncompleteFacts,
    ModelFacts, Policies, PolicyError, PolicyFile, Provenance, TestResults,
};

/// How one case of a table of tests went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// The line of its name, from 1.
    pub line: u32,
    /// What the gate answered.
    pub outcome: Outcome,
    /// Ids of the policies that were its reasons, in order.
    pub reasons: Vec<String>,
    /// What was expected and did not happen, in one sentence each. Empty if the case passed.
    pub problems: Vec<String>,
}

impl CaseResult {
    /// Whether all happened as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Runs a table of tests (TOML, `[[case]]`) against policies.
///
/// A case says what is known and what is expected:
///
/// ```toml
/// [[case]]
/// name = "a leaked credential is not released"
/// gate = "release"                 # the default
/// asset = "repo:payments"          # default repo:example
/// principal = "machine:ci"         # the default
/// place = "branch:main"            # the default
/// findings = [{ kind = "secret", severity = "high", rule = "secret/private-key" }]
/// signers = ["key-1"]              # or a state: signers = "conflicting"
/// expect = "fail"
/// reasons = ["secret"]             # optional: ids in order
/// ```
///
/// A finding may have `rule`, `confidence`, `known_exploited`, `fix_available` (true if not given),
/// `development`, `direct`, `accepted`, `not_new`, `not_affected`, a `count` of findings like it, and
/// `tolerated`: the reason for which it is expected to be tolerated, or `no`. Findings are tolerated
/// or not by the policies, as in a scan. If nothing else is said, the scan is complete and without
/// findings, and everything else is absent. At the admit gate the asset is `model:example` if none
/// is given, and a case may also have `formats`, `model_licenses`, `lineage`, `validation`, `metrics`,
/// `champion`, `drift`, `stage`, `scan_days` and `demands`, as the schema has them.
///
/// # Errors
/// [`PolicyError`] if the file is not such a table.
pub fn run_tests(policies: &Policies, file: &PolicyFile) -> Result<Vec<CaseResult>, PolicyError> {
    let table: Table = toml::from_str(&file.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let (line, column) = position(&file.text, offset);
        PolicyError {
            path: file.path.clone(),
            line,
            column,
            problem: error.message().to_owned(),
            expected: None,
        }
    })?;
    let run = |case: Case| {
        let (line, column) = position(&file.text, case.name.span().start);
        let asset = match &case.asset {
            Some(asset) => Ok(asset.clone()),
            None if case.gate == Gate::Admit => Asset::new("model", "example"),
            None => Asset::new("repo", "example"),
        };
        let asset = asset.map_err(|error| PolicyError {
            path: file.path.clone(),
            line,
            column,
            problem: error.to_string(),
            expected: None,
        })?;
        Ok(case.run(policies, &asset, line))
    };
    table.case.into_iter().map(run).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: Spanned<String>,
    #[serde(default = "release", deserialize_with = "parsed")]
    gate: Gate,
    #[serde(default, deserialize_with = "parsed_if_given")]
    asset: Option<Asset>,
    #[serde(default = "ci", deserialize_with = "principal")]
    principal: Principal,
    #[serde(default = "main")]
    place: String,
    #[serde(default = "some_files")]
    scan: Fact<ScanRow>,
    #[serde(default = "nothing")]
    incomplete: Fact<IncompleteRow>,
    #[serde(default)]
    quarantine: Fact<[String; 1]>,
    #[serde(default = "nothing")]
    findings: Fact<Vec<FindingRow>>,
    #[serde(default)]
    licenses: Fact<BTreeSet<String>>,
    #[serde(default)]
    advisories_age_days: Fact<u32>,
    #[serde(default)]
    provenance: Fact<ProvenanceRow>,
    #[serde(default)]
    signers: Fact<BTreeSet<String>>,
    #[serde(default)]
    approvals: Fact<BTreeSet<String>>,
    #[serde(default)]
    tests: Fact<TestsRow>,
    #[serde(default)]
    formats: Fact<model::FormatsRow>,
    #[serde(default)]
    model_licenses: Fact<model::LicensesRow>,
    #[serde(default)]
    lineage: Fact<model::LineageRow>,
    #[serde(default)]
    validation: Fact<model::ValidationRow>,
    #[serde(default)]
    metrics: Fact<model::MetricsRow>,
    #[serde(default)]
    champion: Fact<model::ChampionRow>,
    #[serde(default)]
    drift: Fact<model::DriftRow>,
    #[serde(default)]
    stage: Fact<[String; 1]>,
    #[serde(default)]
    scan_days: Fact<u32>,
    #[serde(default)]
    demands: Fact<model::DemandsRow>,
    expect: Outcome,
    reasons: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ScanRow {
    files: u64,
    packages: u64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct IncompleteRow {
    count: u64,
    reasons: BTreeSet<ReasonCode>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ProvenanceRow {
    builder: String,
    source: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TestsRow {
    passed: BTreeSet<String>,
    failed: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingRow {
    kind: Kind,
    severity: Severity,
    #[serde(default)]
    rule: Option<String>,
    #[serde(default)]
    confidence: Confidence,
    #[serde(default)]
    known_exploited: bool,
    #[serde(default = "yes")]
    fix_available: bool,
    #[serde(default)]
    development: bool,
    #[serde(default)]
    direct: Option<bool>,
    #[serde(default)]
    accepted: bool,
    #[serde(default)]
    not_new: bool,
    #[serde(default)]
    not_affected: bool,
    #[serde(default = "one")]
    count: u16,
    #[serde(default)]
    tolerated: Option<String>,
}

/// A fact as a table writes it: a value, or a state as text.
struct Fact<T>(FactValue<T>);

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self(FactValue::Absent)
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let state = match value.as_str() {
            None => {
                let value =
                    T::deserialize(value).map_err(|error| D::Error::custom(error.message()))?;
                FactValue::Known(value)
            }
            Some("absent") => FactValue::Absent,
            Some("stale") => FactValue::Stale,
            Some("incomplete") => FactValue::Incomplete,
            Some("conflicting") => FactValue::Conflicting,
            Some(_) => {
                return Err(D::Error::custom(
                    "expected a value, or one of the states absent, stale, incomplete and conflicting",
                ));
            }
        };
        Ok(Self(state))
    }
}

impl Case {
    fn run(self, policies: &Policies, asset: &Asset, line: u32) -> CaseResult {
        let mut problems = Vec::new();
        let findings = self.findings.0.map(|rows| {
            let mut open = Vec::new();
            for row in rows {
                let facts = row.facts();
                let tolerated = policies.tolerate(self.gate, &facts, asset, &self.principal);
                let said = tolerated.map_or("no", tolerated_name);
                if let Some(expected) = row.tolerated.as_deref().filter(|name| *name != said) {
                    let FindingRow { kind, severity, .. } = row;
                    problems.push(format!(
                        "expected the {severity} {kind} to be tolerated: {expected}; it was: {said}"
                    ));
                }
                let copies = (0..row.count).filter(|_| tolerated.is_none());
                open.extend(copies.map(|copy| {
                    let name = format!("{}/{copy}", open_name(row));
                    (
                        FindingId::new(&facts.rule, &name, &Location::default()),
                        facts.clone(),
                    )
                }));
            }
            open.into_iter().collect()
        });
        let facts = GateFacts {
            place: Place::from(self.place),
            scan: self.scan.0.map(|scan| Coverage {
                files: scan.files,
                packages: scan.packages,
            }),
            incomplete: self.incomplete.0.map(|row| IncompleteFacts {
                count: row.count,
                reasons: row.reasons.clone(),
            }),
            quarantine: self.quarantine.0.map(|[reason]| reason.clone()),
            findings,
            licenses: self.licenses.0,
            advisories_age_days: self.advisories_age_days.0,
            provenance: self.provenance.0.map(|row| Provenance {
                builder: row.builder.clone(),
                source: row.source.clone(),
            }),
            signers: self.signers.0,
            approvals: self.approvals.0.map(|by| Approvals { by: by.clone() }),
            tests: self.tests.0.map(|row| TestResults {
                passed: row.passed.clone(),
                failed: row.failed.clone(),
            }),
            model: ModelFacts {
                formats: self.formats.0.map(model::FormatsRow::facts),
                licenses: self.model_licenses.0.map(model::LicensesRow::facts),
                lineage: self.lineage.0.map(model::LineageRow::facts),
                validation: self.validation.0.map(model::ValidationRow::facts),
                metrics: self.metrics.0.map(model::MetricsRow::facts),
                champion: self.champion.0.map(model::ChampionRow::facts),
                drift: self.drift.0.map(model::DriftRow::facts),
                stage: self.stage.0.map(|[stage]| stage.clone()),
                scan_days: self.scan_days.0,
                demands: self.demands.0.map(model::DemandsRow::facts),
            },
        };
        let (principal, facts) = (&self.principal, &facts);
        let answer = policies.decide(
            self.gate,
            &DecideInput {
                principal,
                asset,
                facts,
            },
        );
        if answer.outcome != self.expect {
            problems.push(format!(
                "expected {}; the gate said {}",
                self.expect, answer.outcome
            ));
        }
        let reasons: Vec<_> = answer
            .reasons
            .into_iter()
            .map(|reason| reason.policy)
            .collect();
        if let Some(expected) = self.reasons.filter(|expected| *expected != reasons) {
            problems.push(format!(
                "expected the reasons [{}]; they were [{}]",
                expected.join(", "),
                reasons.join(", ")
            ));
        }
        let (name, outcome) = (self.name.into_inner(), answer.outcome);
        CaseResult {
            name,
            line,
            outcome,
            reasons,
            problems,
        }
    }
}

impl FindingRow {
    fn facts(&self) -> FindingFacts {
        let rule = self
            .rule
            .clone()
            .unwrap_or_else(|| format!("{}/example", self.kind));
        FindingFacts {
            kind: self.kind,
            severity: self.severity,
            rule: RuleId::from(rule),
            confidence: self.confidence,
            known_exploited: self.known_exploited,
            fix_available: self.fix_available,
            development: self.development,
            direct: self.direct,
            accepted: self.accepted,
            not_new: self.not_new,
            not_affected: self.not_affected,
        }
    }
}

fn open_name(row: &FindingRow) -> String {
    format!(
        "{}/{}/{}/{}",
        row.kind, row.severity, row.known_exploited, row.fix_available
    )
}

const fn tolerated_name(tolerated: gw_finding::Tolerated) -> &'static str {
    use gw_finding::Tolerated as T;
    match tolerated {
        T::Accepted => "accepted",
        T::NotNew => "not-new",
        T::NotAffected => "not-affected",
        T::LowSeverity => "low-severity",
        T::Development => "development",
    }
}

fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}

fn principal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Principal, D::Error> {
    use PrincipalKind as K;
    let text = String::deserialize(deserializer)?;
    let kinds = [K::Person, K::Machine, K::Automation, K::Agent];
    text.split_once(':')
        .and_then(|(name, id)| {
            let kind = kinds.into_iter().find(|kind| kind.as_str() == name)?;
            Some(Principal::new(kind, id))
        })
        .ok_or_else(|| {
            D::Error::custom("expected kind:id, the kind one of person, machine, automation, agent")
        })
}

const fn release() -> Gate {
    Gate::Release
}

fn parsed_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Asset>, D::Error> {
    parsed(deserializer).map(Some)
}

fn ci() -> Principal {
    Principal::new(PrincipalKind::Machine, "ci")
}

fn main() -> String {
    "branch:main".to_owned()
}

const fn some_files() -> Fact<ScanRow> {
    Fact(FactValue::Known(ScanRow {
        files: 1,
        packages: 0,
    }))
}

fn nothing<T: Default>() -> Fact<T> {
    Fact(FactValue::Known(T::default()))
}

const fn yes() -> bool {
    true
}

const fn one() -> u16 {
    1
}
