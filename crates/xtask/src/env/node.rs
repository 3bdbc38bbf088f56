//! npm packages that our results are compared with.

use std::path::Path;

use super::part;
use crate::run;

const PACKAGES: [&str; 3] = [
    "semver@7.8.6",
    "@yarnpkg/lockfile@1.1.0",
    "@microsoft/jest-sarif@1.0.0-beta.0",
];

/// A provider of OpenID Connect.
const PROVIDER: [&str; 1] = ["oidc-provider@9.13.3"];

pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    install(folder, "node", &PACKAGES)?;
    install(folder, "oidc-provider", &PROVIDER)
}

fn install(folder: &Path, name: &str, packages: &[&str]) -> anyhow::Result<()> {
    part(folder, name, &packages.join("\n"), |part| {
        // Without it, npm would install into a folder further up.
        std::fs::write(part.join("package.json"), "{\"private\": true}\n")?;
        run::run(
            run::command("npm", part)
                .args(["install", "--silent", "--no-audit", "--no-fund"])
                .args(["--ignore-scripts", "--save-exact"])
                .args(packages),
        )
    })
}
