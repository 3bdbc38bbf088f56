use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad it is, in five steps that order as they read.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Little harm, or hard to reach.
    Low,
    /// Harm under conditions.
    #[default]
    Medium,
    /// Serious harm.
    High,
    /// Act now.
    Critical,
}

/// Text that is no severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityError;

impl fmt::Display for SeverityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected info, low, medium, high or critical")
    }
}

impl std::error::Error for SeverityError {}

impl Severity {
    /// All of them, the mildest first.
    pub const ALL: [Self; 5] = [
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The severity's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The step that a CVSS base score (0.0 to 10.0) falls in, by the qualitative scale of CVSS
    /// v3.1 section 5, which v4.0 keeps.
    #[must_use]
    pub fn from_cvss_score(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Info,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = SeverityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str().eq_ignore_ascii_case(text))
            .ok_or(SeverityError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_qualitative_scale() {
        for (score, expected) in [
            (0.0, Severity::Info),
            (0.1, Severity::Low),
            (3.9, Severity::Low),
            (4.0, Severity::Medium),
            (6.9, Severity::Medium),
            (7.0, Severity::High),
            (8.9, Severity::High),
            (9.0, Severity::Critical),
            (10.0, Severity::Critical),
        ] {
            assert_eq!(Severity::from_cvss_score(score), expected, "{score}");
        }
    }

    #[test]
    fn reads_its_own_names() {
        for severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(severity));
        }
        assert_eq!("grave".parse::<Severity>(), Err(SeverityError));
    }
}
