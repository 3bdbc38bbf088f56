//! Sending statements to a control plane, and asking it.

use gw_attest::Envelope;
use gw_core::{Asset, Digest, Place, Realm};
use gw_report::Report;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::client::{NetworkOptions, builder, reason, trusting};

/// Bytes of an answer; more is not a report.
const MAX_ANSWER: u64 = 256 << 20;

/// A control plane, and what it takes to speak with it.
pub struct ControlPlane {
    client: Client,
    base: Url,
    token: Zeroizing<String>,
}

/// Why a control plane did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ControlPlaneError {
    /// The address is none.
    #[error("`{0}` is not the address of a control plane: expected https://HOST")]
    Address(String),
    /// Plain HTTP would show the token to everybody on the way.
    #[error("{0} is not https: the token would be readable on the way")]
    Insecure(Url),
    /// The certificate to trust, or the proxy.
    #[error("the connection cannot be set up: {0}")]
    Certificate(String),
    /// It could not be reached, or the answer ended early.
    #[error("cannot reach {url}: {reason}")]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong, with its causes.
        reason: String,
    },
    /// It refused.
    #[error("{url} refused: {detail} (status {status}{})", reference(.request_id.as_deref()))]
    Refused {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
        /// Why, in its words.
        detail: String,
        /// What to quote when asking about it.
        request_id: Option<String>,
    },
    /// It answered something that cannot be read.
    #[error("{url} answered something that cannot be read: {reason}")]
    Answer {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Who a token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Identity {
    /// The realm that it may speak in.
    pub realm: Realm,
    /// Its name.
    pub name: String,
}

/// A scan as it is sent.
#[derive(Debug, Serialize)]
pub struct SentScan<'a> {
    /// What was scanned.
    pub asset: &'a Asset,
    /// Where the asset has this content.
    pub place: &'a Place,
    /// What was scanned, by content.
    pub subject: Digest,
    /// The content whose findings are not counted, because they are not new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Digest>,
    /// The key that signed the statements, in PEM.
    pub key: String,
    /// Inventory and content findings of each content.
    pub statements: &'a [Envelope],
}

/// The part of a problem (RFC 9457) that is shown.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    request_id: Option<String>,
}

impl ControlPlane {
    /// A control plane at an address. `root` is a certificate in PEM to trust beside the system's.
    ///
    /// # Errors
    /// [`ControlPlaneError`] if address or certificate cannot be used.
    pub fn new(
        address: &str,
        token: Zeroizing<String>,
        root: Option<&[u8]>,
        network: &NetworkOptions,
    ) -> Result<Self, ControlPlaneError> {
        let base =
            Url::parse(address).map_err(|_| ControlPlaneError::Address(address.to_owned()))?;
        let local = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match base.scheme() {
            "https" => {}
            // What stays on this machine is read by nobody on the way.
            "http" if local => {}
            "http" => return Err(ControlPlaneError::Insecure(base)),
            _ => return Err(ControlPlaneError::Address(address.to_owned())),
        }
        let unusable = |error| ControlPlaneError::Certificate(reason(&base, &error));
        let client = trusting(builder(network).map_err(unusable)?, root, &base)
            .map_err(ControlPlaneError::Certificate)?
            // A redirect could carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(unusable)?;
        Ok(Self {
            client,
            base,
            token,
        })
    }

    /// Who the token stands for.
    ///
    /// # Errors
    /// [`ControlPlaneError`].
    pub async fn whoami(&self) -> Result<Identity, ControlPlaneError> {
        self.ask(self.request(Method::GET, "/api/v1/whoami")?).await
    }

    /// Sends a scan and returns what was decided about it.
    ///
    /// # Errors
    /// [`ControlPlaneError`].
    pub async fn push_scan(&self, scan: &SentScan<'_>) -> Result<Report, ControlPlaneError> {
        let request = self.request(Method::POST, "/api/v1/ingest/scan")?;
        self.ask(request.json(scan)).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ControlPlaneError> {
        let url = self
            .base
            .join(path)
            .map_err(|_| ControlPlaneError::Address(self.base.to_string()))?;
        Ok(self
            .client
            .request(method, url)
            .bearer_auth(self.token.as_str()))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ControlPlaneError> {
        let url = self.base.to_string();
        let network = |error: reqwest::Error| ControlPlaneError::Network {
            url: url.clone(),
            reason: reason(&self.base, &error),
        };
        let response = request.send().await.map_err(network)?;
        let status = response.status();
        let bytes = body(response).await.map_err(|reason| match reason {
            Some(error) => network(error),
            None => ControlPlaneError::Answer {
                url: url.clone(),
                reason: format!("more than {MAX_ANSWER} bytes"),
            },
        })?;
        if !status.is_success() {
            let problem: Problem = serde_json::from_slice(&bytes).unwrap_or_default();
            return Err(ControlPlaneError::Refused {
                url,
                status: status.as_u16(),
                detail: problem.detail,
                request_id: problem.request_id,
            });
        }
        serde_json::from_slice(&bytes).map_err(|error| ControlPlaneError::Answer {
            url,
            reason: error.to_string(),
        })
    }
}

/// The answer's body, unless it is too long.
async fn body(mut response: Response) -> Result<Vec<u8>, Option<reqwest::Error>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Some)? {
        if (bytes.len() + chunk.len()) as u64 > MAX_ANSWER {
            return Err(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn reference(request_id: Option<&str>) -> String {
    request_id.map_or_else(String::new, |id| format!(", request {id}"))
}
