//! The pages, in a person's words.
//!
//! They are plain HTML that the server renders: reading works without JavaScript, nothing comes from
//! elsewhere, and whatever was ingested is escaped where it is written.

mod account;
mod assets;
mod decision;
mod decisions;
mod error;
mod files;
mod findings;
mod layout;
mod ledger;
mod overview;
mod sign_in;
mod tokens;
mod words;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::app::App;

pub(crate) use error::PageError;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(overview::show))
        .route("/assets", get(assets::list))
        .route("/assets/{asset}", get(assets::show))
        .route("/decisions", get(decisions::list))
        .route("/decisions/{id}", get(decision::show))
        .route("/ledger", get(ledger::show))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{id}/revoke", post(tokens::revoke))
        .route("/account", get(account::show).post(account::change))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/link/{secret}", get(sign_in::link))
        .route("/link", post(sign_in::redeem))
        .layer(middleware::map_response(to_sign_in))
        .merge(files::routes())
}

/// Whoever is not signed in is led to where they can.
async fn to_sign_in(response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        return Redirect::to("/sign-in").into_response();
    }
    response
}
