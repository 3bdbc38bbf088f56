//! `pylock.toml` and `pylock.NAME.toml` (PEP 751,
//! <https://packaging.python.org/en/latest/specifications/pylock-toml/>).

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use crate::reader::{FileReading, Lock, Locked, Reader, Root};
use crate::{Hash, Scope};

use super::graph::{Names, tidy};
use super::requirements::names;
use super::{dependency, marker, package, place};

/// The id of [`Pylock`].
pub(super) const ID: &str = "pylock";

/// `pylock.toml`.
pub(super) struct Pylock;

impl Reader for Pylock {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = place::name(path);
        name == "pylock.toml" || name.starts_with("pylock.") && name.ends_with(".toml")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.toml() {
            Ok(document) => read(entry, document),
            Err(error) => package::unreadable(entry, ID, error),
        }
    }
}

fn read(entry: &Entry, document: &Node) -> FileReading {
    let mut reading = package::empty(entry, ID);
    if let Some(version) = document.get("lock-version")
        && !version
            .as_str()
            .is_some_and(|version| version.starts_with("1."))
    {
        reading.incomplete.push(package::incomplete(
            entry.locate(version.span),
            ReasonCode::Unsupported,
            "the lock version is not 1.x; it was read as 1.0".to_owned(),
        ));
    }
    let defaults: Vec<&str> = strings(document.get("default-groups")).collect();
    let of_file = place::name(entry.path())
        .strip_prefix("pylock.")
        .and_then(|name| name.strip_suffix(".toml"))
        .map_or(Scope::Runtime, names::scope_of_word);

    let mut packages: Vec<Locked> = Vec::new();
    let mut nodes = Vec::new();
    let mut locals = Vec::new();
    for node in document.get("packages").map_or(&[][..], Node::list) {
        if node.get("directory").is_some() {
            locals.push(node);
        } else if let Some(mut locked) = locked(entry, node, &mut reading) {
            let scope = scope(node, &defaults);
            locked.scope = if of_file == Scope::Development {
                of_file
            } else {
                scope
            };
            packages.push(locked);
            nodes.push(node);
        }
    }
    let names = Names::of(packages.iter().map(|package| package.name.as_str()));
    let needs: Vec<Vec<usize>> = nodes
        .iter()
        .map(|node| needs(node, &names, &packages))
        .collect();
    let roots = locals.into_iter().map(|node| Root {
        name: text(node, "name").to_owned(),
        folder: node
            .at(&["directory", "path"])
            .and_then(Node::as_str)
            .map(str::to_owned),
        dependencies: self::needs(node, &names, &packages)
            .into_iter()
            .map(|at| (at, None))
            .collect(),
    });
    let roots = roots.collect();
    for (locked, needs) in packages.iter_mut().zip(needs) {
        locked.dependencies = needs;
    }
    tidy(&mut packages);
    reading.lock = Some(Lock {
        location: entry.location().clone(),
        roots,
        packages,
    });
    reading
}

fn locked(entry: &Entry, node: &Node, reading: &mut FileReading) -> Option<Locked> {
    let name = node.get("name");
    let span = name.map_or(node.span, |name| name.span);
    let name = name.and_then(Node::as_str).unwrap_or_default();
    let archive = node.get("archive");
    // The version may be left out of what is no release of an index.
    let told = archive
        .and_then(|archive| archive.get("url").or_else(|| archive.get("path"))?.as_str())
        .and_then(package::archive)
        .map(|(_, version)| version);
    let version = node
        .get("version")
        .and_then(Node::as_str)
        .map(str::to_owned)
        .or(told);
    let version = version.unwrap_or_default();
    if !dependency::is_name(name) || !(version.is_empty() || dependency::is_exact_version(&version))
    {
        reading.incomplete.push(package::incomplete(
            entry.locate(span),
            ReasonCode::Malformed,
            "expected a package with a name and a version".to_owned(),
        ));
        return None;
    }
    if version.is_empty() {
        reading.incomplete.push(package::incomplete(
            entry.locate(span),
            ReasonCode::Unpinned,
            format!("`{}` is locked without a version", dependency::short(name)),
        ));
        return None;
    }
    let mut locked = package::locked(name, &version, entry.locate(span));
    let wheels = node.get("wheels").map_or(&[][..], Node::list);
    let archives = wheels.iter().chain(node.get("sdist")).chain(archive);
    package::set_hashes(&mut locked, archives.flat_map(hashes).collect());
    if let Some(vcs) = node.get("vcs") {
        let commit = text(vcs, "commit-id");
        let at = if commit.is_empty() { "" } else { "@" };
        let url = format!("{}+{}{at}{commit}", text(vcs, "type"), text(vcs, "url"));
        package::set_origin(&mut locked, "vcs_url", &url);
    } else if let Some(url) = archive.and_then(|archive| archive.get("url")?.as_str()) {
        package::set_origin(&mut locked, "download_url", url);
    }
    Some(locked)
}

fn hashes(archive: &Node) -> impl Iterator<Item = Hash> {
    let hashes = archive.get("hashes").into_iter().flat_map(Node::map);
    hashes.filter_map(|(algorithm, hex)| package::hash_of(algorithm.as_str()?, hex.as_str()?))
}

/// What a package is needed for, by its marker: groups that are not the default ones are for
/// development, extras are optional.
fn scope(node: &Node, defaults: &[&str]) -> Scope {
    let Some(text) = node.get("marker").and_then(Node::as_str) else {
        return Scope::Runtime;
    };
    let groups = marker::groups(text);
    let extras = marker::extras(text);
    let in_default = groups
        .iter()
        .any(|group| defaults.contains(group) && names::scope_of_word(group) == Scope::Runtime);
    if !groups.is_empty() && extras.is_empty() && !in_default {
        return Scope::Development;
    }
    marker::scope(Some(text), Scope::Runtime)
}

/// A dependency names its target by whatever keys are needed to tell it from others.
fn needs(node: &Node, names: &Names, packages: &[Locked]) -> Vec<usize> {
    let list = node.get("dependencies").map_or(&[][..], Node::list);
    list.iter()
        .flat_map(|needed| {
            let version = needed.get("version").and_then(Node::as_str);
            let named = names.find(text(needed, "name")).iter().copied();
            named.filter(move |&at| {
                let other = packages.get(at).map(|package| package.version.as_str());
                version.is_none() || version == other
            })
        })
        .collect()
}

fn strings(list: Option<&Node>) -> impl Iterator<Item = &str> {
    list.map_or(&[][..], Node::list)
        .iter()
        .filter_map(Node::as_str)
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    fn lock() -> String {
        let hash = "f".repeat(64);
        format!(
            r#"lock-version = '1.0'
environments = ["sys_platform == 'win32'", "sys_platform == 'linux'"]
requires-python = '==3.12'
created-by = 'mousebender'
extras = ["cli"]
dependency-groups = ["dev", "main"]
default-groups = ["main"]

[[packages]]
name = 'attrs'
version = '25.1.0'
requires-python = '>=3.8'
wheels = [
  {{name = 'attrs-25.1.0-py3-none-any.whl', upload-time = 2025-01-25T11:30:10.164985+00:00, url = 'https://h/attrs.whl', size = 63152, hashes = {{sha256 = '{hash}'}}}},
]
[[packages.attestation-identities]]
environment = 'release-pypi'
kind = 'GitHub'

[[packages]]
name = 'cattrs'
version = '24.1.2'
dependencies = [
    {{name = 'attrs'}},
]
sdist = {{name = 'cattrs-24.1.2.tar.gz', url = 'https://h/cattrs.tar.gz', hashes = {{sha256 = '{hash}', md5 = 'zz'}}}}

[[packages]]
name = 'rich'
version = '13.0'
marker = "'cli' in extras"

[[packages]]
name = 'pytest'
version = '8.0'
marker = "'dev' in dependency_groups"

[[packages]]
name = 'forked'
version = '1.0'
vcs = {{type = 'git', url = 'https://github.com/x/forked', requested-revision = 'main', commit-id = 'abc'}}

[[packages]]
name = 'torch'
archive = {{url = 'https://h/torch-2.0.0%2Bcpu-cp310-cp310-linux_x86_64.whl', hashes = {{sha256 = '{hash}'}}}}

[[packages]]
name = 'mine'
directory = {{path = '.', editable = true}}

[[packages]]
name = 'nowhere'
"#
        )
    }

    #[test]
    fn reads_every_source() {
        check(
            &[("pylock.toml", &lock())],
            &[
                "pylock.toml:10 attrs 25.1.0 run ?",
                "pylock.toml:21 cattrs 24.1.2 run ? -> attrs@25.1.0",
                "pylock.toml:29 rich 13.0 opt ?",
                "pylock.toml:34 pytest 8.0 dev ?",
                "pylock.toml:39 forked 1.0 run ?",
                "pylock.toml:44 torch 2.0.0+cpu run ?",
            ],
            &["pylock.toml:52 unpinned `nowhere`"],
        );
        let joined = scan(&[("pylock.dev.toml", &lock())]);
        let packages = &joined.locks.first().unwrap().packages;
        assert!(
            packages
                .iter()
                .all(|package| package.scope == crate::Scope::Development)
        );
        assert_eq!(packages.first().unwrap().hashes.len(), 1);
        assert_eq!(packages.get(1).unwrap().hashes.len(), 1);
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("pylock.toml", &mutate::apply(&lock(), &changes))]);
        }
    }
}
