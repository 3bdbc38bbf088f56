//! `uv.lock` and uv's script locks (`script.py.lock`), version 1 in all its revisions
//! (<https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>).

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use crate::Scope;
use crate::reader::{FileReading, Lock, Locked, Reader, Root};

use super::graph::{Names, scopes, tidy};
use super::{dependency, marker, package, place};

/// The id of [`UvLock`].
pub(super) const ID: &str = "uv-lock";

/// `uv.lock`.
pub(super) struct UvLock;

impl Reader for UvLock {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = place::name(path);
        name == "uv.lock" || name.ends_with(".py.lock")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.toml() {
            Ok(document) => read(entry, document),
            Err(error) => package::unreadable(entry, ID, error),
        }
    }
}

/// An edge to a node, with what it is needed for.
type Edge = (usize, Scope);

fn read(entry: &Entry, document: &Node) -> FileReading {
    let mut reading = package::empty(entry, ID);
    if let Some(version) = document.get("version")
        && version.as_i64() != Some(1)
    {
        reading.incomplete.push(package::incomplete(
            entry.locate(version.span),
            ReasonCode::Unsupported,
            "the lock version is not 1; it was read as 1".to_owned(),
        ));
    }

    // Projects in folders come first, so that a node is a package if it is past them.
    let all = document.get("package").map_or(&[][..], Node::list);
    let (locals, others): (Vec<&Node>, Vec<&Node>) =
        all.iter().partition(|node| folder(node).is_some());
    let mut nodes = locals.clone();
    let mut packages = Vec::new();
    for node in others {
        if let Some(locked) = locked(entry, node, &mut reading) {
            packages.push(locked);
            nodes.push(node);
        }
    }
    let names = Names::of(nodes.iter().map(|node| text(node, "name")));
    let find = Find {
        names,
        versions: nodes
            .iter()
            .map(|node| node.get("version")?.as_str())
            .collect(),
    };
    let edges: Vec<Vec<Edge>> = nodes.iter().map(|node| find.edges(node)).collect();

    let first = locals.len();
    let script = find.script(document);
    let starts = (0..first)
        .map(|at| (at, Scope::Runtime))
        .chain(script.iter().copied());
    let reached = scopes(&edges, starts);
    let mut direct = vec![false; nodes.len()];
    let named = edges.iter().take(first).flatten().chain(&script);
    for &(to, _) in named {
        if let Some(direct) = direct.get_mut(to) {
            *direct = true;
        }
    }
    let needs = |at: usize| edges.get(at).into_iter().flatten();
    for (offset, locked) in packages.iter_mut().enumerate() {
        let at = first.saturating_add(offset);
        let known = first > 0 || !script.is_empty();
        locked.direct = known.then(|| direct.get(at).copied().unwrap_or(false));
        locked.scope = reached.get(at).copied().flatten().unwrap_or_default();
        locked.dependencies = needs(at)
            .filter_map(|&(to, _)| to.checked_sub(first))
            .collect();
    }
    tidy(&mut packages);
    let roots = locals.iter().enumerate().map(|(at, node)| Root {
        name: text(node, "name").to_owned(),
        folder: folder(node).map(|folder| {
            if folder == "." {
                String::new()
            } else {
                folder.to_owned()
            }
        }),
        dependencies: needs(at)
            .filter_map(|&(to, scope)| Some((to.checked_sub(first)?, Some(scope))))
            .collect(),
    });
    reading.lock = Some(Lock {
        location: entry.location().clone(),
        roots: roots.collect(),
        packages,
    });
    reading
}

/// The folder of a project: what is in a folder is no package of an index.
fn folder(node: &Node) -> Option<&str> {
    let source = node.get("source")?;
    ["editable", "virtual", "directory"]
        .iter()
        .find_map(|kind| source.get(kind)?.as_str())
}

fn locked(entry: &Entry, node: &Node, reading: &mut FileReading) -> Option<Locked> {
    let name = node.get("name");
    let span = name.map_or(node.span, |name| name.span);
    let name = name.and_then(Node::as_str).unwrap_or_default();
    let version = text(node, "version");
    if !dependency::is_name(name) || !dependency::is_exact_version(version) {
        reading.incomplete.push(package::incomplete(
            entry.locate(span),
            ReasonCode::Malformed,
            "expected a package with a name and a version".to_owned(),
        ));
        return None;
    }
    let mut locked = package::locked(name, version, entry.locate(span));
    let wheels = node.get("wheels").map_or(&[][..], Node::list);
    let archives = wheels.iter().chain(node.get("sdist"));
    let hashes = archives.filter_map(|archive| package::hash(archive.get("hash")?.as_str()?));
    package::set_hashes(&mut locked, hashes.collect());
    if let Some(source) = node.get("source") {
        if let Some(git) = source.get("git").and_then(Node::as_str) {
            // `https://host/project?rev=main#commit`
            let (address, commit) = git.split_once('#').unwrap_or((git, ""));
            let address = address.split('?').next().unwrap_or(address);
            let at = if commit.is_empty() { "" } else { "@" };
            package::set_origin(
                &mut locked,
                "vcs_url",
                &format!("git+{address}{at}{commit}"),
            );
        } else if let Some(url) = source.get("url").and_then(Node::as_str) {
            package::set_origin(&mut locked, "download_url", url);
        }
    }
    Some(locked)
}

struct Find<'n> {
    names: Names,
    /// The version of each node, if it has one.
    versions: Vec<Option<&'n str>>,
}

impl Find<'_> {
    fn edges(&self, node: &Node) -> Vec<Edge> {
        let mut edges = self.list(node.get("dependencies"), Scope::Runtime);
        for (_, list) in node
            .get("optional-dependencies")
            .into_iter()
            .flat_map(Node::map)
        {
            // Of a package the lock lists an extra only if something asks for it.
            let scope = if folder(node).is_some() {
                Scope::Optional
            } else {
                Scope::Runtime
            };
            edges.extend(self.list(Some(list), scope));
        }
        for (_, list) in node.get("dev-dependencies").into_iter().flat_map(Node::map) {
            edges.extend(self.list(Some(list), Scope::Development));
        }
        edges
    }

    /// What a script, or a workspace without a project at its top, needs.
    fn script(&self, document: &Node) -> Vec<Edge> {
        let Some(manifest) = document.get("manifest") else {
            return Vec::new();
        };
        let mut edges = self.list(manifest.get("requirements"), Scope::Runtime);
        for (_, list) in manifest
            .get("dependency-groups")
            .into_iter()
            .flat_map(Node::map)
        {
            edges.extend(self.list(Some(list), Scope::Development));
        }
        edges
    }

    fn list(&self, list: Option<&Node>, scope: Scope) -> Vec<Edge> {
        let list = list.map_or(&[][..], Node::list);
        list.iter()
            .flat_map(|needed| self.find(needed, scope))
            .collect()
    }

    fn find(&self, needed: &Node, scope: Scope) -> impl Iterator<Item = Edge> {
        let scope = marker::scope(needed.get("marker").and_then(Node::as_str), scope);
        let version = needed.get("version").and_then(Node::as_str);
        let named = self.names.find(text(needed, "name")).iter().copied();
        named
            .filter(move |&at| {
                let other = self.versions.get(at).copied().flatten();
                version.is_none() || other.is_none() || version == other
            })
            .map(move |at| (at, scope))
    }
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    fn lock() -> String {
        let hash = "c".repeat(64);
        format!(
            r#"version = 1
revision = 3
requires-python = ">=3.9"
resolution-markers = [
    "python_full_version >= '3.10'",
    "python_full_version < '3.10'",
]

[manifest]
members = [
    "lib-a",
    "myapp",
]

[[package]]
name = "click"
version = "8.1.8"
source = {{ registry = "https://pypi.org/simple" }}
resolution-markers = [
    "python_full_version < '3.10'",
]
dependencies = [
    {{ name = "colorama", marker = "sys_platform == 'win32'" }},
]
sdist = {{ url = "https://h/click-8.1.8.tar.gz", hash = "sha256:{hash}", size = 226593, upload-time = "2024-12-21T18:38:44.339Z" }}
wheels = [
    {{ url = "https://h/click-8.1.8-py3-none-any.whl", hash = "sha256:{hash}", size = 98188 }},
]

[[package]]
name = "click"
version = "8.5.1"
source = {{ registry = "https://pypi.org/simple" }}

[[package]]
name = "colorama"
version = "0.4.6"
source = {{ registry = "https://pypi.org/simple" }}

[[package]]
name = "flask"
version = "3.1.3"
source = {{ registry = "https://pypi.org/simple" }}
dependencies = [
    {{ name = "click", version = "8.1.8", source = {{ registry = "https://pypi.org/simple" }}, marker = "python_full_version < '3.10'" }},
    {{ name = "click", version = "8.5.1", source = {{ registry = "https://pypi.org/simple" }}, marker = "python_full_version >= '3.10'" }},
]

[package.optional-dependencies]
async = [
    {{ name = "asgiref" }},
]

[[package]]
name = "asgiref"
version = "3.11.1"
source = {{ git = "https://github.com/django/asgiref?tag=3.11.1#0123abc" }}

[[package]]
name = "lib-a"
version = "0.2.0"
source = {{ editable = "packages/lib-a" }}
dependencies = [
    {{ name = "requests" }},
]

[package.metadata]
requires-dist = [{{ name = "requests", specifier = ">=2.31" }}]

[[package]]
name = "myapp"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "flask", extra = ["async"] }},
    {{ name = "lib-a" }},
]

[package.optional-dependencies]
cli = [
    {{ name = "rich" }},
]

[package.dev-dependencies]
dev = [
    {{ name = "pytest" }},
]

[[package]]
name = "pytest"
version = "9.2.0"
source = {{ registry = "https://pypi.org/simple" }}
dependencies = [
    {{ name = "colorama" }},
]

[[package]]
name = "requests"
version = "2.32.5"
source = {{ url = "https://h/requests-2.32.5.tar.gz" }}

[[package]]
name = "rich"
version = "15.0.0"
source = {{ path = "wheels/rich-15.0.0-py3-none-any.whl" }}
"#
        )
    }

    #[test]
    fn reads_workspaces_and_forks() {
        let pyproject = "[project]\nname = \"myapp\"\ndependencies = [\"flask[async]>=2\"]\n";
        let member = "[project]\nname = \"lib-a\"\ndependencies = [\"requests>=2.31\"]\n";
        check(
            &[
                ("uv.lock", &lock()),
                ("pyproject.toml", pyproject),
                ("packages/lib-a/pyproject.toml", member),
            ],
            &[
                "uv.lock:16 click 8.1.8 run transitive -> colorama@0.4.6",
                "uv.lock:31 click 8.5.1 run transitive",
                "uv.lock:36 colorama 0.4.6 opt transitive",
                "uv.lock:41 flask 3.1.3 run direct -> asgiref@3.11.1 click@8.1.8 click@8.5.1",
                "uv.lock:55 asgiref 3.11.1 run transitive",
                "uv.lock:89 pytest 9.2.0 dev direct -> colorama@0.4.6",
                "uv.lock:97 requests 2.32.5 run direct",
                "uv.lock:102 rich 15.0.0 opt direct",
            ],
            &[],
        );
        let joined = scan(&[("uv.lock", &lock())]);
        let lock = joined.locks.first().unwrap();
        assert_eq!(lock.packages.first().unwrap().hashes.len(), 1);
        assert_eq!(
            lock.packages.get(4).unwrap().purl,
            "pkg:pypi/asgiref@3.11.1?vcs_url=git%2Bhttps://github.com/django/asgiref%400123abc"
        );
        let roots: Vec<_> = lock
            .roots
            .iter()
            .map(|root| {
                (
                    root.name.as_str(),
                    root.folder.as_deref(),
                    root.dependencies.len(),
                )
            })
            .collect();
        assert_eq!(
            roots,
            [("lib-a", Some("packages/lib-a"), 1), ("myapp", Some(""), 3)]
        );
    }

    #[test]
    fn reads_script_locks() {
        let lock = "version = 1\n\n[manifest]\nrequirements = [{ name = \"rich\" }]\n\n[[package]]\nname = \"rich\"\nversion = \"13\"\nsource = { registry = \"https://pypi.org/simple\" }\ndependencies = [{ name = \"pygments\" }]\n\n[[package]]\nname = \"pygments\"\nversion = \"2.0\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
        check(
            &[("tool.py.lock", lock)],
            &[
                "tool.py.lock:13 pygments 2.0 run transitive",
                "tool.py.lock:7 rich 13 run direct -> pygments@2.0",
            ],
            &[],
        );
    }

    #[test]
    fn says_what_is_broken() {
        check(
            &[("uv.lock", "version = 2\n[[package]]\nname = \"a\"\n")],
            &[],
            &["uv.lock:1 unsupported", "uv.lock:3 malformed"],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("uv.lock", &mutate::apply(&lock(), &changes))]);
        }
    }
}
