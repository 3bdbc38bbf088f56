//! An index as large as all of osv.dev may become.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Subcommand;
use gw_advisory::{
    Affected, Arrival, Builder, EcosystemInfo, Event, EventKind, Index, Range, RangeType, Record,
    match_package,
};
use gw_package::Ecosystem;

/// Records for each package.
const PER_PACKAGE: u64 = 10;

const ECOSYSTEMS: [&str; 4] = ["npm", "PyPI", "Go", "crates.io"];

/// What is measured in a process of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Measure {
    /// Write an index of so many records
    Make {
        /// How many
        records: u64,
        /// Where to
        path: PathBuf,
    },
    /// Open an index and match packages: milliseconds for each, memory in MB, matches
    Match {
        /// How many packages
        packages: u64,
        /// The index
        path: PathBuf,
    },
}

impl Measure {
    /// Does it.
    ///
    /// # Errors
    /// If the index cannot be written or read.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::Make { records, path } => {
                std::fs::write(path, make(*records))?;
                Ok(())
            }
            Self::Match { packages, path } => {
                let start = Instant::now();
                let index = Index::open(path)?;
                let open = start.elapsed().as_secs_f64() * 1e3;
                let all = index.len() / PER_PACKAGE;
                let start = Instant::now();
                let mut found = 0;
                for at in 0..*packages {
                    // Far apart, as the packages of a project are; one in ten has records, of
                    // which one applies.
                    let (ecosystem, mut name) = package(at * (all / packages).max(1));
                    if at % 10 > 0 {
                        name.push_str("-without");
                    }
                    let matched = match_package(&index, &ecosystem, &name, "1.8.5")?;
                    found += matched.matches.len();
                }
                let matched = start.elapsed().as_secs_f64() * 1e3;
                println!("{open:.2} {matched:.2} {} {found}", peak_memory()?);
                Ok(())
            }
        }
    }
}

fn package(number: u64) -> (Ecosystem, String) {
    let at = usize::try_from(number).unwrap_or(0) % ECOSYSTEMS.len();
    let name = ECOSYSTEMS.get(at).copied().unwrap_or("npm");
    (
        Ecosystem::new(name),
        format!("example.com/package-{number}"),
    )
}

fn make(records: u64) -> Vec<u8> {
    let mut builder = Builder::default();
    for name in ECOSYSTEMS {
        builder.describe(EcosystemInfo {
            name: name.to_owned(),
            source: "made up".to_owned(),
            complete: true,
            ..EcosystemInfo::default()
        });
    }
    let event = |kind, version: String| Event { kind, version };
    for number in 0..records {
        let (ecosystem, name) = package(number / PER_PACKAGE);
        let minor = number % PER_PACKAGE;
        let record = Record {
            id: format!("SYN-{}-{number}", 2000 + number % 27),
            modified: 1_700_000_000,
            published: 1_600_000_000,
            aliases: vec![format!("CVE-2000-{number}")],
            summary: format!("A weakness of {name} lets others read what they should not"),
            details: format!(
                "Before 1.{minor}.0 input of {name} was not checked. Number {number}."
            ),
            affected: vec![Affected {
                ecosystem: ecosystem.as_str().to_owned(),
                name,
                ranges: vec![Range {
                    order: RangeType::Semver,
                    sorted: false,
                    events: vec![
                        event(EventKind::Introduced, "0".to_owned()),
                        event(EventKind::Fixed, format!("1.{minor}.0")),
                    ],
                }],
                ..Affected::default()
            }],
            ..Record::default()
        };
        builder.add(&record, Arrival::Feed);
    }
    builder.finish()
}

/// The most memory that this process has had, in MB, mapped pages included.
fn peak_memory() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("no /proc")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("no VmHWM")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes >> 10)
}
