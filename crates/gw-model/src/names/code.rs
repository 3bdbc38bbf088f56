//! Names in code, which has reasons to use much of the standard library: only what does something
//! by itself counts.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::Reach;
use super::families::FAMILIES;

/// What is harmless though it lies in something dangerous.
const HARMLESS: &[&str] = &[
    "aiohttp.ClientError",
    "botocore.exceptions",
    "ctypes.Structure",
    "ctypes.Union",
    "ctypes.sizeof",
    "http.client.HTTPException",
    "httpx.HTTPError",
    "pickle.HIGHEST_PROTOCOL",
    "pickle.PickleError",
    "pickle.PicklingError",
    "pickle.UnpicklingError",
    "pickle.dump",
    "pickle.dumps",
    "psutil.Process.memory_info",
    "requests.ConnectionError",
    "requests.HTTPError",
    "requests.RequestException",
    "requests.exceptions",
    "socket.error",
    "socket.gaierror",
    "socket.gethostname",
    "socket.timeout",
    "ssl.SSLError",
    "subprocess.CalledProcessError",
    "subprocess.DEVNULL",
    "subprocess.PIPE",
    "subprocess.STDOUT",
    "subprocess.SubprocessError",
    "subprocess.TimeoutExpired",
    "urllib.request.pathname2url",
    "urllib.request.url2pathname",
    "urllib3.exceptions",
    "urllib3.disable_warnings",
];

/// Builtin functions.
pub(crate) const BUILTINS: &[(&str, Reach)] = &[
    ("__import__", Reach::Import),
    ("breakpoint", Reach::Execution),
    ("compile", Reach::Execution),
    ("eval", Reach::Execution),
    ("exec", Reach::Execution),
    ("execfile", Reach::Execution),
    ("open", Reach::Open),
];

/// Attributes by which code gets from any object to the interpreter's innards.
pub(crate) const ESCAPES: &[&str] = &[
    "__builtins__",
    "__globals__",
    "__subclasses__",
    "f_back",
    "f_builtins",
    "f_globals",
    "func_globals",
    "gi_frame",
    "tb_frame",
];

/// What the dotted name of something imported gives access to: `os.system`, `subprocess.run`. The
/// longest known beginning of it decides.
pub(crate) fn reach_of(name: &str) -> Option<Reach> {
    let known = known();
    // Modules that are the same under other names.
    let (root, rest) = name.split_once('.').unwrap_or((name, ""));
    let renamed = match root {
        "builtins" | "__builtin__" | "__builtins__" => return builtin(rest),
        "posix" | "nt" => format!("os.{rest}"),
        "ctypes" if rest.starts_with("c_") => return None,
        "_pickle" | "cPickle" => format!("pickle.{rest}"),
        _ => String::new(),
    };
    let mut part = if renamed.is_empty() { name } else { &renamed };
    loop {
        if let Some(reach) = known.get(part) {
            return *reach;
        }
        part = part.rsplit_once('.')?.0;
    }
}

/// As [`reach_of`], and through modules that others have among their attributes: `torch.os.system`
/// is `os.system`.
pub(super) fn reach_through(name: &str) -> Option<Reach> {
    if let Some(reach) = reach_of(name) {
        return Some(reach);
    }
    let mut rest = name;
    while let Some((_, after)) = rest.split_once('.') {
        rest = after;
        let root = rest.split('.').next().unwrap_or(rest);
        if REEXPORTED.contains(&root) {
            return reach_of(rest.trim_start_matches('_'));
        }
        if ESCAPES.contains(&root) {
            return Some(Reach::Interpreter);
        }
    }
    None
}

/// Modules that many other modules have among their attributes.
pub(crate) const REEXPORTED: [&str; 10] = [
    "os",
    "_os",
    "sys",
    "_sys",
    "subprocess",
    "builtins",
    "pty",
    "shutil",
    "posix",
    "nt",
];

/// Whether a module is dangerous as a whole or has something dangerous in it.
pub(crate) fn is_root(path: &str) -> bool {
    static ROOTS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| {
        let modules = entries().map(|(module, _, _)| module);
        modules.chain(["posix", "nt", "builtins", "sys"]).collect()
    });
    roots.contains(path)
}

/// Whether a name with what it gives access to can do something by itself, which a module that is
/// merely named does not.
pub(crate) fn is_function(path: &str) -> bool {
    reach_of(path).is_some() && (path.contains('.') || !is_root(path))
}

/// What a builtin function gives access to, by its name.
fn builtin(name: &str) -> Option<Reach> {
    BUILTINS
        .iter()
        .find(|(builtin, _)| *builtin == name)
        .map(|(_, reach)| *reach)
}

/// Every dangerous name with a module and what is in it: (`os`, `system`, reach); and modules that
/// are dangerous as a whole, with nothing for what is in them.
pub(crate) fn entries() -> impl Iterator<Item = (&'static str, Option<&'static str>, Reach)> {
    FAMILIES.iter().flat_map(|family| {
        family.code.iter().map(|name| match name.rsplit_once('.') {
            Some((module, last)) => (module, Some(last), family.reach),
            None => (*name, None, family.reach),
        })
    })
}

fn known() -> &'static HashMap<&'static str, Option<Reach>> {
    static KNOWN: OnceLock<HashMap<&'static str, Option<Reach>>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let harmless = HARMLESS.iter().map(|name| (*name, None));
        let names = FAMILIES.iter().flat_map(|family| {
            let names = family.code.iter();
            names.map(|name| (*name, Some(family.reach)))
        });
        names.chain(harmless).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_name_decides() {
        for (name, expected) in [
            ("os.system", Some(Reach::Process)),
            ("os.path.join", None),
            ("os.environ.get", None),
            ("os.execvpe", Some(Reach::Process)),
            ("os", None),
            ("posix.system", Some(Reach::Process)),
            ("subprocess", Some(Reach::Process)),
            ("subprocess.Popen.communicate", Some(Reach::Process)),
            ("subprocess.CalledProcessError", None),
            ("socket.socket", Some(Reach::Network)),
            ("socket.gethostname", None),
            ("urllib.parse.quote", None),
            ("urllib.request.urlopen", Some(Reach::Network)),
            ("importlib.metadata.version", None),
            ("importlib.import_module", Some(Reach::Import)),
            ("torch.nn.Linear", None),
            ("torch.load", Some(Reach::Unpickling)),
            ("torch.utils.cpp_extension.load_inline", Some(Reach::Native)),
            ("numpy.random.rand", None),
            ("ctypes.CDLL", Some(Reach::Native)),
            ("ctypes.c_int", None),
            ("osx.system", None),
        ] {
            assert_eq!(reach_of(name), expected, "{name}");
        }
    }

    #[test]
    fn modules_in_modules_are_seen_through() {
        for (name, expected) in [
            ("torch.os.system", Some(Reach::Process)),
            ("random._os.system", Some(Reach::Process)),
            ("numpy.core.os.path.join", None),
            ("a.b.subprocess.run", Some(Reach::Process)),
            ("a.f.__globals__", Some(Reach::Interpreter)),
            ("torch.nn.Linear", None),
        ] {
            assert_eq!(reach_through(name), expected, "{name}");
        }
    }

    #[test]
    fn names_are_there_once() {
        let mut names: Vec<&str> = FAMILIES
            .iter()
            .flat_map(|family| family.code.iter().copied())
            .chain(HARMLESS.iter().copied())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
