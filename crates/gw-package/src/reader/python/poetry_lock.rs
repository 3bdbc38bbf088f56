//! `poetry.lock` in all its versions: before 1.0 (`metadata.hashes`), 1.0 (`metadata.files`,
//! `category`), 1.1, 2.0 (`files`, neither category nor groups), 2.1 (`groups`, `markers`).

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;
use rustc_hash::FxHashMap;

use crate::Scope;
use crate::reader::{FileReading, Lock, Locked, Reader, Root};

use super::graph::{Names, tidy};
use super::{dependency, marker, package, place};

/// The id of [`PoetryLock`].
pub(super) const ID: &str = "poetry-lock";

/// `poetry.lock`.
pub(super) struct PoetryLock;

impl Reader for PoetryLock {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "poetry.lock"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.toml() {
            Ok(document) => read(entry, document),
            Err(error) => package::unreadable(entry, ID, error),
        }
    }
}

/// An entry of the lock file: a package, or a project in a folder.
enum Item<'n> {
    Package(&'n Node),
    Local(&'n Node),
}

fn read(entry: &Entry, document: &Node) -> FileReading {
    let mut reading = package::empty(entry, ID);
    let version = document.at(&["metadata", "lock-version"]);
    if let Some(version) = version
        && !matches!(
            version.as_str().unwrap_or_default().split('.').next(),
            Some("0" | "1" | "2")
        )
    {
        reading.incomplete.push(package::incomplete(
            entry.locate(version.span),
            ReasonCode::Unsupported,
            "the lock version is none of 1.0 to 2.x; it was read as 2.x".to_owned(),
        ));
    }

    let mut packages: Vec<Locked> = Vec::new();
    let mut nodes = Vec::new();
    let mut locals = Vec::new();
    for node in document.get("package").map_or(&[][..], Node::list) {
        match item(entry, node, &mut reading) {
            Some((Item::Package(node), locked)) => {
                packages.extend(locked);
                nodes.push(node);
            }
            Some((Item::Local(node), _)) => locals.push(node),
            None => {}
        }
    }
    let names = Names::of(packages.iter().map(|package| package.name.as_str()));
    let old = OldHashes::of(document);
    for (locked, node) in packages.iter_mut().zip(&nodes) {
        locked.dependencies = needs(node, &names).collect();
        let hashes = hashes(node, &old, &locked.name);
        package::set_hashes(locked, hashes);
    }
    tidy(&mut packages);
    let roots = locals
        .into_iter()
        .map(|node| Root {
            name: text(node, "name").to_owned(),
            folder: node
                .at(&["source", "url"])
                .and_then(Node::as_str)
                .map(str::to_owned),
            dependencies: needs(node, &names).map(|at| (at, None)).collect(),
        })
        .collect();
    reading.lock = Some(Lock {
        location: entry.location().clone(),
        packages,
        roots,
    });
    reading
}

fn item<'n>(
    entry: &Entry,
    node: &'n Node,
    reading: &mut FileReading,
) -> Option<(Item<'n>, Option<Locked>)> {
    let source = node.get("source");
    let kind = source.map_or("", |source| text(source, "type"));
    if kind == "directory" {
        return Some((Item::Local(node), None));
    }
    let (name, version) = (node.get("name"), text(node, "version"));
    let span = name.map_or(node.span, |name| name.span);
    let name = name.and_then(Node::as_str).unwrap_or_default();
    if !dependency::is_name(name) || !dependency::is_exact_version(version) {
        reading.incomplete.push(package::incomplete(
            entry.locate(span),
            ReasonCode::Malformed,
            "expected a package with a name and a version".to_owned(),
        ));
        return None;
    }
    let mut locked = package::locked(name, version, entry.locate(span));
    locked.scope = scope(node);
    if let Some(source) = source {
        let url = text(source, "url");
        match kind {
            "git" => {
                let commit = match text(source, "resolved_reference") {
                    "" => text(source, "reference"),
                    commit => commit,
                };
                let at = if commit.is_empty() { "" } else { "@" };
                package::set_origin(&mut locked, "vcs_url", &format!("git+{url}{at}{commit}"));
            }
            "url" => package::set_origin(&mut locked, "download_url", url),
            _ => {}
        }
    }
    Some((Item::Package(node), Some(locked)))
}

fn scope(node: &Node) -> Scope {
    let groups = node.get("groups").map(Node::list);
    let development = match groups {
        Some(groups) => {
            !groups.iter().any(|group| group.as_str() == Some("main")) && !groups.is_empty()
        }
        None => {
            matches!(node.get("category").and_then(Node::as_str), Some(category) if category != "main")
        }
    };
    if development {
        return Scope::Development;
    }
    if node.get("optional").and_then(Node::as_bool) == Some(true) {
        return Scope::Optional;
    }
    let markers = node.get("markers");
    let of_main = markers.and_then(|markers| markers.get("main")).or(markers);
    let marker = of_main
        .and_then(Node::as_str)
        .or_else(|| node.get("marker")?.as_str());
    marker::scope(marker, Scope::Runtime)
}

/// What a package needs. A dependency is written as a version, a table, or a list of either.
fn needs<'n>(node: &'n Node, names: &'n Names) -> impl Iterator<Item = usize> + 'n {
    let dependencies = node.get("dependencies").into_iter().flat_map(Node::map);
    dependencies
        .filter_map(|(name, _)| name.as_str())
        .flat_map(|name| names.find(name))
        .copied()
}

/// The hashes of packages whose entries do not hold them: the tables of versions before 2.0.
struct OldHashes<'n>(FxHashMap<String, Vec<&'n Node>>);

impl<'n> OldHashes<'n> {
    fn of(document: &'n Node) -> Self {
        let mut map: FxHashMap<String, Vec<&Node>> = FxHashMap::default();
        for table in ["files", "hashes"] {
            let table = document.at(&["metadata", table]);
            for (name, list) in table.into_iter().flat_map(Node::map) {
                let name = package::normal(name.as_str().unwrap_or_default());
                map.entry(name).or_default().extend(list.list());
            }
        }
        Self(map)
    }

    fn find(&self, name: &str) -> &[&'n Node] {
        let found = self.0.get(&package::normal(name));
        found.map_or(&[], Vec::as_slice)
    }
}

fn hashes(node: &Node, old: &OldHashes<'_>, name: &str) -> Vec<crate::Hash> {
    let files = node.get("files").map_or(&[][..], Node::list);
    let old = if files.is_empty() {
        old.find(name)
    } else {
        &[]
    };
    let files = files.iter().chain(old.iter().copied());
    files
        .filter_map(|file| match file.get("hash") {
            Some(hash) => package::hash(hash.as_str()?),
            None => package::hash_of("sha256", file.as_str()?),
        })
        .collect()
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    const PYPROJECT: &str = "[tool.poetry]\nname = \"papp\"\nversion = \"0.1.0\"\n\n[tool.poetry.dependencies]\npython = \"^3.9\"\nflask = {version = \"^2.0\", extras = [\"async\"]}\nrich = {version = \"*\", optional = true}\nlocal = {path = \"../local\"}\n\n[tool.poetry.extras]\ncli = [\"rich\"]\n\n[tool.poetry.group.dev.dependencies]\npytest = \"^7\"\n";

    fn newest() -> String {
        let hash = "a".repeat(64);
        format!(
            r#"# This file is automatically @generated by Poetry 2.1.3 and should not be changed by hand.

[[package]]
name = "click"
version = "8.1.7"
description = "Composable command line interface toolkit"
optional = false
python-versions = ">=3.7"
groups = ["main"]
files = [
    {{file = "click-8.1.7-py3-none-any.whl", hash = "sha256:{hash}"}},
    {{file = "click-8.1.7.tar.gz", hash = "sha256:{hash}"}},
]

[package.dependencies]
colorama = {{version = "*", markers = "platform_system == \"Windows\""}}

[[package]]
name = "colorama"
version = "0.4.6"
description = ""
optional = false
python-versions = "*"
groups = ["main", "dev"]
markers = {{main = "platform_system == \"Windows\"", dev = "sys_platform == \"win32\""}}
files = []

[[package]]
name = "flask"
version = "2.3.3"
description = ""
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = []

[package.dependencies]
click = [
    {{version = ">=8.1.3", markers = "python_version >= \"3.8\""}},
    {{version = ">=8", markers = "python_version < \"3.8\""}},
]

[package.extras]
async = ["asgiref (>=3.2)"]

[[package]]
name = "forked"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = false

[package.source]
type = "git"
url = "https://github.com/x/forked.git"
reference = "main"
resolved_reference = "abc123"

[[package]]
name = "local"
version = "0.1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = true

[package.dependencies]
Forked = "*"

[package.source]
type = "directory"
url = "../local"

[[package]]
name = "pytest"
version = "7.4.0"
description = ""
optional = false
python-versions = ">=3.7"
groups = ["dev"]
files = []

[package.dependencies]
colorama = {{version = "*", markers = "sys_platform == \"win32\""}}

[[package]]
name = "rich"
version = "13.0.0"
description = ""
optional = true
python-versions = ">=3.7"
groups = ["main"]
markers = "extra == \"cli\""
files = []

[extras]
cli = ["rich"]

[metadata]
lock-version = "2.1"
python-versions = "^3.9"
content-hash = "{hash}"
"#
        )
    }

    #[test]
    fn reads_groups() {
        let expected = [
            "poetry.lock:19 colorama 0.4.6 opt transitive",
            "poetry.lock:29 flask 2.3.3 run direct -> click@8.1.7",
            "poetry.lock:47 forked 1.0 run transitive",
            "poetry.lock:4 click 8.1.7 run transitive -> colorama@0.4.6",
            "poetry.lock:80 pytest 7.4.0 dev direct -> colorama@0.4.6",
            "poetry.lock:92 rich 13.0.0 opt direct",
        ];
        check(
            &[("poetry.lock", &newest()), ("pyproject.toml", PYPROJECT)],
            &expected,
            &[],
        );
        let joined = scan(&[("poetry.lock", &newest())]);
        let lock = joined.locks.first().unwrap();
        assert_eq!(lock.packages.first().unwrap().hashes.len(), 1);
        assert_eq!(
            lock.packages.get(3).unwrap().purl,
            "pkg:pypi/forked@1.0?vcs_url=git%2Bhttps://github.com/x/forked.git%40abc123"
        );
        assert_eq!(lock.packages.first().unwrap().direct, None);
    }

    /// Lock version 2.0 tells no groups: the manifest's requirements tell who needs what.
    #[test]
    fn finds_what_is_for_development_where_the_lock_does_not_say() {
        let lock = "[[package]]\nname = \"click\"\nversion = \"8.1.7\"\noptional = false\n\n[[package]]\nname = \"flask\"\nversion = \"2.3.3\"\noptional = false\n[package.dependencies]\nclick = \">=8\"\n\n[[package]]\nname = \"iniconfig\"\nversion = \"2.0\"\noptional = false\n\n[[package]]\nname = \"pytest\"\nversion = \"7.4.0\"\noptional = false\n[package.dependencies]\niniconfig = \"*\"\nclick = \"*\"\n\n[metadata]\nlock-version = \"2.0\"\n";
        check(
            &[("x/poetry.lock", lock), ("x/pyproject.toml", PYPROJECT)],
            &[
                "x/poetry.lock:14 iniconfig 2.0 dev transitive",
                "x/poetry.lock:19 pytest 7.4.0 dev direct -> click@8.1.7 iniconfig@2.0",
                "x/poetry.lock:2 click 8.1.7 run transitive",
                "x/poetry.lock:7 flask 2.3.3 run direct -> click@8.1.7",
            ],
            &[],
        );
    }

    #[test]
    fn reads_old_formats() {
        let hash = "b".repeat(64);
        let files = format!(
            "[[package]]\ncategory = \"main\"\nname = \"Jinja2\"\noptional = false\nversion = \"2.11\"\n\n[package.dependencies]\nMarkupSafe = \">=0.23\"\n\n[[package]]\ncategory = \"dev\"\nname = \"markupsafe\"\noptional = false\nversion = \"1.1\"\n\n[metadata]\ncontent-hash = \"x\"\nlock-version = \"1.0\"\n\n[metadata.files]\njinja2 = [\n    {{file = \"x\", hash = \"sha256:{hash}\"}},\n]\n"
        );
        let oldest = files
            .replace("lock-version = \"1.0\"\n", "")
            .replace("[metadata.files]", "[metadata.hashes]")
            .replace(
                &format!("{{file = \"x\", hash = \"sha256:{hash}\"}}"),
                &format!("\"{hash}\""),
            );
        for content in [files, oldest] {
            check(
                &[("poetry.lock", &content)],
                &[
                    "poetry.lock:12 markupsafe 1.1 dev ?",
                    "poetry.lock:3 Jinja2 2.11 run ? -> markupsafe@1.1",
                ],
                &[],
            );
            let joined = scan(&[("poetry.lock", &content)]);
            assert_eq!(
                joined
                    .locks
                    .first()
                    .unwrap()
                    .packages
                    .first()
                    .unwrap()
                    .hashes
                    .len(),
                1,
                "{content}"
            );
        }
    }

    #[test]
    fn says_what_is_broken() {
        check(
            &[(
                "poetry.lock",
                "[[package]]\nname = \"a\"\n[metadata]\nlock-version = \"3.0\"\n",
            )],
            &[],
            &["poetry.lock:2 malformed", "poetry.lock:4 unsupported"],
        );
        check(
            &[("poetry.lock", "[[package]\n")],
            &[],
            &["poetry.lock:1 malformed"],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("poetry.lock", &mutate::apply(&newest(), &changes)), ("pyproject.toml", &mutate::apply(PYPROJECT, &changes))]);
        }
    }
}
