//! The command line.
//!
//! The only crate that prints, exits, reads the environment and the clock. Data goes to standard
//! output, everything else to standard error; the last line there says why the program ends as it
//! does.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod cli;
mod commands;
mod network;
mod output;
mod project;
mod push;
mod record;
mod session;
mod target;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::output::Ending;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else could not be done.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // One command does one thing after the other; only the server has many callers.
    let mut runtime = match &cli.command {
        Command::Serve(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish(&cli, Err(error.into())),
    };
    let ended = runtime.block_on(run(&cli));
    finish(&cli, ended)
}

async fn run(cli: &Cli) -> anyhow::Result<Ending> {
    let global = &cli.global;
    match &cli.command {
        Command::Scan(args) => commands::scan::run(global, args).await,
        Command::Sbom(args) => commands::sbom::run(global, args),
        Command::Record(args) => commands::record::run(global, args).await,
        Command::TracedExec(args) => commands::record::become_command(args),
        Command::Model(args) => commands::model::run(global, args).await,
        Command::Db(args) => commands::db::run(global, args).await,
        Command::Gate(args) => commands::gate::run(global, args).await,
        Command::Attest(args) => commands::attest::run(global, args).await,
        Command::Accept(args) => commands::accept::run(global, args).await,
        Command::Revoke(args) => commands::revoke::run(global, args).await,
        Command::Policy(args) => commands::policy::run(global, args),
        Command::Ledger(args) => commands::ledger::run(global, args).await,
        Command::Sign(args) => commands::sign::run(global, args),
        Command::Verify(args) => commands::verify::run(global, args),
        Command::Serve(args) => commands::serve::run(global, args).await,
        Command::Keygen(args) => commands::keygen::run(global, args),
        Command::Version(args) => commands::version::run(global, args),
        Command::Explain(args) => commands::explain::run(global, args),
        Command::Init(args) => commands::init::run(global, args),
        Command::Doctor => commands::doctor::run(global).await,
        Command::Completions(args) => commands::completions::run(global, args),
        Command::Man(args) => commands::man::run(global, args),
    }
}

fn finish(cli: &Cli, ended: anyhow::Result<Ending>) -> ExitCode {
    match ended {
        Ok(ending) => {
            if let Some(why) = &ending.why
                && (!cli.global.quiet || ending.code != 0)
            {
                eprintln!("{why}");
            }
            ExitCode::from(ending.code)
        }
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gatewright: {error:#}");
            ExitCode::from(2)
        }
    }
}
