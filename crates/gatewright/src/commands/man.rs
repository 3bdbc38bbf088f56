//! `man`: manual pages.

use clap::CommandFactory as _;

use crate::cli::{Cli, Global, ManArgs};
use crate::output::{self, Ending};

pub(crate) fn run(_global: &Global, args: &ManArgs) -> anyhow::Result<Ending> {
    let command = Cli::command();
    if let Some(folder) = &args.folder {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(command, folder)?;
        return Ok(Ending::DONE);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    output::write(None, &page)?;
    Ok(Ending::DONE)
}
