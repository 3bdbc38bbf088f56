//! Cedar's `like`: text against a pattern whose only special sign is the wildcard.

use serde_json::Value;

/// A pattern: the literal pieces between its wildcards. The first is where a text must begin and
/// the last where it must end; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    /// Reads a pattern in Cedar's JSON form: an array of `"Wildcard"` and `{"Literal": text}`.
    pub(crate) fn of(pattern: &Value) -> Option<Self> {
        let mut pieces = vec![String::new()];
        for element in pattern.as_array()? {
            if element.as_str() == Some("Wildcard") {
                pieces.push(String::new());
            } else {
                let literal = element.get("Literal")?.as_str()?;
                pieces.last_mut()?.push_str(literal);
            }
        }
        Some(Self(pieces))
    }

    /// Whether a text matches as a whole. Each piece is taken at the first place where it fits,
    /// which leaves the most for those after it.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (first, last, between) = match self.0.as_slice() {
            [] => return text.is_empty(),
            [only] => return text == only,
            [first, between @ .., last] => (first, last, between),
        };
        let Some(text) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some(mut text) = text.strip_suffix(last.as_str()) else {
            return false;
        };
        for piece in between {
            match text.split_once(piece.as_str()) {
                Some((_, rest)) => text = rest,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        let check = |pattern: &str, text: &str, expected: bool| {
            let elements: Vec<Value> = pattern
                .split_inclusive('*')
                .flat_map(|piece| {
                    let (literal, wildcard) = match piece.strip_suffix('*') {
                        Some(literal) => (literal, Some(Value::from("Wildcard"))),
                        None => (piece, None),
                    };
                    [Some(serde_json::json!({ "Literal": literal })), wildcard]
                })
                .flatten()
                .collect();
            let read = Pattern::of(&Value::from(elements)).unwrap();
            assert_eq!(read.matches(text), expected, "{pattern:?} on {text:?}");
        };
        check("", "", true);
        check("", "a", false);
        check("a", "a", true);
        check("a", "ab", false);
        check("*", "", true);
        check("a*", "a", true);
        check("a*", "ba", false);
        check("*a", "ba", true);
        check("a*a", "a", false);
        check("a*a", "aa", true);
        check("a*b*c", "abc", true);
        check("a*b*c", "ac", false);
        check("*ab*ab*", "abab", true);
        check("*ab*ab*", "aba", false);
        check("a**b", "ab", true);
        check("é*", "éa", true);
    }

    #[test]
    fn what_is_no_pattern_is_left_to_cedar() {
        assert_eq!(Pattern::of(&Value::from("a*")), None);
        assert_eq!(Pattern::of(&serde_json::json!([{ "Other": "a" }])), None);
    }
}
