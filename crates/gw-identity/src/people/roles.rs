use std::collections::BTreeSet;

use gw_core::Realm;
use gw_store::Transaction;

use super::person::{Person, PersonState, address, changing, target};
use crate::access::Role;
use crate::error::IdentityError;
use crate::record::{Act, Recorded, shown};
use crate::session;

/// Gives a person exactly these roles. It counts in every process within a second.
///
/// # Errors
/// [`IdentityError::LastAdministrator`], [`IdentityError::NoSuchPerson`], [`IdentityError::Store`].
pub async fn set_roles(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    roles: &BTreeSet<Role>,
    act: Act<'_>,
) -> Result<Recorded<Person>, IdentityError> {
    let mut person = changing(transaction, realm, id).await?;
    let before = std::mem::replace(&mut person.roles, roles.clone());
    if before.contains(&Role::Administrator) && !roles.contains(&Role::Administrator) {
        keep_an_administrator(transaction, realm, id).await?;
    }
    replace(transaction, realm, id, roles).await?;
    let record = act.record("people:roles", target(id), shown(before), shown(roles));
    Ok(Recorded {
        value: person,
        record,
    })
}

/// Gives a person another e-mail address, which is what they sign in with beside a password.
///
/// # Errors
/// [`IdentityError::Malformed`], [`IdentityError::AddressTaken`], [`IdentityError::NoSuchPerson`],
/// [`IdentityError::Store`].
pub async fn set_address(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    email: &str,
    act: Act<'_>,
) -> Result<Recorded<Person>, IdentityError> {
    let mut person = changing(transaction, realm, id).await?;
    let email = address(email).ok_or(IdentityError::Malformed("an e-mail address"))?;
    // Whoever changes people waits for the change number, so that nobody comes in between.
    let taken = "SELECT count(*) FROM person WHERE realm = ? AND email = ? AND id <> ?";
    let query = transaction.query(taken).bind(realm.as_str());
    let taken: Option<i64> = query.bind(&email).bind(id).scalar().await?;
    if taken.unwrap_or(0) > 0 {
        return Err(IdentityError::AddressTaken);
    }
    let update = "UPDATE person SET email = ? WHERE realm = ? AND id = ?";
    let query = transaction.query(update).bind(&email);
    query.bind(realm.as_str()).bind(id).run().await?;
    person.email = Some(email);
    // The address itself is personal and stays out of the record.
    let record = act.record("people:address", target(id), None, None);
    Ok(Recorded {
        value: person,
        record,
    })
}

/// Suspends a person, which ends their sessions, or lets them in again.
///
/// # Errors
/// As [`set_roles`].
pub async fn set_state(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    active: bool,
    act: Act<'_>,
) -> Result<Recorded<Person>, IdentityError> {
    let mut person = changing(transaction, realm, id).await?;
    let state = if active {
        PersonState::Active
    } else {
        PersonState::Suspended
    };
    let before = std::mem::replace(&mut person.state, state);
    if !active {
        if person.roles.contains(&Role::Administrator) {
            keep_an_administrator(transaction, realm, id).await?;
        }
        session::end_all(transaction, realm, id, None).await?;
    }
    let update = "UPDATE person SET state = ? WHERE realm = ? AND id = ?";
    let query = transaction.query(update).bind(state.as_str());
    query.bind(realm.as_str()).bind(id).run().await?;
    let record = act.record("people:state", target(id), shown(before), shown(state));
    Ok(Recorded {
        value: person,
        record,
    })
}

/// Puts roles in the place of those that there are.
pub(super) async fn replace(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    roles: &BTreeSet<Role>,
) -> Result<(), IdentityError> {
    let delete = "DELETE FROM person_role WHERE realm = ? AND person = ?";
    let query = transaction.query(delete).bind(realm.as_str());
    query.bind(id).run().await?;
    for role in roles {
        let insert = "INSERT INTO person_role (realm, person, role) VALUES (?, ?, ?)";
        let query = transaction.query(insert).bind(realm.as_str());
        query.bind(id).bind(role.as_str()).run().await?;
    }
    Ok(())
}

/// Whether there is an administrator beside `id` who may sign in.
pub(super) async fn has_administrator(
    transaction: &mut Transaction,
    realm: &Realm,
    beside: &str,
) -> Result<bool, IdentityError> {
    let count = "SELECT count(*) FROM person_role r JOIN person p \
                 ON p.realm = r.realm AND p.id = r.person \
                 WHERE r.realm = ? AND r.role = 'administrator' AND p.state = 'active' \
                 AND p.id <> ?";
    let query = transaction.query(count).bind(realm.as_str()).bind(beside);
    let count: i64 = query.scalar().await?.unwrap_or(0);
    Ok(count > 0)
}

pub(super) async fn keep_an_administrator(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
) -> Result<(), IdentityError> {
    if has_administrator(transaction, realm, id).await? {
        Ok(())
    } else {
        Err(IdentityError::LastAdministrator)
    }
}
