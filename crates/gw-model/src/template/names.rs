//! Which names matter in Python.

/// What a name of an attribute leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reach {
    /// A special attribute that tells something and leads nowhere: `__doc__`, `__len__`.
    Harmless,
    /// Classes, globals, code, frames.
    Internals,
}

/// Special attributes that lead to nothing but texts, numbers and truth values.
const HARMLESS: &[&str] = &[
    "__contains__",
    "__doc__",
    "__eq__",
    "__ge__",
    "__gt__",
    "__hash__",
    "__html__",
    "__index__",
    "__int__",
    "__le__",
    "__len__",
    "__lt__",
    "__name__",
    "__ne__",
    "__qualname__",
    "__repr__",
    "__sizeof__",
    "__str__",
    "__version__",
];

/// Attributes without two underscores that lead from an object to code, frames and globals.
const INNER: &[&str] = &[
    "ag_await",
    "ag_code",
    "ag_frame",
    "co_code",
    "co_consts",
    "cr_await",
    "cr_code",
    "cr_frame",
    "cr_origin",
    "f_back",
    "f_builtins",
    "f_code",
    "f_globals",
    "f_locals",
    "func_closure",
    "func_code",
    "func_defaults",
    "func_dict",
    "func_globals",
    "gi_code",
    "gi_frame",
    "gi_yieldfrom",
    "im_class",
    "im_func",
    "im_self",
    "mro",
    "tb_frame",
    "tb_next",
];

/// Methods and functions that run commands, load code or open files, of whatever object.
const RUNS: &[&str] = &[
    "Popen",
    "_import_name",
    "check_call",
    "check_output",
    "exec_module",
    "execl",
    "execle",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "fork_exec",
    "getoutput",
    "getstatusoutput",
    "import_module",
    "import_string",
    "load_module",
    "popen",
    "posix_spawn",
    "posix_spawnp",
    "run_module",
    "run_path",
    "spawnl",
    "spawnv",
    "spawnve",
    "startfile",
    "system",
];

/// Functions of Python that nobody passes to a template for a good reason.
const FUNCTIONS: &[&str] = &[
    "breakpoint",
    "compile",
    "eval",
    "exec",
    "execfile",
    "getattr",
    "globals",
    "locals",
    "open",
    "setattr",
    "vars",
];

/// Modules of Python that run commands, load code or open files.
const MODULES: &[&str] = &[
    "builtins",
    "code",
    "codecs",
    "commands",
    "ctypes",
    "importlib",
    "io",
    "marshal",
    "multiprocessing",
    "nt",
    "os",
    "pathlib",
    "pickle",
    "posix",
    "pty",
    "runpy",
    "shutil",
    "socket",
    "subprocess",
    "sys",
    "urllib",
];

/// What an attribute leads to, if not to a value's own content. `data` is whether the object is
/// what the renderer passes, of which texts in brackets are first of all keys.
pub(super) fn attribute(name: &str, key_of_data: bool) -> Option<Reach> {
    let name = name.trim();
    if is_special(name) {
        if HARMLESS.contains(&name) {
            return (!key_of_data).then_some(Reach::Harmless);
        }
        // A key between underscores of somebody's own is data.
        let python = is_python(name);
        return (python || !key_of_data).then_some(Reach::Internals);
    }
    if key_of_data {
        return None;
    }
    // A private attribute as the class that has it sees it: `_Class__name`.
    let mangled = name
        .strip_prefix('_')
        .is_some_and(|rest| rest.starts_with(char::is_alphabetic) && rest.contains("__"));
    (mangled || INNER.contains(&name)).then_some(Reach::Internals)
}

/// Whether calling something by this name as a method runs commands, loads code or opens files.
pub(super) fn runs(name: &str) -> bool {
    RUNS.contains(&name)
}

/// Whether a name that the template does not set is a function of Python that runs what it is
/// given.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}

/// Whether a name that the template does not set is a module of Python that leads to the system.
pub(super) fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

fn is_special(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// Special attributes of Python's objects, functions, modules and frames that lead on.
fn is_python(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "abstractmethods",
        "annotations",
        "base",
        "bases",
        "builtins",
        "cached",
        "call",
        "class",
        "class_getitem",
        "closure",
        "code",
        "context",
        "cause",
        "defaults",
        "del",
        "delattr",
        "delattribute",
        "dict",
        "dir",
        "enter",
        "exit",
        "file",
        "flags",
        "func",
        "get",
        "getattr",
        "getattribute",
        "getitem",
        "getnewargs",
        "getstate",
        "globals",
        "import",
        "init",
        "init_subclass",
        "instancecheck",
        "iter",
        "kwdefaults",
        "loader",
        "main",
        "module",
        "mro",
        "mro_entries",
        "new",
        "next",
        "objclass",
        "package",
        "path",
        "prepare",
        "reduce",
        "reduce_ex",
        "self",
        "self_class",
        "set",
        "set_name",
        "setattr",
        "setitem",
        "setstate",
        "slots",
        "spec",
        "subclasscheck",
        "subclasses",
        "subclasshook",
        "thisclass",
        "traceback",
        "type_params",
        "weakref",
        "wrapped",
    ];
    let inner = name.trim_matches('_');
    NAMES.contains(&inner)
}

/// Functions that Jinja2, or a renderer of chat templates, gives to templates.
pub(super) const GLOBALS: &[&str] = &[
    "caller",
    "cycler",
    "dict",
    "gettext",
    "joiner",
    "lipsum",
    "namespace",
    "ngettext",
    "raise_exception",
    "range",
    "self",
    "strftime_now",
    "_",
    "super",
    "varargs",
    "kwargs",
];

/// Jinja2's filters, and the ones that renderers of chat templates add.
pub(super) const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "capitalize",
    "center",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "filesizeformat",
    "first",
    "float",
    "forceescape",
    "format",
    "from_json",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "random",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "striptags",
    "sum",
    "title",
    "tojson",
    "trim",
    "truncate",
    "unique",
    "upper",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
    "strip",
    "split",
    "startswith",
    "endswith",
    "fromjson",
    "to_json",
    "dict2items",
];
