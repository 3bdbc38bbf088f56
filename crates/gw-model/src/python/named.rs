//! Functions and classes that a model's metadata names for its loader to import and call.

use gw_finding::Severity;

use crate::names::{self, Reach};
use crate::report::{Evidence, Report, quote};
use crate::rules;

/// What is thought of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// Honest models need it.
    Fine,
    /// It is on no list.
    Unknown,
    /// It does this.
    Dangerous(&'static str),
}

/// Types and functions among the builtins that make data and nothing else.
const BUILTINS: [&str; 28] = [
    "Ellipsis",
    "NoneType",
    "abs",
    "all",
    "any",
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "float",
    "frozenset",
    "int",
    "len",
    "list",
    "max",
    "min",
    "object",
    "pow",
    "range",
    "round",
    "set",
    "slice",
    "str",
    "sum",
    "tuple",
];

/// Packages whose functions and classes compute, unless they are known to do more.
const COMPUTING: [&str; 33] = [
    "apex",
    "catboost",
    "collections",
    "datetime",
    "decimal",
    "einops",
    "fractions",
    "hydra",
    "imblearn",
    "keras",
    "lightgbm",
    "lightning",
    "math",
    "megatron",
    "mlflow",
    "nemo",
    "numpy",
    "omegaconf",
    "pandas",
    "peft",
    "pytorch_lightning",
    "quantile_forest",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "statsmodels",
    "tensorflow",
    "timm",
    "torch",
    "torchaudio",
    "torchvision",
    "transformers",
    "xgboost",
];

/// Parts of them whose classes no pickle needs, but configurations of training do.
const TRAINING: [&str; 5] = [
    "torch.distributed.fsdp.",
    "torch.profiler.",
    "torch.utils.data.",
    "torch.utils.data.distributed.",
    "torch.utils.tensorboard.",
];

fn trains(name: &str) -> bool {
    TRAINING.iter().any(|part| {
        let class = name.strip_prefix(part).unwrap_or_default();
        class.starts_with(|first: char| first.is_ascii_uppercase()) && !class.contains('.')
    })
}

/// Whether a function of `operator` only computes with values that it is given: pipelines are built
/// with `itemgetter` and arithmetic.
fn computes(name: &str) -> bool {
    let function = name.split_once('.').map_or("", |(_, function)| function);
    let plain = !function.contains(['.', '_']);
    plain && !matches!(function, "attrgetter" | "call" | "methodcaller")
}

/// What is thought of `module.attribute`.
pub(crate) fn judge(name: &str) -> Named {
    let root = name.split('.').next().unwrap_or(name);
    let reach = names::in_path(name);
    match root {
        "builtins" | "__builtin__" => {
            let rest = name.split_once('.').map_or("", |(_, rest)| rest);
            match rest {
                rest if BUILTINS.contains(&rest) => Named::Fine,
                "type" => Named::Fine,
                _ => Named::Dangerous(reach.unwrap_or(Reach::Interpreter).deed()),
            }
        }
        "operator" | "_operator" if computes(name) => Named::Fine,
        _ if trains(name) => Named::Fine,
        _ => match reach {
            Some(reach) => Named::Dangerous(reach.deed()),
            None if COMPUTING.contains(&root) => Named::Fine,
            None => Named::Unknown,
        },
    }
}

/// Reports a name unless honest models need it. `what` says what names it: `the schema`.
pub(crate) fn report(name: &str, what: &str, report: &mut Report<'_>) {
    let shown = quote(name);
    let (severity, message) = match judge(name) {
        Named::Fine => return,
        Named::Unknown => (
            Severity::Low,
            format!("{what} names {shown}, which is on no list of what honest models need."),
        ),
        Named::Dangerous(deed) => (
            Severity::Critical,
            format!("{what} names {shown}, which {deed}."),
        ),
    };
    let evidence = Evidence {
        severity: Some(severity),
        ..Evidence::new(name, message)
    };
    report.find(&rules::NAMED_CALLABLE, evidence);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged() {
        for (name, expected) in [
            (
                "sklearn.linear_model._logistic.LogisticRegression",
                Named::Fine,
            ),
            ("numpy.log1p", Named::Fine),
            ("builtins.dict", Named::Fine),
            ("torch.utils.data.DataLoader", Named::Fine),
            (
                "torch.utils.data.DataLoader.os.system",
                Named::Dangerous("reads or writes files"),
            ),
            ("nemo.collections.asr.models.EncDecCTCModel", Named::Fine),
            ("operator.itemgetter", Named::Fine),
            (
                "operator.attrgetter",
                Named::Dangerous("reaches into the interpreter"),
            ),
            (
                "operator.itemgetter.__class__",
                Named::Dangerous("reaches into the interpreter"),
            ),
            ("my_package.Model", Named::Unknown),
            ("os.system", Named::Dangerous("runs commands")),
            ("posix.system", Named::Dangerous("runs commands")),
            ("subprocess.Popen", Named::Dangerous("runs commands")),
            ("torch.os.system", Named::Dangerous("runs commands")),
            (
                "builtins.eval",
                Named::Dangerous("runs code that it is given"),
            ),
            (
                "builtins.getattr",
                Named::Dangerous("reaches into the interpreter"),
            ),
            (
                "torch.hub.load",
                Named::Dangerous("runs code that it is given"),
            ),
            (
                "torch.load",
                Named::Dangerous("loads a pickle or a program in data"),
            ),
            (
                "types.FunctionType",
                Named::Dangerous("runs code that it is given"),
            ),
        ] {
            assert_eq!(judge(name), expected, "{name}");
        }
    }
}
