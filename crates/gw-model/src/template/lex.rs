//! Text, tags and tokens, as Jinja2's lexer tells them apart with its default delimiters.
//!
//! Source: Jinja2's template designer documentation, "Synopsis", "Whitespace Control", "Escaping"
//! and "Literals". Strings are what Python's `unicode-escape` codec makes of them.

use std::rc::Rc;

use super::ast::Span;
use super::parse::Error;

/// A part of a template.
#[derive(Debug)]
pub(super) enum Piece {
    Text(Rc<str>),
    /// `{{ }}` with its tokens.
    Print(Vec<Token>, Span),
    /// `{% %}` with its tokens.
    Tag(Vec<Token>, Span),
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name(Rc<str>),
    Text(Rc<str>),
    Int(i64),
    Float,
    Op(&'static str),
}

/// Longer ones first.
const OPERATORS: [&str; 26] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
];

/// Splits a template. A tag that cannot be read is left out and its error kept.
pub(super) fn pieces(text: &str) -> (Vec<Piece>, Vec<Error>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        strip: false,
        pieces: Vec::new(),
        errors: Vec::new(),
    };
    lexer.run();
    (lexer.pieces, lexer.errors)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether the last tag ended in `-`, which takes the white space after it away.
    strip: bool,
    pieces: Vec<Piece>,
    errors: Vec<Error>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let rest = self.rest();
            let open = next_open(rest);
            self.push_text(open.map_or(rest, |open| rest.get(..open).unwrap_or_default()));
            let Some(open) = open else { return };
            self.at = self.at.saturating_add(open);
            match self.rest().as_bytes().get(1) {
                Some(b'#') => self.comment(),
                Some(b'{') => self.tag(false),
                _ => self.tag(true),
            }
        }
    }

    fn push_text(&mut self, mut text: &str) {
        if self.strip {
            text = text.trim_start();
        }
        self.strip = false;
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.into()));
        }
    }

    /// Takes away the white space before a tag that begins with `-`.
    fn strip_before(&mut self) {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            *text = text.trim_end().into();
        }
    }

    fn comment(&mut self) {
        let rest = self.rest();
        if rest.starts_with("{#-") {
            self.strip_before();
        }
        match rest.find("#}") {
            Some(end) => {
                self.strip = rest.get(..end).is_some_and(|inner| inner.ends_with('-'));
                self.at = self.at.saturating_add(end).saturating_add(2);
            }
            None => {
                self.errors
                    .push(Error::malformed(self.at, "a comment that does not end"));
                self.at = self.text.len();
            }
        }
    }

    fn tag(&mut self, statement: bool) {
        let start = self.at;
        self.at = self.at.saturating_add(2);
        if self.rest().starts_with('-') {
            self.strip_before();
        }
        if self.rest().starts_with(['-', '+']) {
            self.at = self.at.saturating_add(1);
        }
        match self.tokens(statement) {
            Ok(tokens) => {
                let span = (start, self.at);
                let raw = statement
                    && matches!(tokens.as_slice(), [Token { kind: TokenKind::Name(name), .. }]
                        if &**name == "raw");
                if raw {
                    self.raw();
                } else if statement {
                    self.pieces.push(Piece::Tag(tokens, span));
                } else {
                    self.pieces.push(Piece::Print(tokens, span));
                }
            }
            Err(error) => {
                self.errors.push(error);
                // What follows the next end of a tag may be read again.
                let close = if statement { "%}" } else { "}}" };
                let rest = self.text.get(start..).unwrap_or_default();
                let length = rest
                    .find(close)
                    .map_or(rest.len(), |end| end.saturating_add(2));
                self.at = self.at.max(start.saturating_add(length));
                while !self.text.is_char_boundary(self.at) {
                    self.at = self.at.saturating_add(1);
                }
            }
        }
    }

    /// Text up to `{% endraw %}`.
    fn raw(&mut self) {
        let rest = self.rest();
        for (at, _) in rest.match_indices("{%") {
            let inner = rest.get(at..).unwrap_or_default();
            let name = inner
                .trim_start_matches("{%")
                .trim_start_matches(['-', '+'])
                .trim_start();
            let Some(after) = name.strip_prefix("endraw") else {
                continue;
            };
            let after = after.trim_start().trim_start_matches(['-', '+']);
            let Some(after) = after.strip_prefix("%}") else {
                continue;
            };
            self.push_text(rest.get(..at).unwrap_or_default());
            self.at = self.text.len().saturating_sub(after.len());
            return;
        }
        self.errors
            .push(Error::malformed(self.at, "`raw` without `endraw`"));
        self.push_text(rest);
        self.at = self.text.len();
    }

    /// The tokens up to the end of the tag, which counts only outside brackets.
    fn tokens(&mut self, statement: bool) -> Result<Vec<Token>, Error> {
        let close = if statement { "%}" } else { "}}" };
        let mut tokens = Vec::new();
        let mut brackets: Vec<&str> = Vec::new();
        loop {
            let rest = self.rest();
            self.at = self
                .at
                .saturating_add(rest.len())
                .saturating_sub(rest.trim_start().len());
            let rest = self.rest();
            if brackets.is_empty() {
                let bare = rest.strip_prefix(['-', '+']).unwrap_or(rest);
                let signed = bare.len() < rest.len();
                if bare.starts_with(close) {
                    self.strip = rest.starts_with('-');
                    self.at = self.at.saturating_add(if signed { 3 } else { 2 });
                    return Ok(tokens);
                }
            }
            let Some(first) = rest.chars().next() else {
                return Err(Error::malformed(self.at, "a tag that does not end"));
            };
            let start = self.at;
            let kind = match first {
                '"' | '\'' => self.string(first)?,
                '0'..='9' => self.number(),
                _ if first == '_' || first.is_alphanumeric() => {
                    let end = rest
                        .find(|c: char| !(c == '_' || c.is_alphanumeric()))
                        .unwrap_or(rest.len());
                    self.at = self.at.saturating_add(end);
                    TokenKind::Name(rest.get(..end).unwrap_or_default().into())
                }
                _ => {
                    let known = OPERATORS.iter().find(|op| rest.starts_with(**op));
                    let Some(op) = known else {
                        return Err(Error::malformed(self.at, "a character of no meaning"));
                    };
                    // A bracket that does not match ends the tag, so that no text is read again and
                    // again for tags that do not end.
                    let matches = match *op {
                        "(" | "[" | "{" => {
                            brackets.push(op);
                            true
                        }
                        ")" => brackets.pop() == Some("("),
                        "]" => brackets.pop() == Some("["),
                        "}" => brackets.pop() == Some("{"),
                        _ => true,
                    };
                    if !matches {
                        return Err(Error::malformed(start, "a bracket that does not match"));
                    }
                    self.at = self.at.saturating_add(op.len());
                    TokenKind::Op(op)
                }
            };
            let span = (start, self.at);
            tokens.push(Token { kind, span });
        }
    }

    fn string(&mut self, quote: char) -> Result<TokenKind, Error> {
        let rest = self.rest();
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                let inner = rest.get(1..at).unwrap_or_default();
                self.at = self.at.saturating_add(at).saturating_add(1);
                return Ok(TokenKind::Text(unescape(inner).into()));
            }
        }
        Err(Error::malformed(self.at, "a string that does not end"))
    }

    fn number(&mut self) -> TokenKind {
        let rest = self.rest();
        let radix = match rest.get(..2).unwrap_or_default() {
            "0x" | "0X" => 16,
            "0o" | "0O" => 8,
            "0b" | "0B" => 2,
            _ => 10,
        };
        let skip = if radix == 10 { 0 } else { 2 };
        let digits = rest.get(skip..).unwrap_or_default();
        let length = digits
            .find(|c: char| !(c == '_' || c.is_digit(radix)))
            .unwrap_or(digits.len());
        let mut end = skip.saturating_add(length);
        let text: String = digits
            .chars()
            .take(length)
            .filter(|digit| *digit != '_')
            .collect();
        let mut kind = TokenKind::Int(i64::from_str_radix(&text, radix).unwrap_or(i64::MAX));
        if radix == 10 {
            let after = fraction(rest.get(end..).unwrap_or_default());
            if after > 0 {
                end = end.saturating_add(after);
                kind = TokenKind::Float;
            }
        }
        self.at = self.at.saturating_add(end);
        kind
    }
}

/// Where the next tag or comment begins.
fn next_open(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    text.match_indices('{')
        .map(|(at, _)| at)
        .find(|at| matches!(bytes.get(at.saturating_add(1)), Some(b'{' | b'%' | b'#')))
}

/// How long the fraction and exponent at the start of a text are: `.5e-3`.
fn fraction(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !(c == '_' || c.is_ascii_digit()))
            .unwrap_or(text.len())
    };
    let mut length = 0;
    if let Some(after) = text.strip_prefix('.') {
        match digits(after) {
            0 => return 0,
            count => length = count.saturating_add(1),
        }
    }
    let rest = text.get(length..).unwrap_or_default();
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let sign = usize::from(after.starts_with(['-', '+']));
        let count = digits(after.get(sign..).unwrap_or_default());
        if count > 0 {
            length = length
                .saturating_add(count)
                .saturating_add(sign)
                .saturating_add(1);
        }
    }
    length
}

/// What Python makes of the escapes in a string.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(kind) = rest.chars().next() else {
            out.push('\\');
            return out;
        };
        let after = rest.get(kind.len_utf8()..).unwrap_or_default();
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        rest = after;
        match kind {
            '\n' => {}
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '\\' | '\'' | '"' => out.push(kind),
            '0'..='7' => {
                let start = text.len().saturating_sub(after.len()).saturating_sub(1);
                let octal = text.get(start..).unwrap_or_default();
                let length = octal
                    .bytes()
                    .take(3)
                    .take_while(|byte| matches!(byte, b'0'..=b'7'))
                    .count();
                rest = octal.get(length..).unwrap_or_default();
                out.push(character(octal.get(..length).unwrap_or_default(), 8));
            }
            'x' | 'u' | 'U' => match after.get(..digits) {
                Some(number) if number.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    rest = after.get(digits..).unwrap_or_default();
                    out.push(character(number, 16));
                }
                _ => out.push(char::REPLACEMENT_CHARACTER),
            },
            'N' => match after
                .strip_prefix('{')
                .and_then(|name| name.split_once('}'))
            {
                Some((name, left)) => {
                    rest = left;
                    out.push(named(name));
                }
                None => out.push(char::REPLACEMENT_CHARACTER),
            },
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(digits: &str, radix: u32) -> char {
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The characters of Python's names, by the names that Unicode gives them.
fn named(name: &str) -> char {
    const DIGITS: [&str; 10] = [
        "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
    ];
    let name = name.to_ascii_uppercase();
    let letter = |prefix: &str| {
        let mut letters = name.strip_prefix(prefix)?.chars();
        letters.next().filter(|_| letters.next().is_none())
    };
    if matches!(name.as_str(), "LOW LINE" | "SPACING UNDERSCORE") {
        return '_';
    }
    if matches!(name.as_str(), "FULL STOP" | "PERIOD") {
        return '.';
    }
    if let Some(letter) = letter("LATIN SMALL LETTER ") {
        return letter.to_ascii_lowercase();
    }
    if let Some(letter) = letter("LATIN CAPITAL LETTER ") {
        return letter;
    }
    let digit = name
        .strip_prefix("DIGIT ")
        .and_then(|name| DIGITS.iter().position(|digit| *digit == name))
        .and_then(|digit| char::from_digit(u32::try_from(digit).ok()?, 10));
    digit.unwrap_or(char::REPLACEMENT_CHARACTER)
}
