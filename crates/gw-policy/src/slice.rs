//! Cutting the policies by gate and action, so that a question meets only those that may answer it.

use cedar_policy::{ActionConstraint, EntityUid};
use gw_core::Gate;

use crate::Effect;
use crate::load::Loaded;
use crate::policies::{Forbid, Gates, Questions};

/// The gates that have policies.
pub(crate) const GATES: [Gate; 2] = [Gate::Admit, Gate::Release];

const PASS: &str = "pass";
const WITH_APPROVAL: &str = "pass-with-approval";
const TOLERATE: &str = "tolerate";
/// A gate's actions, in alphabetical order. The group of the first two has the gate's name.
const ACTIONS: [&str; 3] = [PASS, WITH_APPROVAL, TOLERATE];

/// What a policy's scope may be, for error messages.
pub(crate) const EXPECTED: &str = "expected `action in Action::\"release\"`, `action == Action::\"release:pass\"` or \
     `action == Action::\"release:tolerate\"`, or those of another gate: `admit`";

/// The actions that a policy's scope admits, in alphabetical order.
pub(crate) fn actions(constraint: &ActionConstraint) -> Vec<String> {
    let admits = |gate: Gate, action: &str, named: &EntityUid| {
        if named.type_name().to_string() != "Action" {
            return false;
        }
        let named = named.id().unescaped();
        match named.split_once(':') {
            Some((of, name)) => of == gate.as_str() && name == action,
            None => named == gate.as_str() && action != TOLERATE,
        }
    };
    let mut actions = Vec::new();
    for gate in GATES {
        for action in ACTIONS {
            let admitted = match constraint {
                ActionConstraint::Any => true,
                ActionConstraint::In(named) => named.iter().any(|name| admits(gate, action, name)),
                ActionConstraint::Eq(named) => admits(gate, action, named),
            };
            if admitted {
                actions.push(format!("{gate}:{action}"));
            }
        }
    }
    actions
}

/// Cuts the policies by gate and action.
pub(crate) fn slice(loaded: &[Loaded]) -> Result<Gates, String> {
    let mut gates = Gates::default();
    for Loaded {
        policy,
        cedar,
        guard,
        names_action,
        ..
    } in loaded
    {
        for gate in GATES {
            let Some(slice) = gates.get_mut(gate) else {
                continue;
            };
            let on = |action: &str| {
                let id = format!("{gate}:{action}");
                policy.actions.contains(&id)
            };
            if on(TOLERATE) {
                let added = slice.tolerate.add(cedar.clone());
                added.map_err(|error| error.to_string())?;
            }
            let questions = match (on(PASS), on(WITH_APPROVAL)) {
                (true, true) if *names_action => Questions::Each,
                (true, true) => Questions::Alike,
                (true, false) => Questions::Pass,
                (false, true) => Questions::WithApproval,
                (false, false) => continue,
            };
            match policy.effect {
                Effect::Permit => slice.permits.push(cedar.clone()),
                Effect::Forbid => slice.forbids.push(Forbid {
                    policy: cedar.clone(),
                    guard: guard.clone(),
                    questions,
                }),
            }
        }
    }
    Ok(gates)
}
