//! What a pickle holds, in words that a person reads: its type, its keys, its arrays.

use super::Shown;
use crate::Model;
use crate::report::quote;
use crate::tensor::describe;

/// How many keys or items are named.
const NAMED: usize = 12;
/// How many values are looked at for arrays.
const MAX_VALUES: usize = 1 << 16;
/// How many items of a list are known at most, and entries of a dictionary.
const KNOWN_ITEMS: usize = 512;
const KNOWN_ENTRIES: usize = 8192;

/// Adds what the pickle holds and the arrays in it, whose numbers need not be learnt.
pub(super) fn describe(root: &Shown, model: &mut Model) {
    describe::keep(model, "holds", &in_words(root));
    let keys: Vec<String> = root
        .entries()
        .iter()
        .take(NAMED)
        .map(|(key, value)| format!("{}: {}", shown_key(key), kind(value)))
        .collect();
    if matches!(root, Shown::Dict(_)) && !keys.is_empty() {
        let more = if root.entries().len() > NAMED {
            ", …"
        } else {
            ""
        };
        describe::keep(model, "keys", &format!("{}{more}", keys.join(", ")));
    }
    let mut left = MAX_VALUES;
    count(root, &mut left, model);
}

/// The type, and of what is made of others how many.
fn in_words(value: &Shown) -> String {
    let several = |what: &str, items: &[Shown]| {
        let count = items.len();
        let more = if count >= KNOWN_ITEMS { " or more" } else { "" };
        let kinds = kinds(items);
        format!("{what} of {count}{more}{kinds}")
    };
    match value {
        Shown::Dict(entries) => {
            let count = entries.len();
            let more = if count >= KNOWN_ENTRIES {
                " or more"
            } else {
                ""
            };
            format!("a dictionary of {count}{more}")
        }
        Shown::List(items) => several("a list", items),
        Shown::Tuple(items) => several("a tuple", items),
        Shown::Set(items) => several("a set", items),
        other => kind(other),
    }
}

/// What the items of a list are, if they are few or alike.
fn kinds(items: &[Shown]) -> String {
    let mut all: Vec<String> = items.iter().take(NAMED).map(kind).collect();
    let cut = items.len() > NAMED;
    if let Some(first) = all.first()
        && all.iter().all(|kind| kind == first)
    {
        all.truncate(1);
    }
    match all.as_slice() {
        [] => String::new(),
        [one] => format!(", each {one}"),
        some => format!(": {}{}", some.join(", "), if cut { ", …" } else { "" }),
    }
}

fn shown_key(key: &Shown) -> String {
    match key {
        Shown::Text(text) => quote(text),
        Shown::Int(number) => number.to_string(),
        other => kind(other),
    }
}

/// One value in a word or two.
fn kind(value: &Shown) -> String {
    if let Some(array) = Array::of(value) {
        let shape: Vec<String> = array.shape.iter().map(u64::to_string).collect();
        return format!("array {} [{}]", array.kind, shape.join(" × "));
    }
    match value {
        Shown::None => "nothing".to_owned(),
        Shown::Bool(_) => "a truth value".to_owned(),
        Shown::Int(_) | Shown::Float => "a number".to_owned(),
        Shown::Text(_) => "text".to_owned(),
        Shown::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Shown::Tuple(items) => format!("tuple of {}", items.len()),
        Shown::List(items) => format!("list of {}", items.len()),
        Shown::Set(items) => format!("set of {}", items.len()),
        Shown::Dict(entries) => format!("dictionary of {}", entries.len()),
        Shown::Global(name) => quote(name),
        Shown::Object(_) => value.name().map_or_else(|| "an object".to_owned(), quote),
        Shown::Persistent(_) => "something the program brings".to_owned(),
        Shown::Unknown => "something".to_owned(),
    }
}

/// Counts the arrays in a value.
fn count(value: &Shown, left: &mut usize, model: &mut Model) {
    let Some(fewer) = left.checked_sub(1) else {
        return;
    };
    *left = fewer;
    if let Some(array) = Array::of(value) {
        let numbers = array.shape.iter().try_fold(1_u64, |a, b| a.checked_mul(*b));
        return model.add_tensor(&array.kind, numbers.unwrap_or(u64::MAX));
    }
    match value {
        Shown::Tuple(items) | Shown::List(items) | Shown::Set(items) => {
            items.iter().for_each(|item| count(item, left, model));
        }
        Shown::Dict(entries) => entries
            .iter()
            .for_each(|(_, item)| count(item, left, model)),
        Shown::Object(object) => {
            count(&object.arguments, left, model);
            count(&object.contents, left, model);
            count(&object.state, left, model);
        }
        _ => {}
    }
}

/// An array of NumPy: made by `_reconstruct` and given a state, or joblib's stand-in for one.
struct Array {
    kind: String,
    shape: Vec<u64>,
}

impl Array {
    fn of(value: &Shown) -> Option<Self> {
        let Shown::Object(object) = value else {
            return None;
        };
        let Shown::Global(callable) = &object.callable else {
            return None;
        };
        let name = callable.rsplit('.').next().unwrap_or_default();
        let (shape, dtype) = if name == "_reconstruct" && callable.starts_with("numpy.") {
            // Version, shape, type, order, numbers.
            match object.state.items() {
                [_, shape, dtype, ..] => (shape, dtype),
                _ => return None,
            }
        } else if value.name()?.ends_with(".NumpyArrayWrapper") {
            (value.get("shape")?, value.get("dtype")?)
        } else if name == "_frombuffer" && callable.starts_with("numpy.") {
            // The bytes, type, shape, order.
            match object.arguments.items() {
                [_, dtype, shape, ..] => (shape, dtype),
                _ => return None,
            }
        } else {
            return None;
        };
        let size = |item: &Shown| u64::try_from(item.as_int()?).ok();
        Some(Self {
            kind: dtype_name(dtype)?,
            shape: shape.items().iter().map(size).collect::<Option<_>>()?,
        })
    }
}

/// The name of a `numpy.dtype`: `f32`, `i64`; its code if it is none of numbers.
fn dtype_name(dtype: &Shown) -> Option<String> {
    let Shown::Object(object) = dtype else {
        return None;
    };
    let code = object.arguments.items().first()?.as_text()?;
    let code = code.trim_start_matches(['<', '>', '=', '|']);
    Some(match (code.get(..1)?, code.get(1..)?.parse::<u64>().ok()) {
        ("b", Some(1)) => "bool".to_owned(),
        (letter @ ("f" | "i" | "u"), Some(bytes)) => {
            format!("{letter}{}", bytes.saturating_mul(8))
        }
        ("O", _) => "object".to_owned(),
        ("U", _) => "text".to_owned(),
        _ => quote(code),
    })
}
