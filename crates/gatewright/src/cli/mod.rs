//! What the program is asked to do.

mod db;
mod ledger;
mod machine;
mod model;
mod policy;
mod record;
mod report;
mod scan;
mod server;
mod sign;
mod statements;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gw_core::Time;

pub(crate) use db::{DbArgs, DbCommand};
pub(crate) use ledger::{LedgerArgs, LedgerCommand, LiveLogArgs};
pub(crate) use machine::{
    CompletionsArgs, ExplainArgs, InitArgs, KeygenArgs, ManArgs, VersionArgs, VersionCommand,
};
pub(crate) use model::{
    AdmitArgs, AdmitOptions, Environment, InspectArgs, InspectFormat, LineageArgs, ModelArgs,
    ModelCommand, PromoteArgs, RetireArgs, ServeCheckArgs, SignatureOptions,
};
pub(crate) use policy::{PolicyArgs, PolicyCommand};
pub(crate) use record::{RecordArgs, TracedArgs};
pub(crate) use report::{Format, ModeArg, ReportOptions};
pub(crate) use scan::{SbomArgs, SbomFormat, ScanArgs};
pub(crate) use server::{ServeArgs, ServeCommand, ServerArgs};
pub(crate) use sign::{HashArg, MethodArg, SignArgs, SignedFilesArgs, VerifyArgs};
pub(crate) use statements::{AcceptArgs, AttestArgs, Export, GateArgs, RevokeArgs};

/// Secures the pipelines of software, models and automation: nothing passes a gate unverified, and
/// nothing stays through a gate once the facts change.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 passed, 1 failed, 2 could not be done or not completely, \
    3 needs approval. The last line on standard error says why.";

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The data folder, instead of the one of this user
    #[arg(
        long,
        global = true,
        env = "GATEWRIGHT_DATA",
        value_name = "DIR",
        hide_env = true
    )]
    pub(crate) data: Option<PathBuf>,
    /// Judge as of this time (RFC 3339, or a date)
    #[arg(long, global = true, value_name = "TIME", value_parser = gw_core::parse_time)]
    pub(crate) at: Option<Time>,
    /// Say less: no progress, no notes
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan a folder, git repository, archive, file or bill of materials, and say whether it may be
    /// released
    Scan(ScanArgs),
    /// Write a bill of materials
    Sbom(SbomArgs),
    /// Run a step and state its lineage: inputs, outputs, command, environment
    Record(RecordArgs),
    /// Become a command that is watched
    #[command(hide = true)]
    TracedExec(TracedArgs),
    /// A model's contents, lineage and state
    Model(ModelArgs),
    /// Advisory data: show, import, update
    Db(DbArgs),
    /// Decide at a gate from the statements there are
    Gate(GateArgs),
    /// Make a signed statement
    Attest(AttestArgs),
    /// Accept a finding for a while
    Accept(AcceptArgs),
    /// Withdraw a statement or a key
    Revoke(RevokeArgs),
    /// Check, test and show gate policies
    Policy(PolicyArgs),
    /// Prove and verify what was recorded
    Ledger(LedgerArgs),
    /// Sign a model or file, as OpenSSF Model Signing defines it
    Sign(Box<SignArgs>),
    /// Verify the signature of a model, or an attestation about a file
    Verify(Box<VerifyArgs>),
    /// Run the control plane: one place that remembers, decides again, and shows
    Serve(ServeArgs),
    /// Make a signing key
    Keygen(KeygenArgs),
    /// Show the version, or compare two versions as an ecosystem does
    Version(VersionArgs),
    /// Explain a rule, a finding or a reason
    Explain(ExplainArgs),
    /// Begin a gatewright.toml
    Init(InitArgs),
    /// Check that everything works on this machine
    Doctor,
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}
