use super::effect::Effect;
use super::judge::Verdict;
use super::machine::Machine;
use super::value::{Node, Value};

/// The functions by which `dill` makes values for which other pickles have no instruction. Each is
/// as good as what it is given.
///
/// From `dill/_dill.py` of dill 0.3 and 0.4.
impl Machine {
    pub(super) fn dill(&mut self, place: u32, effect: Effect, args: &[Value]) -> Option<Value> {
        let first = args.first().copied()?;
        match effect {
            // `function(*arguments)`, of which the result is given the state.
            Effect::CreateArray => {
                if self.is_safe_name(first) {
                    self.uses.harmless(place);
                }
                Some(self.call(first, args.get(1).copied()?))
            }
            Effect::CreateType => {
                if self.is_safe_name(first) {
                    self.uses.harmless(place);
                }
                let args = self.arena.tuple(args.get(1..).unwrap_or_default());
                match self.arena.node(first)? {
                    Node::Name(_) | Node::Call(..) => Some(self.call(first, args)),
                    _ => None,
                }
            }
            // A name of the built-in classes, or of `types` (`CodeType`): judged as such.
            Effect::LoadType => {
                let name = self.arena.as_text(first)?.to_owned();
                let (module, attribute) = match &*name {
                    "PartialType" => ("functools", "partial"),
                    "ItemGetterType" => ("operator", "itemgetter"),
                    "AttrGetterType" => ("operator", "attrgetter"),
                    "SimpleNamespace" => ("types", &*name),
                    name if name.ends_with("Type") => ("types", name),
                    name => ("builtins", name),
                };
                self.uses.harmless(place);
                Some(self.global(module, attribute))
            }
            // `module.name`, if there is such a class; a class of its own otherwise.
            Effect::CreateNamedTuple => {
                let name = self.arena.as_text(first)?.to_owned();
                let module = self.arena.as_text(args.get(2).copied()?)?.to_owned();
                self.uses.harmless(place);
                if module == "__main__" {
                    return None;
                }
                Some(self.global(&module, &name))
            }
            _ => None,
        }
    }

    pub(super) fn is_safe_name(&self, value: Value) -> bool {
        matches!(self.arena.node(value), Some(Node::Name(of))
            if self.names.verdict(of) == Verdict::Safe)
    }
}
