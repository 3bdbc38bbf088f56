//! Developer tasks: test environment, data snapshots, generated documents, benchmarks.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of the developers, which talks to them"
)]

mod bench;
mod docs;
mod env;
mod fuzz;
mod run;
mod snapshot;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// Developer tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Prepare the test environment, run every test, then every fuzz target for a few seconds.
    Test {
        /// Seconds for each fuzz target; 0 leaves them out and says so.
        #[arg(long, default_value_t = 3)]
        fuzz_seconds: u64,
    },
    /// Prepare the test environment only, and print its folder.
    Env,
    /// Run fuzz targets for some seconds each.
    Fuzz {
        /// Their names; all if none is given.
        targets: Vec<String>,
        /// Seconds for each.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Make the snapshot of advisories that is part of the program.
    Snapshot {
        /// A folder in osv.dev's layout, with a `SOURCES.md`.
        #[arg(default_value = "../shared/advisories")]
        advisories: PathBuf,
    },
    /// Print the date of the snapshot, as which our own scan is judged.
    SnapshotDate,
    /// Write the reference pages in `docs`.
    Docs {
        /// Write nothing; fail if a page is not current.
        #[arg(long)]
        check: bool,
        /// Ask the program that was built last, as the tests do.
        #[arg(long)]
        no_build: bool,
    },
    /// Measure the budgets beside another scanner.
    Bench {
        /// A folder of advisories in osv.dev's layout, for the other scanner.
        #[arg(long, default_value = "../shared/advisories")]
        advisories: PathBuf,
        /// Records of the synthetic index; making it takes some gigabytes of memory.
        #[arg(long, default_value_t = 4_000_000)]
        records: u64,
    },
    /// Measure an index, in a process of its own.
    #[command(hide = true)]
    BenchIndex {
        #[command(subcommand)]
        measure: bench::Measure,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn perform(task: Task) -> anyhow::Result<ExitCode> {
    let root = root()?;
    match task {
        Task::Test { fuzz_seconds } => test::run(&root, fuzz_seconds),
        Task::Env => {
            println!("{}", env::prepare(&root)?.display());
            Ok(ExitCode::SUCCESS)
        }
        Task::Fuzz { targets, seconds } => {
            let tally = fuzz::run(&root, &targets, seconds)?;
            println!("{tally}");
            Ok(tally.exit())
        }
        Task::Snapshot { advisories } => {
            snapshot::run(&advisories, &root.join("crates/gw-advisory/data"))?;
            Ok(ExitCode::SUCCESS)
        }
        Task::SnapshotDate => {
            println!("{}", snapshot_date()?);
            Ok(ExitCode::SUCCESS)
        }
        Task::Docs { check, no_build } => {
            docs::run(&root, check, !no_build)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Bench {
            advisories,
            records,
        } => {
            bench::run(&root, &advisories, records)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::BenchIndex { measure } => {
            measure.run()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The root of the workspace.
fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here
        .ancestors()
        .nth(2)
        .context("xtask lies in no workspace")?;
    Ok(root.to_owned())
}

/// As of when the youngest data in the snapshot is.
fn snapshot_date() -> anyhow::Result<String> {
    let youngest = gw_advisory::embedded()
        .ecosystems()
        .iter()
        .map(|ecosystem| ecosystem.as_of)
        .max();
    Ok(youngest.context("the snapshot is empty")?.to_string())
}
