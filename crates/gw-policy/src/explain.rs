use std::collections::BTreeMap;
use std::fmt;

use gw_core::{Decision, FactKey, Outcome, Reason, Version};

/// A fact that differs between two decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which fact, or `rules#policy`, `rules#authority`, `rules#config` or `rules#advisories` for what
    /// the decisions were made under.
    pub key: FactKey,
    /// Its version then; none if the decision did not read it.
    pub old: Option<Version>,
    /// Its version now; none if the decision does not read it.
    pub new: Option<Version>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |version: Option<Version>| {
            version.map_or_else(|| "not read".to_owned(), |version| version.to_string())
        };
        write!(
            f,
            "{}: {} -> {}",
            self.key,
            shown(self.old),
            shown(self.new)
        )
    }
}

/// Why a decision is another than the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer then and now.
    pub outcome: (Outcome, Outcome),
    /// What differs among the things they were made from, in order of key.
    pub changes: Vec<Change>,
    /// Reasons that were not given before.
    pub new_reasons: Vec<Reason>,
    /// Reasons that are not given any more.
    pub gone_reasons: Vec<Reason>,
    /// The subject then and now, by the first digits of its digest, if it is another.
    pub subject: Option<(String, String)>,
    /// Whether the decision before could not be relied on any more when this one was made.
    pub ran_out: bool,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (then, now) = self.outcome;
        if then == now {
            writeln!(f, "It was {then} before, and still is.")?;
        } else {
            writeln!(f, "It was {then} before, and is {now} now.")?;
        }
        if let Some((then, now)) = &self.subject {
            writeln!(f, "The content is another: {then} -> {now}")?;
        }
        if self.ran_out {
            writeln!(f, "The decision before had run out.")?;
        }
        if self.changes.is_empty() {
            writeln!(f, "Nothing that it was made from has changed.")?;
        }
        for change in &self.changes {
            writeln!(f, "  {change}")?;
        }
        for reason in &self.new_reasons {
            writeln!(f, "New reason: {} ({})", reason.message, reason.policy)?;
        }
        for reason in &self.gone_reasons {
            writeln!(
                f,
                "No reason any more: {} ({})",
                reason.message, reason.policy
            )?;
        }
        Ok(())
    }
}

/// Compares two decisions about the same asset, place and gate.
#[must_use]
pub fn explain(previous: &Decision, current: &Decision) -> Explanation {
    let (old, new) = (inputs(previous), inputs(current));
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let changes = keys
        .into_iter()
        .map(|key| Change {
            key: key.clone(),
            old: old.get(key).copied(),
            new: new.get(key).copied(),
        })
        .filter(|change| change.old != change.new)
        .collect();
    let (then, now) = (previous.subject.digest, current.subject.digest);
    Explanation {
        outcome: (previous.outcome, current.outcome),
        changes,
        new_reasons: without(&current.reasons, &previous.reasons),
        gone_reasons: without(&previous.reasons, &current.reasons),
        subject: (then != now).then(|| (then.short(), now.short())),
        ran_out: previous.not_after.is_some_and(|end| end <= current.time),
    }
}

/// Everything that a decision was made from, by key. Facts about its own content are put under one
/// name for all contents, so that they can be compared when the content changes.
fn inputs(decision: &Decision) -> BTreeMap<FactKey, Version> {
    let basis = &decision.basis;
    let rules = [
        ("policy", basis.policy),
        ("authority", basis.authority),
        ("config", basis.config),
        ("advisories", basis.advisories),
    ];
    let rules = rules.map(|(name, digest)| (FactKey::rules(name), Version::from_digest(digest)));
    let own = decision.subject.digest.to_string();
    let facts = decision.dependencies.iter().map(|dependency| {
        let key = &dependency.key;
        let common = (key.scope() == own)
            .then(|| format!("subject#{}", key.name()).parse().ok())
            .flatten();
        (common.unwrap_or_else(|| key.clone()), dependency.version)
    });
    // What a decision depends on by name is more exact than the digests it was made under.
    rules.into_iter().chain(facts).collect()
}

/// Reasons of `these` whose policy, words and findings are not among `those`.
fn without(these: &[Reason], those: &[Reason]) -> Vec<Reason> {
    these
        .iter()
        .filter(|reason| !those.contains(reason))
        .cloned()
        .collect()
}
