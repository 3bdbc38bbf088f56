use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, Request, RestrictedExpression,
};
use gw_core::{Asset, Principal, Realm};

use super::action::Action;
use super::caller::{Caller, texts, uid};
use super::load::{PolicyError, Slices, load};

/// The id of the denial where no policy permits.
const NOT_PERMITTED: &str = "not-permitted";
/// The id of the denial where the policies could not be asked.
const UNDECIDABLE: &str = "undecidable";

/// The policies of access, ready to be asked.
#[derive(Debug, Clone)]
pub struct AccessPolicies {
    slices: Slices,
    actions: BTreeMap<Action, EntityUid>,
}

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'r> {
    /// The realm that it is in.
    pub realm: &'r Realm,
    /// The asset that it concerns, if it concerns one.
    pub asset: Option<&'r Asset>,
    /// For an approval: who asked for it, with the whole chain of delegation.
    pub requested_by: Option<&'r Principal>,
}

/// How the caller came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// With a passkey.
    pub passkey: bool,
    /// How many seconds ago the person last proved who they are.
    pub authenticated_seconds: i64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may not, because of these; at least one.
    Denied(Vec<Denial>),
}

/// A reason against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The id of the policy that forbids.
    pub policy: String,
    /// What to tell the caller.
    pub message: String,
}

impl Verdict {
    /// Whether it may.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }
}

impl AccessPolicies {
    /// The built-in policies and an operator's, which are given as paths and texts and may only
    /// forbid. Each policy needs an `@id` and a `@message`.
    ///
    /// # Errors
    /// [`PolicyError`] with the file.
    pub fn load(files: &[(String, String)]) -> Result<Self, PolicyError> {
        let slices = load(files)?;
        let mut actions = BTreeMap::new();
        for action in Action::ALL {
            let id = uid("Action", action.as_str()).map_err(|error| PolicyError::Invalid {
                path: "built-in".to_owned(),
                detail: error.to_string(),
            })?;
            actions.insert(*action, id);
        }
        Ok(Self { slices, actions })
    }

    /// Asks whether a caller may do something.
    #[must_use]
    pub fn decide(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource<'_>,
        circumstances: Circumstances,
    ) -> Verdict {
        self.ask(caller, action, resource, circumstances)
            .unwrap_or_else(|error| {
                denied(UNDECIDABLE, format!("This could not be decided: {error}"))
            })
    }

    fn ask(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource<'_>,
        circumstances: Circumstances,
    ) -> Result<Verdict, String> {
        let (Some(policies), Some(action)) = (
            self.slices.by_action.get(&action),
            self.actions.get(&action),
        ) else {
            return Err("there are no policies for it".to_owned());
        };
        let (about, entity) = entity(resource)?;
        let entities = Entities::from_entities([caller.entity.clone(), entity], None)
            .map_err(|error| error.to_string())?;
        let context = [
            (
                "asset_in_scope",
                RestrictedExpression::new_bool(caller.reaches(resource.asset)),
            ),
            (
                "passkey",
                RestrictedExpression::new_bool(circumstances.passkey),
            ),
            (
                "authenticated_seconds",
                RestrictedExpression::new_long(circumstances.authenticated_seconds),
            ),
        ];
        let context = context.map(|(name, value)| (name.to_owned(), value));
        let context = Context::from_pairs(context).map_err(|error| error.to_string())?;
        let request = Request::new(caller.uid.clone(), action.clone(), about, context, None)
            .map_err(|error| error.to_string())?;
        let answer = Authorizer::new().is_authorized(&request, policies, &entities);
        let diagnostics = answer.diagnostics();
        // Cedar skips a policy that it cannot evaluate; it might have been one that forbids.
        if let Some(error) = diagnostics.errors().next() {
            return Err(error.to_string());
        }
        if answer.decision() == Decision::Allow {
            return Ok(Verdict::Allowed);
        }
        let mut denials: Vec<_> = diagnostics
            .reason()
            .map(|id| {
                let policy = id.to_string();
                let message = self.slices.messages.get(&policy).cloned();
                Denial {
                    message: message.unwrap_or_default(),
                    policy,
                }
            })
            .collect();
        denials.sort_by(|left, right| left.policy.cmp(&right.policy));
        if denials.is_empty() {
            let message = format!(
                "None of your roles or scopes allows `{}`",
                action.id().unescaped()
            );
            return Ok(denied(NOT_PERMITTED, message));
        }
        Ok(Verdict::Denied(denials))
    }
}

fn denied(policy: &str, message: String) -> Verdict {
    Verdict::Denied(vec![Denial {
        policy: policy.to_owned(),
        message,
    }])
}

fn entity(resource: &Resource<'_>) -> Result<(EntityUid, Entity), String> {
    let asset = resource.asset.map(Asset::as_str).unwrap_or_default();
    let requested_by: Vec<_> = resource
        .requested_by
        .iter()
        .flat_map(|principal| principal.chain())
        .map(ToString::to_string)
        .collect();
    let attributes = HashMap::from([
        (
            "realm".to_owned(),
            RestrictedExpression::new_string(resource.realm.as_str().to_owned()),
        ),
        (
            "asset".to_owned(),
            RestrictedExpression::new_string(asset.to_owned()),
        ),
        (
            "requested_by".to_owned(),
            texts(requested_by.iter().map(String::as_str)),
        ),
    ]);
    let uid = uid("Resource", asset).map_err(|error| error.to_string())?;
    let entity = Entity::new(uid.clone(), attributes, HashSet::new());
    Ok((uid, entity.map_err(|error| error.to_string())?))
}
