//! `ledger verify https://...`: a log that a server shows, once or as long as it grows.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use gw_core::Time;
use gw_fetch::RemoteLog;
use gw_flow::private;
use gw_ledger::{Advance, Follower, LogFailure, Resource, TileStore as _, VerifierKey, verify_log};

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
    let root = args
        .server_ca
        .as_ref()
        .map(|path| std::fs::read(path).with_context(|| show(path)))
        .transpose()?;
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
    loop {
        let (back, looked) = watch.look().await?;
        watch = back;
        match looked {
            Ok(advance) => {
                failing = false;
                keep(&watch.follower, args.state.as_deref())?;
                report(&advance, args.follow)?;
            }
            Err(failure) if failure.is_misbehaviour() => {
                return watch.accuse(&failure, args.state.as_deref()).await;
            }
            // Whoever follows a log outlives its restarts.
            Err(LogFailure::Read(error)) if args.follow => {
                if !failing {
                    eprintln!("{}  cannot be read: {error}; trying again", time());
                }
                failing = true;
            }
            Err(LogFailure::Read(error)) => bail!(error),
            Err(failure) => return Ok(refused(&failure)),
        }
        if !args.follow {
            return Ok(Ending::new(0, "verified"));
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(args.every)) => {}
            interrupted = tokio::signal::ctrl_c() => {
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
    async fn look(mut self) -> anyhow::Result<(Self, Result<Advance, LogFailure>)> {
        let looking = tokio::task::spawn_blocking(move || {
            let looked = self
                .follower
                .advance(&self.log, &self.witnesses, self.threshold);
            (self, looked)
        });
        Ok(looking.await?)
    }

    /// Keeps the two checkpoints that cannot both be true: the log signed both.
    async fn accuse(self, failure: &LogFailure, state: Option<&Path>) -> anyhow::Result<Ending> {
        let seen = self.follower.checkpoint().unwrap_or_default().to_owned();
        let shown = tokio::task::spawn_blocking(move || self.log.read(&Resource::Checkpoint));
        let shown = shown.await??.unwrap_or_default();
        let shown = String::from_utf8_lossy(&shown);
        let evidence = format!("{seen}\n{shown}");
        let place = match state {
            Some(state) => {
                let mut path = state.as_os_str().to_owned();
                path.push(".evidence");
                let path = std::path::PathBuf::from(path);
                output::write_file(&path, evidence.as_bytes())?;
                show(&path)
            }
            None => {
                output::write(None, evidence.as_bytes())?;
                "standard output".to_owned()
            }
        };
        let why = format!(
            "not verified: {failure}; the two checkpoints, both signed by the log, are on {place}: \
             show them to others"
        );
        Ok(Ending::new(1, why))
    }
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
