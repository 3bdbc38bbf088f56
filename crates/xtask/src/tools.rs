//! Programs that the tests need, installed by the system's package manager where they are missing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Once;

use anyhow::bail;

use crate::run;

/// A program that must be there.
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// A command that succeeds if it works.
    probe: &'static [&'static str],
    /// Debian packages that bring it.
    packages: &'static [&'static str],
    /// What it is needed for.
    purpose: &'static str,
}

/// Python with virtual environments.
pub(crate) const PYTHON: Tool = Tool {
    name: "python3 (3.11 or newer, with venv)",
    probe: &[
        "python3",
        "-c",
        "import sys, venv, ensurepip; assert sys.version_info >= (3, 11), sys.version",
    ],
    packages: &["python3", "python3-venv"],
    purpose: "pip, packaging, packageurl and the CycloneDX validator, which our results are compared with",
};

/// Node.
pub(crate) const NODE: Tool = Tool {
    name: "node",
    probe: &["node", "--version"],
    packages: &["nodejs"],
    purpose: "npm's semver and Yarn's parser, which our results are compared with",
};

/// npm.
pub(crate) const NPM: Tool = Tool {
    name: "npm",
    probe: &["npm", "--version"],
    packages: &["npm"],
    purpose: "to install what our results are compared with",
};

/// Go.
pub(crate) const GO: Tool = Tool {
    name: "go (1.21 or newer)",
    // Older ones cannot fetch the toolchain that a module asks for, and know no `toolchain`.
    probe: &[
        "go",
        "mod",
        "edit",
        "-toolchain=none",
        "-print",
        "/dev/null",
    ],
    packages: &["golang-go"],
    purpose: "golang.org/x/mod and the transparency log modules, which our results are compared with",
};

/// PostgreSQL's server, where Debian's package has it.
pub(crate) const POSTGRES: Tool = Tool {
    name: "postgres (15)",
    probe: &["/usr/lib/postgresql/15/bin/postgres", "--version"],
    packages: &["postgresql-15"],
    purpose: "the tests of the store, which run on it as well as on SQLite",
};

/// A C++ compiler.
pub(crate) const CXX: Tool = Tool {
    name: "c++",
    probe: &["c++", "--version"],
    packages: &["g++"],
    purpose: "libFuzzer",
};

impl Tool {
    /// Makes sure that the program works.
    ///
    /// # Errors
    /// If it does not and cannot be installed; the error says what is missing and how to get it.
    pub(crate) fn require(&self, root: &Path) -> anyhow::Result<()> {
        if self.works(root) {
            return Ok(());
        }
        let install = format!("apt-get install {}", self.packages.join(" "));
        if is_root() && has_apt(root) {
            static LISTS: Once = Once::new();
            eprintln!("xtask: {} is missing: {install}", self.name);
            LISTS.call_once(|| {
                // Old lists may still do; if not, the installation says so.
                let _ = run::run(run::command("apt-get", root).args(["update", "-qq"]));
            });
            let mut apt = run::command("apt-get", root);
            apt.args(["install", "-y", "-qq", "--no-install-recommends"])
                .args(self.packages)
                .env("DEBIAN_FRONTEND", "noninteractive");
            run::run(&mut apt)?;
            if self.works(root) {
                return Ok(());
            }
        }
        bail!(
            "{} is missing or does not work; it is needed for {}.\nInstall it (`{install}`, as root) and run this again.",
            self.name,
            self.purpose
        );
    }

    fn works(&self, root: &Path) -> bool {
        let Some((program, arguments)) = self.probe.split_first() else {
            return false;
        };
        quietly(run::command(program, root).args(arguments))
    }
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn has_apt(root: &Path) -> bool {
    quietly(run::command("apt-get", root).arg("--version"))
}

/// Runs a command without a word, and says whether it succeeded.
pub(crate) fn quietly(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
