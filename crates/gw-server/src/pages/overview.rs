//! The first page: what does not pass, what changed, what needs somebody.

use std::sync::Arc;

use axum::extract::State;
use gw_core::Outcome;
use gw_flow::store::Store as _;
use maud::{Markup, html};

use super::layout::{self, Section};
use super::{PageError, decisions, words};
use crate::app::App;
use crate::auth::{Action, Caller};

/// Decisions that the page shows.
const SHOWN: usize = 20;

pub(super) async fn show(State(app): State<Arc<App>>, caller: Caller) -> Result<Markup, PageError> {
    caller.may(Action::DecisionRead, None)?;
    let mut rows = app.store.current_decisions(&caller.realm).await?;
    let now = app.now();
    let of = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (pass, wait, fail) = (
        of(Outcome::Pass),
        of(Outcome::NeedsApproval),
        of(Outcome::Fail),
    );
    rows.sort_by_key(|row| (std::cmp::Reverse(row.outcome), std::cmp::Reverse(row.time)));
    let urgent: Vec<_> = rows
        .iter()
        .filter(|row| row.outcome != Outcome::Pass)
        .take(SHOWN)
        .collect();
    let index = app.index();
    Ok(layout::page(
        &caller,
        Section::Overview,
        "Overview",
        html! {
            h1 { "Overview" }
            ul.cards {
                (card(fail, "do not pass", "/decisions?outcome=fail"))
                (card(wait, "wait for an approval", "/decisions?outcome=needs-approval"))
                (card(pass, "pass", "/decisions?outcome=pass"))
            }
            h2 { "What needs somebody" }
            @if rows.is_empty() {
                div.empty {
                    p { "Nothing has been decided yet. Send a first scan:" }
                    pre { code { "gatewright scan . --server " (app.origin.as_str().trim_end_matches('/')) } }
                }
            } @else if urgent.is_empty() {
                p { "Nothing: everything that is known passes its gates." }
            } @else {
                (decisions::table(urgent.into_iter(), now))
            }
            p.faint {
                "Advisories as of " (words::when(index.as_of(), now)) "."
            }
        },
    ))
}

fn card(number: usize, what: &str, address: &str) -> Markup {
    html! {
        li.card { a href=(address) { span.number { (number) } (what) } }
    }
}
