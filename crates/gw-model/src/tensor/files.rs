//! Files that models refer to: where they may be, and whether they are there.

use std::collections::{BTreeMap, HashMap};

use gw_analysis::{Output, Part};
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::ANALYZER;
use crate::reader::{READERS, Reader};
use crate::report::{Evidence, Report, finding, quote};
use crate::{Content, rules};

/// A file that was there, kept for each that is read.
pub(crate) struct Present {
    /// How many bytes it has, if that is known.
    pub(crate) size: Option<u64>,
    /// Where it leads, if it is a symbolic link.
    pub(crate) link: Option<String>,
}

/// Files that a model refers to, relative to its folder, with how many bytes each must have.
#[derive(Default)]
pub(crate) struct References {
    needs: BTreeMap<String, u64>,
}

/// How many files a model may refer to. Old exporters of ONNX write one for each tensor.
const MOST: usize = 1 << 16;

impl References {
    /// Refers to a file, of which bytes up to `end` are needed. Reports a path that leads out of the
    /// model's folder; `what` says whose it is, for people.
    pub(crate) fn add(&mut self, what: &str, path: &str, end: u64, report: &mut Report<'_>) {
        if let Some(problem) = escape(path) {
            let message = format!("{what} refers to \"{}\": {problem}.", quote(path));
            report.find(&rules::EXTERNAL_PATH, Evidence::new(path, message));
            return;
        }
        if let Some(need) = self.needs.get_mut(path) {
            *need = end.max(*need);
        } else if self.needs.len() < MOST {
            self.needs.insert(path.to_owned(), end);
        }
    }

    /// The files' paths.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.needs.keys().map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// Keeps them for when it is known which files there are.
    pub(crate) fn keep(self, report: &mut Report<'_>) {
        if !self.needs.is_empty() {
            report.keep(self);
        }
    }
}

/// How a path leads out of the folder that it is relative to, on any operating system.
pub(crate) fn escape(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    let drive = matches!(bytes, [letter, b':', ..] if letter.is_ascii_alphabetic());
    if path.contains('\0') {
        return Some("it has a zero byte, at which other programs end it");
    }
    if path.contains("://") {
        return Some("it is an address, not a file beside the model");
    }
    if path.starts_with(['/', '\\']) || drive {
        return Some("it is absolute");
    }
    if path.starts_with('~') {
        return Some("it begins in a user's home");
    }
    let mut depth = 0_i32;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => depth = depth.saturating_sub(1),
            _ => depth = depth.saturating_add(1),
        }
        if depth < 0 {
            return Some("it climbs out of the model's folder");
        }
    }
    None
}

/// A path relative to a folder, without `.` and `..`.
fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path that names the content, and what it is in.
fn place(location: &Location) -> (String, &str) {
    match location.inside.split_last() {
        Some((last, outer)) => {
            let archive = std::iter::once(&location.path).chain(outer);
            let archive: Vec<&str> = archive.map(String::as_str).collect();
            (archive.join("!"), last)
        }
        None => (String::new(), &location.path),
    }
}

/// Looks at which files are there, once all have been seen.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    let mut present: HashMap<(String, String), &Present> = HashMap::new();
    for part in parts {
        if let Some(file) = part.value.downcast_ref::<Present>() {
            let (archive, path) = place(&part.location);
            present.insert((archive, path.to_owned()), file);
        }
    }
    for part in parts {
        let Some(references) = part.value.downcast_ref::<References>() else {
            continue;
        };
        let (archive, path) = place(&part.location);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (reference, need) in &references.needs {
            let full = resolve(folder, reference);
            let file = present.get(&(archive.clone(), full.clone()));
            judge(&part.location, reference, *need, &full, file.copied(), out);
        }
    }
}

fn judge(
    location: &Location,
    reference: &str,
    need: u64,
    full: &str,
    file: Option<&Present>,
    out: &mut Output,
) {
    let shown = quote(reference);
    match file {
        Some(Present {
            link: Some(target), ..
        }) if escape(target).is_some() => {
            let message = format!(
                "The model's file \"{shown}\" is a link to \"{}\".",
                quote(target)
            );
            let evidence = Evidence::new(reference, message);
            out.findings
                .push(finding(location, &rules::EXTERNAL_PATH, evidence));
        }
        Some(Present {
            size: Some(size), ..
        }) if *size < need => {
            let message = format!(
                "The model needs bytes up to {need} of \"{shown}\", which has {size}. It is cut off, \
                 or the model lies."
            );
            let evidence = Evidence::new(reference, message);
            out.findings
                .push(finding(location, &rules::IMPOSSIBLE_SIZE, evidence));
        }
        Some(_) => {}
        // Of a file that nobody asked to see it is not known whether it is there.
        None if READERS.iter().any(|reader| reader.claims(full, &[])) => {
            out.incomplete.push(Incomplete {
                location: location.clone(),
                analyzer: ANALYZER.to_owned(),
                reason: ReasonCode::Missing,
                detail: format!("the model's file \"{shown}\" is not there"),
            });
        }
        None => {}
    }
}

/// Takes note of files with weights that mean nothing without the model that refers to them.
pub(crate) struct ExternalData;

impl ExternalData {
    pub(crate) fn named(path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.contains(".data-")
            || [".data", ".onnx_data", ".bin", ".weight", ".weights"]
                .iter()
                .any(|end| name.ends_with(end))
            || name.contains(".onnx_data")
            || name.contains(".onnx.data")
    }
}

impl Reader for ExternalData {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        Self::named(path)
    }

    fn read(&self, _: Content<'_>, _: &mut Report<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_paths_that_lead_out() {
        for path in [
            "a",
            "a/b.bin",
            "./a",
            "a/../b",
            "a..b",
            "..a/b",
            "model.onnx_data",
            "a:b",
        ] {
            let drive = path == "a:b";
            assert_eq!(escape(path).is_some(), drive, "{path}");
        }
        for path in [
            "/etc/passwd",
            "..",
            "../a",
            "a/../../b",
            "a\\..\\..\\b",
            "C:\\x",
            "c:x",
            "\\\\host\\x",
            "https://example.com/x",
            "file:///x",
            "~/.ssh/id",
            "a\0b",
            "./../x",
        ] {
            assert!(escape(path).is_some(), "{path}");
        }
        assert_eq!(resolve("a/b", "./c/../d"), "a/b/d");
        assert_eq!(resolve("", "d"), "d");
    }
}
