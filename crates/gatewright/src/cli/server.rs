//! The control plane: running one, and speaking with one.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use url::Url;

/// Options of commands that speak with a control plane.
#[derive(Debug, Args)]
#[command(next_help_heading = "Control plane")]
pub(crate) struct ServerArgs {
    /// Send the statements to this control plane, and let it decide by its own rules
    #[arg(long, env = "GATEWRIGHT_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
    /// The file with the token, if it is not in GATEWRIGHT_TOKEN
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) token_file: Option<PathBuf>,
    /// A certificate (PEM) to trust beside the system's, such as the one that `serve` shows
    #[arg(long, env = "GATEWRIGHT_SERVER_CA", value_name = "FILE")]
    pub(crate) server_ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ServeArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ServeCommand>,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8443", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// The address that people type, if it is not https://localhost with the port
    #[arg(long, env = "GATEWRIGHT_URL", value_name = "URL")]
    pub(crate) url: Option<Url>,
    /// Speak plain HTTP: a proxy in front does TLS, and only it can reach the address
    #[arg(long)]
    pub(crate) behind_proxy: bool,
    /// The database, instead of the data folder's: postgres://USER@HOST/NAME, or a file
    #[arg(
        long,
        global = true,
        env = "GATEWRIGHT_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) database: Option<String>,
}

/// What is done to a control plane beside running it.
#[derive(Debug, Subcommand)]
pub(crate) enum ServeCommand {
    /// Write everything that the database holds at this moment to one file, while others go on
    Backup {
        /// The file, which must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Fill an empty database, of either kind, from a backup, and make the ledger's files again
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
