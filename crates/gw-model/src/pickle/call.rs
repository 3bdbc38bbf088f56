use super::effect::Effect;
use super::judge::Verdict;
use super::machine::Machine;
use super::nested::Wrapping;
use super::value::{Node, Value};
use crate::names;

/// How many items of a container a callable is applied to.
const APPLIED: usize = 16;
/// How many values are looked at of what code is made of.
const REACH: usize = 4096;
/// How many arguments are looked at for callables.
const PASSED: usize = 64;
/// How deep calls lead to calls.
pub(super) const MAX_DEPTH: u8 = 12;

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
                if names::is_notable(text) || names::anywhere(text).is_some() || text == "open" {
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
        // Honest files have any number of arrays, which cost no more than their instructions.
        if effect != Effect::CreateArray || !args.first().is_some_and(|of| self.is_safe_name(*of)) {
            self.fuel = self.fuel.checked_sub(1)?;
        }
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
            Effect::ImportAttribute => {
                let module = self.arena.as_text(first?)?.to_owned();
                let name = self.arena.as_text(second?)?.to_owned();
                Some(self.global(&module, &name))
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
}
