//! Another scanner that works offline on the same data.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::RUNS;
use super::timing::Times;
use crate::{run, tools};

/// What it is called in the table.
pub(super) const NAME: &str = "osv-scanner 1.9.2";

const PACKAGE: &str = "github.com/google/osv-scanner/cmd/osv-scanner@v1.9.2";

/// The scanner and its data.
pub(super) struct Other {
    program: PathBuf,
    data: PathBuf,
}

impl Other {
    /// Installs it into `folder` and lays out the advisories as it expects them.
    pub(super) fn prepare(root: &Path, folder: &Path, advisories: &Path) -> anyhow::Result<Self> {
        let program = folder.join("bin/osv-scanner");
        if !program.is_file() {
            tools::GO.require(root)?;
            eprintln!("xtask: installing {NAME}, once");
            let mut go = run::command("go", folder);
            run::run(
                go.args(["install", PACKAGE])
                    .env("GOBIN", folder.join("bin")),
            )?;
        }
        let data = folder.join("advisories");
        for entry in std::fs::read_dir(advisories)
            .with_context(|| format!("cannot read {}", advisories.display()))?
        {
            let ecosystem = entry?.path();
            let zip = ecosystem.join("all.zip");
            if let (true, Some(name)) = (zip.is_file(), ecosystem.file_name()) {
                let to = data.join("osv-scanner").join(name);
                std::fs::create_dir_all(&to)?;
                // What was copied from a folder that nobody may write to could not be replaced.
                std::fs::write(to.join("all.zip"), std::fs::read(zip)?)?;
            }
        }
        Ok(Self { program, data })
    }

    pub(super) fn scan(&self, target: &Path) -> anyhow::Result<Times> {
        let mut command = run::command(&self.program, target);
        command
            .args(["--experimental-offline", "--experimental-local-db-path"])
            .arg(&self.data)
            .args(["--format", "json", "--recursive", "."]);
        // 1 is that it found something.
        Times::of(RUNS, &mut command, &[0, 1])
    }
}
