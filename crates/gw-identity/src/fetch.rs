use std::future::Future;

/// A request to an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRequest {
    /// Where: `https`, or `http` on a loopback address if that was allowed.
    pub url: url::Url,
    /// A form to send with `POST`; without one it is a `GET`.
    pub form: Option<Vec<(&'static str, String)>>,
    /// A name and password for basic authentication, form-encoded as RFC 6749 section 2.3.1 has it.
    pub basic: Option<(String, String)>,
    /// More of an answer than this many bytes is an error.
    pub limit: usize,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchResponse {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// How this crate reaches identity providers. Whoever implements it follows no redirects, accepts
/// `application/json`, has a timeout, and reaches no address that the operator did not mean: providers
/// name further addresses, and those are theirs.
pub trait Fetch: Send + Sync {
    /// Sends a request.
    fn fetch(
        &self,
        request: FetchRequest,
    ) -> impl Future<Output = Result<FetchResponse, FetchError>> + Send;
}
