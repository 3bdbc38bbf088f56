use std::collections::BTreeSet;

use gw_core::{Realm, Time};
use gw_store::Transaction;

use super::person::{NewPerson, Person, PersonState, insert, locked, target};
use super::roles::has_administrator;
use crate::Secret;
use crate::access::Role;
use crate::change;
use crate::error::IdentityError;
use crate::record::{Act, Recorded, shown};

/// How long a link for signing in is good, in seconds.
pub const LINK_SECONDS: i64 = 900;
/// How long an invitation is good.
pub const INVITATION_SECONDS: i64 = 7 * 86_400;

const SIGN_IN: &str = "sign-in";
const INVITATION: &str = "invitation";
const FIRST: &str = "first-administrator";

/// Whom an invitation is for.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'i> {
    /// The address that it is sent to.
    pub email: &'i str,
    /// What they will be.
    pub roles: &'i BTreeSet<Role>,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Redeemed {
    /// Somebody who is known signs in.
    Known(Person),
    /// Somebody came who is now known.
    New(Box<Recorded<Person>>),
}

/// A link for the first administrator of a realm, shown on the server's own terminal. It is good once,
/// for fifteen minutes, and as long as there is no administrator.
///
/// # Errors
/// [`IdentityError::NotTheFirst`].
pub async fn first_administrator(
    transaction: &mut Transaction,
    realm: &Realm,
    now: Time,
) -> Result<Secret, IdentityError> {
    change::bump(transaction).await?;
    if has_administrator(transaction, realm, "").await? {
        return Err(IdentityError::NotTheFirst);
    }
    let roles = BTreeSet::from([Role::Administrator]);
    let link = New {
        purpose: FIRST,
        person: None,
        email: None,
        roles: &roles,
        seconds: LINK_SECONDS,
    };
    link.insert(transaction, realm, now).await
}

/// A link with which somebody who is known signs in once, when they lost what they sign in with.
///
/// # Errors
/// [`IdentityError::NoSuchPerson`].
pub async fn sign_in_link(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    act: Act<'_>,
) -> Result<Recorded<Secret>, IdentityError> {
    locked(transaction, realm, id).await?;
    let link = New {
        purpose: SIGN_IN,
        person: Some(id),
        email: None,
        roles: &BTreeSet::new(),
        seconds: LINK_SECONDS,
    };
    let value = link.insert(transaction, realm, act.now).await?;
    let record = act.record("people:sign-in-link", target(id), None, None);
    Ok(Recorded { value, record })
}

/// A link with which somebody new comes to the realm, good for a week.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn invite(
    transaction: &mut Transaction,
    realm: &Realm,
    invitation: Invitation<'_>,
    act: Act<'_>,
) -> Result<Recorded<Secret>, IdentityError> {
    let link = New {
        purpose: INVITATION,
        person: None,
        email: Some(invitation.email),
        roles: invitation.roles,
        seconds: INVITATION_SECONDS,
    };
    let value = link.insert(transaction, realm, act.now).await?;
    let digest = value.digest().short();
    let target = format!("invitation:{digest}");
    let record = act.record("people:invite", target, None, shown(invitation.roles));
    Ok(Recorded { value, record })
}

/// Uses a link up. `name` is what somebody new wants to be called.
///
/// # Errors
/// [`IdentityError::Link`] if it was used before, is too old or never was, or if it was for the first
/// administrator and there is one by now.
pub async fn redeem(
    transaction: &mut Transaction,
    realm: &Realm,
    link: &Secret,
    name: &str,
    now: Time,
) -> Result<Redeemed, IdentityError> {
    change::bump(transaction).await?;
    let update = "UPDATE link SET used_at = ? \
                  WHERE digest = ? AND realm = ? AND used_at IS NULL AND expires_at > ?";
    let query = transaction.query(update).bind(now).bind(link.digest());
    if query.bind(realm.as_str()).bind(now).run().await? != 1 {
        return Err(IdentityError::Link);
    }
    let select = "SELECT purpose, person, email, roles FROM link WHERE digest = ?";
    let row = transaction.query(select).bind(link.digest()).one().await?;
    let row = row.ok_or(IdentityError::Link)?;
    let purpose: String = row.get(0)?;
    let (person, email): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
    let roles: String = row.get(3)?;
    if purpose == SIGN_IN {
        let id = person.ok_or(IdentityError::Link)?;
        let person = locked(transaction, realm, &id).await?;
        if person.state != PersonState::Active {
            return Err(IdentityError::Link);
        }
        return Ok(Redeemed::Known(person));
    }
    if purpose == FIRST && has_administrator(transaction, realm, "").await? {
        return Err(IdentityError::Link);
    }
    let roles: BTreeSet<Role> = serde_json::from_str(&roles).map_err(|_| IdentityError::Link)?;
    let new = NewPerson {
        name,
        email: email.as_deref(),
        roles: &roles,
    };
    let person = insert(transaction, realm, new, now).await?;
    let by = person.caller()?.principal().clone();
    let act = Act { by: &by, now };
    let action = if purpose == FIRST {
        "people:first-administrator"
    } else {
        "people:join"
    };
    let record = act.record(action, target(&person.id), None, shown(&person.roles));
    Ok(Redeemed::New(Box::new(Recorded {
        value: person,
        record,
    })))
}

struct New<'l> {
    purpose: &'static str,
    person: Option<&'l str>,
    email: Option<&'l str>,
    roles: &'l BTreeSet<Role>,
    seconds: i64,
}

impl New<'_> {
    async fn insert(
        &self,
        transaction: &mut Transaction,
        realm: &Realm,
        now: Time,
    ) -> Result<Secret, IdentityError> {
        let secret = Secret::generate()?;
        let expires_at = now.as_second().saturating_add(self.seconds);
        let expires_at = Time::from_second(expires_at).unwrap_or(now);
        let roles = serde_json::to_string(self.roles).unwrap_or_default();
        let insert = "INSERT INTO link (digest, realm, purpose, person, email, roles, expires_at) \
                      VALUES (?, ?, ?, ?, ?, ?, ?)";
        let query = transaction.query(insert).bind(secret.digest());
        let query = query.bind(realm.as_str()).bind(self.purpose);
        let query = query.bind(self.person).bind(self.email).bind(roles);
        query.bind(expires_at).run().await?;
        Ok(secret)
    }
}
