use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::LazyLock;

use cedar_policy::{
    ActionConstraint, Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator,
};

use super::action::Action;
use super::{ACCESS_POLICIES, ACCESS_SCHEMA};

/// Policies that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not Cedar.
    #[error("{path}: {detail}")]
    Syntax {
        /// The file.
        path: String,
        /// What is wrong, and where.
        detail: String,
    },
    /// Cedar, and not valid for the schema.
    #[error("{path}: {detail}")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// A policy that permits, is a template, has no id, or one that another has.
    #[error("{path}: policy `{policy}` {problem}")]
    Refused {
        /// The file.
        path: String,
        /// The policy.
        policy: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The policies of one action.
#[derive(Debug, Clone, Default)]
pub(super) struct Slices {
    pub(super) by_action: BTreeMap<Action, PolicySet>,
    /// What to say when a policy forbids, by its id.
    pub(super) messages: BTreeMap<String, String>,
}

static SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| {
    let parsed = Schema::from_cedarschema_str(ACCESS_SCHEMA);
    parsed
        .map(|(schema, _)| schema)
        .map_err(|error| error.to_string())
});

/// Reads the built-in policies and those of the operator, given with their paths.
pub(super) fn load(files: &[(String, String)]) -> Result<Slices, PolicyError> {
    let mut slices = Slices::default();
    let built_in = ("built-in".to_owned(), ACCESS_POLICIES.to_owned());
    let all = std::iter::once((&built_in, true)).chain(files.iter().map(|file| (file, false)));
    for ((path, text), ours) in all {
        let set = PolicySet::from_str(text).map_err(|error| PolicyError::Syntax {
            path: path.clone(),
            detail: error.to_string(),
        })?;
        validate(&set).map_err(|detail| PolicyError::Invalid {
            path: path.clone(),
            detail,
        })?;
        let refused = |policy: &str, problem| PolicyError::Refused {
            path: path.clone(),
            policy: policy.to_owned(),
            problem,
        };
        if let Some(template) = set.templates().next() {
            let id = template.id().to_string();
            return Err(refused(&id, "is a template"));
        }
        for policy in set.policies() {
            let id = policy.annotation("id").unwrap_or_default().to_owned();
            let message = policy.annotation("message").unwrap_or_default().to_owned();
            let forbids = policy.effect() == Effect::Forbid;
            if id.is_empty() || slices.messages.contains_key(&id) {
                return Err(refused(&id, "has no `@id`, or one that another policy has"));
            }
            if !forbids && !ours {
                return Err(refused(&id, "permits; only built-in policies do"));
            }
            if forbids && message.is_empty() {
                return Err(refused(&id, "has no `@message`"));
            }
            slices.messages.insert(id.clone(), message);
            add(&mut slices, policy, &id).map_err(|detail| PolicyError::Invalid {
                path: path.clone(),
                detail,
            })?;
        }
    }
    Ok(slices)
}

fn validate(set: &PolicySet) -> Result<(), String> {
    let schema = SCHEMA.as_ref().map_err(Clone::clone)?;
    let result = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let first = result.validation_errors().next();
    first.map_or(Ok(()), |error| Err(error.to_string()))
}

/// Puts a policy into the slice of every action that its scope admits.
fn add(slices: &mut Slices, policy: &Policy, id: &str) -> Result<(), String> {
    let named = policy.new_id(PolicyId::new(id));
    let constraint = policy.action_constraint();
    for action in Action::ALL {
        let is = |uid: &cedar_policy::EntityUid| uid.id().unescaped() == action.as_str();
        let admits = match &constraint {
            ActionConstraint::Any => true,
            ActionConstraint::In(uids) => uids.iter().any(is),
            ActionConstraint::Eq(uid) => is(uid),
        };
        if admits {
            let slice = slices.by_action.entry(*action).or_default();
            slice
                .add(named.clone())
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// The actions that the schema has.
#[cfg(test)]
pub(super) fn actions_of_schema() -> Vec<String> {
    let schema = SCHEMA.as_ref().unwrap();
    let mut names: Vec<_> = schema
        .actions()
        .map(|uid| uid.id().unescaped().to_owned())
        .collect();
    names.sort();
    names
}
