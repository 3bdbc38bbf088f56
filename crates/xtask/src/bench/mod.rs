//! The budgets, measured, beside another scanner's figures from the same run. Nothing here fails:
//! figures are for people to judge.

mod index;
mod models;
mod other;
mod projects;
mod timing;

pub(crate) use index::Measure;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{run, snapshot_date};
use models::Models;
use other::Other;
use timing::Times;

/// Packages of the large lock file, as the budget for matching has them.
const PACKAGES: usize = 5000;

/// How often a program is run.
const RUNS: usize = 30;

/// A line of the table.
struct Row {
    what: String,
    budget: &'static str,
    ours: String,
    other: String,
}

/// Measures everything and prints the table. `records` is the size of the synthetic index.
///
/// # Errors
/// If something cannot be built or started.
pub(crate) fn run(root: &Path, advisories: &Path, records: u64) -> anyhow::Result<()> {
    let folder = root.join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let mut cargo = run::command(env!("CARGO"), root);
    cargo.args([
        "build",
        "--release",
        "--package",
        "gatewright",
        "--package",
        "xtask",
    ]);
    run::run(&mut cargo)?;
    let release = root.join("target/release");
    // Scanned folders lie outside of the repository, whose .gitignore would hide them.
    let scratch = tempfile::tempdir()?;
    let other = Other::prepare(root, &folder, advisories)?;
    let ours = Ours {
        program: release.join("gatewright"),
        data: scratch.path().join("data"),
        date: snapshot_date()?,
    };

    let mut rows = Vec::new();
    let tiny = projects::cargo(&scratch.path().join("tiny"), 3)?;
    rows.push(beside(
        "scan of a tiny project",
        "<= 50 ms",
        &ours,
        &other,
        &tiny,
    )?);
    let large = projects::cargo(&scratch.path().join("large"), PACKAGES)?;
    rows.push(beside("scan of 5,000 packages", "", &ours, &other, &large)?);
    let tree = scratch.path().join("tree");
    let bytes = projects::tree(&tree)?;
    let times = ours.scan(&tree)?;
    rows.push(Row {
        what: format!("walk of {} files, {} MB", projects::FILES, bytes >> 20),
        budget: "",
        ours: format!("{times}, {:.0} MB/s", bytes as f64 / 1e6 / times.median()),
        other: "-".to_owned(),
    });
    rows.extend(index_rows(&release.join("xtask"), &folder, records)?);
    let models = Models::prepare(root, &folder, ours.program)?;
    rows.extend(models.rows(scratch.path())?);
    print(&rows);

    println!("\nGate decision, 100 policies, both questions (budget: p99 <= 100 µs)");
    let mut bench = run::command(env!("CARGO"), root);
    bench.args([
        "bench",
        "--quiet",
        "--package",
        "gw-policy",
        "--bench",
        "decide",
    ]);
    for line in run::output(&mut bench)?.lines() {
        if line.contains("p99") {
            println!("  {line}");
        }
    }
    Ok(())
}

/// Our program.
struct Ours {
    program: PathBuf,
    data: PathBuf,
    date: String,
}

impl Ours {
    fn scan(&self, target: &Path) -> anyhow::Result<Times> {
        let mut command = run::command(&self.program, target);
        command
            .args(["--quiet", "--at", &self.date, "--data"])
            .arg(&self.data)
            .args(["scan", "."]);
        // Whatever it decides, it has scanned.
        Times::of(RUNS, &mut command, &[0, 1, 2, 3])
    }
}

fn beside(
    what: &str,
    budget: &'static str,
    ours: &Ours,
    other: &Other,
    target: &Path,
) -> anyhow::Result<Row> {
    let (ours, other) = (ours.scan(target)?, other.scan(target)?);
    let ratio = other.median() / ours.median();
    Ok(Row {
        what: what.to_owned(),
        budget,
        ours: ours.to_string(),
        other: format!("{other} ({ratio:.1} times ours)"),
    })
}

/// Opens and matches in a process of its own, whose memory is then that of the index alone.
fn index_rows(xtask: &Path, folder: &Path, records: u64) -> anyhow::Result<Vec<Row>> {
    let path = folder.join(format!("synthetic-{records}.gwidx"));
    if !path.is_file() {
        eprintln!("xtask: making an index of {records} records, once");
        let count = records.to_string();
        run::run(
            run::command(xtask, folder)
                .args(["bench-index", "make", &count])
                .arg(&path),
        )?;
    }
    let count = PACKAGES.to_string();
    let mut command = run::command(xtask, folder);
    command.args(["bench-index", "match", &count]).arg(&path);
    let said = run::output(&mut command)?;
    let [open, matched, memory, found] = *said.split_whitespace().collect::<Vec<_>>() else {
        anyhow::bail!("unexpected measure: {said}");
    };
    let size = std::fs::metadata(&path).context("the index is gone")?.len() >> 20;
    let row = |what: String, budget, ours: String| Row {
        what,
        budget,
        ours,
        other: "-".to_owned(),
    };
    Ok(vec![
        row(
            format!("index of {records} records ({size} MB): open"),
            "<= 5 ms",
            format!("{open} ms"),
        ),
        row(
            format!("match {PACKAGES} packages ({found} matches)"),
            "<= 15 ms, <= 150 MB",
            format!("{matched} ms, {memory} MB"),
        ),
    ])
}

fn print(rows: &[Row]) {
    println!("| work | budget | gatewright | {} |", other::NAME);
    println!("|---|---|---|---|");
    for row in rows {
        let Row {
            what,
            budget,
            ours,
            other,
        } = row;
        println!("| {what} | {budget} | {ours} | {other} |");
    }
}
