//! `ledger`: proving and verifying what was recorded.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

/// How a log that a server shows is verified.
#[derive(Debug, Args)]
#[command(next_help_heading = "Logs that a server shows")]
pub(crate) struct LiveLogArgs {
    /// Remember in this file what the log has shown, and verify that it continues that
    #[arg(long, value_name = "FILE", conflicts_with = "earlier")]
    pub(crate) state: Option<PathBuf>,
    /// Go on verifying what is appended, until interrupted
    #[arg(long, conflicts_with = "earlier")]
    pub(crate) follow: bool,
    /// Seconds between two looks at the log
    #[arg(long, value_name = "SECONDS", default_value_t = 2, requires = "follow",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) every: u64,
    /// A certificate (PEM) to trust beside the system's, such as the one that `serve` shows
    #[arg(long, env = "GATEWRIGHT_SERVER_CA", value_name = "FILE")]
    pub(crate) server_ca: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Write a bundle with records, salts, proofs and the checkpoint, for somebody who has nothing
    /// else
    Prove {
        /// Statements (sha256:<digest>), or an asset for all about it; everything if none is given
        #[arg(value_name = "WHAT")]
        what: Vec<String>,
        /// Also prove that the log continues this earlier checkpoint
        #[arg(long, value_name = "FILE")]
        earlier: Option<PathBuf>,
        /// Write the bundle to this file
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Verify a bundle or a log's folder, offline, or a log that a server shows
    Verify {
        /// The bundle, a folder of tiles, or https://...; this machine's ledger if not given
        #[arg(value_name = "BUNDLE")]
        bundle: Option<PathBuf>,
        /// The log's verifier key, or a file with it; of this machine if not given
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// A checkpoint that you kept earlier, to detect a truncated or forked log
        #[arg(long, value_name = "FILE")]
        earlier: Option<PathBuf>,
        /// Verifier keys of witnesses whose cosignatures count
        #[arg(long = "witness", value_name = "KEY")]
        witnesses: Vec<String>,
        /// How many witnesses must have cosigned
        #[arg(long, value_name = "N")]
        threshold: Option<usize>,
        /// Public keys (PEM) whose statements' signatures are checked too; this machine's if none
        #[arg(long = "public-key", value_name = "FILE")]
        public_keys: Vec<PathBuf>,
        // Its heading holds for all that comes after it.
        #[command(flatten)]
        live: LiveLogArgs,
    },
    /// Print the current checkpoint
    Checkpoint,
    /// Print the log's verifier key
    Key {
        /// Print this machine's public key in PEM instead, to verify its statements with
        #[arg(long)]
        pem: bool,
    },
    /// Write the log's files to a folder, for any web server
    Export {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Make the log's files again from the store
    Rebuild,
    /// Cosign a checkpoint as a witness, if it continues what this witness saw before
    Witness {
        /// A bundle with the checkpoint and a consistency proof
        #[arg(value_name = "BUNDLE")]
        bundle: PathBuf,
        /// The log's verifier key
        #[arg(long, value_name = "KEY")]
        key: String,
        /// The witness's name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The file in which the witness keeps what it has seen
        #[arg(long, value_name = "FILE")]
        state: PathBuf,
    },
}
