//! `vendor/modules.txt` (<https://go.dev/ref/mod#vendoring>): every module that packages were
//! copied from.

use gw_analysis::{Entry, Span};
use gw_finding::ReasonCode;

use super::{incomplete, is_folder, module};
use crate::reader::{FileReading, Lock, Reader};

pub(super) const ID: &str = "go-vendor";

pub(super) struct ModulesTxt;

impl Reader for ModulesTxt {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        path == "vendor/modules.txt" || path.ends_with("/vendor/modules.txt")
    }

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
            // `## explicit` speaks of the module above, other lines are packages.
            let Some(line) = raw.strip_prefix("# ") else {
                continue;
            };
            let words: Vec<_> = line.split_whitespace().collect();
            let found = match words.as_slice() {
                [path, version] | [_, _, "=>", path, version] if *version != "=>" => {
                    module(path, version, entry.locate(span), None)
                        .map_err(|error| error.to_string())
                }
                [_, _, "=>", path] if is_folder(path) => continue,
                // Replacements that nothing was copied from are listed without a version.
                [_, "=>", ..] => continue,
                _ => Err(
                    "expected `# module version`, with `=> module version` if replaced".to_owned(),
                ),
            };
            match found {
                Ok(package) => lock.packages.push(package),
                Err(problem) => {
                    let location = entry.locate(span);
                    reading
                        .incomplete
                        .push(incomplete(location, ReasonCode::Malformed, problem));
                }
            }
        }
        reading.lock = Some(lock);
        reading
    }
}
