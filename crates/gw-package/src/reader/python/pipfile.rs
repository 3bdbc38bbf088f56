//! pipenv's `Pipfile` and `Pipfile.lock` (<https://github.com/pypa/pipfile>), with the categories
//! of pipenv 2022.10 and later.

use gw_analysis::{Entry, Node, ParseError};

use crate::Scope;
use crate::reader::{FileReading, Lock, Locked, Manifest, Reader, Requirement};

use super::join::unpinned;
use super::requirements::names;
use super::{dependency, marker, package, place};

/// The id of [`PipfileLock`].
pub(super) const LOCK: &str = "pipfile-lock";
/// The id of [`Pipfile`].
pub(super) const MANIFEST: &str = "pipfile";

/// `Pipfile.lock`.
pub(super) struct PipfileLock;

/// `Pipfile`.
pub(super) struct Pipfile;

impl Reader for PipfileLock {
    fn id(&self) -> &'static str {
        LOCK
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "Pipfile.lock"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.json() {
            Ok(document) if document.is_map() => read_lock(entry, document),
            Ok(document) => {
                let message = format!("expected a mapping of sections, found {}", document.kind());
                package::unreadable(
                    entry,
                    LOCK,
                    &ParseError::malformed(message, Some(document.span)),
                )
            }
            Err(error) => package::unreadable(entry, LOCK, error),
        }
    }
}

impl Reader for Pipfile {
    fn id(&self) -> &'static str {
        MANIFEST
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "Pipfile"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.toml() {
            Ok(document) => FileReading {
                manifest: Some(read_manifest(entry, document)),
                ..package::empty(entry, MANIFEST)
            },
            Err(error) => package::unreadable(entry, MANIFEST, error),
        }
    }
}

fn read_lock(entry: &Entry, document: &Node) -> FileReading {
    let mut reading = package::empty(entry, LOCK);
    let mut packages = Vec::new();
    let mut open = Vec::new();
    for (section, list) in document.map() {
        let section = section.as_str().unwrap_or_default();
        if section == "_meta" {
            continue;
        }
        for (key, value) in list.map() {
            let Some(name) = key.as_str() else { continue };
            let scope = scope_of(section, value);
            let told = value
                .get("version")
                .and_then(Node::as_str)
                .or_else(|| value.as_str());
            let constraint = told.unwrap_or_default();
            match dependency::pinned(constraint) {
                Some(version) => {
                    let mut locked = package::locked(name, version, entry.locate(key.span));
                    locked.scope = scope;
                    fill(&mut locked, value);
                    packages.push(locked);
                }
                None => open.push(Requirement {
                    name: name.to_owned(),
                    alias: None,
                    constraint: constraint.to_owned(),
                    scope,
                    location: entry.locate(key.span),
                    from_registry: is_from_registry(value),
                }),
            }
        }
    }
    let open = open.iter().filter(|requirement| requirement.from_registry);
    reading.incomplete.extend(unpinned::record(
        open,
        "pipenv could not lock them for the platform it ran on",
    ));
    reading.lock = Some(Lock {
        location: entry.location().clone(),
        packages,
        roots: Vec::new(),
    });
    reading
}

fn fill(locked: &mut Locked, value: &Node) {
    let hashes = value.get("hashes").map_or(&[][..], Node::list);
    let hashes = hashes
        .iter()
        .filter_map(Node::as_str)
        .filter_map(package::hash);
    package::set_hashes(locked, hashes.collect());
    if let Some(git) = value.get("git").and_then(Node::as_str) {
        let git = git.strip_prefix("git+").unwrap_or(git);
        let reference = value.get("ref").and_then(Node::as_str);
        let at = reference.map_or_else(String::new, |reference| format!("@{reference}"));
        package::set_origin(locked, "vcs_url", &format!("git+{git}{at}"));
    } else if let Some(file) = value.get("file").and_then(Node::as_str)
        && file.contains("://")
    {
        package::set_origin(locked, "download_url", file);
    }
}

fn read_manifest(entry: &Entry, document: &Node) -> Manifest {
    let mut manifest = Manifest {
        location: entry.location().clone(),
        ..Manifest::default()
    };
    for (section, list) in document.map() {
        let section = section.as_str().unwrap_or_default();
        if matches!(section, "source" | "requires" | "scripts" | "pipenv") {
            continue;
        }
        for (key, value) in list.map() {
            let Some(name) = key.as_str() else { continue };
            let told = value
                .get("version")
                .and_then(Node::as_str)
                .or_else(|| value.as_str());
            let constraint = told.unwrap_or_default();
            manifest.requirements.push(Requirement {
                name: name.to_owned(),
                alias: None,
                constraint: if constraint == "*" { "" } else { constraint }.to_owned(),
                scope: scope_of(section, value),
                location: entry.locate(key.span),
                from_registry: is_from_registry(value),
            });
        }
    }
    manifest
}

fn scope_of(section: &str, value: &Node) -> Scope {
    let scope = match section {
        "default" | "packages" => Scope::Runtime,
        "develop" | "dev-packages" => Scope::Development,
        category => names::scope_of_word(category),
    };
    let platform = [
        "os_name",
        "sys_platform",
        "platform_machine",
        "platform_system",
    ];
    if scope == Scope::Runtime && platform.iter().any(|key| value.get(key).is_some()) {
        return Scope::Optional;
    }
    marker::scope(value.get("markers").and_then(Node::as_str), scope)
}

fn is_from_registry(value: &Node) -> bool {
    ["git", "hg", "svn", "bzr", "path", "file", "editable"]
        .iter()
        .all(|key| value.get(key).is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    fn lock() -> String {
        let hash = "0".repeat(64);
        format!(
            r#"{{
    "_meta": {{
        "hash": {{"sha256": "{hash}"}},
        "pipfile-spec": 6,
        "requires": {{"python_version": "3.11"}},
        "sources": [{{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": true}}]
    }},
    "default": {{
        "click": {{
            "hashes": ["sha256:{hash}"],
            "markers": "python_version >= '3.7'",
            "version": "==8.1.7"
        }},
        "colorama": {{"markers": "sys_platform == 'win32'", "version": "==0.4.6"}},
        "Flask": {{"extras": ["async"], "index": "pypi", "version": "==3.0.0"}},
        "forked": {{"git": "https://github.com/x/forked.git", "ref": "abc"}},
        "mine": {{"editable": true, "path": "."}}
    }},
    "develop": {{
        "pytest": {{"version": "==7.4.0"}},
        "odd": {{"version": "*"}}
    }},
    "docs": {{
        "sphinx": {{"version": "==7.0"}}
    }}
}}
"#
        )
    }

    const PIPFILE: &str = "[[source]]\nurl = \"https://pypi.org/simple\"\nverify_ssl = true\nname = \"pypi\"\n\n[packages]\nflask = {version = \">=2\", extras = [\"async\"]}\ncolorama = {version = \"*\", sys_platform = \"== 'win32'\"}\nforked = {git = \"https://github.com/x/forked.git\"}\nmine = {path = \".\", editable = true}\n\n[dev-packages]\npytest = \"*\"\n\n[docs]\nsphinx = \"==7.0\"\n\n[requires]\npython_version = \"3.11\"\n";

    #[test]
    fn joins_lock_and_manifest() {
        check(
            &[("Pipfile", PIPFILE), ("Pipfile.lock", &lock())],
            &[
                "Pipfile.lock:14 colorama 0.4.6 opt direct",
                "Pipfile.lock:15 Flask 3.0.0 run direct",
                "Pipfile.lock:20 pytest 7.4.0 dev direct",
                "Pipfile.lock:24 sphinx 7.0 dev direct",
                "Pipfile.lock:9 click 8.1.7 run transitive",
            ],
            &["Pipfile.lock:21 unpinned 1 requirement has no exact version: odd;"],
        );
    }

    #[test]
    fn a_lock_alone_does_not_tell_what_is_direct() {
        let joined = scan(&[("a/Pipfile.lock", &lock())]);
        let packages = &joined.locks.first().unwrap().packages;
        assert!(packages.iter().all(|package| package.direct.is_none()));
        assert_eq!(packages.first().unwrap().hashes.len(), 1);
    }

    #[test]
    fn a_manifest_alone_is_unpinned() {
        check(
            &[("Pipfile", PIPFILE)],
            &["Pipfile:16 sphinx 7.0 dev direct"],
            &["Pipfile:7 unpinned 3 requirements have no exact version: flask, colorama, pytest;"],
        );
    }

    #[test]
    fn says_what_is_broken() {
        check(
            &[("Pipfile.lock", "[]")],
            &[],
            &["Pipfile.lock:1 malformed expected a mapping"],
        );
        check(
            &[("Pipfile.lock", "{\"default\": {")],
            &[],
            &["Pipfile.lock:1 malformed"],
        );
        check(
            &[("Pipfile.lock", "{\"default\": [1, {}], \"develop\": 3}")],
            &[],
            &[],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("Pipfile.lock", &mutate::apply(&lock(), &changes)), ("Pipfile", &mutate::apply(PIPFILE, &changes))]);
        }
    }
}
