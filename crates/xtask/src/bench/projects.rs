//! Projects to scan, made up so that every run has the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files of the tree.
pub(super) const FILES: usize = 20_000;

/// A Rust project with `count` dependencies, all from crates.io.
pub(super) fn cargo(folder: &Path, count: usize) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let mut manifest =
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\n\n[dependencies]\n".to_owned();
    let mut lock =
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n"
            .to_owned();
    for index in 0..count {
        writeln!(manifest, "{} = \"1\"", name(index))?;
        writeln!(lock, " \"{}\",", name(index))?;
    }
    lock.push_str("]\n");
    for index in 0..count {
        write!(
            lock,
            "\n[[package]]\nname = \"{}\"\nversion = \"1.{}.{}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{index:064x}\"\n",
            name(index),
            index % 7,
            index % 13,
        )?;
    }
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::write(folder.join("Cargo.lock"), lock)?;
    Ok(folder.to_owned())
}

/// Some names that have advisories, and many that have none.
fn name(index: usize) -> String {
    const KNOWN: [&str; 8] = [
        "serde", "time", "regex", "tokio", "hyper", "openssl", "smallvec", "chrono",
    ];
    let known = KNOWN.get(index).map(|name| (*name).to_owned());
    known.unwrap_or_else(|| format!("crate-{index}"))
}

/// A tree of source files; how many bytes they have.
pub(super) fn tree(folder: &Path) -> anyhow::Result<u64> {
    let line = "let value = compute(\"some text\", 12345) + other.field; // and a comment\n";
    let mut bytes = 0;
    for index in 0..FILES {
        let folder = folder.join(format!("module{}/part{}", index / 400, index / 20));
        std::fs::create_dir_all(&folder)?;
        let text = line.repeat(20 + index % 200);
        bytes += text.len() as u64;
        std::fs::write(folder.join(format!("file{index}.rs")), text)?;
    }
    Ok(bytes)
}
