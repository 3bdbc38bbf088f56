use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use url::Url;

/// How to reach a server. The environment is not read: whoever runs this passes a proxy on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkOptions {
    /// The address of a proxy, if one is to be used.
    pub proxy: Option<String>,
    /// How long a connection may take to be made.
    pub connect: Duration,
    /// How long the server may say nothing.
    pub silence: Duration,
    /// How long one file may take.
    pub total: Duration,
    /// How many bytes one file may have.
    pub largest: u64,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            proxy: None,
            connect: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            total: Duration::from_secs(60 * 60),
            largest: 8 << 30,
        }
    }
}

/// A client that follows few redirects, never from HTTPS to HTTP.
pub(crate) fn client(options: &NetworkOptions) -> Result<Client, reqwest::Error> {
    builder(options)?.redirect(redirects()).build()
}

/// What all clients have in common.
pub(crate) fn builder(options: &NetworkOptions) -> Result<ClientBuilder, reqwest::Error> {
    let mut builder = Client::builder()
        .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect)
        .read_timeout(options.silence)
        .timeout(options.total)
        .referer(false)
        .no_proxy();
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(Proxy::all(proxy)?);
    }
    Ok(builder)
}

/// A builder whose clients trust the certificates in `pem` beside the system's, for requests to
/// `url`; or why they cannot.
pub(crate) fn trusting(
    builder: ClientBuilder,
    pem: Option<&[u8]>,
    url: &Url,
) -> Result<ClientBuilder, String> {
    let Some(pem) = pem else {
        return Ok(builder);
    };
    let found = Certificate::from_pem_bundle(pem).map_err(|error| reason(url, &error))?;
    if found.is_empty() {
        return Err("there is no certificate in the file".to_owned());
    }
    Ok(builder.tls_certs_merge(found))
}

/// What went wrong with a request, with its causes, in one line.
pub(crate) fn reason(url: &Url, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the server took too long".to_owned();
    }
    let mut reason = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    // The outermost error repeats the address; the causes say what happened.
    while let Some(error) = cause {
        let text = error.to_string();
        if !text.contains(url.as_str()) && !reason.contains(&text) {
            if !reason.is_empty() {
                reason.push_str(": ");
            }
            reason.push_str(&text);
        }
        cause = error.source();
    }
    if reason.is_empty() {
        reason = "the connection failed".to_owned();
    }
    reason
}

/// Few redirects, never from HTTPS to HTTP.
pub(crate) fn redirects() -> Policy {
    Policy::custom(redirect)
}

fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    const MOST: usize = 5;
    let from_https = attempt.previous().iter().any(|url| url.scheme() == "https");
    if attempt.previous().len() > MOST {
        attempt.error("the server redirects too often")
    } else if from_https && attempt.url().scheme() != "https" {
        attempt.error("the server redirects from https to http")
    } else {
        attempt.follow()
    }
}
