use std::mem;

use super::effect::Effect;
use super::machine::Machine;
use super::value::{Node, Value};

/// What changes values: items that are put into containers, and states that are set.
impl Machine {
    /// Values above the mark are appended to what is below it.
    pub(super) fn append_marked(&mut self) {
        let place = self.unmark();
        let target = place.checked_sub(1).and_then(|below| self.stack.get(below));
        let target = target.copied().unwrap_or(Value::UNKNOWN);
        let values = self.stack.get(place..).unwrap_or_default();
        if !values.is_empty() && !self.arena.extend(target, values) {
            self.change_marked(place, target, "adds items to");
        }
        self.stack.truncate(place);
    }

    pub(super) fn append(&mut self) {
        let value = self.pop();
        let target = self.top();
        if !self.arena.extend(target, &[value]) {
            self.change(target, &[value], "adds items to");
        }
    }

    pub(super) fn set_item(&mut self) {
        let value = self.pop();
        let key = self.pop();
        let target = self.top();
        if !self.arena.extend(target, &[key, value]) {
            self.change(target, &[key, value], "sets items of");
        }
    }

    /// Puts the values from a place of the stack on into something that is no plain container.
    fn change_marked(&mut self, place: usize, target: Value, how: &'static str) {
        // The stack is put aside, so that nothing is copied.
        let stack = mem::take(&mut self.stack);
        self.change(target, stack.get(place..).unwrap_or_default(), how);
        self.stack = stack;
    }

    /// Puts values into something that is no plain container.
    fn change(&mut self, target: Value, values: &[Value], how: &'static str) {
        match self.arena.node(target) {
            Some(Node::Call(callee, args, extra)) => {
                let (mut contents, state) = self.extra(extra);
                if contents == Value::ABSENT {
                    contents = if how == "sets items of" {
                        self.arena.dict(&[])
                    } else {
                        self.arena.list(&[])
                    };
                    let extra = self.arena.add(Node::Cell(contents, state));
                    self.arena.set(target, Node::Call(callee, args, extra));
                }
                self.arena.extend(contents, values);
                if let Some(Node::Call(..)) = self.arena.node(callee) {
                    self.overrides(target, how, values);
                }
            }
            Some(Node::Name(_) | Node::Attribute(..)) => self.overrides(target, how, values),
            Some(Node::Persistent(_)) => {}
            None if target == Value::UNKNOWN => {}
            _ => self.break_at(|| format!("it {how} a value that has none")),
        }
    }

    /// What was put into a called object and what state it was given.
    pub(super) fn extra(&self, extra: Value) -> (Value, Value) {
        match self.arena.node(extra) {
            Some(Node::Cell(contents, state)) => (contents, state),
            _ => (Value::ABSENT, Value::ABSENT),
        }
    }

    pub(super) fn set_items_marked(&mut self) {
        let place = self.unmark();
        let target = place.checked_sub(1).and_then(|below| self.stack.get(below));
        let target = target.copied().unwrap_or(Value::UNKNOWN);
        let values = self.stack.get(place..).unwrap_or_default();
        if values.len() % 2 == 1 {
            self.break_at(|| "a key has no value".to_owned());
        }
        let values = self.stack.get(place..).unwrap_or_default();
        if !values.is_empty() && !self.arena.extend(target, values) {
            self.change_marked(place, target, "sets items of");
        }
        self.stack.truncate(place);
    }

    /// `BUILD`: gives the object on the stack the state above it.
    pub(super) fn build(&mut self) -> Value {
        let state = self.pop();
        let target = self.top();
        match self.arena.node(target) {
            Some(Node::Call(callee, args, extra)) => {
                let (contents, _) = self.extra(extra);
                let extra = self.arena.add(Node::Cell(contents, state));
                self.arena.set(target, Node::Call(callee, args, extra));
                self.replaces_function(callee, state);
            }
            Some(Node::Name(_) | Node::Attribute(..)) => {
                self.overrides(target, "sets attributes of", &[state]);
            }
            _ => {}
        }
        target
    }

    /// The state of a `functools.partial` has the function that it calls.
    fn replaces_function(&mut self, callee: Value, state: Value) {
        if let Some(Node::Name(place)) = self.arena.node(callee)
            && self
                .names
                .get(place)
                .is_some_and(|name| name.effect == Effect::Partial)
            && let Some(function) = self.values(state).first()
        {
            let safe = match self.arena.node(*function) {
                Some(Node::Name(of)) => self.names.is_data(of),
                _ => false,
            };
            if !safe {
                self.uses.passed(place);
            }
        }
    }

    fn overrides(&mut self, target: Value, how: &'static str, values: &[Value]) {
        if !self.uses.wants_more() {
            return self.uses.overrides(self.at, "many things", how, "");
        }
        let what = self.show(target);
        let shown: Vec<String> = values
            .iter()
            .take(4)
            .map(|value| self.show(*value))
            .collect();
        self.uses.overrides(self.at, &what, how, &shown.join(", "));
    }
}
