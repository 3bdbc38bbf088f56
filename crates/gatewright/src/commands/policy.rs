//! `policy`: checking, testing and showing gate policies.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_policy::{Policies, PolicyFile};

use crate::cli::{Global, PolicyArgs, PolicyCommand};
use crate::output::{self, Ending};
use crate::project::Project;
use crate::session::show;

pub(crate) fn run(_global: &Global, args: &PolicyArgs) -> anyhow::Result<Ending> {
    match &args.command {
        PolicyCommand::Check { paths } => check(paths),
        PolicyCommand::Test { paths } => test(paths),
        PolicyCommand::Show { id, schema } => {
            if *schema {
                output::write(None, gw_policy::SCHEMA.as_bytes())?;
                return Ok(Ending::DONE);
            }
            let policies = load(&project_files(".cedar")?)?;
            let text = match id {
                None => gw_policy::show(&policies, false),
                Some(id) => {
                    let Some(policy) = policies.get(id) else {
                        bail!("there is no policy `{id}`: `gatewright policy show` lists them");
                    };
                    format!("{}\n", policy.text.trim_end())
                }
            };
            output::write(None, text.as_bytes())?;
            Ok(Ending::DONE)
        }
    }
}

fn check(paths: &[PathBuf]) -> anyhow::Result<Ending> {
    let files = files(paths, ".cedar")?;
    let policies = load(&files)?;
    for warning in policies.warnings() {
        eprintln!("warning: {warning}");
    }
    let own = policies
        .list()
        .iter()
        .filter(|policy| matches!(policy.source, gw_policy::Source::File { .. }));
    Ok(Ending::new(
        0,
        format!(
            "{} policies in {} files are valid",
            own.count(),
            files.len()
        ),
    ))
}

fn test(paths: &[PathBuf]) -> anyhow::Result<Ending> {
    let policies = load(&project_files(".cedar")?)?;
    let tables = files(paths, ".test.toml")?;
    if tables.is_empty() {
        bail!("there are no tests: they are in files that end in .test.toml");
    }
    let mut text = String::new();
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for table in &tables {
        for case in gw_policy::run_tests(&policies, table)? {
            if case.passed() {
                passed += 1;
                continue;
            }
            failed += 1;
            text.push_str(&format!("{}: {}\n", table.path, case.name));
            for problem in &case.problems {
                text.push_str(&format!("    {problem}\n"));
            }
        }
    }
    text.push_str(&format!("{passed} passed, {failed} failed\n"));
    output::write(None, text.as_bytes())?;
    Ok(if failed == 0 {
        Ending::DONE
    } else {
        Ending::new(1, format!("{} failed", output::count(failed, "case")))
    })
}

fn load(files: &[PolicyFile]) -> anyhow::Result<Policies> {
    Ok(Policies::load(true, files)?)
}

/// The given files, those in the given folders, or the project's.
fn files(paths: &[PathBuf], end: &str) -> anyhow::Result<Vec<PolicyFile>> {
    if paths.is_empty() {
        return project_files(end);
    }
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(in_folder(path, end)?);
        } else {
            files.push(read(path)?);
        }
    }
    Ok(files)
}

fn project_files(end: &str) -> anyhow::Result<Vec<PolicyFile>> {
    let folder = Project::find(Path::new("."))?
        .root
        .join(".gatewright/policies");
    if folder.is_dir() {
        in_folder(&folder, end)
    } else {
        Ok(Vec::new())
    }
}

fn in_folder(folder: &Path, end: &str) -> anyhow::Result<Vec<PolicyFile>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| show(folder))? {
        let path = entry?.path();
        if path.to_str().is_some_and(|name| name.ends_with(end)) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> anyhow::Result<PolicyFile> {
    Ok(PolicyFile {
        path: show(path),
        text: std::fs::read_to_string(path).with_context(|| show(path))?,
    })
}
