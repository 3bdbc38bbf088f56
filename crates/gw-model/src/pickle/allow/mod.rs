//! What honest files need. A name that is here only makes data when it is called, whatever it is
//! given.
//!
//! Classes are allowed anywhere in their package, since libraries move them between releases and
//! nobody else can put a class into a package that is installed. Functions are allowed one by one.

mod boosting;
mod exact;
mod network;
mod other;
mod pandas;
mod scipy;
mod sklearn;
mod torch;

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

/// Classes of some packages.
struct Classes {
    /// Packages, divided by spaces; with all that is below them.
    packages: &'static str,
    names: &'static str,
}

/// Endings of names of classes that hold settings, of a package in which all such classes do.
const ENDINGS: &[(&str, &[&str])] = &[
    (
        "transformers",
        &[
            "Config",
            "Tokenizer",
            "TokenizerFast",
            "Model",
            "ForCausalLM",
            "Attention",
            "Layer",
            "ForSequenceClassification",
            "ForTokenClassification",
            "ForQuestionAnswering",
            "ForMaskedLM",
            "Embeddings",
            "Encoder",
            "Decoder",
            "Pooler",
            "Output",
            "Intermediate",
            "SelfAttention",
            "MLP",
            "RMSNorm",
            "RotaryEmbedding",
            "Block",
            "LayerNorm",
            "ForConditionalGeneration",
            "ForImageClassification",
            "ImageProcessor",
            "FeatureExtractor",
            "Processor",
            "LMHead",
            "Activation",
            "Embedding",
        ],
    ),
    ("trl", &["Config"]),
    ("sentence_transformers", &["TrainingArguments"]),
    (
        "diffusers",
        &[
            "Config",
            "Model",
            "Block",
            "Block2D",
            "Layer",
            "Embedding",
            "Norm",
        ],
    ),
    (
        "sklearn",
        &[
            "Classifier",
            "Regressor",
            "Scaler",
            "Encoder",
            "Imputer",
            "Vectorizer",
        ],
    ),
];

type Names = FxHashSet<&'static str>;

static EXACT: LazyLock<FxHashMap<&'static str, Names>> = LazyLock::new(|| {
    let mut table: FxHashMap<_, Names> = FxHashMap::default();
    for (module, names) in exact::EXACT {
        table
            .entry(*module)
            .or_default()
            .extend(names.split_whitespace());
    }
    table
});

static CLASSES: LazyLock<FxHashMap<&'static str, Names>> = LazyLock::new(|| {
    let mut table: FxHashMap<_, Names> = FxHashMap::default();
    for classes in [
        sklearn::CLASSES,
        scipy::CLASSES,
        pandas::CLASSES,
        boosting::CLASSES,
        torch::CLASSES,
        network::CLASSES,
        other::CLASSES,
    ]
    .into_iter()
    .flatten()
    {
        for package in classes.packages.split(' ') {
            table
                .entry(package)
                .or_default()
                .extend(classes.names.split_whitespace());
        }
    }
    table
});

/// Whether a name is on the list by itself.
pub(super) fn is_exact(module: &str, attribute: &str) -> bool {
    EXACT
        .get(module)
        .is_some_and(|names| names.contains(attribute))
}

/// Whether a name is one of a package's classes.
pub(super) fn is_class(module: &str, attribute: &str) -> bool {
    let parents = || {
        let shorter = |name: &&'_ str| name.rfind('.').and_then(|end| module.get(..end));
        std::iter::successors(Some(module), shorter)
    };
    let known = |name: &str| {
        parents().any(|package| {
            CLASSES
                .get(package)
                .is_some_and(|names| names.contains(name))
        }) || parents().any(|package| {
            ENDINGS.iter().any(|(of, endings)| {
                package == *of
                    && name.starts_with(|first: char| first.is_ascii_uppercase())
                    && endings.iter().any(|ending| name.ends_with(ending))
            })
        })
    };
    // A class inside a class, and its members, which are constants.
    let mut parts = attribute.split('.');
    let Some(first) = parts.next() else {
        return false;
    };
    known(first) && parts.all(|part| known(part) || is_constant(part))
}

/// Whether a name is written like a constant: `BICUBIC`.
fn is_constant(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
