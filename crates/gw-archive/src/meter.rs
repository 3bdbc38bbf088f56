use std::cell::Cell;
use std::io::{self, Read};

use gw_finding::ReasonCode;

/// What looking into one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// How many members all archives in the file may have.
    pub members: u64,
    /// How many times its size the file may expand to, beyond `grace`.
    pub ratio: u64,
    /// How many bytes the file may expand to whatever its size.
    pub grace: u64,
    /// How many bytes the file may expand to at most.
    pub total: u64,
}

/// Why a walk was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Too many members.
    Members,
    /// The file expands too far for its size.
    Ratio,
    /// The file expands too far.
    Total,
    /// The time is up.
    Time,
}

/// Counts what looking into one file costs, nested archives included, and stops it at the limit.
pub struct Meter<'m> {
    allowance: Allowance,
    most: u64,
    why_most: Stop,
    expanded: Cell<u64>,
    members: Cell<u64>,
    since_clock: Cell<u64>,
    stopped: Cell<Option<Stop>>,
    expired: &'m dyn Fn() -> bool,
}

impl<'m> Meter<'m> {
    /// A meter for a file of `size` bytes. `expired` says whether the time is up.
    #[must_use]
    pub fn new(allowance: Allowance, size: u64, expired: &'m dyn Fn() -> bool) -> Self {
        let by_ratio = size.saturating_mul(allowance.ratio).max(allowance.grace);
        let why_most = if by_ratio < allowance.total {
            Stop::Ratio
        } else {
            Stop::Total
        };
        Self {
            allowance,
            most: by_ratio.min(allowance.total),
            why_most,
            expanded: Cell::new(0),
            members: Cell::new(0),
            since_clock: Cell::new(0),
            stopped: Cell::new(None),
            expired,
        }
    }

    /// Why the walk was stopped, if it was.
    #[must_use]
    pub const fn stopped(&self) -> Option<Stop> {
        self.stopped.get()
    }

    /// The reason and detail to report if the walk was stopped.
    #[must_use]
    pub fn problem(&self) -> Option<(ReasonCode, String)> {
        let members = self.members.get();
        Some(match self.stopped.get()? {
            Stop::Members => {
                let detail = format!(
                    "more than {} members; the rest was not looked at",
                    self.allowance.members
                );
                (ReasonCode::TooMany, detail)
            }
            Stop::Ratio => {
                let detail = format!(
                    "expands to more than {} times its size ({} bytes so far); the rest was not looked at",
                    self.allowance.ratio,
                    self.expanded.get()
                );
                (ReasonCode::ExpansionRatio, detail)
            }
            Stop::Total => {
                let detail = format!(
                    "expands to more than {} bytes; the rest was not looked at",
                    self.most
                );
                (ReasonCode::TooLarge, detail)
            }
            Stop::Time => {
                let detail = format!("the time was up after {members} members");
                (ReasonCode::TimedOut, detail)
            }
        })
    }

    /// How many bytes were expanded so far.
    #[must_use]
    pub const fn expanded(&self) -> u64 {
        self.expanded.get()
    }

    /// Counts one more header. Returns whether the walk may go on.
    pub(crate) fn member(&self) -> bool {
        let members = self.members.get().saturating_add(1);
        self.members.set(members);
        if members > self.allowance.members {
            self.stop(Stop::Members);
        }
        self.work(4096);
        self.stopped.get().is_none()
    }

    /// Counts expanded bytes.
    pub(crate) fn expand(&self, bytes: u64) {
        let expanded = self.expanded.get().saturating_add(bytes);
        self.expanded.set(expanded);
        if expanded > self.most {
            self.stop(self.why_most);
        }
        self.work(bytes);
    }

    /// Counts work, in bytes, and now and then looks whether the time is up.
    pub(crate) fn work(&self, bytes: u64) {
        let since = self.since_clock.get().saturating_add(bytes);
        if since < 1 << 20 {
            self.since_clock.set(since);
            return;
        }
        self.since_clock.set(0);
        if (self.expired)() {
            self.stop(Stop::Time);
        }
    }

    fn stop(&self, why: Stop) {
        if self.stopped.get().is_none() {
            self.stopped.set(Some(why));
        }
    }
}

/// A reader that counts what it expands to, and remembers how it ended.
pub(crate) struct Metered<'a, 'm, R> {
    inner: R,
    meter: &'a Meter<'m>,
    counts: bool,
    /// How many bytes were read.
    pub(crate) read: u64,
    /// Whether the end was reached.
    pub(crate) ended: bool,
    /// The error that ended it, if it was not the meter.
    pub(crate) error: Option<(io::ErrorKind, String)>,
}

impl<'a, 'm, R: Read> Metered<'a, 'm, R> {
    /// A reader whose bytes count as expanded.
    pub(crate) const fn expanding(inner: R, meter: &'a Meter<'m>) -> Self {
        Self {
            inner,
            meter,
            counts: true,
            read: 0,
            ended: false,
            error: None,
        }
    }

    /// A reader whose bytes were counted before.
    pub(crate) fn plain(inner: R, meter: &'a Meter<'m>) -> Self {
        Self {
            counts: false,
            ..Self::expanding(inner, meter)
        }
    }

    pub(crate) const fn inner(&self) -> &R {
        &self.inner
    }
}

impl<R: Read> Read for Metered<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stopped().is_some() {
            return Err(io::Error::other("a limit was reached"));
        }
        if self.error.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(0) => {
                self.ended = true;
                Ok(0)
            }
            Ok(count) => {
                self.read = self.read.saturating_add(count as u64);
                if self.counts {
                    self.meter.expand(count as u64);
                } else {
                    self.meter.work(count as u64);
                }
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                if self.meter.stopped().is_none() {
                    self.error = Some((error.kind(), error.to_string()));
                }
                Err(error)
            }
        }
    }
}
