//! All tests, by one command.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use anyhow::Context as _;
use serde_json::Value;

use crate::{env, fuzz, run};

/// The feature under which crates keep tests against other people's implementations.
const INTEROP: &str = "interop";

/// How many tests passed, failed and were ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Passed.
    pub(crate) passed: u64,
    /// Failed, or did not get so far.
    pub(crate) failed: u64,
    /// Marked as not to be run.
    pub(crate) ignored: u64,
}

impl Tally {
    /// The exit of a program that ran these.
    pub(crate) fn exit(self) -> ExitCode {
        // Nothing that ran is no success either.
        ExitCode::from(u8::from(self.failed > 0 || self.passed == 0))
    }

    /// The sum.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            ignored: self.ignored.saturating_add(other.ignored),
        }
    }

    /// What a line of a test binary says, if it is a closing line.
    fn of_line(line: &str) -> Option<Self> {
        let line = line.strip_prefix("test result: ")?;
        let mut tally = Self::default();
        for part in line.split_once(". ")?.1.split("; ") {
            let Some((count, what)) = part.trim().split_once(' ') else {
                continue;
            };
            let Ok(count) = count.parse() else { continue };
            match what {
                "passed" => tally.passed = count,
                "failed" => tally.failed = count,
                "ignored" => tally.ignored = count,
                _ => {}
            }
        }
        Some(tally)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.ignored {
            0 => Ok(()),
            ignored => write!(f, ", {ignored} skipped"),
        }
    }
}

/// Runs everything and prints the sum as the last line.
///
/// # Errors
/// If the test environment cannot be prepared, or the tests cannot be started.
pub(crate) fn run(root: &Path, fuzz_seconds: u64) -> anyhow::Result<ExitCode> {
    let environment = env::prepare(root)?;
    // It stops when the tests have ended, however they ended.
    let server = env::postgres::start()?;
    let mut tally = cargo_test(root, &environment, &server.address)?;
    drop(server);
    if fuzz_seconds == 0 {
        println!("fuzz targets: left out, as asked for");
    } else {
        tally = tally.plus(fuzz::run(root, &[], fuzz_seconds)?);
    }
    println!("{tally}");
    Ok(tally.exit())
}

fn cargo_test(root: &Path, environment: &Path, postgres: &str) -> anyhow::Result<Tally> {
    let mut cargo = run::command(env!("CARGO"), root);
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("GW_TEST_ENV", environment)
        .env("GW_TEST_POSTGRES", postgres)
        .stdout(Stdio::piped());
    let features = interop_features(root)?;
    if !features.is_empty() {
        cargo.arg("--features").arg(features.join(","));
    }
    let mut child = cargo.spawn().context("cannot start cargo test")?;
    let mut tally = Tally::default();
    let mut out = std::io::stdout().lock();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("cannot read what cargo test prints")?;
            out.write_all(&line)?;
            out.write_all(b"\n")?;
            if let Some(result) = std::str::from_utf8(&line).ok().and_then(Tally::of_line) {
                tally = tally.plus(result);
            }
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        writeln!(
            out,
            "cargo test ended with {status}, which counts as one failure"
        )?;
        tally.failed = 1;
    }
    Ok(tally)
}

/// `crate/interop` for every crate that has such tests, so that one build serves all.
fn interop_features(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut cargo = run::command(env!("CARGO"), root);
    cargo.args(["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&run::output(&mut cargo)?)?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("no packages")?;
    Ok(packages
        .iter()
        .filter(|package| package.pointer(&format!("/features/{INTEROP}")).is_some())
        .filter_map(|package| package.get("name").and_then(Value::as_str))
        .map(|name| format!("{name}/{INTEROP}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_summed() {
        let check = |line: &str, expected: Option<[u64; 3]>| {
            let tally = Tally::of_line(line);
            let expected = expected.map(|[passed, failed, ignored]| Tally {
                passed,
                failed,
                ignored,
            });
            assert_eq!(tally, expected, "{line}");
        };
        check(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            Some([12, 0, 1]),
        );
        check(
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s",
            Some([2, 3, 0]),
        );
        check("test tree::tests::grows ... ok", None);
        check("running 3 tests", None);
        let one = Tally::of_line("test result: ok. 1 passed; 0 failed; 0 ignored").unwrap();
        assert_eq!(one.plus(one).to_string(), "2 passed, 0 failed");
    }

    #[test]
    fn crates_with_interop_tests_are_found() {
        let features = interop_features(&crate::root().unwrap()).unwrap();
        for name in ["gw-package/interop", "gw-ledger/interop"] {
            assert!(
                features.iter().any(|feature| feature == name),
                "{features:?}"
            );
        }
    }
}
