//! Expressions: what they may be, and what they reach.

use std::rc::Rc;

use super::ast::{Args, Binary, Comparison, Expr, Kind, Op, OpKind, Span};
use super::names::{self, GLOBALS, Reach};
use super::run::{Run, What, element};
use super::text;
use super::value::Value;

/// How many names of a chain are shown.
const MAX_NAMES: usize = 24;

/// The way along a chain.
pub(super) struct Trail {
    pub(super) span: Span,
    pub(super) names: Vec<String>,
}

/// How an attribute is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// `a.b`: the attribute, else the item.
    Dot,
    /// `a['b']`: the item, else the attribute.
    Bracket,
    /// `a|attr('b')`: only the attribute.
    Attr,
}

impl<'t> Run<'t> {
    pub(super) fn eval(&mut self, expression: &'t Expr) -> Value<'t> {
        if !self.enter() {
            return Value::Data;
        }
        self.step(1);
        let value = self.kind(expression);
        self.leave();
        value
    }

    fn kind(&mut self, expression: &'t Expr) -> Value<'t> {
        match &expression.kind {
            Kind::Name(name) => self.name(name, expression.span),
            Kind::Text(text) => Value::text(text),
            Kind::Int(number) => Value::Int(*number),
            Kind::Float => Value::Scalar(None),
            Kind::Bool(truth) => Value::Scalar(Some(*truth)),
            Kind::None => Value::Scalar(Some(false)),
            Kind::List(items) => Value::list(items.iter().map(|item| self.eval(item)).collect()),
            Kind::Map(pairs) => {
                let mut map = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    map.push((self.eval(key), self.eval(value)));
                }
                Value::Map(Rc::new(map))
            }
            Kind::Chain(head, ops) => self.chain(expression.span, head, ops),
            Kind::Fold(first, more) => {
                let mut value = self.eval(first);
                for (op, right) in more {
                    let right = self.eval(right);
                    self.step(value.cost(&right));
                    value = binary(&value, *op, &right);
                    self.check_size(&value, expression.span);
                }
                value
            }
            Kind::Not(inner) => Value::Scalar(self.eval(inner).truth().map(|truth| !truth)),
            Kind::Negate(inner) => match self.eval(inner) {
                Value::Int(number) => Value::Int(number.saturating_neg()),
                _ => Value::Scalar(None),
            },
            Kind::If(then, test, otherwise) => {
                let truth = self.eval(test).truth();
                let then = self.eval(then);
                let otherwise = match otherwise {
                    Some(otherwise) => self.eval(otherwise),
                    None => Value::text(""),
                };
                match truth {
                    Some(true) => then,
                    Some(false) => otherwise,
                    None => Value::any([then, otherwise]),
                }
            }
        }
    }

    fn name(&mut self, name: &Rc<str>, span: Span) -> Value<'t> {
        if let Some(value) = self.state.get(name) {
            return value.clone();
        }
        if let Some(reach) = names::attribute(name, false) {
            self.find(What::Reach(reach), span, vec![name.to_string()]);
        }
        if GLOBALS.contains(&&**name) {
            return Value::Object(name.clone());
        }
        Value::Data
    }

    fn chain(&mut self, span: Span, head: &'t Expr, ops: &'t [Op]) -> Value<'t> {
        let mut trail = Trail {
            span,
            names: Vec::new(),
        };
        let mut value = self.eval(head);
        if let Kind::Name(name) = &head.kind {
            trail.names.push(name.to_string());
            self.unset_name(name, &value, ops, span);
        }
        for op in ops {
            self.step(1);
            value = self.link(value, op, &mut trail);
        }
        self.mutate(head, ops);
        value
    }

    /// A link of a chain that stands alone.
    pub(super) fn op(&mut self, value: Value<'t>, op: &'t Op) -> Value<'t> {
        let mut trail = Trail {
            span: (op.end, op.end),
            names: Vec::new(),
        };
        self.link(value, op, &mut trail)
    }

    /// Looks at a chain that begins with a name which the template does not set.
    fn unset_name(&mut self, name: &str, value: &Value<'t>, ops: &'t [Op], span: Span) {
        if !matches!(value, Value::Data) || self.state.get(name).is_some() {
            return;
        }
        match ops.first().map(|op| &op.kind) {
            Some(OpKind::Call(_)) if names::is_function(name) || names::runs(name) => {
                self.find(What::Runs, span, vec![name.to_owned()]);
            }
            Some(OpKind::Call(_)) if names::attribute(name, false).is_none() => {
                self.find(What::UnknownFunction, span, vec![name.to_owned()]);
            }
            Some(OpKind::Attribute(method)) if names::is_module(name) => {
                if matches!(ops.get(1).map(|op| &op.kind), Some(OpKind::Call(_))) {
                    let path = vec![name.to_owned(), method.to_string()];
                    self.find(What::Runs, span, path);
                }
            }
            _ => {}
        }
    }

    fn link(&mut self, value: Value<'t>, op: &'t Op, trail: &mut Trail) -> Value<'t> {
        match &op.kind {
            OpKind::Attribute(name) => self.attribute(&value, name, Access::Dot, trail),
            OpKind::Item(key) => {
                let key = self.eval(key);
                self.item(&value, &key, trail)
            }
            OpKind::Slice(parts) => {
                let parts = parts
                    .each_ref()
                    .map(|part| part.as_ref().map(|part| self.eval(part)));
                value.each(|value| text::slice(value, &parts))
            }
            OpKind::Call(args) => {
                let args = self.arguments(args);
                let mut results = Vec::new();
                for one in value.alternatives() {
                    results.push(self.call(one, &args, trail));
                }
                let value = Value::any(results);
                self.check_size(&value, trail.span);
                value
            }
            OpKind::Filter(name, args) => {
                let args = self.arguments(args);
                self.filter(value, name, &args, trail)
            }
            OpKind::Test(args) => {
                self.arguments(args);
                Value::Scalar(None)
            }
        }
    }

    pub(super) fn arguments(&mut self, args: &'t Args) -> Arguments<'t> {
        let mut out = Arguments {
            positional: args.positional.iter().map(|arg| self.eval(arg)).collect(),
            named: Vec::new(),
        };
        for (name, arg) in &args.named {
            let value = self.eval(arg);
            out.named.push((name.clone(), value));
        }
        for spread in &args.spread {
            match self.eval(spread) {
                Value::Map(pairs) => {
                    for (key, value) in pairs.iter() {
                        if let Value::Text(key) = key {
                            out.named.push((key.clone(), value.clone()));
                        }
                    }
                }
                other => match other.items(16) {
                    Some(items) => out.positional.extend(items),
                    None => out.positional.push(Value::Data),
                },
            }
        }
        out
    }

    /// `value[key]`.
    pub(super) fn item(
        &mut self,
        value: &Value<'t>,
        key: &Value<'t>,
        trail: &mut Trail,
    ) -> Value<'t> {
        let mut results = Vec::new();
        for key in key.alternatives() {
            results.push(match key {
                Value::Text(name) => self.attribute(value, name, Access::Bracket, trail),
                Value::Derived | Value::Long(_) => {
                    let names = trail.names.clone();
                    self.find(What::UnknownAttribute, trail.span, names);
                    Value::Data
                }
                Value::Int(index) => value.each(|value| text::index(value, *index)),
                _ => {
                    for one in value.alternatives() {
                        // Texts, lists and mappings have items; these have only attributes.
                        if matches!(
                            one,
                            Value::Object(_)
                                | Value::Macro(_)
                                | Value::Method(..)
                                | Value::Internal(_)
                        ) && !matches!(key, Value::Scalar(_))
                        {
                            let names = trail.names.clone();
                            self.find(What::UnknownAttribute, trail.span, names);
                        }
                    }
                    element(value)
                }
            });
        }
        Value::any(results)
    }

    /// `value.name`, and whatever else asks for an attribute.
    pub(super) fn attribute(
        &mut self,
        value: &Value<'t>,
        name: &str,
        access: Access,
        trail: &mut Trail,
    ) -> Value<'t> {
        let mut results = Vec::new();
        for one in value.alternatives() {
            results.push(self.attribute_of(one, name, access, trail));
        }
        let known = trail.names.len() < MAX_NAMES;
        if known && trail.names.last().is_none_or(|last| last != name) {
            trail.names.push(name.to_owned());
        }
        Value::any(results)
    }

    fn attribute_of(
        &mut self,
        value: &Value<'t>,
        name: &str,
        access: Access,
        trail: &Trail,
    ) -> Value<'t> {
        // What was reached already only gets longer.
        if let Value::Internal(number) = value {
            self.extend(*number, name);
            return value.clone();
        }
        if let (Value::Map(pairs), true) = (value, access != Access::Attr) {
            let found = pairs.iter().rev();
            let mut found =
                found.filter(|(key, _)| matches!(key, Value::Text(key) if **key == *name));
            if let Some((_, value)) = found.next() {
                return value.clone();
            }
        }
        if let Value::Namespace(number) = value
            && let Some(value) = self.state.space_get(*number, name)
        {
            return value.clone();
        }
        let container = matches!(value, Value::Data | Value::DataText | Value::Map(_));
        let key_of_data = access == Access::Bracket && container;
        if let Some(reach) = names::attribute(name, key_of_data) {
            let mut names = trail.names.clone();
            if names.is_empty() {
                names.push(describe(value));
            }
            names.push(name.to_owned());
            let number = self.find(What::Reach(reach), trail.span, names);
            return match reach {
                Reach::Internals => Value::Internal(number),
                Reach::Harmless => Value::Data,
            };
        }
        match value {
            Value::Data | Value::DataText if access == Access::Bracket => Value::Data,
            Value::DataText => Value::Data,
            // A method of something unknown is called in `call`.
            Value::Data => match names::runs(name) {
                true => Value::Method(Rc::new(Value::Data), name.into()),
                false => Value::Data,
            },
            Value::Derived => Value::Method(Rc::new(Value::Derived), name.into()),
            Value::Namespace(_) => Value::Data,
            Value::Method(items, of) if &**of == "cycler()" && name == "current" => element(items),
            Value::Method(items, of) if &**of == "cycler()" => {
                Value::Method(items.clone(), "cycler().next".into())
            }
            other => Value::Method(Rc::new(other.clone()), name.into()),
        }
    }

    /// Adds a name to an access that led to Python's internals.
    pub(super) fn extend(&mut self, number: usize, name: &str) {
        if let Some(found) = self.found.get_mut(number) {
            found.runs |= names::runs(name) || names::is_module(name);
            if found.names.len() < MAX_NAMES && found.names.last().is_none_or(|last| last != name) {
                found.names.push(name.to_owned());
            }
        }
    }

    /// Follows `list.append(item)` and the like, which change a variable.
    fn mutate(&mut self, head: &'t Expr, ops: &'t [Op]) {
        let Kind::Name(name) = &head.kind else { return };
        // The arguments are evaluated once more, which must not go on where there is too much work.
        if self.exhausted {
            return;
        }
        let [
            Op {
                kind: OpKind::Attribute(method),
                ..
            },
            Op {
                kind: OpKind::Call(args),
                ..
            },
            ..,
        ] = ops
        else {
            return;
        };
        let Some(Value::List(items)) = self.state.get(name).cloned() else {
            return;
        };
        let mut items = items.to_vec();
        let Some(last) = args.positional.last() else {
            return;
        };
        let value = self.eval(last);
        match &**method {
            "append" => items.push(value),
            "insert" => {
                let at = args.positional.first().map(|at| self.eval(at));
                let at = match at {
                    Some(Value::Int(at)) => usize::try_from(at).unwrap_or(0),
                    _ => 0,
                };
                items.insert(at.min(items.len()), value);
            }
            "extend" => match value.items(super::value::MAX_ITEMS) {
                Some(more) => items.extend(more),
                None => items.push(element(&value)),
            },
            _ => return,
        }
        self.step(items.len() as u64);
        self.state.change(name, Value::list(items));
    }
}

/// Arguments of a call.
pub(super) struct Arguments<'t> {
    pub(super) positional: Vec<Value<'t>>,
    pub(super) named: Vec<(Rc<str>, Value<'t>)>,
}

impl<'t> Arguments<'t> {
    /// The argument at a place, or by its name.
    pub(super) fn get(&self, at: usize, name: &str) -> Option<&Value<'t>> {
        let named = || self.named.iter().find(|(known, _)| &**known == name);
        self.positional
            .get(at)
            .or_else(|| named().map(|(_, value)| value))
    }
}

/// What a value is, for messages.
fn describe(value: &Value<'_>) -> String {
    match value {
        Value::Text(_) | Value::Long(_) | Value::Derived => "str",
        Value::Int(_) | Value::Scalar(_) => "number",
        Value::List(_) | Value::Generator(_) | Value::Range(..) => "list",
        Value::Map(_) => "dict",
        Value::Object(name) => name,
        _ => "value",
    }
    .to_owned()
}

fn binary<'t>(left: &Value<'t>, op: Binary, right: &Value<'t>) -> Value<'t> {
    match op {
        Binary::Concat => left.concat(right),
        Binary::Or | Binary::And => match left.truth() {
            Some(truth) if truth == (op == Binary::Or) => left.clone(),
            Some(_) => right.clone(),
            None => Value::any([left.clone(), right.clone()]),
        },
        Binary::Compare(comparison) => Value::Scalar(compare(left, comparison, right)),
        _ => {
            let mut all = Vec::new();
            for left in left.alternatives() {
                for right in right.alternatives() {
                    all.push(arithmetic(left, op, right));
                }
            }
            Value::any(all)
        }
    }
}

fn compare(left: &Value<'_>, comparison: Comparison, right: &Value<'_>) -> Option<bool> {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => match comparison {
            Comparison::In => return Some(b.contains(&**a)),
            Comparison::NotIn => return Some(!b.contains(&**a)),
            _ => a.cmp(b),
        },
        _ => return None,
    };
    match comparison {
        Comparison::Equal => Some(order == Ordering::Equal),
        Comparison::NotEqual => Some(order != Ordering::Equal),
        Comparison::Less => Some(order == Ordering::Less),
        Comparison::LessOrEqual => Some(order != Ordering::Greater),
        Comparison::Greater => Some(order == Ordering::Greater),
        Comparison::GreaterOrEqual => Some(order != Ordering::Less),
        Comparison::In | Comparison::NotIn => None,
    }
}

fn arithmetic<'t>(left: &Value<'t>, op: Binary, right: &Value<'t>) -> Value<'t> {
    let number = |number: Option<i64>| number.map_or(Value::Int(i64::MAX), Value::Int);
    match (left, op, right) {
        (Value::Int(a), Binary::Add, Value::Int(b)) => number(a.checked_add(*b)),
        (Value::Int(a), Binary::Subtract, Value::Int(b)) => number(a.checked_sub(*b)),
        (Value::Int(a), Binary::Multiply, Value::Int(b)) => number(a.checked_mul(*b)),
        (Value::Int(a), Binary::FloorDivide, Value::Int(b)) => a
            .checked_div_euclid(*b)
            .map_or(Value::Scalar(None), Value::Int),
        (Value::Int(a), Binary::Modulo, Value::Int(b)) => a
            .checked_rem_euclid(*b)
            .map_or(Value::Scalar(None), Value::Int),
        (Value::Int(a), Binary::Power, Value::Int(b)) => match u32::try_from(*b) {
            Ok(b) => number(a.checked_pow(b)),
            Err(_) if *b > 0 => Value::Int(i64::MAX),
            Err(_) => Value::Scalar(None),
        },
        (Value::List(a), Binary::Add, Value::List(b)) => {
            Value::list(a.iter().chain(b.iter()).cloned().collect())
        }
        (Value::List(items), Binary::Add, _) | (_, Binary::Add, Value::List(items)) => {
            Value::any(items.iter().cloned().chain([Value::Data]))
        }
        (Value::Text(_) | Value::Long(_) | Value::Derived, Binary::Add, _)
        | (_, Binary::Add, Value::Text(_) | Value::Long(_) | Value::Derived) => left.concat(right),
        (Value::Text(_) | Value::Long(_), Binary::Multiply, Value::Int(count))
        | (Value::Int(count), Binary::Multiply, Value::Text(_) | Value::Long(_)) => {
            let text = if matches!(left, Value::Int(_)) {
                right
            } else {
                left
            };
            text::repeat(text, *count)
        }
        (Value::List(items), Binary::Multiply, Value::Int(count)) => {
            let length = (items.len() as u64).saturating_mul(u64::try_from(*count).unwrap_or(0));
            match length > super::run::LARGE_TEXT {
                true => Value::Long(length),
                false => left.clone(),
            }
        }
        (Value::Text(format), Binary::Modulo, right) => {
            let values = match right {
                Value::List(items) => items.to_vec(),
                other => vec![other.clone()],
            };
            text::percent(format, &values, right)
        }
        _ => Value::Data,
    }
}
