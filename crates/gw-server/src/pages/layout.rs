//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};

use super::files::STYLE_ADDRESS;
use crate::auth::Caller;

/// A part of the control plane that the main navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Assets,
    Decisions,
    Ledger,
    Tokens,
    Account,
}

impl Section {
    const ALL: [(Self, &str, &str); 5] = [
        (Self::Overview, "Overview", "/"),
        (Self::Assets, "Assets", "/assets"),
        (Self::Decisions, "Decisions", "/decisions"),
        (Self::Ledger, "Ledger", "/ledger"),
        (Self::Tokens, "Tokens", "/tokens"),
    ];
}

/// A page for somebody who is signed in.
pub(super) fn page(caller: &Caller, section: Section, title: &str, content: Markup) -> Markup {
    document(
        title,
        html! {
            header.top {
                div.bar {
                    a.brand href="/" { "Gatewright" }
                    nav.main aria-label="Main" {
                        @for (one, name, address) in Section::ALL {
                            a href=(address) aria-current=[(one == section).then_some("page")] {
                                (name)
                            }
                        }
                    }
                    @if caller.session.is_some() {
                        a href="/account" aria-current=[(section == Section::Account).then_some("page")] {
                            (caller.name)
                        }
                        form method="post" action="/sign-out" {
                            input type="hidden" name="csrf" value=(caller.csrf());
                            button { "Sign out" }
                        }
                    }
                }
            }
            main #content tabindex="-1" { (content) }
        },
    )
}

/// A page for somebody of whom nothing is known.
pub(super) fn bare(title: &str, content: Markup) -> Markup {
    document(
        title,
        html! { main #content .narrow tabindex="-1" { (content) } },
    )
}

fn document(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " · Gatewright" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                link rel="stylesheet" href=(*STYLE_ADDRESS);
                // No request for an icon that is not there.
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (body)
            }
        }
    }
}
