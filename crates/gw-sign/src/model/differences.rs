use std::fmt;

use gw_attest::oms::ContentDigest;

/// More paths of one sort are counted and not shown.
const SHOWN: usize = 20;

/// How a model differs from what was signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files with other content.
    pub changed: Vec<Change>,
    /// Files that were signed and are not there.
    pub missing: Vec<String>,
    /// Files that are there and were not signed.
    pub unsigned: Vec<String>,
    /// What makes it impossible to say what the model consists of, with the reason.
    pub obstacles: Vec<(String, &'static str)>,
}

/// A file or shard with other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which file.
    pub path: String,
    /// Which bytes, if the file was signed in shards.
    pub range: Option<(u64, u64)>,
    /// What was signed; nothing if the file was shorter.
    pub expected: Option<ContentDigest>,
    /// What is there; nothing if the file is shorter, or its size alone tells.
    pub found: Option<ContentDigest>,
}

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
            && self.missing.is_empty()
            && self.unsigned.is_empty()
            && self.obstacles.is_empty()
    }

    /// How many there are of each sort, in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts: Vec<_> = [
            (self.changed.len(), "changed"),
            (self.missing.len(), "missing"),
            (self.unsigned.len(), "not signed"),
            (self.obstacles.len(), "cannot be signed"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        format!("{WHAT}: {}", counts.join(", "))
    }
}

const WHAT: &str = "the model is not what was signed";

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown(&self.path))?;
        if let Some((start, end)) = self.range {
            write!(f, ", bytes {start} to {end}")?;
        }
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => write!(f, ": signed {expected}, found {found}"),
            (Some(_), None) => f.write_str(": it has become shorter"),
            (None, Some(_)) => f.write_str(": it has become longer"),
            (None, None) => f.write_str(": it has another size"),
        }
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WHAT)?;
        let changed = self.changed.iter().map(ToString::to_string);
        let missing = self.missing.iter().map(|path| shown(path));
        let unsigned = self.unsigned.iter().map(|path| shown(path));
        let obstacles = self
            .obstacles
            .iter()
            .map(|(path, why)| format!("{}: {why}", shown(path)));
        section(f, "changed", changed)?;
        section(f, "missing", missing)?;
        section(f, "not signed", unsigned)?;
        section(f, "cannot be signed", obstacles)
    }
}

fn section(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    lines: impl ExactSizeIterator<Item = String>,
) -> fmt::Result {
    let count = lines.len();
    if count == 0 {
        return Ok(());
    }
    write!(f, "\n  {title} ({count}):")?;
    for line in lines.take(SHOWN) {
        write!(f, "\n    {line}")?;
    }
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        rest => write!(f, "\n    and {rest} more"),
    }
}

/// A path without what would change a terminal.
fn shown(path: &str) -> String {
    path.chars()
        .flat_map(|letter| {
            let escape = letter.is_control() || ('\u{200b}'..='\u{202e}').contains(&letter);
            let escaped = escape.then(|| letter.escape_debug());
            let plain = (!escape).then_some(letter);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}
