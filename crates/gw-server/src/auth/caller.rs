//! The caller of a request: a person with a session, or a machine with a service token.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use gw_core::{Asset, Realm};
use gw_identity::access::{self, Action, Circumstances, Resource, Verdict};
use gw_identity::people::Person;
use gw_identity::session::Session;
use gw_identity::{IdentityError, Secret, ServiceToken};

use crate::app::App;
use crate::http::Problem;

/// Whoever asks.
pub(crate) struct Caller {
    app: Arc<App>,
    caller: access::Caller,
    circumstances: Circumstances,
    /// The realm that they speak in.
    pub(crate) realm: Realm,
    /// What to call them.
    pub(crate) name: String,
    /// The person and their session, if it is a person.
    pub(crate) session: Option<SignedIn>,
}

/// A person's session.
pub(crate) struct SignedIn {
    pub(crate) person: Person,
    pub(crate) session: Session,
    /// The session's token, as the browser sent it.
    pub(crate) secret: Secret,
}

impl Caller {
    /// Whether they may do this.
    ///
    /// # Errors
    /// A problem that says why not.
    pub(crate) fn may(&self, action: Action, asset: Option<&Asset>) -> Result<(), Problem> {
        let resource = Resource {
            realm: &self.realm,
            asset,
            requested_by: None,
        };
        let policies = &self.app.access;
        match policies.decide(&self.caller, action, &resource, self.circumstances) {
            Verdict::Allowed => Ok(()),
            Verdict::Denied(denials) => {
                let why: Vec<_> = denials.into_iter().map(|denial| denial.message).collect();
                Err(Problem::forbidden(why.join(" ")))
            }
        }
    }

    /// Who it is, with the chain of delegation.
    pub(crate) fn principal(&self) -> &gw_core::Principal {
        self.caller.principal()
    }

    /// The person who asks.
    ///
    /// # Errors
    /// A problem if it is a machine.
    pub(crate) fn person(&self) -> Result<&SignedIn, Problem> {
        self.session
            .as_ref()
            .ok_or_else(|| Problem::forbidden("only a person who is signed in can do this"))
    }

    /// The token against forged requests that forms of this session carry.
    pub(crate) fn csrf(&self) -> String {
        let token =
            |signed: &SignedIn| gw_identity::session::csrf_token(&signed.secret, &self.app.ring);
        self.session.as_ref().map(token).unwrap_or_default()
    }

    /// Whether a form came from a page of this session.
    ///
    /// # Errors
    /// A problem if not.
    pub(crate) fn check_form(&self, csrf: &str) -> Result<&SignedIn, Problem> {
        let signed = self.person()?;
        if gw_identity::session::check_csrf(&signed.secret, &self.app.ring, csrf) {
            Ok(signed)
        } else {
            Err(Problem::forbidden(
                "the form is too old, or was not from here: go back, reload the page, and try again",
            ))
        }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        // A request with a token is a machine's, whatever cookies came along.
        if let Some(header) = parts.headers.get(AUTHORIZATION) {
            let text = header.to_str().unwrap_or_default();
            return by_token(app, text).await;
        }
        match app.cookie.read(&parts.headers) {
            Some(secret) => by_session(app, secret).await,
            None => Err(Problem::unauthenticated()),
        }
    }
}

async fn by_token(app: &Arc<App>, header: &str) -> Result<Caller, Problem> {
    let text = header.strip_prefix("Bearer ").unwrap_or_default().trim();
    let token = ServiceToken::parse(text).map_err(|_| Problem::unauthenticated())?;
    let found = app.callers.by_token(&app.realm, &token, app.wall()).await?;
    let bearer = found.ok_or_else(Problem::unauthenticated)?;
    Ok(Caller {
        app: Arc::clone(app),
        caller: bearer.caller.clone(),
        circumstances: Circumstances {
            passkey: false,
            authenticated_seconds: 0,
        },
        realm: bearer.token.realm.clone(),
        name: bearer.token.name.clone(),
        session: None,
    })
}

async fn by_session(app: &Arc<App>, secret: Secret) -> Result<Caller, Problem> {
    let now = app.wall();
    let found = app.callers.by_session(&app.realm, &secret, now).await?;
    let known = found.ok_or_else(Problem::unauthenticated)?;
    Ok(Caller {
        app: Arc::clone(app),
        caller: known.caller.clone(),
        circumstances: known.circumstances(now),
        realm: known.person.realm.clone(),
        name: known.person.name.clone(),
        session: Some(SignedIn {
            person: known.person.clone(),
            session: known.session.clone(),
            secret,
        }),
    })
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Store(_)
            | IdentityError::Caller(_)
            | IdentityError::Randomness(_)
            | IdentityError::Interrupted(_) => Self::internal(&error),
            error => Self::bad_request(error.to_string()),
        }
    }
}
