//! Requests that change something come from our own pages, or carry a token.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, Method, Request, Response};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use std::sync::Arc;

use crate::app::App;
use crate::http::Problem;

/// Refuses what another site made a browser send. This stands beside the token in each form: each
/// would be enough.
pub(crate) async fn own_forms_only(
    State(app): State<Arc<App>>,
    request: Request<Body>,
    next: Next,
) -> Response<Body> {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    // Browsers add this header to no request by themselves.
    let by_token = request.headers().contains_key(AUTHORIZATION);
    if reads || by_token || is_own(request.headers(), &app) {
        return next.run(request).await;
    }
    Problem::forbidden("this request came from another site").into_response()
}

/// Whether a browser says that the request is from a page of ours. Programs without a session have
/// nothing that could be abused, and must say so by naming our origin.
fn is_own(headers: &HeaderMap, app: &App) -> bool {
    match headers.get("sec-fetch-site").map(|value| value.to_str()) {
        Some(Ok("same-origin")) => true,
        Some(_) => false,
        None => headers
            .get(ORIGIN)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|origin| origin == app.origin.origin().ascii_serialization()),
    }
}
