//! One's own account: what one signs in with.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use gw_identity::Act;
use gw_identity::people;
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::PageError;
use super::layout::{self, Section};
use crate::app::App;
use crate::audit;
use crate::auth::Caller;

/// The form.
#[derive(Deserialize)]
pub(super) struct Change {
    csrf: String,
    email: String,
    password: Zeroizing<String>,
}

pub(super) async fn show(caller: Caller) -> Result<Markup, PageError> {
    let signed = caller.person()?;
    let person = &signed.person;
    let roles: Vec<_> = person.roles.iter().map(|role| role.as_str()).collect();
    Ok(layout::page(
        &caller,
        Section::Account,
        "Account",
        html! {
            h1 { (person.name) }
            dl.facts {
                dt { "Roles" } dd { (roles.join(", ")) }
                dt { "Signed in" } dd { (signed.session.created_at.strftime("%Y-%m-%d %H:%M UTC").to_string()) " from " (signed.session.address) }
            }
            h2 { "Address and password" }
            p { "With them you sign in the next time. A new password ends your other sessions." }
            form method="post" action="/account" {
                input type="hidden" name="csrf" value=(caller.csrf());
                p {
                    label for="email" { "E-mail address" }
                    input #email name="email" type="email" autocomplete="username" required
                        value=(person.email.as_deref().unwrap_or_default());
                }
                p {
                    label for="password" { "New password" }
                    input #password name="password" type="password" autocomplete="new-password"
                        required minlength="12" aria-describedby="password-hint";
                    span.faint.hint #password-hint { "At least 12 characters; a few words do well." }
                }
                button.primary { "Save" }
            }
        },
    ))
}

pub(super) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<Change>,
) -> Result<Redirect, PageError> {
    let signed = caller.check_form(&form.csrf)?;
    let mut person = signed.person.clone();
    person.email = Some(form.email.clone());
    let hash = app.door.prepare(&person, form.password).await?;
    let act = Act {
        by: caller.principal(),
        now: app.wall(),
    };
    let mut transaction = app.store.database().begin().await?;
    let (realm, id) = (&caller.realm, &person.id);
    let address = people::set_address(&mut transaction, realm, id, &form.email, act).await?;
    audit::state(&app, &mut transaction, realm, &address.record).await?;
    let keep = Some(&signed.session.id);
    let password = people::set_password(&mut transaction, realm, id, Some(hash), keep, act).await?;
    audit::state(&app, &mut transaction, realm, &password.record).await?;
    transaction.commit().await?;
    app.changed.notify_one();
    Ok(Redirect::to("/account"))
}
