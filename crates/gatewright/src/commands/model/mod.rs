//! `model`: a model's contents, lineage and state.

mod inspect;
mod lineage;

use crate::cli::{Global, ModelArgs, ModelCommand};
use crate::output::Ending;

pub(crate) async fn run(global: &Global, args: &ModelArgs) -> anyhow::Result<Ending> {
    match &args.command {
        ModelCommand::Inspect(args) => inspect::run(global, args),
        ModelCommand::Lineage(args) => lineage::run(global, args).await,
    }
}
