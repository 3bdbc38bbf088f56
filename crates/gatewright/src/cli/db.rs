//! `db`: advisory data.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Show what advisory data there is, how old it is and where it is from
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Import OSV records: a folder of <ecosystem>/all.zip, a zip, or a single record
    Import {
        /// What to import
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Fetch what changed
    Update {
        /// Where the data is published, in the layout of <ecosystem>/all.zip
        #[arg(
            long,
            env = "GATEWRIGHT_ADVISORIES",
            value_name = "URL",
            default_value = gw_fetch::UpdateOptions::OSV
        )]
        from: String,
        /// Only these ecosystems, instead of all there is data for
        #[arg(long = "ecosystem", value_name = "NAME")]
        ecosystems: Vec<String>,
    },
}
