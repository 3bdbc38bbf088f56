//! The test environment: other people's implementations and files, pinned and cached.
//!
//! It lies in `$GW_TEST_ENV`, or in `target/test-env`. Each part has a stamp with the digest of its
//! pins, so that a second run costs nothing and a changed pin makes the part anew.

mod go;
mod models;
mod node;
pub(crate) mod postgres;
mod python;
mod real;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::tools;

/// Prepares everything and returns the folder.
///
/// # Errors
/// If something that the tests need is missing and cannot be installed; the error names it.
pub(crate) fn prepare(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = match std::env::var_os("GW_TEST_ENV") {
        Some(folder) => root.join(folder),
        None => root.join("target/test-env"),
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    for tool in [
        &tools::PYTHON,
        &tools::NODE,
        &tools::NPM,
        &tools::GO,
        &tools::POSTGRES,
    ] {
        tool.require(root)?;
    }
    python::prepare(&folder)?;
    models::prepare(&folder)?;
    node::prepare(&folder)?;
    go::prepare(root, &folder)?;
    real::prepare(&folder)?;
    Ok(folder)
}

/// Makes `folder/name` with `make` unless its stamp says that it was made from the same pins.
fn part(
    folder: &Path,
    name: &str,
    pins: &str,
    make: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let part = folder.join(name);
    let stamp = folder.join(format!("{name}.stamp"));
    let digest = hex::encode(Sha256::digest(pins.as_bytes()));
    if part.is_dir() && std::fs::read_to_string(&stamp).is_ok_and(|made| made == digest) {
        return Ok(());
    }
    eprintln!("xtask: preparing {}", part.display());
    // The stamp goes first: what is half made must not look finished.
    for result in [std::fs::remove_file(&stamp), std::fs::remove_dir_all(&part)] {
        match result {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear {}", part.display()));
            }
            _ => {}
        }
    }
    std::fs::create_dir_all(&part)?;
    make(&part).with_context(|| format!("cannot prepare {}", part.display()))?;
    std::fs::write(&stamp, digest)?;
    Ok(())
}
