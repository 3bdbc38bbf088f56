//! `pyproject.toml`: the standard tables (PEP 621, PEP 735, PEP 518) and those of poetry, uv, pdm,
//! hatch and flit.

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;
use rustc_hash::FxHashSet;

use crate::Scope;
use crate::license;
use crate::reader::{FileReading, Include, Manifest, Reader, Requirement};

use super::requirement_list::List;
use super::requirements::names;
use super::{dependency, package, place, poetry};

/// The id of [`Pyproject`].
pub(super) const ID: &str = "pyproject";

/// `pyproject.toml`.
pub(super) struct Pyproject;

impl Reader for Pyproject {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "pyproject.toml"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        match entry.toml() {
            Ok(document) => read(entry, document),
            Err(error) => package::unreadable(entry, ID, error),
        }
    }
}

fn read(entry: &Entry, document: &Node) -> FileReading {
    let mut list = List::default();
    let project = document.get("project");
    let poetry = document.at(&["tool", "poetry"]);
    if let Some(project) = project {
        list.add_all(entry, project.get("dependencies"), Scope::Runtime);
        for (_, extra) in tables(project.get("optional-dependencies")) {
            list.add_all(entry, Some(extra), Scope::Optional);
        }
    }
    groups(entry, document, &mut list);
    tools(entry, document, &mut list);
    if let Some(poetry) = poetry {
        list.requirements
            .extend(poetry::requirements(entry, poetry));
    }
    build(entry, document, &mut list);

    let name = [project, poetry]
        .into_iter()
        .flatten()
        .find_map(|table| table.get("name")?.as_str());
    mark_sources(document, &mut list.requirements);
    // A project may name itself to gather its own extras.
    if let Some(name) = name.map(package::normal) {
        list.requirements
            .retain(|requirement| package::normal(&requirement.name) != name);
    }
    let members = document.at(&["tool", "uv", "workspace", "members"]);
    FileReading {
        manifest: Some(Manifest {
            location: entry.location().clone(),
            name: name.map(str::to_owned),
            license: project.or(poetry).and_then(license_of),
            requirements: list.requirements,
            includes: includes(entry, document),
            members: strings(members).map(str::to_owned).collect(),
            ..Manifest::default()
        }),
        incomplete: list.incomplete,
        ..package::empty(entry, ID)
    }
}

/// PEP 735's groups. What one includes is listed where it stands; that it is included elsewhere
/// adds nothing, since all groups are for development. Includes are checked, as pip checks them.
fn groups(entry: &Entry, document: &Node, list: &mut List) {
    let Some(table) = document.get("dependency-groups") else {
        return;
    };
    let known: FxHashSet<String> = table
        .map()
        .filter_map(|(name, _)| name.as_str())
        .map(package::normal)
        .collect();
    for (_, group) in table.map() {
        list.add_all(entry, Some(group), Scope::Development);
        for included in group
            .list()
            .iter()
            .filter_map(|item| item.get("include-group"))
        {
            let name = included.as_str().unwrap_or_default();
            if !known.contains(&package::normal(name)) {
                let name = dependency::short(name);
                list.incomplete.push(package::incomplete(
                    entry.locate(included.span),
                    ReasonCode::Missing,
                    format!("the group `{name}` is included here and is not there"),
                ));
            }
        }
    }
    if let Some(included) = group_cycle(table) {
        list.incomplete.push(package::incomplete(
            entry.locate(included.span),
            ReasonCode::Cycle,
            "this group includes itself".to_owned(),
        ));
    }
}

/// An include by which a group includes itself: what is left when groups that include nothing
/// more are taken away one after another.
fn group_cycle(table: &Node) -> Option<&Node> {
    let mut left: Vec<(String, Vec<(String, &Node)>)> = table
        .map()
        .filter_map(|(name, group)| {
            let items = group
                .list()
                .iter()
                .filter_map(|item| item.get("include-group"));
            let included = items.filter_map(|node| Some((package::normal(node.as_str()?), node)));
            Some((package::normal(name.as_str()?), included.collect()))
        })
        .collect();
    // Each round takes at least one away; a hundred are deeper than any real nesting.
    for _ in 0..100 {
        let names: FxHashSet<String> = left.iter().map(|(name, _)| name.clone()).collect();
        let before = left.len();
        left.retain(|(_, included)| included.iter().any(|(name, _)| names.contains(name)));
        if left.len() == before {
            break;
        }
    }
    left.first()?.1.first().map(|(_, node)| *node)
}

/// Tables of tools that came before the standard ones.
fn tools(entry: &Entry, document: &Node, list: &mut List) {
    let tool = |path: &[&str]| document.get("tool").and_then(|tool| tool.at(path));
    list.add_all(entry, tool(&["uv", "dev-dependencies"]), Scope::Development);
    for (_, group) in tables(tool(&["pdm", "dev-dependencies"])) {
        // An entry may be `-e file:///...`, which is no package of an index.
        for node in group.list() {
            if let Some(text) = node.as_str().filter(|text| !text.starts_with('-')) {
                list.add(text, Scope::Development, entry.locate(node.span));
            }
        }
    }
    for (name, environment) in tables(tool(&["hatch", "envs"])) {
        let scope = match names::scope_of_word(name) {
            // The default environment is where developers work.
            _ if name == "default" => Scope::Development,
            Scope::Development => Scope::Development,
            _ => Scope::Optional,
        };
        for key in ["dependencies", "extra-dependencies"] {
            // What hatch fills in (`{root:uri}`) is the project itself.
            for node in environment.get(key).map_or(&[][..], Node::list) {
                if let Some(text) = node.as_str().filter(|text| !text.contains('{')) {
                    list.add(text, scope, entry.locate(node.span));
                }
            }
        }
    }
    if let Some(flit) = tool(&["flit", "metadata"]) {
        list.add_all(entry, flit.get("requires"), Scope::Runtime);
        list.add_all(entry, flit.get("dev-requires"), Scope::Development);
        for (_, extra) in tables(flit.get("requires-extra")) {
            list.add_all(entry, Some(extra), Scope::Optional);
        }
    }
}

/// Build requirements are seldom pinned, and what builds is not what runs: only exact ones count.
fn build(entry: &Entry, document: &Node, list: &mut List) {
    let mut build = List::default();
    build.add_all(
        entry,
        document.at(&["build-system", "requires"]),
        Scope::Development,
    );
    let exact = build.requirements.into_iter();
    list.requirements
        .extend(exact.filter(|requirement| dependency::pinned(&requirement.constraint).is_some()));
    list.incomplete.extend(build.incomplete);
}

/// Sources that uv takes from elsewhere than an index.
fn mark_sources(document: &Node, requirements: &mut [Requirement]) {
    let Some(sources) = document.at(&["tool", "uv", "sources"]) else {
        return;
    };
    let elsewhere: FxHashSet<String> = sources
        .map()
        .filter(|(_, source)| {
            let tables = source.list().iter().chain(std::iter::once(*source));
            let keys = ["git", "path", "url", "workspace"];
            tables
                .into_iter()
                .any(|table| keys.iter().any(|key| table.get(key).is_some()))
        })
        .filter_map(|(name, _)| name.as_str().map(package::normal))
        .collect();
    for requirement in requirements {
        requirement.from_registry &= !elsewhere.contains(&package::normal(&requirement.name));
    }
}

/// Requirements files that setuptools reads (`dynamic`).
fn includes(entry: &Entry, document: &Node) -> Vec<Include> {
    let Some(dynamic) = document.at(&["tool", "setuptools", "dynamic"]) else {
        return Vec::new();
    };
    let extras = tables(dynamic.get("optional-dependencies")).map(|(_, extra)| extra);
    let mut includes = Vec::new();
    for source in dynamic.get("dependencies").into_iter().chain(extras) {
        let Some(file) = source.get("file") else {
            continue;
        };
        for node in file.list().iter().chain(std::iter::once(file)) {
            if let Some(path) = node.as_str() {
                includes.push(Include {
                    path: path.to_owned(),
                    constraint: false,
                    location: entry.locate(node.span),
                });
            }
        }
    }
    includes
}

fn license_of(project: &Node) -> Option<String> {
    let license = project.get("license")?;
    let text = license.as_str().or_else(|| license.get("text")?.as_str())?;
    license::normalize(text)
}

fn tables(table: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let pairs = table.into_iter().flat_map(Node::map);
    pairs.filter_map(|(name, value)| Some((name.as_str()?, value)))
}

fn strings(list: Option<&Node>) -> impl Iterator<Item = &str> {
    list.map_or(&[][..], Node::list)
        .iter()
        .filter_map(Node::as_str)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, read, scan};

    const STANDARD: &str = r#"[build-system]
requires = ["setuptools>=61", "wheel==0.40.0"]
build-backend = "setuptools.build_meta"

[project]
name = "My.App"
version = "1.0"
license = "Apache-2.0"
dependencies = [
    "flask>=2",
    "django==3.2.1",
    "pywin32>=1; sys_platform == 'win32'",
    "direct @ https://h/direct.zip",
]

[project.optional-dependencies]
cli = ["rich==13.0"]
all = ["my-app[cli]"]

[dependency-groups]
dev = ["pytest==7.0", {include-group = "lint"}]
lint = ["ruff"]

[tool.uv]
dev-dependencies = ["mypy"]

[tool.uv.sources]
flask = { git = "https://github.com/pallets/flask" }

[tool.uv.workspace]
members = ["packages/*"]
"#;

    #[test]
    fn a_manifest_without_a_lock_is_unpinned() {
        check(
            &[("pyproject.toml", STANDARD)],
            &[
                "pyproject.toml:11 django 3.2.1 run direct",
                "pyproject.toml:17 rich 13.0 opt direct",
                "pyproject.toml:21 pytest 7.0 dev direct",
                "pyproject.toml:2 wheel 0.40.0 dev direct",
            ],
            &[
                "pyproject.toml:12 unpinned 3 requirements have no exact version: pywin32, ruff, mypy;",
            ],
        );
        let readings = read("pyproject.toml", STANDARD);
        let manifest = readings.first().unwrap().manifest.as_ref().unwrap();
        assert_eq!(manifest.license.as_deref(), Some("Apache-2.0"));
        assert_eq!(manifest.members, ["packages/*"]);
    }

    #[test]
    fn requirements_or_nothing_to_pin_are_complete() {
        check(
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = \"a\"\ndependencies = [\"b\"]\n",
                ),
                ("requirements.txt", "b==1\n"),
            ],
            &["requirements.txt:1 b 1 run direct"],
            &[],
        );
        check(
            &[(
                "pyproject.toml",
                "[project]\nname = \"a\"\ndependencies = []\n[tool.black]\nline-length = 88\n",
            )],
            &[],
            &[],
        );
        check(
            &[(
                "pyproject.toml",
                "[build-system]\nrequires = [\"hatchling\"]\n",
            )],
            &[],
            &[],
        );
    }

    #[test]
    fn requirements_for_development_pin_nothing() {
        check(
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = \"a\"\ndependencies = [\"b\"]\n",
                ),
                ("docs/requirements.txt", "c==1\n"),
            ],
            &["docs/requirements.txt:1 c 1 dev direct"],
            &["pyproject.toml:3 unpinned"],
        );
    }

    #[test]
    fn includes_what_setuptools_reads() {
        check(
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = \"a\"\ndynamic = [\"dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = { file = [\"deps.txt\", \"gone.txt\"] }\n",
                ),
                ("deps.txt", "b==1\n"),
            ],
            &["deps.txt:1 b 1 run direct"],
            &["pyproject.toml:5 missing"],
        );
    }

    #[test]
    fn checks_groups() {
        check(
            &[(
                "pyproject.toml",
                "[dependency-groups]\na = [{include-group = \"b\"}]\nb = [{include-group = \"A\"}]\nc = [{include-group = \"d\"}, \"!\"]\n",
            )],
            &[],
            &[
                "pyproject.toml:2 cycle",
                "pyproject.toml:4 malformed",
                "pyproject.toml:4 missing",
            ],
        );
    }

    #[test]
    fn reads_tables_of_tools() {
        check(
            &[(
                "pyproject.toml",
                "[tool.pdm.dev-dependencies]\ntest = [\"a==1\", \"-e file:///${PROJECT_ROOT}/x#egg=x\"]\n[tool.hatch.envs.default]\ndependencies = [\"b==1\", \"{root:uri}\"]\n[tool.flit.metadata]\nrequires = [\"c==1\"]\n[tool.flit.metadata.requires-extra]\nx = [\"d==1\"]\n",
            )],
            &[
                "pyproject.toml:2 a 1 dev direct",
                "pyproject.toml:4 b 1 dev direct",
                "pyproject.toml:6 c 1 run direct",
                "pyproject.toml:8 d 1 opt direct",
            ],
            &[],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("pyproject.toml", &mutate::apply(STANDARD, &changes))]);
        }
    }
}
