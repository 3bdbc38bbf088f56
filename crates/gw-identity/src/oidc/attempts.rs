//! Sign-ins that are under way, in the store, each good once.

use gw_core::{Realm, Time};
use gw_store::{Database, Transaction};

use super::provider::Attempt;
use crate::Secret;
use crate::error::IdentityError;

/// Keeps a sign-in that began.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn keep(
    database: &Database,
    realm: &Realm,
    attempt: &Attempt,
) -> Result<(), IdentityError> {
    let insert = "INSERT INTO sign_in_attempt (state, browser, realm, issuer, key, expires_at) \
                  VALUES (?, ?, ?, ?, ?, ?)";
    let query = database.query(insert).bind(attempt.state);
    let query = query.bind(attempt.browser).bind(realm.as_str());
    let query = query.bind(&attempt.issuer).bind(&attempt.key);
    query.bind(attempt.expires_at).run().await?;
    Ok(())
}

/// Takes a sign-in out, by what came back and the browser's cookie, so that it is finished once.
///
/// # Errors
/// [`IdentityError::Challenge`] if it was not begun in this browser, was finished before, or is too
/// old.
pub async fn take(
    transaction: &mut Transaction,
    realm: &Realm,
    state: &Secret,
    browser: &Secret,
    now: Time,
) -> Result<Attempt, IdentityError> {
    let select = "SELECT issuer, key, expires_at FROM sign_in_attempt \
                  WHERE state = ? AND browser = ? AND realm = ? AND expires_at > ?";
    let query = transaction.query(select).bind(state.digest());
    let query = query.bind(browser.digest()).bind(realm.as_str());
    let row = query.bind(now).one().await?;
    let row = row.ok_or(IdentityError::Challenge)?;
    let attempt = Attempt {
        state: state.digest(),
        browser: browser.digest(),
        issuer: row.get(0)?,
        key: row.get(1)?,
        expires_at: row.get(2)?,
    };
    let delete = transaction.query("DELETE FROM sign_in_attempt WHERE state = ?");
    match delete.bind(attempt.state).run().await? {
        1 => Ok(attempt),
        _ => Err(IdentityError::Challenge),
    }
}
