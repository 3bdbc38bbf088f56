//! What concerns this machine and its user: keys, versions, explanations, a first configuration.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// The file for the private key; the public one gets `.pub` behind it
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Do not ask for a passphrase
    #[arg(long)]
    pub(crate) no_passphrase: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VersionArgs {
    #[command(subcommand)]
    pub(crate) command: Option<VersionCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VersionCommand {
    /// Print `<`, `=` or `>`
    Compare {
        /// The ecosystem in OSV's spelling: crates.io, npm, PyPI, Go
        #[arg(value_name = "ECOSYSTEM")]
        ecosystem: String,
        /// One version
        #[arg(value_name = "A", allow_hyphen_values = true)]
        a: String,
        /// The other one
        #[arg(value_name = "B", allow_hyphen_values = true)]
        b: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule (area/name), a policy's id, or a reason for incompleteness; all are listed if none
    /// is given
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The project
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) project: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder, instead of the main page to standard
    /// output
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
