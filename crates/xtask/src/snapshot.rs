//! The snapshot of advisories that is part of the program.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use gw_advisory::{CompileOptions, Index, compile};

/// Compiles the advisories in a folder (the layout of osv.dev, with a `SOURCES.md`) into
/// `snapshot.gwidx` in the folder `out`, and describes it in a `SOURCES.md` there.
///
/// # Errors
/// If the folder cannot be read, a record cannot be used, or the result cannot be written.
pub(crate) fn run(advisories_dir: &Path, out: &Path) -> anyhow::Result<()> {
    let options = CompileOptions {
        embedded: true,
        compression: 19,
        ..CompileOptions::default()
    };
    let compiled = compile(&[advisories_dir], options)?;
    if !compiled.incomplete.is_empty() {
        let lines: Vec<String> = compiled
            .incomplete
            .iter()
            .map(|incomplete| format!("{}: {}", incomplete.location, incomplete.detail))
            .collect();
        bail!("some records cannot be used:\n{}", lines.join("\n"));
    }
    let index = Index::from_bytes(compiled.bytes.clone())?;
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for (name, bytes) in [
        ("snapshot.gwidx", compiled.bytes.as_slice()),
        ("SOURCES.md", describe(&index)?.as_bytes()),
    ] {
        let path = out.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn describe(index: &Index) -> anyhow::Result<String> {
    let mut text = String::from(
        "# The embedded advisories\n\n\
         `snapshot.gwidx` is made by `cargo xtask snapshot` from these sources. The records marked\n\
         CC-BY-4.0 are used under that licence with attribution to the projects named; their form\n\
         was changed (compiled into an index), their content was not.\n\n\
         | data | records | from | as of | licence |\n|---|---|---|---|---|\n",
    );
    for info in index.ecosystems() {
        let day: String = info.as_of.to_string().chars().take(10).collect();
        let (name, records) = (&info.name, info.records);
        writeln!(
            text,
            "| {name} | {records} | {} | {day} | {} |",
            info.source, info.licence
        )?;
    }
    if let Some(kev) = index.kev() {
        let day: String = kev.as_of.to_string().chars().take(10).collect();
        let records = kev.records;
        writeln!(
            text,
            "| Known Exploited Vulnerabilities | {records} | {} | {day} | {} |",
            kev.source, kev.licence
        )?;
    }
    writeln!(text, "\nDigest of the content: `{}`", index.digest())?;
    Ok(text)
}
