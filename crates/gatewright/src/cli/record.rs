//! `record`: running a step and stating its lineage.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// What goes in: a path, or a name for it, such as dataset:claims=data/ or
    /// model:base=hf://acme/base; may be repeated
    #[arg(long = "input", short, value_name = "[NAME=]PATH")]
    pub(crate) inputs: Vec<String>,
    /// What comes out: a path, or a name for it, such as model:fraud=out/; may be repeated. What the
    /// step is seen to write, if nothing is given
    #[arg(long = "output", short, value_name = "[NAME=]PATH")]
    pub(crate) outputs: Vec<String>,
    /// Do not watch which files the step opens
    #[arg(long)]
    pub(crate) no_observe: bool,
    /// State what happened even if the command fails
    #[arg(long)]
    pub(crate) always: bool,
    /// Write the signed envelopes to this file, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// The command and its arguments; no shell is involved
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TracedArgs {
    /// Only start it as it would be started without this program
    #[arg(long)]
    pub(crate) plain: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}
