//! What decisions say to other decisions: each is a fact about its asset, `model:base#gate/admit`,
//! and about its content, `sha256:...#gate/admit`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use gw_core::{Asset, Decision, Digest, FactKey, FactState, Gate, Outcome, Time};
use gw_policy::authority::AuthorityRules;

use crate::store::{DecisionRow, Store};
use crate::{Flow, FlowError};

/// How many decisions are looked at to find out whether one depends on another.
const MAX_UPSTREAM: usize = 10_000;

/// How something stands at a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing was decided.
    Undecided,
    /// It passes everywhere.
    Passes,
    /// It does not pass somewhere.
    Falls,
    /// Statements contradict each other, or it depends on what asks.
    Conflicting,
}

/// The name of a gate's fact.
pub(crate) fn gate_name(gate: Gate) -> String {
    format!("gate/{gate}")
}

/// The fact of a gate about a content.
pub(crate) fn gate_key(subject: &Digest, gate: Gate) -> FactKey {
    FactKey::subject(subject, &gate_name(gate))
}

/// The facts that a decision is.
pub(crate) fn keys_of_row(row: &DecisionRow) -> [FactKey; 2] {
    let name = gate_name(row.gate);
    [
        FactKey::asset(&row.asset, &name),
        FactKey::subject(&row.subject, &name),
    ]
}

/// The decisions that hold, by the facts that they are, with what they read of other decisions.
pub(crate) struct Decided {
    by_key: BTreeMap<FactKey, Vec<usize>>,
    rows: Vec<DecisionRow>,
    read: BTreeMap<usize, Decision>,
}

impl<S: Store> Flow<S> {
    /// The decisions that hold now.
    pub(crate) async fn decided(&self) -> Result<Decided, FlowError> {
        let rows = self.store.current_decisions(&self.realm).await?;
        let mut by_key: BTreeMap<FactKey, Vec<usize>> = BTreeMap::new();
        for (number, row) in rows.iter().enumerate() {
            for key in keys_of_row(row) {
                by_key.entry(key).or_default().push(number);
            }
        }
        Ok(Decided {
            by_key,
            rows,
            read: BTreeMap::new(),
        })
    }

    /// The decisions behind a fact, each verified.
    async fn behind(&self, decided: &mut Decided, key: &FactKey) -> Result<Vec<usize>, FlowError> {
        let numbers = decided.by_key.get(key).cloned().unwrap_or_default();
        for number in &numbers {
            if !decided.read.contains_key(number)
                && let Some(row) = decided.rows.get(*number)
            {
                let decision = self.decision(&row.id).await?;
                decided.read.insert(*number, decision);
            }
        }
        Ok(numbers)
    }

    /// Everything that decisions say which these facts depend on, these facts included.
    pub(crate) async fn upstream(
        &self,
        decided: &mut Decided,
        keys: impl IntoIterator<Item = FactKey>,
    ) -> Result<BTreeSet<FactKey>, FlowError> {
        let mut queue: VecDeque<FactKey> = keys.into_iter().collect();
        let mut seen: BTreeSet<FactKey> = queue.iter().cloned().collect();
        while let Some(key) = queue.pop_front() {
            if seen.len() > MAX_UPSTREAM {
                return Err(FlowError::Invalid(format!(
                    "decisions depend on more than {MAX_UPSTREAM} others"
                )));
            }
            for number in self.behind(decided, &key).await? {
                let read = decided.read.get(&number);
                let read = read.into_iter().flat_map(|decision| &decision.dependencies);
                for dependency in read.filter(|read| read.key.name().starts_with("gate/")) {
                    if seen.insert(dependency.key.clone()) {
                        queue.push_back(dependency.key.clone());
                    }
                }
            }
        }
        Ok(seen)
    }

    /// How whatever a fact is about stands at its gate. `own` are the facts that the asking decision
    /// is: what depends on them is contradictory.
    pub(crate) async fn standing(
        &self,
        decided: &mut Decided,
        key: &FactKey,
        own: &[FactKey; 2],
        (authority, about): (&AuthorityRules, Option<&Asset>),
        now: Time,
    ) -> Result<Standing, FlowError> {
        let numbers = self.behind(decided, key).await?;
        if numbers.is_empty() {
            // Somebody else may have decided.
            let keys = std::slice::from_ref(key);
            let known = self.known(keys, &[], authority, about, now).await?;
            return Ok(match known.state(key) {
                FactState::Known(value) => match value.get("outcome").and_then(|o| o.as_str()) {
                    Some("pass") => Standing::Passes,
                    _ => Standing::Falls,
                },
                FactState::Absent | FactState::Stale => Standing::Undecided,
                FactState::Incomplete | FactState::Conflicting => Standing::Conflicting,
            });
        }
        let upstream = self.upstream(decided, [key.clone()]).await?;
        if own.iter().any(|own| upstream.contains(own)) {
            return Ok(Standing::Conflicting);
        }
        let passes = numbers.iter().all(|number| {
            let decision = decided.read.get(number);
            decision.is_some_and(|decision| decision.outcome == Outcome::Pass)
        });
        Ok(if passes {
            Standing::Passes
        } else {
            Standing::Falls
        })
    }
}
