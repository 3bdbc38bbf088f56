//! Challenges that were sent to authenticators, each good once and for five minutes, in the browser
//! that it was sent to.

use gw_core::{Digest, Realm, Time};
use gw_store::{Database, Transaction};

use crate::error::IdentityError;
use crate::random::random;

/// How long a challenge is good, in seconds.
pub const CHALLENGE_SECONDS: i64 = 300;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new passkey.
    Register,
    /// Signing in.
    SignIn,
    /// An approval.
    Approve,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SignIn => "sign-in",
            Self::Approve => "approve",
        }
    }
}

/// For whom and for what a challenge is.
#[derive(Debug, Clone, Copy)]
pub struct Challenged<'c> {
    /// The realm.
    pub realm: &'c Realm,
    /// What for.
    pub purpose: Purpose,
    /// The person, where it is known: always but for signing in.
    pub person: Option<&'c str>,
    /// The digest of the browser's cookie: of its session, or of one that it gets for signing in.
    pub browser: Digest,
}

/// Keeps a challenge: random bytes, or what [`crate::webauthn::Approval::challenge`] gave.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn keep(
    database: &Database,
    of: Challenged<'_>,
    challenge: &[u8],
    now: Time,
) -> Result<(), IdentityError> {
    let expires_at = now.as_second().saturating_add(CHALLENGE_SECONDS);
    let insert = "INSERT INTO challenge (digest, realm, purpose, person, browser, expires_at) \
                  VALUES (?, ?, ?, ?, ?, ?)";
    let query = database.query(insert).bind(Digest::of(challenge));
    let query = query.bind(of.realm.as_str()).bind(of.purpose.as_str());
    let query = query.bind(of.person).bind(of.browser);
    let expires_at = Time::from_second(expires_at).unwrap_or(now);
    query.bind(expires_at).run().await?;
    Ok(())
}

/// Makes a random challenge and keeps it.
///
/// # Errors
/// [`IdentityError::Store`], [`IdentityError::Randomness`].
pub async fn make(
    database: &Database,
    of: Challenged<'_>,
    now: Time,
) -> Result<[u8; 32], IdentityError> {
    let challenge = *random()?;
    keep(database, of, &challenge, now).await?;
    Ok(challenge)
}

/// Uses a challenge up. It must have been kept for the same realm, purpose, person and browser.
///
/// # Errors
/// [`IdentityError::Challenge`] if it was not, was used before, or is too old.
pub async fn take(
    transaction: &mut Transaction,
    of: Challenged<'_>,
    challenge: &[u8],
    now: Time,
) -> Result<(), IdentityError> {
    let delete = "DELETE FROM challenge WHERE digest = ? AND realm = ? AND purpose = ? \
                  AND coalesce(person, '') = ? AND browser = ? AND expires_at > ?";
    let query = transaction.query(delete).bind(Digest::of(challenge));
    let query = query.bind(of.realm.as_str()).bind(of.purpose.as_str());
    let query = query.bind(of.person.unwrap_or_default()).bind(of.browser);
    match query.bind(now).run().await? {
        1 => Ok(()),
        _ => Err(IdentityError::Challenge),
    }
}

/// Removes what is too old.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn tidy(database: &Database, now: Time) -> Result<u64, IdentityError> {
    let mut gone = 0;
    for delete in [
        "DELETE FROM challenge WHERE expires_at <= ?",
        "DELETE FROM sign_in_attempt WHERE expires_at <= ?",
        "DELETE FROM link WHERE expires_at <= ?",
    ] {
        gone += database.query(delete).bind(now).run().await?;
    }
    Ok(gone)
}
