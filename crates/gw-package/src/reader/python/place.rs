//! Paths of files that refer to each other, within a target or within one archive in it.

use gw_finding::Location;

/// The file of a location without a span: what identifies a file.
pub(super) fn file(location: &Location) -> Location {
    Location {
        path: location.path.clone(),
        inside: location.inside.clone(),
        start: None,
        end: None,
    }
}

/// The path that names the content: inside an archive the member's.
pub(super) fn path(location: &Location) -> &str {
    location
        .inside
        .last()
        .map_or(location.path.as_str(), String::as_str)
}

/// Another file beside this one, in the same archive if this is in one.
pub(super) fn sibling(location: &Location, path: String) -> Location {
    let mut other = file(location);
    match other.inside.last_mut() {
        Some(last) => *last = path,
        None => other.path = path,
    }
    other
}

/// The folder of a path; empty for the top.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path relative to a folder, made plain; `None` if it leads out of the target.
pub(super) fn resolve(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    let drive = relative.get(1..2) == Some(":");
    if drive || relative.starts_with('/') || relative.starts_with('~') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_within_the_target() {
        for (folder, relative, expected) in [
            ("", "a.txt", Some("a.txt")),
            ("x/y", "../a.txt", Some("x/a.txt")),
            ("x/y", "./b//a.txt", Some("x/y/b/a.txt")),
            ("x", "..\\a.txt", Some("a.txt")),
            ("x", "../../a.txt", None),
            ("", "../a.txt", None),
            ("x", "/etc/a.txt", None),
            ("x", "C:\\a.txt", None),
            ("x", "~/a.txt", None),
        ] {
            assert_eq!(
                resolve(folder, relative).as_deref(),
                expected,
                "{folder} {relative}"
            );
        }
    }

    #[test]
    fn stays_in_its_archive() {
        let mut member = Location::file("a.whl");
        member.inside.push("x/METADATA".to_owned());
        let other = sibling(&member, "x/RECORD".to_owned());
        assert_eq!(other.full_path(), "a.whl!x/RECORD");
        assert_eq!(
            (path(&other), folder(path(&other)), name(path(&other))),
            ("x/RECORD", "x", "RECORD")
        );
    }
}
