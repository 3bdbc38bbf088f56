//! `model`: a model's contents, lineage and state.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    #[command(subcommand)]
    pub(crate) command: ModelCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Show what models are made of, and what loading them would do
    Inspect(InspectArgs),
    /// Show what a model was made from, or take in what somebody's records say about that
    Lineage(LineageArgs),
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
