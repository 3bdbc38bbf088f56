//! Deciding again what facts, deadlines and advisories concern.

use gw_core::{FactKey, Realm, Time};
use gw_flow::store::Store as _;
use gw_flow::{FlowError, Redecided};

use crate::app::App;

/// The lease of the one process that decides again.
const LEASE: &str = "follower";
/// How long it holds if its process dies.
const LEASE_TIME: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);
/// The name under which the store remembers how far facts have been followed.
const CURSOR: &str = "follower.cursor";
/// Facts that are followed in one go.
const CHUNK: u32 = 1000;

/// The process's part in deciding again.
pub(crate) struct Follower {
    holder: String,
    /// The number of the change up to which all realms were followed.
    seen: Option<i64>,
    /// The number of the change up to which the ledger was written.
    written: Option<i64>,
}

impl Follower {
    pub(crate) const fn new(holder: String) -> Self {
        Self {
            holder,
            seen: None,
            written: None,
        }
    }

    /// Follows everything that changed; `deadlines` says whether to look at those as well.
    pub(crate) async fn follow(&mut self, app: &App, deadlines: bool) -> Result<(), FlowError> {
        let latest = app.store.change_seq().await?;
        if self.seen == Some(latest) && !deadlines {
            return Ok(());
        }
        let now = app.now();
        // Others go by the wall's clock, whatever time decisions are made at.
        let wall = app.wall();
        let until = wall.checked_add(LEASE_TIME).unwrap_or(Time::MAX);
        if !app.store.lease(LEASE, &self.holder, wall, until).await? {
            // Another process is at it; should it die, its lease ends.
            return Ok(());
        }
        for realm in app.store.realms().await? {
            follow_realm(app, &realm, deadlines, now).await?;
        }
        // What deciding again changed is followed in the next round.
        self.seen = Some(latest);
        Ok(())
    }

    /// Takes up what waits in the outbox, and brings this process's copy of the tiles up to date.
    pub(crate) async fn write_ledger(&mut self, app: &App) -> Result<(), FlowError> {
        let latest = app.store.change_seq().await?;
        if self.written == Some(latest) {
            return Ok(());
        }
        let folder = app.home.ledger();
        gw_flow::ledger::take_up(&app.store, &folder, &app.key).await?;
        self.written = Some(latest);
        Ok(())
    }

    pub(crate) async fn release(&self, app: &App) -> Result<(), FlowError> {
        Ok(app.store.release(LEASE, &self.holder).await?)
    }
}

/// Decides again, in one realm, what changed facts and deadlines concern.
async fn follow_realm(
    app: &App,
    realm: &Realm,
    deadlines: bool,
    now: Time,
) -> Result<(), FlowError> {
    let flow = app.flow(realm);
    let cursor = app.store.meta(realm, CURSOR).await?;
    let mut after: i64 = cursor.and_then(|text| text.parse().ok()).unwrap_or(0);
    loop {
        let changed = app.store.changed_facts(realm, after, CHUNK).await?;
        let Some((_, last)) = changed.last() else {
            break;
        };
        let next = *last;
        let keys: Vec<FactKey> = changed.into_iter().map(|(key, _)| key).collect();
        report(app, realm, &flow.follow(&keys, now).await?);
        app.store.set_meta(realm, CURSOR, &next.to_string()).await?;
        after = next;
    }
    if deadlines {
        report(
            app,
            realm,
            &flow.refresh("advisory data of the server", now).await?,
        );
    }
    Ok(())
}

fn report(app: &App, realm: &Realm, again: &[Redecided]) {
    for one in again {
        let decision = &one.judgement.decision;
        app.metrics.decided_again(decision.gate, decision.outcome);
        if decision.outcome != one.before {
            tracing::info!(
                %realm,
                asset = %decision.asset,
                place = %decision.place,
                gate = %decision.gate,
                before = %one.before,
                now = %decision.outcome,
                "decided again"
            );
        }
    }
}
