//! What configurations say, and the code that they make libraries import.

use gw_analysis::{Node, Value};
use gw_finding::{Confidence, Severity};

use super::{Fragment, name, text};
use crate::names;
use crate::report::{Evidence, Report, quote};
use crate::{Model, rules};

/// Fields that go into a description as they are.
const METADATA: &[&str] = &[
    "hidden_size",
    "max_position_embeddings",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "vocab_size",
    "peft_type",
    "task_type",
    "context_length",
];

/// Libraries that the components of a pipeline of `diffusers` are of.
const PIPELINE_LIBRARIES: &[&str] = &[
    "diffusers",
    "flax",
    "k_diffusion",
    "onnxruntime",
    "optimum",
    "torch",
    "transformers",
    "timm",
    "open_clip",
    "peft",
    "sentence_transformers",
    "tokenizers",
    "nemo",
    "controlnet_aux",
];

/// Packages whose classes the modules of a sentence embedding are of.
const EMBEDDING_LIBRARIES: &[&str] = &["pylate", "sentence_transformers", "transformers", "torch"];

/// Reads a configuration. Nothing if it is none of a model's.
pub(super) fn read(root: &Node, report: &mut Report<'_>) -> Option<Fragment> {
    let file = name(report.path());
    let mut fragment = Fragment::default();
    fragment.model.location = report.location().clone();
    remote_code(root, &mut fragment, report);
    let known = match file {
        "modules.json" => modules(root, &mut fragment, report),
        "model_index.json" => pipeline(root, &mut fragment, report),
        "adapter_config.json" => adapter(root, &mut fragment, report),
        "tokenizer_config.json" => {
            fragment.model.tokenizer = text(root, &["tokenizer_class"]);
            fragment.model.tokenizer.is_some()
        }
        "config_sentence_transformers.json" => {
            let versions = root.get("__version__").map(Node::map).into_iter().flatten();
            for (library, version) in versions {
                library_version(&mut fragment.model, library.as_str(), version.scalar());
            }
            true
        }
        _ => config(root, &mut fragment.model),
    };
    fragment.decides = known
        && matches!(
            file,
            "modules.json" | "model_index.json" | "adapter_config.json" | "config.json"
        );
    let says = known || !fragment.modules.is_empty();
    says.then_some(fragment)
}

fn library_version(model: &mut Model, library: Option<&str>, version: Option<&str>) {
    if let (Some(library), Some(version)) = (library, version)
        && model.libraries.len() < 64
    {
        model.libraries.insert(quote(library), quote(version));
    }
}

/// `config.json` of a model, and the configurations of its parts.
fn config(root: &Node, model: &mut Model) -> bool {
    let architecture = root
        .get("architectures")
        .and_then(|list| list.list().first());
    let class = architecture.or_else(|| root.get("_class_name"));
    model.architecture = class
        .and_then(Node::as_str)
        .map(quote)
        .or_else(|| text(root, &["model_type"]))
        .or_else(|| text(root, &["architecture"]));
    for key in METADATA {
        let value = text(root, &[key]).or_else(|| text(root, &["text_config", key]));
        if let Some(value) = value {
            model.metadata.insert((*key).to_owned(), value);
        }
    }
    let kind = text(root, &["torch_dtype"]).or_else(|| text(root, &["dtype"]));
    if let Some(kind) = kind {
        model.metadata.insert("torch_dtype".to_owned(), kind);
    }
    model.name = text(root, &["_name_or_path"]).filter(|name| !name.is_empty());
    model.quantization = text(root, &["quantization_config", "quant_method"]).map(|method| {
        match text(root, &["quantization_config", "bits"]) {
            Some(bits) => format!("{method} {bits} bit"),
            None => method,
        }
    });
    for (library, key) in [
        ("transformers", "transformers_version"),
        ("diffusers", "_diffusers_version"),
    ] {
        let version = root.get(key).and_then(Node::scalar);
        library_version(model, Some(library), version);
    }
    model.architecture.is_some() || root.get("transformers_version").is_some()
}

/// Code that `transformers` imports if it is told to trust the model: `auto_map`,
/// `custom_pipelines`, and kernels of a hub.
fn remote_code(root: &Node, fragment: &mut Fragment, report: &mut Report<'_>) {
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        for (key, value) in node.map() {
            match key.as_str() {
                Some("auto_map") => {
                    for (class, target) in value.map() {
                        let one = target.as_str().into_iter();
                        for target in one.chain(target.list().iter().filter_map(Node::as_str)) {
                            let asks = format!("`auto_map` of {}", class.as_str().unwrap_or("?"));
                            imports(target, &asks, fragment, report);
                        }
                    }
                    // A tokenizer's may be a pair by itself.
                    for target in value.list().iter().filter_map(Node::as_str) {
                        imports(target, "`auto_map`", fragment, report);
                    }
                }
                Some("custom_pipelines") => {
                    for (task, pipeline) in value.map() {
                        if let Some(target) = pipeline.get("impl").and_then(Node::as_str) {
                            let asks = format!("the pipeline {}", task.as_str().unwrap_or("?"));
                            imports(target, &asks, fragment, report);
                        }
                    }
                }
                Some("_attn_implementation" | "attn_implementation") => {
                    if let Some(kernel) = value.as_str()
                        && kernel.contains('/')
                    {
                        let message = format!(
                            "Attention is computed by `{}`: a library that is downloaded when the \
                             model is loaded.",
                            quote(kernel)
                        );
                        report.find(&rules::REMOTE_CODE, Evidence::new(kernel, message));
                    }
                }
                Some("trust_remote_code") if value.as_bool() == Some(true) => {
                    let message = "The configuration itself asks that the model's code be trusted."
                        .to_owned();
                    let mut evidence = Evidence::new("trust_remote_code", message);
                    evidence.severity = Some(Severity::Medium);
                    report.find(&rules::REMOTE_CODE, evidence);
                }
                _ => {}
            }
            if matches!(value.value, Value::Map(_)) {
                todo.push(value);
            }
        }
    }
}

/// A class that is imported: `module.Class`, or `owner/repository--module.Class`.
fn imports(target: &str, asks: &str, fragment: &mut Fragment, report: &mut Report<'_>) {
    let (repository, class) = match target.split_once("--") {
        Some((repository, class)) => (Some(repository), class),
        None => (None, target),
    };
    if let Some(repository) = repository {
        let message = format!(
            "{} names `{}` of another repository, `{}`: its code is downloaded and executed, in \
             whatever version it has then.",
            quote(asks),
            quote(class),
            quote(repository)
        );
        report.find(&rules::REMOTE_CODE, Evidence::new(target, message));
        return;
    }
    if class.contains(['/', '\\']) || class.starts_with('.') {
        let message = format!(
            "{} names `{}`, which leads out of the model's folder.",
            quote(asks),
            quote(class)
        );
        report.find(&rules::EXTERNAL_PATH, Evidence::new(class, message));
        return;
    }
    let module = class.rsplit_once('.').map_or(class, |(module, _)| module);
    let known = fragment.modules.iter().any(|(known, _)| known == module);
    if !module.is_empty() && !known && fragment.modules.len() < 256 {
        fragment.modules.push((module.to_owned(), asks.to_owned()));
    }
}

/// The modules of a sentence embedding, each with the class that is imported for it.
fn modules(root: &Node, fragment: &mut Fragment, report: &mut Report<'_>) -> bool {
    let mut any = false;
    for module in root.list() {
        let Some(class) = module.get("type").and_then(Node::as_str) else {
            continue;
        };
        any = true;
        callable(class, EMBEDDING_LIBRARIES, "modules.json", fragment, report);
        if let Some(path) = module.get("path").and_then(Node::as_str)
            && let Some(problem) = crate::tensor::files::escape(path)
        {
            let message = format!("A module's path is `{}`: {problem}.", quote(path));
            report.find(&rules::EXTERNAL_PATH, Evidence::new(path, message));
        }
    }
    if any {
        fragment.model.architecture = Some("SentenceTransformer".to_owned());
    }
    any
}

/// The components of a pipeline: each a library and a class of it.
fn pipeline(root: &Node, fragment: &mut Fragment, report: &mut Report<'_>) -> bool {
    let Some(class) = root.get("_class_name") else {
        return false;
    };
    let name = class.as_str().or_else(|| class.list().last()?.as_str());
    fragment.model.architecture = name.map(quote);
    if let [module, _] = class.list()
        && let Some(module) = module.as_str()
    {
        let asks = "`_class_name`".to_owned();
        fragment.modules.push((module.to_owned(), asks));
    }
    let version = root.get("_diffusers_version").and_then(Node::scalar);
    library_version(&mut fragment.model, Some("diffusers"), version);
    for (component, value) in root.map() {
        let [library, class] = value.list() else {
            continue;
        };
        let (Some(library), Some(class)) = (library.as_str(), class.as_str()) else {
            continue;
        };
        if component.as_str().is_some_and(|name| name.starts_with('_')) {
            continue;
        }
        let path = format!("{library}.{class}");
        let plain = !library.contains('.') && names::in_path(&path).is_none();
        if plain && !PIPELINE_LIBRARIES.contains(&library) {
            // A pipeline's own module, of `diffusers` or of the folder.
            let component = component.as_str().unwrap_or_default();
            let asks = format!("the component `{component}`");
            fragment
                .modules
                .push((format!("{component}/{library}"), asks));
            continue;
        }
        callable(
            &path,
            PIPELINE_LIBRARIES,
            "model_index.json",
            fragment,
            report,
        );
    }
    true
}

/// What an adapter is for.
fn adapter(root: &Node, fragment: &mut Fragment, report: &mut Report<'_>) -> bool {
    let model = &mut fragment.model;
    let known = config(root, model) || root.get("peft_type").is_some();
    if let Some(base) = text(root, &["base_model_name_or_path"]).filter(|base| !base.is_empty()) {
        model.base_models.push(base);
    }
    if let Some(kind) = text(root, &["peft_type"]) {
        model.architecture = Some(kind);
    }
    let library = root
        .at(&["auto_mapping", "parent_library"])
        .and_then(Node::as_str);
    if let Some(library) = library {
        let class = root
            .at(&["auto_mapping", "base_model_class"])
            .and_then(Node::as_str);
        let path = format!("{library}.{}", class.unwrap_or("?"));
        let libraries = [
            "transformers",
            "peft",
            "diffusers",
            "timm",
            "torch",
            "torchvision",
        ];
        callable(&path, &libraries, "adapter_config.json", fragment, report);
    }
    known
}

/// Judges a class that is imported by its whole name.
fn callable(
    path: &str,
    libraries: &[&str],
    file: &str,
    fragment: &mut Fragment,
    report: &mut Report<'_>,
) {
    let root = path.split('.').next().unwrap_or_default();
    let module = path.rsplit_once('.').map_or("", |(module, _)| module);
    let (severity, what) = match names::in_path(path) {
        Some(reach) => (Severity::Critical, format!("which {}", reach.deed())),
        None if libraries.contains(&root) => return,
        None => {
            if !module.is_empty() {
                let asks = format!("`{file}`");
                fragment.modules.push((module.replace('.', "/"), asks));
            }
            let what = "which is of no library that such models need".to_owned();
            (Severity::Medium, what)
        }
    };
    let message = format!(
        "`{file}` makes the loader import `{}`, {what}.",
        quote(path)
    );
    let mut evidence = Evidence::new(path, message);
    evidence.severity = Some(severity);
    if severity == Severity::Medium {
        evidence.confidence = Confidence::Medium;
    }
    report.find(&rules::NAMED_CALLABLE, evidence);
}
