use std::sync::{Arc, OnceLock};

use gw_finding::{Incomplete, Location, ReasonCode};

use crate::{Lines, Node, Span, json, text, toml, yaml};

/// What sort of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A file that is not executable.
    File,
    /// An executable file.
    Executable,
    /// A symbolic link; the bytes are its target's path. Links are never followed.
    Link,
}

/// One file: its place, its bytes, and what they decode to.
#[derive(Debug)]
pub struct Entry {
    location: Location,
    kind: EntryKind,
    bytes: Arc<[u8]>,
    decoded: OnceLock<Result<Decoded, ParseError>>,
    json: OnceLock<Result<Node, ParseError>>,
    yaml: OnceLock<Result<Vec<Node>, ParseError>>,
    toml: OnceLock<Result<Node, ParseError>>,
}

#[derive(Debug)]
struct Decoded {
    text: Box<str>,
    lines: Lines,
}

/// Bytes that are not what their format requires.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// The code under which it is reported.
    pub reason: ReasonCode,
    /// What was found and what was expected.
    pub message: String,
    /// Where in the decoded text, or in the bytes if decoding failed.
    pub span: Option<Span>,
}

impl ParseError {
    /// Content that breaks its format's rules at `span`.
    #[must_use]
    pub fn malformed(message: impl Into<String>, span: Option<Span>) -> Self {
        Self {
            reason: ReasonCode::Malformed,
            message: message.into(),
            span,
        }
    }
}

impl Entry {
    /// An entry from its place and bytes.
    #[must_use]
    pub fn new(location: Location, kind: EntryKind, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            location,
            kind,
            bytes: bytes.into(),
            decoded: OnceLock::new(),
            json: OnceLock::new(),
            yaml: OnceLock::new(),
            toml: OnceLock::new(),
        }
    }

    /// The place, as a whole file.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// What sort of thing it is.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// The path that names the content: inside an archive the member's, else the file's.
    #[must_use]
    pub fn path(&self) -> &str {
        self.location
            .inside
            .last()
            .map_or(self.location.path.as_str(), String::as_str)
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = self.path();
        path.rsplit('/').next().unwrap_or(path)
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The content as text: UTF-8 with or without a byte order mark, or UTF-16 with one.
    ///
    /// # Errors
    /// [`ParseError`] with [`ReasonCode::Encoding`] and the offset of the first bad byte.
    pub fn text(&self) -> Result<&str, &ParseError> {
        self.decoded().map(|decoded| &*decoded.text)
    }

    /// The content as one JSON document.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the first character that is not JSON.
    pub fn json(&self) -> Result<&Node, &ParseError> {
        let text = self.text()?;
        self.json.get_or_init(|| json::parse(text)).as_ref()
    }

    /// The content as YAML documents, aliases and merge keys resolved within a limit.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the first error.
    pub fn yaml(&self) -> Result<&[Node], &ParseError> {
        let text = self.text()?;
        self.yaml
            .get_or_init(|| yaml::parse(text))
            .as_ref()
            .map(Vec::as_slice)
    }

    /// The content as a TOML document.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the first error.
    pub fn toml(&self) -> Result<&Node, &ParseError> {
        let text = self.text()?;
        self.toml.get_or_init(|| toml::parse(text)).as_ref()
    }

    /// The entry at a span of its text.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        match self.decoded() {
            Ok(decoded) => decoded.lines.locate(&decoded.text, &self.location, span),
            Err(_) => self.location.clone(),
        }
    }

    /// The entry at the line (from 1) and column of a byte offset in its text.
    #[must_use]
    pub fn locate_offset(&self, offset: usize) -> Location {
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        self.locate(Span { start: at, end: at })
    }

    /// The record that `analyzer` could not go on because of `error`.
    #[must_use]
    pub fn incomplete(&self, analyzer: &str, error: &ParseError) -> Incomplete {
        let location = match error.span {
            Some(span) => self.locate(span),
            None => self.location.clone(),
        };
        Incomplete {
            location,
            analyzer: analyzer.to_owned(),
            reason: error.reason,
            detail: error.message.clone(),
        }
    }

    fn decoded(&self) -> Result<&Decoded, &ParseError> {
        self.decoded
            .get_or_init(|| {
                let text = text::decode(&self.bytes)?;
                let lines = Lines::of(&text);
                Ok(Decoded { text, lines })
            })
            .as_ref()
    }
}
