use std::io::{self, Cursor, Read, SeekFrom};

use gw_analysis::{Analyzer, Entry, EntryKind, Large, LargeEntry, Output, Part};
use gw_finding::{Location, ReasonCode};

use crate::reader::{READERS, Reader};
use crate::report::Report;
use crate::tensor::files::{self, ExternalData, Present};
use crate::{ANALYZER, Content, join, layout, python};

/// How many of the first bytes readers choose by.
const HEAD: usize = 512;

/// Finds what is unsafe to load in models of every format, and describes the models.
///
/// It yields a [`crate::Model`] for each model.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelAnalyzer {
    /// Also look at every tensor's numbers, which takes as long as reading them does.
    pub weights: bool,
}

impl Analyzer for ModelAnalyzer {
    fn name(&self) -> &'static str {
        ANALYZER
    }

    fn wants(&self, path: &str, kind: EntryKind, head: &[u8]) -> bool {
        if kind == EntryKind::Link {
            // A link in place of a model's file is looked at as a link.
            return ExternalData::named(path);
        }
        READERS.iter().any(|reader| reader.claims(path, head))
    }

    fn visit(&self, entry: &Entry, out: &mut Output) {
        let bytes = entry.bytes();
        let is_link = entry.kind() == EntryKind::Link;
        let file = Present {
            size: (!is_link).then_some(bytes.len() as u64),
            link: is_link.then(|| String::from_utf8_lossy(bytes).into_owned()),
        };
        out.keep(entry, file);
        if is_link {
            return;
        }
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        for reader in claiming(entry.path(), head) {
            let mut report = Report::new(entry.location(), self.weights, out);
            reader.read(Content::bytes(bytes), &mut report);
        }
    }

    fn takes_large(&self) -> bool {
        true
    }

    fn visit_large(&self, entry: LargeEntry<'_>, out: &mut Output) {
        let location = entry.location;
        let file = Present {
            size: entry.size,
            link: None,
        };
        Report::new(location, self.weights, out).keep(file);
        if let Err(error) = self.read_large(location, entry.content, out) {
            let mut report = Report::new(location, self.weights, out);
            report.incomplete(ReasonCode::Unreadable, error.to_string());
        }
    }

    fn finish(&self, parts: Vec<Part>, out: &mut Output) {
        files::join(&parts, out);
        let archives = python::join(&parts, out);
        layout::join_code(&parts, out);
        join::models(parts, &|model| !archives.cover(model), out);
    }
}

impl ModelAnalyzer {
    fn read_large(
        &self,
        location: &Location,
        content: Large<'_>,
        out: &mut Output,
    ) -> io::Result<()> {
        let mut report = Report::new(location, self.weights, out);
        let path = report.path();
        let mut head = Vec::with_capacity(HEAD);
        match content {
            Large::Seekable(input) => {
                Read::take(&mut *input, HEAD as u64).read_to_end(&mut head)?;
                for reader in claiming(path, &head) {
                    input.seek(SeekFrom::Start(0))?;
                    reader.read(Content::Seekable(input), &mut report);
                }
            }
            Large::Stream(input) => {
                Read::take(&mut *input, HEAD as u64).read_to_end(&mut head)?;
                let mut readers = claiming(path, &head);
                if let Some(first) = readers.next() {
                    let mut all = Cursor::new(&head).chain(input);
                    first.read(Content::Stream(&mut all, 0), &mut report);
                }
                let others = readers.count();
                if others > 0 {
                    let detail = format!(
                        "it may be of {others} formats more, and is too large to be read again"
                    );
                    report.incomplete(ReasonCode::TooLarge, detail);
                }
            }
        }
        Ok(())
    }
}

/// The readers that a file may be for.
fn claiming<'h>(path: &'h str, head: &'h [u8]) -> impl Iterator<Item = &'static dyn Reader> + 'h {
    READERS
        .iter()
        .copied()
        .filter(move |reader| reader.claims(path, head))
}
