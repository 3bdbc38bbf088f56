use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate;
use gw_core::{Digest, Fact, FactKey, FactState, Time, Version};
use serde_json::{Value, json};

use super::keys::{self, Several};
use crate::authority::{Admission, Admitted};

/// A fact with what it rests on.
#[derive(Debug, Clone)]
pub struct Derived<'a> {
    /// The fact.
    pub fact: Fact,
    /// The statements it rests on.
    pub basis: Vec<&'a Admitted<'a>>,
    /// From when on it has to be made again: the earliest deadline of those statements.
    pub deadline: Option<Time>,
}

impl Derived<'_> {
    /// The issuers of the statements it rests on.
    #[must_use]
    pub fn issuers(&self) -> BTreeSet<String> {
        self.basis
            .iter()
            .flat_map(|admitted| admitted.issuers.iter().cloned())
            .collect()
    }
}

/// The facts that follow from an admission.
#[derive(Debug)]
pub struct Facts<'a> {
    current: BTreeMap<FactKey, Vec<&'a Admitted<'a>>>,
    stale: BTreeMap<FactKey, Vec<&'a Admitted<'a>>>,
    revoked: BTreeMap<FactKey, Digest>,
}

impl<'a> Facts<'a> {
    /// Sorts an admission's statements by the facts they touch.
    #[must_use]
    pub fn of(admission: &'a Admission<'a>) -> Self {
        let revoked = admission.revoked_keys.iter();
        Self {
            current: by_key(&admission.admitted),
            stale: by_key(&admission.stale),
            revoked: revoked
                .map(|(key, by)| (FactKey::key(key.as_str()), *by))
                .collect(),
        }
    }

    /// Keys of the facts about which something is known or was, in order.
    pub fn keys(&self) -> impl Iterator<Item = &FactKey> {
        let all: BTreeSet<_> = self
            .current
            .keys()
            .chain(self.stale.keys())
            .chain(self.revoked.keys())
            .collect();
        all.into_iter()
    }

    /// The fact under a key: known, stale if all that was said is too old, conflicting, or absent.
    ///
    /// A known value is `{issuers, values}` where several statements count together (scans,
    /// inventories, approvals, acceptances, quarantines, drift), and otherwise what they agree on. The
    /// fact `<subject>#signature` has the names of all who signed, `<subject>#lineage` all inputs that
    /// anybody names, and `key#<id>` is known only if the key is revoked.
    #[must_use]
    pub fn get(&self, key: &FactKey) -> Derived<'a> {
        if let Some(by) = self.revoked.get(key) {
            let state = FactState::Known(json!({ "revoked": true }));
            return derived(key, state, Vec::new(), &[*by]);
        }
        let statements = self.current.get(key).map_or(&[][..], Vec::as_slice);
        if statements.is_empty() {
            let stale = self.stale.get(key).cloned().unwrap_or_default();
            let state = if stale.is_empty() {
                FactState::Absent
            } else {
                FactState::Stale
            };
            let ids: Vec<_> = stale.iter().map(|admitted| admitted.view.id).collect();
            // What is too old already has no deadline ahead.
            return Derived {
                deadline: None,
                ..derived(key, state, stale, &ids)
            };
        }
        let (state, basis) = match key.name() {
            super::TEST => suites(key, statements),
            super::SIGNATURE => signers(statements),
            super::LINEAGE => lineage(statements),
            _ => amount(key, statements),
        };
        let ids: Vec<_> = basis.iter().map(|admitted| admitted.view.id).collect();
        derived(key, state, basis, &ids)
    }
}

fn by_key<'a>(list: &'a [Admitted<'a>]) -> BTreeMap<FactKey, Vec<&'a Admitted<'a>>> {
    let mut map: BTreeMap<FactKey, Vec<_>> = BTreeMap::new();
    for admitted in list {
        for key in keys::keys_of(&admitted.view.statement) {
            map.entry(key).or_default().push(admitted);
        }
    }
    map
}

fn derived<'a>(
    key: &FactKey,
    state: FactState,
    basis: Vec<&'a Admitted<'a>>,
    ids: &[Digest],
) -> Derived<'a> {
    let version = Version::of(&state, ids);
    Derived {
        deadline: basis.iter().filter_map(|admitted| admitted.deadline).min(),
        fact: Fact {
            key: key.clone(),
            state,
            version,
        },
        basis,
    }
}

/// What statements amount to together.
fn amount<'a>(key: &FactKey, all: &[&'a Admitted<'a>]) -> (FactState, Vec<&'a Admitted<'a>>) {
    let several = all
        .first()
        .and_then(|first| keys::find(&first.view.statement));
    let several = several.map_or(Several::MustAgree, |known| known.several);
    let rules = key.scope() == "rules" || key.name().starts_with("rules/");
    let mut used = match several {
        // Of rules the highest version counts, not the latest statement.
        _ if rules => all.to_vec(),
        Several::All => all.to_vec(),
        Several::MustAgree | Several::LatestOfEach => latest_of_each(all),
    };
    if several == Several::MustAgree {
        let highest = used.iter().map(|admitted| admitted.level).max();
        used.retain(|admitted| Some(admitted.level) == highest);
        if rules {
            // A lower version of rules never takes the place of a higher one.
            let versions = used.iter().filter_map(|admitted| version(admitted, key));
            let newest = versions.max();
            used.retain(|admitted| version(admitted, key) == newest);
        }
    }
    let values: Vec<_> = used.iter().map(|admitted| value(admitted, key)).collect();
    let state = if values.iter().any(Option::is_none) {
        // It is admitted and cannot be read, so what is known is not all there is.
        FactState::Incomplete
    } else {
        let mut values: Vec<_> = values.into_iter().flatten().collect();
        values.sort_by_cached_key(Value::to_string);
        values.dedup();
        match (several, values.as_slice()) {
            (Several::MustAgree, [one]) => FactState::Known(one.clone()),
            (Several::MustAgree, _) => FactState::Conflicting,
            _ => FactState::Known(json!({ "issuers": issuers(&used), "values": values })),
        }
    };
    (state, used)
}

/// Whom verified signatures name, and the issuers of everything else that vouches for the content.
fn signers<'a>(all: &[&'a Admitted<'a>]) -> (FactState, Vec<&'a Admitted<'a>>) {
    let mut names = BTreeSet::new();
    for admitted in all {
        let statement = &admitted.view.statement;
        if statement.predicate_type != predicate::SIGNATURE {
            names.extend(admitted.issuers.iter().cloned());
            continue;
        }
        match statement.predicate_as::<predicate::Signature>() {
            Ok(signature) => drop(names.insert(signature.signer.name())),
            Err(_) => return (FactState::Incomplete, all.to_vec()),
        }
    }
    (FactState::Known(json!(names)), all.to_vec())
}

/// What went into a content by anybody's word: what one leaves out, another may know.
fn lineage<'a>(all: &[&'a Admitted<'a>]) -> (FactState, Vec<&'a Admitted<'a>>) {
    let mut inputs = BTreeSet::new();
    for admitted in all {
        match predicate::inputs_of(&admitted.view.statement) {
            Ok(said) => inputs.extend(said.into_iter().flatten()),
            Err(_) => return (FactState::Incomplete, all.to_vec()),
        }
    }
    (FactState::Known(json!({ "inputs": inputs })), all.to_vec())
}

/// All test suites together: `{passed, failed}` with their names.
fn suites<'a>(key: &FactKey, all: &[&'a Admitted<'a>]) -> (FactState, Vec<&'a Admitted<'a>>) {
    let mut by_name: BTreeMap<String, Vec<&Admitted<'_>>> = BTreeMap::new();
    for admitted in all {
        let name = super::value::test_name(&admitted.view.statement);
        by_name.entry(name).or_default().push(admitted);
    }
    let (mut passed, mut failed, mut basis) = (Vec::new(), Vec::new(), Vec::new());
    for (name, statements) in by_name {
        let (state, used) = amount(key, &statements);
        basis.extend(used);
        match state
            .known()
            .and_then(|value| value.get("result")?.as_str())
        {
            Some("FAILED") => failed.push(name),
            Some(_) => passed.push(name),
            None => return (state, all.to_vec()),
        }
    }
    (
        FactState::Known(json!({ "failed": failed, "passed": passed })),
        basis,
    )
}

fn value(admitted: &Admitted<'_>, key: &FactKey) -> Option<Value> {
    let statement = &admitted.view.statement;
    let mut value = (keys::find(statement)?.value)(statement, key)?;
    value.sort_all_objects();
    Some(value)
}

fn version(admitted: &Admitted<'_>, key: &FactKey) -> Option<u64> {
    value(admitted, key)?.get("version")?.as_u64()
}

fn issuers(all: &[&Admitted<'_>]) -> BTreeSet<String> {
    all.iter()
        .flat_map(|admitted| admitted.issuers.iter().cloned())
        .collect()
}

/// Of each issuer the latest statement; of several at the same time, all.
fn latest_of_each<'a>(all: &[&'a Admitted<'a>]) -> Vec<&'a Admitted<'a>> {
    let mut latest: BTreeMap<&str, Time> = BTreeMap::new();
    for admitted in all {
        let time = admitted.view.issued_at();
        for issuer in &admitted.issuers {
            let known = latest.entry(issuer).or_insert(time);
            *known = time.max(*known);
        }
    }
    all.iter()
        .copied()
        .filter(|admitted| {
            let time = admitted.view.issued_at();
            admitted
                .issuers
                .iter()
                .any(|issuer| latest.get(issuer.as_str()) == Some(&time))
        })
        .collect()
}
