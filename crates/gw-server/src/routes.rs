//! All routes, and what every request goes through.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::extract::DefaultBodyLimit;
use axum::http::{Request, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{BoxError, Router};
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;

use crate::app::App;
use crate::http::{self, Problem};
use crate::{api, auth, ingest, ledger, metrics, pages};

/// Bytes of a request, where nothing else is said.
const MAX_BODY: usize = 1 << 20;
/// Requests at once; more are sent away at once instead of all becoming slow.
const MAX_REQUESTS: usize = 512;
/// How long any request may take, its body included.
const TIMEOUT: Duration = Duration::from_secs(120);

pub(crate) fn router(app: Arc<App>) -> Router {
    let shedding = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_: BoxError| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "too many requests at once; try again in a moment",
            )
        }))
        .layer(LoadShedLayer::new())
        .layer(ConcurrencyLimitLayer::new(MAX_REQUESTS));
    Router::new()
        .merge(api::routes())
        .merge(ingest::routes())
        .merge(ledger::routes())
        .merge(metrics::routes())
        .merge(pages::routes())
        .route("/healthz", get(async || "alive\n"))
        .fallback(async || Problem::not_found("there is nothing at this address"))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            auth::own_forms_only,
        ))
        .layer(middleware::from_fn(in_time))
        .layer(shedding)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            http::keep_pace,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            metrics::count,
        ))
        .layer(middleware::from_fn(http::drain))
        .layer(middleware::from_fn(http::secure))
        .layer(middleware::from_fn(http::identify))
        .with_state(app)
}

/// Ends what takes too long, a body that comes in drops included.
async fn in_time(request: Request<Body>, next: Next) -> Response<Body> {
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            format!("the request took more than {} seconds", TIMEOUT.as_secs()),
        )
        .into_response(),
    }
}
