use super::danger;
use super::effect::Effect;
use super::judge::{self, Verdict};
use super::machine::Machine;
use super::nested::Wrapping;
use super::value::{Items, Node, Value};

/// How many items of a container a callable is applied to.
const APPLIED: usize = 16;
/// How many keys and values of a dictionary are looked through.
const ENTRIES: usize = 4096;
/// How many values are looked at of what code is made of.
const REACH: usize = 4096;
/// How many arguments are looked at for callables.
const PASSED: usize = 64;
/// How deep calls lead to calls.
const MAX_DEPTH: u8 = 12;

impl Machine {
    /// What a call returns. `args` is what Python unpacks as arguments.
    pub(super) fn call(&mut self, callee: Value, args: Value) -> Value {
        match self.arena.node(callee) {
            Some(Node::Name(place)) => self.call_name(place, callee, args),
            Some(Node::Call(inner, bound, extra)) => {
                self.call_result(callee, inner, bound, extra, args)
            }
            Some(Node::Attribute(of, name)) => self.call_method(callee, of, name, args),
            _ => {
                let shown = self.show(callee);
                if callee == Value::UNKNOWN {
                    self.uses
                        .unnamed(self.at, "calls something that is not known".to_owned());
                } else {
                    self.break_at(|| format!("{shown} is called, which is no callable"));
                }
                self.arena.add(Node::Call(callee, args, Value::ABSENT))
            }
        }
    }

    /// What a call with named arguments, a dictionary, returns.
    pub(super) fn call_with(&mut self, callee: Value, args: Value, named: Value) -> Value {
        let value = self.call(callee, args);
        if let Some(Node::Name(place)) = self.arena.node(callee)
            && self
                .names
                .get(place)
                .is_some_and(|name| name.effect == Effect::Opens)
        {
            self.call_opening(place, args, Some(named));
        }
        if let Some(Node::Call(callee, args, extra)) = self.arena.node(value)
            && let Some(items) = self.arena.items(named)
            && items.first != Value::ABSENT
        {
            // They are shown behind the others.
            let mut all = self.values(args);
            all.push(named);
            let args = self.arena.tuple(&all);
            self.arena.set(value, Node::Call(callee, args, extra));
        }
        value
    }

    fn call_name(&mut self, place: u32, callee: Value, args: Value) -> Value {
        let wanted = self.uses.called(place, self.at);
        let (verdict, effect) = match self.names.get(place) {
            Some(name) => (name.verdict, name.effect),
            None => (Verdict::Unknown, Effect::Opaque),
        };
        if verdict == Verdict::Safe {
            self.note_opening(place, args);
        }
        if verdict == Verdict::Safe && effect == Effect::Opaque {
            self.note_passed(args);
            return self.arena.add(Node::Call(callee, args, Value::ABSENT));
        }
        if wanted && verdict != Verdict::Safe {
            let shown = self.show_arguments(args);
            self.uses.shown(place, shown);
            if verdict == Verdict::Code {
                self.note_reach(place, args);
            }
        }
        if effect == Effect::Opens {
            self.call_opening(place, args, None);
        }
        if matches!(effect, Effect::Opaque | Effect::Opens) {
            return self.arena.add(Node::Call(callee, args, Value::ABSENT));
        }
        let values = self.values(args);
        let made = self.effect(place, effect, &values);
        made.unwrap_or_else(|| self.arena.add(Node::Call(callee, args, Value::ABSENT)))
    }

    /// Notes the dangerous names among what code is made of: its names and constants.
    fn note_reach(&mut self, place: u32, args: Value) {
        let mut work = vec![args];
        for _ in 0..REACH {
            let Some(value) = work.pop() else { return };
            if let Some(text) = self.arena.as_text(value) {
                if danger::is_notable(text) || danger::anywhere(text).is_some() || text == "open" {
                    let text = text.to_owned();
                    self.uses.reaches(place, text);
                }
            } else if let Some(Node::Call(_, args, _)) = self.arena.node(value) {
                work.push(args);
            } else if let Some(items) = self.arena.items(value) {
                work.extend(self.arena.iter(items));
            }
        }
    }

    /// Notes globals that are given to a call, which may call them.
    fn note_passed(&mut self, args: Value) {
        let Some(items) = self.arena.items(args).filter(|_| self.uses.has_harmless) else {
            return;
        };
        let mut next = items;
        for _ in 0..2 {
            let mut deeper = None;
            for value in self.arena.iter(next).take(PASSED) {
                match self.arena.node(value) {
                    Some(Node::Name(place)) => self.uses.passed(place),
                    Some(Node::Tuple(items) | Node::List(items)) => deeper = Some(items),
                    _ => {}
                }
            }
            match deeper {
                Some(items) => next = items,
                None => return,
            }
        }
    }

    /// Does what is known of a global's call. Nothing if its result is not followed.
    fn effect(&mut self, place: u32, effect: Effect, args: &[Value]) -> Option<Value> {
        self.fuel = self.fuel.checked_sub(1)?;
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        let made = self.effect_within(place, effect, args);
        self.depth = self.depth.saturating_sub(1);
        made
    }

    fn effect_within(&mut self, place: u32, effect: Effect, args: &[Value]) -> Option<Value> {
        let first = args.first().copied();
        let second = args.get(1).copied();
        match effect {
            Effect::Opaque | Effect::Opens => None,
            Effect::CreateArray
            | Effect::CreateType
            | Effect::LoadType
            | Effect::CreateNamedTuple => self.dill(place, effect, args),
            Effect::Import => {
                let name = self.arena.as_text(first?)?.to_owned();
                Some(self.global(&name, ""))
            }
            Effect::Resolve => {
                let name = self.arena.as_text(first?)?.to_owned();
                let (module, attribute) = name
                    .split_once(':')
                    .or_else(|| name.rsplit_once('.'))
                    .unwrap_or((&name, ""));
                Some(self.global(module, attribute))
            }
            Effect::GetAttribute => {
                let name = self.arena.as_text(second?)?.to_owned();
                let of = first?;
                let got = self.attribute(of, &name);
                // A global is judged by its own name. What an honest object has is not called by
                // being looked up.
                let harmless = match self.arena.node(of) {
                    Some(Node::Name(_)) => true,
                    Some(Node::Call(callee, ..)) => {
                        matches!(self.arena.node(callee), Some(Node::Name(class))
                            if self.names.verdict(class) == Verdict::Safe)
                            && !name.contains("__")
                    }
                    _ => false,
                };
                if harmless {
                    self.uses.harmless(place);
                }
                Some(got)
            }
            Effect::GetItem => self.item(first?, second?),
            Effect::AttributeGetter | Effect::ItemGetter | Effect::MethodCaller => {
                if self.names_data(effect, args) {
                    self.uses.harmless(place);
                }
                None
            }
            Effect::Partial => {
                if let Some(Node::Name(of)) = first.and_then(|first| self.arena.node(first))
                    && self.names.is_data(of)
                {
                    self.uses.harmless(place);
                }
                None
            }
            Effect::Set => {
                let target = self.show(first?);
                let shown: Vec<String> = args.iter().skip(1).map(|arg| self.show(*arg)).collect();
                self.uses.overrides(
                    self.at,
                    &target,
                    "sets attributes or items of",
                    &shown.join(", "),
                );
                Some(Value::NONE)
            }
            Effect::Reduce => {
                let mut items = args.get(2).copied().into_iter().collect::<Vec<_>>();
                items.extend(self.values(second?).into_iter().take(APPLIED));
                let mut items = items.into_iter();
                let mut folded = items.next()?;
                for item in items {
                    let args = self.arena.tuple(&[folded, item]);
                    folded = self.call(first?, args);
                }
                Some(folded)
            }
            Effect::Map => {
                let lists: Vec<Vec<Value>> =
                    args.iter().skip(1).map(|list| self.values(*list)).collect();
                let mut results = Vec::new();
                for index in 0..lists.iter().map(Vec::len).min()?.min(APPLIED) {
                    let row: Vec<Value> = lists
                        .iter()
                        .filter_map(|list| list.get(index).copied())
                        .collect();
                    let args = self.arena.tuple(&row);
                    results.push(self.call(first?, args));
                }
                Some(self.arena.list(&results))
            }
            Effect::StarMap => {
                let mut results = Vec::new();
                for row in self.values(second?).into_iter().take(APPLIED) {
                    results.push(self.call(first?, row));
                }
                Some(self.arena.list(&results))
            }
            Effect::Apply => {
                let args = self.arena.tuple(args.get(1..).unwrap_or_default());
                self.call_if_callable(first?, args)
            }
            Effect::Spread => self.call_if_callable(first?, second?),
            Effect::Thread => {
                let args = match args.get(3) {
                    Some(args) => *args,
                    None => self.arena.tuple(&[]),
                };
                self.call_if_callable(second?, args)?;
                None
            }
            Effect::Type => {
                let of_constant = matches!(first?, Value::NONE)
                    || matches!(self.arena.node(first?), Some(Node::Name(of))
                        if self.names.verdict(of) == Verdict::Safe);
                if args.len() == 1 && of_constant {
                    self.uses.harmless(place);
                }
                None
            }
            Effect::Namespace => {
                let module = first?;
                Some(self.attribute(module, "__dict__"))
            }
            Effect::Load | Effect::LoadTensor => {
                let bytes = self.arena.as_bytes(first?)?.to_vec();
                self.payload(&bytes, Wrapping::Plain, false);
                if effect == Effect::LoadTensor {
                    self.uses.harmless(place);
                }
                None
            }
            Effect::Collect => {
                let values = self.values(first?);
                // What is not known in full stays a call.
                (!values.is_empty()).then(|| self.arena.list(&values))
            }
            Effect::Encode => {
                let codec = match second {
                    Some(codec) => self.arena.as_text(codec).map(str::to_ascii_lowercase),
                    None => Some("utf-8".to_owned()),
                };
                match codec.as_deref() {
                    Some(
                        "latin1" | "latin-1" | "utf-8" | "utf8" | "ascii" | "raw_unicode_escape",
                    ) => {}
                    Some(codec) => {
                        let what = format!(
                            "encodes with the codec {codec:?}, which no honest pickle does"
                        );
                        self.uses.unnamed(self.at, what);
                    }
                    None => {
                        let what = "encodes with a codec that is not known".to_owned();
                        self.uses.unnamed(self.at, what);
                    }
                }
                self.pure("encode", args)
            }
            Effect::Pure => {
                let name = self.names.get(place)?;
                let name = name
                    .attribute
                    .rsplit('.')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                self.pure(&name, args)
            }
        }
    }

    fn call_if_callable(&mut self, callee: Value, args: Value) -> Option<Value> {
        match self.arena.node(callee)? {
            Node::Name(_) | Node::Call(..) | Node::Attribute(..) => Some(self.call(callee, args)),
            _ => None,
        }
    }

    /// Whether the names that a getter is made for are those of data: no dots, no underscores, and
    /// no method that does something.
    fn names_data(&self, effect: Effect, args: &[Value]) -> bool {
        effect == Effect::ItemGetter
            && args.iter().all(|arg| {
                self.arena.as_int(*arg).is_some()
                    || self
                        .arena
                        .as_text(*arg)
                        .is_some_and(|text| !text.starts_with("__"))
            })
    }

    /// Calls what another call has returned.
    fn call_result(
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
    fn call_method(&mut self, callee: Value, of: Value, name: Value, args: Value) -> Value {
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
    fn attribute(&mut self, of: Value, name: &str) -> Value {
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
    fn item(&mut self, of: Value, key: Value) -> Option<Value> {
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
