//! The decisions that hold.

use std::sync::Arc;

use axum::extract::{Query, State};
use gw_core::Time;
use gw_flow::store::{DecisionRow, Store as _};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{self, Section};
use super::{PageError, words};
use crate::app::App;
use crate::auth::{Action, Caller};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    gate: String,
    #[serde(default)]
    asset: String,
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<Markup, PageError> {
    caller.may(Action::DecisionRead, None)?;
    let mut rows = app.store.current_decisions(&caller.realm).await?;
    rows.retain(|row| {
        (filter.outcome.is_empty() || row.outcome.as_str() == filter.outcome)
            && (filter.gate.is_empty() || row.gate.as_str() == filter.gate)
            && row.asset.as_str().contains(&filter.asset)
    });
    rows.sort_by_key(|row| std::cmp::Reverse(row.time));
    let choice = |name: &'static str, given: &str, all: &[(&'static str, &'static str)]| {
        html! {
            select id=(name) name=(name) {
                @for (value, text) in all {
                    option value=(value) selected[*value == given] { (text) }
                }
            }
        }
    };
    Ok(layout::page(
        &caller,
        Section::Decisions,
        "Decisions",
        html! {
            h1 { "Decisions" }
            p.lead { "What holds now, the latest first." }
            form.filters method="get" {
                div {
                    label for="outcome" { "Answer" }
                    (choice("outcome", &filter.outcome, &[
                        ("", "any"),
                        ("fail", "does not pass"),
                        ("needs-approval", "needs approval"),
                        ("pass", "passes"),
                    ]))
                }
                div {
                    label for="gate" { "Gate" }
                    (choice("gate", &filter.gate, &[
                        ("", "any"),
                        ("release", "release"),
                        ("admit", "admit"),
                    ]))
                }
                div {
                    label for="asset" { "Asset contains" }
                    input #asset name="asset" value=(filter.asset);
                }
                button { "Show" }
            }
            @if rows.is_empty() {
                p.empty { "No decision is like that." }
            } @else {
                (table(rows.iter(), app.now()))
            }
        },
    ))
}

/// Decisions, a row each.
pub(super) fn table<'r>(rows: impl Iterator<Item = &'r DecisionRow>, now: Time) -> Markup {
    html! {
        div.table {
            table.cards-on-phone {
                thead {
                    tr {
                        th scope="col" { "Asset" }
                        th scope="col" { "Where" }
                        th scope="col" { "Question" }
                        th scope="col" { "Answer" }
                        th scope="col" { "Decided" }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            td { a href={ "/decisions/" (row.id.to_hex()) } { (row.asset) } }
                            td data-label="Where" { (row.place) }
                            td data-label="Question" { (words::question(row.gate)) }
                            td data-label="Answer" { (words::tag(row.outcome)) }
                            td.nowrap data-label="Decided" { (words::when(row.time, now)) }
                        }
                    }
                }
            }
        }
    }
}
