use crate::{Purl, PurlError};

const CRATES_IO: [&str; 3] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
    "sparse+https://index.crates.io",
];

/// Where Cargo gets a crate from, as `Cargo.lock` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// A folder of this project.
    Local,
    /// crates.io.
    CratesIo,
    /// Another registry, with its address.
    Registry(&'a str),
    /// A git repository: its address without branch or tag, and the commit.
    Git(&'a str, Option<&'a str>),
    /// Something that we do not know.
    Other,
}

impl<'a> Source<'a> {
    pub(super) fn parse(text: Option<&'a str>) -> Self {
        let Some(text) = text else {
            return Self::Local;
        };
        if CRATES_IO.contains(&text) {
            return Self::CratesIo;
        }
        match text.split_once('+') {
            Some(("registry" | "sparse" | "local-registry" | "directory", url)) => {
                Self::Registry(url)
            }
            Some(("path", _)) => Self::Local,
            Some(("git", url)) => {
                let (url, commit) = match url.split_once('#') {
                    Some((url, commit)) => (url, Some(commit)),
                    None => (url, None),
                };
                Self::Git(url.split_once('?').map_or(url, |(url, _)| url), commit)
            }
            _ => Self::Other,
        }
    }

    /// The package URL of a crate from here.
    pub(super) fn purl(self, name: &str, version: &str) -> Result<Purl, PurlError> {
        let purl = Purl::cargo(name, version)?;
        match self {
            Self::Local | Self::CratesIo | Self::Other => Ok(purl),
            Self::Registry(url) => purl.with_qualifier("repository_url", url),
            Self::Git(url, Some(commit)) => {
                purl.with_qualifier("vcs_url", &format!("git+{url}@{commit}"))
            }
            Self::Git(url, None) => purl.with_qualifier("vcs_url", &format!("git+{url}")),
        }
    }
}

/// Whether two sources are the same but for the commit, which a dependency does not always name.
pub(super) fn same(a: &str, b: &str) -> bool {
    let without_commit = |text: &'_ str| {
        text.split_once('#')
            .map_or(text.len(), |(url, _)| url.len())
    };
    a.get(..without_commit(a)) == b.get(..without_commit(b))
}
