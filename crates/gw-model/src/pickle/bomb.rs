use super::machine::Machine;
use super::value::{Arena, Items, Node, Value};

/// How many values a walk through a value may find before it is a bomb.
const MANY: u64 = 10_000_000;
/// And how many for each byte of the stream.
const TIMES: u64 = 1000;

impl Machine {
    /// Looks how many values a walk through what the stream made would find, if the stream is as
    /// long as `length` bytes: what is shared counts as often as it is reached. A walk is what
    /// `repr`, `==` and `hash` do; they go through containers, and through the items of objects
    /// that are containers, but not through the attributes of objects, each of which is a value of
    /// its own.
    ///
    /// Takes time and memory linear in the values in use. Of a container that keeps only some of
    /// its items the others count as none.
    pub(super) fn weigh(&mut self, length: u64) {
        let roots = self.stack.iter().chain(self.remembered_values());
        let largest = Scales::new(&self.arena).largest(roots.copied());
        if largest > MANY && largest / TIMES > length {
            self.bomb = self.bomb.max(Some(largest));
        }
    }
}

/// Counts values.
struct Scales<'a> {
    arena: &'a Arena,
    /// How many values are in each node; 0 if that is not known, and 1 while it is worked out,
    /// since walks do not enter what they are in.
    sizes: Vec<u64>,
    /// Containers whose items are being counted.
    open: Vec<Open>,
    /// Values that are parts of objects, and were not counted yet.
    parts: Vec<Value>,
}

/// A container of which some items are counted.
struct Open {
    place: usize,
    items: Items,
    size: u64,
}

impl<'a> Scales<'a> {
    fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            sizes: Vec::new(),
            open: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// How many values are in the largest of some values and their parts.
    fn largest(mut self, roots: impl Iterator<Item = Value>) -> u64 {
        let mut largest = 0;
        for root in roots {
            largest = self.size(root).max(largest);
            while let Some(part) = self.parts.pop() {
                largest = self.size(part).max(largest);
            }
        }
        largest
    }

    /// How many values are in a value.
    fn size(&mut self, value: Value) -> u64 {
        if let Some(size) = self.enter(value) {
            return size;
        }
        let mut last = 1;
        while let Some(mut top) = self.open.pop() {
            match self.arena.split_first(top.items) {
                Some((value, rest)) => {
                    top.items = rest;
                    match self.enter(value) {
                        Some(size) => {
                            top.size = top.size.saturating_add(size);
                            self.open.push(top);
                        }
                        // It is on top now; it comes back as a size that is known.
                        None => {
                            if let Some(inner) = self.open.pop() {
                                self.open.push(top);
                                self.open.push(inner);
                            }
                        }
                    }
                }
                None => {
                    last = top.size;
                    if let Some(size) = self.sizes.get_mut(top.place) {
                        *size = top.size;
                    }
                    if let Some(outer) = self.open.last_mut() {
                        outer.size = outer.size.saturating_add(top.size);
                    }
                }
            }
        }
        last
    }

    /// The size of a value, if it is known; otherwise it is opened.
    fn enter(&mut self, value: Value) -> Option<u64> {
        let Some(place) = value.index() else {
            return Some(1);
        };
        let items = match self.arena.node(value) {
            Some(Node::Tuple(items) | Node::List(items) | Node::Dict(items) | Node::Set(items)) => {
                items
            }
            Some(Node::Call(callee, args, extra)) => {
                if self.known(place) > 0 {
                    return Some(self.known(place));
                }
                let (contents, state) = match self.arena.node(extra) {
                    Some(Node::Cell(contents, state)) => (contents, state),
                    _ => (Value::ABSENT, Value::ABSENT),
                };
                self.parts.extend([callee, args, state]);
                self.arena.items(contents).unwrap_or(Items::EMPTY)
            }
            Some(Node::Persistent(id)) => {
                if self.known(place) == 0 {
                    self.note(place);
                    self.parts.push(id);
                }
                return Some(1);
            }
            _ => return Some(1),
        };
        match self.known(place) {
            0 => {
                self.note(place);
                let size = 1;
                self.open.push(Open { place, items, size });
                None
            }
            size => Some(size),
        }
    }

    fn known(&self, place: usize) -> u64 {
        self.sizes.get(place).copied().unwrap_or(0)
    }

    fn note(&mut self, place: usize) {
        if self.sizes.is_empty() {
            self.sizes = vec![0; self.arena.len()];
        }
        if let Some(size) = self.sizes.get_mut(place) {
            *size = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::build::Asm;
    use super::super::tests::{executed, findings};
    use super::*;

    /// How many values are in what a stream makes.
    fn size(stream: &[u8]) -> u64 {
        let machine = executed(stream);
        let roots = machine.stack.iter().copied();
        Scales::new(&machine.arena).largest(roots)
    }

    /// Layers that hold what is below them `count` times.
    fn layers(open: u8, close: &[u8], depth: usize, count: usize) -> Vec<u8> {
        let mut asm = Asm::new(4).text("x").op(0x94).op(b'0');
        for layer in 0..depth {
            if open != b'(' {
                asm = asm.op(open);
            }
            asm = asm.op(b'(');
            for index in 0..count {
                if open == b'}' {
                    asm = asm.int(index as u8);
                }
                asm = asm.op(b'h').raw(&[layer as u8]);
            }
            asm = asm.raw(close).op(0x94);
            if layer + 1 < depth {
                asm = asm.op(b'0');
            }
        }
        asm.stop()
    }

    #[test]
    fn values_are_counted_as_often_as_they_are_reached() {
        for (stream, expected) in [
            (Asm::new(4).none().stop(), 1),
            (Asm::new(4).list(&[1, 2, 3]).stop(), 4),
            (Asm::new(4).int(1).int(2).tuple(2).stop(), 3),
            // [[x, x], [x, x]]
            (layers(b']', b"e", 2, 2), 7),
            (layers(b']', b"e", 3, 10), 1111),
            (layers(b'(', b"t", 3, 2), 15),
            (layers(b'}', b"u", 2, 2), 13),
            // A tuple that is doubled.
            (Asm::new(4).tuple(0).raw(b"2\x862\x862\x86").stop(), 15),
            // A list in itself.
            (Asm::new(4).raw(b"]\x94h\0a").stop(), 2),
            // The attributes of an object are values of their own.
            (
                Asm::new(4)
                    .global("m", "C")
                    .tuple(0)
                    .newobj()
                    .list(&[1, 2])
                    .build()
                    .stop(),
                3,
            ),
        ] {
            assert_eq!(size(&stream), expected, "{}", stream.escape_ascii());
        }
    }

    #[test]
    fn bombs_are_reported_and_shared_values_are_not() {
        let mut doubled = Asm::new(4).tuple(0);
        for _ in 0..64 {
            doubled = doubled.raw(b"2\x86");
        }
        let inside = Asm::new(4)
            .global("collections", "OrderedDict")
            .tuple(0)
            .reduce()
            .text("a")
            .raw(layers(b']', b"e", 10, 10).get(2..).unwrap_or_default());
        // A table of a thousand references to one row of a hundred.
        let mut table = Asm::new(4)
            .list(&[7; 100])
            .op(0x94)
            .op(b'0')
            .op(b']')
            .op(b'(');
        for _ in 0..1000 {
            table = table.raw(b"h\0");
        }
        for (stream, expected) in [
            (layers(b']', b"e", 10, 10), true),
            (layers(b'(', b"t", 30, 2), true),
            (layers(b'}', b"u", 9, 9), true),
            (doubled.stop(), true),
            (inside.open(), true),
            (layers(b']', b"e", 4, 10), false),
            (layers(b']', b"e", 20, 1), false),
            (table.op(b'e').stop(), false),
        ] {
            let found = findings(&stream);
            let is_found = found
                .iter()
                .any(|finding| finding.rule.as_str() == "model/pickle-bomb");
            assert_eq!(is_found, expected, "{found:?} {}", stream.escape_ascii());
        }
    }
}
