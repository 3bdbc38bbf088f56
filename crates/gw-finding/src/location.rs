use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a text: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Where something is: a path relative to the target with `/` between its parts, then the path
/// inside each archive that had to be opened, then the span in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file, relative to the target; the target's own name if it is a single file.
    pub path: String,
    /// For each archive that had to be opened, the member's path in it, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// The first character, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Position>,
    /// One past the last character, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Position>,
}

impl Location {
    /// A whole file.
    #[must_use]
    pub fn file(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }

    /// The same file, at a span.
    #[must_use]
    pub fn at(&self, start: Position, end: Position) -> Self {
        Self {
            start: Some(start),
            end: Some(end),
            ..self.clone()
        }
    }

    /// The same file, at a line.
    #[must_use]
    pub fn at_line(&self, line: u32) -> Self {
        Self {
            start: Some(Position { line, column: 1 }),
            end: None,
            ..self.clone()
        }
    }

    /// The path with the paths inside archives, joined by `!`.
    #[must_use]
    pub fn full_path(&self) -> String {
        let mut path = self.path.clone();
        for inner in &self.inside {
            path.push('!');
            path.push_str(inner);
        }
        path
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full_path())?;
        if let Some(start) = self.start {
            write!(f, ":{}:{}", start.line, start.column)?;
        }
        Ok(())
    }
}
