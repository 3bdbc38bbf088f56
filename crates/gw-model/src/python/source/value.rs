use std::rc::Rc;

/// How long a constant may get by joining others, in bytes.
const MAX_CONSTANT: usize = 1 << 20;

/// What is known of an expression's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Unknown,
    /// What can be imported under a name, or with `@` before it a builtin: `os.system`, `@getattr`.
    Path(Rc<str>),
    /// A string or bytes.
    Constant(Rc<[u8]>),
    /// A small number.
    Number(i64),
    /// A list or tuple.
    List(Rc<[Value]>),
    /// A method of a constant, or of what was decoded.
    Method(Rc<Value>, Rc<str>),
    /// Looks an attribute up in what can be imported: `os.__getattribute__`.
    Getter(Rc<str>),
    /// Looks this attribute up in what it is given: `operator.attrgetter("system")`.
    Taker(Rc<str>),
    /// The names of a scope: `globals()`.
    Scope,
    /// Data that was in another form until then; what it is, if that is known.
    Decoded(Option<Rc<[u8]>>),
}

impl Value {
    pub(super) fn path(name: impl Into<Rc<str>>) -> Self {
        Self::Path(name.into())
    }

    pub(super) fn constant(bytes: impl Into<Rc<[u8]>>) -> Self {
        let bytes = bytes.into();
        if bytes.len() > MAX_CONSTANT {
            Self::Unknown
        } else {
            Self::Constant(bytes)
        }
    }

    /// The text of a constant, or of what was decoded to a known value.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Constant(bytes) | Self::Decoded(Some(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub(super) const fn is_decoded(&self) -> bool {
        matches!(self, Self::Decoded(_))
    }

    /// The constant that bytes are which were made from this one.
    pub(super) fn derived(&self, bytes: Vec<u8>) -> Self {
        match Self::constant(bytes) {
            Self::Constant(bytes) if self.is_decoded() => Self::Decoded(Some(bytes)),
            other => other,
        }
    }

    /// Two values joined by `+`.
    pub(super) fn concat(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::List(a), Self::List(b)) if a.len().saturating_add(b.len()) <= 4096 => {
                Self::List(a.iter().chain(b.iter()).cloned().collect())
            }
            (a, b) => match (a.bytes(), b.bytes()) {
                (Some(x), Some(y)) => {
                    let joined = Self::constant([x, y].concat());
                    match joined {
                        Self::Constant(bytes) if a.is_decoded() || b.is_decoded() => {
                            Self::Decoded(Some(bytes))
                        }
                        other => other,
                    }
                }
                _ => a.either(b),
            },
        }
    }

    /// What is known if the value may be of either, or is made of both in a way that is not
    /// followed: the more alarming of the two.
    pub(super) fn either(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Decoded(_), _) | (_, Self::Decoded(_)) => Self::Decoded(None),
            (Self::Path(_), _) => self.clone(),
            (_, Self::Path(_)) => other.clone(),
            _ => Self::Unknown,
        }
    }
}
