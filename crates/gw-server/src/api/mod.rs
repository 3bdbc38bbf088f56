//! The API under `/api/v1`.

mod decisions;
mod whoami;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub(crate) use decisions::find as find_decision;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/whoami", get(whoami::show))
        .route("/api/v1/decisions", get(decisions::list))
        .route("/api/v1/decisions/{id}", get(decisions::show))
        .route("/api/v1/decisions/{id}/bundle", get(decisions::bundle))
}
