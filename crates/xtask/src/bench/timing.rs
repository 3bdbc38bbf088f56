//! Programs run over and over.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

/// How long each run took, in seconds, in order.
pub(super) struct Times(Vec<f64>);

impl Times {
    /// Runs a command `runs` times after one run that warms the caches. It must end with one of
    /// `exits`.
    pub(super) fn of(runs: usize, command: &mut Command, exits: &[i32]) -> anyhow::Result<Self> {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut times = Vec::with_capacity(runs);
        for round in 0..=runs {
            let start = Instant::now();
            let output = command.output().context("cannot start what is measured")?;
            let took = start.elapsed().as_secs_f64();
            if !output
                .status
                .code()
                .is_some_and(|code| exits.contains(&code))
            {
                let said = String::from_utf8_lossy(&output.stderr);
                bail!("{command:?} ended with {}\n{said}", output.status);
            }
            if round > 0 {
                times.push(took);
            }
        }
        times.sort_by(f64::total_cmp);
        Ok(Self(times))
    }

    /// The median in seconds.
    pub(super) fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.0.first().copied().unwrap_or(f64::NAN);
        write!(
            f,
            "{:.1} ms (least {:.1})",
            self.median() * 1e3,
            least * 1e3
        )
    }
}
