//! How reports are written, and what a gate's answer does.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How a report is written.
#[derive(Debug, Default, Args)]
pub(crate) struct ReportOptions {
    /// The form of the report
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,
    /// Write the report to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show every finding, those that do not count included
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people at a terminal
    #[default]
    Terminal,
    /// The stable contract for programs
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// For a pull request's comment
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Record the answer, refuse nothing
    Observe,
    /// Show the answer, refuse nothing
    Warn,
    /// Refuse what does not pass
    Enforce,
}

impl From<ModeArg> for gw_core::Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Observe => Self::Observe,
            ModeArg::Warn => Self::Warn,
            ModeArg::Enforce => Self::Enforce,
        }
    }
}
