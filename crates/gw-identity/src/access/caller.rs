use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use gw_core::{Asset, Principal, PrincipalKind, Realm};

use super::role::{Role, Scope};
use crate::pattern::Pattern;

/// More principals than this are no chain of delegation.
const MAX_CHAIN: usize = 8;

/// What a token or a delegation grants: some scopes on some assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The scopes.
    pub scopes: BTreeSet<Scope>,
    /// The assets, as patterns with `*`. None at all matches no asset.
    pub assets: Vec<Pattern>,
}

/// Whoever asks, ready to be asked about. It is made once for a session or token and kept.
#[derive(Debug, Clone)]
pub struct Caller {
    principal: Principal,
    realm: Realm,
    roles: BTreeSet<Role>,
    grant: Option<Grant>,
    pub(super) uid: EntityUid,
    pub(super) entity: Entity,
}

/// A caller that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallerError {
    /// A chain of delegation longer than eight, or with one principal twice.
    #[error("the chain of delegation has a loop, or more than {MAX_CHAIN} principals")]
    Chain,
    /// A grant is missing where one is needed.
    #[error("a {0} acts by a grant only")]
    NoGrant(&'static str),
    /// Cedar would not have it.
    #[error("the caller cannot be asked about: {0}")]
    Cedar(String),
}

impl Caller {
    /// A person in their own session.
    ///
    /// # Errors
    /// [`CallerError::Cedar`].
    pub fn person(id: &str, realm: Realm, roles: BTreeSet<Role>) -> Result<Self, CallerError> {
        let principal = Principal::new(PrincipalKind::Person, id);
        Self::new(principal, realm, roles, None)
    }

    /// A machine, an automation or an agent that acts for itself, by a token or an identity of its
    /// own; or a delegate, which has the roles of whoever is at the end of its chain, as far as the
    /// grant goes.
    ///
    /// # Errors
    /// [`CallerError`].
    pub fn granted(
        principal: Principal,
        realm: Realm,
        roles: BTreeSet<Role>,
        grant: Grant,
    ) -> Result<Self, CallerError> {
        Self::new(principal, realm, roles, Some(grant))
    }

    fn new(
        principal: Principal,
        realm: Realm,
        roles: BTreeSet<Role>,
        grant: Option<Grant>,
    ) -> Result<Self, CallerError> {
        let delegated = principal.on_behalf_of.is_some();
        if grant.is_none() && (delegated || principal.kind != PrincipalKind::Person) {
            return Err(CallerError::NoGrant(principal.kind.as_str()));
        }
        let chain: Vec<_> = principal.chain().take(MAX_CHAIN + 1).collect();
        let names: BTreeSet<_> = chain.iter().map(|one| one.to_string()).collect();
        if chain.len() > MAX_CHAIN || names.len() != chain.len() {
            return Err(CallerError::Chain);
        }
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let scopes = grant.iter().flat_map(|grant| &grant.scopes);
        let attributes: HashMap<String, RestrictedExpression> = [
            ("kind", text(principal.kind.as_str())),
            ("realm", text(realm.as_str())),
            ("roles", texts(roles.iter().map(|role| role.as_str()))),
            ("scopes", texts(scopes.map(|scope| scope.as_str()))),
            ("scoped", RestrictedExpression::new_bool(grant.is_some())),
            ("chain", texts(names.iter().map(String::as_str))),
            ("delegated", RestrictedExpression::new_bool(delegated)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let uid = uid("Caller", &principal.to_string())?;
        let entity = Entity::new(uid.clone(), attributes, HashSet::new())
            .map_err(|error| CallerError::Cedar(error.to_string()))?;
        Ok(Self {
            principal,
            realm,
            roles,
            grant,
            uid,
            entity,
        })
    }

    /// Who it is, with its chain of delegation.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its realm.
    #[must_use]
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Its roles, or those of whom it acts for.
    #[must_use]
    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// What narrows it, if something does.
    #[must_use]
    pub fn grant(&self) -> Option<&Grant> {
        self.grant.as_ref()
    }

    /// Whether an asset is among those that it may ask about. What concerns no asset, such as a list
    /// of all findings, concerns all of them: a grant for some is not enough for that.
    #[must_use]
    pub fn reaches(&self, asset: Option<&Asset>) -> bool {
        let Some(grant) = &self.grant else {
            return true;
        };
        grant.assets.iter().any(|pattern| match asset {
            Some(asset) => pattern.matches(asset.as_str()),
            None => pattern.as_str() == "*",
        })
    }
}

pub(super) fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> RestrictedExpression {
    RestrictedExpression::new_set(
        texts.map(|text| RestrictedExpression::new_string(text.to_owned())),
    )
}

pub(super) fn uid(kind: &str, id: &str) -> Result<EntityUid, CallerError> {
    let kind: EntityTypeName = kind
        .parse()
        .map_err(|_| CallerError::Cedar(format!("`{kind}` is no type")))?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
