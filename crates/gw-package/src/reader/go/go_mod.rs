//! `go.mod` (<https://go.dev/ref/mod#go-mod-file>).

use gw_analysis::Entry;
use gw_finding::{Incomplete, Location, ReasonCode};

use super::line::{Line, lines};
use super::{GO, STDLIB, incomplete, is_folder, module, requirement};
use crate::Ecosystem;
use crate::reader::{FileReading, Lock, Locked, Manifest, Reader, Requirement};
use crate::version::VersionKey;

pub(super) const ID: &str = "go-mod";

pub(super) struct GoMod;

impl Reader for GoMod {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        // Other names are given with `-modfile`.
        name == "go.mod" || (name.starts_with("go.") && name.ends_with(".mod"))
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let mut reading = FileReading::default();
        match entry.text() {
            Ok(text) => {
                let mut file = File::new(entry);
                file.read(text);
                let (lock, manifest) = file.finish();
                reading.lock = Some(lock);
                reading.manifest = Some(manifest);
                reading.incomplete = file.problems;
            }
            Err(error) => reading.incomplete.push(entry.incomplete("package", error)),
        }
        reading
    }
}

/// What `go.mod` and `go.work` have in common.
pub(super) struct File<'a> {
    entry: &'a Entry,
    pub(super) problems: Vec<Incomplete>,
    packages: Vec<Locked>,
    manifest: Manifest,
    go: Option<(String, Location)>,
    toolchain: Option<(String, Location)>,
    /// The folders that a `go.work` uses.
    pub(super) uses: Vec<(String, Location)>,
}

impl<'a> File<'a> {
    pub(super) fn new(entry: &'a Entry) -> Self {
        Self {
            entry,
            problems: Vec::new(),
            packages: Vec::new(),
            manifest: Manifest {
                location: entry.location().clone(),
                ..Manifest::default()
            },
            go: None,
            toolchain: None,
            uses: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, text: &str) {
        let (lines, problems) = lines(text);
        for (span, problem) in problems {
            let location = self.entry.locate(span);
            self.problems
                .push(incomplete(location, ReasonCode::Malformed, problem));
        }
        for line in lines {
            let location = self.entry.locate(line.span);
            if let Err(problem) = self.directive(&line, &location) {
                self.problems
                    .push(incomplete(location, ReasonCode::Malformed, problem));
            }
        }
    }

    fn directive(&mut self, line: &Line, location: &Location) -> Result<(), String> {
        let words: Vec<_> = line.words.iter().map(String::as_str).collect();
        match (line.verb.as_str(), words.as_slice()) {
            ("module", [path]) => self.manifest.name = Some((*path).to_owned()),
            ("go", [version]) => self.go = Some(((*version).to_owned(), location.clone())),
            ("toolchain", [name]) => self.toolchain = Some(((*name).to_owned(), location.clone())),
            ("require", [path, version]) => {
                let direct = !is_indirect(&line.comment);
                let package = module(path, version, location.clone(), Some(direct));
                self.packages
                    .push(package.map_err(|error| error.to_string())?);
            }
            ("replace", words) => {
                let replacement = replacement(words, location).ok_or_else(|| {
                    format!(
                        "`{}` is no replacement, expected `path [version] => path [version]`",
                        words.join(" ")
                    )
                })?;
                self.manifest.requirements.push(replacement);
            }
            ("use", [folder]) => self.uses.push(((*folder).to_owned(), location.clone())),
            ("exclude" | "retract" | "godebug" | "tool" | "ignore", [_, ..]) => {}
            (
                verb @ ("module" | "go" | "toolchain" | "require" | "use" | "exclude" | "retract"),
                words,
            ) => {
                return Err(format!(
                    "`{verb}` with {} words, which it does not take",
                    words.len()
                ));
            }
            (verb, _) => {
                let verb: String = verb.chars().take(40).collect();
                return Err(format!("`{verb}` is no directive of Go"));
            }
        }
        Ok(())
    }

    /// The packages, the standard library among them, and the other lines.
    pub(super) fn finish(&mut self) -> (Lock, Manifest) {
        if let Some((version, location)) = &self.go {
            let go = requirement(GO.to_owned(), None, version, location.clone());
            self.manifest.requirements.push(go);
        }
        let mut lock = Lock {
            location: self.entry.location().clone(),
            ..Lock::default()
        };
        lock.packages = std::mem::take(&mut self.packages);
        if let Some((version, location)) = self.standard_library() {
            match module(STDLIB, &version, location.clone(), Some(true)) {
                Ok(package) => lock.packages.push(package),
                Err(error) => {
                    let detail = error.to_string();
                    self.problems
                        .push(incomplete(location, ReasonCode::Malformed, detail));
                }
            }
        }
        (lock, std::mem::take(&mut self.manifest))
    }

    /// The newer one of the `toolchain` and the `go` line: Go uses no older toolchain than the
    /// latter asks for.
    fn standard_library(&self) -> Option<(String, Location)> {
        let key = |version: &str| VersionKey::parse(&Ecosystem::GO, version).ok();
        let toolchain = self.toolchain.as_ref().and_then(|(name, location)| {
            // `default` and names that are none say nothing.
            let version = name.strip_prefix("go")?.split(['-', ' ']).next()?;
            Some((version.to_owned(), key(version)?, location.clone()))
        });
        match (&self.go, toolchain) {
            (Some((go, _)), Some((version, newer, location)))
                if key(go).is_none_or(|go| newer >= go) =>
            {
                Some((version, location))
            }
            (None, Some((version, _, location))) => Some((version, location)),
            (Some((go, location)), _) => Some((go.clone(), location.clone())),
            (None, None) => None,
        }
    }
}

/// `// indirect`, alone or with a remark behind a semicolon.
fn is_indirect(comment: &str) -> bool {
    comment == "indirect" || comment.starts_with("indirect;")
}

/// `path [version] => path [version]`; the old version goes into the name, behind `@`.
fn replacement(words: &[&str], location: &Location) -> Option<Requirement> {
    let arrow = words.iter().position(|word| *word == "=>")?;
    let (old, new) = (words.get(..arrow)?, words.get(arrow + 1..)?);
    let name = match old {
        [path] => (*path).to_owned(),
        [path, version] => format!("{path}@{version}"),
        _ => return None,
    };
    let (path, version) = match new {
        [path] if is_folder(path) => (path, ""),
        [path, version] => (path, *version),
        _ => return None,
    };
    Some(requirement(name, Some(path), version, location.clone()))
}
