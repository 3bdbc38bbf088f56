//! The ledger: how far it is, and how somebody outside verifies it.

use std::sync::Arc;

use axum::extract::State;
use gw_flow::store::Store as _;
use maud::{Markup, html};

use super::PageError;
use super::layout::{self, Section};
use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::Problem;

pub(super) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Result<Markup, PageError> {
    caller.may(Action::DecisionRead, None)?;
    let size = app.store.leaf_count().await?;
    let signer = gw_flow::ledger::log_signer(&app.key).map_err(|e| Problem::internal(&e))?;
    Ok(layout::page(
        &caller,
        Section::Ledger,
        "Ledger",
        html! {
            h1 { "Ledger" }
            p.lead {
                (size) " records. Every statement and every decision is one, and none can be changed "
                "or taken out without anybody who kept an earlier checkpoint seeing it."
            }
            dl.facts {
                dt { "Verifier key" } dd { code { (signer.verifier()) } }
                dt { "Checkpoint" } dd { a href="/ledger/checkpoint" { "/ledger/checkpoint" } }
                dt { "Tiles" } dd { code { "/ledger/tile/..." } " (C2SP tlog-tiles)" }
            }
            h2 { "Verify it" }
            p {
                "A log alone proves little: whoever runs it could show different people different "
                "ones. Keep a checkpoint, and compare later:"
            }
            pre { code {
                "curl -O " (app.origin.as_str()) "ledger/checkpoint\n"
                "gatewright ledger verify PROOF.json --key KEY --earlier checkpoint"
            } }
        },
    ))
}
