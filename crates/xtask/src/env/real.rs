//! Dependency files of well-known projects, as they are found inside published packages.
//!
//! The registries' own clients fetch the packages and check them against what the registries say;
//! the digests here make sure that everybody tests the same files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::part;
use crate::run;

/// Which client fetches a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registry {
    Crates,
    Npm,
    PyPi,
    Go,
}

/// A published package, and the files that are taken from it with their SHA-256.
struct Package {
    registry: Registry,
    name: &'static str,
    version: &'static str,
    files: &'static [(&'static str, &'static str)],
}

const PACKAGES: [Package; 15] = [
    // The examples of the package URL specification, as its reference implementation carries them.
    Package {
        registry: Registry::PyPi,
        name: "packageurl-python",
        version: "0.15.6",
        files: &[(
            "tests/data/test-suite-data.json",
            "5affba39f06bf426cea73581140ec222824fb9ac209c6cc092cc6d82c53ccdf1",
        )],
    },
    Package {
        registry: Registry::Crates,
        name: "ripgrep",
        version: "14.1.1",
        files: &[(
            "Cargo.lock",
            "4ea26d3699f0be17c90b5a14c8938fc9a5ee44b0a01a89446786ae4fd954d9d9",
        )],
    },
    Package {
        registry: Registry::Crates,
        name: "bat",
        version: "0.25.0",
        files: &[(
            "Cargo.lock",
            "a37c0c3c83eb1358c6fb36c54647a8b62746f036e6a7c1396f74d6735535fcab",
        )],
    },
    Package {
        registry: Registry::Crates,
        name: "starship",
        version: "1.23.0",
        files: &[(
            "Cargo.lock",
            "a5d0d287cf55544e41ea4fd283a9d83059b405a20ee18b6cfa12eb52791d7cae",
        )],
    },
    Package {
        registry: Registry::Crates,
        name: "tokio",
        version: "1.47.0",
        files: &[(
            "Cargo.lock",
            "279d87930003fae1e4d2055a0ed1b2b7d41d3d9c5c23db8755b9121140a0b8f3",
        )],
    },
    Package {
        registry: Registry::Crates,
        name: "cargo-audit",
        version: "0.21.2",
        files: &[(
            "Cargo.lock",
            "c24a9089be97d89a496d95a1fea2cdbb639a42ef9fb702f77cfe4eeb831ad126",
        )],
    },
    Package {
        registry: Registry::Npm,
        name: "netlify-cli",
        version: "23.15.1",
        files: &[
            (
                "npm-shrinkwrap.json",
                "8422195a2a6164bfbab9b87b1f18d62ebf9b8abf975de7ad40ee7b2159f4443e",
            ),
            (
                "functions-templates/typescript/hello-world/package-lock.json",
                "f5ec2f9a250e436904d8f09113d901db262ef8089b29926d9992afa649fc1740",
            ),
        ],
    },
    Package {
        registry: Registry::PyPi,
        name: "pdm",
        version: "2.25.4",
        files: &[
            (
                "tests/fixtures/projects/demo/pdm.lock",
                "efc1a00fc069a6e180ea94fd3d9bd38cbae9100861fe15a8db867d11314b30ca",
            ),
            (
                "tests/fixtures/projects/demo-package/pdm.lock",
                "ee038b8ef408b3028c10368787c4f05d13ab20e9b0a9a172d78d21b5942becce",
            ),
        ],
    },
    Package {
        registry: Registry::PyPi,
        name: "poetry",
        version: "2.1.4",
        files: &[(
            "tests/fixtures/up_to_date_lock/poetry.lock",
            "bead75cda3725c0d24f12004866e2f13679910f59e3e3105e03fee195c5a7282",
        )],
    },
    Package {
        registry: Registry::PyPi,
        name: "openai-agents",
        version: "0.2.0",
        files: &[(
            "uv.lock",
            "040853268de4cdcbaca5f51322000bd7b3a437abecf50b951051aebd2e55df63",
        )],
    },
    Package {
        registry: Registry::Go,
        name: "code.gitea.io/gitea",
        version: "v1.25.0",
        files: &[
            (
                "go.mod",
                "2dfc4d488d24c9f53f2ffb61bf328cff0cfacf59e6c2747f90980b171803b644",
            ),
            (
                "pnpm-lock.yaml",
                "126134e7e17dc3f438853e522a64c9fe02a7ef6b3ec1623817f4df1bd997f8d4",
            ),
            (
                "uv.lock",
                "2a0a2409925b3d7ac8dd803610e8b79631e7bc090c44ba63fb574005fcf60fe5",
            ),
        ],
    },
    Package {
        registry: Registry::Go,
        name: "github.com/argoproj/argo-cd/v3",
        version: "v3.1.0",
        files: &[
            (
                "go.mod",
                "a80abb81bc9110f8c35d32726b1536d5af4c6f4e0eefaaee4529806f82c4c254",
            ),
            (
                "ui/yarn.lock",
                "a2c9dfb638f0e06fc2996d25c9c0c6426c763108f45707171ae163ee41b97597",
            ),
            (
                "docs/requirements.txt",
                "4cf5f8cf4e17c48a30c115626142294ed610d7729537f9cce575a1fab8c379ad",
            ),
        ],
    },
    Package {
        registry: Registry::Go,
        name: "github.com/traefik/traefik/v3",
        version: "v3.5.0",
        files: &[
            (
                "go.mod",
                "5eafc397687a29a8f27296c22eb0f8e52ec0e6790b6a8416e60e94297b6d3ad7",
            ),
            (
                "webui/yarn.lock",
                "fd5c2ec60fdcd112ec6a172967700340631d738dd33e56562c79dd1e1374dc48",
            ),
        ],
    },
    Package {
        registry: Registry::Go,
        name: "github.com/prometheus/prometheus",
        version: "v0.305.0",
        files: &[
            (
                "go.mod",
                "6233234ceea2031a75041930e0931abf3e1123194a0ce3ca44c6468782611ba6",
            ),
            (
                "web/ui/package-lock.json",
                "d1e726118faba0bddf8ec154eda2f43021e52df8e878223f2590b4397e317a4f",
            ),
            (
                "web/ui/react-app/package-lock.json",
                "90c6ac0516953d7e5a4634b0f57ed2f55e4726c6e2a5aa103b9e6202853efd67",
            ),
        ],
    },
    Package {
        registry: Registry::Go,
        name: "github.com/spf13/cobra",
        version: "v1.9.1",
        files: &[(
            "go.mod",
            "c6b11572b04c87aee664fdaabd91e94cd3fb8c4b69d811d598b06747bed04663",
        )],
    },
];

/// Makes `real/<package>-<version>/<file>`.
pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    let mut pins = String::new();
    for package in &PACKAGES {
        pins += &format!("{} {} {:?}\n", package.name, package.version, package.files);
    }
    part(folder, "real", &pins, |part| {
        for package in &PACKAGES {
            let scratch = tempfile::tempdir()?;
            take(
                package,
                &folder.join("python/bin/python"),
                scratch.path(),
                part,
            )
            .with_context(|| format!("cannot take files from {}", package.name))?;
        }
        Ok(())
    })
}

fn take(package: &Package, python: &Path, scratch: &Path, part: &Path) -> anyhow::Result<()> {
    let from = match package.registry {
        Registry::Crates => fetch_crate(package, scratch),
        Registry::Npm => fetch_npm(package, scratch),
        Registry::PyPi => fetch_sdist(package, python, scratch),
        Registry::Go => fetch_module(package, scratch),
    }?;
    let short = package.name.replace('/', "_");
    let to = part.join(format!("{short}-{}", package.version));
    for (path, expected) in package.files {
        let bytes = std::fs::read(from.join(path))
            .with_context(|| format!("cannot read {}", from.join(path).display()))?;
        let found = hex::encode(Sha256::digest(&bytes));
        if found != *expected {
            bail!("{path} has the SHA-256 {found}, expected {expected}");
        }
        let to = to.join(path);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(to, bytes)?;
    }
    Ok(())
}

/// Cargo unpacks a crate to show its manifest.
fn fetch_crate(package: &Package, scratch: &Path) -> anyhow::Result<PathBuf> {
    let mut cargo = run::command(env!("CARGO"), scratch);
    run::output(
        cargo
            .args(["info", "--quiet", "--registry", "crates-io"])
            .arg(format!("{}@{}", package.name, package.version)),
    )?;
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || std::env::home_dir().map(|home| home.join(".cargo")),
        |home| Some(PathBuf::from(home)),
    );
    let sources = home
        .context("there is no home folder")?
        .join("registry/src");
    let name = format!("{}-{}", package.name, package.version);
    for registry in std::fs::read_dir(&sources)? {
        let folder = registry?.path().join(&name);
        if folder.is_dir() {
            return Ok(folder);
        }
    }
    bail!("cargo did not unpack {name} into {}", sources.display());
}

fn fetch_npm(package: &Package, scratch: &Path) -> anyhow::Result<PathBuf> {
    let mut npm = run::command("npm", scratch);
    run::output(
        npm.args(["pack", "--silent"])
            .arg(format!("{}@{}", package.name, package.version)),
    )?;
    unpack(scratch, "tgz")
}

/// pip also asks the package's build backend for its metadata, which it gets for itself.
fn fetch_sdist(package: &Package, python: &Path, scratch: &Path) -> anyhow::Result<PathBuf> {
    let mut pip = run::command(python, scratch);
    run::output(
        pip.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-input",
            "--no-deps",
        ])
        .args(["--disable-pip-version-check", "--no-binary", package.name])
        .arg(format!("{}=={}", package.name, package.version)),
    )?;
    unpack(scratch, "gz")
}

fn fetch_module(package: &Package, scratch: &Path) -> anyhow::Result<PathBuf> {
    let mut go = run::command("go", scratch);
    let said = run::output(
        go.args(["mod", "download", "-json"])
            .arg(format!("{}@{}", package.name, package.version)),
    )?;
    let said: Value = serde_json::from_str(&said)?;
    let folder = said
        .get("Dir")
        .and_then(Value::as_str)
        .context("go does not say where it is")?;
    Ok(folder.into())
}

/// Unpacks the only archive in a folder, without its outermost folder.
fn unpack(folder: &Path, extension: &str) -> anyhow::Result<PathBuf> {
    let mut archives = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            archives.push(path);
        }
    }
    let [archive] = archives.as_slice() else {
        bail!(
            "expected one archive in {}, found {archives:?}",
            folder.display()
        );
    };
    let to = folder.join("unpacked");
    std::fs::create_dir(&to)?;
    let mut tar = run::command("tar", &to);
    run::output(
        tar.args(["--extract", "--strip-components=1", "--file"])
            .arg(archive),
    )?;
    Ok(to)
}
