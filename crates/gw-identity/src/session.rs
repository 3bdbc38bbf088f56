//! Sessions: who is signed in, since when, and until when.
//!
//! A session's token is 256 random bits, kept as SHA-256. Each sign-in makes a new one, so that a
//! token from before is never worth more than it was. The token against forged requests is derived
//! from it, so that it need not be kept.

use gw_core::{Digest, Realm, Time};
use gw_store::{Database, Row, Transaction};
use serde::Serialize;

use crate::change;
use crate::encoding;
use crate::error::IdentityError;
use crate::people::{Person, PersonState};
use crate::{KeyRing, Secret};

const CSRF: &str = "csrf";

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Seconds without a request.
    pub idle: i64,
    /// Seconds in all.
    pub absolute: i64,
}

impl Default for SessionPolicy {
    /// An hour without a request, twelve in all (NIST SP 800-63B-4, section 2.2.3, level 2, has one
    /// hour and one day).
    fn default() -> Self {
        Self {
            idle: 3600,
            absolute: 43_200,
        }
    }
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'s> {
    /// With a passkey.
    pub passkey: bool,
    /// The network address, to show.
    pub address: &'s str,
    /// What the browser calls itself, to show.
    pub agent: &'s str,
}

/// A session. Its token is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// SHA-256 of the token: what a session is listed and revoked by.
    pub id: Digest,
    /// The realm.
    pub realm: Realm,
    /// The person.
    pub person: String,
    /// Since when.
    pub created_at: Time,
    /// The last request, give or take a minute.
    pub last_used_at: Time,
    /// When the person last proved who they are.
    pub authenticated_at: Time,
    /// When it ends in any case.
    pub expires_at: Time,
    /// After how many seconds without a request it ends.
    pub idle: i64,
    /// Whether it began, or was renewed, with a passkey.
    pub passkey: bool,
    /// From where.
    pub address: String,
    /// With what.
    pub agent: String,
}

impl Session {
    /// Whether it has not ended by itself.
    #[must_use]
    pub fn is_live(&self, now: Time) -> bool {
        let idle = now
            .as_second()
            .saturating_sub(self.last_used_at.as_second());
        now < self.expires_at && idle < self.idle
    }
}

/// The token against forged requests that belongs to a session's token.
#[must_use]
pub fn csrf_token(session: &Secret, ring: &KeyRing) -> String {
    encoding::encode(&ring.make(CSRF, &[session.expose().as_bytes()]))
}

/// Whether a request's token against forgery belongs to its session. Those from before one rotation
/// of the keys are good.
#[must_use]
pub fn check_csrf(session: &Secret, ring: &KeyRing, given: &str) -> bool {
    let given = encoding::decode(given).unwrap_or_default();
    ring.verifies(CSRF, &[session.expose().as_bytes()], &given)
}

/// Begins a session for somebody who just proved who they are. `before` is the session that the
/// browser had, which ends.
///
/// # Errors
/// [`IdentityError::NoSuchPerson`] if they are suspended, [`IdentityError::Store`].
pub async fn start(
    transaction: &mut Transaction,
    person: &Person,
    sign_in: SignIn<'_>,
    before: Option<&Secret>,
    policy: SessionPolicy,
    now: Time,
) -> Result<Secret, IdentityError> {
    // Asked again, under the lock that a suspension takes.
    let person = crate::people::locked(transaction, &person.realm, &person.id).await?;
    if person.state != PersonState::Active {
        return Err(IdentityError::NoSuchPerson);
    }
    if let Some(before) = before {
        let delete = transaction.query("DELETE FROM session WHERE digest = ?");
        delete.bind(before.digest()).run().await?;
    }
    let secret = Secret::generate()?;
    let expires_at = now.as_second().saturating_add(policy.absolute);
    let insert = "INSERT INTO session (digest, realm, person, created_at, last_used_at, \
                  authenticated_at, expires_at, idle, passkey, address, agent) \
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let query = transaction.query(insert).bind(secret.digest());
    let query = query.bind(person.realm.as_str()).bind(&person.id);
    let query = query.bind(now).bind(now).bind(now);
    let query = query.bind(Time::from_second(expires_at).unwrap_or(now));
    let query = query.bind(policy.idle).bind(sign_in.passkey);
    let short = |text: &str| -> String {
        let shown = text.chars().filter(|c| !c.is_control());
        shown.take(200).collect()
    };
    let query = query
        .bind(short(sign_in.address))
        .bind(short(sign_in.agent));
    query.run().await?;
    Ok(secret)
}

/// A session by its token's digest, if it has not ended.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn find(
    database: &Database,
    id: &Digest,
    now: Time,
) -> Result<Option<Session>, IdentityError> {
    let query = database.query(concat!(
        "SELECT digest, realm, person, created_at, last_used_at, authenticated_at, expires_at, ",
        "idle, passkey, address, agent FROM session WHERE digest = ?"
    ));
    let row = query.bind(id).one().await?;
    let session = row.as_ref().map(read).transpose()?;
    Ok(session.filter(|session| session.is_live(now)))
}

/// A person's sessions that have not ended, the last used first.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn list(
    database: &Database,
    realm: &Realm,
    person: &str,
    now: Time,
) -> Result<Vec<Session>, IdentityError> {
    let query = database.query(concat!(
        "SELECT digest, realm, person, created_at, last_used_at, authenticated_at, expires_at, ",
        "idle, passkey, address, agent FROM session WHERE realm = ? AND person = ? ",
        "ORDER BY last_used_at DESC"
    ));
    let rows = query.bind(realm.as_str()).bind(person).all().await?;
    let sessions: Result<Vec<_>, _> = rows.iter().map(read).collect();
    Ok(sessions?
        .into_iter()
        .filter(|session| session.is_live(now))
        .collect())
}

/// Ends one session of a person, everywhere within a second.
///
/// # Errors
/// [`IdentityError::NoSuch`].
pub async fn end(
    transaction: &mut Transaction,
    realm: &Realm,
    person: &str,
    id: &Digest,
) -> Result<(), IdentityError> {
    change::bump(transaction).await?;
    let delete = "DELETE FROM session WHERE digest = ? AND realm = ? AND person = ?";
    let query = transaction.query(delete).bind(id);
    match query.bind(realm.as_str()).bind(person).run().await? {
        0 => Err(IdentityError::NoSuch("session")),
        _ => Ok(()),
    }
}

/// Ends all sessions of a person but `except`, and says how many.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn end_all(
    transaction: &mut Transaction,
    realm: &Realm,
    person: &str,
    except: Option<&Digest>,
) -> Result<u64, IdentityError> {
    change::bump(transaction).await?;
    let delete = "DELETE FROM session WHERE realm = ? AND person = ? AND digest <> ?";
    let query = transaction.query(delete).bind(realm.as_str()).bind(person);
    // No token has this digest.
    let none = Digest::from_bytes([0; 32]);
    Ok(query.bind(except.copied().unwrap_or(none)).run().await?)
}

/// Notes that a session was used.
pub(crate) async fn touch(
    database: &Database,
    id: &Digest,
    now: Time,
) -> Result<(), IdentityError> {
    let update = "UPDATE session SET last_used_at = ? WHERE digest = ? AND last_used_at < ?";
    let query = database.query(update).bind(now).bind(id);
    query.bind(now).run().await?;
    Ok(())
}

/// Removes sessions that have ended by themselves.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn tidy(database: &Database, now: Time) -> Result<u64, IdentityError> {
    let delete = "DELETE FROM session WHERE expires_at <= ? OR last_used_at + idle * 1000000 <= ?";
    Ok(database.query(delete).bind(now).bind(now).run().await?)
}

fn read(row: &Row) -> Result<Session, IdentityError> {
    let realm: String = row.get(1)?;
    Ok(Session {
        id: row.get(0)?,
        realm: realm
            .parse()
            .map_err(|_| gw_flow::store::StoreError::Corrupt(realm))?,
        person: row.get(2)?,
        created_at: row.get(3)?,
        last_used_at: row.get(4)?,
        authenticated_at: row.get(5)?,
        expires_at: row.get(6)?,
        idle: row.get(7)?,
        passkey: row.get(8)?,
        address: row.get(9)?,
        agent: row.get(10)?,
    })
}
