//! `go.sum` (<https://go.dev/ref/mod#go-sum-files>): lines of module, version and hash.

use gw_analysis::{Entry, Span};
use gw_finding::ReasonCode;

use super::{incomplete, module};
use crate::reader::{FileReading, Lock, Reader};

pub(super) const ID: &str = "go-sum";

pub(super) struct GoSum;

impl Reader for GoSum {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name == "go.sum"
            || (name.starts_with("go.") && name.ends_with(".sum") && name != "go.work.sum")
    }

    /// The modules whose archive was needed; a line for `go.mod` alone says only that the module
    /// was considered.
    fn read(&self, entry: &Entry) -> FileReading {
        let mut reading = FileReading::default();
        let text = match entry.text() {
            Ok(text) => text,
            Err(error) => {
                reading.incomplete.push(entry.incomplete("package", error));
                return reading;
            }
        };
        let mut lock = Lock {
            location: entry.location().clone(),
            ..Lock::default()
        };
        let mut start = 0;
        for raw in text.split_inclusive('\n') {
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span {
                start: offset(start),
                end: offset(start + raw.trim_end().len()),
            };
            start += raw.len();
            let words: Vec<_> = raw.split_whitespace().collect();
            let problem = match words.as_slice() {
                [] => continue,
                [_, version, _] if version.ends_with("/go.mod") => continue,
                [path, version, _] => match module(path, version, entry.locate(span), None) {
                    Ok(package) => {
                        lock.packages.push(package);
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
                words => format!(
                    "{} words, expected a module, a version and a hash",
                    words.len()
                ),
            };
            reading.incomplete.push(incomplete(
                entry.locate(span),
                ReasonCode::Malformed,
                problem,
            ));
        }
        reading.lock = Some(lock);
        reading
    }
}
