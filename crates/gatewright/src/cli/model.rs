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
