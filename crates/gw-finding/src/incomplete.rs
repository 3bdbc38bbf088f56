use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Location;

/// Why something could not be looked at. The names are part of the configuration's contract:
/// `[allow_incomplete]` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// The file could not be opened or read.
    Unreadable,
    /// The content is not what its format requires.
    Malformed,
    /// The text is in no encoding we read.
    Encoding,
    /// The format or version is known and not supported.
    Unsupported,
    /// The content is encrypted.
    Encrypted,
    /// A size limit was reached.
    TooLarge,
    /// A nesting limit was reached.
    TooDeep,
    /// A count limit was reached.
    TooMany,
    /// An archive expands too far.
    ExpansionRatio,
    /// A time limit was reached.
    TimedOut,
    /// A path leads out of the target.
    Escapes,
    /// Something refers to itself.
    Cycle,
    /// A file that another one refers to is not there.
    Missing,
    /// A requirement has no exact version, so nothing could be matched.
    Unpinned,
    /// A version does not follow its ecosystem's rules.
    InvalidVersion,
    /// There is no advisory data for an ecosystem.
    NoAdvisories,
    /// The advisory data is older than the policy allows.
    AdvisoriesOld,
    /// An advisory record could not be used.
    AdvisoryRecord,
    /// A statement that the decision needs is not there.
    NoStatement,
}

impl ReasonCode {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 19] = [
        Self::Unreadable,
        Self::Malformed,
        Self::Encoding,
        Self::Unsupported,
        Self::Encrypted,
        Self::TooLarge,
        Self::TooDeep,
        Self::TooMany,
        Self::ExpansionRatio,
        Self::TimedOut,
        Self::Escapes,
        Self::Cycle,
        Self::Missing,
        Self::Unpinned,
        Self::InvalidVersion,
        Self::NoAdvisories,
        Self::AdvisoriesOld,
        Self::AdvisoryRecord,
        Self::NoStatement,
    ];

    /// The code as configuration and reports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Malformed => "malformed",
            Self::Encoding => "encoding",
            Self::Unsupported => "unsupported",
            Self::Encrypted => "encrypted",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooMany => "too-many",
            Self::ExpansionRatio => "expansion-ratio",
            Self::TimedOut => "timed-out",
            Self::Escapes => "escapes",
            Self::Cycle => "cycle",
            Self::Missing => "missing",
            Self::Unpinned => "unpinned",
            Self::InvalidVersion => "invalid-version",
            Self::NoAdvisories => "no-advisories",
            Self::AdvisoriesOld => "advisories-old",
            Self::AdvisoryRecord => "advisory-record",
            Self::NoStatement => "no-statement",
        }
    }
}

impl ReasonCode {
    /// What it means, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Unreadable => "The file could not be opened or read.",
            Self::Malformed => "The content is not what its format requires.",
            Self::Encoding => "The text is in no encoding that is read.",
            Self::Unsupported => "The format or version is known and not supported.",
            Self::Encrypted => "The content is encrypted.",
            Self::TooLarge => "A size limit was reached.",
            Self::TooDeep => "A nesting limit was reached.",
            Self::TooMany => "A count limit was reached.",
            Self::ExpansionRatio => "An archive expands too far.",
            Self::TimedOut => "A time limit was reached.",
            Self::Escapes => "A path leads out of the target.",
            Self::Cycle => "Something refers to itself.",
            Self::Missing => "A file that another one refers to is not there.",
            Self::Unpinned => {
                "A requirement has no exact version, so it could not be matched with advisories."
            }
            Self::InvalidVersion => "A version does not follow its ecosystem's rules.",
            Self::NoAdvisories => "There is no advisory data for an ecosystem.",
            Self::AdvisoriesOld => "The advisory data is older than 90 days.",
            Self::AdvisoryRecord => "An advisory record could not be used.",
            Self::NoStatement => "A statement that the decision needs is not there.",
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something that could not be read, parsed, matched or finished. A scan with one of these is not
/// clean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Incomplete {
    /// Where. For what concerns no file (an ecosystem), the thing's name.
    pub location: Location,
    /// The analyzer that could not go on.
    pub analyzer: String,
    /// Why.
    pub reason: ReasonCode,
    /// What exactly, for people: what was found and what was expected.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_alike_everywhere() {
        for code in ReasonCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.as_str()));
        }
    }
}
