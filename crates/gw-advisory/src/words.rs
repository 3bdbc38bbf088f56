//! What findings say, in words a developer would use.

use gw_finding::{Fix, Kind};
use gw_package::{Ecosystem, Package};

use crate::graph::InFile;
use crate::matching::Match;

/// A package with its version, as people say it.
pub(crate) fn called(package: &Package) -> String {
    let name = match (package.ecosystem == Ecosystem::GO, package.name.as_str()) {
        (true, "stdlib") => "the Go standard library",
        (true, "toolchain") => "the Go toolchain",
        (_, name) => name,
    };
    format!("{name} {}", package.version)
}

/// A number of packages.
pub(crate) fn packages(count: usize) -> String {
    match count {
        1 => "1 package".to_owned(),
        count => format!("{count} packages"),
    }
}

/// The title: the package and what is wrong with it.
pub(crate) fn title(package: &Package, found: &Match) -> String {
    match found.kind {
        Kind::Malware => format!("{} is malware", called(package)),
        Kind::Unmaintained => format!("{} is not maintained any more", called(package)),
        _ => format!("{}: {}", called(package), found.summary),
    }
}

/// What was found here.
pub(crate) fn message(package: &Package, found: &Match, scope: &InFile) -> String {
    let called = called(package);
    let ids = match found.aliases.split_first() {
        None => found.id.clone(),
        Some(_) => format!("{} ({})", found.id, found.aliases.join(", ")),
    };
    let mut text = match found.kind {
        Kind::Malware => format!(
            "{called} is reported as malware, {ids}: {}.",
            bare(&found.summary)
        ),
        Kind::Unmaintained => {
            format!(
                "{called} gets no repairs any more, {ids}: {}.",
                bare(&found.summary)
            )
        }
        _ => format!("{called} is affected by {ids}: {}.", bare(&found.summary)),
    };
    if found.kev {
        text.push_str(" It is known to be exploited.");
    }
    if !found.rated && found.kind == Kind::Vulnerability {
        text.push_str(" No database rates it, so it counts as high.");
    }
    if let (Some(false), [first, .., _]) = (scope.direct, scope.path.as_slice()) {
        text.push_str(&format!(" It comes in through {first}."));
    }
    text
}

/// A sentence without its full stop.
fn bare(text: &str) -> &str {
    text.trim_end_matches(['.', ' '])
}

/// What to do, and where to read more.
pub(crate) fn help(found: &Match, fix: Option<&Fix>) -> String {
    let what = match (found.kind, fix) {
        (Kind::Malware, None) => {
            "Remove it. Treat every machine that installed it as compromised, \
             and replace the credentials that were on them."
                .to_owned()
        }
        (Kind::Malware, Some(fix)) => format!(
            "{} Treat every machine that installed it as compromised.",
            fix.description
        ),
        (_, Some(fix)) => fix.description.clone(),
        (Kind::Unmaintained, None) => "Move to a package that is maintained.".to_owned(),
        (_, None) => "No released version is known to fix it. Replace the package, or avoid the \
             affected part and accept the finding with that reason."
            .to_owned(),
    };
    format!("{what} See {}", found.url)
}

/// How to make it go away, if some version does.
pub(crate) fn fix(
    package: &Package,
    found: &Match,
    clearing: Option<&str>,
    scope: &InFile,
) -> Option<Fix> {
    if found.kind == Kind::Unmaintained {
        return None;
    }
    let Some(version) = clearing else {
        let newest = found.fixed.last()?;
        return Some(Fix {
            description: format!(
                "{} fixes this one, but no known version of {} clears all its advisories.",
                newest, package.name
            ),
            version: None,
            through: scope.through.clone(),
        });
    };
    Some(Fix {
        description: upgrade(package, version, scope),
        version: Some(version.to_owned()),
        through: scope.through.clone(),
    })
}

fn upgrade(package: &Package, version: &str, scope: &InFile) -> String {
    let name = &package.name;
    if package.ecosystem == Ecosystem::GO && matches!(name.as_str(), "stdlib" | "toolchain") {
        return format!("Build with Go {version} or later: `go get toolchain@go{version}`.");
    }
    let command = command(package, version, scope);
    let others: Vec<&str> = scope
        .through
        .iter()
        .map(String::as_str)
        .filter(|through| *through != name)
        .collect();
    if scope.direct == Some(true) || others.is_empty() {
        return format!("Upgrade {name} to {version} or later{command}.");
    }
    format!(
        "Upgrade {name} to {version} or later{command}. It comes in through {}: where that does not \
         allow it, upgrade that.",
        list(&others)
    )
}

/// The command that does it, if the ecosystem has one that everybody uses.
fn command(package: &Package, version: &str, scope: &InFile) -> String {
    let name = &package.name;
    match package.ecosystem.as_str() {
        "crates.io" if is_compatible(&package.version, version) => format!(
            ": `cargo update -p {name}@{} --precise {version}`",
            package.version
        ),
        "crates.io" if scope.direct == Some(true) => {
            format!(": `cargo add {name}@{version}`, a breaking change")
        }
        "Go" => format!(": `go get {name}@v{}`", version.trim_start_matches('v')),
        "npm" if scope.direct == Some(true) => format!(": `npm install {name}@{version}`"),
        "npm" => format!(": `npm update {name}`"),
        "PyPI" => format!(": `{name}>={version}`"),
        _ => String::new(),
    }
}

/// Whether Cargo takes a version for a compatible update of another: the first number that is not
/// zero is the same, and everything before it.
fn is_compatible(from: &str, to: &str) -> bool {
    let significant = |version: &str| {
        let numbers = version
            .split(['-', '+'])
            .next()
            .unwrap_or_default()
            .split('.');
        let mut kept: Vec<String> = Vec::new();
        for number in numbers {
            kept.push(number.to_owned());
            if number != "0" {
                break;
            }
        }
        kept
    };
    significant(from) == significant(to)
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= 5 => format!("{} and {last}", first.join(", ")),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} others", rest.len()),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_as_cargo_sees_it() {
        let check = |from: &str, to: &str, expected: bool| {
            assert_eq!(is_compatible(from, to), expected, "{from} {to}");
        };
        check("1.2.3", "1.9.0", true);
        check("1.2.3", "2.0.0", false);
        check("0.2.3", "0.2.9", true);
        check("0.2.3", "0.3.0", false);
        check("0.0.3", "0.0.4", false);
        check("0.0.3", "0.0.3+b", true);
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(
            list(&["a", "b", "c", "d", "e", "f"]),
            "a, b, c and 3 others"
        );
    }
}
