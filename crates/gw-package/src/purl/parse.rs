//! Taking a package URL apart, as the specification's "How to parse" says.

use std::collections::BTreeMap;

use super::{Purl, PurlError, encode::decode, types};

/// The parts of a package URL, decoded but with names as they are written.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) ty: String,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) qualifiers: BTreeMap<String, String>,
    pub(super) subpath: Option<String>,
}

impl Parts {
    pub(super) fn parse(text: &str) -> Result<Self, PurlError> {
        let text = text.trim();
        let (rest, subpath_text) = split_first(text, '#');
        let (rest, qualifiers_text) = split_first(rest, '?');
        let rest = match rest.split_once(':') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkg") => rest,
            _ => {
                return Err(PurlError(format!(
                    "`{}` does not begin with `pkg:`",
                    shorten(text)
                )));
            }
        };
        let Some((ty, rest)) = rest.trim_start_matches('/').split_once('/') else {
            return Err(PurlError("it has no type, or no name behind it".to_owned()));
        };
        let (path, version_text) = split_version(rest.trim_matches('/'));
        let path = path.trim_matches('/');
        let (namespace_text, name) = match path.rsplit_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, path),
        };
        Ok(Self {
            ty: type_name(ty)?,
            namespace: namespace_text.map(namespace).transpose()?.flatten(),
            name: decode(name)?,
            version: version_text.map(decode).transpose()?,
            qualifiers: qualifiers_text.map_or_else(|| Ok(BTreeMap::new()), qualifiers)?,
            subpath: match subpath_text {
                Some(text) => subpath(segments(text)?.into_iter()),
                None => None,
            },
        })
    }

    /// The canonical package URL, if the rules of the type allow it.
    pub(super) fn into_purl(self) -> Result<Purl, PurlError> {
        let present = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        // Empty segments go first: what then is at the ends is trimmed, and stays as it is when the
        // result is read again.
        let namespace = present(self.namespace.map(|namespace| {
            let segments: Vec<_> = namespace
                .split('/')
                .filter(|s| !s.trim().is_empty())
                .collect();
            segments.join("/")
        }));
        let mut purl = Purl {
            ty: type_name(&self.ty)?,
            namespace,
            name: self
                .name
                .trim_matches(|c: char| c == '/' || c.is_whitespace())
                .to_owned(),
            version: present(self.version),
            qualifiers: self.qualifiers,
            subpath: self.subpath,
        };
        if purl.name.is_empty() {
            return Err(PurlError("it has no name".to_owned()));
        }
        types::normalize(&mut purl);
        types::validate(&purl)?;
        Ok(purl)
    }
}

/// Splits at the first separator; an empty second part counts as none. Further ones should have
/// been encoded, and are part of what follows.
fn split_first(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((rest, part)) => (rest, Some(part).filter(|part| !part.is_empty())),
        None => (text, None),
    }
}

/// Splits at the last `@`, unless it begins an npm scope that is not encoded: `@scope/name`.
fn split_version(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('@') {
        Some((before, after))
            if (before.is_empty() || before.ends_with('/')) && after.contains('/') =>
        {
            (text, None)
        }
        Some((before, after)) => (before, Some(after).filter(|after| !after.is_empty())),
        None => (text, None),
    }
}

fn type_name(text: &str) -> Result<String, PurlError> {
    let valid = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if valid {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(PurlError(format!(
            "its type `{}` is not made of a letter and further letters, digits, `.` and `-`",
            shorten(text)
        )))
    }
}

fn namespace(text: &str) -> Result<Option<String>, PurlError> {
    let segments = segments(text)?;
    Ok((!segments.is_empty()).then(|| segments.join("/")))
}

/// The segments of a path, decoded; none of them is empty or has a slash.
fn segments(text: &str) -> Result<Vec<String>, PurlError> {
    text.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let decoded = decode(segment)?;
            if decoded.contains('/') {
                return Err(PurlError(format!("`{}` hides a slash", shorten(segment))));
            }
            Ok(decoded)
        })
        .collect()
}

/// A subpath without the segments that do not count.
pub(super) fn subpath(segments: impl Iterator<Item = String>) -> Option<String> {
    let kept: Vec<_> = segments
        .filter(|segment| !matches!(segment.trim(), "" | "." | ".."))
        .collect();
    (!kept.is_empty()).then(|| kept.join("/"))
}

fn qualifiers(text: &str) -> Result<BTreeMap<String, String>, PurlError> {
    let mut qualifiers = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| PurlError(format!("the qualifier `{}` has no `=`", shorten(pair))))?;
        let key = qualifier_key(key)?;
        let value = decode(value)?;
        if !value.trim().is_empty() && qualifiers.insert(key, value).is_some() {
            return Err(PurlError(format!(
                "the qualifier `{}` occurs twice",
                shorten(pair)
            )));
        }
    }
    Ok(qualifiers)
}

pub(super) fn qualifier_key(text: &str) -> Result<String, PurlError> {
    let valid = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if valid {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(PurlError(format!(
            "`{}` cannot be a qualifier's key",
            shorten(text)
        )))
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}
