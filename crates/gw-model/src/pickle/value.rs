use std::mem;

/// A value as far as it is known: a small constant, or the place of a [`Node`].
///
/// Four bytes, so that the stack and the memo of a large stream stay small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value(u32);

/// The two highest bits say what the others are: a node's place (0), a small integer (2), a
/// constant without content (3).
const SMALL: u32 = 0x8000_0000;
const PLAIN: u32 = 0xc000_0000;
const KIND: u32 = 0xc000_0000;
const BIAS: i64 = 1 << 29;

impl Value {
    pub(super) const NONE: Self = Self(PLAIN);
    pub(super) const TRUE: Self = Self(PLAIN | 1);
    pub(super) const FALSE: Self = Self(PLAIN | 2);
    pub(super) const FLOAT: Self = Self(PLAIN | 3);
    /// A whole number that is not known.
    pub(super) const NUMBER: Self = Self(PLAIN | 4);
    /// A text that is not known.
    pub(super) const TEXT: Self = Self(PLAIN | 5);
    /// Bytes that are not known.
    pub(super) const BYTES: Self = Self(PLAIN | 6);
    /// Anything.
    pub(super) const UNKNOWN: Self = Self(PLAIN | 7);
    /// The tuple without items, which never has any.
    pub(super) const EMPTY_TUPLE: Self = Self(PLAIN | 9);
    /// No value: the end of a chain of cells, a memo's free place.
    pub(super) const ABSENT: Self = Self(PLAIN | 8);

    pub(super) fn small(number: i64) -> Option<Self> {
        let biased = u32::try_from(number.checked_add(BIAS)?).ok()?;
        (biased < 1 << 30).then_some(Self(SMALL | biased))
    }

    /// A number of at most 16 bits, which is always small.
    pub(super) fn short(number: u16) -> Self {
        Self(SMALL | ((1 << 29) + u32::from(number)))
    }

    pub(super) const fn as_small(self) -> Option<i64> {
        if self.0 & KIND == SMALL {
            Some((self.0 & !KIND) as i64 - BIAS)
        } else {
            None
        }
    }

    /// Where its node is among all nodes, if it has one.
    pub(super) const fn index(self) -> Option<usize> {
        match self.place() {
            Some(place) => Some(place as usize),
            None => None,
        }
    }

    const fn place(self) -> Option<u32> {
        if self.0 & SMALL == 0 {
            Some(self.0)
        } else {
            None
        }
    }
}

/// What a value is, where it has content. Sixteen bytes at most, and nothing owned, so that a node
/// costs no allocation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    /// Not in use; the next one that is not.
    Free(u32),
    Text(Span),
    Bytes(Span),
    Int(i64),
    /// A long integer, little-endian in two's complement.
    Long(Span),
    Tuple(Items),
    List(Items),
    /// Keys and values alternate.
    Dict(Items),
    Set(Items),
    /// One item of a container, and the cell of the next.
    Cell(Value, Value),
    /// A global, by its place in the table of names; a module, if it has no attribute.
    Name(u32),
    /// What a call returns: the callable, its arguments, and the state that was set.
    Call(Value, Value, Value),
    /// An attribute of something that is no module: the thing, and the attribute's name.
    Attribute(Value, Value),
    /// What an application finds for a persistent id.
    Persistent(Value),
}

/// A part of the heap of texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    at: u32,
    len: u32,
    /// Whether there is more than was kept.
    pub(super) cut: bool,
}

/// The items of a container: the first and the last cell that are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    pub(super) first: Value,
    last: Value,
    /// How many cells are kept.
    kept: u16,
    /// Whether there were more.
    pub(super) cut: bool,
}

impl Items {
    pub(super) const EMPTY: Self = Self {
        first: Value::ABSENT,
        last: Value::ABSENT,
        kept: 0,
        cut: false,
    };
}

/// How many items of a list, set or tuple are kept, and of a dictionary twice as many times eight.
const KEPT: u16 = 512;
const KEPT_IN_DICT: u16 = 16_384;
/// How many nodes and bytes are made before looking which are still in use.
const COLLECT_NODES: usize = 1 << 18;
const COLLECT_BYTES: usize = 4 << 20;
/// How many nodes and bytes may be in use.
const MAX_NODES: usize = 8 << 20;
const MAX_BYTES: usize = 256 << 20;
/// How many cells are kept in all; containers keep no more items after that.
const MAX_CELLS: usize = 1 << 20;

/// All nodes, and the bytes of all texts.
pub(super) struct Arena {
    nodes: Vec<Node>,
    free: u32,
    heap: Vec<u8>,
    /// Nodes made since the last collection, and how many make the next one due.
    made: usize,
    due_nodes: usize,
    due_bytes: usize,
    cells: usize,
}

/// That more values are in use than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

const NO_NODE: u32 = u32::MAX;

impl Arena {
    pub(super) const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            free: NO_NODE,
            heap: Vec::new(),
            made: 0,
            due_nodes: COLLECT_NODES,
            due_bytes: COLLECT_BYTES,
            cells: 0,
        }
    }

    pub(super) fn node(&self, value: Value) -> Option<Node> {
        match value.place() {
            Some(place) => self.nodes.get(place as usize).copied(),
            None if value == Value::EMPTY_TUPLE => Some(Node::Tuple(Items::EMPTY)),
            None => None,
        }
    }

    pub(super) fn set(&mut self, value: Value, node: Node) {
        if let Some(place) = value.place()
            && let Some(old) = self.nodes.get_mut(place as usize)
        {
            *old = node;
        }
    }

    pub(super) fn add(&mut self, node: Node) -> Value {
        self.made = self.made.saturating_add(1);
        if let Some(slot) = self.nodes.get_mut(self.free as usize) {
            let place = self.free;
            self.free = match slot {
                Node::Free(next) => *next,
                _ => NO_NODE,
            };
            *slot = node;
            return Value(place);
        }
        // There are never 2^31 nodes: the limit is far below.
        let place = u32::try_from(self.nodes.len()).unwrap_or(NO_NODE);
        self.nodes.push(node);
        Value(place & !SMALL)
    }

    pub(super) fn text(&mut self, text: &str, cut: bool) -> Value {
        let span = self.span(text.as_bytes(), cut);
        self.add(Node::Text(span))
    }

    pub(super) fn bytes(&mut self, bytes: &[u8], cut: bool) -> Value {
        let span = self.span(bytes, cut);
        self.add(Node::Bytes(span))
    }

    pub(super) fn long(&mut self, bytes: &[u8], cut: bool) -> Value {
        let span = self.span(bytes, cut);
        self.add(Node::Long(span))
    }

    pub(super) fn int(&mut self, number: i64) -> Value {
        Value::small(number).unwrap_or_else(|| self.add(Node::Int(number)))
    }

    fn span(&mut self, bytes: &[u8], cut: bool) -> Span {
        let at = u32::try_from(self.heap.len()).unwrap_or(u32::MAX);
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.heap.extend_from_slice(bytes);
        Span { at, len, cut }
    }

    pub(super) fn slice(&self, span: Span) -> &[u8] {
        let end = span.at.saturating_add(span.len) as usize;
        self.heap.get(span.at as usize..end).unwrap_or_default()
    }

    /// A text that is wholly known.
    pub(super) fn as_text(&self, value: Value) -> Option<&str> {
        match self.node(value)? {
            Node::Text(span) if !span.cut => std::str::from_utf8(self.slice(span)).ok(),
            _ => None,
        }
    }

    /// Bytes that are wholly known.
    pub(super) fn as_bytes(&self, value: Value) -> Option<&[u8]> {
        match self.node(value)? {
            Node::Bytes(span) if !span.cut => Some(self.slice(span)),
            _ => None,
        }
    }

    pub(super) fn as_int(&self, value: Value) -> Option<i64> {
        match (value, self.node(value)) {
            (Value::TRUE, _) => Some(1),
            (Value::FALSE, _) => Some(0),
            (_, Some(Node::Int(number))) => Some(number),
            _ => value.as_small(),
        }
    }

    /// How many nodes there are, those not in use included.
    pub(super) const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The first item, and the others.
    pub(super) fn split_first(&self, items: Items) -> Option<(Value, Items)> {
        let kept = items.kept.checked_sub(1)?;
        match self.node(items.first)? {
            Node::Cell(value, first) => Some((
                value,
                Items {
                    first,
                    kept,
                    ..items
                },
            )),
            _ => None,
        }
    }

    /// The items of a container that are kept.
    pub(super) fn items(&self, value: Value) -> Option<Items> {
        match self.node(value)? {
            Node::Tuple(items) | Node::List(items) | Node::Dict(items) | Node::Set(items) => {
                Some(items)
            }
            _ => None,
        }
    }

    pub(super) fn iter(&self, items: Items) -> Cells<'_> {
        Cells {
            arena: self,
            next: items.first,
            left: items.kept,
        }
    }

    /// A tuple of values.
    pub(super) fn tuple(&mut self, values: &[Value]) -> Value {
        if values.is_empty() {
            return Value::EMPTY_TUPLE;
        }
        let items = self.chain(Items::EMPTY, values, KEPT);
        self.add(Node::Tuple(items))
    }

    pub(super) fn list(&mut self, values: &[Value]) -> Value {
        let items = self.chain(Items::EMPTY, values, KEPT);
        self.add(Node::List(items))
    }

    pub(super) fn dict(&mut self, values: &[Value]) -> Value {
        let items = self.chain(Items::EMPTY, values, KEPT_IN_DICT);
        self.add(Node::Dict(items))
    }

    pub(super) fn set_of(&mut self, values: &[Value]) -> Value {
        let items = self.chain(Items::EMPTY, values, KEPT);
        self.add(Node::Set(items))
    }

    /// Adds values to a list, set or dictionary; false if it is none.
    pub(super) fn extend(&mut self, container: Value, values: &[Value]) -> bool {
        let node = match self.node(container) {
            Some(Node::List(items)) => Node::List(self.chain(items, values, KEPT)),
            Some(Node::Set(items)) => Node::Set(self.chain(items, values, KEPT)),
            Some(Node::Dict(items)) => Node::Dict(self.chain(items, values, KEPT_IN_DICT)),
            _ => return false,
        };
        self.set(container, node);
        true
    }

    fn chain(&mut self, mut items: Items, values: &[Value], kept: u16) -> Items {
        for value in values {
            if items.kept >= kept || self.cells >= MAX_CELLS {
                items.cut = true;
                break;
            }
            let cell = self.add(Node::Cell(*value, Value::ABSENT));
            self.cells = self.cells.saturating_add(1);
            match self.node(items.last) {
                Some(Node::Cell(before, _)) => self.set(items.last, Node::Cell(before, cell)),
                _ => items.first = cell,
            }
            items.last = cell;
            items.kept = items.kept.saturating_add(1);
        }
        items
    }

    /// Whether it is time for [`Arena::collect`].
    pub(super) const fn is_due(&self) -> bool {
        self.made >= self.due_nodes || self.heap.len() >= self.due_bytes
    }

    /// Frees what no root leads to. Its cost is in proportion to what was made since the last time
    /// and what is in use, and it comes when as much was made as was in use.
    pub(super) fn collect(&mut self, roots: impl Iterator<Item = Value>) -> Result<(), Full> {
        let mut used = vec![false; self.nodes.len()];
        let mut work: Vec<Value> = Vec::new();
        for root in roots {
            // Most roots lead nowhere.
            let Some(place) = root.place() else { continue };
            match self.nodes.get(place as usize) {
                Some(Node::Text(_) | Node::Bytes(_) | Node::Int(_) | Node::Name(_)) => {
                    if let Some(seen) = used.get_mut(place as usize) {
                        *seen = true;
                    }
                }
                _ => {
                    work.push(root);
                    self.mark(&mut work, &mut used);
                }
            }
        }
        let heap = mem::take(&mut self.heap);
        let (mut live, mut cells) = (0_usize, 0_usize);
        self.free = NO_NODE;
        for (place, (node, used)) in self.nodes.iter_mut().zip(&used).enumerate() {
            if !used {
                *node = Node::Free(self.free);
                self.free = u32::try_from(place).unwrap_or(NO_NODE);
                continue;
            }
            live = live.saturating_add(1);
            match node {
                Node::Text(span) | Node::Bytes(span) | Node::Long(span) => {
                    let end = span.at.saturating_add(span.len) as usize;
                    let bytes = heap.get(span.at as usize..end).unwrap_or_default();
                    span.at = u32::try_from(self.heap.len()).unwrap_or(u32::MAX);
                    self.heap.extend_from_slice(bytes);
                }
                Node::Cell(..) => cells = cells.saturating_add(1),
                _ => {}
            }
        }
        self.cells = cells;
        self.made = 0;
        self.due_nodes = live.max(COLLECT_NODES);
        self.due_bytes = self.heap.len().saturating_mul(2).max(COLLECT_BYTES);
        if live > MAX_NODES || self.heap.len() > MAX_BYTES {
            return Err(Full);
        }
        Ok(())
    }

    fn mark(&self, work: &mut Vec<Value>, used: &mut [bool]) {
        while let Some(value) = work.pop() {
            let Some(place) = value.place() else { continue };
            match used.get_mut(place as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.node(value) {
                Some(
                    Node::Tuple(items) | Node::List(items) | Node::Dict(items) | Node::Set(items),
                ) => work.push(items.first),
                Some(Node::Cell(a, b) | Node::Attribute(a, b)) => work.extend([b, a]),
                Some(Node::Call(a, b, c)) => work.extend([a, b, c]),
                Some(Node::Persistent(a)) => work.push(a),
                _ => {}
            }
        }
    }
}

/// The values of a container's cells.
#[derive(Clone)]
pub(super) struct Cells<'a> {
    arena: &'a Arena,
    next: Value,
    left: u16,
}

impl Iterator for Cells<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        match self.arena.node(self.next)? {
            Node::Cell(value, next) => {
                self.next = next;
                Some(value)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_small() {
        assert_eq!(size_of::<Node>(), 16);
    }

    #[test]
    fn collecting_keeps_what_is_in_use() {
        let mut arena = Arena::new();
        let mut kept = Vec::new();
        for number in 0..1000 {
            let text = arena.text(&format!("text {number}"), false);
            if number % 7 == 0 {
                kept.push(arena.tuple(&[text, Value::NONE]));
            }
        }
        arena.collect(kept.iter().copied()).unwrap();
        assert!(arena.heap.len() < 2000);
        // New nodes take the places of old ones.
        let nodes = arena.nodes.len();
        for _ in 0..500 {
            arena.text("new", false);
        }
        assert_eq!(arena.nodes.len(), nodes);
        for (at, tuple) in kept.iter().enumerate() {
            let items = arena.items(*tuple).unwrap();
            let values: Vec<_> = arena.iter(items).collect();
            assert_eq!(arena.as_text(values[0]), Some(&*format!("text {}", at * 7)));
            assert_eq!(values[1], Value::NONE);
        }
    }

    #[test]
    fn small_numbers_need_no_node() {
        for number in [0, 1, -1, 255, 65535, (1 << 29) - 1, -(1 << 29)] {
            assert_eq!(Value::small(number).unwrap().as_small(), Some(number));
        }
        assert_eq!(Value::small(1 << 29), None);
        assert_eq!(Value::short(65535).as_small(), Some(65535));
    }
}
