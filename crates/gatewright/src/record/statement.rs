//! What is stated about a step: an SLSA provenance (<https://slsa.dev/spec/v1.1/provenance>) of a
//! build type of ours, which `docs/record.md` describes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gw_attest::predicate::{ASSET_ANNOTATION, InputKind, KIND_ANNOTATION};
use gw_core::{Digest, Subject, Time};
use serde_json::{Map, Value, json};

use super::declared::Declared;
use super::files::{Files, digest_of};
use super::{Exit, Observed, kinds, libraries, redact};

/// The build type: what the parameters mean.
pub(crate) const BUILD_TYPE: &str = "https://gatewright.dev/build/record/v1";
/// The builder: this program where somebody ran it. Whose machine that was, the signature says.
const BUILDER: &str = "https://gatewright.dev/builder/local";
/// The annotation that says whether a dependency was declared or observed.
const FOUND_ANNOTATION: &str = "https://gatewright.dev/lineage/found";
/// The annotation that says whether a declared input was seen to be read.
const READ_ANNOTATION: &str = "https://gatewright.dev/lineage/read";
/// The annotation that says that the step changed an input after it was read.
const CHANGED_ANNOTATION: &str = "https://gatewright.dev/lineage/changed";
/// The annotation that says whether the work tree was that of the commit.
const CLEAN_ANNOTATION: &str = "https://gatewright.dev/lineage/clean";

/// So many inputs that nobody declared are listed.
const MOST_OBSERVED: usize = 2_000;

/// An input that was declared, with the content that it had before the step.
pub(crate) struct Input {
    pub(crate) declared: Declared,
    pub(crate) path: Option<PathBuf>,
    pub(crate) subject: Option<Subject>,
}

/// The work tree that a step ran in.
#[derive(Debug, Default)]
pub(crate) struct WorkTree {
    pub(crate) root: PathBuf,
    pub(crate) origin: Option<String>,
    pub(crate) commit: Option<String>,
    /// Whether the files were those of the commit, if that could be told.
    pub(crate) clean: Option<bool>,
}

/// All that is known of a step.
pub(crate) struct Step<'s> {
    pub(crate) command: &'s [String],
    pub(crate) folder: &'s Path,
    pub(crate) inputs: &'s [Input],
    /// The outputs that were declared, with their paths.
    pub(crate) outputs: &'s [(Declared, PathBuf)],
    pub(crate) work_tree: Option<&'s WorkTree>,
    pub(crate) observed: &'s Observed,
    pub(crate) exit: Exit,
    pub(crate) started: Time,
    pub(crate) finished: Time,
    /// The names of the environment's variables.
    pub(crate) variables: Vec<String>,
    pub(crate) program: &'static str,
}

impl Step<'_> {
    /// The predicate. `notes` are what could not be said, in words.
    pub(crate) fn predicate(&self) -> Value {
        let mut notes = Vec::new();
        let dependencies = self.dependencies(&mut notes);
        let byproducts = self.byproducts(&mut notes);
        let mut internal = json!({
            "workingDirectory": self.folder.display().to_string(),
            "environmentVariables": self.variables,
            "platform": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
            "exit": self.exit.code,
        });
        if let (Some(internal), Some(signal)) = (internal.as_object_mut(), self.exit.signal) {
            internal.insert("signal".to_owned(), signal.into());
        }
        let observation = match self.observed {
            Observed::Yes(_, unseen) => {
                notes.extend(unseen.iter().cloned());
                json!({ "observed": true, "notes": notes })
            }
            Observed::No(why) => json!({ "observed": false, "because": why, "notes": notes }),
        };
        if let Some(internal) = internal.as_object_mut() {
            internal.insert("files".to_owned(), observation);
        }
        let named = |declared: &Declared| {
            let path = without_secrets(&declared.given);
            let mut value = json!({ "kind": declared.kind.as_str(), "path": path });
            if let (Some(value), Some(asset)) = (value.as_object_mut(), &declared.asset) {
                value.insert("asset".to_owned(), asset.as_str().into());
            }
            value
        };
        let inputs = self.inputs.iter().map(|input| named(&input.declared));
        let outputs = self.outputs.iter().map(|(declared, _)| {
            let mut value = named(declared);
            // What comes out has its asset's kind only.
            if let Some(value) = value.as_object_mut() {
                value.remove("kind");
            }
            value
        });
        json!({
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "command": redact::arguments(self.command),
                    "inputs": inputs.collect::<Vec<_>>(),
                    "outputs": outputs.collect::<Vec<_>>(),
                },
                "internalParameters": internal,
                "resolvedDependencies": dependencies,
            },
            "runDetails": {
                "builder": {
                    "id": BUILDER,
                    "version": { "gatewright": self.program },
                },
                "metadata": {
                    "startedOn": self.started.to_string(),
                    "finishedOn": self.finished.to_string(),
                },
                "byproducts": byproducts,
            },
        })
    }

    /// What the step was seen to write and nobody declared, in order.
    pub(crate) fn undeclared_outputs(&self) -> Vec<&Path> {
        let Observed::Yes(files, _) = self.observed else {
            return Vec::new();
        };
        let written = files.written.iter().map(PathBuf::as_path);
        written
            .filter(|path| !kinds::is_environment(path) && path.is_file())
            .filter(|path| {
                !self
                    .outputs
                    .iter()
                    .any(|(_, output)| path.starts_with(output))
            })
            .collect()
    }

    fn dependencies(&self, notes: &mut Vec<String>) -> Vec<Value> {
        let files = match self.observed {
            Observed::Yes(files, _) => Some(files),
            Observed::No(_) => None,
        };
        let mut all: Vec<_> = self
            .inputs
            .iter()
            .map(|input| declared(input, files))
            .collect();
        all.extend(self.work_tree.and_then(work_tree));
        let Some(files) = files else {
            return all;
        };
        let is_declared = |path: &Path| {
            let mut paths = self.inputs.iter().filter_map(|input| input.path.as_ref());
            paths.any(|input| path.starts_with(input))
        };
        let (environment, inputs): (Vec<_>, Vec<_>) = files
            .read
            .iter()
            .filter(|(path, _)| !is_declared(path))
            .partition(|(path, _)| kinds::is_environment(path));
        if let Some(more) = inputs.len().checked_sub(MOST_OBSERVED).filter(|&n| n > 0) {
            notes.push(format!("{more} more files were read"));
        }
        for (path, digest) in inputs.into_iter().take(MOST_OBSERVED) {
            let digest = digest.or_else(|| digest_of(path).ok());
            let changed = files.written.contains(path);
            all.push(self.observed_input(path, digest, changed));
        }
        let used = libraries::used(environment.iter().map(|(path, _)| path.as_path()));
        all.extend(used.iter().map(|(name, version)| library(name, version)));
        all.extend(files.programs.iter().map(|path| program(path)));
        all
    }

    fn observed_input(&self, path: &Path, digest: Option<Digest>, changed: bool) -> Value {
        let mut annotations = annotations(kinds::of(path).as_str(), "observed");
        if changed {
            annotations.insert(CHANGED_ANNOTATION.to_owned(), true.into());
        }
        let mut value = json!({ "name": self.shown(path), "annotations": annotations });
        add_digest(&mut value, "sha256", digest.map(|digest| digest.to_hex()));
        value
    }

    fn byproducts(&self, notes: &mut Vec<String>) -> Vec<Value> {
        // Without declared outputs these are the subjects themselves.
        if self.outputs.is_empty() {
            return Vec::new();
        }
        let written = self.undeclared_outputs();
        if let Some(more) = written.len().checked_sub(MOST_OBSERVED).filter(|&n| n > 0) {
            notes.push(format!("{more} more files were written"));
        }
        written
            .into_iter()
            .take(MOST_OBSERVED)
            .map(|path| {
                let mut value = json!({ "name": self.shown(path) });
                let digest = digest_of(path).ok();
                add_digest(&mut value, "sha256", digest.map(|digest| digest.to_hex()));
                value
            })
            .collect()
    }

    /// A path as people see it from where the step ran.
    fn shown(&self, path: &Path) -> String {
        let inside = path.strip_prefix(self.folder).unwrap_or(path);
        inside.display().to_string()
    }
}

fn annotations(kind: &str, found: &str) -> Map<String, Value> {
    let mut annotations = Map::new();
    annotations.insert(KIND_ANNOTATION.to_owned(), kind.into());
    annotations.insert(FOUND_ANNOTATION.to_owned(), found.into());
    annotations
}

fn add_digest(value: &mut Value, algorithm: &str, digest: Option<String>) {
    if let (Some(value), Some(digest)) = (value.as_object_mut(), digest) {
        value.insert("digest".to_owned(), json!({ algorithm: digest }));
    }
}

fn declared(input: &Input, files: Option<&Files>) -> Value {
    let declared = &input.declared;
    let mut annotations = annotations(declared.kind.as_str(), "declared");
    if let Some(asset) = &declared.asset {
        annotations.insert(ASSET_ANNOTATION.to_owned(), asset.as_str().into());
    }
    if let (Some(files), Some(path)) = (files, &input.path) {
        let read = files.read.keys().chain(&files.programs);
        let read = read.into_iter().any(|file| file.starts_with(path));
        annotations.insert(READ_ANNOTATION.to_owned(), read.into());
        if files.written.iter().any(|file| file.starts_with(path)) {
            annotations.insert(CHANGED_ANNOTATION.to_owned(), true.into());
        }
    }
    let mut value = json!({ "name": declared.name(), "annotations": annotations });
    if declared.is_remote()
        && let Some(value) = value.as_object_mut()
    {
        let address = without_secrets(&declared.given);
        value.insert("uri".to_owned(), address.into());
    }
    let digest = input
        .subject
        .as_ref()
        .map(|subject| subject.digest.to_hex());
    add_digest(&mut value, "sha256", digest);
    value
}

/// A path or address as it may be kept.
fn without_secrets(given: &str) -> String {
    redact::arguments(&[given.to_owned()]).concat()
}

fn work_tree(tree: &WorkTree) -> Option<Value> {
    let commit = tree.commit.clone()?;
    let mut annotations = annotations(InputKind::Code.as_str(), "observed");
    if let Some(clean) = tree.clean {
        annotations.insert(CLEAN_ANNOTATION.to_owned(), clean.into());
    }
    let name = tree.origin.clone().unwrap_or_else(|| {
        let name = tree.root.file_name().unwrap_or(tree.root.as_os_str());
        name.to_string_lossy().into_owned()
    });
    let short = name
        .split_once("://")
        .map_or(name.as_str(), |(_, rest)| rest);
    let mut value = json!({ "name": short, "annotations": annotations });
    if let (Some(value), Some(origin)) = (value.as_object_mut(), &tree.origin) {
        value.insert("uri".to_owned(), format!("git+{origin}").into());
    }
    add_digest(&mut value, "gitCommit", Some(commit));
    Some(value)
}

fn library(name: &str, version: &str) -> Value {
    let purl = gw_package::Purl::of(&gw_package::Ecosystem::PYPI, name, version);
    let mut value = json!({
        "name": format!("{name} {version}"),
        "annotations": annotations("environment", "observed"),
    });
    if let (Some(value), Ok(purl)) = (value.as_object_mut(), purl) {
        value.insert("uri".to_owned(), purl.to_string().into());
    }
    value
}

fn program(path: &Path) -> Value {
    let mut value = json!({
        "name": path.display().to_string(),
        "annotations": annotations("environment", "observed"),
    });
    let digest = digest_of(path).ok();
    add_digest(&mut value, "sha256", digest.map(|digest| digest.to_hex()));
    value
}

/// The subjects of a step without declared outputs: the files that it was seen to write.
pub(crate) fn subjects(step: &Step<'_>) -> Vec<gw_core::ResourceDescriptor> {
    let one = |path: &Path| {
        let digest = digest_of(path).ok()?;
        Some(gw_core::ResourceDescriptor {
            name: Some(step.shown(path)),
            uri: None,
            digest: BTreeMap::from([("sha256".to_owned(), digest.to_hex())]),
        })
    };
    step.undeclared_outputs()
        .into_iter()
        .filter_map(one)
        .collect()
}
