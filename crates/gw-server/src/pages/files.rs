//! Files that pages refer to, by names that change with their content, so that they can be kept.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gw_core::Digest;

use crate::app::App;
use crate::http::Problem;

/// The one stylesheet.
const STYLE: &str = include_str!("assets/style.css");

/// The stylesheet's address.
pub(super) static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(STYLE.as_bytes()).to_hex();
    format!(
        "/files/style-{}.css",
        digest.chars().take(16).collect::<String>()
    )
});

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/files/{name}", get(file))
}

async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    if format!("/files/{name}") != *STYLE_ADDRESS {
        return Err(Problem::not_found("there is no such file"));
    }
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, STYLE).into_response())
}
