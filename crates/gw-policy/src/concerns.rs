use gw_finding::{Kind, Severity};

use crate::FindingFacts;

/// Which findings a policy speaks of, as its `@concerns` annotation says.
///
/// The annotation is a list of alternatives separated by commas; each is a list of words separated
/// by spaces that must all hold: a kind (`vulnerability`), a severity (`high`), a severity or worse
/// (`high+`), a rule (`rule=secret/private-key`, or `rule=secret/*`), `known-exploited`,
/// `fix-available`, `no-fix` or `any`. For example `"vulnerability critical, secret high+"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector(Vec<Vec<Word>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Any,
    Kind(Kind),
    Severity(Severity),
    AtLeast(Severity),
    Rule(String),
    RulesIn(String),
    KnownExploited,
    FixAvailable(bool),
}

impl Selector {
    /// Reads an annotation.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(|alternative| {
                let words: Vec<_> = alternative
                    .split_whitespace()
                    .map(Word::parse)
                    .collect::<Result<_, _>>()?;
                if words.is_empty() {
                    return Err("an alternative is empty".to_owned());
                }
                Ok(words)
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether it selects nothing, whatever the findings are.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the policy speaks of such a finding.
    pub(crate) fn matches(&self, facts: &FindingFacts) -> bool {
        self.0
            .iter()
            .any(|words| words.iter().all(|word| word.matches(facts)))
    }
}

impl Word {
    fn parse(text: &str) -> Result<Self, String> {
        let word = match text {
            "any" => Self::Any,
            "known-exploited" => Self::KnownExploited,
            "fix-available" => Self::FixAvailable(true),
            "no-fix" => Self::FixAvailable(false),
            _ => {
                let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
                let rule = text.strip_prefix("rule=").filter(|rule| !rule.is_empty());
                let severity = text.strip_suffix('+');
                if let Some(kind) = kind {
                    Self::Kind(kind)
                } else if let Some(rule) = rule {
                    match rule.strip_suffix('*') {
                        Some(prefix) => Self::RulesIn(prefix.to_owned()),
                        None => Self::Rule(rule.to_owned()),
                    }
                } else if let Some(Ok(severity)) = severity.map(str::parse) {
                    Self::AtLeast(severity)
                } else if let Ok(severity) = text.parse() {
                    Self::Severity(severity)
                } else {
                    let shown: String = text.chars().take(40).collect();
                    return Err(format!("`{shown}` is unknown"));
                }
            }
        };
        Ok(word)
    }

    fn matches(&self, facts: &FindingFacts) -> bool {
        match self {
            Self::Any => true,
            Self::Kind(kind) => facts.kind == *kind,
            Self::Severity(severity) => facts.severity == *severity,
            Self::AtLeast(severity) => facts.severity >= *severity,
            Self::Rule(rule) => facts.rule.as_str() == rule,
            Self::RulesIn(prefix) => facts.rule.as_str().starts_with(prefix.as_str()),
            Self::KnownExploited => facts.known_exploited,
            Self::FixAvailable(available) => facts.fix_available == *available,
        }
    }
}

/// What an annotation may say, for error messages.
pub(crate) const EXPECTED: &str = "expected alternatives separated by commas, each of the words: a kind such as vulnerability, a \
     severity such as high or high+, rule=NAME, known-exploited, fix-available, no-fix or any";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding_facts::tests::facts;

    #[test]
    fn selects_what_it_says() {
        let finding = facts(Kind::Vulnerability, Severity::High);
        for (text, expected) in [
            ("vulnerability", true),
            ("secret", false),
            ("secret, vulnerability high", true),
            ("vulnerability critical", false),
            ("vulnerability medium+", true),
            ("vulnerability critical+", false),
            ("vulnerability no-fix", false),
            ("fix-available high", true),
            ("known-exploited", false),
            ("rule=package/known-vulnerability", true),
            ("rule=package/*", true),
            ("rule=pack", false),
            ("any", true),
        ] {
            assert_eq!(
                Selector::parse(text).unwrap().matches(&finding),
                expected,
                "{text}"
            );
        }
        assert!(!Selector::default().matches(&finding));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for bad in ["", ",", "secret,", "credential", "rule=", "high-", "+"] {
            assert!(Selector::parse(bad).is_err(), "{bad}");
        }
    }
}
