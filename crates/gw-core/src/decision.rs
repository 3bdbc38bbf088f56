use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Asset, Digest, FactKey, Place, Principal, Subject, Time, Version};

/// The four questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// May this be released?
    Release,
    /// May this be trained on? May this be served?
    Admit,
    /// May they do this, now?
    Access,
    /// May it do this, now?
    Act,
}

impl Gate {
    /// The gate's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Admit => "admit",
            Self::Access => "access",
            Self::Act => "act",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Release, Self::Admit, Self::Access, Self::Act]
            .into_iter()
            .find(|gate| gate.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no gate: expected release, admit, access or act"))
    }
}

/// What a gate's answer does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The answer is recorded and shown; nothing is refused, nobody is warned.
    Observe,
    /// The answer is shown; nothing is refused.
    Warn,
    /// What does not pass is refused.
    #[default]
    Enforce,
}

impl Mode {
    /// The mode's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }
}

/// A gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Yes.
    Pass,
    /// Yes, once the people whom the policy names have approved.
    NeedsApproval,
    /// No.
    Fail,
}

impl Outcome {
    /// The outcome's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NeedsApproval => "needs-approval",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a gate did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The policy's `@id`.
    pub policy: String,
    /// The policy's `@message`, or what went wrong in evaluating it.
    pub message: String,
    /// Ids of the findings it speaks of, if it speaks of findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

/// One fact that a decision read, an absent one included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dependency {
    /// Which fact.
    pub key: FactKey,
    /// Its version at that time.
    pub version: Version,
}

/// The rules a decision was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Digest of the policies.
    pub policy: Digest,
    /// Digest of the authority rules.
    pub authority: Digest,
    /// Digest of the configuration.
    pub config: Digest,
    /// Digest of the advisory index.
    pub advisories: Digest,
}

/// A gate's answer for a principal, an action and an asset, with everything it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Which question.
    pub gate: Gate,
    /// About which asset.
    pub asset: Asset,
    /// Where the asset has the subject.
    pub place: Place,
    /// About which content.
    pub subject: Subject,
    /// For whom.
    pub principal: Principal,
    /// The answer.
    pub outcome: Outcome,
    /// What the answer does.
    pub mode: Mode,
    /// Why it is not a plain pass.
    pub reasons: Vec<Reason>,
    /// The rules it was made under.
    pub basis: Basis,
    /// When it was made.
    pub time: Time,
    /// How many leaves the ledger had before this decision.
    pub ledger_position: u64,
    /// From when on it must not be relied on: the earliest deadline among its facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Time>,
    /// Every fact it read, in order of key.
    pub dependencies: Vec<Dependency>,
}
