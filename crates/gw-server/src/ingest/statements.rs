//! Statements of any sort, from any tool that signs them.

use std::sync::Arc;

use axum::extract::State;
use gw_attest::{Envelope, PublicKey};
use gw_core::{Asset, Digest};
use serde::{Deserialize, Serialize};

use super::vouch;
use crate::app::App;
use crate::auth::{Action, Caller};
use crate::http::{Json, Problem};

/// Statements in one request.
const MAX_STATEMENTS: usize = 1000;

/// Statements as they are sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// The asset that those concern which do not say.
    #[serde(default)]
    asset: Option<Asset>,
    /// The keys that may have signed them, in PEM.
    keys: Vec<String>,
    /// The statements.
    statements: Vec<Envelope>,
}

/// What became of a statement.
#[derive(Debug, Serialize)]
pub(crate) struct Taken {
    /// Its id.
    id: Digest,
    /// What sort of statement it is.
    predicate_type: String,
    /// Whether the server vouches for it, so that it counts as a fact.
    vouched: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

pub(crate) async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(sent): Json<Sent>,
) -> Result<axum::Json<Vec<Taken>>, Problem> {
    caller.may(Action::IngestWrite, sent.asset.as_ref())?;
    if sent.statements.len() > MAX_STATEMENTS {
        return Err(Problem::bad_request(format!(
            "send at most {MAX_STATEMENTS} statements at once"
        )));
    }
    let keys: Vec<_> = sent
        .keys
        .iter()
        .map(|pem| PublicKey::from_pem(pem))
        .collect::<Result<_, _>>()
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    // All are looked at before any is kept, so that a refused request changes nothing.
    let mut checked = Vec::with_capacity(sent.statements.len());
    for envelope in sent.statements {
        let one = vouch::check(envelope, &keys)?;
        vouch::concerns(&one.statement, &caller.realm, None)?;
        checked.push(one);
    }
    let now = app.now();
    let flow = app.flow(&caller.realm);
    let mut taken = Vec::with_capacity(checked.len());
    let mut touched = Vec::new();
    for one in checked {
        let predicate_type = one.statement.predicate_type.clone();
        let asset = one.statement.asset().or(sent.asset.as_ref()).cloned();
        let why = refusal(&caller, &predicate_type, asset.as_ref());
        let one = match &why {
            None => vouch::countersign(&app, one)?,
            Some(_) => one,
        };
        let stored = flow.take_in(&one.envelope, &one.keys, now).await?;
        if why.is_some() {
            touched.extend(gw_flow::keys_of(&one.statement));
        }
        taken.push(Taken {
            id: stored.id,
            predicate_type,
            vouched: why.is_none(),
            why,
        });
    }
    // What the server vouches for moves the facts' versions and is followed by them. Whether the
    // rest counts is for each reader's authority rules to say, and so each is asked again.
    flow.follow_all(&touched, now).await?;
    app.changed.notify_one();
    Ok(axum::Json(taken))
}

/// Why the server does not vouch for a statement.
fn refusal(caller: &Caller, predicate_type: &str, asset: Option<&Asset>) -> Option<String> {
    if !vouch::is_ingestible(predicate_type) {
        return Some(format!(
            "kept, but not vouched for: {predicate_type} counts only if an authority rule admits \
             its signer"
        ));
    }
    caller
        .may(Action::IngestWrite, asset)
        .err()
        .map(|problem| problem.detail().to_owned())
}
