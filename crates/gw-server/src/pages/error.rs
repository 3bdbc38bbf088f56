//! A page for what went wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::layout;
use crate::http::Problem;

/// A problem, shown as a page.
#[derive(Debug)]
pub(crate) struct PageError(Problem);

impl<T: Into<Problem>> From<T> for PageError {
    fn from(problem: T) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let problem = self.0;
        let status =
            StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let page = layout::bare(
            problem.title(),
            html! {
                h1 { (problem.title()) }
                p { (problem.detail()) }
                @if let Some(id) = problem.request_id() {
                    p.faint { "Reference: " code { (id) } }
                }
                p { a href="/" { "To the overview" } }
            },
        );
        (status, page).into_response()
    }
}
