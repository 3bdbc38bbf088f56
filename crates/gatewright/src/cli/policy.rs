//! `policy`: the policies of gates.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check policies against the schema
    Check {
        /// Files or folders; the project's policies if none is given
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Run table tests (*.test.toml)
    Test {
        /// Files or folders; the project's if none is given
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show the policies that are in force
    Show {
        /// Only this one
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// The schema that policies are written against
        #[arg(long)]
        schema: bool,
    },
}
