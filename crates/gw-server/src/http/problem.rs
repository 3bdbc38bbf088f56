//! Errors as RFC 9457 problem details.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gw_flow::FlowError;
use gw_flow::store::StoreError;
use serde::Serialize;

use super::RequestId;

/// What went wrong, as clients and people read it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    /// A URI of what sort of problem it is: stable, for programs.
    #[serde(rename = "type")]
    kind: String,
    /// The sort in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What exactly.
    detail: String,
    /// The request's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("https://gatewright.dev/problem/{kind}"),
            title: kind.replace('-', " "),
            status: status.as_u16(),
            detail: detail.into(),
            request_id: RequestId::current().map(|id| id.to_string()),
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-request", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            "sign in, or send a token as `Authorization: Bearer ...`",
        )
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-allowed", detail)
    }

    /// A failure of ours. What it was is for the log, not for the client.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        let problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            "something failed here; quote the request id",
        );
        let request = problem.request_id.as_deref().unwrap_or_default();
        tracing::error!(request, %error, "a request failed");
        problem
    }

    pub(crate) const fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Envelope(_) | FlowError::Statement(_) | FlowError::Circumstances(_) => {
                Self::bad_request(error.to_string())
            }
            FlowError::Invalid(detail) => Self::bad_request(detail),
            FlowError::UnknownAsset { .. } => Self::not_found(error.to_string()),
            FlowError::SeveralPlaces { .. } => {
                Self::new(StatusCode::CONFLICT, "several-places", error.to_string())
            }
            error => Self::internal(&error),
        }
    }
}
