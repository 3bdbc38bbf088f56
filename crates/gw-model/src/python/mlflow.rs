//! MLflow's models: a folder with a file `MLmodel` that says how each flavour loads it.

use gw_analysis::{Node, Output, Part, parse};
use gw_finding::ReasonCode;

use super::archive::{self, Mark, Member};
use super::config::tags;
use super::named::{self, Named};
use super::text::text;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::files::escape;
use crate::{Content, Model, rules};

/// Keys whose value is a path in the model's folder.
const PATHS: [&str; 12] = [
    "artifact_path",
    "code",
    "config",
    "conda_env",
    "data",
    "env",
    "model_code_path",
    "model_data",
    "model_path",
    "pickled_model",
    "python_model",
    "saved_model_dir",
];

/// Reads `MLmodel`.
pub(crate) struct MlModel;

impl Reader for MlModel {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.rsplit('/').next() == Some("MLmodel")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let text = match text(&mut content, report) {
            Ok(Some(text)) => text,
            Ok(None) => return,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        tags(&text, report);
        match parse::yaml(&text) {
            Ok(documents) => {
                if let Some(root) = documents.first() {
                    read(root, report);
                }
            }
            Err(error) => report.incomplete(error.reason, error.message.clone()),
        }
    }
}

fn read(root: &Node, report: &mut Report<'_>) {
    let Some(flavors) = root.get("flavors") else {
        return report.incomplete(ReasonCode::Malformed, "an MLmodel without flavors");
    };
    report.keep(Mark);
    let mut location = report.location().clone();
    // The model is the folder, or the archive.
    if location.inside.pop().is_none() {
        location.path = location
            .path
            .rsplit_once('/')
            .map_or_else(|| location.path.clone(), |(folder, _)| folder.to_owned());
    }
    let mut model = Model::new("mlflow", location);
    let mut names = Vec::new();
    for (name, flavor) in flavors.map() {
        let name = name.as_str().unwrap_or_default();
        names.push(describe::shortened(name));
        for (key, value) in flavor.map() {
            let key = key.as_str().unwrap_or_default();
            if let Some(path) = value.as_str()
                && PATHS.contains(&key)
            {
                path_of(key, path, report);
            }
            if let Some(version) = value.scalar()
                && let Some(library) = key.strip_suffix("_version")
            {
                let library = describe::shortened(library);
                model
                    .libraries
                    .insert(library, describe::shortened(version));
            }
        }
        if let Some(module) = flavor.get("loader_module").and_then(Node::as_str) {
            loader(module, flavor, report);
        }
        let code = ["code", "model_code_path"]
            .iter()
            .find_map(|key| flavor.get(key).and_then(Node::as_str));
        if let Some(code) = code {
            let message = format!(
                "The model brings Python code of its own, in {}.",
                quote(code)
            );
            report.find(&rules::SERVING_CODE, Evidence::new("code", message));
        }
    }
    if let Some(version) = root.get("mlflow_version").and_then(Node::scalar) {
        let version = describe::shortened(version);
        model.libraries.insert("mlflow".to_owned(), version);
    }
    describe::keep(&mut model, "flavors", &names.join(", "));
    report.describe(model);
}

/// The module whose `_load_pyfunc` loads the model.
fn loader(module: &str, flavor: &Node, report: &mut Report<'_>) {
    let own = flavor.get("code").is_some();
    // MLflow's own modules are what models are loaded with.
    let mut parts = module.split('.');
    if parts.next() == Some("mlflow") && parts.all(|part| !part.starts_with("__")) {
        return;
    }
    match named::judge(module) {
        // A module of the model's own code is looked at as code.
        Named::Unknown if own => {}
        Named::Fine => {}
        Named::Unknown | Named::Dangerous(_) => {
            named::report(module, "The loader module", report);
        }
    }
}

/// Looks at the code in the folders of models: MLflow puts it on Python's path and imports it when
/// the model is loaded.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    let folders: Vec<String> = parts
        .iter()
        .filter(|part| part.location.inside.is_empty() && part.value.is::<Mark>())
        .filter_map(|part| {
            let path = &part.location.path;
            let folder = path.strip_suffix("MLmodel")?;
            Some(format!("{folder}code/"))
        })
        .collect();
    for part in parts {
        let location = &part.location;
        let Some(member) = part.value.downcast_ref::<Member>() else {
            continue;
        };
        if location.inside.is_empty()
            && folders
                .iter()
                .any(|folder| location.path.starts_with(folder))
        {
            archive::judge_member(location, member, out);
        }
    }
}

fn path_of(key: &str, path: &str, report: &mut Report<'_>) {
    if let Some(problem) = escape(path) {
        let message = format!("{} is \"{}\": {problem}.", quote(key), quote(path));
        report.find(&rules::EXTERNAL_PATH, Evidence::new(path, message));
    }
}
