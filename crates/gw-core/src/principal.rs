use std::fmt;

use serde::{Deserialize, Serialize};

/// What sort of actor a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A human being.
    Person,
    /// A workload or a build, by its SPIFFE id, token subject or key.
    Machine,
    /// A runbook or a scheduled job.
    Automation,
    /// An AI agent.
    Agent,
}

impl PrincipalKind {
    /// The kind's name as policies and reports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Machine => "machine",
            Self::Automation => "automation",
            Self::Agent => "agent",
        }
    }
}

/// Who asks, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// What sort of actor.
    pub kind: PrincipalKind,
    /// A SPIFFE id, an OIDC subject with its issuer, or a key id.
    pub id: String,
    /// Whoever delegated to this principal; the chain ends at whom nobody delegated to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Box<Principal>>,
}

impl Principal {
    /// A principal that acts for itself.
    #[must_use]
    pub fn new(kind: PrincipalKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            on_behalf_of: None,
        }
    }

    /// The chain of delegation: this principal first, the one nobody delegated to last.
    pub fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |p| p.on_behalf_of.as_deref())
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}
