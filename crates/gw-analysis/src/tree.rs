/// How deep JSON, YAML and TOML may nest. Deeper input is an error, so that hostile nesting cannot
/// exhaust the stack of whoever walks the tree.
pub const MAX_DEPTH: usize = 128;

/// Byte offsets into the decoded text of an entry: the first byte, and one past the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value in a JSON, YAML or TOML document, with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its place.
    pub span: Span,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, or a TOML date, as it is written: nothing is lost to rounding.
    Number(Box<str>),
    /// A string, unescaped.
    String(Box<str>),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order of the text. Duplicate keys are all kept: which one counts is the
    /// reader's to know.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The value under `key`, if this is a mapping that has it. Of duplicates the last counts, as
    /// in most loaders.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key's own node and the value under it, as [`Node::get`].
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        self.map().rev().find(|(k, _)| k.as_str() == Some(key))
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The string, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string, number or truth value.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, if this is an integer that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The items, if this is a sequence; else none.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The keys and values, if this is a mapping; else none.
    pub fn map(&self) -> impl DoubleEndedIterator<Item = (&Self, &Self)> + ExactSizeIterator {
        let pairs = match &self.value {
            Value::Map(pairs) => pairs.as_slice(),
            _ => &[],
        };
        pairs.iter().map(|(key, value)| (key, value))
    }

    /// Whether this is a mapping.
    #[must_use]
    pub const fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// What this is, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ParseError;

    /// Checks that every span lies in `text` on borders of characters.
    pub(crate) fn check_spans(text: &str, parsed: &Result<Vec<Node>, ParseError>) {
        let check = |span: Span| {
            let part = text.get(span.start as usize..span.end as usize);
            assert!(part.is_some(), "{span:?} of {text:?}");
        };
        match parsed {
            Err(error) => error.span.into_iter().for_each(check),
            Ok(nodes) => {
                let mut todo: Vec<&Node> = nodes.iter().collect();
                while let Some(node) = todo.pop() {
                    check(node.span);
                    todo.extend(node.list());
                    todo.extend(node.map().flat_map(|(k, v)| [k, v]));
                }
            }
        }
    }
}
