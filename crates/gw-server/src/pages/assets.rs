//! Assets: what there is, and how each stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use gw_core::Asset;
use gw_flow::store::{DecisionRow, Store as _};
use maud::{Markup, html};

use super::layout::{self, Section};
use super::{PageError, decisions, words};
use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::Problem;

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Markup, PageError> {
    caller.may(Action::AssetRead, None)?;
    let bindings = app.store.bindings(&caller.realm, None).await?;
    let rows = app.store.current_decisions(&caller.realm).await?;
    let mut assets: BTreeMap<&Asset, (usize, Vec<&DecisionRow>)> = BTreeMap::new();
    for binding in &bindings {
        assets.entry(&binding.asset).or_default().0 += 1;
    }
    for row in &rows {
        assets.entry(&row.asset).or_default().1.push(row);
    }
    Ok(layout::page(
        &caller,
        Section::Assets,
        "Assets",
        html! {
            h1 { "Assets" }
            p.lead { (words::count(assets.len(), "asset")) ", with what each gate says." }
            @if assets.is_empty() {
                p.empty { "Nothing is known yet." }
            } @else {
                div.table {
                    table.cards-on-phone {
                        thead { tr {
                            th scope="col" { "Asset" }
                            th scope="col" { "Kind" }
                            th.number scope="col" { "Places" }
                            th scope="col" { "Gates" }
                        } }
                        tbody {
                            @for (asset, (places, decided)) in &assets {
                                tr {
                                    td { a href=(address(asset)) { (asset.name()) } }
                                    td data-label="Kind" { (asset.kind()) }
                                    td.number data-label="Places" { (places) }
                                    td data-label="Gates" {
                                        @for row in decided {
                                            (row.gate) " " (words::tag(row.outcome)) " "
                                        }
                                        @if decided.is_empty() { span.faint { "nothing decided" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    ))
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(asset): Path<String>,
) -> Result<Markup, PageError> {
    let asset: Asset = asset
        .parse()
        .map_err(|_| Problem::not_found("this is no asset's name"))?;
    caller.may(Action::AssetRead, Some(&asset))?;
    let bindings = app.store.bindings(&caller.realm, Some(&asset)).await?;
    let mut rows = app.store.current_decisions(&caller.realm).await?;
    rows.retain(|row| row.asset == asset);
    if bindings.is_empty() && rows.is_empty() {
        return Err(Problem::not_found(format!("nothing is known of {asset}")).into());
    }
    let now = app.now();
    Ok(layout::page(
        &caller,
        Section::Assets,
        asset.as_str(),
        html! {
            h1 { (asset) }
            h2 { "Where it is" }
            div.table {
                table.cards-on-phone {
                    thead { tr {
                        th scope="col" { "Place" }
                        th scope="col" { "Content" }
                        th scope="col" { "Since" }
                    } }
                    tbody {
                        @for binding in &bindings {
                            tr {
                                td { (binding.place) }
                                td data-label="Content" { (words::short(&binding.subject)) }
                                td data-label="Since" { (words::when(binding.from, now)) }
                            }
                        }
                    }
                }
            }
            h2 { "What the gates say" }
            @if rows.is_empty() {
                p.empty { "No gate has decided about it." }
            } @else {
                (decisions::table(rows.iter(), now))
            }
        },
    ))
}

/// The address of an asset's page.
pub(super) fn address(asset: &Asset) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(asset.as_str().as_bytes()).collect();
    // In a path, a space is not a plus.
    format!("/assets/{}", encoded.replace('+', "%20"))
}
