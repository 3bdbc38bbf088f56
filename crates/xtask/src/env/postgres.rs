//! A PostgreSQL server that lasts as long as the tests.
//!
//! The programs are those of Debian's package. The server listens on a Unix socket in a temporary
//! folder and forgets everything when it stops.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::run;

/// Where Debian's package has its programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Nobody: the server refuses to run as root.
const NOBODY: u32 = 65_534;

/// How long the server may take to start.
const START: Duration = Duration::from_secs(60);

/// A running server. Dropped, it stops.
pub(crate) struct Server {
    /// What `GW_TEST_POSTGRES` is set to.
    pub(crate) address: String,
    process: Child,
    _folder: TempDir,
}

/// Starts a server. [`super::prepare`] comes before.
///
/// # Errors
/// If it is not there or does not start; the error has its last words.
pub(crate) fn start() -> anyhow::Result<Server> {
    let temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
    let root = std::fs::metadata("/proc/self")?.uid() == 0;
    if root {
        chown(temporary.path(), Some(NOBODY), Some(NOBODY))?;
    }
    let command = |name: &str| {
        let program = Path::new(PROGRAMS).join(name);
        let mut command = run::command(program, temporary.path());
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    };
    run::output(
        command("initdb")
            .args([
                "--pgdata=data",
                "--username=gw",
                "--auth=trust",
                "--no-sync",
            ])
            .args(["--encoding=UTF8", "--locale=C.UTF-8"]),
    )?;
    let log = temporary.path().join("log");
    let output = std::fs::File::create(&log)?;
    let process = command("postgres")
        .args(["-D", "data", "-k"])
        .arg(temporary.path())
        // What a test loses in a power cut is no loss.
        .args(["-c", "listen_addresses=", "-c", "fsync=off"])
        .args(["-c", "full_page_writes=off", "-c", "max_connections=400"])
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .context("cannot start postgres")?;
    let mut server = Server {
        address: format!(
            "postgres://gw@localhost/postgres?host={}",
            temporary.path().display()
        ),
        process,
        _folder: temporary,
    };
    server.wait(&log)?;
    Ok(server)
}

impl Server {
    /// Waits until it says that it is ready.
    fn wait(&mut self, log: &Path) -> anyhow::Result<()> {
        let said = log.with_file_name("data/postmaster.pid");
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(&said).unwrap_or_default();
            if text.lines().any(|line| line.trim() == "ready") {
                return Ok(());
            }
            let ended = self.process.try_wait()?;
            if ended.is_some() || started.elapsed() > START {
                let log = std::fs::read_to_string(log).unwrap_or_default();
                bail!("postgres did not start:\n{}", log.trim_end());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to stop at once it takes its shared memory with it; killed it would not.
        let id = self.process.id().to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_and_stops() {
        if !Path::new(PROGRAMS).is_dir() {
            eprintln!("not tested: PostgreSQL is not installed");
            return;
        }
        let server = start().unwrap();
        let socket = server._folder.path().join(".s.PGSQL.5432");
        assert!(std::os::unix::net::UnixStream::connect(&socket).is_ok());
        drop(server);
        assert!(!socket.exists());
    }
}
