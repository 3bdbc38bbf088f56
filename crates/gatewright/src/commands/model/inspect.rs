//! `model inspect`: what models are made of, and what loading them would do.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use gw_analysis::Analyzer;
use gw_core::Subject;
use gw_finding::{Finding, Incomplete, Location};
use gw_model::{Model, ModelAnalyzer};
use gw_package::MlModel;
use gw_report::{
    INSPECTION_SCHEMA_NAME, InspectedFile, InspectedModel, InspectedType, Inspection,
    ReportIncomplete, ReportSubject, TerminalOptions,
};
use gw_scan::FileDigest;
use gw_source::{Limits, Target};

use crate::cli::{Global, InspectArgs, InspectFormat};
use crate::commands::scan;
use crate::output::{self, Ending, Terminal};
use crate::target::scan_options;

pub(crate) fn run(global: &Global, args: &InspectArgs) -> anyhow::Result<Ending> {
    let inspection = inspect(args)?;
    let text = match args.format {
        InspectFormat::Json => gw_report::inspection_json(&inspection),
        InspectFormat::Terminal => {
            let terminal = Terminal::detect(global, args.output.is_some());
            let options = TerminalOptions {
                width: terminal.width,
                color: terminal.color,
                links: terminal.links,
                verbose: args.verbose,
            };
            gw_report::inspection_terminal(&inspection, &options, args.digest)
        }
    };
    output::write(args.output.as_deref(), text.as_bytes())?;
    Ok(ending(&inspection))
}

/// What was seen of a target, its digests only if they were asked for.
struct Seen {
    name: String,
    subject: Option<Subject>,
    digests: BTreeMap<String, FileDigest>,
    models: Vec<Model>,
    findings: Vec<Finding>,
    incomplete: Vec<Incomplete>,
}

impl Seen {
    fn of(args: &InspectArgs) -> anyhow::Result<Self> {
        let target = Target::detect(&args.target, None)?;
        let analyzer = ModelAnalyzer {
            weights: args.weights,
        };
        let analyzers: [&dyn Analyzer; 1] = [&analyzer];
        let (limits, options) = (Limits::default(), scan_options());
        if !args.digest {
            let mut looked =
                gw_scan::look(&target, &analyzers, &limits, &options, &gw_scan::Silent)?;
            return Ok(Self {
                name: target.name(),
                subject: None,
                digests: BTreeMap::new(),
                models: looked.take(),
                findings: looked.findings,
                incomplete: looked.incomplete,
            });
        }
        let mut output = gw_scan::scan(&target, &analyzers, &limits, &options, &gw_scan::Silent)?;
        Ok(Self {
            name: target.name(),
            models: output.take(),
            subject: Some(output.subject),
            digests: output.digests,
            findings: output.findings,
            incomplete: output.incomplete,
        })
    }
}

fn inspect(args: &InspectArgs) -> anyhow::Result<Inspection> {
    let seen = Seen::of(args)?;
    let mut findings = seen.findings;
    findings.sort_by_key(|finding| (Reverse(finding.severity), finding.location.clone()));
    let mut models = gw_flow::models::listed(seen.models, &seen.digests, &seen.name);
    models.sort_by_key(|model| model.location.clone());
    let incomplete = seen.incomplete.iter();
    Ok(Inspection {
        schema: INSPECTION_SCHEMA_NAME.to_owned(),
        tool: scan::tool(),
        subject: seen.subject.as_ref().map(ReportSubject::from),
        weights: args.weights,
        models: models
            .iter()
            .map(|model| inspected(model, &args.target, &seen.digests, &findings))
            .collect(),
        findings,
        incomplete: incomplete
            .map(|incomplete| ReportIncomplete::new(incomplete, false))
            .collect(),
    })
}

fn inspected(
    model: &MlModel,
    target: &Path,
    digests: &BTreeMap<String, FileDigest>,
    findings: &[Finding],
) -> InspectedModel {
    let mut types: Vec<_> = model
        .types
        .iter()
        .map(|(name, &numbers)| InspectedType {
            name: name.clone(),
            numbers,
        })
        .collect();
    types.sort_by_key(|kind| Reverse(kind.numbers));
    InspectedModel {
        path: model.location.full_path(),
        name: model.name.clone(),
        format: model.format.clone(),
        format_version: model.format_version.clone(),
        producer: model.producer.clone(),
        architecture: model.architecture.clone(),
        task: model.task.clone(),
        parameters: model.parameters,
        tensors: model.tensors,
        types,
        quantization: model.quantization.clone(),
        tokenizer: model.tokenizer.clone(),
        context_length: context_length(&model.properties),
        licenses: model.licenses.clone(),
        base_models: model.base_models.clone(),
        datasets: model.datasets.clone(),
        libraries: model.libraries.clone(),
        metadata: model.properties.clone(),
        files: files(model, target, digests),
        findings: findings
            .iter()
            .filter(|finding| is_about(&finding.location, model))
            .map(|finding| finding.id.to_string())
            .collect(),
    }
}

/// How many tokens a model takes at once, under the names that formats have for it.
fn context_length(properties: &BTreeMap<String, String>) -> Option<u64> {
    const NAMES: &[&str] = &[
        "context_length",
        "max_position_embeddings",
        "n_positions",
        "n_ctx",
        "max_sequence_length",
        "seq_length",
    ];
    NAMES.iter().find_map(|name| {
        let named = properties
            .iter()
            .find(|(key, _)| key.rsplit('.').next() == Some(*name));
        named?.1.trim().parse().ok()
    })
}

/// The model's own file, if it is one, and those that belong to it. Sizes are those on disk; a
/// member of an archive has none of its own.
fn files(
    model: &MlModel,
    target: &Path,
    digests: &BTreeMap<String, FileDigest>,
) -> Vec<InspectedFile> {
    let place = &model.location.path;
    let whole = model.location.inside.is_empty();
    let on_disk = |path: &str| {
        let path = match path {
            _ if target.is_file() => target.to_owned(),
            path => target.join(path),
        };
        let metadata = std::fs::symlink_metadata(path).ok()?;
        metadata.is_file().then_some(metadata.len())
    };
    let own = on_disk(place).filter(|_| whole);
    let folder = match place.rsplit_once('/') {
        _ if own.is_none() => place.as_str(),
        Some((folder, _)) => folder,
        None => "",
    };
    let mut files = Vec::new();
    if own.is_some() || model.files.is_empty() {
        files.push(InspectedFile {
            size: own,
            sha256: digests.get(place).map(|digest| digest.sha256.to_hex()),
            path: model.location.full_path(),
        });
    }
    files.extend(model.files.iter().map(|file| {
        InspectedFile {
            path: file.path.clone(),
            size: on_disk(&match folder {
                "" | "." => file.path.clone(),
                folder => format!("{folder}/{}", file.path),
            })
            .filter(|_| whole && !target.is_file()),
            sha256: file.sha256.clone(),
        }
    }));
    files
}

/// Whether a place is in the model: in its file or folder, or in a file that belongs to it.
fn is_about(place: &Location, model: &MlModel) -> bool {
    let (place, model_path) = (place.full_path(), model.location.full_path());
    let within = |outer: &str| {
        let rest = place.strip_prefix(outer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
    };
    if within(&model_path) {
        return true;
    }
    let folder = model_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    model.files.iter().any(|file| {
        let path = match folder {
            "" => file.path.clone(),
            folder => format!("{folder}/{}", file.path),
        };
        within(&path)
    })
}

fn ending(inspection: &Inspection) -> Ending {
    let models = output::count(inspection.models.len(), "model");
    let gaps = inspection.incomplete.len();
    if gaps > 0 {
        let things = output::count(gaps, "thing");
        return Ending::new(
            2,
            format!("incomplete: {models}; {things} could not be read"),
        );
    }
    if inspection.models.is_empty() {
        return Ending::new(2, "no model was found");
    }
    match inspection.findings.len() {
        0 => Ending::new(0, format!("{models}, no problem found")),
        n => {
            let problems = output::count(n, "problem");
            Ending::new(
                0,
                format!("{models}, {problems}; `scan` decides about them"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_belong_to_the_model_that_they_are_in() {
        let model = |path: &str, files: &[&str]| {
            let file = |path: &&str| gw_package::ModelFile {
                path: (*path).to_owned(),
                sha256: None,
            };
            MlModel {
                location: Location::file(path),
                files: files.iter().map(file).collect(),
                ..MlModel::default()
            }
        };
        let check = |place: &str, model: &MlModel, expected| {
            assert_eq!(is_about(&Location::file(place), model), expected, "{place}");
        };
        let folder = model("m", &[]);
        check("m/a.bin", &folder, true);
        check("model/a.bin", &folder, false);
        let file = model("m/a.bin", &["b.bin"]);
        check("m/a.bin", &file, true);
        check("m/b.bin", &file, true);
        check("b.bin", &file, false);
        let mut inside = Location::file("m/a.bin");
        inside.inside.push("data.pkl".to_owned());
        assert!(is_about(&inside, &file));
    }

    #[test]
    fn the_context_is_found_under_every_name() {
        let check = |name: &str, value: &str, expected| {
            let properties = [(name.to_owned(), value.to_owned())].into();
            assert_eq!(context_length(&properties), expected, "{name}");
        };
        check("llama.context_length", "4096", Some(4096));
        check("max_position_embeddings", "512", Some(512));
        check("n_ctx", "many", None);
        check("rope.n_ctx_orig", "1", None);
    }
}
