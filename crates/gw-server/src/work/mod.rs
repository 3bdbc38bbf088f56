//! What the server does without being asked: decides again, and writes the ledger.
//!
//! Whatever has to be done follows from the store: facts that changed after the last one that was
//! followed, decisions whose deadline passed, statements that the ledger has not taken up. So a
//! process that is killed loses nothing, and of several processes any can go on.

mod advisories;
mod follow;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

pub(crate) use advisories::reload as reload_advisories;

use crate::app::App;

/// How often another process's changes are looked for.
const TICK: Duration = Duration::from_millis(250);
/// Every how many ticks deadlines and advisories are looked at.
const SLOW: u32 = 4;

/// Works until `stop` becomes true.
pub(crate) async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut tick: u32 = 0;
    let mut follower = follow::Follower::new(holder());
    loop {
        let slow = tick.is_multiple_of(SLOW);
        if let Err(error) = round(&app, &mut follower, slow).await {
            // The next round tries again.
            tracing::error!(%error, "could not decide again");
        }
        tick = tick.wrapping_add(1);
        tokio::select! {
            () = app.changed.notified() => {}
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    // What was acknowledged in the last moments is written too.
    if let Err(error) = round(&app, &mut follower, false).await {
        tracing::error!(%error, "could not finish; the next start does");
    }
    if let Err(error) = follower.release(&app).await {
        tracing::error!(%error, "could not give the lease back");
    }
}

async fn round(
    app: &App,
    follower: &mut follow::Follower,
    slow: bool,
) -> Result<(), gw_flow::FlowError> {
    if slow {
        advisories::reload(app).await;
    }
    follower.follow(app, slow).await?;
    follower.write_ledger(app).await
}

/// A name for this process among all that share the store.
fn holder() -> String {
    let mut bytes = [0; 8];
    // Without randomness the number of the process is a name, too.
    let _ = getrandom::fill(&mut bytes);
    format!("{}-{}", std::process::id(), hex::encode(bytes))
}
