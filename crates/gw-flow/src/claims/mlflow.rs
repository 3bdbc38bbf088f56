//! Runs of MLflow: as its API and `Run.to_dictionary` give them, and as its file store keeps them
//! (<https://mlflow.org/docs/latest/ml/dataset/>).

use std::collections::BTreeMap;

use gw_analysis::Node;
use gw_attest::predicate::{InputKind, Lineage, LineageInput};

use super::{ClaimError, lineage, malformed, text};

/// What the statement says it is from.
const SOURCE: &str = "mlflow";

/// The tag that says what a dataset was for.
const CONTEXT: &str = "mlflow.data.context";

/// Data of these contexts was not learnt from.
const NOT_LEARNT_FROM: &[&str] = &["evaluation", "eval", "validation", "test", "testing"];

/// Parameters under which training programs log the model that they start from.
const BASE_MODELS: &[&str] = &[
    "_name_or_path",
    "model_name_or_path",
    "pretrained_model_name_or_path",
    "base_model",
    "base_model_name_or_path",
];

/// Whether a document is a run.
pub(super) fn is_run(node: &Node) -> bool {
    let node = node.get("run").unwrap_or(node);
    node.at(&["info", "run_id"]).is_some() || node.at(&["info", "run_uuid"]).is_some()
}

/// What a run says, as the API or `Run.to_dictionary` gives it.
pub(super) fn run(node: &Node) -> Result<Lineage, ClaimError> {
    let node = node.get("run").unwrap_or(node);
    let mut run = Run {
        params: pairs(node.at(&["data", "params"])),
        tags: pairs(node.at(&["data", "tags"])),
        ..Run::default()
    };
    let inputs = node.at(&["inputs", "dataset_inputs"]).map(Node::list);
    for input in inputs.unwrap_or_default() {
        let context = pairs(input.get("tags")).remove(CONTEXT);
        if let Some(dataset) = input.get("dataset") {
            run.dataset(dataset, context.as_deref());
        }
    }
    let models = node.at(&["inputs", "model_inputs"]).map(Node::list);
    for model in models.unwrap_or_default() {
        run.models.extend(text(model, &["model_id"]));
    }
    run.lineage()
}

/// What a run's folder says. `files` has the texts of its files by their paths in it, and those of
/// the experiment's `datasets` folder under `../datasets/`.
///
/// # Errors
/// [`ClaimError`] if it is no run's folder or one of its files is malformed.
pub fn folder(files: &BTreeMap<String, String>) -> Result<Lineage, ClaimError> {
    let yaml = |path: &str| -> Result<Option<Node>, ClaimError> {
        let Some(text) = files.get(path) else {
            return Ok(None);
        };
        let documents = gw_analysis::parse::yaml(text).map_err(|error| malformed(text, &error))?;
        Ok(documents.into_iter().next())
    };
    if yaml("meta.yaml")?.is_none_or(|meta| meta.get("run_id").is_none()) {
        return Err(ClaimError::Unknown);
    }
    let below = |folder: &str| -> BTreeMap<String, String> {
        let named = |(path, text): (&String, &String)| {
            let name = path.strip_prefix(folder)?;
            Some((name.to_owned(), text.trim_end_matches('\n').to_owned()))
        };
        files.iter().filter_map(named).collect()
    };
    let mut run = Run {
        params: below("params/"),
        tags: below("tags/"),
        ..Run::default()
    };
    for path in files.keys() {
        if !(path.starts_with("inputs/") && path.ends_with("/meta.yaml")) {
            continue;
        }
        let Some(input) = yaml(path)? else { continue };
        let Some(id) = text(&input, &["source_id"]) else {
            continue;
        };
        match text(&input, &["source_type"]).as_deref() {
            Some("DATASET") => {
                let context = input.get("tags").and_then(|tags| text(tags, &[CONTEXT]));
                match yaml(&format!("../datasets/{id}/meta.yaml"))? {
                    Some(dataset) => run.dataset(&dataset, context.as_deref()),
                    None => run.unknown_dataset(id, context.as_deref()),
                }
            }
            Some("MODEL" | "RUN_INPUT" | "MODEL_INPUT") => run.models.push(id),
            _ => {}
        }
    }
    run.lineage()
}

/// Names and values: a mapping, or a list of `{key, value}`.
fn pairs(node: Option<&Node>) -> BTreeMap<String, String> {
    let Some(node) = node else {
        return BTreeMap::new();
    };
    let listed = node
        .list()
        .iter()
        .filter_map(|pair| Some((text(pair, &["key"])?, text(pair, &["value"])?)));
    let mapped = node
        .map()
        .filter_map(|(key, value)| Some((key.scalar()?.to_owned(), value.scalar()?.to_owned())));
    listed.chain(mapped).collect()
}

#[derive(Default)]
struct Run {
    params: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    models: Vec<String>,
    inputs: Vec<LineageInput>,
}

impl Run {
    fn dataset(&mut self, dataset: &Node, context: Option<&str>) {
        let Some(name) = text(dataset, &["name"]) else {
            return;
        };
        // MLflow's own digest is a short one of a sample, and no content's name.
        if is_learnt_from(context) {
            self.inputs.push(LineageInput {
                kind: InputKind::Dataset,
                name,
                uri: text(dataset, &["source"]).and_then(|source| address(&source)),
                digest: None,
            });
        }
    }

    fn unknown_dataset(&mut self, id: String, context: Option<&str>) {
        if is_learnt_from(context) {
            self.inputs.push(LineageInput {
                kind: InputKind::Dataset,
                name: id,
                uri: None,
                digest: None,
            });
        }
    }

    fn lineage(mut self) -> Result<Lineage, ClaimError> {
        let named = BASE_MODELS.iter().filter_map(|name| self.params.get(*name));
        let models: Vec<_> = named.cloned().chain(self.models).collect();
        for name in models {
            self.inputs.push(LineageInput {
                kind: InputKind::Model,
                name,
                uri: None,
                digest: None,
            });
        }
        let repository = self.tags.get("mlflow.source.git.repoURL");
        let commit = self.tags.get("mlflow.source.git.commit");
        let program = self.tags.get("mlflow.source.name");
        if let Some(name) = repository.or(program) {
            let uri = repository.map(|repository| match commit {
                Some(commit) => format!("git+{repository}@{commit}"),
                None => format!("git+{repository}"),
            });
            self.inputs.push(LineageInput {
                kind: InputKind::Code,
                name: name.clone(),
                uri,
                digest: None,
            });
        }
        lineage(SOURCE, self.inputs)
    }
}

fn is_learnt_from(context: Option<&str>) -> bool {
    let context = context.map(|context| context.trim().to_ascii_lowercase());
    context.is_none_or(|context| !NOT_LEARNT_FROM.contains(&context.as_str()))
}

/// Where a dataset is, from what MLflow calls its source: JSON whose keys depend on its type.
fn address(source: &str) -> Option<String> {
    let node = gw_analysis::parse::json(source).ok()?;
    if let Some(path) = text(&node, &["path"])
        && text(&node, &["config_name"]).is_some()
    {
        return Some(format!("hf://datasets/{path}"));
    }
    ["uri", "url", "path", "table_name", "delta_table_name"]
        .iter()
        .find_map(|key| text(&node, &[key]))
}
