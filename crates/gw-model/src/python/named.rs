//! Functions and classes that a model's metadata names for its loader to import and call.

use gw_finding::Severity;

use crate::code::reach;
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
const COMPUTING: [&str; 34] = [
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
    "operator",
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

/// What is thought of `module.attribute`.
pub(crate) fn judge(name: &str) -> Named {
    let root = name.split('.').next().unwrap_or(name);
    if let Some(reach) = reach::reach_through(name) {
        return Named::Dangerous(reach.deed());
    }
    match root {
        "builtins" | "__builtin__" => {
            let rest = name.split_once('.').map_or("", |(_, rest)| rest);
            match rest {
                rest if BUILTINS.contains(&rest) => Named::Fine,
                "type" => Named::Fine,
                _ => Named::Dangerous("reaches into the interpreter"),
            }
        }
        "types" | "sys" | "os" | "inspect" | "gc" | "ast" | "importlib" => {
            Named::Dangerous("reaches into the interpreter")
        }
        _ if COMPUTING.contains(&root) => Named::Fine,
        _ => Named::Unknown,
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
            ("nemo.collections.asr.models.EncDecCTCModel", Named::Fine),
            ("my_package.Model", Named::Unknown),
            ("os.system", Named::Dangerous("runs programs")),
            ("posix.system", Named::Dangerous("runs programs")),
            ("subprocess.Popen", Named::Dangerous("runs programs")),
            ("torch.os.system", Named::Dangerous("runs programs")),
            (
                "builtins.eval",
                Named::Dangerous("executes code that is made while running"),
            ),
            (
                "builtins.getattr",
                Named::Dangerous("reaches into the interpreter"),
            ),
            (
                "torch.hub.load",
                Named::Dangerous("executes code that is made while running"),
            ),
            (
                "torch.load",
                Named::Dangerous("loads a format that can execute code"),
            ),
            (
                "types.FunctionType",
                Named::Dangerous("executes code that is made while running"),
            ),
        ] {
            assert_eq!(judge(name), expected, "{name}");
        }
    }
}
