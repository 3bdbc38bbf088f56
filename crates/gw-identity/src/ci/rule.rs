use std::collections::{BTreeMap, BTreeSet};

use gw_core::Realm;
use serde::{Deserialize, Serialize};

use crate::access::Scope;
use crate::jose::Claims;
use crate::pattern::Pattern;

/// Claims that say whose job it is. A rule that names none of them would let in everybody who has
/// an account with the CI system.
const WHOSE: [&str; 9] = [
    "sub",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "project_path",
    "project_id",
    "namespace_path",
    "namespace_id",
];

/// Which jobs may do what: `[[ci]]` in the server's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CiRule {
    /// The issuer: `https://token.actions.githubusercontent.com`, `https://gitlab.com`.
    pub issuer: String,
    /// Who we are to it: what the job asks the token for.
    pub audience: String,
    /// What the token must say, claim by claim: `repository = "acme/*"`.
    pub claims: BTreeMap<String, Pattern>,
    /// The realm that such jobs belong to.
    pub realm: Realm,
    /// The assets that they may speak about.
    pub assets: Vec<Pattern>,
    /// What they may do.
    pub scopes: BTreeSet<Scope>,
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CiRuleError {
    /// It lets in jobs of everybody.
    #[error("a rule for CI must say whose jobs it is for: a pattern other than `*` for one of {}", WHOSE.join(", "))]
    Everybody,
    /// Nothing to do, or nothing to do it on.
    #[error("a rule for CI must have assets and scopes")]
    Nothing,
    /// No audience.
    #[error("a rule for CI must have an audience that is this server's own")]
    Audience,
}

impl CiRule {
    /// Checks a rule.
    ///
    /// # Errors
    /// [`CiRuleError`].
    pub fn check(&self) -> Result<(), CiRuleError> {
        // A star at the beginning would let anybody choose the owner.
        let whose = self.claims.iter().any(|(name, pattern)| {
            WHOSE.contains(&name.as_str()) && !pattern.as_str().starts_with('*')
        });
        if !whose {
            return Err(CiRuleError::Everybody);
        }
        if self.assets.is_empty() || self.scopes.is_empty() {
            return Err(CiRuleError::Nothing);
        }
        if self.audience.is_empty() {
            return Err(CiRuleError::Audience);
        }
        Ok(())
    }

    /// Whether a token says all that the rule asks for.
    pub(super) fn matches(&self, claims: &Claims) -> bool {
        self.claims.iter().all(|(name, pattern)| {
            let value = match claims.other.get(name) {
                Some(serde_json::Value::Bool(truth)) => truth.to_string(),
                Some(serde_json::Value::Number(number)) => number.to_string(),
                _ => claims.text(name).unwrap_or_default().to_owned(),
            };
            // A claim that is not there is not the empty text.
            let there = claims.other.contains_key(name) || matches!(name.as_str(), "sub" | "iss");
            there && pattern.matches(&value)
        })
    }
}
