//! Signals that are meant for the command.

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

/// Passes signals on to a process from now on. What the terminal sends (the keys for interrupt and
/// quit) has reached it already: that goes to everything in the foreground.
pub(crate) fn forward_to(process: Pid) {
    /// The kernel itself, not a process.
    const SI_KERNEL: i32 = 0x80;
    let Ok(descriptor) = SignalFd::new(&forwarded()) else {
        return;
    };
    std::thread::spawn(move || {
        while let Ok(Some(info)) = descriptor.read_signal() {
            if info.ssi_code == SI_KERNEL {
                continue;
            }
            let number = i32::try_from(info.ssi_signo).ok();
            if let Some(signal) = number.and_then(|number| Signal::try_from(number).ok()) {
                let _ = signal::kill(process, signal);
            }
        }
    });
}

/// Lets this thread, and the program that it becomes, have every signal again.
pub(super) fn let_through() {
    let _ = SigSet::all().thread_unblock();
}
