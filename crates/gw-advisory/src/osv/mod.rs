//! OSV records (<https://ossf.github.io/osv-schema/>), schema 1.x.

mod affected;
mod raw;
mod severity;

use gw_core::parse_time;

use crate::record::Record;

/// Limits on one record. Real records stay far below: the largest of the Linux kernel have about
/// a megabyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordLimits {
    /// Bytes of its JSON.
    pub bytes: usize,
    /// Ids of each kind, and references.
    pub ids: usize,
    /// Affected packages.
    pub affected: usize,
    /// Ranges, events and versions of all its packages together.
    pub versions: usize,
}

impl Default for RecordLimits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            ids: 10_000,
            affected: 50_000,
            versions: 1_000_000,
        }
    }
}

/// Why a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is larger than the limit.
    #[error("the record is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// It has more of something than the limit.
    #[error("the record has {found} {what}, more than {limit}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many it has.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// It is not JSON of the schema's form.
    #[error("not an OSV record: {0}")]
    Malformed(String),
    /// It has no usable id.
    #[error("the record's id is {0}: expected 1 to 128 printable ASCII characters")]
    BadId(&'static str),
}

/// A record, and what of it could not be used.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The record.
    pub record: Record,
    /// What could not be used, each a sentence for people.
    pub notes: Vec<String>,
}

/// Reads one OSV record.
///
/// # Errors
/// [`RecordError`] if nothing of it can be used.
pub fn parse(json: &[u8], limits: &RecordLimits) -> Result<Parsed, RecordError> {
    if json.len() > limits.bytes {
        return Err(RecordError::TooLarge {
            limit: limits.bytes,
        });
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let raw: raw::Record =
        serde_json::from_slice(json).map_err(|error| RecordError::Malformed(error.to_string()))?;
    check_id(&raw.id)?;
    check_counts(&raw, limits)?;

    let mut notes = Vec::new();
    let summary = if raw.summary.trim().is_empty() {
        headline(&raw.details)
    } else {
        one_line(&raw.summary, 500)
    };
    let references: Vec<String> = raw
        .references
        .iter()
        .map(|reference| reference.url.trim())
        .filter(|url| is_url(url))
        .map(str::to_owned)
        .collect();
    let word = raw
        .database_specific
        .get("severity")
        .and_then(|word| word.as_str());
    let rating = severity::rating(pairs(&raw.severity), word);
    let affected = affected::all(&raw, &mut notes);
    Ok(Parsed {
        record: Record {
            modified: seconds(&raw.modified),
            published: seconds(&raw.published),
            withdrawn: raw.withdrawn.as_str().is_some_and(|time| !time.is_empty()),
            aliases: ids(raw.aliases, &raw.id),
            upstream: ids(raw.upstream, &raw.id),
            related: ids(raw.related, &raw.id),
            summary,
            details: raw.details.replace('\0', ""),
            url: page(&raw.id, &raw.references),
            references,
            rating,
            affected,
            id: raw.id,
        },
        notes,
    })
}

fn pairs(severities: &[raw::Severity]) -> impl Iterator<Item = (&str, &str)> {
    severities
        .iter()
        .map(|s| (s.kind.as_str(), s.score.as_str()))
}

fn check_id(id: &str) -> Result<(), RecordError> {
    if id.is_empty() {
        return Err(RecordError::BadId("missing"));
    }
    if id.len() > 128 {
        return Err(RecordError::BadId("too long"));
    }
    if !is_id(id) {
        return Err(RecordError::BadId("not plain text"));
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() <= 2048
        && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// The ids that are ids and not the record's own, each once, in order.
fn ids(mut ids: Vec<String>, own: &str) -> Vec<String> {
    ids.retain(|id| is_id(id) && id != own);
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn check_counts(raw: &raw::Record, limits: &RecordLimits) -> Result<(), RecordError> {
    let versions = raw.affected.iter().fold(0usize, |sum, affected| {
        let events: usize = affected.ranges.iter().map(|range| range.events.len()).sum();
        sum.saturating_add(affected.versions.len())
            .saturating_add(affected.ranges.len())
            .saturating_add(events)
    });
    let counts = [
        ("aliases", raw.aliases.len(), limits.ids),
        ("upstream ids", raw.upstream.len(), limits.ids),
        ("related ids", raw.related.len(), limits.ids),
        ("references", raw.references.len(), limits.ids),
        ("ratings", raw.severity.len(), limits.ids),
        ("affected packages", raw.affected.len(), limits.affected),
        ("versions, ranges and events", versions, limits.versions),
    ];
    match counts.into_iter().find(|(_, found, limit)| found > limit) {
        Some((what, found, limit)) => Err(RecordError::TooMany { what, found, limit }),
        None => Ok(()),
    }
}

/// Seconds since 1970; 0 for what is no time or, as in Go's exports, the year 1.
fn seconds(time: &str) -> i64 {
    parse_time(time).map_or(0, |time| time.as_second().max(0))
}

/// The page to read: the database's own, where its address follows from the id.
fn page(id: &str, references: &[raw::Reference]) -> String {
    let database = id.split_once('-').map_or("", |(prefix, _)| prefix);
    match database {
        "RUSTSEC" => return format!("https://rustsec.org/advisories/{id}.html"),
        "GO" => return format!("https://pkg.go.dev/vuln/{id}"),
        "GHSA" => return format!("https://github.com/advisories/{id}"),
        _ => {}
    }
    let own = references
        .iter()
        .find(|r| r.kind == "ADVISORY" && r.url.contains(id) && is_url(&r.url));
    match own {
        Some(reference) => reference.url.clone(),
        None => format!("https://osv.dev/vulnerability/{id}"),
    }
}

/// The first sentence of a text, for records that have no summary.
fn headline(details: &str) -> String {
    let first = details
        .lines()
        .map(|line| line.trim_start_matches(['#', ' ', '\t', '*', '>']))
        .find(|line| !line.trim().is_empty())
        .unwrap_or("");
    let sentence = first
        .find(". ")
        .and_then(|end| first.get(..=end))
        .unwrap_or(first);
    one_line(sentence, 200)
}

/// A text as one line without control characters, cut at a number of characters.
fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.chars().count() > limit {
        line = line.chars().take(limit.saturating_sub(1)).collect();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
