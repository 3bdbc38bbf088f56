//! `scan` and `sbom`: what is looked at, and what is written about it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gw_core::Asset;

use super::{ModeArg, ReportOptions, ServerArgs};

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// What to scan; `-` is standard input
    #[arg(default_value = ".", value_name = "TARGET")]
    pub(crate) targets: Vec<PathBuf>,
    /// Scan the tree of this revision instead of the work tree
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// Take configuration, policies and acceptances from this revision, and judge only what is new
    /// since then
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// Judge only what is new since this revision
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    pub(crate) since: Option<String>,
    /// With --base: judge everything, not only what is new
    #[arg(long)]
    pub(crate) all: bool,
    /// What the gate's answer does, instead of what the configuration says
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) mode: Option<ModeArg>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
    /// Also write everything that proves this decision to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Scan what .gitignore excludes, too
    #[arg(long)]
    pub(crate) no_ignore: bool,
    /// Do not look into archives that lie in a folder
    #[arg(long)]
    pub(crate) no_archives: bool,
    /// What standard input is called: a name such as Cargo.lock says which format to expect
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// How many threads to use
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// What the target is called, instead of what the configuration or the origin says
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Asset>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SbomArgs {
    /// What to list
    #[arg(default_value = ".", value_name = "TARGET")]
    pub(crate) target: PathBuf,
    /// The tree of this revision instead of the work tree
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// The form of the document
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: SbomFormat,
    /// The version of CycloneDX
    #[arg(long, default_value = "1.6", value_parser = ["1.6", "1.7"], value_name = "VERSION")]
    pub(crate) spec: String,
    /// Write the document to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormat {
    /// CycloneDX in JSON
    #[default]
    CyclonedxJson,
    /// CycloneDX in XML
    CyclonedxXml,
}
