use gw_core::Realm;
use gw_store::Transaction;

use super::person::{changing, target};
use super::roles::keep_an_administrator;
use crate::access::Role;
use crate::error::IdentityError;
use crate::record::{Act, Recorded};
use crate::session;

/// Forgets who a person was: name, address, password, passkeys, and what providers call them. The id
/// stays, since records name it and nobody else may get it.
///
/// # Errors
/// [`IdentityError::LastAdministrator`], [`IdentityError::NoSuchPerson`], [`IdentityError::Store`].
pub async fn erase(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    act: Act<'_>,
) -> Result<Recorded<()>, IdentityError> {
    let person = changing(transaction, realm, id).await?;
    if person.roles.contains(&Role::Administrator) {
        keep_an_administrator(transaction, realm, id).await?;
    }
    session::end_all(transaction, realm, id, None).await?;
    for statement in [
        "DELETE FROM person_role WHERE realm = ? AND person = ?",
        "DELETE FROM person_federated WHERE realm = ? AND person = ?",
        "DELETE FROM passkey WHERE realm = ? AND person = ?",
        "DELETE FROM challenge WHERE realm = ? AND person = ?",
        "DELETE FROM link WHERE realm = ? AND person = ?",
        "UPDATE service_token SET revoked_at = coalesce(revoked_at, created_at) \
         WHERE realm = ? AND owner = ?",
        "UPDATE person SET name = 'erased', email = NULL, password = NULL, state = 'erased' \
         WHERE realm = ? AND id = ?",
    ] {
        let query = transaction.query(statement).bind(realm.as_str());
        query.bind(id).run().await?;
    }
    // What was erased does not belong into a ledger that forgets nothing.
    let record = act.record("people:erase", target(id), None, None);
    Ok(Recorded { value: (), record })
}
