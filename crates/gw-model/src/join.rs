//! Brings together what the files of one folder say about one model.

use std::collections::{BTreeMap, BTreeSet};

use gw_analysis::{Output, Part};
use gw_finding::{Incomplete, Location};

use crate::layout::{Fragment, oci};
use crate::{ANALYZER, Model};

/// A folder: what holds it, and its path in that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Folder {
    /// The file and the members that had to be opened; empty for folders on disk.
    archive: Vec<String>,
    path: String,
}

impl Folder {
    /// The last part of its path.
    pub(crate) fn name(&self) -> Option<&str> {
        let name = self.path.rsplit('/').next()?;
        (!name.is_empty()).then_some(name)
    }

    /// The folder that it is in, inside the same archive.
    pub(crate) fn parent(&self) -> Option<Self> {
        if self.path.is_empty() {
            return None;
        }
        let parent = self.path.rsplit_once('/').map_or("", |(parent, _)| parent);
        Some(Self {
            archive: self.archive.clone(),
            path: parent.to_owned(),
        })
    }

    /// A file in it.
    pub(crate) fn join(&self, file: &str) -> Location {
        let path = match self.path.as_str() {
            "" => file.to_owned(),
            folder => format!("{folder}/{file}"),
        };
        self.at(path)
    }

    /// Where it is: the folder, or the archive if it is that whole.
    fn location(&self) -> Location {
        if self.path.is_empty() {
            let mut outer = self.archive.clone();
            return match outer.pop() {
                None => Location::file("."),
                Some(last) => Self {
                    archive: outer,
                    path: String::new(),
                }
                .at(last),
            };
        }
        self.at(self.path.clone())
    }

    fn at(&self, path: String) -> Location {
        let mut names = self.archive.iter().cloned().chain([path]);
        let mut location = Location::file(names.next().unwrap_or_default());
        location.inside = names.collect();
        location
    }
}

/// The folder of a file.
pub(crate) fn folder(location: &Location) -> Folder {
    let mut archive: Vec<String> = Vec::new();
    archive.push(location.path.clone());
    archive.extend(location.inside.iter().cloned());
    let file = archive.pop().unwrap_or_default();
    let path = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    Folder {
        archive,
        path: path.to_owned(),
    }
}

/// Formats of which each file is a model by itself, however many lie in a folder.
const ALONE: &[&str] = &[
    oci::FORMAT,
    "gguf",
    "onnx",
    "tflite",
    "pmml",
    "xgboost",
    "lightgbm",
    "coreml",
    "mlpackage",
    "openvino",
    "llamafile",
    "executorch",
    "catboost",
];

/// Yields one description for each model. Of descriptions of single files only those count of which
/// `counts` says so: the others are part of an archive's that is described already.
pub(crate) fn models(parts: Vec<Part>, counts: &dyn Fn(&Model) -> bool, out: &mut Output) {
    let mut folders: BTreeMap<Folder, (Vec<Model>, Vec<Fragment>)> = BTreeMap::new();
    // What readers of archives have joined is a product already.
    for product in std::mem::take(&mut out.products) {
        match product.downcast::<Model>() {
            Ok(model) => folders
                .entry(folder(&model.location))
                .or_default()
                .0
                .push(*model),
            Err(other) => out.products.push(other),
        }
    }
    for part in parts {
        let place = folder(&part.location);
        match part.value.downcast::<Model>() {
            Ok(model) if counts(&model) => folders.entry(place).or_default().0.push(*model),
            Ok(_) => {}
            Err(other) => {
                if let Ok(fragment) = other.downcast::<Fragment>() {
                    folders.entry(place).or_default().1.push(*fragment);
                }
            }
        }
    }
    for (place, (mut models, fragments)) in folders {
        join_images(&mut models);
        let decided = fragments.iter().any(|fragment| fragment.decides);
        if decided || !models.is_empty() {
            for fragment in &fragments {
                out.incomplete
                    .extend(fragment.problem.iter().map(|(reason, detail)| Incomplete {
                        location: fragment.model.location.clone(),
                        analyzer: ANALYZER.to_owned(),
                        reason: *reason,
                        detail: detail.clone(),
                    }));
            }
        }
        // The parts of one model of Keras: a configuration, and the weights. Files that have numbers
        // each are models each.
        let keras = models.iter().filter(|model| is_keras(model)).count();
        let weights = models
            .iter()
            .filter(|model| is_keras(model) && model.tensors.is_some())
            .count();
        let keras = keras > 1 && weights <= 1;
        let (alone, mut together): (Vec<Model>, Vec<Model>) =
            models.into_iter().partition(|model| {
                !(decided || keras && is_keras(model))
                    || ALONE.contains(&model.format.as_str())
                    || is_data(model)
            });
        for mut model in alone {
            // A card is about every model of its folder.
            for fragment in fragments.iter().filter(|fragment| !fragment.decides) {
                fill(&mut model, &fragment.model);
            }
            out.produce(model);
        }
        if !decided && together.is_empty() {
            continue;
        }
        // The format of the weights that libraries prefer counts; the same weights may be there in
        // several.
        together.sort_by_key(preference);
        let mut whole = Model::new("huggingface", place.location());
        if let Some(first) = together.first() {
            whole.format.clone_from(&first.format);
        }
        let format = whole.format.clone();
        for model in &together {
            whole
                .files
                .push(crate::layout::name(&model.location.full_path()).to_owned());
            if model.format == format || is_keras(model) {
                add(&mut whole, model);
            }
        }
        // What the configuration says about itself goes before what the card says.
        let (first, rest): (Vec<&Fragment>, Vec<&Fragment>) =
            fragments.iter().partition(|fragment| fragment.decides);
        for fragment in first.into_iter().chain(rest) {
            let path = fragment.model.location.full_path();
            whole.files.push(crate::layout::name(&path).to_owned());
            fill(&mut whole, &fragment.model);
        }
        whole.files.sort();
        whole.files.dedup();
        out.produce(whole);
    }
}

/// Adds to the manifests of images what their configurations say, which are blobs beside them.
fn join_images(models: &mut Vec<Model>) {
    let (images, others): (Vec<Model>, Vec<Model>) = std::mem::take(models)
        .into_iter()
        .partition(|model| model.format == oci::FORMAT);
    *models = others;
    let (manifests, configs): (Vec<Model>, Vec<Model>) = images
        .into_iter()
        .partition(|model| model.metadata.contains_key(oci::CONFIG_DIGEST));
    let blob = |model: &Model| crate::layout::name(&model.location.full_path()).to_owned();
    let configs: BTreeMap<String, Model> = configs
        .into_iter()
        .map(|config| (blob(&config), config))
        .collect();
    let mut used = BTreeSet::new();
    for mut manifest in manifests {
        let digest = manifest.metadata.remove(oci::CONFIG_DIGEST);
        let digest = digest.unwrap_or_default();
        let name = digest.rsplit(':').next().unwrap_or_default();
        if let Some(config) = configs.get(name) {
            fill(&mut manifest, config);
            used.insert(name.to_owned());
        }
        models.push(manifest);
    }
    let rest = configs.into_iter().filter(|(name, _)| !used.contains(name));
    models.extend(rest.map(|(_, config)| config));
}

/// Whether a file is a pickle of no object: whatever it holds, it is by itself.
fn is_data(model: &Model) -> bool {
    model.format == "pickle" && model.architecture.is_none()
}

fn is_keras(model: &Model) -> bool {
    model.format.starts_with("keras")
}

/// The order in which libraries look for weights.
fn preference(model: &Model) -> (usize, Location) {
    let order = [
        "safetensors",
        "pytorch",
        "torch",
        "keras-hdf5",
        "keras",
        "hdf5",
        "flax",
    ];
    let at = order
        .iter()
        .position(|known| model.format.starts_with(known));
    // A configuration has no weights of its own.
    let at = if model.tensors.is_none() {
        order.len()
    } else {
        at.unwrap_or(order.len())
    };
    (at, model.location.clone())
}

/// Adds the tensors and everything else of a file.
fn add(whole: &mut Model, part: &Model) {
    for kind in &part.types {
        match whole.types.iter_mut().find(|known| known.name == kind.name) {
            Some(known) => known.numbers = known.numbers.saturating_add(kind.numbers),
            None => whole.types.push(kind.clone()),
        }
    }
    let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
    whole.tensors = sum(whole.tensors, part.tensors);
    whole.parameters = sum(whole.parameters, part.parameters);
    fill(whole, part);
}

/// Takes what is not known yet.
fn fill(whole: &mut Model, part: &Model) {
    let take = |into: &mut Option<String>, from: &Option<String>| {
        if into.is_none() {
            into.clone_from(from);
        }
    };
    take(&mut whole.name, &part.name);
    take(&mut whole.format_version, &part.format_version);
    take(&mut whole.producer, &part.producer);
    take(&mut whole.architecture, &part.architecture);
    take(&mut whole.task, &part.task);
    take(&mut whole.quantization, &part.quantization);
    take(&mut whole.tokenizer, &part.tokenizer);
    let lists = [
        (&mut whole.licenses, &part.licenses),
        (&mut whole.base_models, &part.base_models),
        (&mut whole.datasets, &part.datasets),
        (&mut whole.files, &part.files),
    ];
    for (into, from) in lists {
        for one in from {
            if !into.contains(one) {
                into.push(one.clone());
            }
        }
    }
    for (into, from) in [
        (&mut whole.libraries, &part.libraries),
        (&mut whole.metadata, &part.metadata),
    ] {
        for (key, value) in from {
            into.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}
