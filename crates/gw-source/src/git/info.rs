use std::path::Path;

use super::Repository;

/// What a repository says of itself, to name the asset and the place it is at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositoryInfo {
    /// The address of the remote `origin`, without any credentials, query or `.git`:
    /// `https://host/team/name`, `ssh://git@host/team/name`.
    pub origin: Option<String>,
    /// The branch that HEAD is on.
    pub branch: Option<String>,
    /// The full id of the commit that HEAD is at.
    pub commit: Option<String>,
}

/// What the repository at `path` (a work tree's root or a bare repository) says of itself. Nothing
/// where there is none or it cannot be read.
#[must_use]
pub fn info(path: &Path) -> RepositoryInfo {
    let Ok(repository) = Repository::open(path) else {
        return RepositoryInfo::default();
    };
    let local = repository.local();
    let origin = local
        .config_snapshot()
        .string("remote.origin.url")
        .and_then(|url| clean_url(&url.to_string()));
    let branch = local.head_name().ok().flatten().and_then(|name| {
        let name = name.as_bstr().to_string();
        name.strip_prefix("refs/heads/").map(str::to_owned)
    });
    let commit = repository.resolve("HEAD").ok().map(|(commit, _)| commit);
    RepositoryInfo {
        origin,
        branch,
        commit,
    }
}

/// A remote's address without what must not be shown. Local paths are no name for others.
fn clean_url(url: &str) -> Option<String> {
    let url = url.trim();
    if url.is_empty() || url.chars().any(char::is_control) {
        return None;
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.to_owned()),
        // The scp-like form, user@host:path; a path with a slash before the colon is local.
        None => {
            let (host, path) = url.split_once(':')?;
            if host.contains('/') || host.len() < 2 {
                return None;
            }
            (
                "ssh".to_owned(),
                format!("{host}/{}", path.trim_start_matches('/')),
            )
        }
    };
    if scheme == "file" {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if host.is_empty() {
        return None;
    }
    // Over ssh the user is part of the address; elsewhere it is, or is likely, a secret.
    let user = match user {
        Some("git") if scheme == "ssh" => "git@",
        _ => "",
    };
    let path = path.trim_matches('/');
    let path = path
        .strip_suffix(".git")
        .unwrap_or(path)
        .trim_end_matches('/');
    Some(format!(
        "{scheme}://{user}{}/{path}",
        host.to_ascii_lowercase()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_no_secrets() {
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(clean_url(url).as_deref(), expected, "{url}");
        };
        check("https://github.com/a/b.git", Some("https://github.com/a/b"));
        check(
            "https://me:hidden@GitHub.com/a/b",
            Some("https://github.com/a/b"),
        );
        check(
            "https://hidden@host:8443/a/b/",
            Some("https://host:8443/a/b"),
        );
        check("https://a@b@host/x", Some("https://host/x"));
        check(
            "https://host/a/b.git?token=hidden#x",
            Some("https://host/a/b"),
        );
        check("git@github.com:a/b.git", Some("ssh://git@github.com/a/b"));
        check("me@host:/srv/b.git", Some("ssh://host/srv/b"));
        check("ssh://git@host:22/a/b", Some("ssh://git@host:22/a/b"));
        check("file:///home/me/x", None);
        check("/home/me/x", None);
        check("../x", None);
        check("C:/x", None);
        check("", None);
        check("https:///x", None);
    }
}
