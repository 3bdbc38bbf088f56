//! One decision: the answer, why, what it rests on, and its proof.

use std::sync::Arc;

use axum::extract::{Path, State};
use gw_core::{Decision, Mode};
use gw_flow::store::Store as _;
use maud::{Markup, html};

use super::layout::{self, Section};
use super::{PageError, findings, words};
use crate::api::find_decision as find;
use crate::app::App;
use crate::auth::Caller;

/// Facts that are listed; a decision may read thousands.
const SHOWN: usize = 200;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Markup, PageError> {
    let (id, decision) = find(&app, &caller, &id).await?;
    let flow = app.flow(&caller.realm);
    let leaf = flow.store.leaf_of(&id).await?;
    let history = flow
        .store
        .decisions(
            &caller.realm,
            decision.gate,
            &decision.asset,
            &decision.place,
            20,
        )
        .await?;
    let now = app.now();
    let current = history.first().filter(|row| row.id == id);
    let holds = current.is_some();
    // What was found is derived from the statements, as the decision was.
    let found = match current {
        Some(row) => flow.look(&flow.question_of(row).await?, now).await?,
        None => Vec::new(),
    };
    Ok(layout::page(
        &caller,
        Section::Decisions,
        &format!("{}: {}", decision.asset, decision.outcome),
        html! {
            h1 { (decision.asset) }
            p.lead { (decision.place) " · content " (words::short(&decision.subject.digest)) }
            @if !holds {
                p.notice {
                    "This decision does not hold any more. "
                    @if let Some(latest) = history.first() {
                        a href={ "/decisions/" (latest.id.to_hex()) } { "The latest one" }
                    }
                }
            }
            (answer(&decision))
            @if !found.is_empty() {
                h2 { "What was found" }
                (findings::table(&found))
            }
            h2 { "What it rests on" }
            dl.facts {
                dt { "Decided" } dd { (words::when(decision.time, now)) " by the gate " code { (decision.gate) } }
                @if let Some(end) = decision.not_after {
                    dt { "Holds until" } dd { (words::when(end, now)) ", when something it rests on ends" }
                }
                dt { "Asked by" } dd { (decision.principal) }
                dt { "Policies" } dd { (words::short(&decision.basis.policy)) }
                dt { "Advisories" } dd { (words::short(&decision.basis.advisories)) }
                dt { "Configuration" } dd { (words::short(&decision.basis.config)) }
            }
            (facts(&decision))
            h2 { "Proof" }
            @match leaf {
                Some(leaf) => {
                    p {
                        "Record " (leaf) " of the " a href="/ledger" { "ledger" }
                        ", statement " code { (id) } "."
                    }
                    p {
                        a.button href={ "/api/v1/decisions/" (id.to_hex()) "/bundle" } download {
                            "Download the proof"
                        }
                    }
                    p.faint {
                        "It holds the decision, the statements it was made from, and what proves them; "
                        "an auditor checks it offline with " code { "gatewright ledger verify" } "."
                    }
                }
                None => p { "The ledger takes it up within a second." }
            }
            @if history.len() > 1 {
                h2 { "Before" }
                (super::decisions::table(history.iter().filter(|row| row.id != id), now))
            }
        },
    ))
}

fn answer(decision: &Decision) -> Markup {
    html! {
        div class={ "answer " (decision.outcome.as_str()) } {
            p {
                (words::question(decision.gate)) " " (words::answer(decision.outcome))
                @if decision.reasons.is_empty() { "." } @else { ", because:" }
            }
            @if !decision.reasons.is_empty() {
                ul {
                    @for reason in &decision.reasons {
                        li {
                            (reason.message) " " code.faint { (reason.policy) }
                        }
                    }
                }
            }
            @if decision.mode != Mode::Enforce {
                p.faint {
                    "This gate is set to " b { (decision.mode.as_str()) }
                    ": the answer is recorded and refuses nothing."
                }
            }
        }
    }
}

fn facts(decision: &Decision) -> Markup {
    html! {
        details {
            summary { (words::count(decision.dependencies.len(), "fact")) " were read" }
            ul {
                @for read in decision.dependencies.iter().take(SHOWN) {
                    li { code { (read.key) } }
                }
                @if decision.dependencies.len() > SHOWN {
                    li { "and " (decision.dependencies.len() - SHOWN) " more, in the proof" }
                }
            }
        }
    }
}
