//! Keras: models in zip archives (`.keras`), in HDF5 files, and configurations by themselves.
//!
//! Source: Keras 3's `saving_lib` (members `config.json`, `metadata.json`, `model.weights.h5`),
//! `legacy_h5_format` (attributes `model_config`, `training_config`, `keras_version`, `backend`).

pub(crate) mod config;
pub(crate) mod hdf5;
#[cfg(test)]
mod tests;

use gw_analysis::{Node, parse};
use gw_finding::{ReasonCode, Severity};

use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::files::escape;
use crate::{Content, Model, rules};

/// How large a file that is kept whole may be, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// How large a text that is made a tree may be, in bytes: the tree takes some twenty times that.
const MAX_TEXT: u64 = 16 << 20;

/// Filters that every HDF5 library has: compression, shuffling, checksums, and the one of h5py.
const KNOWN_FILTERS: &[u16] = &[1, 2, 3, 4, 5, 6, 32000];

/// HDF5 files: weights, and whole models.
pub(crate) struct Hdf5;

impl Reader for Hdf5 {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        // A file may begin with anything else, and its superblock come at 512 bytes or later.
        let names = [".h5", ".hdf5", ".hdf", ".he5"];
        let lower = path.to_ascii_lowercase();
        hdf5::is_hdf5(head) || names.iter().any(|name| lower.ends_with(name))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if is_pointer(&mut content, report) {
            return;
        }
        let file = match hdf5::read(content) {
            Ok(file) => file,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        for (reason, detail) in &file.problems {
            report.incomplete(*reason, format!("HDF5 file {detail}"));
        }
        outside(&file, report);
        let keras = file.root("model_config").is_some() || file.root("keras_version").is_some();
        let weights = report.path().ends_with(".weights.h5");
        let mut model = Model::new("hdf5", report.location().clone());
        if keras || weights {
            "keras-hdf5".clone_into(&mut model.format);
        }
        for dataset in &file.datasets {
            if let Some(lie) = &dataset.lie {
                let message = format!("The dataset `{}`: {lie}.", quote(&dataset.path));
                report.find(
                    &rules::IMPOSSIBLE_SIZE,
                    Evidence::new(&dataset.path, message),
                );
                continue;
            }
            let numbers = dataset.shape.iter();
            let numbers = numbers.fold(1_u64, |all, size| all.saturating_mul(*size));
            if dataset.kind != "text" {
                model.add_tensor(dataset.kind, numbers);
            }
            let foreign = |id: &&u16| !KNOWN_FILTERS.contains(id);
            if let Some(filter) = dataset.filters.iter().find(foreign) {
                let value = model.metadata.entry("filter".to_owned()).or_default();
                *value = filter.to_string();
            }
        }
        model.parameters = keras_parameters(&file);
        if let Some(version) = file.root("keras_version") {
            let version = quote(version);
            model.libraries.insert("keras".to_owned(), version);
        }
        if let Some(backend) = file.root("backend") {
            model.metadata.insert("backend".to_owned(), quote(backend));
        }
        // Whatever object they are of: a loader asks the root, and others may ask elsewhere.
        for attribute in &file.attributes {
            let text = attribute.texts.concat();
            match attribute.name.as_str() {
                "model_config" | "training_config" => {
                    let place = format!("attribute {}", attribute.name);
                    document(&text, &place, &mut model, report);
                }
                _ if text.trim_start().starts_with('{') && text.contains("class_name") => {
                    let place = format!("attribute {}", quote(&attribute.name));
                    document(&text, &place, &mut model, report);
                }
                _ => {}
            }
        }
        report.describe(model);
    }
}

/// How many numbers are weights: those of the optimiser are not.
fn keras_parameters(file: &hdf5::File) -> Option<u64> {
    let optimizer = |path: &str| path.split('/').any(|part| part.starts_with("optimizer"));
    let numbers = file
        .datasets
        .iter()
        .filter(|dataset| !optimizer(&dataset.path) && dataset.lie.is_none())
        .filter(|dataset| dataset.kind.starts_with(['f', 'b', 'i', 'u']))
        .map(|dataset| {
            let shape = dataset.shape.iter();
            shape.fold(1_u64, |all, size| all.saturating_mul(*size))
        })
        .fold(0_u64, u64::saturating_add);
    (numbers > 0).then_some(numbers)
}

/// Links and data in other files.
fn outside(file: &hdf5::File, report: &mut Report<'_>) {
    for outside in &file.outside {
        let what = match &outside.object {
            Some(object) => format!("a link to `{}` in", quote(object)),
            None => "data in".to_owned(),
        };
        let problem = escape(&outside.file);
        let message = format!(
            "`{}` is {what} another file, `{}`{}.",
            quote(&outside.path),
            quote(&outside.file),
            problem.map_or_else(String::new, |problem| format!(": {problem}"))
        );
        let mut evidence = Evidence::new(&outside.file, message);
        if problem.is_none() {
            evidence.severity = Some(Severity::Medium);
        }
        report.find(&rules::EXTERNAL_PATH, evidence);
    }
}

/// A configuration inside another file.
fn document(text: &str, place: &str, model: &mut Model, report: &mut Report<'_>) {
    if text.len() as u64 > MAX_TEXT {
        let detail = format!("{place}: more than {MAX_TEXT} bytes");
        return report.incomplete(ReasonCode::TooLarge, detail);
    }
    match parse::json(text.trim_end_matches('\0')) {
        Ok(root) => {
            let summary = config::judge(&root, report);
            if place.ends_with("model_config") || model.architecture.is_none() {
                describe(model, &summary);
            }
        }
        Err(error) => report.incomplete(error.reason, format!("{place}: {}", error.message)),
    }
}

/// Adds to a description what a configuration says.
pub(crate) fn describe(model: &mut Model, summary: &config::Summary) {
    if let Some(class) = &summary.class {
        model.architecture = Some(quote(class));
    }
    if let Some(name) = &summary.name {
        model.name = Some(quote(name));
    }
    if summary.layers > 0 {
        let layers = summary.layers.to_string();
        model.metadata.insert("objects".to_owned(), layers);
    }
}

/// Configurations by themselves: `config.json` of a `.keras` archive, `model.to_json()`.
pub(crate) fn read_config(root: &Node, report: &mut Report<'_>) {
    let summary = config::judge(root, report);
    let mut model = Model::new("keras", report.location().clone());
    describe(&mut model, &summary);
    let version = root.get("keras_version").and_then(Node::as_str);
    if let Some(version) = version {
        model.libraries.insert("keras".to_owned(), quote(version));
    }
    report.describe(model);
}

/// `metadata.json` of a `.keras` archive.
pub(crate) fn read_metadata(root: &Node, report: &mut Report<'_>) {
    if let Some(version) = root.get("keras_version").and_then(Node::as_str) {
        let mut model = Model::new("keras", report.location().clone());
        model.libraries.insert("keras".to_owned(), quote(version));
        report.describe(model);
    }
}

/// Configurations in YAML, as `model.to_yaml()` wrote them.
pub(crate) struct Yaml;

impl Reader for Yaml {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
        let mentions = |text: &[u8]| memchr::memmem::find(head, text).is_some();
        yaml && (mentions(b"class_name:") || mentions(b"keras"))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        let tag = text.lines().find_map(|line| {
            let code = line.split('#').next().unwrap_or_default();
            let at = code
                .find("!!python/")
                .or_else(|| code.find("tag:yaml.org,2002:python/"))?;
            code.get(at..)
        });
        match parse::yaml(&text) {
            Ok(documents) => {
                let configs = documents
                    .iter()
                    .filter(|document| config::is_config(document));
                let mut any = false;
                for document in configs {
                    any = true;
                    read_config(document, report);
                }
                if let (true, Some(tag)) = (any, tag) {
                    let message = format!(
                        "The configuration makes a Python object by a tag: `{}`.",
                        quote(tag.trim())
                    );
                    let mut evidence = Evidence::new("yaml tag", message);
                    evidence.severity = Some(Severity::Critical);
                    report.find(&rules::NAMED_CALLABLE, evidence);
                }
            }
            // Any file may be YAML by its name; only what begins as a configuration counts.
            Err(error) if text.contains("class_name:") && text.contains("config:") => {
                report.incomplete(error.reason, error.message);
            }
            Err(_) => {}
        }
    }
}

/// The configurations of layers that TensorFlow writes beside a SavedModel: `keras_metadata.pb`.
///
/// Source: `SavedMetadata` in TensorFlow's `saved_metadata.proto`: nodes in field 1, each with its
/// configuration as JSON in field 5.
pub(crate) struct SavedMetadata;

impl Reader for SavedMetadata {
    fn claims(&self, path: &str, _head: &[u8]) -> bool {
        path.rsplit('/').next() == Some("keras_metadata.pb")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(bytes) = take(&mut content, report) else {
            return;
        };
        let mut model = Model::new("keras", report.location().clone());
        let mut whole = true;
        for node in fields(&bytes, 1, &mut whole) {
            for text in fields(node, 5, &mut whole) {
                let text = String::from_utf8_lossy(text);
                document(&text, "a node's metadata", &mut model, report);
            }
        }
        if !whole {
            let detail = "what is no message of `SavedMetadata`";
            report.incomplete(ReasonCode::Malformed, detail);
        }
        report.describe(model);
    }
}

/// The values of a field of a protocol buffers message that have a length.
fn fields<'b>(mut bytes: &'b [u8], wanted: u64, whole: &mut bool) -> Vec<&'b [u8]> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let field = (|| {
            let key = varint(&mut bytes)?;
            match key & 7 {
                0 => {
                    varint(&mut bytes)?;
                }
                1 => bytes = bytes.get(8..)?,
                2 => {
                    let length = usize::try_from(varint(&mut bytes)?).ok()?;
                    let value = bytes.get(..length)?;
                    bytes = bytes.get(length..)?;
                    if key >> 3 == wanted {
                        found.push(value);
                    }
                }
                5 => bytes = bytes.get(4..)?,
                _ => return None,
            }
            Some(())
        })();
        if field.is_none() {
            *whole = false;
            break;
        }
    }
    found
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64_u32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// All of a file.
pub(crate) fn take(content: &mut Content<'_>, report: &mut Report<'_>) -> Option<Vec<u8>> {
    take_most(content, MAX_FILE, report)
}

fn take_most(content: &mut Content<'_>, most: u64, report: &mut Report<'_>) -> Option<Vec<u8>> {
    match content.take_up_to(most.saturating_add(1)) {
        Ok(bytes) if bytes.len() as u64 > most => {
            let detail = format!("more than {most} bytes, which are not read at once");
            report.incomplete(ReasonCode::TooLarge, detail);
            None
        }
        Ok(bytes) => Some(bytes),
        Err(error) => {
            report.incomplete(ReasonCode::Unreadable, error.to_string());
            None
        }
    }
}

/// All of a small file, as text.
pub(crate) fn take_text(content: &mut Content<'_>, report: &mut Report<'_>) -> Option<String> {
    let bytes = take_most(content, MAX_TEXT, report)?;
    text_of(&bytes, report)
}

/// The text of a file.
pub(crate) fn text_of(bytes: &[u8], report: &mut Report<'_>) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) => Some(text),
        Err(error) => {
            let detail = format!("no UTF-8 from byte {}", error.utf8_error().valid_up_to());
            report.incomplete(ReasonCode::Encoding, detail);
            None
        }
    }
}

/// Whether only a pointer to the file is there, which is reported.
pub(crate) fn is_pointer(content: &mut Content<'_>, report: &mut Report<'_>) -> bool {
    // A pointer is small, and what can only be read in order is not.
    let head = match content {
        Content::Bytes(bytes, _) => bytes.get(..64).unwrap_or(bytes).to_vec(),
        Content::Seekable(_) => match content.take_up_to(64) {
            Ok(head) if content.go_to(0).is_ok() => head,
            _ => return false,
        },
        Content::Stream(..) => return false,
    };
    let pointer = crate::tensor::pointer::is_pointer(&head);
    if pointer {
        crate::tensor::pointer::report(report);
    }
    pointer
}
