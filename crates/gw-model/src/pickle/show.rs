use super::machine::Machine;
use super::names::Name;
use super::value::{Items, Node, Value};

/// How deep and how long values are shown.
const DEPTH: u32 = 4;
const LENGTH: usize = 160;
const ITEMS: usize = 8;

/// A value as far as it is known, for whoever wants to know what a pickle holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    None,
    Bool(bool),
    Int(i128),
    Float,
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Shown>),
    List(Vec<Shown>),
    Set(Vec<Shown>),
    Dict(Vec<(Shown, Shown)>),
    /// A module, class or function: `collections.OrderedDict`.
    Global(String),
    /// What a call returns, or an object of a class.
    Object(Box<Object>),
    /// What an application finds for a persistent id.
    Persistent(Box<Shown>),
    /// Something that is not known, or is too deep.
    Unknown,
}

/// An object that a pickle makes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    /// What is called: a class or a function.
    pub(crate) callable: Shown,
    pub(crate) arguments: Shown,
    /// What was put into it as into a list or a dictionary; [`Shown::Unknown`] if nothing.
    pub(crate) contents: Shown,
    /// The state it was given; [`Shown::Unknown`] if none.
    pub(crate) state: Shown,
}

impl Shown {
    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one.
    pub(crate) const fn as_int(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The items of a tuple, list or set.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Tuple(items) | Self::List(items) | Self::Set(items) => items,
            _ => &[],
        }
    }

    /// The class or function of an object, or the name of a global.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Global(name) => Some(name),
            Self::Object(object) => match &object.callable {
                // `copyreg._reconstructor(cls, base, state)` and `copyreg.__newobj__(cls, ...)`.
                Self::Global(name) if name.starts_with("copy") => {
                    object.arguments.items().first().and_then(Self::name)
                }
                Self::Global(name) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The entries of a dictionary, or of an object that is filled or has a state like one.
    pub(crate) fn entries(&self) -> &[(Self, Self)] {
        match self {
            Self::Dict(entries) => entries,
            Self::Object(object) => match (object.contents.entries(), &object.state) {
                ([], state) => state.entries(),
                (contents, _) => contents,
            },
            _ => &[],
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let entries = self.entries();
        let mut found = entries
            .iter()
            .filter(|(name, _)| name.as_text() == Some(key));
        found.next_back().map(|(_, value)| value)
    }
}

impl Machine {
    /// A value with what it contains, up to `budget` values and `depth`.
    pub(super) fn describe(&self, value: Value, depth: u32, budget: &mut usize) -> Shown {
        let Some(depth) = depth.checked_sub(1) else {
            return Shown::Unknown;
        };
        if *budget == 0 {
            return Shown::Unknown;
        }
        *budget = budget.saturating_sub(1);
        let Some(node) = self.arena.node(value) else {
            return match value {
                Value::NONE => Shown::None,
                Value::TRUE => Shown::Bool(true),
                Value::FALSE => Shown::Bool(false),
                Value::FLOAT => Shown::Float,
                _ => value
                    .as_small()
                    .map_or(Shown::Unknown, |n| Shown::Int(i128::from(n))),
            };
        };
        let mut list = |items: Items| -> Vec<Shown> {
            let values: Vec<Value> = self.arena.iter(items).collect();
            values
                .into_iter()
                .map(|value| self.describe(value, depth, budget))
                .collect()
        };
        match node {
            Node::Text(span) => {
                Shown::Text(String::from_utf8_lossy(self.arena.slice(span)).into_owned())
            }
            Node::Bytes(span) => Shown::Bytes(self.arena.slice(span).to_vec()),
            Node::Int(number) => Shown::Int(i128::from(number)),
            Node::Long(span) => long(self.arena.slice(span)).map_or(Shown::Unknown, Shown::Int),
            Node::Tuple(items) => Shown::Tuple(list(items)),
            Node::List(items) => Shown::List(list(items)),
            Node::Set(items) => Shown::Set(list(items)),
            Node::Dict(items) => {
                let mut all = list(items).into_iter();
                let mut entries = Vec::new();
                while let (Some(key), Some(value)) = (all.next(), all.next()) {
                    entries.push((key, value));
                }
                Shown::Dict(entries)
            }
            Node::Name(place) => {
                Shown::Global(self.names.get(place).map(Name::full).unwrap_or_default())
            }
            Node::Call(callable, arguments, extra) => {
                let (contents, state) = self.extra(extra);
                // What it holds is no level of its own, unless it is an object, which may be itself.
                let inside = |value| match self.arena.node(value) {
                    Some(Node::Call(..)) => depth,
                    _ => depth.saturating_add(1),
                };
                Shown::Object(Box::new(Object {
                    callable: self.describe(callable, depth, budget),
                    arguments: self.describe(arguments, depth, budget),
                    contents: self.describe(contents, inside(contents), budget),
                    state: self.describe(state, inside(state), budget),
                }))
            }
            Node::Persistent(id) => Shown::Persistent(Box::new(self.describe(id, depth, budget))),
            Node::Attribute(..) | Node::Cell(..) | Node::Free(_) => Shown::Unknown,
        }
    }

    /// A value as a message shows it.
    pub(super) fn show(&self, value: Value) -> String {
        let mut out = String::new();
        self.write(value, DEPTH, &mut out);
        if let Some((end, _)) = out.char_indices().nth(LENGTH) {
            out.truncate(end);
            out.push('…');
        }
        out
    }

    /// The values of a tuple, as the arguments of a call.
    pub(super) fn show_arguments(&self, args: Value) -> String {
        match self.arena.node(args) {
            Some(Node::Tuple(items)) => {
                let mut out = String::new();
                self.write_items(items, ("", ""), DEPTH, &mut out);
                if let Some((end, _)) = out.char_indices().nth(LENGTH) {
                    out.truncate(end);
                    out.push('…');
                }
                out
            }
            _ => format!("*{}", self.show(args)),
        }
    }

    fn write(&self, value: Value, depth: u32, out: &mut String) {
        let Some(deeper) = depth.checked_sub(1) else {
            return out.push('…');
        };
        if out.len() > LENGTH.saturating_mul(4) {
            return out.push('…');
        }
        let Some(node) = self.arena.node(value) else {
            match value {
                Value::NONE => out.push_str("None"),
                Value::TRUE => out.push_str("True"),
                Value::FALSE => out.push_str("False"),
                Value::FLOAT => out.push_str("a float"),
                _ => match value.as_small() {
                    Some(number) => out.push_str(&number.to_string()),
                    None => out.push('?'),
                },
            }
            return;
        };
        match node {
            Node::Text(span) => quote(&String::from_utf8_lossy(self.arena.slice(span)), out),
            Node::Bytes(span) => {
                out.push('b');
                quote(&self.arena.slice(span).escape_ascii().to_string(), out);
            }
            Node::Int(number) => out.push_str(&number.to_string()),
            Node::Long(span) => match long(self.arena.slice(span)) {
                Some(number) => out.push_str(&number.to_string()),
                None => out.push_str("a large number"),
            },
            Node::Tuple(items) => self.write_items(items, ("(", ")"), deeper, out),
            Node::List(items) => self.write_items(items, ("[", "]"), deeper, out),
            Node::Set(items) => self.write_items(items, ("{", "}"), deeper, out),
            Node::Dict(items) => self.write_entries(items, deeper, out),
            Node::Name(place) => {
                out.push_str(&self.names.get(place).map(Name::full).unwrap_or_default());
            }
            Node::Call(callee, args, _) => {
                self.write(callee, deeper, out);
                match self.arena.node(args) {
                    Some(Node::Tuple(items)) => self.write_items(items, ("(", ")"), deeper, out),
                    _ => out.push_str("(…)"),
                }
            }
            Node::Attribute(of, name) => {
                self.write(of, deeper, out);
                out.push('.');
                out.push_str(self.arena.as_text(name).unwrap_or("?"));
            }
            Node::Persistent(id) => {
                out.push_str("persistent id ");
                self.write(id, deeper, out);
            }
            Node::Cell(..) | Node::Free(_) => out.push('?'),
        }
    }

    fn write_items(&self, items: Items, around: (&str, &str), depth: u32, out: &mut String) {
        out.push_str(around.0);
        for (index, value) in self.arena.iter(items).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            if index == ITEMS {
                out.push('…');
                break;
            }
            self.write(value, depth, out);
        }
        out.push_str(around.1);
    }

    fn write_entries(&self, items: Items, depth: u32, out: &mut String) {
        out.push('{');
        let mut cells = self.arena.iter(items);
        let mut index = 0_usize;
        while let (Some(key), Some(value)) = (cells.next(), cells.next()) {
            if index > 0 {
                out.push_str(", ");
            }
            if index == ITEMS {
                out.push('…');
                break;
            }
            self.write(key, depth, out);
            out.push_str(": ");
            self.write(value, depth, out);
            index = index.saturating_add(1);
        }
        out.push('}');
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('\'');
    out.extend(text.chars().take(LENGTH).flat_map(char::escape_debug));
    if text.chars().nth(LENGTH).is_some() {
        out.push('…');
    }
    out.push('\'');
}

/// A little-endian number in two's complement, if it has at most 128 bits.
pub(super) fn long(bytes: &[u8]) -> Option<i128> {
    if bytes.len() > 16 {
        return None;
    }
    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
    let mut padded = [if negative { 0xff } else { 0 }; 16];
    for (place, byte) in padded.iter_mut().zip(bytes) {
        *place = *byte;
    }
    Some(i128::from_le_bytes(padded))
}
