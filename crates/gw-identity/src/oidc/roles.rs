use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::jose::Claims;

/// Which roles a provider's groups are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleMapping {
    /// The claim that lists a person's groups: `groups`, `roles`.
    pub claim: String,
    /// The rules; the roles of all that match add up.
    pub rules: Vec<RoleRule>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// The group, letter by letter: a pattern would give roles to groups that somebody else can make.
    pub group: String,
    /// The roles of its members.
    pub roles: BTreeSet<Role>,
}

impl RoleMapping {
    /// The roles of whoever a token is about. None at all if no rule matches.
    #[must_use]
    pub fn roles(&self, claims: &Claims) -> BTreeSet<Role> {
        let groups = claims.texts(&self.claim);
        self.rules
            .iter()
            .filter(|rule| groups.contains(&rule.group.as_str()))
            .flat_map(|rule| rule.roles.iter().copied())
            .collect()
    }
}
