use super::codecs::{base64, inflate, rot13, unquote};
use super::machine::Machine;
use super::value::{Node, Value};

/// How long a text may become that the machine works out.
pub(super) const MAX_LENGTH: usize = 1 << 20;

/// A text or bytes.
enum Chars {
    Text(String),
    Bytes(Vec<u8>),
}

impl Machine {
    /// What a function or method of texts, bytes and numbers returns, of which the first argument
    /// is what the method belongs to. Nothing if it is not known.
    pub(super) fn pure(&mut self, name: &str, args: &[Value]) -> Option<Value> {
        let first = *args.first()?;
        let made = match name {
            "chr" | "unichr" => {
                let code = u32::try_from(self.arena.as_int(first)?).ok()?;
                Chars::Text(char::from_u32(code)?.to_string())
            }
            "ord" => {
                let code = match self.chars(first)? {
                    Chars::Text(text) => i64::from(u32::from(text.chars().next()?)),
                    Chars::Bytes(bytes) => i64::from(*bytes.first()?),
                };
                return Some(self.arena.int(code));
            }
            "int" => {
                let text = self.arena.as_text(first)?.to_owned();
                return super::text::integer(text.as_bytes(), &mut self.arena);
            }
            "join" => self.join(first, *args.get(1)?)?,
            "reversed" => {
                let items: Vec<Value> = match self.chars(first) {
                    Some(Chars::Text(text)) => text
                        .chars()
                        .rev()
                        .map(|c| self.arena.text(&c.to_string(), false))
                        .collect(),
                    Some(Chars::Bytes(bytes)) => bytes
                        .iter()
                        .rev()
                        .map(|byte| Value::short(u16::from(*byte)))
                        .collect(),
                    None => self.values(first).into_iter().rev().collect(),
                };
                if items.is_empty() {
                    return None;
                }
                return Some(self.arena.list(&items));
            }
            "add" | "iadd" | "concat" | "iconcat" | "__add__" | "__concat__" => {
                match (self.chars(first)?, self.chars(*args.get(1)?)?) {
                    (Chars::Text(a), Chars::Text(b)) => Chars::Text(a + &b),
                    (Chars::Bytes(a), Chars::Bytes(b)) => Chars::Bytes([a, b].concat()),
                    _ => return None,
                }
            }
            "mul" | "__mul__" => {
                let times = usize::try_from(self.arena.as_int(*args.get(1)?)?).ok()?;
                match self.chars(first)? {
                    Chars::Text(text) if text.len().checked_mul(times)? <= MAX_LENGTH => {
                        Chars::Text(text.repeat(times))
                    }
                    Chars::Bytes(bytes) if bytes.len().checked_mul(times)? <= MAX_LENGTH => {
                        Chars::Bytes(bytes.repeat(times))
                    }
                    _ => return None,
                }
            }
            "mod" | "__mod__" => {
                let values = match self.arena.node(*args.get(1)?) {
                    Some(Node::Tuple(_)) => self.values(*args.get(1)?),
                    _ => vec![*args.get(1)?],
                };
                let pattern = self.arena.as_text(first)?.to_owned();
                Chars::Text(self.percent(&pattern, &values)?)
            }
            "format" => {
                let pattern = self.arena.as_text(first)?.to_owned();
                Chars::Text(self.braces(&pattern, args.get(1..)?)?)
            }
            "str" | "unicode" | "__str__" | "decode" | "encode" | "bytes" | "bytearray" => {
                self.coded(name, first, args.get(1).copied())?
            }
            "__getitem__" => return self.slice(first, *args.get(1)?),
            "split" | "rsplit" => {
                let text = self.arena.as_text(first)?.to_owned();
                let by = args
                    .get(1)
                    .and_then(|by| self.arena.as_text(*by))
                    .map(str::to_owned);
                let parts: Vec<&str> = match &by {
                    Some(by) if !by.is_empty() => text.split(by.as_str()).take(512).collect(),
                    _ => text.split_whitespace().take(512).collect(),
                };
                let parts: Vec<Value> = parts
                    .into_iter()
                    .map(|part| self.arena.text(part, false))
                    .collect();
                return Some(self.arena.list(&parts));
            }
            _ => self.simple(name, first, args)?,
        };
        self.keep(made)
    }

    fn keep(&mut self, made: Chars) -> Option<Value> {
        let length = match &made {
            Chars::Text(text) => text.len(),
            Chars::Bytes(bytes) => bytes.len(),
        };
        // Long texts cost as much as many calls.
        let cost = u32::try_from(length / 256).ok()?;
        self.fuel = self.fuel.checked_sub(cost)?;
        if length > MAX_LENGTH {
            return None;
        }
        Some(match made {
            Chars::Text(text) => {
                if let Some(wrapping) = super::nested::looks_like(text.as_bytes()) {
                    self.payload(text.as_bytes(), wrapping, false);
                }
                self.arena.text(&text, false)
            }
            Chars::Bytes(bytes) => {
                if let Some(wrapping) = super::nested::looks_like(&bytes) {
                    self.payload(&bytes, wrapping, false);
                }
                self.arena.bytes(&bytes, false)
            }
        })
    }

    fn chars(&self, value: Value) -> Option<Chars> {
        match self.arena.as_text(value) {
            Some(text) => Some(Chars::Text(text.to_owned())),
            None => self
                .arena
                .as_bytes(value)
                .map(|bytes| Chars::Bytes(bytes.to_vec())),
        }
    }

    fn join(&self, by: Value, values: Value) -> Option<Chars> {
        // A text is the list of its characters.
        let parts: Vec<Chars> = match self.chars(values) {
            Some(Chars::Text(text)) => text.chars().map(|c| Chars::Text(c.to_string())).collect(),
            _ => {
                let values = self.values(values);
                values
                    .into_iter()
                    .map(|value| self.chars(value))
                    .collect::<Option<_>>()?
            }
        };
        match self.chars(by)? {
            Chars::Text(by) => {
                let parts: Option<Vec<String>> = parts
                    .into_iter()
                    .map(|part| match part {
                        Chars::Text(text) => Some(text),
                        Chars::Bytes(_) => None,
                    })
                    .collect();
                Some(Chars::Text(parts?.join(&by)))
            }
            Chars::Bytes(by) => {
                let parts: Option<Vec<Vec<u8>>> = parts
                    .into_iter()
                    .map(|part| match part {
                        Chars::Text(_) => None,
                        Chars::Bytes(bytes) => Some(bytes),
                    })
                    .collect();
                Some(Chars::Bytes(parts?.join(&*by)))
            }
        }
    }

    /// A value as `str` shows it.
    fn plain_text(&self, value: Value) -> Option<String> {
        match self.arena.as_text(value) {
            Some(text) => Some(text.to_owned()),
            None => self.arena.as_int(value).map(|number| number.to_string()),
        }
    }

    /// `pattern % values`, with `%s`, `%d`, `%c` and `%%`.
    fn percent(&self, pattern: &str, values: &[Value]) -> Option<String> {
        let mut values = values.iter();
        let mut out = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next()? {
                '%' => out.push('%'),
                's' | 'd' | 'i' => out.push_str(&self.plain_text(*values.next()?)?),
                'c' => match self.arena.as_int(*values.next()?) {
                    Some(code) => out.push(char::from_u32(u32::try_from(code).ok()?)?),
                    None => return None,
                },
                _ => return None,
            }
            if out.len() > MAX_LENGTH {
                return None;
            }
        }
        Some(out)
    }

    /// `pattern.format(values)`, with `{}` and `{0}`.
    fn braces(&self, pattern: &str, values: &[Value]) -> Option<String> {
        let mut out = String::new();
        let mut next = 0_usize;
        let mut rest = pattern;
        while let Some(open) = rest.find(['{', '}']) {
            out.push_str(rest.get(..open)?);
            rest = rest.get(open..)?;
            if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
                out.push_str(rest.get(..1)?);
                rest = after;
                continue;
            }
            let close = rest.find('}')?;
            let field = rest.get(1..close)?;
            let index = if field.is_empty() {
                next = next.saturating_add(1);
                next.saturating_sub(1)
            } else {
                field.parse().ok()?
            };
            out.push_str(&self.plain_text(*values.get(index)?)?);
            rest = rest.get(close.checked_add(1)?..)?;
            if out.len() > MAX_LENGTH {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }

    /// `str`, `bytes`, `encode` and `decode`, with the codecs that change what is written.
    fn coded(&self, name: &str, value: Value, codec: Option<Value>) -> Option<Chars> {
        let codec = match codec {
            Some(codec) => self
                .arena
                .as_text(codec)?
                .to_ascii_lowercase()
                .replace('_', "-"),
            None => "utf-8".to_owned(),
        };
        let chars = match self.chars(value) {
            Some(chars) => chars,
            None if name == "str" => Chars::Text(self.plain_text(value)?),
            None if matches!(name, "bytes" | "bytearray") => {
                let numbers: Option<Vec<u8>> = self
                    .values(value)
                    .into_iter()
                    .map(|number| u8::try_from(self.arena.as_int(number)?).ok())
                    .collect();
                return numbers.filter(|bytes| !bytes.is_empty()).map(Chars::Bytes);
            }
            None => return None,
        };
        let to_text = matches!(name, "str" | "unicode" | "decode" | "__str__");
        Some(match (&*codec, chars) {
            ("rot13" | "rot-13" | "rot", Chars::Text(text)) => Chars::Text(rot13(&text)),
            ("hex" | "hex-codec", Chars::Bytes(bytes)) => Chars::Bytes(match to_text {
                true => hex::decode(&bytes).ok()?,
                false => hex::encode(&bytes).into_bytes(),
            }),
            ("base64" | "base64-codec", Chars::Bytes(bytes)) if to_text => {
                Chars::Bytes(base64(&bytes)?)
            }
            ("zip" | "zlib" | "zlib-codec", Chars::Bytes(bytes)) if to_text => {
                Chars::Bytes(inflate(&bytes)?)
            }
            ("hex" | "hex-codec", Chars::Text(text)) => Chars::Bytes(hex::decode(text).ok()?),
            ("latin1" | "latin-1" | "iso-8859-1", Chars::Text(text)) if !to_text => {
                let bytes: Option<Vec<u8>> = text
                    .chars()
                    .map(|c| u8::try_from(u32::from(c)).ok())
                    .collect();
                Chars::Bytes(bytes?)
            }
            ("latin1" | "latin-1" | "iso-8859-1", Chars::Bytes(bytes)) if to_text => {
                Chars::Text(bytes.iter().map(|byte| char::from(*byte)).collect())
            }
            ("utf-16" | "utf-16-le", Chars::Bytes(bytes)) if to_text => {
                let units: Vec<u16> = bytes
                    .chunks_exact(2)
                    .filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)))
                    .collect();
                let text = String::from_utf16_lossy(&units);
                Chars::Text(text.trim_start_matches('\u{feff}').to_owned())
            }
            (_, Chars::Bytes(bytes)) if to_text => Chars::Text(String::from_utf8(bytes).ok()?),
            (_, Chars::Text(text)) if !to_text => Chars::Bytes(text.into_bytes()),
            (_, chars) => chars,
        })
    }

    /// `value[key]`, where the key is a number or a slice.
    fn slice(&mut self, value: Value, key: Value) -> Option<Value> {
        let (chars, text): (Vec<char>, bool) = match self.chars(value)? {
            Chars::Text(text) => (text.chars().collect(), true),
            Chars::Bytes(bytes) => (bytes.into_iter().map(char::from).collect(), false),
        };
        let length = i64::try_from(chars.len()).ok()?;
        let at = |index: i64| {
            if index < 0 {
                index.saturating_add(length)
            } else {
                index
            }
        };
        let picked: Vec<char> = match self.arena.node(key) {
            Some(Node::Call(_, args, _)) => {
                let parts = self.values(args);
                let part =
                    |index: usize| parts.get(index).and_then(|part| self.arena.as_int(*part));
                let step = part(2).unwrap_or(1);
                let (low, high) = match parts.len() {
                    1 => (None, part(0)),
                    _ => (part(0), part(1)),
                };
                if step == 0 {
                    return None;
                }
                let (mut place, end) = if step > 0 {
                    (
                        at(low.unwrap_or(0)).max(0),
                        at(high.unwrap_or(length)).min(length),
                    )
                } else {
                    let last = length.saturating_sub(1);
                    (
                        at(low.unwrap_or(last)).min(last),
                        high.map_or(-1, at).max(-1),
                    )
                };
                let mut picked = Vec::new();
                while (step > 0 && place < end) || (step < 0 && place > end) {
                    picked.push(*chars.get(usize::try_from(place).ok()?)?);
                    place = place.saturating_add(step);
                }
                picked
            }
            _ => {
                let index = usize::try_from(at(self.arena.as_int(key)?)).ok()?;
                let c = *chars.get(index)?;
                if !text {
                    return Some(self.arena.int(i64::from(u32::from(c))));
                }
                vec![c]
            }
        };
        let made = if text {
            Chars::Text(picked.into_iter().collect())
        } else {
            Chars::Bytes(
                picked
                    .into_iter()
                    .filter_map(|c| u8::try_from(u32::from(c)).ok())
                    .collect(),
            )
        };
        self.keep(made)
    }

    /// Functions of one text, and methods with short arguments.
    fn simple(&self, name: &str, first: Value, args: &[Value]) -> Option<Chars> {
        let text = |index: usize| args.get(index).and_then(|value| self.arena.as_text(*value));
        let value = self.chars(first)?;
        Some(match (name, value) {
            ("lower" | "casefold", Chars::Text(value)) => Chars::Text(value.to_lowercase()),
            ("upper", Chars::Text(value)) => Chars::Text(value.to_uppercase()),
            ("swapcase", Chars::Text(value)) => Chars::Text(
                value
                    .chars()
                    .map(|c| {
                        if c.is_uppercase() {
                            c.to_ascii_lowercase()
                        } else {
                            c.to_ascii_uppercase()
                        }
                    })
                    .collect(),
            ),
            ("replace", Chars::Text(value)) => {
                let (from, to) = (text(1)?, text(2)?);
                // Each character may be replaced, and there is one more place than characters.
                let most = value.len().checked_add(1)?.checked_mul(to.len().max(1))?;
                if most > MAX_LENGTH {
                    return None;
                }
                Chars::Text(value.replace(from, to))
            }
            ("strip", Chars::Text(value)) => Chars::Text(strip(&value, text(1), true, true)),
            ("lstrip", Chars::Text(value)) => Chars::Text(strip(&value, text(1), true, false)),
            ("rstrip", Chars::Text(value)) => Chars::Text(strip(&value, text(1), false, true)),
            ("removeprefix", Chars::Text(value)) => {
                Chars::Text(value.strip_prefix(text(1)?).unwrap_or(&value).to_owned())
            }
            ("removesuffix", Chars::Text(value)) => {
                Chars::Text(value.strip_suffix(text(1)?).unwrap_or(&value).to_owned())
            }
            ("unquote" | "unquote_plus", Chars::Text(value)) => Chars::Text(unquote(&value)),
            ("hex", Chars::Bytes(value)) => Chars::Text(hex::encode(value)),
            ("fromhex" | "unhexlify" | "a2b_hex" | "b16decode", value) => {
                let digits: Vec<u8> = bytes(value)
                    .into_iter()
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect();
                Chars::Bytes(hex::decode(digits).ok()?)
            }
            ("hexlify" | "b2a_hex", value) => Chars::Bytes(hex::encode(bytes(value)).into_bytes()),
            (
                "b64decode" | "standard_b64decode" | "urlsafe_b64decode" | "a2b_base64"
                | "decodebytes" | "decodestring",
                value,
            ) => Chars::Bytes(base64(&bytes(value))?),
            ("decompress", Chars::Bytes(value)) => Chars::Bytes(inflate(&value)?),
            ("repr" | "ascii", Chars::Text(value)) => Chars::Text(format!("'{value}'")),
            _ => return None,
        })
    }
}

fn bytes(value: Chars) -> Vec<u8> {
    match value {
        Chars::Text(text) => text.into_bytes(),
        Chars::Bytes(bytes) => bytes,
    }
}

fn strip(text: &str, set: Option<&str>, left: bool, right: bool) -> String {
    let in_set = |c: char| set.map_or(c.is_whitespace(), |set| set.contains(c));
    let text = if left {
        text.trim_start_matches(in_set)
    } else {
        text
    };
    let text = if right {
        text.trim_end_matches(in_set)
    } else {
        text
    };
    text.to_owned()
}
