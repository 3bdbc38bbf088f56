use super::call::MAX_DEPTH;
use super::effect::Effect;
use super::judge::{self, Verdict};
use super::machine::Machine;
use super::value::{Items, Node, Value};

/// How many keys and values of a dictionary are looked through.
const ENTRIES: usize = 4096;

/// What is taken from values: attributes, methods, items, and what other calls return.
impl Machine {
    /// Calls what another call has returned.
    pub(super) fn call_result(
        &mut self,
        callee: Value,
        inner: Value,
        bound: Value,
        extra: Value,
        args: Value,
    ) -> Value {
        let effect = match self.arena.node(inner) {
            Some(Node::Name(place)) => self.names.get(place).map(|name| name.effect),
            _ => None,
        };
        let what = self.describe_call(callee);
        let made = self.call_getter(effect, bound, extra, args);
        match made {
            Some(made) => made,
            None => {
                self.uses.unnamed(self.at, what);
                self.arena.add(Node::Call(callee, args, Value::ABSENT))
            }
        }
    }

    fn describe_call(&mut self, callee: Value) -> String {
        if self.uses.wants_more() {
            format!("calls {}", self.show(callee))
        } else {
            "calls what other calls return, many times".to_owned()
        }
    }

    fn call_getter(
        &mut self,
        effect: Option<Effect>,
        bound: Value,
        extra: Value,
        args: Value,
    ) -> Option<Value> {
        self.fuel = self.fuel.checked_sub(1)?;
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let bound = self.values(bound);
        let args = self.values(args);
        self.depth = self.depth.saturating_add(1);
        let made = match effect? {
            Effect::AttributeGetter => {
                let name = bound
                    .first()
                    .and_then(|name| self.arena.as_text(*name))
                    .map(str::to_owned);
                name.zip(args.first().copied())
                    .map(|(name, of)| self.attribute(of, &name))
            }
            Effect::ItemGetter => {
                let of = args.first().copied().zip(bound.first().copied());
                of.and_then(|(of, key)| self.item(of, key))
            }
            Effect::MethodCaller => {
                let name = bound
                    .first()
                    .and_then(|name| self.arena.as_text(*name))
                    .map(str::to_owned);
                name.zip(args.first().copied()).map(|(name, of)| {
                    let method = self.attribute(of, &name);
                    let rest = self.arena.tuple(bound.get(1..).unwrap_or_default());
                    self.call(method, rest)
                })
            }
            Effect::Partial => {
                // A state that was set takes the place of what it was made with.
                let (_, state) = self.extra(extra);
                let state = self.values(state);
                let (function, mut all) = match (state.first(), state.get(1)) {
                    (Some(function), Some(bound)) => (Some(*function), self.values(*bound)),
                    _ => (
                        bound.first().copied(),
                        bound.get(1..).unwrap_or_default().to_vec(),
                    ),
                };
                all.extend(args);
                let all = self.arena.tuple(&all);
                function.map(|function| self.call(function, all))
            }
            _ => None,
        };
        self.depth = self.depth.saturating_sub(1);
        made
    }

    /// Calls a method of something that is no module.
    pub(super) fn call_method(
        &mut self,
        callee: Value,
        of: Value,
        name: Value,
        args: Value,
    ) -> Value {
        let method = self.arena.as_text(name).unwrap_or_default().to_owned();
        let mut values = vec![of];
        values.extend(self.values(args));
        let made = match (&*method, self.arena.node(of)) {
            (_, Some(Node::Text(_) | Node::Bytes(_))) => {
                self.fuel = self.fuel.saturating_sub(1);
                self.pure(&method, &values)
            }
            ("get" | "pop" | "__getitem__", _) => {
                values.get(1).copied().and_then(|key| self.item(of, key))
            }
            ("__getattribute__" | "__getattr__", _) => {
                let name = values.get(1).and_then(|name| self.arena.as_text(*name));
                name.map(str::to_owned)
                    .map(|name| self.attribute(of, &name))
            }
            _ => None,
        };
        let Some(made) = made else {
            let what = self.describe_call(callee);
            if !matches!(self.arena.node(of), Some(Node::Text(_) | Node::Bytes(_))) {
                self.uses.unnamed(self.at, what);
            }
            return self.arena.add(Node::Call(callee, args, Value::ABSENT));
        };
        made
    }

    /// An attribute of a value, by a name that may have dots.
    pub(super) fn attribute(&mut self, of: Value, name: &str) -> Value {
        match self.arena.node(of) {
            Some(Node::Name(place)) => {
                let Some(global) = self.names.get(place) else {
                    return Value::UNKNOWN;
                };
                // These lead back to what they are taken from.
                if matches!(name, "__call__" | "__func__" | "__wrapped__") {
                    return of;
                }
                let module = global.module.to_string();
                let attribute = match &*global.attribute {
                    "" => name.to_owned(),
                    before => format!("{before}.{name}"),
                };
                self.global(&module, &attribute)
            }
            _ => {
                if let Some((module, method)) = self.harmful_method(of, name) {
                    return self.global(&module, &method);
                }
                let name = self.arena.text(name, false);
                self.arena.add(Node::Attribute(of, name))
            }
        }
    }

    /// The full name of a method by which an honest object does harm: `Path.unlink`.
    fn harmful_method(&self, of: Value, name: &str) -> Option<(String, String)> {
        let Node::Call(callee, ..) = self.arena.node(of)? else {
            return None;
        };
        let Node::Name(class) = self.arena.node(callee)? else {
            return None;
        };
        let class = self.names.get(class)?;
        let method = format!("{}.{name}", class.attribute);
        match judge::judge(&class.module, &method) {
            Verdict::Dangerous(_) => Some((class.module.to_string(), method)),
            _ => None,
        }
    }

    /// An item of a container, or of a table of the interpreter.
    pub(super) fn item(&mut self, of: Value, key: Value) -> Option<Value> {
        match self.arena.node(of)? {
            Node::Tuple(items) | Node::List(items) => {
                let values: Vec<Value> = self.arena.iter(items).collect();
                let index = self.arena.as_int(key)?;
                let index = match index {
                    0.. => usize::try_from(index).ok()?,
                    _ => values
                        .len()
                        .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
                };
                values.get(index).copied()
            }
            Node::Dict(items) => self.entry(items, key),
            Node::Text(_) | Node::Bytes(_) => self.pure("__getitem__", &[of, key]),
            Node::Name(place) => {
                let key = self.arena.as_text(key)?.to_owned();
                let name = self.names.get(place)?;
                let module = name.module.to_string();
                match (&*module, &*name.attribute) {
                    ("sys", "modules") => Some(self.global(&key, "")),
                    (_, attribute) if attribute.ends_with("__dict__") => {
                        let before = attribute.trim_end_matches("__dict__").to_owned();
                        Some(self.global(&module, &format!("{before}{key}")))
                    }
                    (_, attribute) if attribute.ends_with("__builtins__") => {
                        Some(self.global("builtins", &key))
                    }
                    (_, attribute) if attribute.ends_with("__globals__") => {
                        Some(self.global(&module, &key))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The last value of a key.
    fn entry(&self, items: Items, key: Value) -> Option<Value> {
        let mut cells = self.arena.iter(items).take(ENTRIES);
        let mut found = None;
        while let (Some(known), Some(value)) = (cells.next(), cells.next()) {
            let same = match (self.arena.as_text(known), self.arena.as_text(key)) {
                (Some(a), Some(b)) => a == b,
                _ => self
                    .arena
                    .as_int(known)
                    .is_some_and(|n| self.arena.as_int(key) == Some(n)),
            };
            if same {
                found = Some(value);
            }
        }
        found
    }

    /// The items of a container, as far as they are kept.
    pub(super) fn values(&self, container: Value) -> Vec<Value> {
        match self.arena.items(container) {
            Some(items) => self.arena.iter(items).collect(),
            None => Vec::new(),
        }
    }
}
