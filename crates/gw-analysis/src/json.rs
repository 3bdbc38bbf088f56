use gw_finding::ReasonCode;

use crate::{MAX_DEPTH, Node, ParseError, Span, Value};

/// Reads one JSON document as RFC 8259 defines it, nothing more lenient.
///
/// Duplicate keys are all kept and numbers stay as written. A `\u` escape that is half of a
/// surrogate pair becomes U+FFFD, because such documents exist and the rest of them counts.
///
/// # Errors
/// [`ReasonCode::Malformed`] with the place of the first character that is not JSON, and
/// [`ReasonCode::TooDeep`] where nesting passes [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Node, ParseError> {
    let mut json = Json { text, at: 0 };
    json.skip_space();
    let node = json.value(0)?;
    json.skip_space();
    if json.peek().is_some() {
        return Err(json.unexpected("the end of the document"));
    }
    Ok(node)
}

struct Json<'t> {
    text: &'t str,
    at: usize,
}

impl Json<'_> {
    fn value(&mut self, depth: usize) -> Result<Node, ParseError> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(self.node(start, value))
    }

    fn object(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.open(depth)?;
        let mut pairs = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Map(pairs));
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = Value::String(self.string()?);
            let key = self.node(start, key);
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.unexpected("`:` after the key"));
            }
            self.skip_space();
            pairs.push((key, self.value(depth + 1)?));
            self.skip_space();
            if self.eat(b'}') {
                return Ok(Value::Map(pairs));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
            self.skip_space();
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(Value::List(items));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
            self.skip_space();
        }
    }

    /// Passes the bracket that opens a container.
    fn open(&mut self, depth: usize) -> Result<(), ParseError> {
        if depth >= MAX_DEPTH {
            return Err(ParseError {
                reason: ReasonCode::TooDeep,
                message: format!("nesting is deeper than {MAX_DEPTH}"),
                span: Some(self.span(self.at)),
            });
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// The string whose opening quote is next.
    fn string(&mut self) -> Result<Box<str>, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let plain = self.at;
            self.at += self
                .rest()
                .iter()
                .position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ')
                .unwrap_or(self.text.len() - self.at);
            let run = self.text.get(plain..self.at).unwrap_or_default();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if unescaped.is_empty() {
                        return Ok(run.into());
                    }
                    unescaped.push_str(run);
                    return Ok(unescaped.into());
                }
                Some(b'\\') => {
                    unescaped.push_str(run);
                    unescaped.push(self.escape()?);
                }
                Some(_) => {
                    return Err(self
                        .unexpected("the rest of the string; control characters must be escaped"));
                }
                None => {
                    return Err(ParseError::malformed(
                        "the string that begins here has no closing quote",
                        Some(span(start, start + 1)),
                    ));
                }
            }
        }
    }

    /// The character for the escape sequence whose backslash is next.
    fn escape(&mut self) -> Result<char, ParseError> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += usize::from(letter.is_some_and(|byte| byte.is_ascii()));
        Ok(match letter {
            Some(same @ (b'"' | b'\\' | b'/')) => char::from(same),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                return Err(ParseError::malformed(
                    "unknown escape: expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
                    Some(self.span(start)),
                ));
            }
        })
    }

    /// The character for `\u` and four digits, of which only the digits are left, and for a second
    /// such escape if the first is the high half of a pair.
    fn unicode(&mut self, start: usize) -> Result<char, ParseError> {
        let first = self.hex4(start)?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let second_at = self.at;
        if first < 0xDC00 && self.rest().starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex4(second_at)?;
            if let 0xDC00..=0xDFFF = second {
                let c = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = second_at;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self, start: usize) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at..self.at + 4);
        let value = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(value) = value else {
            return Err(ParseError::malformed(
                "expected four hexadecimal digits after \\u",
                Some(span(start, self.at)),
            ));
        };
        self.at += 4;
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        self.eat(b'-');
        if self.eat(b'0') {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.unexpected("no digit after a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(Value::Number(text.into()))
    }

    fn digits(&mut self) -> Result<(), ParseError> {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 {
            return Err(self.unexpected("a digit"));
        }
        self.at += count;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, ParseError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
            .unwrap_or(rest.len());
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn node(&self, start: usize, value: Value) -> Node {
        Node {
            value,
            span: span(start, self.at),
        }
    }

    /// From `start` to the end of the character at the current place.
    fn span(&self, start: usize) -> Span {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        span(start, self.at + width)
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let message = match rest.chars().next() {
            Some(c) if c.is_ascii_graphic() => format!("expected {expected}, found `{c}`"),
            Some(c) => format!("expected {expected}, found `{}`", c.escape_debug()),
            None => format!("expected {expected}, found the end of the document"),
        };
        ParseError::malformed(message, Some(self.span(self.at)))
    }
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => json!(null),
            Value::Bool(b) => json!(b),
            Value::Number(n) => serde_json::from_str(n).unwrap(),
            Value::String(s) => json!(&**s),
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Map(pairs) => pairs
                .iter()
                .map(|(k, v)| (k.as_str().unwrap().to_owned(), plain(v)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            "null",
            " true ",
            "\r\n\t-0.0e-7 ",
            "[]",
            "[ ]",
            "{ }",
            r#"{"a":[1,2,{"b":"c"}],"é":"ü\n\u00e9\ud83d\ude00\/"}"#,
            r#"["\"\\\b\f\n\r\t", 1E+3, 10, 0]"#,
        ] {
            let expected: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(plain(&parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        #[rustfmt::skip]
        let cases = [
            ("", "expected a value, found the end of the document", 0, 0),
            ("{", "expected a key in double quotes, found the end of the document", 1, 1),
            ("[1 2]", "expected `,` or `]`, found `2`", 3, 4),
            ("[1,]", "expected a value, found `]`", 3, 4),
            ("{\"a\" 1}", "expected `:` after the key, found `1`", 5, 6),
            ("{'a':1}", "expected a key in double quotes, found `'`", 1, 2),
            ("{\"a\":1,}", "expected a key in double quotes, found `}`", 7, 8),
            ("{} x", "expected the end of the document, found `x`", 3, 4),
            ("01", "expected no digit after a leading zero, found `1`", 1, 2),
            ("-", "expected a digit, found the end of the document", 1, 1),
            ("1.", "expected a digit, found the end of the document", 2, 2),
            ("1e+", "expected a digit, found the end of the document", 3, 3),
            ("nul", "expected a value, found `n`", 0, 1),
            ("NaN", "expected a value, found `N`", 0, 1),
            ("\"ab", "the string that begins here has no closing quote", 0, 1),
            ("\"\t\"", "expected the rest of the string; control characters must be escaped, found `\\t`", 1, 2),
            ("\"\\x\"", "unknown escape: expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u", 1, 4),
            ("\"\\u12\"", "expected four hexadecimal digits after \\u", 1, 3),
            ("\"\\u+123\"", "expected four hexadecimal digits after \\u", 1, 3),
            ("[é]", "expected a value, found `é`", 1, 3),
            ("\u{a0}1", "expected a value, found `\\u{a0}`", 0, 2),
        ];
        for (text, message, start, end) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(error.message, message, "{text}");
            assert_eq!(error.span, Some(Span { start, end }), "{text}");
            assert_eq!(error.reason, ReasonCode::Malformed);
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err());
        }
    }

    #[test]
    fn keeps_duplicates_numbers_and_lone_surrogates() {
        let node = parse(r#"{"a":1.10,"a":"\ud800x\udc00\ud800\ud83d\ude00"}"#).unwrap();
        let values: Vec<_> = node.map().map(|(_, v)| v.scalar().unwrap()).collect();
        assert_eq!(values, ["1.10", "\u{fffd}x\u{fffd}\u{fffd}😀"]);
    }

    #[test]
    fn spans_hold_the_text_as_written() {
        let text = r#" {"é": ["\u0041", -1.5 ], "b" :{ } }"#;
        let node = parse(text).unwrap();
        let of = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        assert_eq!(of(&node), text.trim());
        let (key, list) = node.entry("é").unwrap();
        assert_eq!(of(key), "\"é\"");
        assert_eq!(of(list), r#"["\u0041", -1.5 ]"#);
        assert_eq!(
            list.list().iter().map(of).collect::<Vec<_>>(),
            ["\"\\u0041\"", "-1.5"]
        );
        assert_eq!(of(node.get("b").unwrap()), "{ }");
    }

    #[test]
    fn nests_to_the_limit_and_no_further() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let error = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error.reason, ReasonCode::TooDeep);
        assert_eq!(error.span.unwrap().start as usize, MAX_DEPTH);
        assert_eq!(
            parse(&"{\"\":".repeat(1 << 20)).unwrap_err().reason,
            ReasonCode::TooDeep
        );
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(|b| json!(b)),
            any::<i64>().prop_map(|n| json!(n)),
            any::<f64>().prop_map(|n| json!(n)),
            any::<String>().prop_map(|s| json!(s)),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(|v| json!(v)),
                prop::collection::hash_map(any::<String>(), inner, 0..8).prop_map(|m| json!(m)),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(value in value()) {
            // Through text once, since printing rounds what serde_json's default parser rounds.
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(plain(&parse(&text).unwrap()), expected);
            }
        }

        #[test]
        fn accepts_exactly_what_serde_json_accepts(text in r#"[\[\]{}:, "\\0-9eE.+a-du\-tnl]{0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let ours = parse(&text);
            crate::tree::tests::check_spans(&text, &ours.clone().map(|node| vec![node]));
            match theirs {
                Ok(_) => prop_assert!(ours.is_ok(), "{}", text),
                // serde_json refuses two things that RFC 8259 allows: lone surrogates and
                // numbers beyond an f64.
                Err(error) if error.to_string().contains("out of range") => {}
                Err(error) if error.to_string().contains("surrogate") => {}
                Err(error) if error.to_string().contains("hex escape") => {}
                Err(error) => prop_assert!(ours.is_err(), "{}: {}", text, error),
            }
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            crate::tree::tests::check_spans(&text, &parse(&text).map(|node| vec![node]));
        }
    }
}
