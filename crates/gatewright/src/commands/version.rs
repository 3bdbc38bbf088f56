//! `version`: of the program, or two compared as an ecosystem does.

use std::cmp::Ordering;

use gw_package::Ecosystem;
use gw_package::version::compare;

use crate::cli::{Global, VersionArgs, VersionCommand};
use crate::output::{self, Ending};

pub(crate) fn run(_global: &Global, args: &VersionArgs) -> anyhow::Result<Ending> {
    let Some(VersionCommand::Compare { ecosystem, a, b }) = &args.command else {
        output::write(
            None,
            concat!("gatewright ", env!("CARGO_PKG_VERSION"), "\n").as_bytes(),
        )?;
        return Ok(Ending::DONE);
    };
    let ecosystem = Ecosystem::new(ecosystem.clone());
    let sign = match compare(&ecosystem, a, b)? {
        Ordering::Less => "<\n",
        Ordering::Equal => "=\n",
        Ordering::Greater => ">\n",
    };
    output::write(None, sign.as_bytes())?;
    Ok(Ending::DONE)
}
