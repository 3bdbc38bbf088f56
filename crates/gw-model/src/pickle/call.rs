use super::judge::Verdict;
use super::machine::Machine;
use super::value::{Node, Value};

impl Machine {
    /// What a call returns.
    pub(super) fn call(&mut self, callee: Value, args: Value) -> Value {
        match self.arena.node(callee) {
            Some(Node::Name(place)) => {
                if self.uses.called(place, self.at) && self.names.verdict(place) != Verdict::Safe {
                    let shown = self.show_arguments(args);
                    self.uses.shown(place, shown);
                }
            }
            Some(Node::Call(..) | Node::Attribute(..)) => {
                let what = format!("calls {}", self.show(callee));
                self.uses.unnamed(self.at, what);
            }
            _ => {
                let what = format!(
                    "calls {}, which is nothing that can be called",
                    self.show(callee)
                );
                self.break_at(|| what);
            }
        }
        self.arena.add(Node::Call(callee, args, Value::ABSENT))
    }

    /// What a call with named arguments, a dictionary, returns.
    pub(super) fn call_with(&mut self, callee: Value, args: Value, _named: Value) -> Value {
        self.call(callee, args)
    }
}
