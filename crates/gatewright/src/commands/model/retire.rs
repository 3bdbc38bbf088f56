//! `model retire`: out of service, for good.

use gw_attest::predicate::Stage;
use gw_flow::Move;

use crate::cli::{Global, RetireArgs};
use crate::commands::{attest, gate};
use crate::output::{self, Ending};
use crate::session::Session;

pub(crate) async fn run(global: &Global, args: &RetireArgs) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let flow = &session.flow;
    let subject = gate::subject_at(&session, &args.asset, args.place.as_deref()).await?;
    let by = attest::user(&session);
    let moved = Move {
        asset: &args.asset,
        subject,
        to: Stage::Retired,
        reason: &args.reason,
        by: &by,
    };
    let keys = flow.retire(&moved, session.now).await?;
    let again = flow.follow(&keys, session.now).await?;
    session.tell(&again);
    session.seal(None).await?;
    let decisions = output::count(again.len(), "decision");
    Ok(Ending::new(
        0,
        format!("{} is retired; {decisions} made again", args.asset),
    ))
}
