//! What every reader of this family makes of a package: its purl, its hashes, its origin.

use gw_analysis::{Entry, ParseError};
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::reader::{FileReading, Locked};
use crate::{Ecosystem, Hash, Purl, Scope};

use super::dependency::{is_exact_version, is_name};

/// The analyzer's name in records of what is incomplete.
pub(super) const ANALYZER: &str = "package";

/// A package of the index at an exact version.
pub(super) fn locked(name: &str, version: &str, location: Location) -> Locked {
    Locked {
        ecosystem: Ecosystem::PYPI,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl(name, version),
        location,
        scope: Scope::Runtime,
        direct: None,
        dependencies: Vec::new(),
        license: None,
        hashes: Vec::new(),
    }
}

/// The name in its one form.
pub(super) fn normal(name: &str) -> String {
    Ecosystem::PYPI.normalize_name(name).into_owned()
}

/// `pkg:pypi/name@version`; empty if the name is, which readers rule out.
pub(super) fn purl(name: &str, version: &str) -> String {
    Purl::pypi(&normal(name), version).map_or_else(|_| String::new(), |purl| purl.to_string())
}

/// Marks a package as coming from somewhere else than an index: `key` is `vcs_url` or
/// `download_url`, the qualifiers that the purl specification has for it.
pub(super) fn set_origin(package: &mut Locked, key: &str, url: &str) {
    let purl = Purl::pypi(&normal(&package.name), &package.version)
        .and_then(|purl| purl.with_qualifier(key, url));
    if let Ok(purl) = purl {
        package.purl = purl.to_string();
    }
}

/// A hash as `sha256:hex`, the way every Python tool writes it.
pub(super) fn hash(text: &str) -> Option<Hash> {
    let (algorithm, hex) = text.trim().split_once(':')?;
    hash_of(algorithm, hex)
}

/// A hash of a named algorithm.
pub(super) fn hash_of(algorithm: &str, hex: &str) -> Option<Hash> {
    let (algorithm, digits) = match algorithm.to_ascii_lowercase().as_str() {
        "md5" => ("MD5", 32),
        "sha1" => ("SHA-1", 40),
        "sha256" => ("SHA-256", 64),
        "sha384" => ("SHA-384", 96),
        "sha512" => ("SHA-512", 128),
        _ => return None,
    };
    let hex = hex.trim().to_ascii_lowercase();
    let is_hex = hex.len() == digits && hex.bytes().all(|c| c.is_ascii_hexdigit());
    is_hex.then(|| Hash {
        algorithm: algorithm.to_owned(),
        hex,
    })
}

/// Puts hashes in order, each once.
pub(super) fn set_hashes(package: &mut Locked, mut hashes: Vec<Hash>) {
    hashes.sort_unstable();
    hashes.dedup();
    package.hashes = hashes;
}

/// The name and version that an archive's file name tells: a wheel's always, a source archive's if
/// it has the usual form.
pub(super) fn archive(url: &str) -> Option<(String, String)> {
    let file = url.split(['#', '?']).next()?.rsplit(['/', '\\']).next()?;
    let file = decode(file);
    if let Some(stem) = file.strip_suffix(".whl") {
        let parts: Vec<&str> = stem.split('-').collect();
        let [name, version, ..] = parts.as_slice() else {
            return None;
        };
        let complete = matches!(parts.len(), 5 | 6) && is_name(name) && is_exact_version(version);
        return complete.then(|| ((*name).to_owned(), (*version).to_owned()));
    }
    let stem = [".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"]
        .iter()
        .find_map(|end| file.strip_suffix(end))?;
    let (name, version) = stem.rsplit_once('-')?;
    let plausible = is_name(name)
        && is_exact_version(version)
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.contains('.');
    plausible.then(|| (name.to_owned(), version.to_owned()))
}

/// A reading of nothing but the error that prevented it.
pub(super) fn unreadable(entry: &Entry, reader: &'static str, error: &ParseError) -> FileReading {
    FileReading {
        incomplete: vec![entry.incomplete(ANALYZER, error)],
        ..empty(entry, reader)
    }
}

/// A reading that says nothing yet.
pub(super) fn empty(entry: &Entry, reader: &'static str) -> FileReading {
    FileReading {
        location: entry.location().clone(),
        reader,
        ..FileReading::default()
    }
}

/// A record of something that could not be read.
pub(super) fn incomplete(location: Location, reason: ReasonCode, detail: String) -> Incomplete {
    Incomplete {
        location,
        analyzer: ANALYZER.to_owned(),
        reason,
        detail,
    }
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let value = match (byte, ahead.next(), ahead.next()) {
            (b'%', Some(high), Some(low)) => char::from(high)
                .to_digit(16)
                .zip(char::from(low).to_digit(16))
                .and_then(|(high, low)| u8::try_from(high * 16 + low).ok()),
            _ => None,
        };
        if value.is_some() {
            bytes = ahead;
        }
        out.push(value.unwrap_or(byte));
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_purls() {
        for (name, version, expected) in [
            ("Foo_Bar", "1.0", "pkg:pypi/foo-bar@1.0"),
            ("torch", "2.0.0+cpu", "pkg:pypi/torch@2.0.0%2Bcpu"),
            ("a", "1!2.0", "pkg:pypi/a@1%212.0"),
        ] {
            assert_eq!(purl(name, version), expected);
        }
        let mut package = locked("a", "1", Location::file("x"));
        set_origin(&mut package, "vcs_url", "git+https://h/a b@c");
        assert_eq!(
            package.purl,
            "pkg:pypi/a@1?vcs_url=git%2Bhttps://h/a%20b%40c"
        );
    }

    #[test]
    fn reads_hashes() {
        let hex = "AB".repeat(32);
        let read = hash(&format!("sha256:{hex}")).unwrap();
        assert_eq!(
            (read.algorithm.as_str(), read.hex.as_str()),
            ("SHA-256", hex.to_lowercase().as_str())
        );
        for bad in ["sha256", "sha256:zz", "crc:00", "sha256:ab"] {
            assert!(hash(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn reads_names_of_archives() {
        for (url, expected) in [
            (
                "https://x/torch-2.0.0%2Bcpu-cp310-cp310-linux_x86_64.whl#sha256=00",
                Some(("torch", "2.0.0+cpu")),
            ),
            ("./a_b-1.0-1-py3-none-any.whl", Some(("a_b", "1.0"))),
            (
                "https://x/en_core_web_sm-2.2.0.tar.gz",
                Some(("en_core_web_sm", "2.2.0")),
            ),
            ("https://github.com/x/y/archive/v1.2.zip", None),
            ("https://github.com/x/y/archive/master.zip", None),
            ("a-1.0.whl", None),
            ("https://x/%zz%", None),
        ] {
            let expected = expected.map(|(n, v)| (n.to_owned(), v.to_owned()));
            assert_eq!(archive(url), expected, "{url}");
        }
    }
}
