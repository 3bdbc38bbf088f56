use gw_finding::{Location, Position};

use crate::Span;

/// Where the lines of a text begin, to turn byte offsets into lines and columns.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of `text`. Offsets past 4 GiB are not represented; entries are far below.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|&(_, byte)| byte == b'\n')
            .map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The line and column of a byte offset. `text` must be the text that `self` was made from.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let offset = (offset as usize).min(text.len());
        let column = text
            .get(start..offset)
            .map_or(offset.saturating_sub(start), |before| {
                before.chars().count()
            });
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// `file` at a span of `text`.
    #[must_use]
    pub fn locate(&self, text: &str, file: &Location, span: Span) -> Location {
        file.at(
            self.position(text, span.start),
            self.position(text, span.end),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_from_one() {
        let text = "ab\nçd\n\nx";
        let lines = Lines::of(text);
        let at = |offset| {
            let p = lines.position(text, offset);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (1, 3));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(5), (2, 2));
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(8), (4, 1));
        assert_eq!(at(900), (4, 2));
    }
}
