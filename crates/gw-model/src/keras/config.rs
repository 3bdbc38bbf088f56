//! Keras' configurations: layers, functions and objects that loading makes of JSON.
//!
//! Source: `keras.saving.deserialize_keras_object` of Keras 3 and `tf.keras` 2 (what is imported
//! for `module`, `class_name` and `registered_name`), `keras.layers.Lambda`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_analysis::{Node, Value};
use gw_finding::{Confidence, ReasonCode, Severity};

use crate::code::marshal;
use crate::names;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files::escape;

/// How many nodes of a configuration are judged.
const MAX_NODES: usize = 1_000_000;

/// Packages that Keras and its own extensions are in.
const KERAS: &[&str] = &[
    "keras",
    "keras_core",
    "keras_cv",
    "keras_hub",
    "keras_nlp",
    "keras_preprocessing",
    "keras_rs",
    "keras_tuner",
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_probability",
    "tensorflow_recommenders",
    "tensorflow_text",
    "tf_keras",
];

/// Functions of Keras that load, download or allow what a configuration must not.
const GADGETS: &[&str] = &[
    "TFSMLayer",
    "TorchModuleWrapper",
    "build_from_config",
    "convert_and_load_state_dict",
    "custom_object_scope",
    "deserialize_keras_object",
    "enable_unsafe_deserialization",
    "extract_archive",
    "func_load",
    "get_custom_objects",
    "get_file",
    "load_img",
    "load_model",
    "load_weights",
    "model_from_config",
    "model_from_json",
    "model_from_yaml",
    "open",
    "pickle",
    "save_img",
    "save_model",
    "save_weights",
    "set_backend",
];

/// Layers that read a file or folder by a path in their configuration.
const FILE_KEYS: &[(&str, &[&str])] = &[
    ("IntegerLookup", &["vocabulary"]),
    ("StringLookup", &["vocabulary", "idf_weights"]),
    ("TextVectorization", &["vocabulary", "idf_weights"]),
    ("TFSMLayer", &["filepath"]),
    ("KerasLayer", &["handle"]),
];

/// What a configuration says about its model.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The class of the outermost object.
    pub(crate) class: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) layers: usize,
}

/// Whether a document is a configuration of Keras.
pub(crate) fn is_config(root: &Node) -> bool {
    let class = root
        .get("class_name")
        .is_some_and(|class| class.as_str().is_some());
    class && root.get("config").is_some()
}

/// Judges a configuration.
pub(crate) fn judge(root: &Node, report: &mut Report<'_>) -> Summary {
    let mut summary = Summary {
        class: root
            .get("class_name")
            .and_then(Node::as_str)
            .map(str::to_owned),
        name: root
            .at(&["config", "name"])
            .and_then(Node::as_str)
            .map(str::to_owned),
        layers: 0,
    };
    let mut todo = vec![(root, "")];
    let mut count = 0_usize;
    while let Some((node, layer)) = todo.pop() {
        count = count.saturating_add(1);
        if count > MAX_NODES {
            let detail = format!("more than {MAX_NODES} values in a configuration");
            report.incomplete(ReasonCode::TooMany, detail);
            break;
        }
        let mut name = layer;
        if node.is_map() {
            let own = node.at(&["config", "name"]).or_else(|| node.get("name"));
            name = own.and_then(Node::as_str).unwrap_or(layer);
            object(node, name, &mut summary, report);
        }
        todo.extend(node.list().iter().map(|item| (item, name)));
        todo.extend(node.map().map(|(_, value)| (value, name)));
    }
    summary
}

/// Judges one mapping. Keys may be there twice, and loaders differ in which counts: all do.
fn object(node: &Node, layer: &str, summary: &mut Summary, report: &mut Report<'_>) {
    let all = |key: &str| -> Vec<&Node> {
        let pairs = node.map().filter(|(name, _)| name.as_str() == Some(key));
        pairs.map(|(_, value)| value).collect()
    };
    let texts =
        |key: &str| -> Vec<&str> { all(key).into_iter().filter_map(Node::as_str).collect() };
    let classes = texts("class_name");
    let modules = texts("module");
    if !classes.is_empty() {
        summary.layers = summary.layers.saturating_add(1);
    }
    for class in &classes {
        match last_name(class) {
            "Lambda" => lambda_layer(node, layer, report),
            "__lambda__" => {
                let code = node.at(&["config", "code"]).and_then(Node::as_str);
                judge_code(code, layer, report);
            }
            "TorchModuleWrapper" => torch_module(node, layer, report),
            "TFSMLayer" => saved_model(node, layer, report),
            _ => {}
        }
        for (_, keys) in FILE_KEYS
            .iter()
            .filter(|(known, _)| *known == last_name(class))
        {
            files(node, layer, keys, report);
        }
        let function = match *class {
            "function" => node.get("config").and_then(Node::as_str),
            _ => None,
        };
        reference(
            &modules,
            function.unwrap_or(class),
            function.is_some(),
            layer,
            report,
        );
        for registered in texts("registered_name") {
            registered_name(registered, class, &modules, layer, report);
        }
    }
    // A function of a module by name, as `Lambda` wrote it before Keras 3.
    for key in ["function", "output_shape", "mask"] {
        let kind = node.get(&format!("{key}_type")).and_then(Node::as_str);
        if matches!(kind, Some("function"))
            && let Some(function) = node.get(key).and_then(Node::as_str)
        {
            reference(&modules, function, true, layer, report);
        }
    }
}

/// Judges what loading imports: `name` of each module.
fn reference(modules: &[&str], name: &str, function: bool, layer: &str, report: &mut Report<'_>) {
    let mut modules = modules.to_vec();
    if modules.is_empty() {
        // A class may be named with its module.
        match name.rsplit_once('.') {
            Some((module, _)) => modules.push(module),
            None => return,
        }
    }
    let last = last_name(name);
    for module in modules {
        let root = module.split('.').next().unwrap_or_default();
        let path = format!("{module}.{last}");
        let full = format!("{module}.{name}");
        let (severity, what) = if KERAS.contains(&root) {
            let mut parts = module.split('.').chain(name.split('.'));
            if parts.any(|part| GADGETS.contains(&part)) {
                let what = "which loads files, downloads, or switches checks off".to_owned();
                (Severity::Critical, what)
            } else if is_layer(module, name) {
                continue;
            } else if let Some(reach) = names::in_path(&full) {
                (Severity::Critical, format!("which {}", reach.deed()))
            } else {
                let what = "which no layer of Keras needs".to_owned();
                (Severity::High, what)
            }
        } else if let Some(reach) = names::in_path(&full).or_else(|| names::in_path(&path)) {
            (Severity::Critical, format!("which {}", reach.deed()))
        } else if matches!(root, "" | "builtins" | "__main__" | "numpy") {
            continue;
        } else {
            let what = "which is no part of Keras: loading imports it".to_owned();
            (Severity::Medium, what)
        };
        let kind = if function { "function" } else { "class" };
        let message = format!(
            "{} names the {kind} `{}`, {what}.",
            place(layer),
            quote(&path)
        );
        let mut evidence = Evidence::new(&path, message);
        evidence.severity = Some(severity);
        if severity == Severity::Medium {
            evidence.confidence = Confidence::Medium;
        }
        report.find(&rules::NAMED_CALLABLE, evidence);
    }
}

/// Parts of Keras whose functions tell how a module or a dataset is to be got, and none of which a
/// configuration needs.
const NO_LAYERS: &[&str] = &[
    "applications",
    "backend",
    "callbacks",
    "config",
    "datasets",
    "distribution",
    "export",
    "export_lib",
    "preprocessing",
    "saving",
    "summary_utils",
    "testing",
    "tree",
    "trainers",
    "utils",
    "visualization",
    "wrappers",
];

/// Whether a name is written as those of layers and of functions that compute: a class of a module
/// of Keras, or a function of one that is there to compute.
fn is_layer(module: &str, name: &str) -> bool {
    // `package>Name` is looked up in what the program has registered.
    let name = name.rsplit('>').next().unwrap_or(name);
    let plain = |name: &str| {
        let mut chars = name.chars();
        chars.all(|char| char.is_ascii_alphanumeric() || char == '_') && !name.starts_with("__")
    };
    let is_class = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
    // Before modules were told, the whole path was the class's name.
    let (inner, last) = name.rsplit_once('.').unwrap_or(("", name));
    if !plain(last)
        || inner
            .split('.')
            .any(|part| !part.is_empty() && !plain(part))
    {
        return false;
    }
    let mut parts = module.split('.').chain(name.split('.'));
    let in_modules =
        !parts.any(|part| NO_LAYERS.contains(&part) || names::REEXPORTED.contains(&part));
    // Classes of the preprocessing layers and of other parts hold settings.
    is_class(last) && names::what_does(module, last).is_none() && inner.is_empty() || in_modules
}

/// Objects that need code of the model's author, which is not in the file: `package>name`.
fn registered_name(
    registered: &str,
    class: &str,
    modules: &[&str],
    layer: &str,
    report: &mut Report<'_>,
) {
    let Some((package, _)) = registered.split_once('>') else {
        return;
    };
    let of_keras = modules
        .iter()
        .any(|module| KERAS.contains(&module.split('.').next().unwrap_or_default()));
    if of_keras || KERAS.contains(&package) {
        return;
    }
    let message = format!(
        "{} is of the class `{}`, registered as `{}`: loading needs code of the model's author.",
        place(layer),
        quote(class),
        quote(registered)
    );
    let mut evidence = Evidence::new(registered, message);
    evidence.severity = Some(Severity::Low);
    report.find(&rules::NAMED_CALLABLE, evidence);
}

/// A `Lambda` layer: its functions are code, or names of functions.
fn lambda_layer(node: &Node, layer: &str, report: &mut Report<'_>) {
    let Some(config) = node.get("config") else {
        return;
    };
    let mut coded = false;
    for key in ["function", "output_shape", "mask"] {
        let Some(value) = config.get(key) else {
            continue;
        };
        // The code, the defaults and the closure, or the code alone.
        let kind = config.get(&format!("{key}_type")).and_then(Node::as_str);
        let code = match (&value.value, kind) {
            (Value::List(items), None | Some("lambda")) => items.first().and_then(Node::as_str),
            (Value::String(text), Some("lambda")) => Some(&**text),
            _ => None,
        };
        // A shape is a list of numbers.
        if code.is_some() {
            coded = true;
            judge_code(code, layer, report);
        }
        coded |= value.get("class_name").is_some();
    }
    if !coded {
        let message = format!(
            "{} is a `Lambda` layer, which calls a function that is not in the file.",
            place(layer)
        );
        report.find(&rules::KERAS_LAMBDA, Evidence::new(layer, message));
    }
}

/// Judges marshalled code in base64.
fn judge_code(code: Option<&str>, layer: &str, report: &mut Report<'_>) {
    let encoded: String = code
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let read = STANDARD
        .decode(encoded.as_bytes())
        .map_err(|error| format!("it is not base64: {error}"))
        .and_then(|bytes| marshal::read(&bytes).map_err(|error| error.message));
    let place = place(layer);
    let (severity, message) = match read {
        Ok(summary) => match summary.worst() {
            Some(_) => {
                let reached: Vec<String> = summary
                    .reached
                    .iter()
                    .map(|(name, (_, deed))| format!("`{}`, which {deed}", quote(name)))
                    .take(5)
                    .collect();
                let mut what = reached.join("; ");
                if let Some(payload) = summary.payload {
                    what = format!("{what} (and carries {payload})");
                }
                let message = format!("{place} has Python code that uses {what}.");
                (Severity::Critical, message)
            }
            None => {
                let names: Vec<String> = summary.names.iter().take(8).map(|n| quote(n)).collect();
                let message = format!(
                    "{place} has Python code in it (compiled for {}), which runs in every call; it \
                     uses: {}.",
                    summary.python,
                    names.join(", ")
                );
                (Severity::High, message)
            }
        },
        Err(why) => {
            let detail = format!("the code of {place} could not be read: {why}");
            report.incomplete(ReasonCode::Malformed, detail);
            let message = format!("{place} has code that could not be read.");
            (Severity::High, message)
        }
    };
    let mut evidence = Evidence::new(layer, message);
    evidence.severity = Some(severity);
    report.find(&rules::KERAS_LAMBDA, evidence);
}

/// A module of PyTorch, pickled into the configuration.
fn torch_module(node: &Node, layer: &str, report: &mut Report<'_>) {
    if node.at(&["config", "module"]).is_some() {
        let message = format!(
            "{} is a `TorchModuleWrapper`: its module is a pickle, which loading executes.",
            place(layer)
        );
        let mut evidence = Evidence::new(format!("{layer}: TorchModuleWrapper"), message);
        evidence.severity = Some(Severity::Critical);
        report.find(&rules::NAMED_CALLABLE, evidence);
    }
}

/// A layer that loads a whole model of TensorFlow, whose graph can read and write files.
fn saved_model(node: &Node, layer: &str, report: &mut Report<'_>) {
    let path = node.at(&["config", "filepath"]).and_then(Node::as_str);
    let message = format!(
        "{} is a `TFSMLayer`: loading reads another model, `{}`, and calling runs its graph.",
        place(layer),
        quote(path.unwrap_or("?"))
    );
    report.find(
        &rules::NAMED_CALLABLE,
        Evidence::new(format!("{layer}: TFSMLayer"), message),
    );
}

/// Files that layers read: a text where a list may be is a path.
fn files(node: &Node, layer: &str, keys: &[&str], report: &mut Report<'_>) {
    for key in keys {
        let Some(path) = node.at(&["config", key]).and_then(Node::as_str) else {
            continue;
        };
        let problem = escape(path);
        let message = format!(
            "{} reads the file `{}` when it is loaded (`{key}`){}.",
            place(layer),
            quote(path),
            problem.map_or_else(String::new, |problem| format!(": {problem}"))
        );
        let mut evidence = Evidence::new(path, message);
        if problem.is_none() {
            evidence.severity = Some(Severity::Medium);
        }
        report.find(&rules::EXTERNAL_PATH, evidence);
    }
}

fn last_name(name: &str) -> &str {
    // `package>Name` is how registered objects are named.
    name.rsplit(['.', '>']).next().unwrap_or(name)
}

fn place(layer: &str) -> String {
    match layer {
        "" => "The configuration".to_owned(),
        layer => format!("The layer `{}`", quote(layer)),
    }
}
