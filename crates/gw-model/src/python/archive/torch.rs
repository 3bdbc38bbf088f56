//! PyTorch's zip format (`torch/serialization.py`, `caffe2/serialize/inline_container.cc`): a folder
//! of any name with `data.pkl`, `version`, and storages in `data/`; TorchScript has `constants.pkl`
//! and `code/` too, torch.package sources and `.data/extern_modules`.

use std::collections::{BTreeMap, BTreeSet};

use gw_analysis::Output;
use gw_finding::{Incomplete, ReasonCode, Severity};

use super::code::{add, is_named};
use super::group::Archive;
use super::member::Member;
use super::tensors::{self, Storage, Tensor};
use crate::pickle::PickleOutcome;
use crate::report::quote;
use crate::tensor::describe;
use crate::tensor::files::escape;
use crate::{ANALYZER, Model, rules};

/// How many problems of storages and tensors are reported.
const MOST: usize = 20;

/// Whether an archive is in PyTorch's format.
pub(super) fn is_torch(archive: &Archive<'_>) -> bool {
    let named = |name| archive.pickles.iter().any(|(path, _)| is_named(path, name));
    let word = |name| archive.word(name).is_some();
    let main = named("data.pkl") || named("constants.pkl");
    (main && (word("version") || word("byteorder") || word(".format_version") || storages(archive)))
        || word("extern_modules")
        || word("archive_format")
}

fn storages(archive: &Archive<'_>) -> bool {
    archive
        .members
        .iter()
        .any(|(_, member)| matches!(member, Member::Storage(..)))
}

/// Whether a source is TorchScript: it lies where `torch.jit.save` puts code, in an archive that
/// has the constants which go with it.
pub(super) fn is_script(archive: &Archive<'_>, path: &str) -> bool {
    let constants = archive
        .pickles
        .iter()
        .any(|(path, _)| is_named(path, "constants.pkl"));
    constants && (path.contains("/code/") || path.starts_with("code/"))
}

/// Describes the archive, and reports what its parts say of each other.
pub(super) fn judge(archive: &Archive<'_>, out: &mut Output) -> Model {
    let script = archive
        .pickles
        .iter()
        .any(|(path, _)| is_named(path, "constants.pkl"));
    let format = if archive.word("archive_format").is_some() {
        "pytorch-pt2"
    } else if archive.word("extern_modules").is_some() {
        "torch-package"
    } else if script {
        "torchscript"
    } else {
        "pytorch-zip"
    };
    let mut model = Model::new(format, archive.location.clone());
    model.format_version = archive
        .word("version")
        .map(|(_, version)| describe::shortened(version));
    ambiguous(archive, out);
    byte_order(archive, out);
    let mut all = Vec::new();
    for (path, pickle) in &archive.pickles {
        let tensors: Vec<Tensor> = pickle.roots.iter().flat_map(tensors::tensors).collect();
        check_storages(archive, path, pickle, &tensors, out);
        all.extend(tensors);
    }
    for tensor in &all {
        model.add_tensor(&tensor.dtype, tensor.numbers);
    }
    model.parameters = describe::parameters(&model);
    model.architecture = architecture(archive);
    let names: BTreeSet<&str> = all
        .iter()
        .map(|tensor| tensor.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let first: Vec<&str> = names.into_iter().take(8).collect();
    if !first.is_empty() {
        describe::keep(&mut model, "tensors", &first.join(", "));
    }
    if let Some((_, extern_modules)) = archive.word("extern_modules") {
        let modules: Vec<&str> = extern_modules.lines().take(32).collect();
        describe::keep(&mut model, "extern_modules", &modules.join(", "));
    }
    model
}

/// The class of the object in the main pickle, if it is not just a dictionary.
fn architecture(archive: &Archive<'_>) -> Option<String> {
    let (_, pickle) = archive
        .pickles
        .iter()
        .find(|(path, _)| is_named(path, "data.pkl"))?;
    let class = pickle.roots.first()?.name()?;
    let last = class.rsplit('.').next()?;
    (!class.starts_with("collections.")).then(|| describe::shortened(last))
}

/// Which of several models is loaded depends on the loader.
fn ambiguous(archive: &Archive<'_>, out: &mut Output) {
    let mains: Vec<&str> = archive
        .pickles
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| is_named(path, "data.pkl"))
        .collect();
    let distinct: BTreeSet<&str> = mains.iter().copied().collect();
    if distinct.len() < mains.len() {
        let message = "Two members of the archive are named alike, data.pkl; which one is loaded \
             depends on the loader."
            .to_owned();
        let severity = Some(Severity::High);
        add(
            out,
            &archive.location,
            &rules::AMBIGUOUS_ARCHIVE,
            "twice",
            message,
            severity,
        );
    }
    let outermost = distinct
        .iter()
        .filter(|path| path.matches('/').count() <= 1)
        .count();
    if outermost > 1 {
        let list: Vec<String> = distinct.iter().take(4).map(|path| quote(path)).collect();
        let message = format!(
            "The archive has more than one data.pkl, in different folders: {}. PyTorch takes the \
             folder of the first member, other programs look for the name.",
            list.join(", ")
        );
        add(
            out,
            &archive.location,
            &rules::AMBIGUOUS_ARCHIVE,
            "folders",
            message,
            None,
        );
    }
}

fn byte_order(archive: &Archive<'_>, out: &mut Output) {
    for (path, member) in &archive.members {
        if let Member::Word(word) = member
            && is_named(path, "byteorder")
            && !matches!(word.as_str(), "little" | "big")
        {
            let detail = format!("the byte order is \"{}\"", quote(word));
            incomplete(archive, path, ReasonCode::Malformed, detail, out);
        }
    }
}

/// Where the storages of a pickle may be, with a slash at the end. Beside it, in a folder of its
/// name: `traced_inputs.pkl` has others than `data.pkl`, under the same numbers. The pickles of
/// torch.package, wherever they are, have theirs in one folder of the archive.
fn storage_folders(archive: &Archive<'_>, path: &str) -> Vec<String> {
    let (folder, name) = match path.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), path),
    };
    let own = name.strip_suffix(".pkl").unwrap_or(name);
    let mut places = vec![format!("{folder}{own}/")];
    if matches!(own, "data" | "constants" | "bytecode") {
        places.extend(
            ["data", "constants", "tensors", ".data"].map(|kind| format!("{folder}{kind}/")),
        );
    }
    if let Some((word, _)) = archive.word("extern_modules") {
        let in_package = word.strip_suffix("extern_modules").unwrap_or_default();
        places.push(in_package.to_owned());
    }
    places
}

/// Compares the storages that a pickle names with the members that there are.
fn check_storages(
    archive: &Archive<'_>,
    path: &str,
    pickle: &PickleOutcome,
    tensors: &[Tensor],
    out: &mut Output,
) {
    let places = storage_folders(archive, path);
    let place = archive.place(path);
    let sizes: BTreeMap<&str, u64> = archive
        .members
        .iter()
        .filter_map(|(path, member)| match member {
            Member::Storage(size, _) => Some((*path, *size)),
            _ => None,
        })
        .collect();
    let mut problems = 0_usize;
    let mut known: BTreeMap<String, Storage> = BTreeMap::new();
    for id in &pickle.persistent_ids {
        let Some(storage) = Storage::of(id) else {
            continue;
        };
        if problems >= MOST {
            break;
        }
        if known.contains_key(&storage.key) {
            continue;
        }
        known.insert(storage.key.clone(), storage.clone());
        let key = quote(&storage.key);
        let outside = escape(&storage.key);
        if outside.is_some() || storage.key.contains(['/', '\\']) {
            let why = outside.unwrap_or("it leads to another folder");
            let message = format!("A storage is named \"{key}\": {why}.");
            add(
                out,
                &place,
                &rules::EXTERNAL_PATH,
                &storage.key,
                message,
                None,
            );
            problems = problems.saturating_add(1);
            continue;
        }
        if storage.dtype().is_none() {
            let message = format!(
                "The storage \"{key}\" is of the class {}, which is none of PyTorch's.",
                quote(&storage.class)
            );
            let severity = Some(Severity::Medium);
            add(
                out,
                &place,
                &rules::NAMED_CALLABLE,
                &storage.class,
                message,
                severity,
            );
            problems = problems.saturating_add(1);
            continue;
        }
        let size = places.iter().find_map(|place| {
            let member = format!("{place}{}", storage.key);
            sizes
                .get(member.as_str())
                .or_else(|| sizes.get(format!("{member}.storage").as_str()))
                .copied()
        });
        let need = storage.length();
        match (size, need) {
            (_, None) => {
                let message = format!(
                    "The storage \"{key}\" is said to have {} numbers, whose size overflows.",
                    storage.numbers
                );
                add(
                    out,
                    &place,
                    &rules::IMPOSSIBLE_SIZE,
                    &storage.key,
                    message,
                    None,
                );
                problems = problems.saturating_add(1);
            }
            (Some(size), Some(need)) if size < need => {
                let message = format!(
                    "The storage \"{key}\" is said to have {} numbers, which are {need} bytes; \
                     the member has {size}.",
                    storage.numbers
                );
                add(
                    out,
                    &place,
                    &rules::IMPOSSIBLE_SIZE,
                    &storage.key,
                    message,
                    None,
                );
                problems = problems.saturating_add(1);
            }
            // Of the inputs that a model was traced with, torch keeps only the shapes.
            (None, Some(_)) if is_named(path, "traced_inputs.pkl") => {}
            (None, Some(need)) if need > 0 && !sizes.is_empty() => {
                let of = if archive.unpacked {
                    "folder"
                } else {
                    "archive"
                };
                let detail = format!("the storage \"{key}\" is not in the {of}");
                incomplete(archive, path, ReasonCode::Missing, detail, out);
                problems = problems.saturating_add(1);
            }
            _ => {}
        }
    }
    for tensor in tensors {
        if problems >= MOST {
            break;
        }
        let Some(storage) = &tensor.storage else {
            continue;
        };
        if tensor.reach.is_none_or(|reach| reach > storage.elements()) {
            let reach = tensor.reach.map_or_else(
                || "more than can be counted".to_owned(),
                |reach| reach.to_string(),
            );
            let message = format!(
                "The tensor \"{}\" reaches up to number {reach} of a storage of {}.",
                quote(&tensor.name),
                storage.numbers
            );
            let context = format!("tensor {}", tensor.name);
            add(
                out,
                &place,
                &rules::IMPOSSIBLE_SIZE,
                &context,
                message,
                None,
            );
            problems = problems.saturating_add(1);
        }
    }
}

fn incomplete(
    archive: &Archive<'_>,
    path: &str,
    reason: ReasonCode,
    detail: String,
    out: &mut Output,
) {
    out.incomplete.push(Incomplete {
        location: archive.place(path),
        analyzer: ANALYZER.to_owned(),
        reason,
        detail,
    });
}
