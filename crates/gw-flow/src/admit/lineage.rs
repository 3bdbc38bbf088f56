//! What a content was made from, and what that was made from, each with its own standing.

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate::{InputKind, LineageInput};
use gw_core::{FactKey, FactState, Gate, Time, Version};
use gw_policy::authority::AuthorityRules;
use gw_policy::facts::{LINEAGE, QUARANTINE};
use gw_policy::{FactValue, LineageFacts};
use serde::Deserialize;

use crate::decide::{Question, Reads};
use crate::facts::Known;
use crate::gates::{Decided, Standing, gate_key, gate_name};
use crate::state::name_digest;
use crate::store::Store;
use crate::{Flow, FlowError};

/// How many things are followed. Beyond that the lineage is incomplete.
const MAX_PARENTS: usize = 20_000;

/// A walk through what something was made from.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) facts: LineageFacts,
    /// Names of those that are quarantined, that do not pass, and so on, for people.
    pub(super) quarantined: Vec<String>,
    pub(super) fallen: Vec<String>,
    pub(super) conflicting: Vec<String>,
    pub(super) unknown: Vec<String>,
    /// What each was made from, by the names of scopes.
    edges: BTreeMap<String, BTreeSet<String>>,
}

/// Who asks, under which rules.
struct Asker<'a> {
    question: &'a Question,
    authority: &'a AuthorityRules,
    own: [FactKey; 2],
    now: Time,
}

#[derive(Deserialize)]
struct Inputs {
    inputs: Vec<LineageInput>,
}

impl<S: Store> Flow<S> {
    /// Follows what the subject of a question was made from. Everything that is looked at on the
    /// way is a fact that the decision read.
    pub(super) async fn lineage(
        &self,
        question: &Question,
        authority: &AuthorityRules,
        known: &Known,
        reads: &mut Reads,
        now: Time,
    ) -> Result<FactValue<Walk>, FlowError> {
        let start = FactKey::subject(&question.subject, LINEAGE);
        let inputs = match inputs(known.state(&start)) {
            FactValue::Known(inputs) => inputs,
            other => return Ok(other.map(|_| Walk::default())),
        };
        let asker = Asker {
            question,
            authority,
            own: [
                FactKey::asset(&question.asset, &gate_name(Gate::Admit)),
                gate_key(&question.subject, Gate::Admit),
            ],
            now,
        };
        let mut decided = self.decided().await?;
        let mut walk = Walk::default();
        let root = question.subject.to_string();
        walk.made_from(&root, &inputs);
        let mut seen = BTreeSet::from([root]);
        let mut level = inputs;
        // Level by level: what went into it, what went into that, and so on.
        while !level.is_empty() {
            level.retain(|input| seen.insert(scope(input)));
            if seen.len() > MAX_PARENTS {
                return Ok(FactValue::Incomplete);
            }
            level = self
                .level(&asker, &level, &mut decided, &mut walk, reads)
                .await?;
        }
        if walk.has_circle() {
            return Ok(FactValue::Conflicting);
        }
        Ok(FactValue::Known(walk))
    }

    /// Looks at things that something was made from, and gives what those were made from.
    async fn level(
        &self,
        asker: &Asker<'_>,
        level: &[LineageInput],
        decided: &mut Decided,
        walk: &mut Walk,
        reads: &mut Reads,
    ) -> Result<Vec<LineageInput>, FlowError> {
        let gates: Vec<_> = level.iter().map(|input| asker.gate(input)).collect();
        let decided_keys: Vec<_> = gates.iter().flatten().cloned().collect();
        let versions = self.store.versions(&self.realm, &decided_keys).await?;
        let versions: BTreeMap<FactKey, Version> = versions.into_iter().collect();
        // Where only this machine's key counts, it does not matter which asset is asked about.
        let together = if asker.authority.rules().next().is_none() {
            let keys: Vec<_> = level.iter().flat_map(keys_of_input).collect();
            let known = self
                .known(&keys, &[], asker.authority, None, asker.now)
                .await?;
            reads.note(&known);
            Some(known)
        } else {
            None
        };
        let mut next = Vec::new();
        for (input, gate) in level.iter().zip(gates) {
            let asset = input.asset();
            let own;
            let known = match &together {
                Some(known) => known,
                None => {
                    let keys = keys_of_input(input);
                    own = self
                        .known(&keys, &[], asker.authority, asset.as_ref(), asker.now)
                        .await?;
                    reads.note(&own);
                    &own
                }
            };
            let mut standing = Standing::Undecided;
            if let Some(key) = gate {
                let version = versions.get(&key).copied();
                if version.is_some() {
                    let rules = (asker.authority, asset.as_ref());
                    standing = self
                        .standing(decided, &key, &asker.own, rules, asker.now)
                        .await?;
                }
                reads
                    .versions
                    .insert(key, version.unwrap_or(Version::ABSENT));
            }
            let quarantined = keys_of_input(input).iter().any(|key| {
                key.name() == QUARANTINE && !matches!(known.state(key), FactState::Absent)
            });
            walk.count(input, standing, quarantined);
            let Some(digest) = &input.digest else {
                continue;
            };
            match inputs(known.state(&FactKey::subject(digest, LINEAGE))) {
                FactValue::Known(inputs) => {
                    walk.made_from(&scope(input), &inputs);
                    next.extend(inputs);
                }
                FactValue::Conflicting | FactValue::Incomplete => walk.conflict(input),
                FactValue::Absent | FactValue::Stale => {}
            }
        }
        Ok(next)
    }
}

impl Asker<'_> {
    /// The fact whether a parent passes the admit gate: this very content, or whatever has that
    /// name.
    fn gate(&self, input: &LineageInput) -> Option<FactKey> {
        match (&input.digest, input.asset()) {
            _ if input.kind == InputKind::Code => None,
            (Some(digest), _) => Some(gate_key(digest, Gate::Admit)),
            // An earlier version of the same model, nobody knows which.
            (None, Some(asset)) if asset == self.question.asset => None,
            (None, Some(asset)) => Some(FactKey::asset(&asset, &gate_name(Gate::Admit))),
            (None, None) => None,
        }
    }
}

/// The facts that are read about an input, beside its admission.
fn keys_of_input(input: &LineageInput) -> Vec<FactKey> {
    match (&input.digest, input.asset()) {
        (Some(digest), asset) => {
            let mut keys = vec![
                FactKey::subject(digest, QUARANTINE),
                FactKey::subject(digest, LINEAGE),
            ];
            // Whoever quarantines a name means every content of it.
            keys.extend(asset.map(|asset| FactKey::subject(&name_digest(&asset), QUARANTINE)));
            keys
        }
        // Any content of that name may have been meant.
        (None, Some(asset)) => vec![FactKey::asset(&asset, QUARANTINE)],
        (None, None) => Vec::new(),
    }
}

impl Walk {
    fn count(&mut self, input: &LineageInput, standing: Standing, quarantined: bool) {
        let one = |count: &mut u64| *count = count.saturating_add(1);
        let name = || {
            let asset = input.asset();
            asset.map_or_else(|| input.name.clone(), |asset| asset.to_string())
        };
        if quarantined {
            one(&mut self.facts.quarantined);
            self.quarantined.push(name());
        }
        match input.kind {
            InputKind::Dataset => one(&mut self.facts.datasets),
            InputKind::Model => one(&mut self.facts.base_models),
            // Programs are judged at the release gate; only their quarantine counts here.
            InputKind::Code => return,
        }
        match standing {
            Standing::Undecided if input.digest.is_none() => {
                one(&mut self.facts.unknown);
                self.unknown.push(name());
            }
            Standing::Undecided => {}
            Standing::Passes => one(&mut self.facts.admitted),
            Standing::Falls => {
                one(&mut self.facts.not_admitted);
                self.fallen.push(name());
            }
            Standing::Conflicting => self.conflict(input),
        }
    }

    fn conflict(&mut self, input: &LineageInput) {
        self.facts.conflicting = self.facts.conflicting.saturating_add(1);
        self.conflicting.push(input.name.clone());
    }

    fn made_from(&mut self, scope: &str, inputs: &[LineageInput]) {
        let parents = inputs.iter().map(self::scope).collect();
        self.edges.insert(scope.to_owned(), parents);
    }

    /// Whether anything was made from itself, by however many steps (Kahn's algorithm: what has no
    /// parents left is taken away, until nothing is left or everything left has parents).
    fn has_circle(&self) -> bool {
        let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut parents_left: BTreeMap<&str, usize> = BTreeMap::new();
        for (child, parents) in &self.edges {
            // What nothing is known of was made from nothing, as far as this goes.
            let open = parents
                .iter()
                .filter(|parent| self.edges.contains_key(*parent));
            let mut count = 0_usize;
            for parent in open {
                children.entry(parent).or_default().push(child);
                count = count.saturating_add(1);
            }
            parents_left.insert(child, count);
        }
        let mut free: Vec<&str> = parents_left
            .iter()
            .filter(|(_, left)| **left == 0)
            .map(|(name, _)| *name)
            .collect();
        let mut taken = 0_usize;
        while let Some(parent) = free.pop() {
            taken = taken.saturating_add(1);
            for child in children.remove(parent).unwrap_or_default() {
                if let Some(left) = parents_left.get_mut(child) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        free.push(child);
                    }
                }
            }
        }
        taken < self.edges.len()
    }
}

/// What an input is called among facts: its content, else its asset, else its name.
fn scope(input: &LineageInput) -> String {
    match (&input.digest, input.asset()) {
        (Some(digest), _) => digest.to_string(),
        (None, Some(asset)) => asset.to_string(),
        (None, None) => format!("{} {}", input.kind.as_str(), input.name),
    }
}

fn inputs(state: &FactState) -> FactValue<Vec<LineageInput>> {
    match state {
        FactState::Known(value) => match Inputs::deserialize(value) {
            Ok(said) => FactValue::Known(said.inputs),
            Err(_) => FactValue::Incomplete,
        },
        FactState::Absent => FactValue::Absent,
        FactState::Stale => FactValue::Stale,
        FactState::Incomplete => FactValue::Incomplete,
        FactState::Conflicting => FactValue::Conflicting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_diamonds_are_none() {
        let check = |edges: &[(&str, &[&str])], expected: bool| {
            let walk = Walk {
                edges: edges
                    .iter()
                    .map(|(from, to)| {
                        let to = to.iter().map(|&name| name.to_owned()).collect();
                        ((*from).to_owned(), to)
                    })
                    .collect(),
                ..Walk::default()
            };
            assert_eq!(walk.has_circle(), expected, "{edges:?}");
        };
        check(&[], false);
        check(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"])], false);
        check(&[("a", &["a"])], true);
        check(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"])], true);
        check(&[("a", &["b"]), ("b", &["c"]), ("c", &["b", "d"])], true);
        check(&[("a", &["x"]), ("b", &[])], false);
    }
}
