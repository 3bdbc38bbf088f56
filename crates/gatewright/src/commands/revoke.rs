//! `revoke`: withdrawing statements and keys.

use anyhow::Context as _;
use gw_attest::KeyId;
use gw_attest::predicate::Revocation;
use gw_core::Digest;
use gw_flow::store::Store as _;

use crate::cli::{Global, RevokeArgs};
use crate::output::{self, Ending};
use crate::session::Session;

pub(crate) async fn run(global: &Global, args: &RevokeArgs) -> anyhow::Result<Ending> {
    let mut revocation = Revocation {
        reason: args.reason.clone(),
        ..Revocation::default()
    };
    for id in &args.ids {
        if let Ok(key) = id.parse::<KeyId>() {
            revocation.keys.push(key);
        } else {
            let digest: Digest = id.parse().with_context(|| {
                format!("`{id}` is neither a statement's id (sha256:...) nor a key's id")
            })?;
            revocation.statements.push(digest);
        }
    }
    let session = Session::open_recorded(global).await?;
    let flow = &session.flow;
    let stored = flow.revoke(&revocation, session.now).await?;
    output::write(None, format!("{}\n", stored.id).as_bytes())?;
    let mut keys = flow.store.keys_of(&flow.realm, &stored.id).await?;
    for id in &revocation.statements {
        keys.extend(flow.store.keys_of(&flow.realm, id).await?);
    }
    for key in &revocation.keys {
        keys.extend(flow.keys_touched_by(key).await?);
    }
    let again = flow.follow(&keys, session.now).await?;
    session.tell(&again);
    session.seal(None).await?;
    let decisions = output::count(again.len(), "decision");
    Ok(Ending::new(0, format!("withdrawn; {decisions} made again")))
}
