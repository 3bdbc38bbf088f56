//! A reference for each request, in the answer's `x-request-id` and in every problem: what a user
//! quotes and an administrator finds.

use std::fmt;

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response};
use axum::middleware::Next;

/// The reference: 16 hexadecimal digits, made by us alone. One that a client sends is not taken
/// over, since it would end in logs.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    fn new() -> Self {
        let mut bytes = [0; 8];
        // A reference that is not unique is a nuisance, not a danger.
        let _ = getrandom::fill(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// The reference of the request that is being answered.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }
}

/// Gives each request its reference.
pub(crate) async fn identify(request: Request<Body>, next: Next) -> Response<Body> {
    let id = RequestId::new();
    let value = HeaderValue::from_str(&id.0).ok();
    let mut response = CURRENT.scope(id, next.run(request)).await;
    if let Some(value) = value {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
