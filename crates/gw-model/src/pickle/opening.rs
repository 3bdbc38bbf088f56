use super::effect::Effect;
use super::machine::Machine;
use super::value::{Items, Node, Value};

/// How many arguments are looked at.
const LOOKED_AT: usize = 64;

/// Classes that read a file if they are given its name.
impl Machine {
    /// Notes a call of such a class; `named` are the values that it is given by name.
    pub(super) fn call_opening(&mut self, place: u32, args: Value, named: Option<Value>) {
        let all = [Some(args), named];
        let mut lists = all.into_iter().flatten();
        if lists.any(|list| self.has_file_name(list)) {
            let shown = self.show_arguments(args);
            self.uses.opens(place);
            self.uses.shown(place, shown);
        }
    }

    /// Whether there is a file's name among some arguments. The keys of named ones are not.
    fn has_file_name(&self, args: Value) -> bool {
        let Some(items) = self.arena.items(args) else {
            return args == Value::UNKNOWN;
        };
        let (skipped, step) = match self.arena.node(args) {
            Some(Node::Dict(_)) => (1, 2),
            _ => (0, 1),
        };
        let values = self.arena.iter(items).skip(skipped).step_by(step);
        items.cut || values.take(LOOKED_AT).any(|value| self.is_file_name(value))
    }

    /// Whether a value is a file's name, or may be one.
    fn is_file_name(&self, value: Value) -> bool {
        match self.arena.node(value) {
            Some(Node::Text(_) | Node::Bytes(_)) => true,
            // A path, or what something makes that is not followed.
            Some(Node::Call(callee, ..)) => match self.arena.node(callee) {
                Some(Node::Name(place)) => self.names.get(place).is_none_or(|name| {
                    matches!(&*name.module, "pathlib" | "pathlib._local" | "os")
                        || matches!(name.effect, Effect::Pure | Effect::Encode)
                }),
                _ => true,
            },
            _ => matches!(value, Value::TEXT | Value::BYTES | Value::UNKNOWN),
        }
    }

    /// Notes classes that are given, together with what may be a file's name, to something that
    /// makes their object (`copyreg._reconstructor`).
    pub(super) fn note_opening(&mut self, callee: u32, args: Value) {
        if !self.uses.has_opening {
            return;
        }
        // NumPy's own gives an array of any class its type, and no more.
        let is_array = self
            .names
            .get(callee)
            .is_some_and(|name| &*name.attribute == "_reconstruct");
        let Some(items) = self.arena.items(args).filter(|_| !is_array) else {
            return;
        };
        let classes = self.opening_classes(items);
        if !classes.is_empty() && self.has_file_name(args) {
            let shown = self.show_arguments(args);
            for place in classes {
                self.uses.opens(place);
                self.uses.shown(place, shown.clone());
            }
        }
    }

    fn opening_classes(&self, items: Items) -> Vec<u32> {
        let values = self.arena.iter(items).take(LOOKED_AT);
        let places = values.filter_map(|value| match self.arena.node(value) {
            Some(Node::Name(place)) => Some(place),
            _ => None,
        });
        places
            .filter(|place| {
                self.names
                    .get(*place)
                    .is_some_and(|name| name.effect == Effect::Opens)
            })
            .collect()
    }
}
