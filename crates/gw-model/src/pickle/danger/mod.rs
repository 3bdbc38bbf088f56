//! What is known to be of use to an attacker, by what it does. Whole modules where nothing in them
//! is data.
//!
//! From the module indexes of Python 2.7 and 3.6 to 3.14, and from what widely installed packages
//! define or import into their own names.

mod code;
mod commands;
mod files;
mod imports;
mod interpreter;
mod loaders;
mod network;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Names that do the same.
struct Family {
    /// What they do, as it ends a sentence: `which runs commands`.
    does: &'static str,
    /// Modules (`a.**` is `a` and everything below it) and names in them, divided by spaces, or
    /// `*` for all.
    entries: &'static [(&'static str, &'static str)],
}

const FAMILIES: &[&Family] = &[
    &commands::FAMILY,
    &code::FAMILY,
    &imports::FAMILY,
    &loaders::FAMILY,
    &network::FAMILY,
    &files::FAMILY,
    &interpreter::FAMILY,
];

#[derive(Default)]
struct Module {
    all: Option<&'static str>,
    names: FxHashMap<&'static str, &'static str>,
}

/// Modules by name; those with everything below them apart.
#[derive(Default)]
struct Table {
    modules: FxHashMap<&'static str, Module>,
    trees: FxHashMap<&'static str, Module>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for family in FAMILIES {
        for (pattern, names) in family.entries {
            let module = match pattern.strip_suffix(".**") {
                Some(root) => table.trees.entry(root).or_default(),
                None => table.modules.entry(pattern).or_default(),
            };
            if *names == "*" {
                module.all.get_or_insert(family.does);
            }
            for name in names.split_whitespace() {
                module.names.entry(name).or_insert(family.does);
            }
        }
    }
    table
});

/// Names of functions and classes that run something, wherever they turn up: packages import them
/// into their own names, and wrap them under the same ones.
const ANYWHERE: &[(&str, &str)] = &[
    ("__import__", "which imports what it is told to"),
    ("check_call", "which runs commands"),
    ("check_output", "which runs commands"),
    ("eval", "which runs code"),
    ("exec", "which runs code"),
    ("exec_command", "which runs commands"),
    ("execfile", "which runs code"),
    ("execl", "which runs commands"),
    ("execle", "which runs commands"),
    ("execlp", "which runs commands"),
    ("execv", "which runs commands"),
    ("execve", "which runs commands"),
    ("execvp", "which runs commands"),
    ("execvpe", "which runs commands"),
    ("fork_exec", "which runs commands"),
    ("getoutput", "which runs commands"),
    ("getstatusoutput", "which runs commands"),
    ("import_module", "which imports what it is told to"),
    ("popen", "which runs commands"),
    ("Popen", "which runs commands"),
    ("posix_spawn", "which runs commands"),
    ("posix_spawnp", "which runs commands"),
    ("run_code", "which runs code"),
    ("run_command", "which runs commands"),
    ("run_module", "which runs code"),
    ("run_path", "which runs code"),
    ("runcode", "which runs code"),
    ("runsource", "which runs code"),
    ("runstring", "which runs code"),
    ("spawnl", "which runs commands"),
    ("spawnv", "which runs commands"),
    ("spawnve", "which runs commands"),
    ("spawnvp", "which runs commands"),
    ("startfile", "which runs commands"),
    ("system", "which runs commands"),
];

/// What a name in a module does, if it is known to be of use to an attacker.
pub(super) fn what_does(module: &str, name: &str) -> Option<&'static str> {
    let of = |module: &Module| module.names.get(name).copied().or(module.all);
    let direct = TABLE.modules.get(module).and_then(of);
    direct.or_else(|| {
        let shorter = |name: &&'_ str| name.rfind('.').and_then(|end| module.get(..end));
        let parents = std::iter::successors(Some(module), shorter);
        parents
            .filter_map(|parent| TABLE.trees.get(parent))
            .find_map(of)
    })
}

/// What a module as a whole can be used for.
pub(super) fn whole(module: &str) -> Option<&'static str> {
    what_does(module, "*").or_else(|| {
        let only_names = |module: &Module| module.names.values().next().copied();
        // These have names of both kinds; whoever has the module has them all.
        match module {
            "builtins" | "__builtin__" | "codecs" | "_codecs" | "copyreg" | "copy_reg"
            | "platform" | "io" | "weakref" | "dataclasses" | "pathlib" => {
                TABLE.modules.get(module).and_then(only_names)
            }
            _ => None,
        }
    })
}

/// Modules whose names mean them wherever they turn up. (`signal` and `code` are names of much
/// else.)
const NOTABLE: &[&str] = &[
    "__builtin__",
    "asyncio",
    "atexit",
    "builtins",
    "codecs",
    "commands",
    "ctypes",
    "functools",
    "gc",
    "importlib",
    "inspect",
    "io",
    "marshal",
    "multiprocessing",
    "nt",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "pip",
    "pkgutil",
    "platform",
    "popen2",
    "posix",
    "pty",
    "pydoc",
    "runpy",
    "shutil",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "types",
    "webbrowser",
    "cloudpickle",
    "dill",
    "requests",
    "urllib",
    "imp",
    "codeop",
    "pdb",
    "timeit",
    "weakref",
];

pub(super) fn is_notable(name: &str) -> bool {
    NOTABLE.contains(&name)
}

/// What a name does in whatever module it is.
pub(super) fn anywhere(name: &str) -> Option<&'static str> {
    let found = ANYWHERE.iter().find(|(known, _)| *known == name);
    found.map(|(_, does)| *does)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_without_doubles() {
        for family in FAMILIES {
            assert!(
                family.entries.is_sorted_by(|a, b| a.0 < b.0),
                "{}",
                family.does
            );
            for (module, names) in family.entries {
                assert!(!names.is_empty(), "{module}");
            }
        }
    }
}
