use std::borrow::Cow;
use std::fmt;

use gw_core::{Hasher, Time};
use serde::{Deserialize, Serialize};

use crate::{Location, Severity};

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A known vulnerability in a dependency.
    Vulnerability,
    /// A dependency that is itself an attack.
    Malware,
    /// A dependency that nobody maintains.
    Unmaintained,
    /// A credential in the clear.
    Secret,
    /// Infrastructure that is set up unsafely.
    Misconfiguration,
    /// A CI definition that can be abused.
    Pipeline,
    /// A weakness in source code.
    Code,
    /// A model that is unsafe to load or serve.
    Model,
    /// A dataset that is unfit or unsafe.
    Data,
    /// A licence that needs attention.
    License,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Vulnerability,
        Self::Malware,
        Self::Unmaintained,
        Self::Secret,
        Self::Misconfiguration,
        Self::Pipeline,
        Self::Code,
        Self::Model,
        Self::Data,
        Self::License,
    ];

    /// The kind's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Malware => "malware",
            Self::Unmaintained => "unmaintained",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfiguration",
            Self::Pipeline => "pipeline",
            Self::Code => "code",
            Self::Model => "model",
            Self::Data => "data",
            Self::License => "license",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the analyzer is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// More likely than not.
    Medium,
    /// Established.
    #[default]
    High,
}

/// A rule's stable name, `area/name-in-kebab-case`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// A built-in rule.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for RuleId {
    fn from(id: String) -> Self {
        Self(Cow::Owned(id))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A fingerprint that survives moved lines and upgraded versions: made of the rule, the package
/// or redacted context, and the path. No version, alias or key goes into it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(String);

impl FindingId {
    /// The id of a finding of `rule` about `context` (a package's ecosystem and name, or a line
    /// with every secret redacted) in the file at `location`.
    #[must_use]
    pub fn new(rule: &RuleId, context: &str, location: &Location) -> Self {
        let digest = Hasher::new("finding")
            .field(rule.as_str().as_bytes())
            .field(context.as_bytes())
            .field(location.full_path().as_bytes())
            .finish();
        // 80 bits: a collision among a million findings of one asset has probability 4e-13.
        Self(digest.to_hex().chars().take(20).collect())
    }

    /// The id as text: 20 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The package that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRef {
    /// The package URL.
    pub purl: String,
    /// The name in the ecosystem's spelling.
    pub name: String,
    /// The version.
    pub version: String,
    /// The ecosystem in OSV's spelling.
    pub ecosystem: String,
    /// Only needed to build or test.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub development: bool,
    /// Whether the project names it itself, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// From a direct dependency to this package, both included: how it came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

/// The advisory that a finding rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdvisoryRef {
    /// The id people know it by best.
    pub id: String,
    /// Its other ids.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Versions that fix this advisory, in order.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// The CVSS base score, 0.0 to 10.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss: Option<f64>,
    /// The probability of exploitation in the next 30 days by EPSS, 0.0 to 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<f64>,
    /// Whether it is in a catalogue of known exploited vulnerabilities.
    #[serde(default)]
    pub kev: bool,
}

/// A way to make the finding go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Fix {
    /// What to do, in one sentence.
    pub description: String,
    /// The smallest version that clears every advisory of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The direct dependencies that must move for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
}

/// Somebody's word that a finding may stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Who answers for it.
    pub by: String,
    /// Why it may stay.
    pub reason: String,
    /// Until when.
    pub expires: Time,
}

/// Why the gate does not count a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerated {
    /// It is accepted.
    Accepted,
    /// It was there before the revision that the judgement starts from.
    NotNew,
    /// The vendor states that the product is not affected.
    NotAffected,
    /// It is below high and not known to be exploited.
    LowSeverity,
    /// It concerns development only.
    Development,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its fingerprint.
    pub id: FindingId,
    /// The rule that fired.
    pub rule: RuleId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the rule is.
    #[serde(default)]
    pub confidence: Confidence,
    /// What it is, in a few words.
    pub title: String,
    /// What was found here.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where.
    pub location: Location,
    /// The package, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageRef>,
    /// The advisory, if it rests on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<AdvisoryRef>,
    /// Controls of frameworks that it bears on, such as `soc2/CC7.1`.
    #[serde(default)]
    pub controls: Vec<String>,
    /// Who accepted it, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
    /// Why the gate does not count it, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated: Option<Tolerated>,
    /// How to make it go away, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Position;

    #[test]
    fn ids_survive_moved_lines_and_nothing_else() {
        let rule = RuleId::new("package/known-vulnerability");
        let file = Location::file("Cargo.lock");
        let moved = file.at(
            Position { line: 9, column: 1 },
            Position { line: 9, column: 2 },
        );
        let id = FindingId::new(&rule, "crates.io/x", &file);
        assert_eq!(id.as_str().len(), 20);
        assert_eq!(id, FindingId::new(&rule, "crates.io/x", &moved));
        assert_ne!(id, FindingId::new(&rule, "crates.io/y", &file));
        let other = Location::file("a/Cargo.lock");
        assert_ne!(id, FindingId::new(&rule, "crates.io/x", &other));
    }
}
