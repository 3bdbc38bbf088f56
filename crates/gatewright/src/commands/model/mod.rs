//! `model`: a model's contents, lineage and state.

mod admit;
mod inspect;
mod lineage;
mod promote;
mod retire;
mod serve_check;
pub(crate) mod signature;
pub(crate) mod signed;

use crate::cli::{Global, ModelArgs, ModelCommand};
use crate::output::Ending;

pub(crate) async fn run(global: &Global, args: &ModelArgs) -> anyhow::Result<Ending> {
    match &args.command {
        ModelCommand::Inspect(args) => inspect::run(global, args),
        ModelCommand::Admit(args) => admit::run(global, args).await,
        ModelCommand::Promote(args) => promote::run(global, args).await,
        ModelCommand::Retire(args) => retire::run(global, args).await,
        ModelCommand::ServeCheck(args) => serve_check::run(global, args).await,
        ModelCommand::Lineage(args) => lineage::run(global, args).await,
    }
}
