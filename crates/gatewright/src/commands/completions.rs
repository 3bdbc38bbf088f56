//! `completions`: for shells.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs, Global};
use crate::output::{self, Ending};

pub(crate) fn run(_global: &Global, args: &CompletionsArgs) -> anyhow::Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "gatewright", &mut script);
    output::write(None, &script)?;
    Ok(Ending::DONE)
}
