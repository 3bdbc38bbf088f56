//! Folders of models as Hugging Face's libraries lay them out: configurations, tokenizers,
//! templates, cards, and the code that they name.
//!
//! Source: `transformers` (`PretrainedConfig`, `dynamic_module_utils`), `diffusers`
//! (`model_index.json`), `sentence-transformers` (`modules.json`), `peft` (`adapter_config.json`),
//! Hugging Face's documentation of model cards.

mod card;
mod code;
mod config;
pub(crate) mod oci;
#[cfg(test)]
mod tests;

use gw_analysis::{Node, Value, parse};
use gw_finding::ReasonCode;

use crate::keras::{self, take_text};
use crate::reader::Reader;
use crate::report::{Report, quote};
use crate::{Content, Model, boosting, template};

pub(crate) use self::card::Card;
pub(crate) use self::code::{Requirements, Script, is_source, join as join_code};
pub(crate) use self::oci::Oci;

/// What a file of a folder says about the folder's model.
#[derive(Debug, Default)]
pub(crate) struct Fragment {
    /// What it says, without a format.
    pub(crate) model: Model,
    /// Whether the file makes its folder a model's.
    pub(crate) decides: bool,
    /// Modules of the folder that loading imports: `modeling_x`, with what asks for them.
    pub(crate) modules: Vec<(String, String)>,
    /// What is missing, if the folder is a model's after all.
    pub(crate) problem: Option<(ReasonCode, String)>,
}

/// JSON files: by their names, and configurations of Keras and models of XGBoost by content.
pub(crate) struct Json;

/// Names under which libraries look for their configuration.
const NAMES: &[&str] = &[
    "adapter_config.json",
    "chat_template.json",
    "config.json",
    "config_sentence_transformers.json",
    "feature_extractor_config.json",
    "generation_config.json",
    "image_processor_config.json",
    "metadata.json",
    "model.json",
    "model_index.json",
    "modules.json",
    "open_clip_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "scheduler_config.json",
    "tokenizer_config.json",
    "video_preprocessor_config.json",
];

impl Reader for Json {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let name = name(path);
        let mentions = |text: &[u8]| memchr::memmem::find(head, text).is_some();
        NAMES.contains(&name)
            || name.ends_with("_config.json")
            || head.trim_ascii_start().starts_with(b"{")
                && (mentions(b"\"class_name\"")
                    || mentions(b"\"learner\"")
                    || mentions(b"\"chat_template\""))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if keras::is_pointer(&mut content, report) {
            return;
        }
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        match parse::json(&text) {
            Ok(root) => document(&root, report),
            // Many programs have a `config.json`; what is not JSON counts if it was meant to be a
            // model's.
            Err(error) if is_of_model(&text) => report.incomplete(error.reason, error.message),
            Err(_) => {}
        }
    }
}

fn is_of_model(text: &str) -> bool {
    [
        "\"architectures\"",
        "\"auto_map\"",
        "\"model_type\"",
        "\"class_name\"",
        "\"chat_template\"",
        "\"tokenizer_class\"",
        "\"_class_name\"",
        "\"_diffusers_version\"",
        "\"learner\"",
        "\"base_model_name_or_path\"",
    ]
    .iter()
    .any(|key| text.contains(key))
}

fn document(root: &Node, report: &mut Report<'_>) {
    if keras::config::is_config(root) {
        return keras::read_config(root, report);
    }
    if boosting::xgboost::is_model(root) {
        return boosting::xgboost::read_json(root, report);
    }
    templates(root, report);
    if name(report.path()) == "metadata.json" {
        return keras::read_metadata(root, report);
    }
    if let Some(fragment) = config::read(root, report) {
        report.keep(fragment);
    }
}

/// Judges the templates of a configuration: one, several with names, or a mapping of names.
fn templates(root: &Node, report: &mut Report<'_>) {
    for key in ["chat_template", "prompt_template", "system_prompt_template"] {
        let pairs = root.map().filter(|(name, _)| name.as_str() == Some(key));
        for (_, value) in pairs {
            match &value.value {
                // Prompts of other kinds have braces, too.
                Value::String(text) if key == "chat_template" || text.contains("{%") => {
                    template::check(text, key, report);
                }
                Value::List(items) => {
                    for item in items {
                        let name = item.get("name").and_then(Node::scalar).unwrap_or("?");
                        let text = item.get("template").or(Some(item)).and_then(Node::as_str);
                        if let Some(text) = text {
                            template::check(text, &format!("{key}[{name}]"), report);
                        }
                    }
                }
                Value::Map(_) => {
                    for (name, text) in value.map() {
                        if let (Some(name), Some(text)) = (name.scalar(), text.as_str()) {
                            template::check(text, &format!("{key}[{name}]"), report);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Templates that are files: `chat_template.jinja`, `additional_chat_templates/tool_use.jinja`.
pub(crate) struct Template;

impl Reader for Template {
    fn claims(&self, path: &str, _head: &[u8]) -> bool {
        let name = name(path);
        let ends = [".jinja", ".jinja2", ".j2"];
        ends.iter().any(|end| name.ends_with(end))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let path = report.path();
        let named = name(path).contains("template") || path.contains("chat_template");
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        // Other templates are of somebody's web pages and deployments.
        if named || text.contains("messages") || text.contains("bos_token") {
            template::check(&text, "", report);
        }
    }
}

/// Weights that are not here: pointers of version control, of formats that no other reader takes.
pub(crate) struct Pointer;

impl Reader for Pointer {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let ends = [
            ".bin",
            ".ckpt",
            ".cbm",
            ".keras",
            ".model",
            ".msgpack",
            ".onnx_data",
            ".pb",
            ".tflite",
            ".ubj",
        ];
        crate::tensor::pointer::is_pointer(head) && ends.iter().any(|end| path.ends_with(end))
    }

    fn read(&self, _content: Content<'_>, report: &mut Report<'_>) {
        crate::tensor::pointer::report(report);
    }
}

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A text of a configuration, shortened.
fn text(root: &Node, path: &[&str]) -> Option<String> {
    root.at(path)?.scalar().map(quote)
}

/// A text, or every text of a list.
fn texts(root: &Node, key: &str) -> Vec<String> {
    let Some(value) = root.get(key) else {
        return Vec::new();
    };
    let one = value.scalar().into_iter();
    let all = one.chain(value.list().iter().filter_map(Node::scalar));
    all.filter(|text| !text.is_empty())
        .take(64)
        .map(quote)
        .collect()
}
