/// What a requirement asks for, by its text
/// (<https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spec<'t> {
    /// Versions or a tag of a package in the registry, here under another name if `alias`.
    Registry {
        name: &'t str,
        range: &'t str,
        alias: bool,
    },
    /// A folder: a workspace member, `file:`, `link:` or `portal:`.
    Folder(&'t str),
    /// An archive at an address or on disk.
    Archive(&'t str),
    /// A repository.
    Git(&'t str),
}

impl<'t> Spec<'t> {
    /// The requirement `text` for what the project calls `name`.
    pub(super) fn parse(name: &'t str, text: &'t str) -> Self {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        match scheme {
            "npm" => return aliased(name, rest),
            // A patched package is still that package: `patch:name@npm%3A1.0.0#./the.patch`.
            "patch" => {
                let source = rest.split('#').next().unwrap_or(rest);
                let range = source.get(1..).and_then(|tail| tail.find('@'));
                let range = range.and_then(|at| source.get(at + 2..)).unwrap_or("");
                let range = range.strip_prefix("npm%3A").unwrap_or(range);
                return Self::Registry {
                    name,
                    range: range.strip_prefix("npm:").unwrap_or(range),
                    alias: false,
                };
            }
            "workspace" | "link" | "portal" => return Self::Folder(rest),
            "file" => return path(rest),
            "http" | "https" if is_repository(text) => return Self::Git(text),
            "http" | "https" => return Self::Archive(text),
            "git" | "github" | "gitlab" | "bitbucket" | "gist" => return Self::Git(text),
            _ if scheme.starts_with("git+") || scheme == "ssh" => return Self::Git(text),
            _ => {}
        }
        if text.starts_with("./") || text.starts_with("../") || text.starts_with(['/', '~']) {
            // `~1.2.3` is a range, `~/x` a path.
            if !text.starts_with('~') || text.starts_with("~/") {
                return path(text);
            }
        }
        if text.starts_with("git@") || is_shorthand(text) {
            return Self::Git(text);
        }
        Self::Registry {
            name,
            range: text,
            alias: false,
        }
    }
}

fn aliased<'t>(name: &'t str, rest: &'t str) -> Spec<'t> {
    let (real, range) = split_name(rest);
    // Yarn 2 and later write `npm:^1.0.0` for what is no alias.
    if real.is_empty() || (range.is_empty() && !is_name(real)) {
        return Spec::Registry {
            name,
            range: rest,
            alias: false,
        };
    }
    Spec::Registry {
        name: real,
        range,
        alias: real != name,
    }
}

/// Splits `name@rest`; a scope's `@` is no separator.
pub(super) fn split_name(text: &str) -> (&str, &str) {
    let first = usize::from(text.starts_with('@'));
    match text.get(first..).and_then(|tail| tail.find('@')) {
        Some(at) => {
            let at = at + first;
            (
                text.get(..at).unwrap_or_default(),
                text.get(at + 1..).unwrap_or_default(),
            )
        }
        None => (text, ""),
    }
}

/// Whether a text can be a package's name, and cannot be a range.
fn is_name(text: &str) -> bool {
    text.starts_with('@')
        || (text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && !matches!(text, "x" | "X" | "latest" | "next"))
}

fn path(text: &str) -> Spec<'_> {
    if is_archive(text) {
        Spec::Archive(text)
    } else {
        Spec::Folder(text)
    }
}

fn is_archive(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// Whether a web address is a repository: it ends with `.git`, a fragment aside.
fn is_repository(text: &str) -> bool {
    let address = text.split('#').next().unwrap_or(text);
    address.ends_with(".git")
}

/// Whether a text is GitHub's `owner/repository`.
fn is_shorthand(text: &str) -> bool {
    let address = text.split('#').next().unwrap_or(text);
    let mut parts = address.split('/');
    let good = |part: Option<&str>| {
        part.is_some_and(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
    };
    good(parts.next()) && good(parts.next()) && parts.next().is_none()
}

/// The exact version that a range allows alone: `1.2.3`, `=1.2.3`, `v1.2.3`.
pub(super) fn exact(range: &str) -> Option<&str> {
    let range = range.trim();
    let version = range.strip_prefix('=').unwrap_or(range).trim_start();
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    is_version(version).then_some(version)
}

/// Whether a text is a whole version in the registry's sense: SemVer 2.0.
pub(super) fn is_version(text: &str) -> bool {
    semver::Version::parse(text).is_ok()
}

/// The package and version that a registry's address of an archive names:
/// `https://host/@scope/name/-/name-1.0.0.tgz`.
pub(super) fn registry_archive(address: &str) -> Option<(String, &str)> {
    let address = address.split(['#', '?']).next().unwrap_or(address);
    let (folder, file) = address.rsplit_once("/-/")?;
    let file = file.strip_suffix(".tgz")?;
    // GitHub's registry has the scope in the file's folder as well.
    let file = file.rsplit('/').next().unwrap_or(file);
    let folder = folder
        .replace("%2f", "/")
        .replace("%2F", "/")
        .replace("%40", "@");
    let mut parts = folder.rsplit('/');
    let base = parts.next()?;
    let version = file.strip_prefix(base)?.strip_prefix('-')?;
    let name = match parts.next() {
        Some(scope) if scope.starts_with('@') => format!("{scope}/{base}"),
        _ => base.to_owned(),
    };
    is_version(version).then_some((name, version))
}

/// The version in an archive's file name, `name-1.0.0.tgz`.
pub(super) fn archive_version(address: &str) -> Option<&str> {
    let address = address.split(['#', '?']).next().unwrap_or(address);
    let file = address.rsplit('/').next()?;
    let stem = [".tgz", ".tar.gz"]
        .iter()
        .find_map(|end| file.strip_suffix(end))?;
    stem.match_indices('-')
        .filter_map(|(at, _)| stem.get(at + 1..))
        .map(|tail| tail.strip_prefix('v').unwrap_or(tail))
        .find(|tail| is_version(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_sources_apart() {
        let registry = |range| Spec::Registry {
            name: "a",
            range,
            alias: false,
        };
        let alias = |name, range| Spec::Registry {
            name,
            range,
            alias: true,
        };
        #[rustfmt::skip]
        let cases = [
            ("^1.2.3", registry("^1.2.3")),
            ("", registry("")),
            ("*", registry("*")),
            ("latest", registry("latest")),
            ("~1.2", registry("~1.2")),
            (">=1 <2 || 3.x", registry(">=1 <2 || 3.x")),
            ("1.0.0 - 2.0.0", registry("1.0.0 - 2.0.0")),
            ("catalog:", registry("catalog:")),
            ("npm:^1.0.0", registry("^1.0.0")),
            ("npm:latest", registry("latest")),
            ("npm:b@^1.0.0", alias("b", "^1.0.0")),
            ("npm:@s/b@1.0.0", alias("@s/b", "1.0.0")),
            ("npm:@s/b", alias("@s/b", "")),
            ("npm:b", alias("b", "")),
            ("npm:a@1", registry("1")),
            ("patch:a@npm%3A1.0.0#./x.patch", registry("1.0.0")),
            ("patch:a@1.0.0#./x.patch", registry("1.0.0")),
            ("workspace:^", Spec::Folder("^")),
            ("workspace:packages/a", Spec::Folder("packages/a")),
            ("link:../a", Spec::Folder("../a")),
            ("file:../a", Spec::Folder("../a")),
            ("file:a.tgz", Spec::Archive("a.tgz")),
            ("./a", Spec::Folder("./a")),
            ("../a-1.0.0.tar.gz", Spec::Archive("../a-1.0.0.tar.gz")),
            ("~/a", Spec::Folder("~/a")),
            ("https://x/a.tgz", Spec::Archive("https://x/a.tgz")),
            ("https://x/a.git#v1", Spec::Git("https://x/a.git#v1")),
            ("git+ssh://git@x/a.git", Spec::Git("git+ssh://git@x/a.git")),
            ("git://x/a", Spec::Git("git://x/a")),
            ("git@github.com:o/r.git", Spec::Git("git@github.com:o/r.git")),
            ("github:o/r", Spec::Git("github:o/r")),
            ("o/r#semver:^1", Spec::Git("o/r#semver:^1")),
        ];
        for (text, expected) in cases {
            assert_eq!(Spec::parse("a", text), expected, "{text}");
        }
    }

    #[test]
    fn knows_exact_versions() {
        #[rustfmt::skip]
        let cases = [
            ("1.2.3", Some("1.2.3")), (" =1.2.3", Some("1.2.3")), ("= v1.2.3-rc.1+b", Some("1.2.3-rc.1+b")),
            ("^1.2.3", None), ("1.2", None), ("1.x", None), ("", None), ("latest", None), ("1.2.3 || 2.0.0", None),
        ];
        for (text, expected) in cases {
            assert_eq!(exact(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_addresses_of_archives() {
        #[rustfmt::skip]
        let cases = [
            ("https://registry.npmjs.org/is-odd/-/is-odd-3.0.1.tgz#651", Some(("is-odd", "3.0.1"))),
            ("https://registry.npmjs.org/@babel/core/-/core-7.0.0-rc.1.tgz", Some(("@babel/core", "7.0.0-rc.1"))),
            ("https://r/npm/%40s%2fn/-/n-1.0.0.tgz", Some(("@s/n", "1.0.0"))),
            ("https://r/a/-/@s/n-1.0.0.tgz", None),
            ("https://x/a-1.0.0.tgz", None),
        ];
        for (text, expected) in cases {
            let found = registry_archive(text);
            let found = found
                .as_ref()
                .map(|(name, version)| (name.as_str(), *version));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(
            archive_version("file:../my-lib-2-1.0.0-rc.1.tgz"),
            Some("1.0.0-rc.1")
        );
        assert_eq!(archive_version("https://x/archive/v1.2.3.tar.gz"), None);
        assert_eq!(archive_version("file:lib.tgz"), None);
    }

    #[test]
    fn splits_names() {
        assert_eq!(split_name("@a/b@npm:c@1"), ("@a/b", "npm:c@1"));
        assert_eq!(split_name("a@1"), ("a", "1"));
        assert_eq!(split_name("@a/b"), ("@a/b", ""));
    }
}
