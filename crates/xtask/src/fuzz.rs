//! Fuzz targets, built on stable Rust and run for a bounded time.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, bail};

use crate::run;
use crate::test::Tally;
use crate::tools;

/// What cargo-fuzz passes on nightly, less the address sanitizer: there is no unsafe code of ours
/// that it could watch.
const RUSTFLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Seconds that one input may take.
const TIMEOUT: u32 = 20;

/// Memory that a target may take, in MiB.
const MEMORY: u32 = 2048;

/// Bytes of the largest input.
const LARGEST: u32 = 16_384;

/// Seconds of a run that is short.
const SHORT: u64 = 30;

/// Lines of a failing target's output that are shown.
const SHOWN: usize = 60;

/// Builds the targets and runs each for some seconds, as many at a time as there are processors.
///
/// # Errors
/// If they cannot be built or started, or if there is no target of a name.
pub(crate) fn run(root: &Path, wanted: &[String], seconds: u64) -> anyhow::Result<Tally> {
    tools::CXX.require(root)?;
    let folder = root.join("target/fuzz");
    let program = build(root, &folder)?;
    let targets = seed(&program, &folder, wanted)?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "running {} fuzz targets, {seconds} s each, {threads} at a time",
        targets.len()
    );

    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new((Tally::default(), None));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run_one(&program, &folder, target, seconds);
                    let Ok(mut outcomes) = outcomes.lock() else {
                        return;
                    };
                    match outcome {
                        Ok(None) => {
                            outcomes.0.passed += 1;
                            println!("fuzz {target} ... ok");
                        }
                        Ok(Some(said)) => {
                            outcomes.0.failed += 1;
                            println!("fuzz {target} ... FAILED\n{said}");
                        }
                        Err(error) => outcomes.1 = Some(error),
                    }
                }
            });
        }
    });
    match outcomes.into_inner() {
        Ok((tally, None)) => Ok(tally),
        Ok((_, Some(error))) => Err(error),
        Err(_) => bail!("a thread that ran fuzz targets panicked"),
    }
}

fn build(root: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let version = run::output(run::command("rustc", root).arg("-vV"))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say for which machine it is")?;
    eprintln!("xtask: building the fuzz targets");
    let mut cargo = run::command(env!("CARGO"), &root.join("fuzz"));
    // With a target named, build scripts and macros are built without the flags.
    cargo
        .args(["build", "--quiet", "--bin", "all", "--target", host])
        .arg("--target-dir")
        .arg(folder)
        .env("RUSTFLAGS", RUSTFLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run::run(&mut cargo)?;
    Ok(folder.join(host).join("debug/all"))
}

/// Writes the seeds, and names the targets.
fn seed(program: &Path, folder: &Path, wanted: &[String]) -> anyhow::Result<Vec<String>> {
    let seeds = folder.join("seeds");
    if seeds.is_dir() {
        std::fs::remove_dir_all(&seeds)?;
    }
    std::fs::create_dir_all(&seeds)?;
    run::output(run::command(program, folder).env("GW_FUZZ_SEEDS", &seeds))?;
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(&seeds)? {
        targets.push(entry?.file_name().to_string_lossy().into_owned());
    }
    targets.sort();
    if let Some(unknown) = wanted.iter().find(|name| !targets.contains(name)) {
        bail!(
            "there is no fuzz target {unknown}; there are {}",
            targets.join(", ")
        );
    }
    targets.retain(|target| wanted.is_empty() || wanted.contains(target));
    Ok(targets)
}

/// Runs one target; the end of what it said if it failed.
fn run_one(
    program: &Path,
    folder: &Path,
    target: &str,
    seconds: u64,
) -> anyhow::Result<Option<String>> {
    // What a long run finds is kept, and the next one starts from there. A short one always has the
    // same start, so that it takes the same time and tells the same of the same code.
    let is_short = seconds <= SHORT;
    let corpus = folder
        .join(if is_short {
            "corpus-of-short-runs"
        } else {
            "corpus"
        })
        .join(target);
    if is_short && corpus.is_dir() {
        std::fs::remove_dir_all(&corpus)?;
    }
    let artifacts = folder.join("artifacts").join(target);
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let output = Command::new(program)
        .current_dir(folder)
        .env("GW_FUZZ_TARGET", target)
        .arg(&corpus)
        .arg(folder.join("seeds").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={TIMEOUT}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!("-max_len={LARGEST}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(if is_short { "-seed=1" } else { "-seed=0" })
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    std::fs::write(folder.join(format!("{target}.log")), said.as_bytes())?;
    if output.status.success() {
        return Ok(None);
    }
    let lines: Vec<_> = said.lines().collect();
    let shown = lines
        .get(lines.len().saturating_sub(SHOWN)..)
        .unwrap_or_default();
    Ok(Some(format!(
        "{}\n{target} ended with {}; the input is in {}",
        shown.join("\n"),
        output.status,
        artifacts.display()
    )))
}
