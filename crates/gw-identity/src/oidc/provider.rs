use std::collections::BTreeSet;

use gw_core::{Digest, Time};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::issuer::{Issuer, IssuerError};
use super::roles::RoleMapping;
use crate::access::Role;
use crate::encoding;
use crate::fetch::{Fetch, FetchError, FetchRequest};
use crate::jose::{Algorithm, ClaimError, Claims, Expected, Jws, JwsError};
use crate::random::RandomnessError;
use crate::{KeyRing, Secret};

/// How long a sign-in may take, in seconds.
const PATIENCE: i64 = 600;
/// The longest answer of a token endpoint.
const LIMIT: usize = 128 * 1024;
const VERIFIER: &str = "oidc-pkce-verifier";
const NONCE: &str = "oidc-nonce";

/// How we are known to a provider.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Its issuer.
    pub issuer: String,
    /// The id that it gave us.
    pub client_id: String,
    /// The secret that it gave us; public clients have none, and rely on PKCE.
    pub client_secret: Option<Zeroizing<String>>,
    /// Where it sends people back to; the provider has it on its list.
    pub redirect_uri: Url,
    /// What is asked for beside `openid`: `profile`, `email`, `groups`.
    pub scopes: Vec<String>,
    /// The algorithms that it signs with.
    pub algorithms: Vec<Algorithm>,
    /// Which groups are which roles.
    pub roles: RoleMapping,
    /// `http` on loopback addresses is allowed, for tests.
    pub loopback: bool,
}

/// A provider of sign-ins.
#[derive(Debug)]
pub struct Provider {
    config: ProviderConfig,
    issuer: Issuer,
}

/// A sign-in that began.
#[derive(Debug)]
pub struct Started {
    /// Where the browser goes.
    pub url: Url,
    /// For a cookie of this browser (`HttpOnly`, `Secure`, `SameSite=Lax`), so that nobody can make
    /// it finish a sign-in that it did not begin.
    pub browser: Secret,
    /// What to keep until it comes back.
    pub attempt: Attempt,
}

/// What is kept of a sign-in that is under way. There is no secret in it: nonce and verifier are
/// derived from the state, which only the browser has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// SHA-256 of the state.
    pub state: Digest,
    /// SHA-256 of the cookie.
    pub browser: Digest,
    /// The issuer that the browser was sent to.
    pub issuer: String,
    /// The key that nonce and verifier were derived with.
    pub key: String,
    /// Until when it can be finished.
    pub expires_at: Time,
}

/// What the browser brings back.
#[derive(Debug, Clone)]
pub struct Callback<'c> {
    /// `state`.
    pub state: &'c Secret,
    /// `code`.
    pub code: &'c str,
    /// `iss`, if it was there.
    pub iss: Option<&'c str>,
}

/// Whoever signed in, in the provider's words.
#[derive(Debug, Clone)]
pub struct Federated {
    /// The issuer.
    pub issuer: String,
    /// Its name for the person, which it never gives to another. E-mail addresses are given to others.
    pub subject: String,
    /// A name to show.
    pub name: Option<String>,
    /// An address, if the provider says that it was verified.
    pub email: Option<String>,
    /// The roles that the groups are.
    pub roles: BTreeSet<Role>,
}

/// A sign-in that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The provider cannot be used.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// It signs in nobody.
    #[error("the provider has no endpoint for signing in")]
    NoEndpoint,
    /// Not begun here, finished before, or too late.
    #[error("this sign-in was not begun in this browser, was finished before, or took too long")]
    Attempt,
    /// Another provider answered.
    #[error("the answer is from another provider")]
    MixUp,
    /// The token endpoint refused the code.
    #[error("the provider refused the code: status {status}, {error}")]
    Code {
        /// The status.
        status: u16,
        /// Its `error`.
        error: String,
    },
    /// The token endpoint did not answer, or not with tokens.
    #[error("the provider's token endpoint: {0}")]
    Tokens(String),
    /// The token.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// What it says.
    #[error(transparent)]
    Claims(#[from] ClaimError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Provider {
    /// A provider.
    ///
    /// # Errors
    /// [`IssuerError::Address`] if its issuer is no address that secrets may be sent to.
    pub fn new(config: ProviderConfig) -> Result<Self, IssuerError> {
        let issuer = Issuer::new(&config.issuer, config.loopback)?;
        Ok(Self { config, issuer })
    }

    /// The issuer's name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.name()
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`SignInError`] if the provider cannot be reached or used.
    pub async fn start(
        &self,
        ring: &KeyRing,
        fetch: &impl Fetch,
        now: Time,
    ) -> Result<Started, SignInError> {
        let metadata = self.issuer.metadata(fetch, now).await?;
        let mut url = metadata
            .authorization_endpoint
            .ok_or(SignInError::NoEndpoint)?;
        let (state, browser) = (Secret::generate()?, Secret::generate()?);
        let key = ring.current_id().to_owned();
        let derived = |purpose| derive(ring, &key, purpose, &state).ok_or(SignInError::Attempt);
        let challenge = encoding::encode(&Sha256::digest(derived(VERIFIER)?.as_bytes()));
        let mut scope = "openid".to_owned();
        for name in &self.config.scopes {
            scope.push(' ');
            scope.push_str(name);
        }
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", self.config.redirect_uri.as_str())
            .append_pair("scope", &scope)
            .append_pair("state", state.expose())
            .append_pair("nonce", &derived(NONCE)?)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let expires_at = Time::from_second(now.as_second().saturating_add(PATIENCE));
        Ok(Started {
            url,
            attempt: Attempt {
                state: state.digest(),
                browser: browser.digest(),
                issuer: self.issuer.name().to_owned(),
                key,
                expires_at: expires_at.unwrap_or(now),
            },
            browser,
        })
    }

    /// Finishes a sign-in. The caller has taken `attempt` out of the store, so that it is used once,
    /// by the state and the browser's cookie.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn finish(
        &self,
        attempt: &Attempt,
        callback: &Callback<'_>,
        ring: &KeyRing,
        fetch: &impl Fetch,
        now: Time,
    ) -> Result<Federated, SignInError> {
        if attempt.expires_at <= now || attempt.state != callback.state.digest() {
            return Err(SignInError::Attempt);
        }
        let metadata = self.issuer.metadata(fetch, now).await?;
        let missing = metadata.authorization_response_iss_parameter_supported;
        let named = callback
            .iss
            .map_or(!missing, |iss| iss == self.issuer.name());
        if attempt.issuer != self.issuer.name() || !named {
            return Err(SignInError::MixUp);
        }
        let derived = |purpose| {
            derive(ring, &attempt.key, purpose, callback.state).ok_or(SignInError::Attempt)
        };
        let endpoint = metadata.token_endpoint.ok_or(SignInError::NoEndpoint)?;
        let token = self
            .exchange(endpoint, callback.code, &derived(VERIFIER)?, fetch)
            .await?;
        let jws = Jws::parse(&token, &self.config.algorithms)?;
        let payload = self.issuer.verify(&jws, fetch, now).await?;
        let expected = Expected {
            issuer: self.issuer.name(),
            audience: &self.config.client_id,
            nonce: Some(&derived(NONCE)?),
            max_age: PATIENCE,
        };
        let claims = Claims::check(&payload, &expected, now)?;
        let verified = claims.other.get("email_verified").and_then(|v| v.as_bool()) == Some(true);
        let short = |name| {
            claims
                .text(name)
                .map(|text| text.chars().take(200).collect())
        };
        Ok(Federated {
            issuer: claims.iss.clone(),
            subject: claims.sub.clone(),
            name: short("name").or_else(|| short("preferred_username")),
            email: short("email").filter(|_| verified),
            roles: self.config.roles.roles(&claims),
        })
    }

    /// Makes a token of a code (RFC 6749 section 4.1.3).
    async fn exchange(
        &self,
        url: Url,
        code: &str,
        verifier: &str,
        fetch: &impl Fetch,
    ) -> Result<String, SignInError> {
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", self.config.redirect_uri.to_string()),
            ("code_verifier", verifier.to_owned()),
        ];
        let basic = match &self.config.client_secret {
            Some(secret) => Some((form_encoded(&self.config.client_id), form_encoded(secret))),
            None => {
                form.push(("client_id", self.config.client_id.clone()));
                None
            }
        };
        let request = FetchRequest {
            url,
            form: Some(form),
            basic,
            limit: LIMIT,
        };
        let answer = fetch
            .fetch(request)
            .await
            .map_err(|FetchError(error)| SignInError::Tokens(error))?;
        if answer.status != 200 {
            let refusal = serde_json::from_slice::<Refusal>(&answer.body);
            let error = refusal.map_or_else(|_| "no reason".to_owned(), |refusal| refusal.error);
            return Err(SignInError::Code {
                status: answer.status,
                error: error.chars().take(80).collect(),
            });
        }
        let tokens: Tokens = serde_json::from_slice(&answer.body)
            .map_err(|error| SignInError::Tokens(error.to_string()))?;
        Ok(tokens.id_token)
    }
}

fn derive(ring: &KeyRing, key: &str, purpose: &str, state: &Secret) -> Option<Zeroizing<String>> {
    let bytes = ring.make_with(key, purpose, &[state.expose().as_bytes()])?;
    Some(Zeroizing::new(encoding::encode(&bytes)))
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
