//! TorchServe's archives: a zip with `MAR-INF/MANIFEST.json`, which names the handler that serves
//! the model.

use gw_analysis::{Node, parse};
use gw_finding::ReasonCode;

use super::archive::Mark;
use super::text::text;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::files::escape;
use crate::{Content, Model, rules};

/// Handlers that TorchServe brings (`ts/torch_handler`).
const HANDLERS: [&str; 6] = [
    "audio_handler",
    "base_handler",
    "image_classifier",
    "image_segmenter",
    "object_detector",
    "text_classifier",
];

/// Reads the manifest.
pub(crate) struct Manifest;

impl Reader for Manifest {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with("MAR-INF/MANIFEST.json")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let text = match text(&mut content, report) {
            Ok(Some(text)) => text,
            Ok(None) => return,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        match parse::json(&text) {
            Ok(root) => read(&root, report),
            Err(error) => report.incomplete(error.reason, error.message.clone()),
        }
    }
}

fn read(root: &Node, report: &mut Report<'_>) {
    report.keep(Mark);
    let mut location = report.location().clone();
    location.inside.pop();
    let mut model = Model::new("torchserve", location);
    let text = |key: &str| root.at(&["model", key]).and_then(Node::as_str);
    model.name = text("modelName").map(describe::shortened);
    if let Some(version) = text("modelVersion") {
        describe::keep(&mut model, "version", version);
    }
    if let Some(version) = root.get("archiverVersion").and_then(Node::scalar) {
        model.producer = Some(format!(
            "torch-model-archiver {}",
            describe::shortened(version)
        ));
    }
    report.describe(model);
    for key in [
        "serializedFile",
        "modelFile",
        "handler",
        "requirementsFile",
        "configFile",
    ] {
        let Some(file) = text(key) else {
            continue;
        };
        // A handler may be `file:function`.
        let path = file.split(':').next().unwrap_or(file);
        if let Some(problem) = escape(path) {
            let message = format!("{key} is \"{}\": {problem}.", quote(file));
            report.find(&rules::EXTERNAL_PATH, Evidence::new(file, message));
        }
        let message = match key {
            "handler" if !HANDLERS.contains(&path) => {
                format!("The model is served by its own code, {}.", quote(file))
            }
            "requirementsFile" => format!(
                "The model asks the server to install packages, listed in {}.",
                quote(file)
            ),
            _ => continue,
        };
        report.find(&rules::SERVING_CODE, Evidence::new(key, message));
    }
}
