//! `record`: running a step and stating its lineage.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use gw_attest::predicate::{self, InputKind};
use gw_core::{Asset, ResourceDescriptor, Subject, Time};
use gw_flow::store::{Store as _, StoredStatement};
use gw_flow::{Claimed, Home};
use gw_source::{Limits, Target};
use serde_json::Value;

use crate::cli::{Global, RecordArgs, TracedArgs};
use crate::output::{self, Ending};
use crate::project::Project;
use crate::record::declared::Declared;
use crate::record::statement::{self, Input, Step, WorkTree};
use crate::record::{self, Observed, Ran};
use crate::session::{self, Session};
use crate::target;

/// More files than this are no result that somebody would name one by one.
const MOST_SUBJECTS: usize = 256;
/// So long may it take to see whether a work tree is clean.
const LONGEST_LOOK: Duration = Duration::from_secs(30);

/// Becomes the command that the parent watches, or only waits for.
pub(crate) fn become_command(args: &TracedArgs) -> anyhow::Result<Ending> {
    let error = record::become_command(&args.command, args.plain);
    // As shells say that a command is not there.
    Ok(Ending::new(127, format!("gatewright: {error:#}")))
}

pub(crate) async fn run(global: &Global, args: &RecordArgs) -> anyhow::Result<Ending> {
    // What can fail fails before the step, which may take days.
    let home = Home::new(session::data_folder(global)?);
    home.create().context("the data folder cannot be used")?;
    let folder = std::env::current_dir()?.canonicalize()?;
    let inputs = args
        .inputs
        .iter()
        .map(|text| input(text))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let outputs = args
        .outputs
        .iter()
        .map(|text| Declared::parse(text, InputKind::Model))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(output) = outputs.iter().find(|output| output.is_remote()) {
        bail!(
            "an output must be a path, and {} is somewhere else",
            output.given
        );
    }
    let work_tree = work_tree(&folder)?;

    let started = Time::now();
    let Ran { exit, observed } = record::run(&args.command, !args.no_observe)?;
    let finished = Time::now();

    if exit.code != 0 && !args.always {
        let how = match exit.signal {
            Some(signal) => format!("was ended by signal {signal}"),
            None => format!("failed with exit code {}", exit.code),
        };
        return Ok(Ending::new(
            exit.code,
            format!("the command {how}: nothing is stated"),
        ));
    }
    if let Observed::No(why) = &observed
        && !args.no_observe
        && !global.quiet
    {
        eprintln!("note: the files that the command opened were not observed: {why}");
    }
    let outputs = present(outputs, &observed, args.always)?;
    let step = Step {
        command: &args.command,
        folder: &folder,
        inputs: &inputs,
        outputs: &outputs,
        work_tree: work_tree.as_ref(),
        observed: &observed,
        exit,
        started,
        finished,
        variables: variables(),
        program: env!("CARGO_PKG_VERSION"),
    };
    let session = Session::open_recorded(global).await?;
    let stated = state(&session, &step).await?;
    if let Some(file) = &args.bundle {
        let mut lines = Vec::new();
        for statement in &stated {
            lines.extend_from_slice(&statement.envelope);
            lines.push(b'\n');
        }
        output::write_file(file, &lines)?;
    }
    let ids: Vec<_> = stated.iter().map(|s| s.id.to_string()).collect();
    Ok(Ending::new(
        exit.code,
        format!("stated: provenance, {}", ids.join(", ")),
    ))
}

/// An input with its content as it is before the step.
fn input(text: &str) -> anyhow::Result<Input> {
    let declared = Declared::parse(text, InputKind::Dataset)?;
    if declared.is_remote() {
        return Ok(Input {
            declared,
            path: None,
            subject: None,
        });
    }
    Ok(Input {
        path: Some(declared.path()?),
        subject: Some(declared.subject()?),
        declared,
    })
}

/// The outputs that are there. One that the step did not touch is not its output.
fn present(
    outputs: Vec<Declared>,
    observed: &Observed,
    always: bool,
) -> anyhow::Result<Vec<(Declared, PathBuf)>> {
    let mut present = Vec::new();
    for output in outputs {
        let path = match output.path() {
            Ok(path) => path,
            Err(_) if always => continue,
            Err(_) => bail!(
                "the output {} is not there after the command: nothing is stated",
                output.given
            ),
        };
        if let Observed::Yes(files, unseen) = observed
            && unseen.is_empty()
            && !files.written.iter().any(|file| file.starts_with(&path))
        {
            if always {
                continue;
            }
            bail!(
                "the command wrote nothing to {}, so it is no output of it: nothing is stated",
                output.given
            );
        }
        present.push((output, path));
    }
    Ok(present)
}

/// States the step about each of its outputs, and binds those that have names.
async fn state(session: &Session, step: &Step<'_>) -> anyhow::Result<Vec<StoredStatement>> {
    let predicate = step.predicate();
    let mut stated = Vec::new();
    for (output, path) in step.outputs {
        let subject = output.subject()?;
        let descriptor = ResourceDescriptor::from(&subject);
        stated.push(one(session, vec![descriptor], output.asset.as_ref(), &predicate).await?);
        if let Some(asset) = &output.asset {
            bind(session, asset, path, &subject).await?;
        }
    }
    if step.outputs.is_empty() {
        let subjects = statement::subjects(step);
        if subjects.is_empty() {
            bail!("there is nothing that the command made: give --output NAME=PATH");
        }
        if subjects.len() > MOST_SUBJECTS {
            let count = subjects.len();
            bail!("the command made {count} files: say which are its result with --output");
        }
        stated.push(one(session, subjects, None, &predicate).await?);
    }
    session.seal(None).await?;
    Ok(stated)
}

async fn one(
    session: &Session,
    subject: Vec<ResourceDescriptor>,
    asset: Option<&Asset>,
    predicate: &Value,
) -> anyhow::Result<StoredStatement> {
    let flow = &session.flow;
    let claim = Claimed {
        subject,
        predicate_type: predicate::PROVENANCE,
        predicate,
        asset: asset.cloned(),
        expires_at: None,
    };
    let stored = flow.state(claim, session.now).await?;
    let keys = flow.store.keys_of(&flow.realm, &stored.id).await?;
    session.tell(&flow.follow(&keys, session.now).await?);
    Ok(stored)
}

/// Binds an output to where it is, as a scan of it would.
async fn bind(
    session: &Session,
    asset: &Asset,
    path: &Path,
    subject: &Subject,
) -> anyhow::Result<()> {
    let project = Project::find(path)?;
    let target = Target::detect(path, None)?;
    let config = gw_flow::config::Config::default();
    let named = target::name(Some(asset), &config, &target, path, &project);
    let flow = &session.flow;
    let bound = flow.bind(asset, &named.place, subject, session.now).await?;
    if let Some(bound) = bound {
        let keys = flow.store.keys_of(&flow.realm, &bound.id).await?;
        session.tell(&flow.follow(&keys, session.now).await?);
    }
    Ok(())
}

/// The work tree that a folder is in, if it is in one.
fn work_tree(folder: &Path) -> anyhow::Result<Option<WorkTree>> {
    let Some(root) = Project::find(folder)?.repository else {
        return Ok(None);
    };
    let info = gw_source::git::info(&root);
    let limits = Limits::default().ending(LONGEST_LOOK);
    let options = gw_scan::Options {
        open_archives: false,
        ..gw_scan::Options::default()
    };
    let target = Target::Folder(root.clone());
    let clean = gw_scan::scan(&target, &[], &limits, &options, &gw_scan::Silent)
        .ok()
        .filter(|output| output.incomplete.is_empty() || output.subject.commit.is_some())
        .map(|output| output.subject.commit.is_some());
    Ok(Some(WorkTree {
        root,
        origin: info.origin,
        commit: info.commit,
        clean,
    }))
}

/// The names of the environment's variables. Their values are nobody's business.
fn variables() -> Vec<String> {
    let mut names: Vec<_> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
