//! What a content was made from, and what that was made from, each with its own standing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use gw_attest::predicate::{InputKind, LineageInput};
use gw_core::{Asset, FactKey, FactState, Gate, Time, Version};
use gw_policy::authority::AuthorityRules;
use gw_policy::facts::{LINEAGE, QUARANTINE};
use gw_policy::{FactValue, LineageFacts};
use serde::Deserialize;

use crate::decide::{Question, Reads};
use crate::facts::Known;
use crate::gates::{Decided, Standing, gate_key, gate_name};
use crate::store::Store;
use crate::{Flow, FlowError};

/// How many things are followed. Beyond that the lineage is incomplete.
const MAX_PARENTS: usize = 2_000;

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
        let mut queue: VecDeque<LineageInput> = VecDeque::new();
        walk.made_from(&root, &inputs);
        queue.extend(inputs);
        let mut seen = BTreeSet::from([root.clone()]);
        while let Some(input) = queue.pop_front() {
            let scope = scope(&input);
            if !seen.insert(scope.clone()) {
                continue;
            }
            if seen.len() > MAX_PARENTS {
                return Ok(FactValue::Incomplete);
            }
            let known = self
                .parent(&asker, &input, &mut decided, &mut walk, reads)
                .await?;
            if let Some(digest) = &input.digest {
                let key = FactKey::subject(digest, LINEAGE);
                match self::inputs(known.state(&key)) {
                    FactValue::Known(inputs) => {
                        walk.made_from(&scope, &inputs);
                        queue.extend(inputs);
                    }
                    FactValue::Conflicting | FactValue::Incomplete => walk.conflict(&input),
                    FactValue::Absent | FactValue::Stale => {}
                }
            }
        }
        if walk.has_circle() {
            return Ok(FactValue::Conflicting);
        }
        Ok(FactValue::Known(walk))
    }

    /// Looks at one thing that something was made from.
    async fn parent(
        &self,
        asker: &Asker<'_>,
        input: &LineageInput,
        decided: &mut Decided,
        walk: &mut Walk,
        reads: &mut Reads,
    ) -> Result<Known, FlowError> {
        let asset = input.asset();
        let mut keys = Vec::new();
        match (&input.digest, &asset) {
            (Some(digest), _) => {
                keys.push(FactKey::subject(digest, QUARANTINE));
                keys.push(FactKey::subject(digest, LINEAGE));
            }
            // Any content of that name may have been meant.
            (None, Some(asset)) => keys.push(FactKey::asset(asset, QUARANTINE)),
            (None, None) => {}
        }
        let known = self
            .known(&keys, &[], asker.authority, asset.as_ref(), asker.now)
            .await?;
        reads.note(&known);
        let quarantined = keys.first().is_some_and(|key| {
            key.name() == QUARANTINE && !matches!(known.state(key), FactState::Absent)
        });
        let standing = self
            .admission(asker, input, asset.as_ref(), decided)
            .await?;
        if let Some((key, (_, version))) = &standing {
            reads.versions.insert(key.clone(), *version);
        }
        let standing = standing.map_or(Standing::Undecided, |(_, (standing, _))| standing);
        walk.count(input, standing, quarantined);
        Ok(known)
    }

    /// How a parent stands at the admit gate: this very content, or whatever has that name.
    async fn admission(
        &self,
        asker: &Asker<'_>,
        input: &LineageInput,
        asset: Option<&Asset>,
        decided: &mut Decided,
    ) -> Result<Option<(FactKey, (Standing, Version))>, FlowError> {
        let key = match (&input.digest, asset) {
            (Some(digest), _) => gate_key(digest, Gate::Admit),
            // An earlier version of the same model, nobody knows which.
            (None, Some(asset)) if *asset == asker.question.asset => return Ok(None),
            (None, Some(asset)) => FactKey::asset(asset, &gate_name(Gate::Admit)),
            (None, None) => return Ok(None),
        };
        let rules = (asker.authority, asset);
        let standing = self
            .standing(decided, &key, &asker.own, rules, asker.now)
            .await?;
        Ok(Some((key, standing)))
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

    /// Whether anything was made from itself, by however many steps (Kahn's algorithm: what is left
    /// after taking away, again and again, what has no parents left).
    fn has_circle(&self) -> bool {
        let mut left = self.edges.clone();
        loop {
            let open: BTreeSet<String> = left.keys().cloned().collect();
            let before = left.len();
            left.retain(|_, parents| parents.iter().any(|parent| open.contains(parent)));
            if left.is_empty() {
                return false;
            }
            if left.len() == before {
                return true;
            }
        }
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
