use std::sync::Arc;

use gw_core::{Realm, Time};
use gw_store::Database;

use crate::Secret;
use crate::access::{Caller, Circumstances};
use crate::cache::Cache;
use crate::error::IdentityError;
use crate::people::{self, Person, PersonState};
use crate::service_token::ServiceToken;
use crate::session::{self, Session};
use crate::tokens::{self, TokenInfo};

/// The last use of a session or a token is written once in so many seconds.
const COARSE: i64 = 60;

/// Who is behind sessions and tokens, for every request. It remembers, and forgets within 250 ms of
/// any revocation in any process.
#[derive(Debug)]
pub struct Callers {
    sessions: Cache<SignedIn>,
    tokens: Cache<Bearer>,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The person.
    pub person: Person,
    /// The person as a caller.
    pub caller: Caller,
}

impl SignedIn {
    /// How they came, for [`crate::access::AccessPolicies::decide`].
    #[must_use]
    pub fn circumstances(&self, now: Time) -> Circumstances {
        let since = self.session.authenticated_at.as_second();
        Circumstances {
            passkey: self.session.passkey,
            authenticated_seconds: now.as_second().saturating_sub(since),
        }
    }
}

/// A machine with a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The token.
    pub token: TokenInfo,
    /// The machine as a caller.
    pub caller: Caller,
    /// When its use was last written.
    noted_at: Option<Time>,
}

impl Callers {
    /// Reads from this store.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self {
            sessions: Cache::new(database.clone()),
            tokens: Cache::new(database),
        }
    }

    /// Whoever a session's token belongs to. None if it has ended, was revoked, is of another realm or
    /// never was.
    ///
    /// # Errors
    /// [`IdentityError::Store`]; the request must then be refused.
    pub async fn by_session(
        &self,
        realm: &Realm,
        token: &Secret,
        now: Time,
    ) -> Result<Option<Arc<SignedIn>>, IdentityError> {
        let id = token.digest();
        let look = self.sessions.look(&id, now).await?;
        let noted = |known: &SignedIn| {
            let last = known.session.last_used_at.as_second();
            now.as_second().saturating_sub(last) < COARSE
        };
        if let Some(known) = &look.found
            && known.session.is_live(now)
            && noted(known)
        {
            return Ok(Some(Arc::clone(known)).filter(|known| known.session.realm == *realm));
        }
        // Also where what is remembered seems idle: it may have been used through another process.
        let database = self.sessions.database();
        let Some(mut session) = session::find(database, &id, now).await? else {
            return Ok(None);
        };
        if session.realm != *realm {
            return Ok(None);
        }
        let person = people::find(database, realm, &session.person).await?;
        let Some(person) = person.filter(|person| person.state == PersonState::Active) else {
            return Ok(None);
        };
        if now
            .as_second()
            .saturating_sub(session.last_used_at.as_second())
            >= COARSE
        {
            session::touch(database, &id, now).await?;
            session.last_used_at = now;
        }
        let caller = person.caller()?;
        let signed_in = Arc::new(SignedIn {
            session,
            person,
            caller,
        });
        self.sessions.keep(id, &look, Arc::clone(&signed_in));
        Ok(Some(signed_in))
    }

    /// The machine that a service token belongs to. None if the token has expired, was revoked, is of
    /// another realm or never was.
    ///
    /// # Errors
    /// [`IdentityError::Store`]; the request must then be refused.
    pub async fn by_token(
        &self,
        realm: &Realm,
        token: &ServiceToken,
        now: Time,
    ) -> Result<Option<Arc<Bearer>>, IdentityError> {
        let id = token.digest();
        let look = self.tokens.look(&id, now).await?;
        let recent = |at: Option<Time>| {
            at.is_some_and(|at| now.as_second().saturating_sub(at.as_second()) < COARSE)
        };
        if let Some(known) = &look.found
            && recent(known.noted_at)
        {
            let good = known.token.is_live(now) && known.token.realm == *realm;
            return Ok(good.then(|| Arc::clone(known)));
        }
        let database = self.tokens.database();
        let found = tokens::by_digest(database, &id).await?;
        let Some(token) = found.filter(|token| token.is_live(now) && token.realm == *realm) else {
            return Ok(None);
        };
        if !recent(token.last_used_at) {
            tokens::touch(database, &token.id, now).await?;
        }
        let bearer = Arc::new(Bearer {
            caller: token.caller()?,
            noted_at: Some(now),
            token,
        });
        self.tokens.keep(id, &look, Arc::clone(&bearer));
        Ok(Some(bearer))
    }
}
