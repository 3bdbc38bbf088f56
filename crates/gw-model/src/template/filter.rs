//! Filters.
//!
//! Source: Jinja2's template designer documentation, "List of Builtin Filters".

use std::rc::Rc;

use super::eval::{Arguments, Trail};
use super::names::FILTERS;
use super::run::{Run, What, element};
use super::text;
use super::value::{MAX_ITEMS, MAX_TEXT, Value};

impl<'t> Run<'t> {
    pub(super) fn filter(
        &mut self,
        value: Value<'t>,
        name: &str,
        args: &Arguments<'t>,
        trail: &mut Trail,
    ) -> Value<'t> {
        if !FILTERS.contains(&name) {
            self.find(What::UnknownFilter, trail.span, vec![name.to_owned()]);
            return match value {
                Value::Internal(_) => value,
                other => unknown(&other),
            };
        }
        self.step(value.length() / 64);
        if let (Value::Internal(_), false) = (&value, name == "attr") {
            return value;
        }
        match name {
            "attr" => self.attr(&value, args.get(0, "name"), trail),
            "map" => self.map(&value, args, trail),
            "select" | "reject" | "selectattr" | "rejectattr" => {
                if name.ends_with("attr")
                    && let Some(path) = args.positional.first()
                {
                    self.of_items(&value, path, trail);
                }
                // How the generator prints is known to whoever picks letters from it.
                match &value {
                    Value::Data => Value::Data,
                    other => Value::Generator(Rc::new(other.items(MAX_ITEMS).unwrap_or_default())),
                }
            }
            "sum" | "min" | "max" | "unique" | "sort" | "groupby" => {
                let place = match name {
                    "sum" | "groupby" => 0,
                    "sort" => 2,
                    _ => 1,
                };
                if let Some(path) = args.get(place, "attribute") {
                    let found = self.of_items(&value, path, trail);
                    if name == "groupby" {
                        return Value::list(vec![Value::list(vec![element(&found), value])]);
                    }
                }
                match name {
                    "sum" => {
                        let start = args.get(1, "start").cloned();
                        let all = value.items(MAX_ITEMS).unwrap_or_default();
                        match (start, all.is_empty()) {
                            (Some(start), false) => {
                                let all = text::join(&Value::text(""), &Value::list(all));
                                start.concat(&all)
                            }
                            _ => Value::Data,
                        }
                    }
                    "min" | "max" => element(&value),
                    "sort" => sorted(&value),
                    _ => value,
                }
            }
            "default" | "d" => {
                let default = args.get(0, "default_value").cloned();
                Value::any([value, default.unwrap_or(Value::text(""))])
            }
            "join" => {
                let separator = args.get(0, "d").cloned().unwrap_or(Value::text(""));
                let items = match args.get(1, "attribute") {
                    Some(path) => self.of_items(&value, path, trail),
                    None => value,
                };
                text::join(&separator, &items)
            }
            "format" => value.each(|value| match value {
                Value::Text(format) => {
                    let pairs = args.named.iter();
                    let pairs = pairs.map(|(name, value)| (Value::text(name), value.clone()));
                    let whole = Value::Map(Rc::new(pairs.collect()));
                    text::percent(format, &args.positional, &whole)
                }
                other => other.clone(),
            }),
            "replace" => {
                value.each(
                    |value| match (value, args.get(0, "old"), args.get(1, "new")) {
                        (Value::Text(known), Some(old), Some(new)) => {
                            text::replace(known, old, new)
                        }
                        (other, ..) => other.clone(),
                    },
                )
            }
            "center" | "indent" => {
                let width = args.get(0, "width");
                if let Some(Value::Int(width)) = width {
                    let width = u64::try_from(*width).unwrap_or(0);
                    if width > MAX_TEXT as u64 {
                        return Value::Long(width);
                    }
                }
                value
            }
            _ => value.each(|value| simple(value, name, args)),
        }
    }

    fn map(&mut self, value: &Value<'t>, args: &Arguments<'t>, trail: &mut Trail) -> Value<'t> {
        let attribute = args.named.iter().find(|(name, _)| &**name == "attribute");
        if let Some((_, path)) = attribute {
            return generator(self.of_items(value, path, trail));
        }
        let Some(filters) = args.positional.first() else {
            return value.clone();
        };
        let rest = Arguments {
            positional: args.positional.iter().skip(1).cloned().collect(),
            named: args.named.clone(),
        };
        let mut results = Vec::new();
        for filter in filters.alternatives() {
            let Value::Text(filter) = filter else {
                self.find(What::UnknownAttribute, trail.span, trail.names.clone());
                continue;
            };
            if &**filter == "map" {
                results.push(value.clone());
                continue;
            }
            match value.items(32) {
                Some(items) => {
                    let mut mapped = Vec::new();
                    for item in items {
                        if !self.step(1) {
                            break;
                        }
                        mapped.push(self.filter(item, filter, &rest, trail));
                    }
                    results.push(generator(Value::list(mapped)));
                }
                None => {
                    let mapped = self.filter(element(value), filter, &rest, trail);
                    results.push(match mapped {
                        Value::Data => Value::Data,
                        other => generator(Value::list(vec![other])),
                    });
                }
            }
        }
        Value::any(results)
    }
}

/// A list as what makes it.
fn generator(list: Value<'_>) -> Value<'_> {
    match list {
        Value::List(items) => Value::Generator(items),
        other => other,
    }
}

/// Filters that only look at the value.
fn simple<'t>(value: &Value<'t>, name: &str, args: &Arguments<'t>) -> Value<'t> {
    match (name, value) {
        ("string", Value::Data) => Value::DataText,
        ("string" | "pprint" | "urlize", value) => value.to_text(),
        ("lower" | "upper" | "title" | "capitalize", value) => match value.to_text() {
            Value::Text(known) => text::method(&known, name, args).unwrap_or(Value::Data),
            other => other,
        },
        ("trim" | "strip", Value::Text(known)) => {
            text::method(known, "strip", args).unwrap_or_else(|| value.clone())
        }
        ("split", Value::Text(known)) => text::method(known, "split", args).unwrap_or(Value::Data),
        ("reverse", value) => text::reverse(value),
        ("list", value) => match value.items(MAX_ITEMS) {
            Some(items) => Value::list(items),
            None => value.clone(),
        },
        ("first", value) => match value {
            Value::Map(pairs) => pairs.first().map_or(Value::Data, |(key, _)| key.clone()),
            other => text::index(other, 0),
        },
        ("last", value) => match value {
            Value::Map(pairs) => pairs.last().map_or(Value::Data, |(key, _)| key.clone()),
            other => text::index(other, -1),
        },
        ("random", value) => element(value),
        ("length" | "count", value) => match value {
            Value::Text(text) => Value::Int(i64::try_from(text.chars().count()).unwrap_or(0)),
            Value::List(items) => Value::Int(i64::try_from(items.len()).unwrap_or(0)),
            Value::Map(pairs) => Value::Int(i64::try_from(pairs.len()).unwrap_or(0)),
            Value::Range(_, count, _) => Value::Int(i64::try_from(*count).unwrap_or(i64::MAX)),
            _ => Value::Scalar(None),
        },
        ("int" | "float" | "abs" | "round", value) => match value {
            Value::Int(_) => value.clone(),
            Value::Text(text) => text.trim().parse().map_or(Value::Scalar(None), Value::Int),
            _ => Value::Scalar(None),
        },
        ("items" | "dictsort", Value::Map(pairs)) => Value::list(
            pairs
                .iter()
                .map(|(key, value)| Value::list(vec![key.clone(), value.clone()]))
                .collect(),
        ),
        ("batch" | "slice", value) => match value.items(MAX_ITEMS) {
            Some(items) => Value::list(
                items
                    .into_iter()
                    .map(|one| Value::list(vec![one]))
                    .collect(),
            ),
            None => value.clone(),
        },
        ("tojson" | "urlencode" | "xmlattr" | "filesizeformat", Value::Text(text)) => {
            match text.contains('_') {
                true => Value::any([value.clone(), Value::Derived]),
                false => Value::Data,
            }
        }
        ("tojson", _) => Value::Data,
        (_, value) => value.clone(),
    }
}

/// What a filter that is not known makes of a value.
fn unknown<'t>(value: &Value<'t>) -> Value<'t> {
    match value {
        Value::Data => Value::Data,
        Value::Text(text) if !text.contains('_') => Value::Data,
        _ => Value::Derived,
    }
}

fn sorted<'t>(value: &Value<'t>) -> Value<'t> {
    let Some(mut items) = value.items(MAX_ITEMS) else {
        return value.clone();
    };
    items.sort_by(|a, b| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    Value::list(items)
}
