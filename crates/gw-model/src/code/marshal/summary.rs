use std::collections::{BTreeMap, BTreeSet, HashSet};

use gw_finding::Severity;

use super::object::{Code, Object};
use super::read::Layout;
use crate::names::{self, Reach};
use crate::report::quote;

/// How many constants are kept of one piece of data, and how long each, in characters.
const MAX_STRINGS: usize = 200;
const MAX_STRING: usize = 400;

/// What marshalled data has in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeSummary {
    /// The versions of Python that write code so.
    pub python: &'static str,
    /// How many code objects there are: functions, lambdas, classes, comprehensions.
    pub functions: usize,
    /// The file that the first one says it was compiled from.
    pub filename: Option<String>,
    /// The names of functions.
    pub function_names: BTreeSet<String>,
    /// Globals, attributes and modules that the code uses.
    pub names: BTreeSet<String>,
    /// Text constants, the first [`MAX_STRINGS`], shortened.
    pub strings: Vec<String>,
    /// What the code can do: the dangerous names it uses (`os.system`), each with how bad that is
    /// and what it does.
    pub reached: BTreeMap<String, (Severity, &'static str)>,
    /// Whether bytes lie among the constants that look like machine code, compressed data or
    /// further code objects.
    pub payload: Option<&'static str>,
}

impl CodeSummary {
    /// The worst that the code can do, if it does anything but compute.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        let reached = self.reached.values().map(|(severity, _)| *severity).max();
        reached.max(self.payload.map(|_| Severity::High))
    }

    /// What dangerous things the code uses, in words: the first eight names, and a payload.
    pub(crate) fn uses(&self) -> String {
        let names = self.reached.iter().take(8);
        let mut uses: Vec<String> = names
            .map(|(name, (_, deed))| format!("{} ({deed})", quote(name)))
            .collect();
        uses.extend(
            self.payload
                .map(|what| format!("{what} among its constants")),
        );
        uses.join(", ")
    }

    pub(super) fn of(bytes: &[u8], layout: Layout, objects: &[Object]) -> Self {
        let mut summary = Self {
            python: layout.python,
            ..Self::default()
        };
        let sight = Sight { bytes, objects };
        for object in objects {
            match object {
                Object::Code(code) => summary.add_code(sight, code),
                Object::Bytes(_) | Object::Text(_) => summary.add_constant(sight, object),
                Object::Null | Object::Plain | Object::Tuple(_) | Object::Other(_) => {}
            }
        }
        summary
    }

    fn add_code(&mut self, sight: Sight<'_>, code: &Code) {
        self.functions = self.functions.saturating_add(1);
        if self.filename.is_none() {
            self.filename = sight.text(code.filename).map(|text| shorten(&text));
        }
        if let Some(name) = sight.text(code.name) {
            self.function_names.insert(shorten(&name));
        }
        let names = sight.texts(code.names);
        let constants = sight.texts(code.consts);
        self.judge(&names, &constants);
        self.names.extend(names.iter().map(|name| shorten(name)));
    }

    fn add_constant(&mut self, sight: Sight<'_>, object: &Object) {
        if let Object::Text(range) = object
            && self.strings.len() < MAX_STRINGS
            && let Some(bytes) = sight.bytes.get(range.clone())
        {
            let text = shorten(&String::from_utf8_lossy(bytes));
            if !text.is_empty() && !self.strings.contains(&text) {
                self.strings.push(text);
            }
        }
        let (Object::Text(range) | Object::Bytes(range)) = object else {
            return;
        };
        if self.payload.is_none() {
            self.payload = sight.bytes.get(range.clone()).and_then(payload);
        }
    }

    /// Judges one code object. Its names come in no order that says which is an attribute of
    /// which, and modules may be named by constants too (`__import__("os")`), so a dangerous name
    /// counts when all its parts are there.
    fn judge(&mut self, names: &[String], constants: &[String]) {
        let used: HashSet<&str> = names
            .iter()
            .flat_map(|name| std::iter::once(name.as_str()).chain(name.split('.')))
            .collect();
        // A short constant that is an identifier may be asked for by `getattr` or imported; a
        // longer text may be code.
        let said: HashSet<&str> = constants
            .iter()
            .map(String::as_str)
            .flat_map(|text| std::iter::once(text).chain(text.split('.')))
            .filter(|text| is_identifier(text))
            .collect();
        let chosen = used.contains("__import__")
            || used.contains("import_module")
            || used.contains("getattr")
            || used.contains("__builtins__")
            || used.contains("__dict__")
            || used.contains("attrgetter")
            || used.contains("methodcaller")
            || used.contains("modules")
            || used.contains("globals")
            || used.contains("locals")
            || used.contains("vars");
        let there = |name: &str| used.contains(name) || (chosen && said.contains(name));
        for (module, name, reach) in names::entries() {
            let root = module.split('.').next().unwrap_or(module);
            let twin = match root {
                "os" => there("posix") || there("nt"),
                _ => false,
            };
            let found = if used.contains(module) {
                true
            } else {
                module.split('.').all(there) || twin
            };
            if found && name.is_none_or(there) {
                let full =
                    name.map_or_else(|| module.to_owned(), |name| format!("{module}.{name}"));
                self.reach(full, reach, None);
            }
        }
        for (builtin, reach) in names::BUILTINS {
            if used.contains(builtin) || (chosen && said.contains(builtin)) {
                // `eval`, `compile` and `open` may be attributes of something else, as in
                // `model.eval()`, of which names alone say nothing.
                let severity = match *builtin {
                    "eval" | "compile" | "open" => Some(Severity::Medium),
                    "__import__" => Some(Severity::High),
                    _ => None,
                };
                self.reach((*builtin).to_owned(), *reach, severity);
            }
        }
        for name in names::ESCAPES {
            if there(name) {
                self.reach((*name).to_owned(), Reach::Interpreter, None);
            }
        }
    }

    fn reach(&mut self, name: String, reach: Reach, severity: Option<Severity>) {
        let severity = severity.unwrap_or_else(|| reach.severity());
        self.reached.insert(name, (severity, reach.deed()));
    }
}

/// Objects with the bytes that they lie in.
#[derive(Clone, Copy)]
struct Sight<'s> {
    bytes: &'s [u8],
    objects: &'s [Object],
}

impl Sight<'_> {
    fn text(self, index: usize) -> Option<String> {
        match self.objects.get(index)? {
            Object::Text(range) | Object::Bytes(range) => {
                let bytes = self.bytes.get(range.clone())?;
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
            _ => None,
        }
    }

    /// The texts in a tuple and in the tuples and sets right in it. Those of nested code are
    /// its own.
    fn texts(self, index: usize) -> Vec<String> {
        let mut texts = Vec::new();
        let Some(Object::Tuple(items)) = self.objects.get(index) else {
            return texts;
        };
        for &item in items {
            match self.objects.get(item) {
                Some(Object::Tuple(inner) | Object::Other(inner)) => {
                    texts.extend(inner.iter().filter_map(|&inner| self.text(inner)));
                }
                _ => texts.extend(self.text(item)),
            }
        }
        texts
    }
}

/// What bytes are that have no business in code.
pub(crate) fn payload(bytes: &[u8]) -> Option<&'static str> {
    const MAGICS: [(&[u8], &str); 8] = [
        (b"\x7fELF", "an ELF executable"),
        (b"\xcf\xfa\xed\xfe", "a Mach-O executable"),
        (b"\x1f\x8b\x08", "gzip data"),
        (b"x\x9c", "zlib data"),
        (b"x\xda", "zlib data"),
        (b"BZh9", "bzip2 data"),
        (b"\xfd7zXZ\0", "xz data"),
        (b"PK\x03\x04", "a zip archive"),
    ];
    if bytes.len() < 32 {
        return None;
    }
    if bytes.starts_with(b"MZ") && bytes.get(60..64).is_some() && bytes.contains(&0) {
        return Some("a Windows executable");
    }
    MAGICS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, what)| *what)
}

fn is_identifier(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first == '_' || first.is_alphabetic())
        && text
            .chars()
            .all(|char| char == '_' || char.is_alphanumeric())
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_STRING).collect()
}
