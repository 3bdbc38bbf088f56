//! `model`: a model's contents, lineage and state.

mod inspect;

use crate::cli::{Global, ModelArgs, ModelCommand};
use crate::output::Ending;

pub(crate) fn run(global: &Global, args: &ModelArgs) -> anyhow::Result<Ending> {
    match &args.command {
        ModelCommand::Inspect(args) => inspect::run(global, args),
    }
}
