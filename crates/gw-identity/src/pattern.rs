use std::fmt;

use serde::{Deserialize, Serialize};

/// A pattern for names of assets, repositories and branches: `*` stands for any characters, `/`
/// included, and everything else for itself. At most 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// Text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a pattern: expected 1 to 512 bytes without control characters, at most eight `*`")]
pub struct PatternError;

impl Pattern {
    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is one that the pattern stands for.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return self.0 == text;
        };
        let Some(mut text) = text.strip_prefix(first) else {
            return false;
        };
        let mut parts = rest.split('*').peekable();
        // The earliest place for each part leaves most to those that follow; the last one is at
        // the end.
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return text.ends_with(part);
            }
            let Some((_, after)) = text.split_once(part) else {
                return false;
            };
            text = after;
        }
        true
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        let good = matches!(text.len(), 1..=512)
            && !text.chars().any(char::is_control)
            && text.matches('*').count() <= 8;
        good.then_some(Self(text)).ok_or(PatternError)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        text.to_owned().try_into()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("repo:payments", "repo:payments", true),
            ("repo:payments", "repo:payments2", false),
            ("repo:*", "repo:acme/payments", true),
            ("repo:*", "image:acme", false),
            ("*", "", true),
            ("acme/*", "acme/", true),
            ("acme/*", "acme", false),
            ("acme/*", "evil/acme/x", false),
            ("*/main", "refs/heads/main", true),
            ("*/main", "refs/heads/main2", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "acb", false),
            ("a**b", "ab", true),
            ("ab*ba", "aba", false),
            ("a*a", "a", false),
            ("refs/heads/*", "refs/pull/1/merge", false),
        ] {
            let pattern: Pattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(text), expected, "{pattern} {text}");
        }
        for bad in ["", "a\n", "*********"] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad:?}");
        }
    }
}
