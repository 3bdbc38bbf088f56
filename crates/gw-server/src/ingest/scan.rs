//! A scan that was made elsewhere: its statements are kept, its content is bound, and the release
//! gate decides here, from the statements alone and by this server's rules.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gw_attest::{Envelope, PublicKey, predicate};
use gw_core::{Asset, Digest, Gate, Place, Realm, Subject};
use gw_flow::Question;
use gw_flow::store::Store as _;
use gw_report::{Record, Tool};
use serde::Deserialize;

use super::vouch::{self, Checked};
use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::{Json, Problem};
use crate::{rules, work};

/// How often, and how long each time, the ledger is waited for.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(20);

/// Statements of a scan and of the one it starts from; more are a mistake.
const MAX_STATEMENTS: usize = 16;

/// A scan as it is sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// What was scanned.
    asset: Asset,
    /// Where the asset has this content: `branch:main`.
    place: Place,
    /// What was scanned, by content.
    subject: Digest,
    /// The content whose findings are not counted, because they are not new: one that the asset has
    /// at another place.
    #[serde(default)]
    since: Option<Digest>,
    /// The key that signed the statements, in PEM.
    key: String,
    /// Inventory and content findings, of `subject` and of `since`.
    statements: Vec<Envelope>,
}

pub(crate) async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(sent): Json<Sent>,
) -> Result<Response, Problem> {
    caller.may(Action::IngestWrite, Some(&sent.asset))?;
    if sent.statements.len() > MAX_STATEMENTS {
        return Err(Problem::bad_request(format!(
            "a scan has at most {MAX_STATEMENTS} statements"
        )));
    }
    let key =
        PublicKey::from_pem(&sent.key).map_err(|error| Problem::bad_request(error.to_string()))?;
    let mut checked = Vec::with_capacity(sent.statements.len());
    for envelope in sent.statements {
        let one = vouch::check(envelope, std::slice::from_ref(&key))?;
        vouch::concerns(&one.statement, &caller.realm, Some(&sent.asset))?;
        if !vouch::is_ingestible(&one.statement.predicate_type) {
            return Err(Problem::bad_request(format!(
                "{} is not part of a scan",
                one.statement.predicate_type
            )));
        }
        checked.push(one);
    }
    let subject = target(&checked, &sent.subject)?;

    // What was imported a moment ago counts already.
    work::reload_advisories(&app).await;
    let now = app.now();
    let flow = app.flow(&caller.realm);
    for one in checked {
        let one = vouch::countersign(&app, one)?;
        flow.take_in(&one.envelope, &one.keys, now).await?;
    }
    flow.bind(&sent.asset, &sent.place, &subject, now).await?;
    let mut circumstances = rules::circumstances(&app, &caller.realm, &sent.asset).await?;
    if let Some(since) = sent.since {
        if is_elsewhere(&app, &caller.realm, &sent.asset, &sent.place, &since).await? {
            circumstances.since = Some(since);
        } else {
            let why = "what was there before: the asset has no such content at another place here";
            circumstances.unused.push(why.to_owned());
        }
    }
    let question = Question {
        gate: Gate::Release,
        asset: sent.asset,
        place: sent.place,
        subject: sent.subject,
        circumstances,
    };
    let judgement = flow.decide(&question, now).await?;
    app.changed.notify_one();

    let tool = Tool {
        name: "gatewright".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let record = recorded(&app, judgement.id).await?;
    let report = gw_flow::report(&judgement, &flow.index, tool, record);
    let location = format!("/decisions/{}", judgement.id.to_hex());
    Ok(([(header::LOCATION, location)], axum::Json(report)).into_response())
}

/// Whether an asset is known to have a content at another place than this one. Only such a content can
/// be what a judgement starts from: a pipeline that names what it likes could make everything old.
async fn is_elsewhere(
    app: &App,
    realm: &Realm,
    asset: &Asset,
    place: &Place,
    subject: &Digest,
) -> Result<bool, Problem> {
    let bindings = app.store.bindings(realm, Some(asset)).await?;
    Ok(bindings
        .iter()
        .any(|binding| binding.place != *place && binding.subject == *subject))
}

/// Where the ledger has a decision. It is waited for, so that the answer can say so; where the ledger
/// is slow, the decision stands without.
async fn recorded(app: &App, decision: Digest) -> Result<Option<Record>, Problem> {
    for _ in 0..WAITS {
        if let Some(leaf) = app.store.leaf_of(&decision).await? {
            let size = app.store.leaf_count().await?;
            return Ok(Some(Record {
                decision,
                leaf,
                size,
            }));
        }
        tokio::time::sleep(WAIT).await;
    }
    Ok(None)
}

/// The subject, as the scan's own statement names it.
fn target(checked: &[Checked], digest: &Digest) -> Result<Subject, Problem> {
    let has = |kind: &str| {
        checked.iter().find(|one| {
            one.statement.predicate_type == kind && one.statement.digests().any(|d| d == *digest)
        })
    };
    if has(predicate::CYCLONEDX).is_none() {
        return Err(Problem::bad_request(format!(
            "there is no inventory of {digest} among the statements"
        )));
    }
    let scan = has(predicate::SCAN).ok_or_else(|| {
        Problem::bad_request(format!("there is no scan of {digest} among the statements"))
    })?;
    let scan: predicate::Scan = scan
        .statement
        .predicate_as()
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    if scan.target.digest != *digest {
        return Err(Problem::bad_request(format!(
            "the scan is of {}, not of {digest}",
            scan.target.digest
        )));
    }
    Ok(scan.target)
}
