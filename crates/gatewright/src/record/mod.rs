//! Running a step of somebody's pipeline and seeing what it reads and writes.

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod calls;
pub(crate) mod declared;
pub(crate) mod files;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod filter;
pub(crate) mod kinds;
pub(crate) mod libraries;
pub(crate) mod redact;
#[cfg(target_os = "linux")]
mod signals;
pub(crate) mod statement;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(crate) mod trace;

use std::process::Command;

use anyhow::Context as _;

use files::Files;

/// How a command ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exit {
    /// Its exit code; of a command that a signal ended 128 and the signal's number, as shells say.
    pub(crate) code: u8,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
}

impl Exit {
    pub(crate) fn by_signal(signal: i32) -> Self {
        Self {
            code: u8::try_from(signal.saturating_add(128)).unwrap_or(u8::MAX),
            signal: Some(signal),
        }
    }
}

/// What is known of the files of a step besides what was declared.
pub(crate) enum Observed {
    /// They were watched; with what could not be seen all the same.
    Yes(Files, Vec<String>),
    /// They were not, for a reason.
    No(String),
}

/// A command that has ended.
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) observed: Observed,
}

/// Runs a command to its end, with this program's own input and output.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn run(command: &[String], observe: bool) -> anyhow::Result<Ran> {
    #[cfg(target_os = "linux")]
    signals::hold_back();
    if !observe {
        return plain(command, "it was not asked for");
    }
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    return trace::run(starter(command, false)?);
    #[cfg(not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )))]
    plain(
        command,
        "this system has no way to watch files that is known here",
    )
}

fn plain(command: &[String], why: &str) -> anyhow::Result<Ran> {
    let mut child = starter(command, true)?
        .spawn()
        .context("cannot start the command")?;
    #[cfg(target_os = "linux")]
    let _forwarding = i32::try_from(child.id())
        .ok()
        .map(|id| signals::forward_to(nix::unistd::Pid::from_raw(id)));
    let status = child.wait()?;
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    let exit = match (status.code(), signal) {
        (Some(code), _) => Exit {
            code: u8::try_from(code & 0xff).unwrap_or(1),
            signal: None,
        },
        (None, Some(signal)) => Exit::by_signal(signal),
        (None, None) => Exit {
            code: 1,
            signal: None,
        },
    };
    Ok(Ran {
        exit,
        observed: Observed::No(why.to_owned()),
    })
}

/// How a command is started: as another process of this program, which becomes it.
fn starter(command: &[String], plain: bool) -> anyhow::Result<Command> {
    let mut starter = Command::new(std::env::current_exe()?);
    starter.arg("traced-exec");
    if plain {
        starter.arg("--plain");
    }
    starter.arg("--").args(command);
    Ok(starter)
}

/// Becomes a command. Only returns if that cannot be done.
pub(crate) fn become_command(command: &[String], plain: bool) -> anyhow::Error {
    let Some((name, arguments)) = command.split_first() else {
        return anyhow::anyhow!("there is no command");
    };
    // The parent holds signals back for itself; the command must not.
    #[cfg(target_os = "linux")]
    signals::let_through();
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    if !plain {
        trace::offer();
    }
    let mut command = Command::new(name);
    command.args(arguments);
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let error = match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    };
    #[cfg(not(target_os = "linux"))]
    let _ = plain;
    anyhow::Error::new(error).context(format!("cannot run {name}"))
}
