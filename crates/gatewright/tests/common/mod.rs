//! A machine of its own for each test: a data folder, a project, and the program.

// Each test file uses its own part of this.
#![allow(dead_code, unreachable_pub)]
// These are tests, though not marked as such function by function.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::{Command, Output};

/// The time at which the tests happen: the embedded advisories are current then.
pub const NOW: &str = "2026-08-21T12:00:00Z";

pub struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the project.
    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// Writes a file of the project, or beside it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs the program in the project's folder at [`NOW`].
    pub fn run(&self, args: &[&str]) -> Done {
        self.run_at(NOW, args)
    }

    pub fn run_at(&self, time: &str, args: &[&str]) -> Done {
        let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["--at", time, "--data"])
            .arg(self.path("data"))
            .args(args)
            .current_dir(self.project())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env("COLUMNS", "100")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        Done::new(output, args)
    }

    /// Runs git in the project's folder.
    pub fn git(&self, args: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args([
                "-c",
                "init.defaultBranch=main",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(args)
            .current_dir(self.project())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(status.status.success(), "git {args:?}: {status:?}");
    }
}

/// What a run of the program left.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
    what: String,
}

impl Done {
    fn new(output: Output, args: &[&str]) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            what: format!("gatewright {}", args.join(" ")),
        }
    }

    /// Checks the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}\n{}", self.what, self.out, self.err);
        self
    }

    /// Checks that a text is somewhere in what was printed.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "{} does not say `{text}`\n{}\n{}",
            self.what,
            self.out,
            self.err
        );
        self
    }

    /// Checks that a text is nowhere in what was printed.
    #[track_caller]
    pub fn says_not(self, text: &str) -> Self {
        assert!(
            !self.out.contains(text) && !self.err.contains(text),
            "{} says `{text}`\n{}\n{}",
            self.what,
            self.out,
            self.err
        );
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out, self.err))
    }
}

/// A lock file with one crate of these names and versions each.
pub fn cargo_lock(packages: &[(&str, &str)]) -> String {
    let mut text = "version = 4\n\n[[package]]\nname = \"project\"\nversion = \"0.1.0\"\n\
                    dependencies = [\n"
        .to_owned();
    for (name, _) in packages {
        text.push_str(&format!(" \"{name}\",\n"));
    }
    text.push_str("]\n");
    for (name, version) in packages {
        text.push_str(&format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
             checksum = \"{}\"\n",
            "0".repeat(64)
        ));
    }
    text
}

/// An advisory record for a crate, in every version below `fixed`.
pub fn advisory(id: &str, package: &str, fixed: &str) -> String {
    serde_json::json!({
        "schema_version": "1.6.0",
        "id": id,
        "modified": "2026-08-21T00:00:00Z",
        "published": "2026-08-21T00:00:00Z",
        "summary": "it can be made to do what it should not",
        "severity": [{
            "type": "CVSS_V3",
            "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        }],
        "affected": [{
            "package": { "ecosystem": "crates.io", "name": package },
            "ranges": [{
                "type": "SEMVER",
                "events": [{ "introduced": "0" }, { "fixed": fixed }],
            }],
        }],
    })
    .to_string()
}
