/// A policy's `@message`, with places where numbers are put in.
///
/// `{count}` becomes the number of findings that the policy concerns, `{incomplete}` the number of
/// things that could not be looked at, and `{one|many}` the word that fits the number before it (or
/// the first number after it, if there is none before). A brace is written twice to stand for
/// itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Count,
    Incomplete,
    Word { one: String, many: String },
}

/// The numbers that a message may show.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Numbers {
    /// Findings that the policy concerns.
    pub(crate) count: u64,
    /// Things that could not be looked at, if that is known.
    pub(crate) incomplete: Option<u64>,
}

impl Message {
    /// Reads an annotation.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if (c == '{' || c == '}') && chars.next_if_eq(&c).is_some() {
                plain.push(c);
            } else if c == '{' {
                let mut inner = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some('{') | None => return Err("a `{` is not closed".to_owned()),
                        Some(c) => inner.push(c),
                    }
                }
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::parse(&inner)?);
            } else if c == '}' {
                return Err("a `}` was not opened".to_owned());
            } else {
                plain.push(c);
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The sentence with its numbers.
    pub(crate) fn render(&self, numbers: Numbers) -> String {
        let first = self.0.iter().find_map(|part| part.number(numbers));
        let mut last = first.unwrap_or(Some(numbers.count));
        let mut text = String::new();
        for part in &self.0 {
            if let Some(number) = part.number(numbers) {
                last = number;
                match number {
                    Some(number) => text.push_str(&number.to_string()),
                    None if text.is_empty() => text.push_str("Some"),
                    None => text.push_str("some"),
                }
            }
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Word { one, many } => {
                    text.push_str(if last == Some(1) { one } else { many });
                }
                Part::Count | Part::Incomplete => {}
            }
        }
        text
    }
}

impl Part {
    fn parse(inner: &str) -> Result<Self, String> {
        match (inner, inner.split_once('|')) {
            ("count", _) => Ok(Self::Count),
            ("incomplete", _) => Ok(Self::Incomplete),
            (_, Some((one, many))) if !many.contains('|') => Ok(Self::Word {
                one: one.to_owned(),
                many: many.to_owned(),
            }),
            _ => {
                let shown: String = inner.chars().take(40).collect();
                Err(format!("`{{{shown}}}` is unknown"))
            }
        }
    }

    /// The number that stands here, which itself may be unknown.
    const fn number(&self, numbers: Numbers) -> Option<Option<u64>> {
        match self {
            Self::Count => Some(Some(numbers.count)),
            Self::Incomplete => Some(numbers.incomplete),
            Self::Text(_) | Self::Word { .. } => None,
        }
    }
}

/// What may stand in braces, for error messages.
pub(crate) const EXPECTED: &str =
    "expected {count}, {incomplete} or {one|many}, and {{ or }} for a brace itself";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_numbers_and_fitting_words_in() {
        for (text, count, incomplete, expected) in [
            ("no numbers", 3, None, "no numbers"),
            ("{count} {bug|bugs}", 1, None, "1 bug"),
            ("{count} {bug|bugs}", 2, None, "2 bugs"),
            ("{count} {bug|bugs}", 0, None, "0 bugs"),
            ("{It|They}: {count}", 1, None, "It: 1"),
            ("{incomplete} {thing|things}", 1, Some(4), "4 things"),
            ("{incomplete} {thing|things}", 1, None, "Some things"),
            ("in {incomplete} {thing|things}", 1, None, "in some things"),
            (
                "{count} of {incomplete} {thing|things}",
                7,
                Some(1),
                "7 of 1 thing",
            ),
            ("a {{b}} c", 1, None, "a {b} c"),
        ] {
            let message = Message::parse(text).unwrap();
            assert_eq!(
                message.render(Numbers { count, incomplete }),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for bad in ["{", "}", "{x}", "{count", "{a|b|c}", "{{count}", "{a{b}"] {
            assert!(Message::parse(bad).is_err(), "{bad}");
        }
    }
}
