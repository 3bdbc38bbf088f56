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
        || path.file_name().is_some_and(is_shared_library)
        || is_standard_library()
}

/// `libpython3.11.so.1.0`, `_ext.so`, `libx.dylib`.
fn is_shared_library(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with(".so") || name.contains(".so.") || name.ends_with(".dylib")
}

/// `python3.11`, `python311.zip`.
fn is_python(name: &str) -> bool {
    name.strip_prefix("python")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What an input is, by its name.
pub(crate) fn of(path: &Path) -> InputKind {
    gw_flow::claims::kind_of(&path.to_string_lossy())
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
            "/opt/py/libpython3.11.so.1.0",
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
