use super::{allow, python2};
use crate::names;

/// What is thought of a global that a pickle names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Honest files need it, and all it does is to make data.
    Safe,
    /// It is on no list.
    Unknown,
    /// It makes code out of the pickle's data.
    Code,
    /// It is known what it can be used for: `runs commands`.
    Dangerous(&'static str),
}

/// What is thought of an attribute of a module, which may have dots. Without attribute it is the
/// module itself.
pub(super) fn judge(module: &str, attribute: &str) -> Verdict {
    let direct = judge_name(module, attribute);
    // Up to protocol 2, names of Python 2 stand for those of Python 3.
    match python2::renamed(module, attribute) {
        Some((module, attribute)) => match direct {
            Verdict::Dangerous(_) => direct,
            _ => judge_name(module, attribute),
        },
        None => direct,
    }
}

/// Packages of which a function is data until it is called: estimators have kernels, metrics, losses
/// and solvers as attributes.
const FUNCTIONS_AS_DATA: &[&str] = &[
    "gensim",
    "imblearn",
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
];

/// Parts of them that no model needs.
const NO_DATA: &[&str] = &[
    "conftest",
    "distutils",
    "downloader",
    "externals",
    "f2py",
    "scripts",
    "test",
    "testing",
    "tests",
];

/// Whether a name that is on no list is data as long as the pickle does not call it.
pub(super) fn is_data(module: &str, attribute: &str) -> bool {
    let mut parts = module.split('.');
    parts
        .next()
        .is_some_and(|package| FUNCTIONS_AS_DATA.contains(&package))
        && parts.all(|part| !NO_DATA.contains(&part))
        && !attribute.is_empty()
        && attribute
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !NO_DATA.contains(&attribute)
}

fn judge_name(module: &str, attribute: &str) -> Verdict {
    if attribute.is_empty() {
        return match names::whole(module) {
            Some(reach) => Verdict::Dangerous(reach.deed()),
            None => Verdict::Unknown,
        };
    }
    if allow::is_exact(module, attribute) {
        return Verdict::Safe;
    }
    if makes_code(module, attribute) {
        return Verdict::Code;
    }
    if let Some(reach) = names::in_data(module, attribute) {
        return Verdict::Dangerous(reach.deed());
    }
    if allow::is_class(module, attribute) || is_generated(module, attribute) {
        return Verdict::Safe;
    }
    Verdict::Unknown
}

/// What makes functions and classes out of a pickle's data: code objects, and how cloudpickle and
/// dill put functions together from them.
fn makes_code(module: &str, attribute: &str) -> bool {
    match module {
        // Metaclasses, of which classes by value are made.
        // (`__builtin__.__main__` is how dill names the globals of its functions.)
        "builtins" | "__builtin__" => matches!(attribute, "type" | "__main__"),
        "abc" => attribute == "ABCMeta",
        "types" => matches!(attribute, "CodeType" | "FunctionType" | "LambdaType"),
        "cloudpickle.cloudpickle" | "cloudpickle.cloudpickle_fast" | "cloudpickle" => matches!(
            attribute,
            "_make_function"
                | "subimport"
                | "_builtin_type"
                | "_make_empty_cell"
                | "_make_cell"
                | "_empty_cell_value"
                | "_make_skel_func"
                | "_fill_function"
                | "_make_skeleton_class"
                | "_make_skeleton_enum"
                | "_class_setstate"
                | "_function_setstate"
                | "_make_typevar"
                | "_decompose_typevar"
                | "_make_dict_keys"
                | "_make_dict_values"
                | "_make_dict_items"
                | "_rehydrate_skeleton_class"
                | "_cell_set"
                | "_gen_ellipsis"
                | "_gen_not_implemented"
                | "CellType"
        ),
        "dill._dill" | "dill.dill" => matches!(
            attribute,
            "_create_function"
                | "_create_code"
                | "_create_type"
                | "_create_cell"
                | "CodeType"
                | "FunctionType"
                | "_create_bound"
        ),
        _ => false,
    }
}

/// Functions that Cython makes for pickling its own classes: they take a checksum and a state. And
/// TorchScript's types, which are no Python but code in the same archive, which `libtorch` looks up
/// there; Python has no module of that name.
fn is_generated(module: &str, attribute: &str) -> bool {
    let package = module.split('.').next().unwrap_or_default();
    if package == "__torch__" {
        return true;
    }
    attribute.starts_with("__pyx_unpickle_")
        && matches!(
            package,
            "sklearn"
                | "pandas"
                | "scipy"
                | "numpy"
                | "statsmodels"
                | "spacy"
                | "thinc"
                | "preshed"
                | "imblearn"
                | "hdbscan"
                | "implicit"
                | "gensim"
                | "catboost"
        )
}

#[cfg(test)]
mod tests;
