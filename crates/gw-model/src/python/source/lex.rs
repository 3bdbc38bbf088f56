use std::rc::Rc;

use super::fold;

/// How deep brackets may nest; CPython's tokenizer takes no more (`MAXLEVEL`).
pub(crate) const MAX_DEPTH: usize = 200;

/// How deep f-strings may nest in f-strings.
const MAX_FORMATS: usize = 8;

/// A piece of source code with its line, from 1.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// An identifier or keyword, in the compatibility form to which Python normalises it.
    Name(Rc<str>),
    /// A number; its value if it is a small integer.
    Number(Option<i64>),
    /// What a string or byte string amounts to.
    Text(Rc<[u8]>),
    /// An operator by its first character; those of several characters as in [`operator`].
    Op(u8),
    /// The end of a logical line.
    Newline,
}

/// Operators that begin like others: `:=`.
pub(crate) const WALRUS: u8 = b'W';
/// Joins an f-string and the expressions in it, which follow it in parentheses.
pub(crate) const FORMAT: u8 = b'F';
/// Comparisons and assignments that also compute.
const OTHER: u8 = b'?';

/// Source code in tokens.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) tokens: Vec<Token>,
    /// For each opening bracket the index of the closing one; the number of tokens if there is
    /// none.
    pub(crate) closing: Vec<usize>,
    /// What Python would not accept.
    pub(crate) problem: Option<(u32, &'static str)>,
}

/// Splits source code, tolerating what Python does not.
pub(crate) fn lex(text: &str) -> Tokens {
    let mut lexer = Lexer {
        out: Tokens::default(),
        open: Vec::new(),
        line: 1,
    };
    lexer.run(text, 0);
    let Lexer { mut out, open, .. } = lexer;
    if !open.is_empty() && out.problem.is_none() {
        let line = open
            .last()
            .and_then(|&index| out.tokens.get(index))
            .map_or(1, |token| token.line);
        out.problem = Some((line, "a bracket that is never closed"));
    }
    let end = out.tokens.len();
    out.closing.resize(end, end);
    for index in open {
        if let Some(closing) = out.closing.get_mut(index) {
            *closing = end;
        }
    }
    out
}

struct Lexer {
    out: Tokens,
    open: Vec<usize>,
    line: u32,
}

impl Lexer {
    fn run(&mut self, text: &str, formats: usize) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = text.get(at..).unwrap_or_default();
            at = at.saturating_add(match byte {
                b'\n' => {
                    if self.open.is_empty() {
                        self.push(Kind::Newline);
                    }
                    self.line = self.line.saturating_add(1);
                    1
                }
                b' ' | b'\t' | b'\r' | b'\x0c' => 1,
                b'\\' => {
                    let end = usize::from(rest.starts_with("\\\r\n"));
                    if rest
                        .get(1..)
                        .is_some_and(|rest| rest.starts_with(['\n', '\r']))
                    {
                        self.line = self.line.saturating_add(1);
                        2_usize.saturating_add(end)
                    } else {
                        1
                    }
                }
                b'#' => memchr_line(rest),
                b'"' | b'\'' => self.string(rest, "", formats),
                b'0'..=b'9' => self.number(rest),
                b'.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => self.number(rest),
                _ => match rest.chars().next() {
                    Some(first) if fold::starts_name(first) => self.name(rest, formats),
                    Some(first) if !first.is_ascii() => first.len_utf8(),
                    _ => self.operator(rest),
                },
            });
        }
        if self.open.is_empty() {
            self.push(Kind::Newline);
        }
    }

    fn push(&mut self, kind: Kind) {
        self.out.tokens.push(Token {
            kind,
            line: self.line,
        });
    }

    fn name(&mut self, rest: &str, formats: usize) -> usize {
        let length = rest
            .find(|char| !fold::continues_name(char))
            .unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        if length <= 2
            && after.starts_with(['"', '\''])
            && name.chars().all(|char| "rRbBuUfFtT".contains(char))
        {
            return length.saturating_add(self.string(after, name, formats));
        }
        self.push(Kind::Name(fold::fold(name).into()));
        length
    }

    fn number(&mut self, rest: &str) -> usize {
        let mut before = b' ';
        let length = rest
            .bytes()
            .position(|byte| {
                let sign = matches!(byte, b'+' | b'-') && matches!(before, b'e' | b'E');
                let hex = rest.starts_with("0x") || rest.starts_with("0X");
                before = byte;
                !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || (sign && !hex))
            })
            .unwrap_or(rest.len());
        let digits: String = rest
            .get(..length)
            .unwrap_or_default()
            .chars()
            .filter(|char| *char != '_')
            .collect();
        let lower = digits.to_ascii_lowercase();
        let value = if let Some(hex) = lower.strip_prefix("0x") {
            i64::from_str_radix(hex, 16).ok()
        } else if let Some(octal) = lower.strip_prefix("0o") {
            i64::from_str_radix(octal, 8).ok()
        } else if let Some(binary) = lower.strip_prefix("0b") {
            i64::from_str_radix(binary, 2).ok()
        } else {
            lower.trim_end_matches('l').parse().ok()
        };
        self.push(Kind::Number(value));
        length
    }

    /// A string whose quotes `rest` begins with; returns how long it is, quotes included.
    fn string(&mut self, rest: &str, prefix: &str, formats: usize) -> usize {
        let has = |wanted: char| prefix.contains([wanted, wanted.to_ascii_uppercase()]);
        let quote = rest.get(..1).unwrap_or("\"");
        let triple = rest.get(..3).is_some_and(|three| {
            three
                .bytes()
                .all(|byte| byte == *quote.as_bytes().first().unwrap_or(&b'"'))
        });
        let width = if triple { 3 } else { 1 };
        let mark = rest.get(..width).unwrap_or(quote);
        let body = rest.get(width..).unwrap_or_default();
        let (length, closed) = string_length(body, mark);
        let content = body.get(..length).unwrap_or_default();
        if !closed && self.out.problem.is_none() {
            self.out.problem = Some((self.line, "a string that is never closed"));
        }
        let is_format = has('f') || has('t');
        let value = unescape(content, has('r'), has('b'));
        self.push(Kind::Text(value.into()));
        if is_format && formats < MAX_FORMATS {
            for expression in expressions(content) {
                self.push(Kind::Op(FORMAT));
                self.bracket(b'(');
                let line = self.line;
                self.run(expression, formats.saturating_add(1));
                self.line = line;
                self.bracket(b')');
            }
        }
        let lines = content.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        width
            .saturating_add(length)
            .saturating_add(if closed { width } else { 0 })
    }

    fn operator(&mut self, rest: &str) -> usize {
        let bytes = rest.as_bytes();
        let first = bytes.first().copied().unwrap_or(b' ');
        let second = bytes.get(1).copied().unwrap_or(b' ');
        let third = bytes.get(2).copied().unwrap_or(b' ');
        let (code, length) = match (first, second) {
            (b'*' | b'/' | b'<' | b'>', _) if second == first && third == b'=' => (OTHER, 3),
            (b':', b'=') => (WALRUS, 2),
            (b'-', b'>')
            | (
                b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^'
                | b'@',
                b'=',
            ) => (OTHER, 2),
            (b'*' | b'/' | b'<' | b'>', _) if second == first => (first, 2),
            (b'<', b'>') => (OTHER, 2),
            _ => (first, 1),
        };
        match code {
            b'(' | b'[' | b'{' | b')' | b']' | b'}' => self.bracket(code),
            _ => self.push(Kind::Op(code)),
        }
        length
    }

    fn bracket(&mut self, bracket: u8) {
        let index = self.out.tokens.len();
        match bracket {
            b'(' | b'[' | b'{' => {
                if self.open.len() >= MAX_DEPTH && self.out.problem.is_none() {
                    self.out.problem = Some((self.line, "brackets that nest too deeply"));
                }
                self.open.push(index);
            }
            _ => {
                if let Some(open) = self.open.pop() {
                    if self.out.closing.len() <= open {
                        self.out.closing.resize(open.saturating_add(1), 0);
                    }
                    if let Some(closing) = self.out.closing.get_mut(open) {
                        *closing = index;
                    }
                } else if self.out.problem.is_none() {
                    self.out.problem = Some((self.line, "a bracket that was not opened"));
                }
            }
        }
        self.push(Kind::Op(bracket));
    }
}

fn memchr_line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// How long the content of a string is up to its closing `mark`, and whether that is there.
fn string_length(body: &str, mark: &str) -> (usize, bool) {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at = at.saturating_add(2),
            b'\n' if mark.len() == 1 => return (at, false),
            _ if bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(mark.as_bytes())) =>
            {
                return (at, true);
            }
            _ => at = at.saturating_add(1),
        }
    }
    (body.len(), false)
}

/// The expressions in the braces of an f-string.
fn expressions(content: &str) -> Vec<&str> {
    let bytes = content.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut depth, mut start) = (0_usize, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let next = at.saturating_add(1);
        match byte {
            b'{' if depth == 0 && bytes.get(next) == Some(&b'{') => at = next,
            b'{' => {
                if depth == 0 {
                    start = next;
                }
                depth = depth.saturating_add(1);
            }
            b'}' if depth == 1 => {
                depth = 0;
                found.extend(content.get(start..at));
            }
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at = at.saturating_add(1);
    }
    found
}

/// What the content of a string amounts to.
fn unescape(content: &str, raw: bool, is_bytes: bool) -> Vec<u8> {
    if raw || !content.contains('\\') {
        return content.as_bytes().to_vec();
    }
    let mut out = Vec::with_capacity(content.len());
    let push = |code: u32, out: &mut Vec<u8>| match char::from_u32(code) {
        Some(char) if !is_bytes => out.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
        _ => out.push(u8::try_from(code & 0xff).unwrap_or(0)),
    };
    let mut rest = content;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend(before.as_bytes());
        let mut chars = after.chars();
        let escape = chars.next().unwrap_or('\\');
        let tail = chars.as_str();
        let (digits, radix) = match escape {
            'x' => (2, 16),
            'u' if !is_bytes => (4, 16),
            'U' if !is_bytes => (8, 16),
            '0'..='7' => (3, 8),
            _ => (0, 0),
        };
        if digits > 0 {
            let text = if radix == 8 { after } else { tail };
            let count = text
                .bytes()
                .take(digits)
                .take_while(|byte| char::from(*byte).is_digit(radix))
                .count();
            if let Some(code) = text
                .get(..count)
                .and_then(|digits| u32::from_str_radix(digits, radix).ok())
            {
                push(code, &mut out);
            }
            rest = text.get(count..).unwrap_or_default();
            continue;
        }
        rest = tail;
        match escape {
            '\n' => {}
            'n' => out.push(b'\n'),
            't' => out.push(b'\t'),
            'r' => out.push(b'\r'),
            'a' => out.push(7),
            'b' => out.push(8),
            'f' => out.push(12),
            'v' => out.push(11),
            '\\' | '\'' | '"' => out.extend(escape.encode_utf8(&mut [0; 4]).as_bytes()),
            'N' if tail.starts_with('{') => {
                rest = tail.split_once('}').map_or("", |(_, rest)| rest);
                out.push(b'?');
            }
            other => {
                out.push(b'\\');
                out.extend(other.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    out.extend(rest.as_bytes());
    out
}
