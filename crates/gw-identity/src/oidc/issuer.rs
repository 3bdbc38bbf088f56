use gw_core::Time;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Host, Url};

use crate::fetch::{Fetch, FetchError, FetchRequest};
use crate::jose::{JwkSet, Jws, JwsError, KeySetError};

/// How long published keys are used before they are fetched again, in seconds.
const FRESH: i64 = 600;
/// How long they are used if that fails.
const STALE: i64 = 3600;
/// A token with an unknown key has them fetched again, but not more often than this.
const PAUSE: i64 = 10;
/// The longest document that is read.
const LIMIT: usize = 256 * 1024;

/// An issuer of tokens: where it is, what it says of itself, and its keys, fetched when needed.
#[derive(Debug)]
pub struct Issuer {
    name: String,
    loopback: bool,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<(Metadata, i64)>,
    keys: Option<(JwkSet, i64)>,
    /// When keys were last asked for, whether they came or not.
    asked: Option<i64>,
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    issuer: String,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Where people sign in. Issuers for machines have none.
    #[serde(default)]
    pub authorization_endpoint: Option<Url>,
    /// Where codes become tokens.
    #[serde(default)]
    pub token_endpoint: Option<Url>,
    /// Whether answers name their issuer (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// An issuer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// An address that is not `https`.
    #[error("`{0}` is not an address over https")]
    Address(String),
    /// No answer.
    #[error("{url}: {error}")]
    Fetch {
        /// Where.
        url: String,
        /// Why.
        error: FetchError,
    },
    /// An answer that is no success.
    #[error("{url}: status {status}")]
    Status {
        /// Where.
        url: String,
        /// What came.
        status: u16,
    },
    /// Metadata of another issuer, or none.
    #[error("{url}: {detail}")]
    Metadata {
        /// Where.
        url: String,
        /// What is wrong.
        detail: String,
    },
    /// No keys.
    #[error(transparent)]
    Keys(#[from] KeySetError),
    /// The token.
    #[error(transparent)]
    Token(#[from] JwsError),
}

impl Issuer {
    /// An issuer by its name, which is an address over `https`; or over `http` on a loopback
    /// address, if `loopback` says so, which is for tests and for sidecars.
    ///
    /// # Errors
    /// [`IssuerError::Address`].
    pub fn new(name: &str, loopback: bool) -> Result<Self, IssuerError> {
        let bad = || IssuerError::Address(name.chars().take(200).collect());
        let url = Url::parse(name).map_err(|_| bad())?;
        if url.query().is_some() || url.fragment().is_some() || !allowed(&url, loopback) {
            return Err(bad());
        }
        Ok(Self {
            name: name.to_owned(),
            loopback,
            known: Mutex::default(),
        })
    }

    /// Its name, as tokens have it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub async fn metadata(&self, fetch: &impl Fetch, now: Time) -> Result<Metadata, IssuerError> {
        let mut known = self.known.lock().await;
        self.described(&mut known, fetch, now.as_second()).await
    }

    /// Verifies a token's signature with a key of this issuer and returns what was signed. A token
    /// with a key that is not known has the keys fetched again, so that a rotation needs nobody.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub async fn verify(
        &self,
        token: &Jws<'_>,
        fetch: &impl Fetch,
        now: Time,
    ) -> Result<Vec<u8>, IssuerError> {
        let now = now.as_second();
        let mut known = self.known.lock().await;
        let age = |at: i64| now.saturating_sub(at);
        let fresh = known
            .keys
            .as_ref()
            .is_some_and(|(_, at)| (0..FRESH).contains(&age(*at)));
        if !fresh {
            let fetched = self.refresh(&mut known, fetch, now).await;
            let usable = known
                .keys
                .as_ref()
                .is_some_and(|(_, at)| (0..STALE).contains(&age(*at)));
            match fetched {
                Err(error) if !usable => return Err(error),
                _ => {}
            }
        }
        let verified = |known: &Known| match &known.keys {
            Some((keys, _)) => token.verify(keys).map(<[u8]>::to_vec),
            None => Err(JwsError::UnknownKey(String::new())),
        };
        match verified(&known) {
            Err(JwsError::UnknownKey(_)) if known.asked.is_none_or(|at| age(at) >= PAUSE) => {
                self.refresh(&mut known, fetch, now).await?;
                Ok(verified(&known)?)
            }
            result => Ok(result?),
        }
    }

    async fn refresh(
        &self,
        known: &mut Known,
        fetch: &impl Fetch,
        now: i64,
    ) -> Result<(), IssuerError> {
        known.asked = Some(now);
        let metadata = self.described(known, fetch, now).await?;
        let body = self.get(fetch, metadata.jwks_uri).await?;
        known.keys = Some((JwkSet::parse(&body)?, now));
        Ok(())
    }

    async fn described(
        &self,
        known: &mut Known,
        fetch: &impl Fetch,
        now: i64,
    ) -> Result<Metadata, IssuerError> {
        if let Some((metadata, at)) = &known.metadata
            && (0..STALE).contains(&now.saturating_sub(*at))
        {
            return Ok(metadata.clone());
        }
        let url = format!(
            "{}/.well-known/openid-configuration",
            self.name.trim_end_matches('/')
        );
        let wrong = |detail: String| IssuerError::Metadata {
            url: url.clone(),
            detail,
        };
        let parsed = Url::parse(&url).map_err(|error| wrong(error.to_string()))?;
        let body = self.get(fetch, parsed).await?;
        let metadata: Metadata =
            serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))?;
        // Section 4.3: they must be the same, letter by letter.
        if metadata.issuer != self.name {
            return Err(wrong("it describes another issuer".to_owned()));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint];
        for endpoint in endpoints.into_iter().flatten().chain([&metadata.jwks_uri]) {
            if !allowed(endpoint, self.loopback) {
                return Err(IssuerError::Address(
                    endpoint.as_str().chars().take(200).collect(),
                ));
            }
        }
        known.metadata = Some((metadata.clone(), now));
        Ok(metadata)
    }

    async fn get(&self, fetch: &impl Fetch, url: Url) -> Result<Vec<u8>, IssuerError> {
        let shown = url.to_string();
        let request = FetchRequest {
            url,
            form: None,
            basic: None,
            limit: LIMIT,
        };
        match fetch.fetch(request).await {
            Ok(answer) if answer.status == 200 => Ok(answer.body),
            Ok(answer) => Err(IssuerError::Status {
                url: shown,
                status: answer.status,
            }),
            Err(error) => Err(IssuerError::Fetch { url: shown, error }),
        }
    }
}

/// Whether an address is one that secrets may be sent to.
fn allowed(url: &Url, loopback: bool) -> bool {
    let plain = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let named = url.username().is_empty() && url.password().is_none() && url.host().is_some();
    named && (url.scheme() == "https" || (loopback && plain && url.scheme() == "http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_https_or_stay_on_the_machine() {
        for (name, loopback, expected) in [
            ("https://issuer.example", false, true),
            ("https://issuer.example/tenant", false, true),
            ("http://127.0.0.1:8080", true, true),
            ("http://[::1]:8080", true, true),
            ("http://localhost", true, true),
            ("http://127.0.0.1:8080", false, false),
            ("http://issuer.example", true, false),
            ("http://localhost.evil.example", true, false),
            ("https://user@issuer.example", false, false),
            ("https://issuer.example?x", false, false),
            ("https://issuer.example#x", false, false),
            ("file:///etc/passwd", true, false),
            ("issuer", true, false),
        ] {
            assert_eq!(Issuer::new(name, loopback).is_ok(), expected, "{name}");
        }
    }
}
