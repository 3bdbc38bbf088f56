//! Code that lies beside a model, and what the model's configuration makes libraries import.

use std::collections::BTreeMap;

use gw_analysis::{Output, Part};
use gw_finding::{Incomplete, Location, ReasonCode, Severity};

use super::{Fragment, name};
use crate::join::{Folder, folder};
use crate::keras::{take, take_text};
use crate::python::archive::member::Member;
use crate::python::source::{self, SourceSummary};
use crate::reader::Reader;
use crate::report::{Evidence, Report, finding, quote};
use crate::{ANALYZER, Content, rules};

/// How many uses of one file are reported.
const MOST: usize = 20;

/// Reads Python source that lies in folders. Whether it belongs to a model, its neighbours say.
pub(crate) struct Script;

/// What a file of Python source does.
pub(crate) struct Source(SourceSummary);

impl Reader for Script {
    fn claims(&self, path: &str, _head: &[u8]) -> bool {
        path.ends_with(".py")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        // Members of archives are read by another reader.
        if !report.location().inside.is_empty() {
            return;
        }
        if let Some(bytes) = take(&mut content, report) {
            report.keep(Source(source::read(&bytes)));
        }
    }
}

/// Reads `requirements.txt`, of which only where packages come from counts here.
pub(crate) struct Requirements;

/// Lines that name places other than the usual registry.
pub(crate) struct Places(Vec<(u32, String)>);

impl Reader for Requirements {
    fn claims(&self, path: &str, _head: &[u8]) -> bool {
        name(path) == "requirements.txt"
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        let mut places = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.split(" #").next().unwrap_or_default().trim();
            let option = [
                "-i ",
                "--index-url",
                "--extra-index-url",
                "--find-links",
                "--trusted-host",
            ];
            let elsewhere = option.iter().any(|option| line.starts_with(option))
                || ["git+", "http://", "https://", "hg+", "svn+"]
                    .iter()
                    .any(|scheme| {
                        line.starts_with(scheme) || line.contains(&format!("@ {scheme}"))
                    });
            let usual = line.contains("https://download.pytorch.org/")
                || line.contains("https://pypi.org/");
            if elsewhere && !usual && places.len() < MOST {
                let number = u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX);
                places.push((number, line.to_owned()));
            }
        }
        if !places.is_empty() {
            report.keep(Places(places));
        }
    }
}

/// Judges the code of the folders that are a model's.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    let mut folders: BTreeMap<Folder, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        folders
            .entry(folder(&part.location))
            .or_default()
            .push(part);
    }
    for (place, parts) in &folders {
        let fragments = || {
            let all = parts
                .iter()
                .map(|part| (&part.location, part.value.downcast_ref::<Fragment>()));
            all.filter_map(|(location, fragment)| Some((location, fragment?)))
        };
        let is_model = fragments().any(|(_, fragment)| fragment.decides);
        let modules: Vec<(&Location, &(String, String))> = fragments()
            .flat_map(|(location, fragment)| {
                fragment.modules.iter().map(move |one| (location, one))
            })
            .collect();
        for part in parts {
            if let Some(summary) = summary(part) {
                // Every module of the folder can be imported by the one that is named.
                let script = name(&part.location.full_path()).to_owned();
                let stem = script.trim_end_matches(".py");
                let handler =
                    is_model && matches!(stem, "handler" | "pipeline" | "generate" | "model");
                let dataset = summary.imports.contains("datasets") && Some(stem) == place.name();
                if !modules.is_empty() || handler || dataset {
                    judge(&part.location, summary, out);
                }
            }
            if let (Some(Places(lines)), true) = (part.value.downcast_ref(), is_model) {
                requirements(&part.location, lines, out);
            }
        }
        for (location, (module, asks)) in modules {
            let file = format!("{}.py", module.replace('.', "/"));
            let path = place.join(&file);
            let there = folders.get(&folder(&path)).is_some_and(|parts| {
                let mut here = parts
                    .iter()
                    .filter(|part| part.location.full_path() == path.full_path());
                here.any(|part| summary(part).is_some())
            });
            if there {
                let message = format!(
                    "{} makes libraries that trust the model's code import `{}`.",
                    quote(asks),
                    quote(&file)
                );
                let evidence = Evidence::new(module, message);
                out.findings
                    .push(finding(location, &rules::SERVING_CODE, evidence));
                continue;
            }
            // A component of a pipeline is most often a module of the library.
            if !module.contains('/') {
                out.incomplete.push(Incomplete {
                    location: location.clone(),
                    analyzer: ANALYZER.to_owned(),
                    reason: ReasonCode::Missing,
                    detail: format!(
                        "{} names `{}`, which is not here",
                        quote(asks),
                        quote(&file)
                    ),
                });
            }
        }
    }
    // Components of pipelines have their code in folders of their own.
    for (place, parts) in &folders {
        let Some(parent) = place.parent() else {
            continue;
        };
        let asked = folders.get(&parent).into_iter().flatten().any(|part| {
            let fragment = part.value.downcast_ref::<Fragment>();
            fragment.is_some_and(|fragment| {
                let mut modules = fragment.modules.iter();
                modules.any(|(module, _)| {
                    module.split_once('/').map(|(folder, _)| folder) == place.name()
                })
            })
        });
        for part in parts.iter().filter(|_| asked) {
            if let Some(summary) = summary(part) {
                judge(&part.location, summary, out);
            }
        }
    }
}

/// Whether a file was read as Python source in a folder.
pub(crate) fn is_source(part: &Part) -> bool {
    part.value.is::<Source>()
}

/// What a file of Python source does, whoever read it.
fn summary(part: &Part) -> Option<&SourceSummary> {
    match (part.value.downcast_ref(), part.value.downcast_ref()) {
        (Some(Source(summary)), _) | (_, Some(Member::Source(summary, _))) => Some(summary),
        _ => None,
    }
}

fn judge(location: &Location, summary: &SourceSummary, out: &mut Output) {
    for (reason, detail) in &summary.problems {
        out.incomplete.push(Incomplete {
            location: location.clone(),
            analyzer: ANALYZER.to_owned(),
            reason: *reason,
            detail: detail.clone(),
        });
    }
    for found in summary.uses.iter().take(MOST) {
        let note = found
            .note
            .map_or_else(String::new, |note| format!("; {note}"));
        let message = format!(
            "The code uses {}, which {}{note}.",
            quote(&found.name),
            found.reach.deed()
        );
        let mut evidence = Evidence::new(&found.name, message);
        evidence.severity = Some(found.severity);
        evidence.location = Some(location.at_line(found.line));
        out.findings
            .push(finding(location, &rules::PYTHON_CODE, evidence));
    }
}

fn requirements(location: &Location, lines: &[(u32, String)], out: &mut Output) {
    for (number, line) in lines {
        let message = format!(
            "What the model needs is fetched from elsewhere than the usual registry: `{}`.",
            quote(line)
        );
        let mut evidence = Evidence::new(line, message);
        evidence.severity = Some(Severity::Medium);
        evidence.location = Some(location.at_line(*number));
        out.findings
            .push(finding(location, &rules::REMOTE_CODE, evidence));
    }
}
