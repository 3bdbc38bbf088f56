use std::collections::BTreeSet;

use gw_finding::{Confidence, Finding, FindingId, Kind, RuleId, Severity};

use crate::concerns::Selector;

/// All that a policy can know of one finding. Findings that are alike in this are judged once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindingFacts {
    /// What sort of thing it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// The rule that fired.
    pub rule: RuleId,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// In a catalogue of vulnerabilities known to be exploited.
    pub known_exploited: bool,
    /// A version or a change that makes it go away is known.
    pub fix_available: bool,
    /// It concerns only building or testing.
    pub development: bool,
    /// Whether the project itself names the package, if it is about one and that is known.
    pub direct: Option<bool>,
    /// An admitted acceptance that has not expired covers it.
    pub accepted: bool,
    /// It was there before the revision that the judgement starts from.
    pub not_new: bool,
    /// An admitted VEX statement says that the product is not affected.
    pub not_affected: bool,
}

impl FindingFacts {
    /// What the finding itself says. Whether it is new and what a vendor states about it is for the
    /// caller to add; `accepted` is taken over from the finding, whose acceptance the caller has
    /// checked.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let package = finding.package.as_ref();
        let advisory = finding.advisory.as_ref();
        let fixed = advisory.is_some_and(|advisory| !advisory.fixed.is_empty());
        let fix_available = match (&finding.fix, finding.kind) {
            // Advice such as "replace the package" is no fixed version.
            (Some(fix), Kind::Vulnerability) => fixed || fix.version.is_some(),
            (Some(_), _) => true,
            (None, _) => fixed,
        };
        Self {
            kind: finding.kind,
            severity: finding.severity,
            rule: finding.rule.clone(),
            confidence: finding.confidence,
            known_exploited: advisory.is_some_and(|advisory| advisory.kev),
            fix_available,
            development: package.is_some_and(|package| package.development),
            direct: package.and_then(|package| package.direct),
            accepted: finding.accepted.is_some(),
            not_new: false,
            not_affected: false,
        }
    }
}

/// How many findings there are, by severity, the mildest first.
pub(crate) type Counts = [u32; 5];

/// The findings that are not tolerated, summed up for the gate. Counts never leave out a finding;
/// the set of rules is cut off at [`FindingSummary::MAX_RULES`] and then says so.
#[derive(Debug, Clone, Default)]
pub struct FindingSummary {
    by_kind: [Counts; 10],
    known_exploited: u32,
    no_fix: Counts,
    rules: BTreeSet<RuleId>,
    rules_truncated: bool,
    entries: Vec<(FindingId, FindingFacts)>,
}

impl FindingSummary {
    /// How many different rules a policy is shown.
    pub const MAX_RULES: usize = 64;

    /// Adds one finding that is not tolerated.
    pub fn add(&mut self, id: FindingId, facts: FindingFacts) {
        let severity = facts.severity as usize;
        let count = |counts: Option<&mut Counts>| {
            if let Some(count) = counts.and_then(|counts| counts.get_mut(severity)) {
                *count = count.saturating_add(1);
            }
        };
        count(self.by_kind.get_mut(facts.kind as usize));
        if facts.kind == Kind::Vulnerability && !facts.fix_available {
            count(Some(&mut self.no_fix));
        }
        if facts.known_exploited {
            self.known_exploited = self.known_exploited.saturating_add(1);
        }
        if !self.rules.contains(&facts.rule) {
            if self.rules.len() < Self::MAX_RULES {
                self.rules.insert(facts.rule.clone());
            } else {
                self.rules_truncated = true;
            }
        }
        self.entries.push((id, facts));
    }

    /// How many findings there are in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many findings of a kind and a severity there are.
    #[must_use]
    pub fn count(&self, kind: Kind, severity: Severity) -> u32 {
        self.kind(kind).get(severity as usize).copied().unwrap_or(0)
    }

    pub(crate) fn kind(&self, kind: Kind) -> Counts {
        self.by_kind.get(kind as usize).copied().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in &self.by_kind {
            for (total, count) in sum.iter_mut().zip(counts) {
                *total = total.saturating_add(*count);
            }
        }
        sum
    }

    pub(crate) const fn known_exploited(&self) -> u32 {
        self.known_exploited
    }

    pub(crate) const fn no_fix(&self) -> Counts {
        self.no_fix
    }

    pub(crate) fn rules(&self) -> (impl Iterator<Item = &str>, bool) {
        (self.rules.iter().map(RuleId::as_str), self.rules_truncated)
    }

    /// Ids of the findings that a policy speaks of, in the order in which they were added.
    pub(crate) fn concerned(&self, selector: &Selector) -> Vec<String> {
        self.entries
            .iter()
            .filter(|(_, facts)| selector.matches(facts))
            .map(|(id, _)| id.as_str().to_owned())
            .collect()
    }
}

impl Extend<(FindingId, FindingFacts)> for FindingSummary {
    fn extend<I: IntoIterator<Item = (FindingId, FindingFacts)>>(&mut self, findings: I) {
        for (id, facts) in findings {
            self.add(id, facts);
        }
    }
}

impl FromIterator<(FindingId, FindingFacts)> for FindingSummary {
    fn from_iter<I: IntoIterator<Item = (FindingId, FindingFacts)>>(findings: I) -> Self {
        let mut summary = Self::default();
        summary.extend(findings);
        summary
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use gw_finding::Location;

    use super::*;

    pub(crate) fn facts(kind: Kind, severity: Severity) -> FindingFacts {
        FindingFacts {
            kind,
            severity,
            rule: RuleId::new("package/known-vulnerability"),
            confidence: Confidence::High,
            known_exploited: false,
            fix_available: true,
            development: false,
            direct: None,
            accepted: false,
            not_new: false,
            not_affected: false,
        }
    }

    pub(crate) fn id(name: &str) -> FindingId {
        FindingId::new(&RuleId::new("t/t"), name, &Location::file("f"))
    }

    #[test]
    fn kinds_and_severities_are_numbered_as_they_are_listed() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at);
        }
        for (at, severity) in Severity::ALL.into_iter().enumerate() {
            assert_eq!(severity as usize, at);
        }
    }

    #[test]
    fn counts_by_kind_and_severity() {
        let mut summary = FindingSummary::default();
        summary.add(id("a"), facts(Kind::Vulnerability, Severity::High));
        summary.add(
            id("b"),
            FindingFacts {
                fix_available: false,
                known_exploited: true,
                ..facts(Kind::Vulnerability, Severity::High)
            },
        );
        summary.add(id("c"), facts(Kind::License, Severity::Critical));
        assert_eq!(summary.count(Kind::Vulnerability, Severity::High), 2);
        assert_eq!(summary.count(Kind::License, Severity::Critical), 1);
        assert_eq!(summary.count(Kind::Secret, Severity::Critical), 0);
        assert_eq!(summary.all(), [0, 0, 0, 2, 1]);
        assert_eq!(summary.no_fix(), [0, 0, 0, 1, 0]);
        assert_eq!(summary.known_exploited(), 1);
        assert_eq!(summary.len(), 3);
    }

    #[test]
    fn says_when_rules_were_left_out() {
        for (rules, truncated) in [(64, false), (65, true)] {
            let summary: FindingSummary = (0..rules)
                .map(|n| {
                    let rule = RuleId::from(format!("t/{n}"));
                    (
                        id("x"),
                        FindingFacts {
                            rule,
                            ..facts(Kind::Code, Severity::High)
                        },
                    )
                })
                .collect();
            let (names, cut) = summary.rules();
            assert_eq!((names.count(), cut), (64, truncated));
        }
    }
}
