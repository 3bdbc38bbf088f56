//! What the server tells of itself to Prometheus, in the OpenMetrics text format. No name of an
//! asset, a person or a finding is in it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::{HeaderValue, Method, Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gw_core::{Gate, Outcome};
use gw_flow::store::Store as _;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::Problem;

/// The upper bounds of the histogram of durations, in seconds.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0];
/// The route of requests that have none.
const NO_ROUTE: &str = "none";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Again {
    gate: &'static str,
    outcome: &'static str,
}

type Number = Gauge<u64, AtomicU64>;

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    again: Family<Again, Counter>,
    change_seq: Number,
    ledger: Number,
    waiting: Number,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("gatewright");
        let answers = Family::default();
        registry.register(
            "http_requests",
            "Requests that were answered",
            answers.clone(),
        );
        let durations =
            Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        registry.register(
            "http_request_duration_seconds",
            "How long answering took",
            durations.clone(),
        );
        let again = Family::default();
        registry.register(
            "decisions_again",
            "Decisions of this process that were made again because something changed",
            again.clone(),
        );
        let mut gauge = |name, help| {
            let gauge = Number::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let change_seq = gauge("change_seq", "The number of the latest change in the store");
        let ledger = gauge("ledger_records", "Records that the ledger has");
        let waiting = gauge(
            "ledger_waiting",
            "Statements that the ledger has not taken up",
        );
        Self {
            registry,
            answers,
            durations,
            again,
            change_seq,
            ledger,
            waiting,
        }
    }

    /// Counts a decision that was made again.
    pub(crate) fn decided_again(&self, gate: Gate, outcome: Outcome) {
        let labels = Again {
            gate: gate.as_str(),
            outcome: outcome.as_str(),
        };
        self.again.get_or_create(&labels).inc();
    }

    fn answered(&self, method: &Method, route: &str, status: u16, since: Instant) {
        let labels = Answer {
            method: known(method),
            route: route.to_owned(),
            status,
        };
        self.answers.get_or_create(&labels).inc();
        let labels = Route {
            route: route.to_owned(),
        };
        let took = since.elapsed().as_secs_f64();
        self.durations.get_or_create(&labels).observe(took);
    }
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(show))
}

async fn show(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Action::DecisionRead, None)?;
    let metrics = &app.metrics;
    let change_seq = app.store.change_seq().await?;
    metrics.change_seq.set(change_seq.unsigned_abs());
    metrics.ledger.set(app.store.leaf_count().await?);
    metrics.waiting.set(app.store.waiting().await?);
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(|e| Problem::internal(&e))?;
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Counts a request and how long it took.
pub(crate) async fn count(
    State(app): State<Arc<App>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let since = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    // Without a route the address would be a label that strangers choose.
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let status = response.status().as_u16();
    app.metrics.answered(&method, route, status, since);
    response
}

/// Methods beyond these are one label.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
