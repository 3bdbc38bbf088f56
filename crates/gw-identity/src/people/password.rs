use gw_core::{Realm, Time};
use gw_store::{Database, Transaction};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::person::{Person, PersonState, by_address, locked, target};
use super::throttle::Attempts;
use crate::error::IdentityError;
use crate::password::{PasswordCost, PasswordMatch, check_new, hash, verify};
use crate::record::{Act, Recorded};
use crate::session;

/// How many passwords are hashed at a time: each takes memory, and callers are not asked first.
const AT_A_TIME: usize = 4;

/// Signing in with a password.
#[derive(Debug)]
pub struct PasswordDoor {
    database: Database,
    attempts: Attempts,
    cost: PasswordCost,
    places: Semaphore,
}

impl PasswordDoor {
    /// A door with the costs that new hashes have.
    #[must_use]
    pub fn new(database: Database, cost: PasswordCost) -> Self {
        Self {
            attempts: Attempts::new(database.clone()),
            database,
            cost,
            places: Semaphore::new(AT_A_TIME),
        }
    }

    /// Checks an address and a password. `from` is the caller's network address. Nothing in the answer
    /// or its time tells whether there is such a person.
    ///
    /// # Errors
    /// [`IdentityError::Throttled`], [`IdentityError::Credentials`], [`IdentityError::Store`].
    pub async fn enter(
        &self,
        realm: &Realm,
        email: &str,
        password: Zeroizing<String>,
        from: &str,
        now: Time,
    ) -> Result<Person, IdentityError> {
        self.attempts.reserve(realm, email, from, now).await?;
        let person = by_address(&self.database, realm, email).await?;
        // Nobody has the empty id; it is asked for all the same.
        let id = person.as_ref().map_or("", |person| &person.id);
        let known = stored(&self.database, realm, id).await?;
        let cost = self.cost;
        let given = password.clone();
        let kept = known.clone();
        let matched = self
            .work(move || verify(&given, kept.as_deref(), cost))
            .await?;
        let person = person.filter(|person| person.state == PersonState::Active);
        let (Some(person), PasswordMatch::Right | PasswordMatch::RightButCheap) = (person, matched)
        else {
            return Err(IdentityError::Credentials);
        };
        if matched == PasswordMatch::RightButCheap {
            let new = self.work(move || hash(&password, cost)).await??;
            // Only in the place of what was checked: it may have been changed meanwhile.
            let update = "UPDATE person SET password = ? \
                          WHERE realm = ? AND id = ? AND password = ?";
            let query = self.database.query(update).bind(new).bind(realm.as_str());
            query.bind(&person.id).bind(known).run().await?;
        }
        self.attempts.succeeded(realm, email, from).await?;
        Ok(person)
    }

    /// Makes the hash of a new password, for [`set_password`].
    ///
    /// # Errors
    /// [`IdentityError::Password`] if it is too short or too easy to guess.
    pub async fn prepare(
        &self,
        person: &Person,
        password: Zeroizing<String>,
    ) -> Result<String, IdentityError> {
        let email = person.email.as_deref().unwrap_or_default();
        check_new(&password, &[&person.name, email])?;
        let cost = self.cost;
        Ok(self.work(move || hash(&password, cost)).await??)
    }

    /// Does what takes long beside the threads that answer.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let interrupted =
            |error: &dyn std::fmt::Display| IdentityError::Interrupted(error.to_string());
        let place = self.places.acquire().await;
        let _place = place.map_err(|error| interrupted(&error))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| interrupted(&error))
    }
}

/// Sets a person's password to a hash that [`PasswordDoor::prepare`] made, or takes it away. All their
/// sessions end but `except`, which is the one that it was asked for in.
///
/// # Errors
/// [`IdentityError::NoSuchPerson`], [`IdentityError::Store`].
pub async fn set_password(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    hash: Option<String>,
    except: Option<&gw_core::Digest>,
    act: Act<'_>,
) -> Result<Recorded<()>, IdentityError> {
    locked(transaction, realm, id).await?;
    let action = if hash.is_some() {
        "people:password-set"
    } else {
        "people:password-removed"
    };
    let update = "UPDATE person SET password = ? WHERE realm = ? AND id = ?";
    let query = transaction.query(update).bind(hash);
    query.bind(realm.as_str()).bind(id).run().await?;
    session::end_all(transaction, realm, id, except).await?;
    let record = act.record(action, target(id), None, None);
    Ok(Recorded { value: (), record })
}

async fn stored(
    database: &Database,
    realm: &Realm,
    id: &str,
) -> Result<Option<String>, IdentityError> {
    let select = "SELECT password FROM person WHERE realm = ? AND id = ?";
    let query = database.query(select).bind(realm.as_str());
    Ok(query.bind(id).scalar::<Option<String>>().await?.flatten())
}
