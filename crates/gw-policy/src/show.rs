use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Policies;

/// Renders the policies in force, one paragraph each: id, what it does to which actions, where it
/// comes from, its message, and with `text` its text.
#[must_use]
pub fn show(policies: &Policies, text: bool) -> String {
    let mut out = String::new();
    for policy in policies.list() {
        if !out.is_empty() {
            out.push('\n');
        }
        let (id, effect, source) = (&policy.id, policy.effect.as_str(), &policy.source);
        let actions = policy.actions.join(", ");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{id}: {effect} {actions} ({source})");
        let _ = writeln!(out, "  {}", policy.message);
        if text {
            for line in policy.text.lines() {
                let _ = writeln!(out, "  | {line}");
            }
        }
    }
    out
}

/// How one set of policies differs from another, by id, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Policies that only the new set has.
    pub added: Vec<String>,
    /// Policies that only the old set has.
    pub removed: Vec<String>,
    /// Policies that say something else, layout and comments aside.
    pub changed: Vec<String>,
}

impl Difference {
    /// Whether the sets say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares the policies of a protected base with those of a change.
#[must_use]
pub fn compare(base: &Policies, change: &Policies) -> Difference {
    let ids = |policies: &Policies| -> BTreeSet<String> {
        policies
            .list()
            .iter()
            .map(|policy| policy.id.clone())
            .collect()
    };
    let (old, new) = (ids(base), ids(change));
    let says = |policies: &Policies, id: &str| policies.get(id).map(|policy| policy.digest);
    let changed = old
        .intersection(&new)
        .filter(|id| says(base, id) != says(change, id));
    Difference {
        added: new.difference(&old).cloned().collect(),
        removed: old.difference(&new).cloned().collect(),
        changed: changed.cloned().collect(),
    }
}
