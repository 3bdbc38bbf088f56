use gw_finding::ReasonCode;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{MAX_DEPTH, Node, ParseError, Span, Value};

/// Reads a TOML 1.1 document. Numbers stay as written; dates and times are numbers here.
///
/// A table that a header declares (`[a]`, `[[a]]`) has the span of its header; one that only
/// follows from others (`a` in `[a.b]`) that of the name.
///
/// # Errors
/// [`ReasonCode::Malformed`] with the place of the first error, and [`ReasonCode::TooDeep`] where
/// nesting passes [`MAX_DEPTH`] or the `toml` crate's own limit of 80 nested arrays or inline
/// tables.
pub fn parse(text: &str) -> Result<Node, ParseError> {
    let table = DeTable::parse(text).map_err(|error| {
        let message = error.message();
        let deep = message.contains("recurs");
        ParseError {
            reason: if deep {
                ReasonCode::TooDeep
            } else {
                ReasonCode::Malformed
            },
            message: message.to_owned(),
            span: error.span().map(|range| span(text, &range)),
        }
    })?;
    let whole = table.span();
    table_node(text, whole, table.into_inner(), 0)
}

fn table_node(
    text: &str,
    range: std::ops::Range<usize>,
    table: DeTable<'_>,
    depth: usize,
) -> Result<Node, ParseError> {
    check_depth(text, &range, depth)?;
    let mut pairs = Vec::with_capacity(table.len());
    for (key, value) in table {
        let key = Node {
            span: span(text, &key.span()),
            value: Value::String(key.into_inner().into()),
        };
        pairs.push((key, node(text, value, depth + 1)?));
    }
    Ok(Node {
        value: Value::Map(pairs),
        span: span(text, &range),
    })
}

fn node(text: &str, value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, ParseError> {
    let range = value.span();
    let written = || text.get(range.clone()).unwrap_or_default();
    let value = match value.into_inner() {
        DeValue::String(string) => Value::String(string.into()),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
            Value::Number(written().into())
        }
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Table(table) => return table_node(text, range, table, depth),
        DeValue::Array(items) => {
            check_depth(text, &range, depth)?;
            let items = items.into_iter().map(|item| node(text, item, depth + 1));
            Value::List(items.collect::<Result<_, _>>()?)
        }
    };
    Ok(Node {
        value,
        span: span(text, &range),
    })
}

fn check_depth(text: &str, range: &std::ops::Range<usize>, depth: usize) -> Result<(), ParseError> {
    if depth < MAX_DEPTH {
        return Ok(());
    }
    Err(ParseError {
        reason: ReasonCode::TooDeep,
        message: format!("nesting is deeper than {MAX_DEPTH}"),
        span: Some(span(text, range)),
    })
}

/// The span for a range, moved to borders of characters, which error ranges need not keep.
fn span(text: &str, range: &std::ops::Range<usize>) -> Span {
    let end = text.ceil_char_boundary(range.end.min(text.len()));
    let start = text.floor_char_boundary(range.start.min(end));
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::tests::check_spans;

    #[test]
    fn reads_every_type_with_its_place() {
        let text = "\"é\" = 'ü'\n[[p]]\nversion = \"1.10\"\nn = 1_000\nf = 1.10\nd = 1979-05-27T07:32:00Z\n\
                    ok = true\nlist = [1, {x = 2}]\n[p.sub]\na.b = 0x1F\n[[p]]\n";
        let node = parse(text).unwrap();
        let of = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        let (key, value) = node.entry("é").unwrap();
        assert_eq!((of(key), of(value)), ("\"é\"", "'ü'"));
        assert_eq!(value.as_str(), Some("ü"));
        let [first, second] = node.get("p").unwrap().list() else {
            panic!("two tables");
        };
        #[rustfmt::skip]
        let cases = [
            ("version", "1.10"), ("n", "1_000"), ("f", "1.10"), ("d", "1979-05-27T07:32:00Z"), ("ok", "true"),
        ];
        for (key, expected) in cases {
            assert_eq!(first.get(key).and_then(Node::scalar), Some(expected));
        }
        assert_eq!(of(first.get("list").unwrap()), "[1, {x = 2}]");
        assert_eq!(
            first.at(&["sub", "a", "b"]).and_then(Node::scalar),
            Some("0x1F")
        );
        assert_eq!(of(first), "[[p]]");
        assert_eq!(second.map().len(), 0);
        assert_eq!(second.span.start as usize, text.rfind("[[p]]").unwrap());
    }

    #[test]
    fn keeps_the_order_of_the_text() {
        let node = parse("z = 1\na = 2\nm = 3\n").unwrap();
        let keys: Vec<_> = node.map().filter_map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["z", "a", "m"]);
    }

    #[test]
    fn says_where_it_is_wrong() {
        for (text, start) in [
            ("a = \nb = 1\n", 4),
            ("a = 1\na = 2\n", 6),
            ("'é' = \"x\n", 9),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.reason, ReasonCode::Malformed, "{text}");
            assert_eq!(
                error.span.unwrap().start,
                start,
                "{text}: {}",
                error.message
            );
        }
    }

    #[test]
    fn nesting_is_limited() {
        for text in [
            format!("a = {}{}", "[".repeat(5000), "]".repeat(5000)),
            format!("a = {}", "[".repeat(5000)),
            format!("a = {}1{}", "{a=".repeat(5000), "}".repeat(5000)),
            format!("{}a = 1", "a.".repeat(5000)),
            format!("[{}a]", "a.".repeat(5000)),
        ] {
            let error = parse(&text).unwrap_err();
            assert_eq!(error.reason, ReasonCode::TooDeep, "{}", error.message);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            check_spans(&text, &parse(&text).map(|node| vec![node]));
        }

        #[test]
        fn never_panics_on_near_misses(text in "([\\[\\]{}=,.\"'#é \n0-9a-c\\\\]|\"\"\"|'''|1979-05-27){0,40}") {
            check_spans(&text, &parse(&text).map(|node| vec![node]));
        }
    }
}
