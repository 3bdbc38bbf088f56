//! The requirements in `[tool.poetry]`
//! (<https://python-poetry.org/docs/dependency-specification/>).

use gw_analysis::{Entry, Node};

use crate::Scope;
use crate::reader::Requirement;

use super::{dependency, marker};

/// What the table asks for, groups included.
pub(super) fn requirements(entry: &Entry, poetry: &Node) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut table = |table: Option<&Node>, scope: Scope| {
        for (key, value) in table.into_iter().flat_map(Node::map) {
            let Some(name) = key.as_str().filter(|name| *name != "python") else {
                continue;
            };
            // Several versions for several environments are a list of tables.
            let values = if value.list().is_empty() {
                std::slice::from_ref(value)
            } else {
                value.list()
            };
            for value in values {
                found.push(requirement(entry, name, key, value, scope));
            }
        }
    };
    table(poetry.get("dependencies"), Scope::Runtime);
    table(poetry.get("dev-dependencies"), Scope::Development);
    for (name, group) in poetry.get("group").into_iter().flat_map(Node::map) {
        let main = name.as_str() == Some("main");
        let scope = if main {
            Scope::Runtime
        } else {
            Scope::Development
        };
        table(group.get("dependencies"), scope);
    }
    found
}

fn requirement(entry: &Entry, name: &str, key: &Node, value: &Node, scope: Scope) -> Requirement {
    let version = value.as_str().or_else(|| value.get("version")?.as_str());
    let optional = value.get("optional").and_then(Node::as_bool) == Some(true)
        || value.get("platform").is_some();
    let scope = if optional {
        scope.max(Scope::Optional)
    } else {
        scope
    };
    let elsewhere = ["git", "path", "url", "file"];
    Requirement {
        name: name.to_owned(),
        alias: None,
        constraint: constraint(version.unwrap_or_default()),
        scope: marker::scope(value.get("markers").and_then(Node::as_str), scope),
        location: entry.locate(key.span),
        from_registry: elsewhere.iter().all(|key| value.get(key).is_none()),
    }
}

/// A bare version means exactly that one, and `*` any.
fn constraint(version: &str) -> String {
    let version = version.trim();
    if version == "*" {
        String::new()
    } else if version.starts_with(|c: char| c.is_ascii_digit())
        && dependency::is_exact_version(version)
    {
        format!("=={version}")
    } else {
        version.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use crate::reader::python::testing::check;

    #[test]
    fn reads_every_spelling() {
        check(
            &[(
                "pyproject.toml",
                "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.9\"\na = \"1.2.3\"\nb = \"^1\"\nc = {version = \"==2.0\", optional = true}\nd = [{version = \"1.0\", python = \"<3.9\"}, {version = \"2.0\", markers = \"sys_platform == 'win32'\"}]\ne = {git = \"https://h/e\"}\nf = \"*\"\ng = \"1.*\"\n[tool.poetry.dev-dependencies]\nh = \"1\"\n[tool.poetry.group.docs.dependencies]\ni = \"3.0\"\n",
            )],
            &[
                "pyproject.toml:13 h 1 dev direct",
                "pyproject.toml:15 i 3.0 dev direct",
                "pyproject.toml:5 a 1.2.3 run direct",
                "pyproject.toml:7 c 2.0 opt direct",
                "pyproject.toml:8 d 1.0 run direct",
                "pyproject.toml:8 d 2.0 opt direct",
            ],
            &["pyproject.toml:6 unpinned 3 requirements have no exact version: b, f, g;"],
        );
    }
}
