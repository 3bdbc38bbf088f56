//! Installed distributions: `x.dist-info/METADATA`, `x.egg-info/PKG-INFO`, `x.egg-info`
//! (<https://packaging.python.org/en/latest/specifications/core-metadata/>).

use gw_analysis::{Entry, Span};
use gw_finding::ReasonCode;

use crate::Scope;
use crate::license;
use crate::reader::{FileReading, Lock, Manifest, Reader, Requirement};

use super::text::Text;
use super::{dependency, package, place};

/// The id of [`Installed`].
pub(super) const ID: &str = "python-installed";

/// An installed distribution's metadata.
pub(super) struct Installed;

impl Reader for Installed {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, head: &[u8]) -> bool {
        let folder = place::folder(path);
        let parent = place::name(folder);
        let likely = match place::name(path) {
            "METADATA" => parent.ends_with(".dist-info"),
            "PKG-INFO" => {
                parent == "EGG-INFO" && place::folder(folder).ends_with(".egg")
                    || parent.ends_with(".egg-info") && is_installed(path, parent)
            }
            // distutils wrote a file where others write a folder.
            name => name.ends_with(".egg-info") && is_installed(path, name),
        };
        likely && String::from_utf8_lossy(head).contains("Metadata-Version")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        read(entry)
    }
}

/// A source tree has an `x.egg-info` of its own project, which is no dependency. An installed one
/// has the version in its name, or lies among other installed ones.
fn is_installed(path: &str, egg_info: &str) -> bool {
    let stem = egg_info.strip_suffix(".egg-info").unwrap_or(egg_info);
    let versioned = stem
        .split_once('-')
        .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()));
    versioned
        || path
            .split('/')
            .any(|part| matches!(part, "site-packages" | "dist-packages"))
}

fn read(entry: &Entry) -> FileReading {
    let text = Text::of(entry);
    let mut reading = package::empty(entry, ID);
    let mut found = Fields::default();
    for header in headers(&text.text) {
        found.add(&header, &text);
    }
    reading.incomplete.extend(text.incomplete.clone());
    let (Some((name, span)), Some(version)) = (found.name, found.version) else {
        reading.incomplete.push(package::incomplete(
            entry.location().clone(),
            ReasonCode::Malformed,
            "expected metadata with a name and a version".to_owned(),
        ));
        return reading;
    };
    let mut locked = package::locked(&name, &version, text.locate(span));
    locked.license = found.expression.or(match found.classified.as_slice() {
        [Some(only)] => Some(only.clone()),
        // Of several it is not said whether all hold or one may be chosen; the free text may.
        _ => found.license,
    });
    reading.lock = Some(Lock {
        location: entry.location().clone(),
        packages: vec![locked],
        roots: Vec::new(),
    });
    reading.manifest = Some(Manifest {
        location: entry.location().clone(),
        name: Some(name),
        requirements: found.requirements,
        ..Manifest::default()
    });
    reading
}

#[derive(Default)]
struct Fields {
    name: Option<(String, Span)>,
    version: Option<String>,
    expression: Option<String>,
    license: Option<String>,
    /// What each licence classifier means, each meaning once.
    classified: Vec<Option<String>>,
    requirements: Vec<Requirement>,
}

impl Fields {
    fn add(&mut self, header: &Header<'_>, text: &Text<'_>) {
        let value = header.value.trim();
        match header.name.to_ascii_lowercase().as_str() {
            "name" if self.name.is_none() && dependency::is_name(value) => {
                self.name = Some((value.to_owned(), header.span));
            }
            "version" if self.version.is_none() && dependency::is_exact_version(value) => {
                self.version = Some(value.to_owned());
            }
            "license-expression" => self.expression = license::normalize(value),
            "license" => self.license = license::normalize(value),
            "classifier" if value.starts_with("License ::") && !is_category(value) => {
                let meaning = license::from_classifier(value);
                if !self.classified.contains(&meaning) {
                    self.classified.push(meaning);
                }
            }
            // The whole text is kept, since the join needs extras and marker too.
            "requires-dist" | "requires" => self.requirements.push(Requirement {
                name: dependency::parse(value)
                    .map_or("", |dependency| dependency.name)
                    .to_owned(),
                alias: None,
                constraint: value.to_owned(),
                scope: Scope::Runtime,
                location: text.locate(header.span),
                from_registry: false,
            }),
            _ => {}
        }
    }
}

/// Whether a classifier names no licence but a family of them.
fn is_category(classifier: &str) -> bool {
    classifier.trim() == "License :: OSI Approved"
}

struct Header<'t> {
    name: &'t str,
    value: &'t str,
    span: Span,
}

/// The headers up to the first empty line. Only the first line of each counts: nothing that an
/// inventory needs is folded.
fn headers(text: &str) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    let mut offset = 0_usize;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset = offset.saturating_add(line.len());
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t', '|']) {
            continue;
        }
        if let Some((name, value)) = line.split_once(':') {
            let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
            let span = Span {
                start: clip(start),
                end: clip(start.saturating_add(line.len())),
            };
            headers.push(Header { name, value, span });
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    const FLASK: &str = "Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\nSummary: x\nLicense: BSD-3-Clause\nClassifier: License :: OSI Approved :: BSD License\nClassifier: Programming Language :: Python\nRequires-Dist: Werkzeug (>=2.0)\nRequires-Dist: asgiref (>=3.2) ; extra == 'async'\nRequires-Dist: python-dotenv ; extra == 'dotenv'\nProvides-Extra: async\n\nName: not-a-header\nVersion: 9\n";

    fn plain(name: &str, version: &str, rest: &str) -> String {
        format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{rest}\n")
    }

    #[test]
    fn joins_an_environment() {
        let asked = plain(
            "app",
            "1.0",
            "Requires-Dist: flask[async]\nLicense-Expression: MIT OR Apache-2.0",
        );
        let sp = "venv/lib/python3.11/site-packages";
        let files = [
            (
                format!("{sp}/Flask-2.0.1.dist-info/METADATA"),
                FLASK.to_owned(),
            ),
            (
                format!("{sp}/werkzeug-2.0.0.dist-info/METADATA"),
                plain(
                    "Werkzeug",
                    "2.0.0",
                    "Classifier: License :: OSI Approved :: MIT License",
                ),
            ),
            (
                format!("{sp}/asgiref-3.2.egg-info/PKG-INFO"),
                plain("asgiref", "3.2", ""),
            ),
            (
                format!("{sp}/python_dotenv.egg-info"),
                plain("python-dotenv", "0.1", ""),
            ),
            (format!("{sp}/app-1.0-py3.11.egg/EGG-INFO/PKG-INFO"), asked),
            (
                "src/mine.egg-info/PKG-INFO".to_owned(),
                plain("mine", "0.1", ""),
            ),
        ];
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, content)| (path.as_str(), content.as_str()))
            .collect();
        check(
            &files,
            &[
                "venv/lib/python3.11/site-packages/Flask-2.0.1.dist-info/METADATA:2 Flask 2.0.1 run ? -> Werkzeug@2.0.0 asgiref@3.2",
                "venv/lib/python3.11/site-packages/app-1.0-py3.11.egg/EGG-INFO/PKG-INFO:2 app 1.0 run ? -> Flask@2.0.1",
                "venv/lib/python3.11/site-packages/asgiref-3.2.egg-info/PKG-INFO:2 asgiref 3.2 run ?",
                "venv/lib/python3.11/site-packages/python_dotenv.egg-info:2 python-dotenv 0.1 run ?",
                "venv/lib/python3.11/site-packages/werkzeug-2.0.0.dist-info/METADATA:2 Werkzeug 2.0.0 run ?",
            ],
            &[],
        );
        let joined = scan(&files);
        let lock = joined.locks.first().unwrap();
        let licenses: Vec<_> = lock
            .packages
            .iter()
            .map(|package| (package.name.as_str(), package.license.as_deref()))
            .collect();
        assert!(
            licenses.contains(&("Flask", Some("BSD-3-Clause"))),
            "{licenses:?}"
        );
        assert!(
            licenses.contains(&("Werkzeug", Some("MIT"))),
            "{licenses:?}"
        );
        assert!(
            licenses.contains(&("app", Some("MIT OR Apache-2.0"))),
            "{licenses:?}"
        );
    }

    #[test]
    fn says_what_is_broken() {
        check(
            &[("x-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: x\n")],
            &[],
            &["x-1.dist-info/METADATA:0 malformed"],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("x-1.dist-info/METADATA", &mutate::apply(FLASK, &changes))]);
        }
    }
}
