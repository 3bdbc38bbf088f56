//! The ledger over HTTP, as C2SP tlog-tiles has it: `/ledger/checkpoint`, `/ledger/tile/...`.
//!
//! Leaves are salted hashes and tell nothing about realms, so everybody may read them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gw_ledger::{FsTiles, Resource, Tile, TileStore as _};

use crate::app::App;
use crate::http::Problem;

/// A full tile never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A partial one goes away once it is full; the checkpoint changes about every second.
const FOR_A_MOMENT: HeaderValue = HeaderValue::from_static("public, max-age=1");

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/ledger/checkpoint", get(checkpoint))
        .route("/ledger/tile/{*path}", get(tile))
        .route("/ledger/key", get(key))
}

async fn checkpoint(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    read(&app, Resource::Checkpoint, FOR_A_MOMENT).await
}

async fn tile(State(app): State<Arc<App>>, Path(path): Path<String>) -> Result<Response, Problem> {
    let name = format!("tile/{path}");
    let Some(tile) = Tile::parse(&name) else {
        return Err(Problem::not_found(format!("{name} is no tile")));
    };
    let keep = if tile.is_full() {
        FOR_EVER
    } else {
        FOR_A_MOMENT
    };
    read(&app, tile.into(), keep).await
}

/// The log's verifier key, for those who do not have it yet. Who wants to be sure asks somebody
/// else than the log.
async fn key(State(app): State<Arc<App>>) -> Result<String, Problem> {
    let signer = gw_flow::ledger::log_signer(&app.key).map_err(|e| Problem::internal(&e))?;
    Ok(format!("{}\n", signer.verifier()))
}

async fn read(app: &App, resource: Resource, keep: HeaderValue) -> Result<Response, Problem> {
    let folder = app.home.ledger();
    let found = tokio::task::spawn_blocking(move || FsTiles::reader(folder).read(&resource)).await;
    match found {
        Ok(Ok(Some(bytes))) => {
            let headers = [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/octet-stream"),
                ),
                (header::CACHE_CONTROL, keep),
            ];
            Ok((headers, bytes).into_response())
        }
        Ok(Ok(None)) => Err(Problem::not_found("the ledger has no such tile yet")),
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(error) => Err(Problem::internal(&error)),
    }
}
