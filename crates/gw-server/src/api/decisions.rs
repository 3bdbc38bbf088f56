//! Decisions, and their proof.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use gw_core::{Asset, Decision, Digest, Gate, Outcome, Place, Time};
use gw_flow::store::{DecisionRow, Store as _};
use gw_ledger::Scope;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::{Problem, Query};

/// A decision that holds, in short.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    id: Digest,
    gate: Gate,
    asset: Asset,
    place: Place,
    subject: Digest,
    outcome: Outcome,
    time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<Time>,
}

impl From<DecisionRow> for Summary {
    fn from(row: DecisionRow) -> Self {
        Self {
            id: row.id,
            gate: row.gate,
            asset: row.asset,
            place: row.place,
            subject: row.subject,
            outcome: row.outcome,
            time: row.time,
            not_after: row.not_after,
        }
    }
}

/// Which decisions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    gate: Option<Gate>,
    asset: Option<Asset>,
    outcome: Option<Outcome>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<Json<Vec<Summary>>, Problem> {
    caller.may(Action::DecisionRead, filter.asset.as_ref())?;
    let mut rows = app.store.current_decisions(&caller.realm).await?;
    rows.retain(|row| {
        filter.gate.is_none_or(|gate| row.gate == gate)
            && filter
                .asset
                .as_ref()
                .is_none_or(|asset| row.asset == *asset)
            && filter.outcome.is_none_or(|outcome| row.outcome == outcome)
    });
    Ok(Json(rows.into_iter().map(Summary::from).collect()))
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Decision>, Problem> {
    let (_, decision) = find(&app, &caller, &id).await?;
    Ok(Json(decision))
}

/// Everything that proves a decision, for somebody who has nothing else.
pub(crate) async fn bundle(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (id, _) = find(&app, &caller, &id).await?;
    let flow = app.flow(&caller.realm);
    let statements = flow.evidence(&[id]).await?;
    let bundle = flow
        .prove(&app.home.ledger(), Scope::Selection, &statements, None)
        .await?;
    let name = format!("attachment; filename=\"decision-{}.json\"", id.short());
    let disposition = HeaderValue::from_str(&name).map_err(|e| Problem::internal(&e))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bundle.to_json()).into_response())
}

/// A decision that the caller may see.
pub(crate) async fn find(
    app: &App,
    caller: &Caller,
    id: &str,
) -> Result<(Digest, Decision), Problem> {
    let id: Digest = format!("sha256:{id}")
        .parse()
        .map_err(|_| Problem::not_found("this is no decision's id"))?;
    let flow = app.flow(&caller.realm);
    if flow.store.statement(&caller.realm, &id).await?.is_none() {
        return Err(Problem::not_found("there is no such decision"));
    }
    let decision = flow.decision(&id).await?;
    caller.may(Action::DecisionRead, Some(&decision.asset))?;
    Ok((id, decision))
}
