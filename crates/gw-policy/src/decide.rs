use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
};
use cedar_policy::{EntityId, EntityTypeName};
use gw_core::{Asset, Gate, Outcome, Principal, Reason};

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use crate::guard;
use crate::message::Numbers;
use crate::node::Attributes;
use crate::policies::Questions;
use crate::{FindingSummary, GateFacts, Policies, context};

/// The reason's policy id where no policy could be asked.
pub const UNDECIDABLE: &str = "undecidable";

/// What a gate decides on.
#[derive(Debug, Clone, Copy)]
pub struct DecideInput<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// About what.
    pub asset: &'a Asset,
    /// What is known.
    pub facts: &'a GateFacts,
}

/// A gate's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateAnswer {
    /// The answer.
    pub outcome: Outcome,
    /// Why it is no plain pass, in the order of the policies; what an approval could overcome comes
    /// last. Empty if it is a pass.
    pub reasons: Vec<Reason>,
}

/// A principal and an asset as Cedar's entities.
#[derive(Debug)]
pub(crate) struct About {
    principal: Principal,
    asset: Asset,
    entities: (EntityUid, EntityUid, Entities),
}

/// What a set of policies says to one question.
#[derive(Default)]
struct Voice {
    allowed: bool,
    /// Ids of the policies that forbid, or of those that permit, if nothing forbids.
    policies: Vec<String>,
    /// Ids of policies that could not be evaluated, and why.
    errors: Vec<(String, String)>,
}

impl Policies {
    /// Asks a gate: may it pass; and if not, may it pass with an approval. Neither is *fail*, and so
    /// is an error in evaluating any policy.
    #[must_use]
    pub fn decide(&self, gate: Gate, input: &DecideInput<'_>) -> GateAnswer {
        match self.ask(gate, input, true) {
            Ok(answer) => answer,
            Err(message) => undecidable(message),
        }
    }

    /// Asks a gate. Without guards every policy is Cedar's to evaluate; the answer is the same.
    pub(crate) fn ask(
        &self,
        gate: Gate,
        input: &DecideInput<'_>,
        guards: bool,
    ) -> Result<GateAnswer, String> {
        let names = NAMES.as_ref().map_err(Clone::clone)?;
        let (Some(slice), Some(actions)) = (self.gates.get(gate), names.actions(gate)) else {
            return Err(format!("There are no policies for the {gate} gate"));
        };
        let attributes = context::gate(gate, input.facts);
        let (by, about) = (
            context::principal(input.principal),
            context::asset(input.asset),
        );
        let request = guard::Request {
            asset: input.asset,
            context: &attributes,
            principal: &by,
            resource: &about,
        };
        let forbids: Vec<_> = (0_u32..)
            .zip(&slice.forbids)
            .filter(|(_, forbid)| !guards || !forbid.guard.excludes(&request))
            .collect();
        // What no policy reads need not be there.
        let mut wanted = guards.then(BTreeSet::new);
        for (_, forbid) in &forbids {
            match (&mut wanted, &forbid.guard.reads) {
                (Some(wanted), Some(reads)) => wanted.extend(reads.iter().map(String::as_str)),
                _ => wanted = None,
            }
        }
        let context = context::cedar(&attributes, wanted.as_ref())?;
        let (principal, asset, entities) =
            self.entities(input.principal, input.asset, &by, &about)?;
        let ask = |questions: &[Questions], action: &EntityUid| {
            let chosen: Vec<_> = forbids
                .iter()
                .filter(|(_, forbid)| questions.contains(&forbid.questions))
                .copied()
                .collect();
            if chosen.is_empty() && !questions.contains(&Questions::Alike) {
                return Ok(Voice {
                    allowed: true,
                    ..Voice::default()
                });
            }
            let policies = slice.set(&chosen)?;
            let ids = (principal.clone(), action.clone(), asset.clone());
            ask(&policies, ids, context.clone(), &entities)
        };
        // Where the action does not matter, either question will do.
        let both = ask(&[Questions::Alike], &actions.with_approval)?;
        let pass = ask(&[Questions::Pass, Questions::Each], &actions.pass)?;
        let with_approval = ask(
            &[Questions::WithApproval, Questions::Each],
            &actions.with_approval,
        )?;
        let broken = [&both, &pass, &with_approval]
            .iter()
            .any(|voice| !voice.errors.is_empty());
        let outcome = match (both.allowed, pass.allowed, with_approval.allowed) {
            _ if broken => Outcome::Fail,
            (true, true, _) => Outcome::Pass,
            (true, false, true) => Outcome::NeedsApproval,
            _ => Outcome::Fail,
        };
        if outcome == Outcome::Pass {
            return Ok(GateAnswer {
                outcome,
                reasons: Vec::new(),
            });
        }
        let mut hard = self.reasons(&[&both, &with_approval], input.facts);
        let mut soft = self.reasons(&[&pass], input.facts);
        soft.retain(|reason| !hard.contains(reason));
        hard.append(&mut soft);
        if hard.is_empty() {
            return Err("No policy allows this".to_owned());
        }
        Ok(GateAnswer {
            outcome,
            reasons: hard,
        })
    }

    /// The reasons that these voices have against it, in the order of the policies.
    fn reasons(&self, voices: &[&Voice], facts: &GateFacts) -> Vec<Reason> {
        let mut reasons = BTreeMap::new();
        for voice in voices {
            for (policy, error) in &voice.errors {
                let message = format!("This policy could not be evaluated: {error}");
                let reason = Reason {
                    policy: policy.clone(),
                    message,
                    findings: Vec::new(),
                };
                reasons.insert((self.rank(policy), policy.clone()), reason);
            }
            let forbidding = voice.policies.iter().filter(|_| !voice.allowed);
            for policy in forbidding {
                reasons.insert(
                    (self.rank(policy), policy.clone()),
                    self.reason(policy, facts),
                );
            }
        }
        reasons.into_values().collect()
    }

    fn reason(&self, id: &str, facts: &GateFacts) -> Reason {
        let Some(policy) = self.get(id) else {
            let message = "It forbids this".to_owned();
            return Reason {
                policy: id.to_owned(),
                message,
                findings: Vec::new(),
            };
        };
        let findings = match facts.findings.known() {
            Some(summary) if !policy.concerns.is_empty() => {
                FindingSummary::concerned(summary, &policy.concerns)
            }
            _ => Vec::new(),
        };
        let incomplete = facts.incomplete.known().map(|incomplete| incomplete.count);
        let numbers = Numbers {
            count: findings.len() as u64,
            incomplete: incomplete.filter(|&count| count > 0),
        };
        Reason {
            policy: id.to_owned(),
            message: policy.sentence.render(numbers),
            findings,
        }
    }

    /// Principal and asset as entities, with the actions. The last ones are remembered: findings and
    /// questions come in runs about one asset.
    fn entities(
        &self,
        principal: &Principal,
        asset: &Asset,
        by: &Attributes<'_>,
        about: &Attributes<'_>,
    ) -> Result<(EntityUid, EntityUid, Entities), String> {
        if let Ok(last) = self.about.read()
            && let Some(last) = last.as_ref()
            && last.principal == *principal
            && last.asset == *asset
        {
            return Ok(last.entities.clone());
        }
        let entities = self.make_entities(principal, asset, by, about)?;
        if let Ok(mut last) = self.about.write() {
            *last = Some(About {
                principal: principal.clone(),
                asset: asset.clone(),
                entities: entities.clone(),
            });
        }
        Ok(entities)
    }

    fn make_entities(
        &self,
        principal: &Principal,
        asset: &Asset,
        by: &Attributes<'_>,
        about: &Attributes<'_>,
    ) -> Result<(EntityUid, EntityUid, Entities), String> {
        let names = NAMES.as_ref().map_err(Clone::clone)?;
        let id = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let principal = id(&names.principal, &principal.to_string());
        let asset = id(&names.asset, asset.as_str());
        let entities = [(&principal, by), (&asset, about)]
            .into_iter()
            .map(|(id, attributes)| {
                let attributes = attributes
                    .iter()
                    .map(|(name, value)| Ok(((*name).to_owned(), value.to_cedar()?)))
                    .collect::<Result<_, String>>()?;
                Entity::new(id.clone(), attributes, HashSet::new())
                    .map_err(|error| error.to_string())
            })
            .collect::<Result<Vec<_>, String>>()?;
        let entities = self
            .actions
            .clone()
            .add_entities(entities, None)
            .map_err(|error| error.to_string())?;
        Ok((principal, asset, entities))
    }

    /// The built-in policy that tolerates a finding, if one does and nothing forbids it. An error in
    /// any policy tolerates nothing.
    pub(crate) fn tolerating(
        &self,
        gate: Gate,
        context: Context,
        principal: &Principal,
        asset: &Asset,
    ) -> Option<String> {
        let actions = NAMES.as_ref().ok()?.actions(gate)?;
        let slice = self.gates.get(gate)?;
        let (by, about) = (context::principal(principal), context::asset(asset));
        let (principal, asset, entities) = self.entities(principal, asset, &by, &about).ok()?;
        let ids = (principal, actions.tolerate.clone(), asset);
        let voice = ask(&slice.tolerate, ids, context, &entities).ok()?;
        let permitted = voice.allowed && voice.errors.is_empty();
        let mut permits = voice.policies;
        permits.sort_by_key(|id| self.rank(id));
        permits.into_iter().next().filter(|_| permitted)
    }
}

/// Names that every request needs, parsed once.
struct Names {
    principal: EntityTypeName,
    asset: EntityTypeName,
    release: Actions,
    admit: Actions,
}

/// A gate's actions.
struct Actions {
    pass: EntityUid,
    with_approval: EntityUid,
    tolerate: EntityUid,
}

impl Names {
    const fn actions(&self, gate: Gate) -> Option<&Actions> {
        match gate {
            Gate::Release => Some(&self.release),
            Gate::Admit => Some(&self.admit),
            Gate::Access | Gate::Act => None,
        }
    }
}

static NAMES: LazyLock<Result<Names, String>> = LazyLock::new(|| {
    let name = |text: &str| {
        text.parse::<EntityTypeName>()
            .map_err(|error| error.to_string())
    };
    let kind = name("Action")?;
    let actions = |gate: Gate| {
        let action = |what: &str| {
            let id = EntityId::new(format!("{gate}:{what}"));
            EntityUid::from_type_name_and_id(kind.clone(), id)
        };
        Actions {
            pass: action("pass"),
            with_approval: action("pass-with-approval"),
            tolerate: action("tolerate"),
        }
    };
    Ok(Names {
        principal: name("Principal")?,
        asset: name("Asset")?,
        release: actions(Gate::Release),
        admit: actions(Gate::Admit),
    })
});

fn ask(
    policies: &PolicySet,
    (principal, action, asset): (EntityUid, EntityUid, EntityUid),
    context: Context,
    entities: &Entities,
) -> Result<Voice, String> {
    let request =
        Request::new(principal, action, asset, context, None).map_err(|error| error.to_string())?;
    let response = Authorizer::new().is_authorized(&request, policies, entities);
    let diagnostics = response.diagnostics();
    Ok(Voice {
        allowed: response.decision() == Decision::Allow,
        policies: diagnostics.reason().map(ToString::to_string).collect(),
        errors: diagnostics
            .errors()
            .map(|error| {
                let cedar_policy::AuthorizationError::PolicyEvaluationError(error) = error;
                (error.policy_id().to_string(), error.inner().to_string())
            })
            .collect(),
    })
}

fn undecidable(message: String) -> GateAnswer {
    let policy = UNDECIDABLE.to_owned();
    GateAnswer {
        outcome: Outcome::Fail,
        reasons: vec![Reason {
            policy,
            message,
            findings: Vec::new(),
        }],
    }
}
