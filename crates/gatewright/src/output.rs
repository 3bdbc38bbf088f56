//! Where results go, and how the program ends.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;

use crate::cli::{Color, Global};

/// How a command ends.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// 0 passed, 1 failed, 2 could not be done completely, 3 needs approval.
    pub(crate) code: u8,
    /// The last line on standard error.
    pub(crate) why: Option<String>,
}

impl Ending {
    /// It is done, and there is nothing to say about it.
    pub(crate) const DONE: Self = Self { code: 0, why: None };

    /// It ends with a code, for a reason.
    pub(crate) fn new(code: u8, why: impl Into<String>) -> Self {
        Self {
            code,
            why: Some(why.into()),
        }
    }
}

/// Writes a result to standard output, or to a file if one is named. A file is replaced whole.
pub(crate) fn write(path: Option<&Path>, content: &[u8]) -> anyhow::Result<()> {
    match path {
        Some(path) if path != Path::new("-") => write_file(path, content),
        _ => {
            let mut out = io::stdout().lock();
            out.write_all(content)?;
            out.flush()?;
            Ok(())
        }
    }
}

/// Replaces a file whole.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Whether somebody stopped reading, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// How results are shown on standard output.
pub(crate) struct Terminal {
    /// The width in columns.
    pub(crate) width: usize,
    /// Whether colours are shown.
    pub(crate) color: bool,
    /// Whether links are shown as such.
    pub(crate) links: bool,
}

impl Terminal {
    /// What standard output is, by the flags, `NO_COLOR`, `CLICOLOR_FORCE` and the terminal.
    pub(crate) fn detect(global: &Global, to_file: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let terminal = !to_file && io::stdout().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto => set("CLICOLOR_FORCE") || (terminal && !dumb),
        };
        let width = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(100);
        Self {
            width: width.clamp(40, 160),
            color,
            links: color && terminal,
        }
    }
}

/// A number of things, in words.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
