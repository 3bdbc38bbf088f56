//! Taking in what others say.
//!
//! A statement that an authenticated source may make is countersigned with the server's key, which
//! is admitted for everything in its realm: that is how it becomes a fact. Everything else is kept
//! as it is and shown, and decides nothing until an authority rule admits its signer.

mod scan;
mod statements;
mod vouch;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

use crate::app::App;

/// Bytes of a request with statements: an inventory of 400,000 components has about 150 MB.
const MAX_BODY: usize = 256 << 20;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/ingest/scan", post(scan::take))
        .route("/api/v1/ingest/statements", post(statements::take))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}
