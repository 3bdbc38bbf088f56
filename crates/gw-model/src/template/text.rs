//! What Python does with texts and lists, where all of it is known.

use std::rc::Rc;

use super::eval::Arguments;
use super::run::{LARGE_TEXT, element};
use super::value::{MAX_ITEMS, MAX_TEXT, Value};

/// `value[index]`.
pub(super) fn index<'t>(value: &Value<'t>, index: i64) -> Value<'t> {
    let place = |length: usize| {
        let from_end = usize::try_from(index.unsigned_abs()).ok()?;
        match index < 0 {
            true => length.checked_sub(from_end),
            false => Some(from_end),
        }
    };
    match value {
        Value::Text(text) => {
            let at = place(text.chars().count()).and_then(|at| text.chars().nth(at));
            at.map_or(Value::Data, |c| Value::text(c.encode_utf8(&mut [0; 4])))
        }
        Value::List(items) => place(items.len())
            .and_then(|at| items.get(at))
            .cloned()
            .unwrap_or(Value::Data),
        Value::Map(pairs) => {
            let found = pairs
                .iter()
                .find(|(key, _)| matches!(key, Value::Int(n) if *n == index));
            found.map_or(Value::Data, |(_, value)| value.clone())
        }
        other => element(other),
    }
}

/// `value[start:stop:step]`.
pub(super) fn slice<'t>(value: &Value<'t>, parts: &[Option<Value<'t>>; 3]) -> Value<'t> {
    let number = |part: &Option<Value<'t>>| match part {
        None | Some(Value::Scalar(Some(false))) => Some(None),
        Some(Value::Int(number)) => Some(Some(*number)),
        Some(_) => None,
    };
    let [start, stop, step] = parts;
    let (Some(start), Some(stop), Some(step)) = (number(start), number(stop), number(step)) else {
        return match value {
            Value::Text(_) | Value::Long(_) | Value::Derived => Value::Derived,
            Value::DataText => Value::Data,
            Value::List(_) => Value::list(vec![element(value)]),
            other => other.clone(),
        };
    };
    match value {
        Value::Text(text) => {
            let all: Vec<char> = text.chars().collect();
            let picked = pick(&all, start, stop, step.unwrap_or(1));
            Value::text(picked.into_iter().collect::<String>())
        }
        Value::List(items) => Value::list(pick(items, start, stop, step.unwrap_or(1))),
        Value::DataText => Value::Derived,
        other => other.clone(),
    }
}

/// The items of a slice, as Python counts them.
fn pick<T: Clone>(all: &[T], start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<T> {
    let length = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let clamp = |at: Option<i64>, default: i64, low: i64, high: i64| match at {
        None => default,
        Some(at) if at < 0 => at.saturating_add(length).clamp(low, high),
        Some(at) => at.clamp(low, high),
    };
    let last = length.saturating_sub(1);
    let (mut at, stop) = match step {
        0 => return Vec::new(),
        1.. => (clamp(start, 0, 0, length), clamp(stop, length, 0, length)),
        _ => (clamp(start, last, -1, last), clamp(stop, -1, -1, last)),
    };
    let mut picked = Vec::new();
    while if step > 0 { at < stop } else { at > stop } {
        if let Some(item) = usize::try_from(at).ok().and_then(|at| all.get(at)) {
            picked.push(item.clone());
        }
        at = at.saturating_add(step);
    }
    picked
}

/// `text * count`.
pub(super) fn repeat<'t>(text: &Value<'t>, count: i64) -> Value<'t> {
    let count = u64::try_from(count).unwrap_or(0);
    let length = text.length().saturating_mul(count);
    match (text, usize::try_from(count)) {
        (Value::Text(text), Ok(count)) if length <= MAX_TEXT as u64 => {
            Value::text(text.repeat(count))
        }
        _ => Value::Long(length),
    }
}

/// `text % values`, and the filter `format`: Python's `printf` formats.
pub(super) fn percent<'t>(format: &str, values: &[Value<'t>], whole: &Value<'t>) -> Value<'t> {
    let mut out = Value::text("");
    let mut values = values.iter();
    let mut parts = format.split('%');
    out = out.concat(&Value::text(parts.next().unwrap_or_default()));
    let mut literal = false;
    for part in parts {
        if literal {
            // The text after `%%`.
            literal = false;
            out = out.concat(&Value::text(part));
            continue;
        }
        if part.is_empty() {
            literal = true;
            out = out.concat(&Value::text("%"));
            continue;
        }
        let (name, rest) = match part.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((name, rest)) => (Some(name), rest),
            None => (None, part),
        };
        let flags = rest.trim_start_matches(['#', '0', '-', ' ', '+']);
        let digits = flags
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(flags.len());
        let width: u64 = match flags.get(..digits).unwrap_or_default() {
            "" => 0,
            digits => digits.parse().unwrap_or(u64::MAX),
        };
        let after = flags.get(digits..).unwrap_or_default();
        let after = after.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let mut after = after.chars();
        let kind = after.next();
        let value = match (name, whole) {
            (Some(name), Value::Map(pairs)) => lookup(pairs, name).unwrap_or(Value::Data),
            (Some(_), _) => Value::Data,
            (None, _) => values.next().cloned().unwrap_or(Value::Data),
        };
        let made = value.each(|value| formatted(kind, value, width));
        out = out.concat(&made).concat(&Value::text(after.as_str()));
    }
    out
}

fn lookup<'t>(pairs: &[(Value<'t>, Value<'t>)], name: &str) -> Option<Value<'t>> {
    let found = |key: &Value<'t>| matches!(key, Value::Text(key) if **key == *name);
    let (_, value) = pairs.iter().rev().find(|(key, _)| found(key))?;
    Some(value.clone())
}

/// A value in a format of one letter, filled up to a width.
fn formatted<'t>(kind: Option<char>, value: &Value<'t>, width: u64) -> Value<'t> {
    let made = match (kind, value) {
        (Some('c'), Value::Int(code)) => {
            let c = u32::try_from(*code).ok().and_then(char::from_u32);
            c.map_or(Value::Data, |c| Value::text(c.encode_utf8(&mut [0; 4])))
        }
        (Some('x'), Value::Int(number)) => Value::text(format!("{number:x}")),
        (Some('X'), Value::Int(number)) => Value::text(format!("{number:X}")),
        (Some('o'), Value::Int(number)) => Value::text(format!("{number:o}")),
        (Some('b'), Value::Int(number)) => Value::text(format!("{number:b}")),
        (Some('r' | 'a'), Value::Text(text)) => Value::text(format!("'{text}'")),
        (_, value) => value.to_text(),
    };
    if width > made.length() && width > MAX_TEXT as u64 {
        return Value::Long(width);
    }
    made
}

/// `text.format(...)`. The second value has the names of attributes that fields ask for.
pub(super) fn braces<'t>(format: &str, args: &Arguments<'t>) -> (Value<'t>, Vec<String>) {
    let mut out = Value::text("");
    let mut asked = Vec::new();
    let mut rest = format;
    let mut next = 0_usize;
    while let Some(at) = rest.find(['{', '}']) {
        out = out.concat(&Value::text(rest.get(..at).unwrap_or_default()));
        let brace = rest.get(at..at.saturating_add(1)).unwrap_or_default();
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix(brace) {
            out = out.concat(&Value::text(brace));
            rest = after;
            continue;
        }
        if brace == "}" {
            continue;
        }
        let (field, after) = rest.split_once('}').unwrap_or((rest, ""));
        rest = after;
        let (path, spec) = field.split_once(':').unwrap_or((field, ""));
        let path = path.split('!').next().unwrap_or_default();
        let split = path.find(['.', '[']).unwrap_or(path.len());
        let (name, way) = path.split_at(split);
        let steps = way.split(['.', '[', ']']).filter(|step| !step.is_empty());
        asked.extend(steps.map(str::to_owned));
        let place = match name {
            "" => {
                next = next.saturating_add(1);
                Some(next.saturating_sub(1))
            }
            name => name.parse().ok(),
        };
        let value = match place {
            Some(place) => args.positional.get(place),
            None => args.get(usize::MAX, name),
        };
        let value = match (value, way) {
            (Some(value), "") => value.clone(),
            (Some(value), _) => element(value),
            (None, _) => Value::Data,
        };
        let kind = spec.chars().last();
        let digits = spec.trim_matches(|c: char| !c.is_ascii_digit());
        let width = match digits {
            "" => 0,
            digits => digits
                .parse()
                .unwrap_or(if digits.len() > 18 { u64::MAX } else { 0 }),
        };
        out = out.concat(&value.each(|value| formatted(kind, value, width)));
    }
    (out.concat(&Value::text(rest)), asked)
}

/// A method of a text that is known, or nothing if it is not one that is followed.
pub(super) fn method<'t>(text: &str, name: &str, args: &Arguments<'t>) -> Option<Value<'t>> {
    let first = args.positional.first();
    let known = |at: usize| match args.positional.get(at) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let characters = |at: usize| known(at).map(|set| set.chars().collect::<Vec<char>>());
    Some(match name {
        "lower" | "casefold" => Value::text(text.to_lowercase()),
        "upper" => Value::text(text.to_uppercase()),
        "title" => Value::text(title(text)),
        "capitalize" => Value::text(capitalize(text)),
        "swapcase" => Value::text(text.chars().map(swap_case).collect::<String>()),
        "strip" | "lstrip" | "rstrip" => {
            let set = match (first, characters(0)) {
                (None, _) => None,
                (Some(_), Some(set)) => Some(set),
                (Some(_), None) => return None,
            };
            let strip = |c: char| match &set {
                Some(set) => set.contains(&c),
                None => c.is_whitespace(),
            };
            Value::text(match name {
                "strip" => text.trim_matches(strip),
                "lstrip" => text.trim_start_matches(strip),
                _ => text.trim_end_matches(strip),
            })
        }
        "replace" => {
            let (old, new) = (args.get(0, "old")?, args.get(1, "new")?);
            return Some(replace(text, old, new));
        }
        "removeprefix" => Value::text(text.strip_prefix(&*known(0)?).unwrap_or(text)),
        "removesuffix" => Value::text(text.strip_suffix(&*known(0)?).unwrap_or(text)),
        "split" | "rsplit" => match first {
            None => pieces(text.split_whitespace()),
            Some(_) => {
                let by = known(0)?;
                match by.is_empty() {
                    true => return None,
                    false => pieces(text.split(&*by)),
                }
            }
        },
        "splitlines" => pieces(text.lines()),
        "partition" => {
            let by = known(0)?;
            match text.split_once(&*by) {
                Some((before, after)) => pieces([before, &*by, after].into_iter()),
                None => pieces([text, "", ""].into_iter()),
            }
        }
        "join" => join(&Value::text(text), first?),
        "startswith" | "endswith" | "isdigit" | "isalpha" | "isupper" | "islower" | "isspace"
        | "isnumeric" | "isalnum" | "isidentifier" => Value::Scalar(None),
        "find" | "index" | "rfind" | "count" | "rindex" => {
            let found = text.find(&*known(0)?)?;
            let at = text.get(..found)?.chars().count();
            match name {
                "find" | "index" => Value::Int(i64::try_from(at).ok()?),
                _ => Value::Scalar(None),
            }
        }
        "zfill" | "center" | "ljust" | "rjust" => match first {
            Some(Value::Int(width)) => {
                let width = u64::try_from(*width).unwrap_or(0);
                match width > MAX_TEXT as u64 {
                    true => Value::Long(width),
                    false => Value::text(text),
                }
            }
            _ => return None,
        },
        // The bytes of a text decode to it again.
        "encode" | "decode" => decoded(text, name, known(0).as_deref())?,
        "expandtabs" => Value::text(text),
        _ => return None,
    })
}

/// What codecs make of a text, for the ones that hide names.
fn decoded<'t>(text: &str, name: &str, codec: Option<&str>) -> Option<Value<'t>> {
    let codec = codec.unwrap_or("utf-8").replace('_', "-");
    match (name, codec.as_str()) {
        (_, "utf-8" | "utf8" | "ascii" | "latin-1" | "latin1") => Some(Value::text(text)),
        (_, "rot13" | "rot-13") => Some(Value::text(text.chars().map(rotate).collect::<String>())),
        _ => None,
    }
}

fn rotate(c: char) -> char {
    let base = match c {
        'a'..='z' => u32::from(b'a'),
        'A'..='Z' => u32::from(b'A'),
        _ => return c,
    };
    let turned = u32::from(c).saturating_sub(base).saturating_add(13) % 26;
    char::from_u32(base.saturating_add(turned)).unwrap_or(c)
}

fn pieces<'t, 'a>(parts: impl Iterator<Item = &'a str>) -> Value<'t> {
    Value::list(parts.take(MAX_ITEMS).map(Value::text).collect())
}

/// `text.replace(old, new)`.
pub(super) fn replace<'t>(text: &str, old: &Value<'t>, new: &Value<'t>) -> Value<'t> {
    let mut all = Vec::new();
    for old in old.alternatives() {
        for new in new.alternatives() {
            all.push(match (old, new) {
                (Value::Text(old), Value::Text(new)) => {
                    let count = match old.is_empty() {
                        true => text.chars().count().saturating_add(1),
                        false => text.matches(&**old).count(),
                    } as u64;
                    let length = count
                        .saturating_mul(new.len() as u64)
                        .saturating_add(text.len() as u64);
                    match length > MAX_TEXT as u64 {
                        true => Value::Long(length),
                        false => Value::text(text.replace(&**old, new)),
                    }
                }
                (Value::Text(old), _) if !old.is_empty() && !text.contains(&**old) => {
                    Value::text(text)
                }
                _ if text.contains('_') => Value::Derived,
                _ => Value::Data,
            });
        }
    }
    Value::any(all)
}

/// `separator.join(items)`.
pub(super) fn join<'t>(separator: &Value<'t>, items: &Value<'t>) -> Value<'t> {
    items.each(|items| {
        let Some(items) = items.items(MAX_ITEMS) else {
            return match items {
                Value::Data | Value::DataText => Value::Data,
                _ => Value::Derived,
            };
        };
        let mut out = Value::text("");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out = out.concat(separator);
            }
            out = out.concat(item);
            if out.length() > LARGE_TEXT {
                break;
            }
        }
        out
    })
}

/// `reverse`, of a text or list.
pub(super) fn reverse<'t>(value: &Value<'t>) -> Value<'t> {
    match value {
        Value::Text(text) => Value::text(text.chars().rev().collect::<String>()),
        Value::List(items) => Value::List(Rc::new(items.iter().rev().cloned().collect())),
        other => other.clone(),
    }
}

pub(super) fn title(text: &str) -> String {
    let mut start = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match start {
            true => out.extend(c.to_uppercase()),
            false => out.extend(c.to_lowercase()),
        }
        start = !c.is_alphabetic();
    }
    out
}

pub(super) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + &chars.as_str().to_lowercase()
}

fn swap_case(c: char) -> char {
    match c.is_uppercase() {
        true => c.to_lowercase().next().unwrap_or(c),
        false => c.to_uppercase().next().unwrap_or(c),
    }
}
