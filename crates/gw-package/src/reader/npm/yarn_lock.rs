use gw_analysis::Entry;

use super::{yarn_berry, yarn_classic};
use crate::reader::{FileReading, Reader};

/// `yarn.lock`: of Yarn 1 in a format of its own, of Yarn 2 and later in YAML.
pub(super) struct YarnLock;

impl Reader for YarnLock {
    fn id(&self) -> &'static str {
        "yarn-lock"
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        path.rsplit('/').next() == Some("yarn.lock")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let text = match entry.text() {
            Ok(text) => text,
            Err(error) => return super::package::unreadable(entry, self.id(), error),
        };
        if text.lines().any(|line| line.starts_with("__metadata:")) {
            yarn_berry::read(entry, self.id())
        } else {
            yarn_classic::read(entry, text, self.id())
        }
    }
}
