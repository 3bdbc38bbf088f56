//! How pnpm names packages:
//!
//! | version | examples |
//! |---|---|
//! | 5 | `/a/1.0.0`, `/@s/a/1.0.0_b@2.0.0`, `/a/1.0.0/b@2.0.0`, `registry.example.com/a/1.0.0`, `github.com/o/r/<commit>` |
//! | 6 | `/a@1.0.0`, `/@s/a@1.0.0(b@2.0.0)(c@3.0.0)`, `file:x.tgz`, `@registry.example.com/a@1.0.0` |
//! | 9 | `a@1.0.0`, `@s/a@1.0.0(b@2.0.0)`, `a@https://host/a.tgz`, `a@file:x`, `a@git+https://host/r.git#<commit>` |

use crate::reader::npm::spec;

/// The name, and the version if it tells one.
pub(super) fn parse(path: &str) -> Option<(&str, Option<&str>)> {
    let path = without_peers(path);
    let (path, relative) = match path.strip_prefix('/') {
        Some(rest) => (rest, true),
        None => (path, false),
    };
    let (name, version) = spec::split_name(path);
    if !version.is_empty() && is_name(name) {
        return Some((
            name,
            Some(version).filter(|version| spec::is_version(version)),
        ));
    }
    // Version 5, where a `/` is between the name and the version.
    let path = if relative {
        path
    } else {
        path.split_once('/')?.1
    };
    let mut parts = path.splitn(3, '/');
    let first = parts.next()?;
    let (name, rest) = if first.starts_with('@') {
        let second = parts.next()?;
        (path.get(..first.len() + 1 + second.len())?, parts.next()?)
    } else {
        (first, path.get(first.len() + 1..)?)
    };
    // What follows are peers, or a digest of them.
    let version = rest.split(['_', '/']).next().unwrap_or(rest);
    spec::is_version(version).then_some((name, Some(version)))
}

/// The path before the peers in parentheses.
pub(super) fn without_peers(path: &str) -> &str {
    path.split('(').next().unwrap_or(path)
}

/// The folder of a path that names one: `a@file:../a` or `file:../a`.
pub(super) fn folder(path: &str) -> Option<&str> {
    let path = without_peers(path);
    let at = path.find("file:")?;
    path.get(at + "file:".len()..)
}

fn is_name(text: &str) -> bool {
    let slashes = text.matches('/').count();
    // `registry.example.com/a@1.0.0` has a host, no scope.
    slashes == usize::from(text.starts_with('@')) && !text.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_of_every_version() {
        #[rustfmt::skip]
        let cases = [
            ("/a/1.0.0", Some(("a", Some("1.0.0")))),
            ("/@s/a/1.0.0", Some(("@s/a", Some("1.0.0")))),
            ("/a/1.0.0_b@2.0.0", Some(("a", Some("1.0.0")))),
            ("/@s/a/1.0.0-rc.1_b@2.0.0+@c/d@3.0.0", Some(("@s/a", Some("1.0.0-rc.1")))),
            ("/@s/a/1.0.0_4a6b1c", Some(("@s/a", Some("1.0.0")))),
            ("/a/1.0.0/b@2.0.0", Some(("a", Some("1.0.0")))),
            ("registry.example.com/a/1.0.0", Some(("a", Some("1.0.0")))),
            ("registry.example.com/@s/a/1.0.0", Some(("@s/a", Some("1.0.0")))),
            ("github.com/o/r/0123456789abcdef", None),
            ("/a@1.0.0", Some(("a", Some("1.0.0")))),
            ("/@s/a@1.0.0(b@2.0.0)(@c/d@3.0.0)", Some(("@s/a", Some("1.0.0")))),
            ("a@1.0.0+build", Some(("a", Some("1.0.0+build")))),
            ("@s/a@1.0.0(patch_hash=abc)(b@2.0.0(c@3.0.0))", Some(("@s/a", Some("1.0.0")))),
            ("a@https://host/a-1.0.0.tgz", Some(("a", None))),
            ("a@file:../a", Some(("a", None))),
            ("a@git+https://host/r.git#0123", Some(("a", None))),
            ("file:../a", None),
            ("", None),
            ("/", None),
            ("/a", None),
            ("@", None),
        ];
        for (path, expected) in cases {
            assert_eq!(parse(path), expected, "{path}");
        }
        assert_eq!(folder("a@file:../a(b@1.0.0)"), Some("../a"));
        assert_eq!(folder("file:x"), Some("x"));
        assert_eq!(folder("a@1.0.0"), None);
    }
}
