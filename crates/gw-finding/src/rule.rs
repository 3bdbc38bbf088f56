use crate::{Kind, RuleId, Severity};

/// What a rule is for: the text of `explain`, of reference pages and of SARIF's rule table.
///
/// Texts are plain, without markup, and end with a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDoc {
    /// The rule.
    pub id: RuleId,
    /// What sort of thing it finds.
    pub kind: Kind,
    /// How bad what it finds is, where the finding itself does not know better.
    pub severity: Severity,
    /// Its name for people, without a full stop.
    pub title: &'static str,
    /// What it finds, and how.
    pub what: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// How to fix it.
    pub fix: &'static str,
    /// Where to read more, the most useful first.
    pub references: &'static [&'static str],
}
