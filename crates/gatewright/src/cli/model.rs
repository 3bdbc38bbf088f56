//! `model`: a model's contents, lineage and state.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gw_core::Asset;

use super::{ModeArg, ReportOptions};

#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    #[command(subcommand)]
    pub(crate) command: ModelCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Show what models are made of, and what loading them would do
    Inspect(InspectArgs),
    /// Scan a model, or data to train on, and say whether it may be served or trained on
    Admit(AdmitArgs),
    /// Move a model into an environment, if it may be served there
    Promote(PromoteArgs),
    /// Take a model out of service for good
    Retire(RetireArgs),
    /// Start a command only if the model that it serves may be served
    ServeCheck(ServeCheckArgs),
    /// Show what a model was made from, or take in what somebody's records say about that
    Lineage(LineageArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AdmitArgs {
    /// The model's file or folder
    #[arg(value_name = "TARGET")]
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) options: AdmitOptions,
    /// Compare it with this model, or with the one in production: `champion`
    #[arg(long, value_name = "ASSET")]
    pub(crate) against: Option<String>,
    /// The metric to compare by, instead of what the configuration says
    #[arg(long, value_name = "NAME", requires = "against")]
    pub(crate) metric: Option<String>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
    /// Also write everything that proves this decision to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
}

/// What scanning a model takes.
#[derive(Debug, Args)]
pub(crate) struct AdmitOptions {
    /// What the target is called, instead of what the configuration or its name says
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Asset>,
    /// What the gate's answer does, instead of what the configuration says
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) mode: Option<ModeArg>,
    /// Take configuration and policies from this revision of the repository
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// Also look at every tensor's numbers, which takes as long as reading them does
    #[arg(long)]
    pub(crate) weights: bool,
    /// Stop scanning after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) signature: SignatureOptions,
}

/// Whose signature a model has to have.
#[derive(Debug, Args)]
pub(crate) struct SignatureOptions {
    /// The model's signature, an OpenSSF Model Signing bundle; model.sig in it or beside it, if whose
    /// it has to be is given
    #[arg(long, value_name = "FILE")]
    pub(crate) signature: Option<PathBuf>,
    /// The public key, in PEM, that has to have signed it
    #[arg(long, value_name = "FILE")]
    pub(crate) public_key: Option<PathBuf>,
    /// Certificates, in PEM, of whoever certifies the signer
    #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
    pub(crate) certificate_chain: Vec<PathBuf>,
    /// The trust root of keyless signatures
    #[arg(long, value_name = "FILE", conflicts_with_all = ["public_key", "certificate_chain"])]
    pub(crate) trust_root: Option<PathBuf>,
    /// Who has to have signed it without a key
    #[arg(long, value_name = "IDENTITY", requires = "trust_root")]
    pub(crate) identity: Option<String>,
    /// Who has to vouch for that identity
    #[arg(long, value_name = "URL", requires = "trust_root")]
    pub(crate) identity_provider: Option<String>,
}

/// Where a model can be promoted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Environment {
    /// Where it is tried out
    Staged,
    /// Where it serves
    Production,
}

#[derive(Debug, Args)]
pub(crate) struct PromoteArgs {
    /// The model
    #[arg(value_name = "ASSET")]
    pub(crate) asset: Asset,
    /// Where it goes
    #[arg(long, value_enum, value_name = "ENVIRONMENT")]
    pub(crate) to: Environment,
    /// Where it is, if it is in several places: environment:staged, path:/srv/models/x
    #[arg(long, value_name = "PLACE")]
    pub(crate) from: Option<String>,
    /// Compare it with this model, or with the one whose place it takes: `champion`
    #[arg(long, value_name = "ASSET")]
    pub(crate) against: Option<String>,
    /// The metric to compare by, instead of what the configuration says
    #[arg(long, value_name = "NAME", requires = "against")]
    pub(crate) metric: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "promoted")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
}

#[derive(Debug, Args)]
pub(crate) struct RetireArgs {
    /// The model
    #[arg(value_name = "ASSET")]
    pub(crate) asset: Asset,
    /// Where it is, if different contents of it are in several places
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct ServeCheckArgs {
    /// The folder or file that is served
    #[arg(value_name = "DIR")]
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) options: AdmitOptions,
    /// It has to be what the asset has at this place: environment:production
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Option<String>,
    /// The command, started in place of this program once the model has passed
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<std::ffi::OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A model's file or folder, or anything that models are in
    #[arg(value_name = "TARGET")]
    pub(crate) target: PathBuf,
    /// Also look at every tensor's numbers, which takes as long as reading them does
    #[arg(long)]
    pub(crate) weights: bool,
    /// Show each file's SHA-256
    #[arg(long)]
    pub(crate) digest: bool,
    /// Show everything that the models say
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// The form of the answer
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: InspectFormat,
    /// Write the answer to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The form of an inspection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people at a terminal
    #[default]
    Terminal,
    /// The stable contract for programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct LineageArgs {
    /// The model: an asset that is known here, sha256:<digest>, or its file or folder
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: String,
    /// First state what this says: OpenLineage events, a run of MLflow (its folder or JSON), or a
    /// dvc.lock
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Option<PathBuf>,
    /// What the model is called there, if there are several things
    #[arg(long, value_name = "NAME", requires = "import")]
    pub(crate) of: Option<String>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}
