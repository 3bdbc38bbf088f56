//! Service tokens: what machines send statements and ask with.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use gw_core::Time;
use gw_identity::access::Scope;
use gw_identity::tokens::{self, NewToken, TokenInfo};
use gw_identity::{Act, Pattern};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{self, Section};
use super::{PageError, words};
use crate::app::App;
use crate::audit;
use crate::auth::{Action, Caller};
use crate::http::Problem;

/// A new token, as the form has it.
#[derive(Deserialize)]
pub(super) struct New {
    csrf: String,
    name: String,
    assets: String,
    // A box that is not ticked is not sent.
    ingest: Option<String>,
    read: Option<String>,
    audit: Option<String>,
    days: u16,
}

/// The token of a form that says nothing else.
#[derive(Deserialize)]
pub(super) struct Confirm {
    csrf: String,
}

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Markup, PageError> {
    page(&app, &caller, None).await
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<New>,
) -> Result<Markup, PageError> {
    let signed = caller.check_form(&form.csrf)?;
    caller.may(Action::TokenCreate, None)?;
    let assets: Result<Vec<Pattern>, _> = form.assets.split_whitespace().map(str::parse).collect();
    let assets = assets.map_err(|error| Problem::bad_request(error.to_string()))?;
    let ticked = [
        (Scope::Ingest, &form.ingest),
        (Scope::Read, &form.read),
        (Scope::Audit, &form.audit),
    ];
    let scopes: BTreeSet<Scope> = ticked
        .into_iter()
        .filter(|(_, ticked)| ticked.is_some())
        .map(|(scope, _)| scope)
        .collect();
    let now = app.wall();
    let life = jiff::SignedDuration::from_hours(24 * i64::from(form.days));
    let new = NewToken {
        name: &form.name,
        owner: &signed.person.id,
        assets,
        scopes,
        expires_at: now.checked_add(life).unwrap_or(Time::MAX),
    };
    let act = Act {
        by: caller.principal(),
        now,
    };
    let mut transaction = app.store.database().begin().await?;
    let made = tokens::create(&mut transaction, &caller.realm, new, act).await?;
    audit::state(&app, &mut transaction, &caller.realm, &made.record).await?;
    transaction.commit().await?;
    app.changed.notify_one();
    let (token, _) = made.value;
    page(&app, &caller, Some(token.expose())).await
}

pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Form(form): Form<Confirm>,
) -> Result<Redirect, PageError> {
    let signed = caller.check_form(&form.csrf)?;
    let database = app.store.database();
    let own = tokens::list(database, &caller.realm, Some(&signed.person.id)).await?;
    let is_own = own.iter().any(|token| token.id == id);
    if !is_own {
        caller.may(Action::TokenManage, None)?;
    }
    let act = Act {
        by: caller.principal(),
        now: app.wall(),
    };
    let mut transaction = database.begin().await?;
    let revoked = tokens::revoke(&mut transaction, &caller.realm, &id, act).await?;
    audit::state(&app, &mut transaction, &caller.realm, &revoked.record).await?;
    transaction.commit().await?;
    app.changed.notify_one();
    Ok(Redirect::to("/tokens"))
}

/// The page, with a token that was just made: it is shown this once.
async fn page(app: &App, caller: &Caller, made: Option<&str>) -> Result<Markup, PageError> {
    let signed = caller.person()?;
    let all = caller.may(Action::TokenManage, None).is_ok();
    let owner = (!all).then_some(signed.person.id.as_str());
    let known = tokens::list(app.store.database(), &caller.realm, owner).await?;
    let now = app.wall();
    Ok(layout::page(
        caller,
        Section::Tokens,
        "Tokens",
        html! {
            h1 { "Tokens" }
            p.lead { "With a token, a pipeline sends scans here and asks for decisions." }
            @if let Some(token) = made {
                div.notice role="status" {
                    p { b { "Copy it now: it is not shown again." } }
                    pre { code { (token) } }
                    pre { code {
                        "export GATEWRIGHT_TOKEN=...\n"
                        "gatewright scan . --server " (app.origin.as_str().trim_end_matches('/'))
                    } }
                }
            }
            @if known.is_empty() {
                p.empty { "There is none yet." }
            } @else {
                (table(&known, caller, now))
            }
            @if caller.may(Action::TokenCreate, None).is_ok() {
                h2 { "Make one" }
                (form(caller))
            }
        },
    ))
}

fn table(known: &[TokenInfo], caller: &Caller, now: Time) -> Markup {
    html! {
        div.table {
            table.cards-on-phone {
                thead { tr {
                    th scope="col" { "Name" }
                    th scope="col" { "May" }
                    th scope="col" { "Assets" }
                    th scope="col" { "Last used" }
                    th scope="col" { "Ends" }
                    th scope="col" { span.skip { "Actions" } }
                } }
                tbody {
                    @for token in known {
                        tr {
                            td { (token.name) }
                            td data-label="May" {
                                (token.scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", "))
                            }
                            td data-label="Assets" {
                                (token.assets.iter().map(Pattern::as_str).collect::<Vec<_>>().join(" "))
                            }
                            td data-label="Last used" {
                                @match token.last_used_at {
                                    Some(time) => (words::when(time, now)),
                                    None => "never",
                                }
                            }
                            td data-label="Ends" { (words::when(token.expires_at, now)) }
                            td {
                                @if token.is_live(now) {
                                    form method="post" action={ "/tokens/" (token.id) "/revoke" } {
                                        input type="hidden" name="csrf" value=(caller.csrf());
                                        button.danger aria-label={ "Revoke " (token.name) } { "Revoke" }
                                    }
                                } @else { span.tag { "void" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn form(caller: &Caller) -> Markup {
    html! {
        form method="post" action="/tokens" {
            input type="hidden" name="csrf" value=(caller.csrf());
            p {
                label for="name" { "What it is for" }
                input #name name="name" maxlength="100" required placeholder="CI of payments";
            }
            p {
                label for="assets" { "Assets" }
                input #assets name="assets" required value="*" aria-describedby="assets-hint";
                span.faint.hint #assets-hint { "Names or patterns, such as repo:payments or repo:*" }
            }
            fieldset {
                legend { "It may" }
                @for (scope, what) in [
                    (Scope::Ingest, "send scans and have gates decide"),
                    (Scope::Read, "read assets, findings and decisions"),
                    (Scope::Audit, "read the ledger and what administrators did"),
                ] {
                    label.choice {
                        input type="checkbox" name=(scope.as_str())
                            checked[scope == Scope::Ingest];
                        " " (what)
                    }
                }
            }
            p {
                label for="days" { "Days until it ends" }
                input #days name="days" type="number" min="1" max="366" value="90" required;
            }
            button.primary { "Make the token" }
        }
    }
}
