//! A PostgreSQL server that lasts as long as the tests.
//!
//! Debian's package, installed or unpacked into the test environment. The server listens on a Unix
//! socket in a temporary folder and forgets everything when it stops.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::part;
use crate::run;

/// Where Debian's package has its programs.
const PROGRAMS: &str = "usr/lib/postgresql/15/bin";

/// What the server needs where it is not installed.
const PACKAGES: [&str; 9] = [
    "postgresql-15",
    "libpq5",
    "libicu72",
    "libldap-2.5-0",
    "libsasl2-2",
    "libgssapi-krb5-2",
    "libkrb5-3",
    "libxml2",
    "libxslt1.1",
];

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

/// Where the programs are, and the libraries that came with them.
struct Installed {
    programs: PathBuf,
    libraries: Option<PathBuf>,
}

/// Unpacks the server where it is not installed.
pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    if installed().is_some() {
        return Ok(());
    }
    part(folder, "postgres", &PACKAGES.join(" "), |part| {
        run::run(
            run::command("apt-get", part)
                .args(["download", "--quiet"])
                .args(PACKAGES),
        )?;
        for file in std::fs::read_dir(part)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "deb") {
                let mut unpack = run::command("dpkg-deb", part);
                run::run(unpack.arg("-x").arg(&file).arg("."))?;
                std::fs::remove_file(&file)?;
            }
        }
        Ok(())
    })
}

/// Starts a server. [`super::prepare`] comes before.
///
/// # Errors
/// If it is not there or does not start; the error has its last words.
pub(crate) fn start(folder: &Path) -> anyhow::Result<Server> {
    let programs = match installed() {
        Some(programs) => programs,
        None => unpacked(&folder.join("postgres"))?,
    };
    let temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
    let root = std::fs::metadata("/proc/self")?.uid() == 0;
    if root {
        chown(temporary.path(), Some(NOBODY), Some(NOBODY))?;
    }
    let command = |name: &str| {
        let mut command = programs.command(name, temporary.path());
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

/// What the package manager has installed.
fn installed() -> Option<Installed> {
    let programs = Path::new("/").join(PROGRAMS);
    programs.join("postgres").is_file().then_some(Installed {
        programs,
        libraries: None,
    })
}

fn unpacked(part: &Path) -> anyhow::Result<Installed> {
    let programs = part.join(PROGRAMS);
    if !programs.join("postgres").is_file() {
        bail!("{} has no postgres", programs.display());
    }
    let libraries = format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    Ok(Installed {
        programs,
        libraries: Some(part.join(libraries)),
    })
}

impl Installed {
    fn command(&self, name: &str, folder: &Path) -> Command {
        let mut command = run::command(self.programs.join(name), folder);
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }
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
        if installed().is_none() {
            eprintln!("not tested: PostgreSQL is not installed");
            return;
        }
        let server = start(Path::new("/nowhere")).unwrap();
        let socket = server._folder.path().join(".s.PGSQL.5432");
        assert!(std::os::unix::net::UnixStream::connect(&socket).is_ok());
        drop(server);
        assert!(!socket.exists());
    }
}
