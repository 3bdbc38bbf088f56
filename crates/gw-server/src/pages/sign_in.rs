//! Signing in and out.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Extension, Path, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use gw_identity::people::{self, Person, Redeemed};
use gw_identity::session::{self, SessionPolicy, SignIn};
use gw_identity::{IdentityError, Secret};
use gw_store::Transaction;
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{PageError, layout};
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::http::Problem;
use crate::net::Peer;

/// Address and password.
#[derive(Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: Zeroizing<String>,
}

/// A link that is used up.
#[derive(Deserialize)]
pub(super) struct Use {
    secret: Zeroizing<String>,
    name: String,
}

/// The token of a form.
#[derive(Deserialize)]
pub(super) struct SignOut {
    csrf: String,
}

pub(super) async fn show() -> Markup {
    form(None)
}

fn form(problem: Option<&str>) -> Markup {
    layout::bare(
        "Sign in",
        html! {
            h1 { "Sign in" }
            @if let Some(problem) = problem {
                p.notice role="alert" { (problem) }
            }
            form method="post" action="/sign-in" {
                div {
                    label for="email" { "E-mail address" }
                    input #email name="email" type="email" autocomplete="username" required autofocus;
                }
                div {
                    label for="password" { "Password" }
                    input #password name="password" type="password"
                        autocomplete="current-password" required;
                }
                button.primary { "Sign in" }
            }
            p.faint {
                "The first administrator signs in with the link that the server printed when it "
                "started."
            }
        },
    )
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, PageError> {
    let from = peer.address.to_string();
    let entered = app
        .door
        .enter(&app.realm, &given.email, given.password, &from, app.wall())
        .await;
    let person = match entered {
        Ok(person) => person,
        Err(error @ (IdentityError::Credentials | IdentityError::Throttled { .. })) => {
            return Ok(form(Some(&error.to_string())).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let mut transaction = app.store.database().begin().await?;
    let cookie = begin(&app, &mut transaction, &person, &headers, peer).await?;
    transaction.commit().await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// The page behind a link. It uses nothing up: whatever looks at links in messages may open it.
pub(super) async fn link(Path(secret): Path<String>) -> Markup {
    layout::bare(
        "Welcome",
        html! {
            h1 { "Welcome" }
            p { "This link signs you in once." }
            form method="post" action="/link" {
                input type="hidden" name="secret" value=(secret);
                div {
                    label for="name" { "What to call you" }
                    input #name name="name" autocomplete="name" maxlength="200" required autofocus;
                }
                button.primary { "Sign in" }
            }
        },
    )
}

pub(super) async fn redeem(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Form(given): Form<Use>,
) -> Result<Response, PageError> {
    let secret = Secret::parse(&given.secret).ok_or(IdentityError::Link)?;
    let now = app.wall();
    let mut transaction = app.store.database().begin().await?;
    let redeemed = people::redeem(&mut transaction, &app.realm, &secret, &given.name, now).await?;
    let person = match redeemed {
        Redeemed::Known(person) => person,
        Redeemed::New(recorded) => {
            audit::state(&app, &mut transaction, &app.realm, &recorded.record).await?;
            recorded.value
        }
    };
    let cookie = begin(&app, &mut transaction, &person, &headers, peer).await?;
    transaction.commit().await?;
    app.changed.notify_one();
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/account")).into_response())
}

pub(super) async fn leave(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<SignOut>,
) -> Result<Response, PageError> {
    let signed = caller.check_form(&form.csrf)?;
    let mut transaction = app.store.database().begin().await?;
    let (person, id) = (&signed.person.id, &signed.session.id);
    session::end(&mut transaction, &caller.realm, person, id).await?;
    transaction.commit().await?;
    let cookie = app.cookie.clear()?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}

/// Begins a session in the place of the one that the browser had, and returns its cookie.
async fn begin(
    app: &App,
    transaction: &mut Transaction,
    person: &Person,
    headers: &HeaderMap,
    peer: Peer,
) -> Result<HeaderValue, Problem> {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let address = peer.address.to_string();
    let sign_in = SignIn {
        passkey: false,
        address: &address,
        agent: agent.unwrap_or_default(),
    };
    let before = app.cookie.read(headers);
    let policy = SessionPolicy::default();
    let secret = session::start(
        transaction,
        person,
        sign_in,
        before.as_ref(),
        policy,
        app.wall(),
    )
    .await?;
    app.cookie.set(&secret)
}
