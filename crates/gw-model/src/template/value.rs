//! What an expression may be, as far as a template says.

use std::rc::Rc;

use super::ast::Macro;

/// How many bytes of a text are kept; of a longer one only the length counts.
pub(super) const MAX_TEXT: usize = 16 << 10;

/// How many alternatives are kept apart.
const MAX_ALTERNATIVES: usize = 24;

/// How many items of a list or mapping are kept.
pub(super) const MAX_ITEMS: usize = 256;

#[derive(Debug, Clone)]
pub(super) enum Value<'t> {
    /// What whoever renders the template passes, and what comes of that.
    Data,
    /// [`Value::Data`] as a text: characters picked from it are of the template's choice, since
    /// how things print is known to whoever writes it.
    DataText,
    /// A text that the template itself makes.
    Text(Rc<str>),
    /// A text of this many bytes that is not kept.
    Long(u64),
    /// A text made in a way that was not followed: of how objects print, of underscores and
    /// something unknown.
    Derived,
    Int(i64),
    /// A number, truth value or nothing.
    Scalar(Option<bool>),
    List(Rc<Vec<Value<'t>>>),
    /// A list that prints as the object that makes it.
    Generator(Rc<Vec<Value<'t>>>),
    Map(Rc<Vec<(Value<'t>, Value<'t>)>>),
    /// So many whole numbers from, with the step.
    Range(i64, u64, i64),
    /// A function or object that Jinja2 brings along, by its name.
    Object(Rc<str>),
    /// A `namespace`, by its number.
    Namespace(usize),
    /// A macro, or the caller of one.
    Macro(&'t Macro),
    /// A method of a value.
    Method(Rc<Value<'t>>, Rc<str>),
    /// What was reached through Python's internals; the number is the access that led there.
    Internal(usize),
    /// One of several.
    Any(Rc<Vec<Value<'t>>>),
}

impl<'t> Value<'t> {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.len() > MAX_TEXT {
            Self::Long(text.len() as u64)
        } else {
            Self::Text(text.into())
        }
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        if items.len() > MAX_ITEMS {
            return Self::any(items);
        }
        Self::List(Rc::new(items))
    }

    /// One of the values.
    pub(super) fn any(values: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = Vec::new();
        let mut push = |value: &Self| {
            if all.iter().any(|known| known.same(value)) {
                return true;
            }
            all.push(value.clone());
            all.len() <= MAX_ALTERNATIVES
        };
        let mut complete = true;
        for value in values {
            complete &= match &value {
                Self::Any(inner) => inner.iter().all(&mut push),
                other => push(other),
            };
            if !complete {
                break;
            }
        }
        if !complete {
            // What is left out may be anything that a template can write.
            all.truncate(MAX_ALTERNATIVES);
            all.push(Self::Derived);
        }
        match all.len() {
            0 => Self::Data,
            1 => all.pop().unwrap_or(Self::Data),
            _ => Self::Any(Rc::new(all)),
        }
    }

    /// Whether two values are one, without looking deep.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Data, Self::Data)
            | (Self::DataText, Self::DataText)
            | (Self::Derived, Self::Derived) => true,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Scalar(a), Self::Scalar(b)) => a == b,
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b) || a.is_empty() && b.is_empty(),
            (Self::Map(a), Self::Map(b)) => Rc::ptr_eq(a, b) || a.is_empty() && b.is_empty(),
            (Self::Range(a, b, c), Self::Range(d, e, f)) => (a, b, c) == (d, e, f),
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Namespace(a), Self::Namespace(b)) | (Self::Internal(a), Self::Internal(b)) => {
                a == b
            }
            (Self::Macro(a), Self::Macro(b)) => std::ptr::eq(*a, *b),
            (Self::Method(a, name), Self::Method(b, other)) => name == other && a.same(b),
            _ => false,
        }
    }

    /// The values that this may be.
    pub(super) fn alternatives(&self) -> &[Self] {
        match self {
            Self::Any(all) => all,
            one => std::slice::from_ref(one),
        }
    }

    /// What `with` makes of each value that this may be.
    pub(super) fn each(&self, mut with: impl FnMut(&Self) -> Self) -> Self {
        match self {
            Self::Any(all) => Self::any(all.iter().map(with)),
            one => with(one),
        }
    }

    /// Whether Python takes it for true, if that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(!text.is_empty()),
            Self::Long(length) => Some(*length > 0),
            Self::Int(number) => Some(*number != 0),
            Self::Scalar(truth) => *truth,
            Self::List(items) => Some(!items.is_empty()),
            Self::Map(pairs) => Some(!pairs.is_empty()),
            Self::Range(_, count, _) => Some(*count > 0),
            Self::Object(_)
            | Self::Namespace(_)
            | Self::Macro(_)
            | Self::Method(..)
            | Self::Generator(_) => Some(true),
            Self::Data | Self::DataText | Self::Derived | Self::Internal(_) | Self::Any(_) => None,
        }
    }

    /// Whether `str()` of it is a text that the template makes.
    pub(super) fn to_text(&self) -> Self {
        match self {
            Self::Int(number) => Self::text(number.to_string()),
            Self::Text(_) | Self::Long(_) | Self::Data | Self::Derived => self.clone(),
            Self::Scalar(_) | Self::DataText => Self::Data,
            Self::List(_) | Self::Map(_) => self.printed(),
            Self::Any(_) => self.each(Self::to_text),
            _ => Self::Derived,
        }
    }

    /// How a list or mapping prints: known to whoever writes the template, so that characters can
    /// be picked from it.
    fn printed(&self) -> Self {
        let mut budget = MAX_TEXT;
        let mut text = String::new();
        match print(self, &mut text, &mut budget, 0) {
            Printed::Known => Self::text(text),
            Printed::Data => Self::Data,
            Printed::Object => Self::Derived,
        }
    }

    /// `a ~ b`.
    pub(super) fn concat(&self, other: &Self) -> Self {
        if matches!(self, Self::Any(_)) || matches!(other, Self::Any(_)) {
            let mut all = Vec::new();
            for a in self.alternatives() {
                for b in other.alternatives() {
                    all.push(a.concat(b));
                    if all.len() > MAX_ALTERNATIVES.saturating_mul(2) {
                        return Self::any(all);
                    }
                }
            }
            return Self::any(all);
        }
        match (self.to_text(), other.to_text()) {
            (Self::Text(a), Self::Text(b)) => {
                let length = a.len().saturating_add(b.len());
                if length > MAX_TEXT {
                    return Self::Long(length as u64);
                }
                let mut text = String::with_capacity(length);
                text.push_str(&a);
                text.push_str(&b);
                Self::Text(text.into())
            }
            (Self::Derived, _) | (_, Self::Derived) => Self::Derived,
            (Self::Data, known) | (known, Self::Data) => match known {
                Self::Text(text) if hides_underscores(&text) => Self::Derived,
                _ => Self::Data,
            },
            (a, b) => Self::Long(a.length().saturating_add(b.length())),
        }
    }

    /// How much work a text made of this and another one is.
    pub(super) fn cost(&self, other: &Self) -> u64 {
        let size = |value: &Self| -> u64 {
            let kept = |one: &Self| one.length().min(MAX_TEXT as u64);
            value.alternatives().iter().map(kept).sum()
        };
        let pairs = self
            .alternatives()
            .len()
            .saturating_add(other.alternatives().len());
        (size(self).saturating_add(size(other)) / 64).saturating_mul(pairs as u64)
    }

    /// How long a text is, in bytes.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Long(length) => *length,
            _ => 0,
        }
    }

    /// The items that a loop over it sees, if they are known.
    pub(super) fn items(&self, most: usize) -> Option<Vec<Self>> {
        match self {
            Self::Text(text) => {
                let one = |c: char| Self::text(c.encode_utf8(&mut [0; 4]));
                Some(text.chars().take(most).map(one).collect())
            }
            Self::List(items) | Self::Generator(items) => {
                Some(items.iter().take(most).cloned().collect())
            }
            Self::Map(pairs) => Some(
                pairs
                    .iter()
                    .take(most)
                    .map(|(key, _)| key.clone())
                    .collect(),
            ),
            Self::Range(start, count, step) => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX).min(most);
                let numbers = std::iter::successors(Some(*start), |n| n.checked_add(*step));
                Some(numbers.take(count).map(Self::Int).collect())
            }
            _ => None,
        }
    }
}

/// Whether a piece of a text is there to make a name of Python's internals with something unknown.
fn hides_underscores(text: &str) -> bool {
    let bare = text.trim_matches('_');
    text.contains("__") || text.len() > bare.len() && (bare.is_empty() || is_edged(text))
}

fn is_edged(text: &str) -> bool {
    text.starts_with('_') && text.ends_with('_')
}

enum Printed {
    Known,
    Data,
    Object,
}

/// Python's `repr`, as far as it is known.
fn print(value: &Value<'_>, out: &mut String, budget: &mut usize, depth: usize) -> Printed {
    let Some(left) = budget.checked_sub(1) else {
        return Printed::Data;
    };
    *budget = left;
    if depth > 16 {
        return Printed::Data;
    }
    let depth = depth.saturating_add(1);
    match value {
        Value::Text(text) => {
            *budget = budget.saturating_sub(text.len());
            out.push('\'');
            out.push_str(text);
            out.push('\'');
        }
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                match print(item, out, budget, depth) {
                    Printed::Known => {}
                    other => return other,
                }
            }
            out.push(']');
        }
        Value::Map(pairs) => {
            out.push('{');
            for (at, (key, item)) in pairs.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                for (part, end) in [(key, ": "), (item, "")] {
                    match print(part, out, budget, depth) {
                        Printed::Known => out.push_str(end),
                        other => return other,
                    }
                }
            }
            out.push('}');
        }
        Value::Data | Value::DataText | Value::Scalar(_) | Value::Any(_) | Value::Long(_) => {
            return Printed::Data;
        }
        _ => return Printed::Object,
    }
    Printed::Known
}
