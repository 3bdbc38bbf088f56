//! Calls: of Jinja2's functions, of macros, and of methods.

use std::rc::Rc;

use super::eval::{Access, Arguments, Trail};
use super::names::{self, Reach};
use super::run::{Run, What, element};
use super::text;
use super::value::Value;

impl<'t> Run<'t> {
    pub(super) fn call(
        &mut self,
        callee: &Value<'t>,
        args: &Arguments<'t>,
        trail: &mut Trail,
    ) -> Value<'t> {
        match callee {
            Value::Internal(number) => {
                // `__getitem__('os')`, `get('eval')` and `__getattribute__('x')` reach further.
                for arg in &args.positional {
                    if let Value::Text(text) = arg {
                        let mut found = false;
                        if names::is_function(text) || names::is_module(text) || names::runs(text) {
                            found = true;
                        }
                        if found || names::attribute(text, false).is_some() {
                            self.extend(*number, text);
                        }
                    }
                }
                callee.clone()
            }
            Value::Macro(called) => {
                self.call_macro(called, args.positional.clone(), args.named.clone())
            }
            Value::Object(name) => self.function(name, args, trail),
            Value::Method(of, name) => self.method(of, name, args, trail),
            _ => Value::Data,
        }
    }

    fn function(&mut self, name: &str, args: &Arguments<'t>, trail: &Trail) -> Value<'t> {
        match name {
            "range" => self.range(args),
            "namespace" => {
                let mut named = args.named.clone();
                if let Some(Value::Map(pairs)) = args.positional.first() {
                    for (key, value) in pairs.iter() {
                        if let Value::Text(key) = key {
                            named.insert(0, (key.clone(), value.clone()));
                        }
                    }
                }
                self.namespace(named)
            }
            "dict" => {
                let mut pairs = match args.positional.first() {
                    Some(Value::Map(pairs)) => pairs.to_vec(),
                    Some(Value::List(items)) => items.iter().map(pair).collect(),
                    _ => Vec::new(),
                };
                let named = args.named.iter();
                pairs.extend(named.map(|(name, value)| (Value::text(name), value.clone())));
                Value::Map(Rc::new(pairs))
            }
            "cycler" => {
                let items = Value::list(args.positional.clone());
                Value::Method(Rc::new(items), "cycler()".into())
            }
            "joiner" => {
                let separator = args.get(0, "sep").cloned().unwrap_or(Value::text(", "));
                Value::Method(Rc::new(separator), "joiner()".into())
            }
            "lipsum" => {
                if let Some(Value::Int(count)) = args.get(0, "n") {
                    let size = u64::try_from(*count).unwrap_or(0).saturating_mul(300);
                    if size > super::run::LARGE_TEXT {
                        self.find(What::Size(size), trail.span, Vec::new());
                    }
                }
                Value::Derived
            }
            _ => Value::Data,
        }
    }

    fn range(&mut self, args: &Arguments<'t>) -> Value<'t> {
        let number = |at: usize| match args.positional.get(at) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        };
        let (start, stop, step) = match args.positional.len() {
            1 => (Some(0), number(0), Some(1)),
            2 => (number(0), number(1), Some(1)),
            _ => (number(0), number(1), number(2)),
        };
        let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
            return Value::Data;
        };
        let (start_wide, stop_wide) = (i128::from(start), i128::from(stop));
        let distance = match step {
            0 => 0,
            1.. => stop_wide.saturating_sub(start_wide),
            _ => start_wide.saturating_sub(stop_wide),
        };
        let step_wide = i128::from(step).abs().max(1);
        let count = distance
            .max(0)
            .saturating_add(step_wide)
            .saturating_sub(1)
            .checked_div(step_wide)
            .unwrap_or(0);
        Value::Range(start, u64::try_from(count).unwrap_or(u64::MAX), step)
    }

    fn method(
        &mut self,
        of: &Value<'t>,
        name: &str,
        args: &Arguments<'t>,
        trail: &mut Trail,
    ) -> Value<'t> {
        match (of, name) {
            (items, "cycler().next") => element(items),
            (separator, "joiner()") => Value::any([Value::text(""), separator.clone()]),
            (Value::Data, name) if names::runs(name) => {
                let names = trail.names.clone();
                self.find(What::Runs, trail.span, names);
                Value::Data
            }
            (Value::Text(format), "format" | "format_map") => self.braces(format, args, trail),
            (Value::Text(known), name) => {
                self.step(known.len() as u64 / 64);
                match text::method(known, name, args) {
                    Some(value) => value,
                    None if known.contains('_') => Value::Derived,
                    None => Value::Data,
                }
            }
            (Value::Map(pairs), "get" | "pop" | "setdefault") => match args.positional.first() {
                Some(Value::Text(_)) => {
                    let mut found = Vec::new();
                    let key = args.positional.first();
                    for (known, value) in pairs.iter() {
                        if let (Value::Text(known), Some(Value::Text(key))) = (known, key)
                            && known == key
                        {
                            found.push(value.clone());
                        }
                    }
                    match (found.pop(), args.positional.get(1)) {
                        (Some(value), _) => value,
                        (None, Some(default)) => default.clone(),
                        (None, None) => Value::Scalar(Some(false)),
                    }
                }
                _ => {
                    let values = pairs.iter().map(|(_, value)| value.clone());
                    Value::any(values.chain(args.positional.get(1).cloned()))
                }
            },
            (Value::Map(pairs), "items") => Value::list(
                pairs
                    .iter()
                    .map(|(key, value)| Value::list(vec![key.clone(), value.clone()]))
                    .collect(),
            ),
            (Value::Map(pairs), "keys") => {
                Value::list(pairs.iter().map(|(key, _)| key.clone()).collect())
            }
            (Value::Map(pairs), "values") => {
                Value::list(pairs.iter().map(|(_, value)| value.clone()).collect())
            }
            (Value::List(_), "pop") => element(of),
            (Value::List(_) | Value::Map(_), "copy") => of.clone(),
            (Value::Derived | Value::Object(_), _) => Value::Derived,
            _ => Value::Data,
        }
    }

    /// `text.format(...)`: its fields ask for attributes, too.
    fn braces(&mut self, format: &str, args: &Arguments<'t>, trail: &mut Trail) -> Value<'t> {
        let (value, asked) = text::braces(format, args);
        let internals = asked
            .iter()
            .any(|name| names::attribute(name, false) == Some(Reach::Internals));
        if internals {
            let mut names = vec!["format".to_owned()];
            names.extend(asked);
            self.find(What::Reach(Reach::Internals), trail.span, names);
        }
        value
    }

    /// The attribute of every item: `map(attribute='a.b')`, `sum('a')`.
    pub(super) fn of_items(
        &mut self,
        value: &Value<'t>,
        path: &Value<'t>,
        trail: &mut Trail,
    ) -> Value<'t> {
        let mut results = Vec::new();
        for path in path.alternatives() {
            match path {
                Value::Text(path) => {
                    let mut item = element(value);
                    for name in path.split('.') {
                        // Numbers are indexes, the rest as in brackets: the item, else the
                        // attribute.
                        let key = match name.parse::<i64>() {
                            Ok(number) => Value::Int(number),
                            Err(_) => Value::text(name),
                        };
                        item = self.item(&item, &key, trail);
                    }
                    results.push(item);
                }
                Value::Int(_) | Value::Scalar(_) => results.push(element(value)),
                _ => {
                    let names = trail.names.clone();
                    self.find(What::UnknownAttribute, trail.span, names);
                    results.push(Value::Data);
                }
            }
        }
        Value::list(vec![Value::any(results)])
    }

    /// `value|attr(name)`.
    pub(super) fn attr(
        &mut self,
        value: &Value<'t>,
        name: Option<&Value<'t>>,
        trail: &mut Trail,
    ) -> Value<'t> {
        let mut results = Vec::new();
        for name in name.map(Value::alternatives).unwrap_or_default() {
            results.push(match name {
                Value::Text(name) => self.attribute(value, name, Access::Attr, trail),
                _ => {
                    let names = trail.names.clone();
                    self.find(What::UnknownAttribute, trail.span, names);
                    Value::Derived
                }
            });
        }
        Value::any(results)
    }
}

fn pair<'t>(item: &Value<'t>) -> (Value<'t>, Value<'t>) {
    let mut parts = item.items(2).unwrap_or_default().into_iter();
    let key = parts.next().unwrap_or(Value::Data);
    (key, parts.next().unwrap_or(Value::Data))
}
