//! What tests of readers share: a file is shown in every form that content comes in, and must be
//! judged alike in each.

use std::io::Cursor;

use gw_analysis::{Analyzer, Entry, EntryKind, Large, LargeEntry, Output};
use gw_finding::Location;

use crate::{Model, ModelAnalyzer};

/// What was said about some files.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// Rules without their area, with their messages.
    pub(crate) findings: Vec<(String, String)>,
    /// Reason codes with details.
    pub(crate) incomplete: Vec<(String, String)>,
    pub(crate) models: Vec<Model>,
}

impl Said {
    pub(crate) fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self
            .findings
            .iter()
            .map(|(rule, _)| rule.as_str())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// Whether nothing was found and nothing is missing.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        assert!(self.findings.is_empty(), "{:?}", self.findings);
        assert!(self.incomplete.is_empty(), "{:?}", self.incomplete);
    }

    /// Exactly these rules found something, and each message of one holds the text that is given
    /// with it.
    #[track_caller]
    pub(crate) fn assert_found(&self, expected: &[(&str, &str)]) {
        let mut rules: Vec<&str> = expected.iter().map(|(rule, _)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        assert_eq!(
            self.rules(),
            rules,
            "{:?} {:?}",
            self.findings,
            self.incomplete
        );
        for (rule, text) in expected {
            let has = |(r, m): &(String, String)| r == rule && m.contains(text);
            assert!(
                self.findings.iter().any(has),
                "{rule} {text}: {:?}",
                self.findings
            );
        }
    }

    #[track_caller]
    pub(crate) fn assert_incomplete(&self, reason: &str, text: &str) {
        let has = |(r, d): &(String, String)| r == reason && d.contains(text);
        assert!(
            self.incomplete.iter().any(has),
            "{reason} {text}: {:?}",
            self.incomplete
        );
    }
}

/// What is said about one file.
pub(crate) fn scan(path: &str, bytes: &[u8]) -> Said {
    scan_all(&[(path, EntryKind::File, bytes)], false)
}

/// What is said about one file when its numbers are looked at, too.
pub(crate) fn scan_weights(path: &str, bytes: &[u8]) -> Said {
    scan_all(&[(path, EntryKind::File, bytes)], true)
}

/// What is said about files that belong together. Each is shown whole, where it lies and as a
/// stream, and the first two must be judged alike.
pub(crate) fn scan_all(files: &[(&str, EntryKind, &[u8])], weights: bool) -> Said {
    let analyzer = ModelAnalyzer { weights };
    let [whole, lying, _streamed] = [0, 1, 2].map(|form| {
        let mut output = Output::default();
        for &(path, kind, bytes) in files {
            let location = Location::file(path);
            let head = &bytes[..bytes.len().min(512)];
            if !analyzer.wants(path, kind, head) {
                continue;
            }
            let mut cursor = Cursor::new(bytes);
            let mut stream = bytes;
            let content = match form {
                0 => None,
                1 => Some(Large::Seekable(&mut cursor)),
                _ => Some(Large::Stream(&mut stream)),
            };
            match content {
                Some(content) if kind != EntryKind::Link => {
                    let entry = LargeEntry {
                        location: &location,
                        kind,
                        size: Some(bytes.len() as u64),
                        content,
                    };
                    analyzer.visit_large(entry, &mut output);
                }
                _ => analyzer.visit(&Entry::new(location, kind, bytes), &mut output),
            }
        }
        let parts = std::mem::take(&mut output.parts);
        analyzer.finish(parts, &mut output);
        said(output)
    });
    assert_eq!(whole, lying, "judged by the form of the content");
    whole
}

fn said(output: Output) -> Said {
    let findings = output.findings.into_iter().map(|finding| {
        let rule = finding
            .rule
            .as_str()
            .trim_start_matches("model/")
            .to_owned();
        (rule, finding.message)
    });
    let incomplete = output
        .incomplete
        .into_iter()
        .map(|gap| (gap.reason.as_str().to_owned(), gap.detail));
    let models = output
        .products
        .into_iter()
        .filter_map(|product| product.downcast::<Model>().ok());
    Said {
        findings: findings.collect(),
        incomplete: incomplete.collect(),
        models: models.map(|model| *model).collect(),
    }
}
