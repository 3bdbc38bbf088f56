//! The tree formats. What they yield is walked, so that a tree that is too deep shows.

use gw_analysis::{MAX_DEPTH, Node, ParseError, Value, parse};

pub fn json(data: &[u8]) {
    with_text(data, |text| check(text, parse::json(text).as_ref()));
}

pub fn yaml(data: &[u8]) {
    with_text(data, |text| match parse::yaml(text) {
        Ok(documents) => documents.iter().for_each(|node| check(text, Ok(node))),
        Err(error) => check(text, Err(&error)),
    });
}

pub fn toml(data: &[u8]) {
    with_text(data, |text| check(text, parse::toml(text).as_ref()));
}

fn with_text(data: &[u8], run: impl Fn(&str)) {
    if let Ok(text) = std::str::from_utf8(data) {
        run(text);
    }
}

fn check(text: &str, parsed: Result<&Node, &ParseError>) {
    match parsed {
        Ok(node) => walk(text, node, 0),
        Err(error) => {
            if let Some(span) = error.span {
                assert!(span.start <= span.end, "{error}");
            }
        }
    }
}

fn walk(text: &str, node: &Node, depth: usize) {
    assert!(depth <= MAX_DEPTH + 1, "deeper than the limit");
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    assert!(
        start <= end && end <= text.len(),
        "{:?} of {}",
        node.span,
        text.len()
    );
    assert!(
        text.is_char_boundary(start) && text.is_char_boundary(end),
        "{:?}",
        node.span
    );
    if let Value::Map(_) | Value::List(_) = node.value {
        for item in node.list() {
            walk(text, item, depth + 1);
        }
        for (key, value) in node.map() {
            walk(text, key, depth + 1);
            walk(text, value, depth + 1);
        }
    }
}
