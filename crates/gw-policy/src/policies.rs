use std::collections::BTreeMap;
use std::fmt;
use std::sync::RwLock;

use cedar_policy::{Entities, PolicySet};
use gw_core::{Digest, Gate};

use crate::concerns::Selector;
use crate::decide::About;
use crate::guard::Guard;
use crate::message::Message;
use crate::sets::Sets;
use crate::tolerate::Memo;

/// A file of policies in Cedar's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// What errors call it.
    pub path: String,
    /// The policies.
    pub text: String,
}

/// What a policy does where it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It allows, unless another one forbids. Only built-in policies do.
    Permit,
    /// It forbids, whatever others allow.
    Forbid,
}

impl Effect {
    /// The effect as Cedar writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Forbid => "forbid",
        }
    }
}

/// Where a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It is part of Gatewright.
    BuiltIn,
    /// It is in a user's file.
    File {
        /// The file, as it was given.
        path: String,
        /// The line on which it begins, from 1.
        line: u32,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
        }
    }
}

/// One policy that is in force.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its `@id`.
    pub id: String,
    /// Its `@message`, with the places for numbers as they were written.
    pub message: String,
    /// What it does.
    pub effect: Effect,
    /// Where it comes from.
    pub source: Source,
    /// The actions it applies to, in alphabetical order.
    pub actions: Vec<String>,
    /// Its text.
    pub text: String,
    /// The digest of what it says, without layout and comments.
    pub digest: Digest,
    /// Which findings it speaks of.
    pub(crate) concerns: Selector,
    /// Its message, read.
    pub(crate) sentence: Message,
}

/// The policies of one gate.
#[derive(Debug, Default)]
pub(crate) struct GateSlice {
    /// What permits, in both questions.
    pub(crate) permits: Vec<cedar_policy::Policy>,
    /// What forbids, in either.
    pub(crate) forbids: Vec<Forbid>,
    /// What tolerates findings, and what forbids that.
    pub(crate) tolerate: PolicySet,
    /// Sets of `permits` and some of `forbids` that were asked before.
    pub(crate) sets: RwLock<Sets>,
    /// What was tolerated before.
    pub(crate) memo: RwLock<Memo>,
}

impl GateSlice {
    /// Whether any policy reads this attribute of the context, or may.
    pub(crate) fn reads(&self, attribute: &str) -> bool {
        self.forbids.iter().any(|forbid| {
            let reads = forbid.guard.reads.as_ref();
            reads.is_none_or(|reads| reads.contains(attribute))
        })
    }
}

/// The policies by gate.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    pub(crate) release: GateSlice,
    pub(crate) admit: GateSlice,
}

impl Gates {
    /// A gate's policies, if there are any for such a gate.
    pub(crate) const fn get(&self, gate: Gate) -> Option<&GateSlice> {
        match gate {
            Gate::Release => Some(&self.release),
            Gate::Admit => Some(&self.admit),
            Gate::Access | Gate::Act => None,
        }
    }

    pub(crate) const fn get_mut(&mut self, gate: Gate) -> Option<&mut GateSlice> {
        match gate {
            Gate::Release => Some(&mut self.release),
            Gate::Admit => Some(&mut self.admit),
            Gate::Access | Gate::Act => None,
        }
    }
}

/// A policy that forbids at a gate.
#[derive(Debug, Clone)]
pub(crate) struct Forbid {
    pub(crate) policy: cedar_policy::Policy,
    pub(crate) guard: Guard,
    pub(crate) questions: Questions,
}

/// Which of a gate's two questions a policy answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Questions {
    /// Both, and in the same way, so that it is asked once.
    Alike,
    /// Both, but its condition speaks of the action.
    Each,
    /// Only whether it may pass.
    Pass,
    /// Only whether it may pass with an approval.
    WithApproval,
}

/// Policies that have been loaded, validated and cut into slices.
#[derive(Debug)]
pub struct Policies {
    /// In order of precedence: the built-in ones first, then the users' in the order given.
    pub(crate) list: Vec<Policy>,
    /// Where an id stands in the list.
    pub(crate) by_id: BTreeMap<String, usize>,
    pub(crate) gates: Gates,
    /// The actions as entities, for policies on a gate's group of actions.
    pub(crate) actions: Entities,
    pub(crate) digest: Digest,
    pub(crate) warnings: Vec<String>,
    pub(crate) about: RwLock<Option<About>>,
}

impl Policies {
    /// Every policy in force, the built-in ones first, then the users' in the order given.
    #[must_use]
    pub fn list(&self) -> &[Policy] {
        &self.list
    }

    /// The policy with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.list.get(*self.by_id.get(id)?)
    }

    /// The digest of all that the policies say and of the schema; layout, comments and the order of
    /// files do not matter.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What is odd about users' policies without being wrong, such as one that can never apply.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether any policy of a gate reads this attribute of the context, or may: what changes by the
    /// passing of time alone needs a deadline only then.
    #[must_use]
    pub fn reads(&self, gate: Gate, attribute: &str) -> bool {
        self.gates
            .get(gate)
            .is_some_and(|slice| slice.reads(attribute))
    }

    /// Where a policy stands among all of them, for ordering reasons.
    pub(crate) fn rank(&self, id: &str) -> usize {
        self.by_id.get(id).copied().unwrap_or(usize::MAX)
    }
}
