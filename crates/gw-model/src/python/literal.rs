//! Python literals, as `ast.literal_eval` reads them: strings, numbers, truth values, tuples, lists
//! and dictionaries. Nothing else is a literal, and nothing is evaluated.

use crate::python::source::lex::{self, Kind, Tokens};

/// How deep literals may nest.
const MAX_DEPTH: usize = 32;

/// A Python literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    None,
    Bool(bool),
    /// A whole number, if it fits.
    Int(i64),
    Text(String),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// The literal that a text is, whole; none if it is anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // In brackets lines end nothing.
        let text = text.trim();
        let tokens = lex::lex(text);
        if tokens.problem.is_some() {
            return None;
        }
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
        };
        let literal = parser.literal(0)?;
        parser.skip_newlines();
        (parser.at >= tokens.tokens.len()).then_some(literal)
    }

    /// The last value under a key of a dictionary, which is the one that counts.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dict(entries) => entries
                .iter()
                .rev()
                .find(|(name, _)| name.text() == Some(key))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a tuple or list.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Tuple(items) | Self::List(items) => Some(items),
            _ => None,
        }
    }
}

struct Parser<'t> {
    tokens: &'t Tokens,
    at: usize,
}

impl Parser<'_> {
    fn literal(&mut self, depth: usize) -> Option<Literal> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_newlines();
        let kind = self.next()?.clone();
        match kind {
            Kind::Text(first) => {
                let mut text = first.to_vec();
                while let Some(Kind::Text(more)) = self.peek() {
                    text.extend_from_slice(&more.clone());
                    self.at = self.at.saturating_add(1);
                }
                Some(Literal::Text(String::from_utf8_lossy(&text).into_owned()))
            }
            Kind::Number(number) => {
                // Python 2 writes long numbers with an `L`, which the lexer leaves in.
                number.map(Literal::Int)
            }
            Kind::Op(b'-') => match self.next()? {
                Kind::Number(Some(number)) => Some(Literal::Int(number.checked_neg()?)),
                _ => None,
            },
            Kind::Name(name) => match &*name {
                "None" => Some(Literal::None),
                "True" => Some(Literal::Bool(true)),
                "False" => Some(Literal::Bool(false)),
                _ => None,
            },
            Kind::Op(b'(') => {
                let (mut items, comma) = self.items(b')', depth)?;
                match (items.len(), comma) {
                    (1, false) => items.pop(),
                    _ => Some(Literal::Tuple(items)),
                }
            }
            Kind::Op(b'[') => Some(Literal::List(self.items(b']', depth)?.0)),
            Kind::Op(b'{') => self.dict(depth),
            Kind::Op(_) | Kind::Newline => None,
        }
    }

    /// Items up to a closing bracket, and whether there is a comma.
    fn items(&mut self, end: u8, depth: usize) -> Option<(Vec<Literal>, bool)> {
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            self.skip_newlines();
            if self.peek() == Some(&Kind::Op(end)) {
                self.at = self.at.saturating_add(1);
                return Some((items, comma));
            }
            if !items.is_empty() {
                // A comma must have come.
                if !comma {
                    return None;
                }
            }
            items.push(self.literal(depth.saturating_add(1))?);
            self.skip_newlines();
            match self.next()? {
                Kind::Op(b',') => comma = true,
                Kind::Op(op) if *op == end => return Some((items, comma)),
                _ => return None,
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Literal> {
        let mut entries = Vec::new();
        loop {
            self.skip_newlines();
            if self.peek() == Some(&Kind::Op(b'}')) {
                self.at = self.at.saturating_add(1);
                return Some(Literal::Dict(entries));
            }
            let key = self.literal(depth.saturating_add(1))?;
            self.skip_newlines();
            if self.next()? != &Kind::Op(b':') {
                return None;
            }
            let value = self.literal(depth.saturating_add(1))?;
            entries.push((key, value));
            self.skip_newlines();
            match self.next()? {
                Kind::Op(b',') => {}
                Kind::Op(b'}') => return Some(Literal::Dict(entries)),
                _ => return None,
            }
        }
    }

    fn skip_newlines(&mut self) {
        while self.peek() == Some(&Kind::Newline) {
            self.at = self.at.saturating_add(1);
        }
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next(&mut self) -> Option<&Kind> {
        let token = self.tokens.tokens.get(self.at)?;
        self.at = self.at.saturating_add(1);
        Some(&token.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_nothing_else() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 0x10), }   \n";
        let literal = Literal::parse(header).unwrap();
        assert_eq!(literal.get("descr").and_then(Literal::text), Some("<f8"));
        let shape = [Literal::Int(3), Literal::Int(16)];
        assert_eq!(
            literal.get("shape").and_then(Literal::items),
            Some(&shape[..])
        );

        for (text, expected) in [
            ("()", Some(Literal::Tuple(vec![]))),
            ("(1)", Some(Literal::Int(1))),
            ("(-1,)", Some(Literal::Tuple(vec![Literal::Int(-1)]))),
            ("u'a' 'b'", Some(Literal::Text("ab".to_owned()))),
            (
                "[\n1,\n2]",
                Some(Literal::List(vec![Literal::Int(1), Literal::Int(2)])),
            ),
            ("[1 2]", None),
            ("1 + 1", None),
            ("f()", None),
            ("x", None),
            ("{'a' 1}", None),
            ("{'a': 1", None),
            ("1; 2", None),
            ("(,)", None),
            ("", None),
            ("f'{x}'", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(Literal::parse(text), expected, "{text}");
        }
        assert_eq!(Literal::parse(&"(".repeat(10_000)), None);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(Literal::parse(&deep), None);
    }
}
