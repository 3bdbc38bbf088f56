use std::mem;

use rustc_hash::FxHashMap;

use super::effect::Effect;
use super::names::Names;
use super::nested::{self, Payload, Wrapping};
use super::uses::Uses;
use super::value::{Arena, Full, Items, Node, Value};

/// How large the stack and the memo may become, in values of four bytes.
const MAX_STACK: usize = 16 << 20;
const MAX_MEMO: usize = 16 << 20;
/// How far beyond the number of its entries the memo is kept as an array.
const SPARSE: usize = 1 << 16;
/// How many persistent ids are kept.
const MAX_PERSISTENT: usize = 1 << 16;
/// How many bytes of payloads of one stream are looked into.
const MAX_NESTED: usize = 16 << 20;
/// How many payloads are looked into.
const MAX_PAYLOADS: usize = 4096;
/// What a look into compressed data costs, of what working out calls may cost.
const LOOK_COST: u32 = 16;

/// The state of a stream that is put aside.
struct Stream {
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: Vec<Value>,
    sparse: FxHashMap<u64, Value>,
    remembered: u64,
}

/// The state of an unpickler, with values as far as they are known.
///
/// Where Python's own unpicklers (in C and in Python) or other ones differ, it takes the reading in
/// which more would run. What would be an error in all of them is noted, and the machine goes on
/// with an unknown value: a stream that breaks has run what came before, and what comes after
/// tells what its author meant.
pub(super) struct Machine {
    pub(super) arena: Arena,
    pub(super) names: Names,
    pub(super) uses: Uses,
    pub(super) stack: Vec<Value>,
    /// How high the stack was at each open mark.
    marks: Vec<usize>,
    memo: Vec<Value>,
    sparse: FxHashMap<u64, Value>,
    /// How many keys the memo has.
    remembered: u64,
    /// The place of the current opcode, in bytes from the start of the content.
    pub(super) at: u64,
    pub(super) protocol: Option<u8>,
    /// The first thing that would be an error.
    pub(super) broken: Option<(u64, String)>,
    pub(super) persistent: Vec<Value>,
    /// Where the first persistent id is.
    pub(super) first_persistent: Option<u64>,
    /// Whether an application resolves persistent ids.
    pub(super) resolves_ids: bool,
    /// Payloads that may be pickles themselves.
    pub(super) payloads: Vec<Payload>,
    payload_bytes: usize,
    /// How many payloads were not looked into, or not to their end.
    pub(super) left_out: u64,
    outer: Vec<Stream>,
    /// How many values a walk through the largest value finds, if they are too many.
    pub(super) bomb: Option<u64>,
    /// How many calls of known functions may still be worked out.
    pub(super) fuel: u32,
    pub(super) depth: u8,
    /// A limit that was reached.
    pub(super) full: Option<&'static str>,
    /// Where each opcode was.
    #[cfg(test)]
    pub(super) trace: Vec<u64>,
}

impl Machine {
    pub(super) fn new() -> Self {
        Self {
            arena: Arena::new(),
            names: Names::default(),
            uses: Uses::default(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            sparse: FxHashMap::default(),
            remembered: 0,
            at: 0,
            protocol: None,
            broken: None,
            persistent: Vec::new(),
            first_persistent: None,
            resolves_ids: false,
            payloads: Vec::new(),
            payload_bytes: 0,
            left_out: 0,
            outer: Vec::new(),
            bomb: None,
            fuel: 1 << 16,
            depth: 0,
            full: None,
            #[cfg(test)]
            trace: Vec::new(),
        }
    }

    /// Gets ready for another stream, whose memo and stack are its own.
    pub(super) fn restart(&mut self) {
        self.stack.clear();
        self.marks.clear();
        self.memo.clear();
        self.sparse.clear();
        self.remembered = 0;
        self.protocol = None;
    }

    /// Puts the state of a stream aside, for another one in its middle.
    pub(super) fn suspend(&mut self) {
        self.outer.push(Stream {
            stack: mem::take(&mut self.stack),
            marks: mem::take(&mut self.marks),
            memo: mem::take(&mut self.memo),
            sparse: mem::take(&mut self.sparse),
            remembered: mem::take(&mut self.remembered),
        });
    }

    /// Goes on with the stream that was put aside last.
    pub(super) fn resume(&mut self) {
        if let Some(stream) = self.outer.pop() {
            self.stack = stream.stack;
            self.marks = stream.marks;
            self.memo = stream.memo;
            self.sparse = stream.sparse;
            self.remembered = stream.remembered;
        }
    }

    pub(super) fn break_at(&mut self, what: impl FnOnce() -> String) {
        if self.broken.is_none() {
            self.broken = Some((self.at, what()));
        }
    }

    #[inline]
    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// Whether a limit is reached. Asked after each opcode.
    #[inline]
    pub(super) fn is_full(&mut self) -> bool {
        if self.arena.is_due() {
            let roots = self.stack.iter().chain(&self.memo).chain(&self.persistent);
            let outer = self.outer.iter();
            let outer = outer.flat_map(|stream| {
                stream
                    .stack
                    .iter()
                    .chain(&stream.memo)
                    .chain(stream.sparse.values())
            });
            let roots = roots.chain(self.sparse.values()).chain(outer).copied();
            if self.arena.collect(roots) == Err(Full) {
                self.full = Some("values in use");
            }
        }
        if self.stack.len() > MAX_STACK {
            self.full = Some("values on the stack");
        }
        self.full.is_some()
    }

    /// What the memo holds.
    pub(super) fn remembered_values(&self) -> impl Iterator<Item = &Value> {
        self.memo.iter().chain(self.sparse.values())
    }

    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    /// `STOP`, which takes a value.
    pub(super) fn stop(&mut self) {
        if self.stack.len() <= self.floor() {
            self.break_at(|| "it stops with nothing on the stack".to_owned());
        }
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Value {
        if self.stack.len() > self.floor() {
            return self.stack.pop().unwrap_or(Value::UNKNOWN);
        }
        self.break_at(|| "a value is taken from an empty stack".to_owned());
        Value::UNKNOWN
    }

    /// The value on top of the stack.
    pub(super) fn top(&mut self) -> Value {
        match self.stack.last() {
            Some(value) if self.stack.len() > self.floor() => *value,
            _ => {
                self.break_at(|| "a value is needed from an empty stack".to_owned());
                self.push(Value::UNKNOWN);
                Value::UNKNOWN
            }
        }
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.stack.len());
        if self.marks.len() > MAX_STACK {
            self.full = Some("open marks");
        }
    }

    /// Takes the last mark away: where the values above it begin.
    pub(super) fn unmark(&mut self) -> usize {
        let height = self.stack.len();
        match self.marks.pop() {
            Some(place) => place.min(height),
            None => {
                self.break_at(|| "there is no mark".to_owned());
                0
            }
        }
    }

    /// Removes the top value, or the mark if that is on top.
    pub(super) fn drop_top(&mut self) {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
        } else {
            self.pop();
        }
    }

    /// The values above the last mark, and the mark, are taken off.
    pub(super) fn take_marked(&mut self) -> Vec<Value> {
        let place = self.unmark();
        self.stack.split_off(place)
    }

    /// Makes something of the values above the last mark and pushes it.
    pub(super) fn gather(&mut self, make: fn(&mut Arena, &[Value]) -> Value) {
        let place = self.unmark();
        let value = make(&mut self.arena, self.stack.get(place..).unwrap_or_default());
        self.stack.truncate(place);
        self.push(value);
    }

    /// Makes a tuple of the topmost values.
    pub(super) fn tuple_of(&mut self, count: usize) {
        let mut values = [Value::UNKNOWN; 3];
        let values = values.get_mut(..count).unwrap_or_default();
        for place in values.iter_mut().rev() {
            *place = self.pop();
        }
        let tuple = self.arena.tuple(values);
        self.push(tuple);
    }

    #[inline]
    pub(super) fn remember(&mut self, key: u64, value: Value) {
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        if let Some(place) = self.memo.get_mut(index) {
            if *place == Value::ABSENT {
                self.remembered = self.remembered.saturating_add(1);
            }
            *place = value;
            return;
        }
        if index == self.memo.len() && self.sparse.is_empty() {
            self.memo.push(value);
            self.remembered = self.remembered.saturating_add(1);
        } else if index < self.memo.len().saturating_mul(2).saturating_add(SPARSE)
            && self.sparse.is_empty()
        {
            self.memo.resize(index, Value::ABSENT);
            self.memo.push(value);
            self.remembered = self.remembered.saturating_add(1);
        } else if self.sparse.insert(key, value).is_none() {
            self.remembered = self.remembered.saturating_add(1);
        }
        if self
            .memo
            .len()
            .saturating_add(self.sparse.len().saturating_mul(4))
            > MAX_MEMO
        {
            self.full = Some("values in the memo");
        }
    }

    pub(super) fn memoize(&mut self) {
        let value = self.top();
        self.remember(self.remembered, value);
    }

    #[inline]
    pub(super) fn recall(&mut self, key: u64) {
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        let value = match self.memo.get(index) {
            Some(value) if *value != Value::ABSENT => *value,
            _ => match self.sparse.get(&key) {
                Some(value) => *value,
                None => {
                    self.break_at(|| format!("the memo has no value {key}"));
                    Value::UNKNOWN
                }
            },
        };
        self.push(value);
    }

    pub(super) fn persistent(&mut self, id: Value) {
        if !self.resolves_ids {
            self.break_at(|| "there is nobody to resolve a persistent id".to_owned());
        }
        if let Some(class) = self.class_of_module(id) {
            return self.push(class);
        }
        self.first_persistent = self.first_persistent.or(Some(self.at));
        let value = self.arena.add(Node::Persistent(id));
        if self.persistent.len() < MAX_PERSISTENT {
            self.persistent.push(id);
        }
        self.push(value);
    }

    /// The class that a persistent id of PyTorch before 1.6 stands for: `("module", class, file,
    /// source)`, of which the source is only compared with the installed one.
    fn class_of_module(&self, id: Value) -> Option<Value> {
        let Some(Node::Tuple(items)) = self.arena.node(id) else {
            return None;
        };
        let mut items = self.arena.iter(items);
        let (kind, class) = (items.next()?, items.next()?);
        let is_module = self.arena.as_text(kind) == Some("module");
        (is_module && matches!(self.arena.node(class), Some(Node::Name(_)))).then_some(class)
    }

    /// `STACK_GLOBAL`.
    pub(super) fn stack_global(&mut self) {
        let attribute = self.pop();
        let module = self.pop();
        let (Some(module), Some(attribute)) = (self.name_text(module), self.name_text(attribute))
        else {
            let (module, attribute) = (self.show(module), self.show(attribute));
            self.uses.unnamed(
                self.at,
                format!("imports a name that it works out only when it is loaded: {attribute} of {module}"),
            );
            return self.push(Value::UNKNOWN);
        };
        let value = self.global(&module, &attribute);
        self.push(value);
    }

    /// A part of a global's name.
    fn name_text(&mut self, value: Value) -> Option<String> {
        if let Some(text) = self.arena.as_text(value) {
            return Some(text.to_owned());
        }
        let bytes = self.arena.as_bytes(value)?;
        let text = std::str::from_utf8(bytes).ok()?.to_owned();
        self.break_at(|| "a name is given in bytes".to_owned());
        Some(text)
    }

    /// A global by name, which the stream imports.
    pub(super) fn global(&mut self, module: &str, attribute: &str) -> Value {
        match self.names.place(module, attribute) {
            Some(place) => {
                self.uses.imported(place, self.at);
                let effect = self.names.get(place).map(|name| name.effect);
                if effect.is_some_and(Effect::depends) {
                    self.uses.has_harmless = true;
                }
                if effect == Some(Effect::Opens) {
                    self.uses.has_opening = true;
                }
                self.arena.add(Node::Name(place))
            }
            None => {
                self.full = Some("different globals");
                Value::UNKNOWN
            }
        }
    }

    /// An entry of the registry of extension codes, which only the loading program knows.
    pub(super) fn extension(&mut self, code: u32) {
        let value = self.global("", &format!("extension code {code}"));
        self.push(value);
    }

    /// A text constant of which `text` is all, or the start if it is cut.
    pub(super) fn text(&mut self, text: &str, cut: bool) {
        self.look_into(text.as_bytes(), cut);
        let value = self.arena.text(text, cut);
        self.push(value);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8], cut: bool) {
        self.look_into(bytes, cut);
        let value = self.arena.bytes(bytes, cut);
        self.push(value);
    }

    fn look_into(&mut self, bytes: &[u8], cut: bool) {
        if let Some(wrapping) = nested::looks_like(bytes) {
            self.payload(bytes, wrapping, cut);
        }
    }

    /// Puts a value aside that may be a pickle.
    pub(super) fn payload(&mut self, bytes: &[u8], wrapping: Wrapping, cut: bool) {
        if wrapping == Wrapping::Compressed {
            let Some(fuel) = self.fuel.checked_sub(LOOK_COST) else {
                self.left_out = self.left_out.saturating_add(1);
                return;
            };
            self.fuel = fuel;
            if !nested::is_pickle_compressed(bytes) {
                return;
            }
        }
        let total = self.payload_bytes.saturating_add(bytes.len());
        if total > MAX_NESTED || self.payloads.len() >= MAX_PAYLOADS {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.payload_bytes = total;
        self.payloads.push(Payload {
            at: self.at,
            bytes: bytes.to_vec(),
            wrapping,
            cut,
        });
    }

    pub(super) fn empty(&mut self, make: fn(Items) -> Node) {
        let value = self.arena.add(make(Items::EMPTY));
        self.push(value);
    }
}
