//! `ledger verify https://...`: a log that a server shows, once or as long as it grows.

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, bail};
use gw_core::Time;
use gw_fetch::RemoteLog;
use gw_flow::private;
use gw_ledger::{Advance, Follower, LogFailure, Setback, VerifierKey, verify_log};

use super::Verification;
use crate::cli::LiveLogArgs;
use crate::network;
use crate::output::{self, Ending};
use crate::session::show;

/// The address, if a log that a server shows is to be verified.
pub(super) fn address(target: Option<&Path>) -> Option<&str> {
    target
        .and_then(Path::to_str)
        .filter(|text| text.starts_with("https://") || text.starts_with("http://"))
}

/// Verifies the log at an address.
pub(super) async fn verify(
    question: &Verification<'_>,
    args: &LiveLogArgs,
    address: &str,
    key: VerifierKey,
    witnesses: Vec<VerifierKey>,
) -> anyhow::Result<Ending> {
    let root = network::root(args.server_ca.as_deref())?;
    let log = RemoteLog::find(address, root.as_deref(), &network::options()).await?;
    let threshold = question.threshold;
    if let Some(earlier) = question.earlier {
        let earlier = std::fs::read_to_string(earlier).with_context(|| show(earlier))?;
        let checked = tokio::task::spawn_blocking(move || {
            verify_log(&log, &key, Some(&earlier), &witnesses, threshold)
        });
        return Ok(match checked.await? {
            Ok(log) => {
                super::show_log(&log.checkpoint, &log.history)?;
                Ending::new(0, "verified")
            }
            Err(failure) => refused(&failure),
        });
    }
    let follower = match &args.state {
        Some(state) => remembered(state, key)?,
        None => Follower::new(key),
    };
    let mut watch = Watch {
        log,
        follower,
        witnesses,
        threshold,
    };
    let mut failing = false;
    // Kept from the first wait on, so that an interruption while the log is read counts as well.
    let mut interruption = pin!(tokio::signal::ctrl_c());
    loop {
        let (back, looked) = watch.look().await?;
        watch = back;
        match looked {
            Ok(advance) => {
                failing = false;
                keep(&watch.follower, args.state.as_deref())?;
                report(&advance, args.follow)?;
            }
            Err(setback) => match setback.failure {
                // Whoever follows a log outlives its restarts.
                LogFailure::Read(error) if args.follow => {
                    if !failing {
                        eprintln!("{}  cannot be read: {error}; trying again", time());
                    }
                    failing = true;
                }
                LogFailure::Read(error) => bail!(error),
                failure if failure.is_break() => {
                    let seen = watch.follower.checkpoint().unwrap_or_default();
                    let shown = setback.shown.unwrap_or_default();
                    return accuse(&failure, seen, &shown, args.state.as_deref());
                }
                failure => return Ok(refused(&failure)),
            },
        }
        if !args.follow {
            return Ok(Ending::new(0, "verified"));
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(args.every)) => {}
            interrupted = &mut interruption => {
                interrupted?;
                return Ok(Ending::new(0, "verified as long as it was followed"));
            }
        }
    }
}

struct Watch {
    log: RemoteLog,
    follower: Follower,
    witnesses: Vec<VerifierKey>,
    threshold: usize,
}

impl Watch {
    /// Looks at the log once, on a thread that may wait for it.
    async fn look(mut self) -> anyhow::Result<(Self, Result<Advance, Setback>)> {
        let looking = tokio::task::spawn_blocking(move || {
            let looked = self
                .follower
                .advance(&self.log, &self.witnesses, self.threshold);
            (self, looked)
        });
        Ok(looking.await?)
    }
}

/// Keeps what was seen and what is shown instead. The log signed both.
fn accuse(
    failure: &LogFailure,
    seen: &str,
    shown: &str,
    state: Option<&Path>,
) -> anyhow::Result<Ending> {
    let evidence = format!("{seen}\n{shown}");
    let path = state.map(|state| state.with_added_extension("evidence"));
    output::write(path.as_deref(), evidence.as_bytes())?;
    let place = path.map_or_else(
        || "printed".to_owned(),
        |path| format!("in {}", show(&path)),
    );
    let why = format!(
        "not verified: {failure}; the checkpoint that was seen before and the one that is shown now, \
         both signed by the log, are {place}"
    );
    Ok(Ending::new(1, why))
}

fn remembered(state: &Path, key: VerifierKey) -> anyhow::Result<Follower> {
    match std::fs::read(state) {
        Ok(bytes) => Follower::remember(key, &bytes).with_context(|| show(state)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Follower::new(key)),
        Err(error) => Err(error).with_context(|| show(state)),
    }
}

/// Remembers what was verified before it is told.
fn keep(follower: &Follower, state: Option<&Path>) -> anyhow::Result<()> {
    if let (Some(state), Some(memory)) = (state, follower.memory()) {
        private::replace(state, memory.as_bytes()).with_context(|| show(state))?;
    }
    Ok(())
}

/// Tells what was verified; while following, a line for each time that something was new.
fn report(advance: &Advance, follows: bool) -> anyhow::Result<()> {
    let size = advance.checkpoint.size;
    match advance.before {
        Some(before) if follows && before == size => Ok(()),
        Some(before) if follows => {
            let line = format!("{}  {before} -> {size} records\n", time());
            output::write(None, line.as_bytes())
        }
        _ => super::show_log(&advance.checkpoint, &advance.history),
    }
}

fn time() -> String {
    Time::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn refused(failure: &LogFailure) -> Ending {
    Ending::new(1, format!("not verified: {failure}"))
}
