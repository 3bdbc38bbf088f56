//! What sort of thing a file is that a step read without anybody saying so.

use std::path::Path;

use gw_attest::predicate::InputKind;

/// Folders of the system, and those that its package managers fill.
const SYSTEM: &[&str] = &[
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/run",
    "/snap", "/nix", "/System", "/Library",
];

/// Folders that hold installed or compiled programs wherever they are.
const INSTALLED: &[&str] = &[
    "site-packages",
    "dist-packages",
    "__pycache__",
    "node_modules",
    ".git",
    "conda-meta",
];

/// Whether a file belongs to the environment that a step ran in, rather than to what it was about.
pub(crate) fn is_environment(path: &Path) -> bool {
    let named = |part: &std::ffi::OsStr| INSTALLED.iter().any(|name| part == *name);
    let is_standard_library = || {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        parts.windows(2).any(
            |pair| matches!(pair, [folder, name] if folder.starts_with("lib") && is_python(name)),
        )
    };
    SYSTEM.iter().any(|folder| path.starts_with(folder))
        || path.iter().any(named)
        || path.file_name().is_some_and(|name| name == "pyvenv.cfg")
        || is_standard_library()
}

/// `python3.11`, `python311.zip`.
fn is_python(name: &str) -> bool {
    name.strip_prefix("python")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What an input is, by its name.
pub(crate) fn of(path: &Path) -> InputKind {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some(
            "py" | "pyw" | "pyx" | "ipynb" | "sh" | "bash" | "r" | "jl" | "lua" | "js" | "mjs"
            | "ts" | "rb" | "pl" | "go" | "rs" | "c" | "h" | "cc" | "cpp" | "hpp" | "cu" | "java"
            | "scala" | "sql" | "toml" | "yaml" | "yml" | "cfg" | "ini" | "conf" | "env" | "so"
            | "mk" | "lock",
        ) => InputKind::Code,
        Some(
            "safetensors" | "gguf" | "ggml" | "onnx" | "pt" | "pth" | "ckpt" | "bin" | "h5"
            | "hdf5" | "keras" | "pb" | "tflite" | "pkl" | "pickle" | "joblib" | "mlmodel"
            | "engine" | "nemo" | "pdparams" | "msgpack",
        ) => InputKind::Model,
        _ => match path.file_name().and_then(|name| name.to_str()) {
            Some("Makefile" | "Snakefile" | "Dockerfile" | "MLproject" | "params.json") => {
                InputKind::Code
            }
            _ => InputKind::Dataset,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_told_from_the_inputs() {
        for environment in [
            "/usr/lib/python3/dist-packages/x.py",
            "/home/me/venv/lib/python3.11/site-packages/torch/__init__.py",
            "/home/me/venv/pyvenv.cfg",
            "/opt/py/lib/python3.12/json/__init__.py",
            "/work/app/__pycache__/train.cpython-311.pyc",
            "/work/app/.git/HEAD",
        ] {
            assert!(is_environment(Path::new(environment)), "{environment}");
        }
        for input in [
            "/work/app/train.py",
            "/home/me/.cache/huggingface/hub/models--x/blobs/abc",
            "/data/library/python/claims.csv",
            "/opt/data/lib/in.csv",
            "/usrdata/x",
        ] {
            assert!(!is_environment(Path::new(input)), "{input}");
        }
    }

    #[test]
    fn inputs_have_kinds() {
        for (name, kind) in [
            ("train.py", InputKind::Code),
            ("conf/params.YAML", InputKind::Code),
            ("base.safetensors", InputKind::Model),
            ("claims.csv", InputKind::Dataset),
            ("train-0001", InputKind::Dataset),
            ("Makefile", InputKind::Code),
        ] {
            assert_eq!(of(Path::new(name)), kind, "{name}");
        }
    }
}
