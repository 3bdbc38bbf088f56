//! What dotted names of Python give access to: one judge for pickles, compiled code, source, and
//! names that data makes a loader import.
//!
//! Data has no reason to name anything but what it is made of, so whole modules count there
//! ([`in_data`]). Code has, and only what does something by itself counts ([`reach_of`]).

mod code;
mod families;
mod reach;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

pub(crate) use code::{BUILTINS, ESCAPES, REEXPORTED, entries, is_function, is_root, reach_of};
use families::FAMILIES;
pub(crate) use reach::Reach;

/// Names that do the same.
struct Family {
    /// What they do.
    reach: Reach,
    /// What counts where data names it: modules (`a.**` is `a` and everything below it) and names
    /// in them, divided by spaces, or `*` for all.
    data: &'static [(&'static str, &'static str)],
    /// What counts in code, too: names in modules, and modules that are dangerous as a whole.
    code: &'static [&'static str],
}

#[derive(Default)]
struct Module {
    all: Option<Reach>,
    names: FxHashMap<&'static str, Reach>,
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
        for (pattern, names) in family.data {
            let module = match pattern.strip_suffix(".**") {
                Some(root) => table.trees.entry(root).or_default(),
                None => table.modules.entry(pattern).or_default(),
            };
            if *names == "*" {
                module.all.get_or_insert(family.reach);
                continue;
            }
            for name in names.split_whitespace() {
                module.names.entry(name).or_insert(family.reach);
            }
        }
    }
    table
});

/// Names of functions and classes that run something, wherever they turn up: packages import them
/// into their own names, and wrap them under the same ones.
const ANYWHERE: &[(&str, Reach)] = &[
    ("__import__", Reach::Import),
    ("check_call", Reach::Process),
    ("check_output", Reach::Process),
    ("eval", Reach::Execution),
    ("exec", Reach::Execution),
    ("exec_command", Reach::Process),
    ("execfile", Reach::Execution),
    ("execl", Reach::Process),
    ("execle", Reach::Process),
    ("execlp", Reach::Process),
    ("execv", Reach::Process),
    ("execve", Reach::Process),
    ("execvp", Reach::Process),
    ("execvpe", Reach::Process),
    ("fork_exec", Reach::Process),
    ("getoutput", Reach::Process),
    ("getstatusoutput", Reach::Process),
    ("import_module", Reach::Import),
    ("popen", Reach::Process),
    ("Popen", Reach::Process),
    ("posix_spawn", Reach::Process),
    ("posix_spawnp", Reach::Process),
    ("run_code", Reach::Execution),
    ("run_command", Reach::Process),
    ("run_module", Reach::Execution),
    ("run_path", Reach::Execution),
    ("runcode", Reach::Execution),
    ("runsource", Reach::Execution),
    ("runstring", Reach::Execution),
    ("spawnl", Reach::Process),
    ("spawnv", Reach::Process),
    ("spawnve", Reach::Process),
    ("spawnvp", Reach::Process),
    ("startfile", Reach::Process),
    ("system", Reach::Process),
];

/// Methods of honest objects that do harm: arrays and tables write files, and call or execute what
/// they are given.
const METHODS: &[(&str, Reach)] = &[
    ("apply", Reach::Execution),
    ("dump", Reach::Files),
    ("pipe", Reach::Execution),
    ("query", Reach::Execution),
    ("to_csv", Reach::Files),
    ("to_excel", Reach::Files),
    ("to_hdf", Reach::Files),
    ("to_json", Reach::Files),
    ("to_parquet", Reach::Files),
    ("to_pickle", Reach::Files),
    ("to_sql", Reach::Files),
    ("tofile", Reach::Files),
];

/// What a name in a module does, if it is known to be of use to an attacker.
pub(crate) fn what_does(module: &str, name: &str) -> Option<Reach> {
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
pub(crate) fn whole(module: &str) -> Option<Reach> {
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

pub(crate) fn is_notable(name: &str) -> bool {
    NOTABLE.contains(&name)
}

/// What a name does in whatever module it is.
pub(crate) fn anywhere(name: &str) -> Option<Reach> {
    let found = ANYWHERE.iter().find(|(known, _)| *known == name);
    found.map(|(_, reach)| *reach)
}

/// Whether a module is of a package's tests, which start programs, execute text and write files as
/// they please.
fn is_test(module: &str) -> bool {
    let mut parts = module.split('.').skip(1);
    parts.any(|part| matches!(part, "conftest" | "test" | "testing_utils" | "tests"))
}

/// What any part of a name can be used for. With dots, it goes from one object to the next, and
/// modules hold the modules that they import.
pub(crate) fn in_data(module: &str, attribute: &str) -> Option<Reach> {
    if let Some(reach) = what_does(module, attribute) {
        return Some(reach);
    }
    if let Some(reach) = reach_of(&format!("{module}.{attribute}")) {
        return Some(reach);
    }
    if is_test(module) {
        return Some(Reach::Execution);
    }
    let parts: Vec<&str> = attribute.split('.').collect();
    if let [_, .., method] = parts.as_slice()
        && let Some((_, reach)) = METHODS.iter().find(|(known, _)| known == method)
    {
        return Some(*reach);
    }
    let mut inside = module.to_owned();
    for (index, part) in parts.iter().enumerate() {
        if let Some(reach) = what_does(&inside, part) {
            return Some(reach);
        }
        if let Some(reach) = anywhere(part) {
            return Some(reach);
        }
        if part.starts_with("__") && part.ends_with("__") && part.len() > 4 {
            return Some(Reach::Interpreter);
        }
        // A module under its own name, as others import it (`_os` in `random` is `os`).
        for name in [*part, part.trim_start_matches('_')] {
            if is_notable(name)
                && let Some(reach) = whole(name)
            {
                return Some(reach);
            }
            let next = index.checked_add(1).and_then(|next| parts.get(next));
            if let Some(reach) = next.and_then(|next| what_does(name, next)) {
                return Some(reach);
            }
        }
        inside.push('.');
        inside.push_str(part);
    }
    None
}

/// What a whole dotted name can be used for that data makes a loader import: `torch.hub.load`. Any
/// part of it may be the module.
pub(crate) fn in_path(path: &str) -> Option<Reach> {
    let Some((module, last)) = path.rsplit_once('.') else {
        return whole(path);
    };
    if let Some(reach) = reach_of(path).or_else(|| in_data(module, last)) {
        return Some(reach);
    }
    let ends = module.match_indices('.').map(|(end, _)| end);
    let mut prefixes = ends.filter_map(|end| {
        let next = module.get(end.checked_add(1)?..)?;
        Some((module.get(..end)?, next.split('.').next().unwrap_or(next)))
    });
    let found = prefixes.find_map(|(module, name)| what_does(module, name));
    found.or_else(|| code::reach_through(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_a_path_may_be_the_module() {
        for (path, expected) in [
            ("os", Some(Reach::Process)),
            ("os.system", Some(Reach::Process)),
            ("torch.os.system", Some(Reach::Process)),
            ("numpy.f2py.os.system", Some(Reach::Process)),
            ("functools.partial.func", Some(Reach::Interpreter)),
            ("numpy.load", Some(Reach::Files)),
            ("joblib.load", Some(Reach::Unpickling)),
            ("ctypes.CDLL", Some(Reach::Native)),
            ("a.b.__globals__", Some(Reach::Interpreter)),
            ("numpy.log1p", None),
            ("pandas.core.series.Series", None),
            ("sklearn.linear_model.Ridge", None),
            ("sklearn.svm.tests.test_svm.run", Some(Reach::Execution)),
            ("my_package.Model", None),
        ] {
            assert_eq!(in_path(path), expected, "{path}");
        }
    }

    #[test]
    fn tables_are_sorted_and_without_doubles() {
        for family in FAMILIES {
            assert!(
                family.data.is_sorted_by(|a, b| a.0 < b.0),
                "{:?}",
                family.reach
            );
            for (module, names) in family.data {
                assert!(!names.is_empty(), "{module}");
            }
        }
    }
}
