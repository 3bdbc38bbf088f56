//! Signals that are meant for the command.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{self, SigSet, Signal};
use nix::sys::signalfd::SignalFd;
use nix::unistd::Pid;

/// What is passed on.
const FORWARDED: &[Signal] = &[
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

fn forwarded() -> SigSet {
    FORWARDED.iter().copied().collect()
}

/// Holds the signals back from this thread and those that it starts, so that this program outlives
/// the command and can say what came of it.
pub(crate) fn hold_back() {
    let _ = forwarded().thread_block();
}

/// Signals go to a process as long as this lives. Afterwards they end this program, as they would
/// have without it: another process may have the number then.
pub(crate) struct Forwarding(Arc<AtomicBool>);

impl Drop for Forwarding {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Passes signals on to a process from now on. What the terminal sends (the keys for interrupt and
/// quit) has reached it already: that goes to everything in the foreground.
pub(crate) fn forward_to(process: Pid) -> Forwarding {
    /// The kernel itself, not a process.
    const SI_KERNEL: i32 = 0x80;
    let has_ended = Arc::new(AtomicBool::new(false));
    let forwarding = Forwarding(Arc::clone(&has_ended));
    let Ok(descriptor) = SignalFd::new(&forwarded()) else {
        return forwarding;
    };
    std::thread::spawn(move || {
        while let Ok(Some(info)) = descriptor.read_signal() {
            let Ok(number) = i32::try_from(info.ssi_signo) else {
                continue;
            };
            if has_ended.load(Ordering::Acquire) {
                std::process::exit(number.saturating_add(128));
            }
            if info.ssi_code != SI_KERNEL
                && let Ok(signal) = Signal::try_from(number)
            {
                let _ = signal::kill(process, signal);
            }
        }
    });
    forwarding
}

/// Lets this thread, and the program that it becomes, have every signal again.
pub(super) fn let_through() {
    let _ = SigSet::all().thread_unblock();
}
