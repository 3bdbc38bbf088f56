//! Go modules that our results are compared with.

use std::path::Path;

use anyhow::Context as _;

use super::part;
use crate::run;

const GO_MOD: &str = "\
module gatewright.dev/interop

go 1.21

require golang.org/x/mod v0.42.0
";

/// Test programs that are modules of their own, with their own pins.
const PROGRAMS: [&str; 1] = ["crates/gw-ledger/tests/interop"];

pub(super) fn prepare(root: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut pins = GO_MOD.to_owned();
    for program in PROGRAMS {
        for name in ["go.mod", "go.sum"] {
            let path = root.join(program).join(name);
            pins += &std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
        }
    }
    part(folder, "go", &pins, |part| {
        std::fs::write(part.join("go.mod"), GO_MOD)?;
        // `get` also writes go.sum, with what Go's checksum database says.
        run::run(run::command("go", part).args(["get", "golang.org/x/mod/semver"]))?;
        for program in PROGRAMS {
            run::run(run::command("go", &root.join(program)).args(["mod", "download"]))?;
        }
        Ok(())
    })
}
