use std::collections::BTreeSet;

use gw_core::Place;
use gw_finding::ReasonCode;

use crate::{FindingSummary, ModelFacts};

/// A fact as a policy sees it: a state, and a value only if it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FactValue<T> {
    /// Admitted statements say this.
    Known(T),
    /// Nothing admitted says anything.
    #[default]
    Absent,
    /// What was known is older than its authority rule allows.
    Stale,
    /// What is known does not cover everything it should.
    Incomplete,
    /// Admitted statements contradict each other.
    Conflicting,
}

impl<T> FactValue<T> {
    /// The state's name, as policies write it.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Known(_) => "known",
            Self::Absent => "absent",
            Self::Stale => "stale",
            Self::Incomplete => "incomplete",
            Self::Conflicting => "conflicting",
        }
    }

    /// The value, if it is known.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The same state, with another value if there is one.
    #[must_use]
    pub fn map<U>(&self, value: impl FnOnce(&T) -> U) -> FactValue<U> {
        match self {
            Self::Known(known) => FactValue::Known(value(known)),
            Self::Absent => FactValue::Absent,
            Self::Stale => FactValue::Stale,
            Self::Incomplete => FactValue::Incomplete,
            Self::Conflicting => FactValue::Conflicting,
        }
    }
}

/// What the scan looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files that were looked at.
    pub files: u64,
    /// Packages in the inventory.
    pub packages: u64,
}

/// What could not be looked at and is not allowed by the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncompleteFacts {
    /// How many things.
    pub count: u64,
    /// Why.
    pub reasons: BTreeSet<ReasonCode>,
}

/// How the content was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The builder's id, a URI.
    pub builder: String,
    /// The source repository, a URI; empty if the provenance names none.
    pub source: String,
}

/// Who approved this content for this gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals {
    /// Different people, by id.
    pub by: BTreeSet<String>,
}

/// Results of the test suites that were run on the content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestResults {
    /// Names of the suites that passed.
    pub passed: BTreeSet<String>,
    /// Names of the suites that failed.
    pub failed: BTreeSet<String>,
}

/// Everything that a gate about a content is shown. What is not set is absent, and what nobody scanned
/// passes no gate.
#[derive(Debug, Clone)]
pub struct GateFacts {
    /// Where the asset has the content.
    pub place: Place,
    /// What the scan of this content looked at.
    pub scan: FactValue<Coverage>,
    /// What could not be looked at.
    pub incomplete: FactValue<IncompleteFacts>,
    /// Why the content is quarantined; absent if it is not.
    pub quarantine: FactValue<String>,
    /// The findings that are not tolerated.
    pub findings: FactValue<FindingSummary>,
    /// SPDX licence ids in the inventory.
    pub licenses: FactValue<BTreeSet<String>>,
    /// Whole days since the advisory data was current.
    pub advisories_age_days: FactValue<u32>,
    /// How the content was built.
    pub provenance: FactValue<Provenance>,
    /// Key ids or identities that signed the content.
    pub signers: FactValue<BTreeSet<String>>,
    /// Who approved this content for this gate.
    pub approvals: FactValue<Approvals>,
    /// Results of tests of this content.
    pub tests: FactValue<TestResults>,
    /// What only the admit gate is shown.
    pub model: ModelFacts,
}

impl GateFacts {
    /// The facts of content of which nothing is known yet.
    #[must_use]
    pub fn unknown(place: Place) -> Self {
        Self {
            place,
            scan: FactValue::Absent,
            incomplete: FactValue::Absent,
            quarantine: FactValue::Absent,
            findings: FactValue::Absent,
            licenses: FactValue::Absent,
            advisories_age_days: FactValue::Absent,
            provenance: FactValue::Absent,
            signers: FactValue::Absent,
            approvals: FactValue::Absent,
            tests: FactValue::Absent,
            model: ModelFacts::default(),
        }
    }
}
