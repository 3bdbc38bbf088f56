use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use gw_finding::Severity;

use super::judge::{Argument, Judge};
use super::value::Value;
use crate::names::{self, Reach};

/// Paths whose content identifies somebody, grants access or is executed.
const SENSITIVE: [&str; 14] = [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/sudoers",
    "/etc/cron",
    "/proc/self/environ",
    "/dev/tcp/",
    ".ssh/",
    ".aws/credentials",
    ".netrc",
    ".git-credentials",
    ".kube/config",
    ".docker/config.json",
    ".bashrc",
    ".bash_history",
];

impl Judge<'_> {
    /// What a call amounts to. `before` is how many uses there were before its arguments.
    pub(super) fn call(
        &mut self,
        callee: &Value,
        arguments: &[Argument],
        before: usize,
        line: u32,
    ) -> Value {
        let first = arguments
            .first()
            .map_or(Value::Unknown, |argument| argument.value.clone());
        let value = match callee {
            Value::Path(path) => match path.strip_prefix('@') {
                Some(name) => self.call_builtin(name, &first, arguments, before, line),
                None => self.call_path(path, &first, arguments, before, line),
            },
            Value::Getter(path) => match first.text() {
                Some(name) => Value::path(format!("{path}.{name}")),
                None => Value::Unknown,
            },
            Value::Taker(name) => match &first {
                Value::Path(path) if path.len() < 512 => {
                    let path = format!("{path}.{name}");
                    self.note(&path, line, None, None);
                    Value::path(path)
                }
                _ => Value::Unknown,
            },
            Value::Method(value, name) => self.call_method(value, name, &first, arguments),
            _ => Value::Unknown,
        };
        let decoded = arguments.iter().any(|argument| argument.value.is_decoded());
        match value {
            Value::Unknown if decoded => Value::Decoded(None),
            value => value,
        }
    }

    fn call_builtin(
        &mut self,
        name: &str,
        first: &Value,
        arguments: &[Argument],
        before: usize,
        line: u32,
    ) -> Value {
        match name {
            "exec" | "eval" | "execfile" | "compile" => {
                self.execute(name, arguments, before, line);
                Value::Unknown
            }
            "__import__" => self.import_named(name, first, arguments, line),
            "getattr" => self.get_attribute(first, arguments, line),
            "vars" => match first {
                Value::Path(_) => first.clone(),
                _ => Value::Scope,
            },
            "globals" | "locals" => Value::Scope,
            "chr" => match first {
                Value::Number(code) => u32::try_from(*code)
                    .ok()
                    .and_then(char::from_u32)
                    .map_or(Value::Unknown, |char| {
                        Value::constant(char.to_string().into_bytes())
                    }),
                _ => Value::Unknown,
            },
            "map" if matches!(first, Value::Path(path) if &**path == "@chr") => {
                match arguments.get(1).map(|argument| &argument.value) {
                    Some(Value::List(codes)) => {
                        let chars = codes.iter().map(|code| {
                            let char = self.call_builtin("chr", code, &[], before, line);
                            match char {
                                // A text as a list of numbers is a text in an encoding.
                                Value::Constant(bytes) => Value::Decoded(Some(bytes)),
                                other => other,
                            }
                        });
                        let chars: Vec<Value> = chars.collect();
                        Value::List(chars.into())
                    }
                    _ => Value::Unknown,
                }
            }
            "bytes" | "bytearray" => match first {
                Value::List(codes) => codes
                    .iter()
                    .map(|code| match code {
                        Value::Number(code) => u8::try_from(*code).ok(),
                        _ => None,
                    })
                    .collect::<Option<Vec<u8>>>()
                    .map_or(Value::Unknown, |bytes| Value::Decoded(Some(bytes.into()))),
                Value::Constant(_) | Value::Decoded(_) => first.clone(),
                _ => Value::Unknown,
            },
            "str" | "list" => match first {
                Value::Constant(_) | Value::Decoded(_) | Value::List(_) => first.clone(),
                _ => Value::Unknown,
            },
            "bytes.fromhex" | "bytearray.fromhex" => self.decode_hex(first),
            "str.join" | "bytes.join" => match arguments {
                [separator, items] => self.join(&separator.value, &items.value),
                _ => Value::Unknown,
            },
            "open" => {
                self.sensitive(first, line);
                Value::Unknown
            }
            "breakpoint" => {
                self.add(name, Reach::Execution, Some(Severity::Medium), line, None);
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn call_path(
        &mut self,
        path: &Rc<str>,
        first: &Value,
        arguments: &[Argument],
        before: usize,
        line: u32,
    ) -> Value {
        let keyword = |name: &str| {
            arguments
                .iter()
                .find(|argument| argument.keyword.as_deref() == Some(name))
                .map(|argument| &argument.value)
        };
        match &**path {
            "importlib.import_module" | "importlib.__import__" => {
                return self.import_named(path, first, arguments, line);
            }
            "builtins.getattr" | "operator.getitem" => {
                return self.get_attribute(first, arguments, line);
            }
            "operator.attrgetter" | "operator.methodcaller" => {
                if let Some(name) = first.text()
                    && name.split('.').any(|part| names::ESCAPES.contains(&part))
                {
                    self.add(name, Reach::Interpreter, None, line, None);
                }
                return match first.text() {
                    Some(name) if name.len() < 512 => Value::Taker(name.into()),
                    _ => Value::Unknown,
                };
            }
            "base64.b64decode"
            | "base64.standard_b64decode"
            | "base64.decodebytes"
            | "base64.decodestring"
            | "binascii.a2b_base64"
            | "base64.urlsafe_b64decode" => {
                return self.decode_base64(first);
            }
            "binascii.unhexlify" | "binascii.a2b_hex" | "base64.b16decode" => {
                return self.decode_hex(first);
            }
            "codecs.decode" => {
                let codec = arguments.get(1).or_else(|| {
                    arguments
                        .iter()
                        .find(|argument| argument.keyword.as_deref() == Some("encoding"))
                });
                return self.decode_codec(first, codec.and_then(|codec| codec.value.text()));
            }
            "base64.b32decode" | "base64.b85decode" | "base64.a85decode" | "zlib.decompress"
            | "gzip.decompress" | "bz2.decompress" | "lzma.decompress" | "zstd.decompress"
            | "zlib.decompressobj" => return Value::Decoded(None),
            "torch.load" => {
                // Loads numbers alone if told so.
                let weights = keyword("weights_only")
                    .is_some_and(|value| matches!(value, Value::Path(path) if &**path == "@True"));
                if !weights {
                    self.note(path, line, None, None);
                }
                return Value::Unknown;
            }
            "numpy.load" => {
                let pickles = keyword("allow_pickle")
                    .is_some_and(|value| matches!(value, Value::Path(path) if &**path == "@True"));
                if pickles {
                    self.add(path, Reach::Unpickling, None, line, None);
                }
                return Value::Unknown;
            }
            "marshal.loads" => {
                self.note(path, line, Some(Severity::High), None);
                return Value::Decoded(None);
            }
            _ => {}
        }
        if let Some(reach) = names::reach_of(path) {
            let decoded =
                first.is_decoded() || arguments.iter().any(|argument| argument.value.is_decoded());
            let fetched = self.since(before, Reach::Network);
            let (severity, note) = match reach {
                Reach::Process | Reach::Execution if decoded => (
                    Some(Severity::Critical),
                    Some("what it is given is hidden in an encoding"),
                ),
                Reach::Process | Reach::Execution if fetched => (
                    Some(Severity::Critical),
                    Some("what it is given comes from the network"),
                ),
                _ => (None, None),
            };
            self.add(path, reach, severity, line, note);
            if reach == Reach::Unpickling && decoded {
                return Value::Decoded(None);
            }
        } else {
            for argument in arguments {
                self.sensitive(&argument.value, line);
            }
        }
        // What a call returns is of that module still: `socket.socket().connect`.
        Value::Unknown
    }

    fn call_method(
        &mut self,
        value: &Value,
        name: &str,
        first: &Value,
        arguments: &[Argument],
    ) -> Value {
        let size = value.bytes().map_or(0, <[u8]>::len);
        if !self.make(size) {
            return Value::Unknown.either(value);
        }
        match name {
            "join" => self.join(value, first),
            "decode" | "encode" => match first.text() {
                Some(codec) => self.decode_codec(value, Some(codec)),
                None => value.clone(),
            },
            "strip" | "rstrip" | "lstrip" if arguments.is_empty() => match value.text() {
                Some(text) => value.derived(text.trim().as_bytes().to_vec()),
                None => value.clone(),
            },
            "lower" => map_text(value, str::to_lowercase),
            "upper" => map_text(value, str::to_uppercase),
            "replace" => {
                let with = arguments.get(1).map(|argument| &argument.value);
                match (value.text(), first.text(), with.and_then(Value::text)) {
                    // What grows with each replacement could grow without end.
                    (Some(text), Some(from), Some(to))
                        if !from.is_empty() && to.len() <= from.len() =>
                    {
                        value.derived(text.replace(from, to).into_bytes())
                    }
                    _ => value.either(&Value::Unknown),
                }
            }
            _ => value.either(&Value::Unknown),
        }
    }

    /// Code that is text or bytes is executed.
    pub(super) fn execute(&mut self, name: &str, arguments: &[Argument], before: usize, line: u32) {
        let code = arguments.iter().find(|argument| {
            argument
                .keyword
                .as_deref()
                .is_none_or(|keyword| keyword == "source")
        });
        let code = code.map_or(Value::Unknown, |argument| argument.value.clone());
        let fetched = self.since(before, Reach::Network);
        if let Value::Constant(text) | Value::Decoded(Some(text)) = &code {
            self.nested.push((text.clone(), line));
        }
        let (severity, note) = match (&code, name) {
            (Value::Decoded(_), _) => (
                Severity::Critical,
                Some("what it executes is hidden in an encoding"),
            ),
            _ if fetched => (
                Severity::Critical,
                Some("what it executes comes from the network"),
            ),
            // What is plain to see is judged by what it does.
            (Value::Constant(_), _) => (Severity::Low, Some("the code is a plain text")),
            (_, "eval" | "compile") => (Severity::Medium, None),
            _ => (Severity::High, None),
        };
        self.add(name, Reach::Execution, Some(severity), line, note);
    }

    fn import_named(
        &mut self,
        how: &str,
        name: &Value,
        arguments: &[Argument],
        line: u32,
    ) -> Value {
        let Some(module) = name.text() else {
            let severity = name.is_decoded().then_some(Severity::High);
            let note = severity.map(|_| "the name is hidden in an encoding");
            self.add(how, Reach::Import, severity, line, note);
            return Value::Unknown;
        };
        let module = module.to_owned();
        self.imports.insert(module.chars().take(120).collect());
        if name.is_decoded() {
            let note = Some("the name is hidden in an encoding");
            self.add(&module, Reach::Import, Some(Severity::High), line, note);
        }
        // Without a list of names `__import__` returns the outermost package.
        let whole = how != "__import__" || arguments.len() > 3;
        let root = module.split('.').next().unwrap_or(&module);
        if whole {
            Value::path(module)
        } else {
            Value::path(root)
        }
    }

    fn get_attribute(&mut self, of: &Value, arguments: &[Argument], line: u32) -> Value {
        let name = arguments.get(1).map(|argument| &argument.value);
        let text = name.and_then(Value::text);
        if let Some(text) = text
            && names::ESCAPES.contains(&text)
        {
            self.add(text, Reach::Interpreter, None, line, None);
        }
        match (of, text) {
            (Value::Path(path), Some(name)) if &**path == "builtins" => self.builtin(name),
            (Value::Path(path), Some(name)) if path.len() < 512 => {
                Value::path(format!("{path}.{name}"))
            }
            (Value::Path(path), None)
                if matches!(
                    &**path,
                    "os" | "posix" | "nt" | "builtins" | "subprocess" | "sys.modules" | "ctypes"
                ) =>
            {
                let path = path.clone();
                let note = Some("which of its attributes is made out while running");
                self.add(&path, Reach::Interpreter, None, line, note);
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    fn join(&mut self, separator: &Value, items: &Value) -> Value {
        let (Some(between), Value::List(items)) = (separator.bytes(), items) else {
            return separator.either(items);
        };
        let mut joined = Vec::new();
        let mut decoded = separator.is_decoded();
        for (index, item) in items.iter().enumerate() {
            let Some(bytes) = item.bytes() else {
                return Value::Unknown;
            };
            decoded |= item.is_decoded();
            if index > 0 {
                joined.extend(between);
            }
            joined.extend(bytes);
            if !self.make(bytes.len().saturating_add(between.len())) {
                return Value::Unknown;
            }
        }
        match Value::constant(joined) {
            Value::Constant(bytes) if decoded => Value::Decoded(Some(bytes)),
            value => value,
        }
    }

    fn decode_base64(&mut self, value: &Value) -> Value {
        let Some(bytes) = value.bytes() else {
            return Value::Decoded(None);
        };
        if !self.make(bytes.len()) {
            return Value::Decoded(None);
        }
        let clean: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let decoded = STANDARD.decode(&clean).or_else(|_| URL_SAFE.decode(&clean));
        Value::Decoded(decoded.ok().map(Rc::from))
    }

    fn decode_hex(&mut self, value: &Value) -> Value {
        let Some(text) = value.text() else {
            return Value::Decoded(None);
        };
        let digits: Option<Vec<u8>> = text
            .chars()
            .filter(|char| !char.is_ascii_whitespace())
            .map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let bytes = digits
            .filter(|digits| digits.len().is_multiple_of(2))
            .map(|digits| {
                digits
                    .chunks(2)
                    .map(|pair| pair.iter().fold(0_u8, |byte, digit| (byte << 4) | digit))
                    .collect::<Vec<u8>>()
            });
        Value::Decoded(bytes.map(Rc::from))
    }

    fn decode_codec(&mut self, value: &Value, codec: Option<&str>) -> Value {
        let codec = codec
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace('-', "_");
        match codec.as_str() {
            "rot13" | "rot_13" => match value.text() {
                Some(text) => {
                    let turned: String = text.chars().map(rot13).collect();
                    Value::Decoded(Some(turned.into_bytes().into()))
                }
                None => Value::Decoded(None),
            },
            "base64" | "base_64" | "base64_codec" => self.decode_base64(value),
            "hex" | "hex_codec" => self.decode_hex(value),
            "zip" | "zlib" | "bz2" | "zlib_codec" | "bz2_codec" | "uu" | "unicode_escape"
            | "raw_unicode_escape" | "utf_7" | "utf_16" => Value::Decoded(None),
            _ => value.clone(),
        }
    }

    fn sensitive(&mut self, value: &Value, line: u32) {
        let found = value
            .text()
            .filter(|text| text.len() < 4096)
            .and_then(|text| SENSITIVE.iter().find(|path| text.contains(**path)));
        if let Some(path) = found {
            self.add(path, Reach::Credentials, Some(Severity::High), line, None);
        }
    }

    fn since(&self, before: usize, reach: Reach) -> bool {
        self.uses
            .get(before..)
            .unwrap_or_default()
            .iter()
            .any(|found| found.reach == reach)
    }
}

fn map_text(value: &Value, map: impl Fn(&str) -> String) -> Value {
    match value.text() {
        Some(text) => value.derived(map(text).into_bytes()),
        None => value.either(&Value::Unknown),
    }
}

const fn rot13(char: char) -> char {
    match char {
        'a'..='m' | 'A'..='M' => ((char as u8).wrapping_add(13)) as char,
        'n'..='z' | 'N'..='Z' => ((char as u8).wrapping_sub(13)) as char,
        _ => char,
    }
}
