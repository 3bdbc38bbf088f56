//! `go.work` (<https://go.dev/ref/mod#go-work-file>).

use gw_analysis::Entry;

use super::go_mod::File;
use crate::reader::{FileReading, Include, Reader};

pub(super) const ID: &str = "go-work";

pub(super) struct GoWork;

impl Reader for GoWork {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        path.rsplit('/').next() == Some("go.work")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let mut reading = FileReading::default();
        match entry.text() {
            Ok(text) => {
                let mut file = File::new(entry);
                file.read(text);
                let (lock, mut manifest) = file.finish();
                let include = |(path, location)| Include {
                    path,
                    constraint: false,
                    location,
                };
                manifest.includes = file.uses.into_iter().map(include).collect();
                reading.lock = Some(lock);
                reading.manifest = Some(manifest);
                reading.incomplete = file.problems;
            }
            Err(error) => reading.incomplete.push(entry.incomplete("package", error)),
        }
        reading
    }
}
