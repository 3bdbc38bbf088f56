//! Which package a component is.

use super::document::Component;
use super::{extra, hints};
use crate::purl::Identity as Named;
use crate::{Ecosystem, Purl, PurlError};

/// What tells a package apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: String,
}

/// What a component is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A package at a version.
    Package(Identity),
    /// A package of no known version, by its name.
    Unversioned(String),
    /// No package: the document's own structure, a file, an operating system.
    Other,
}

/// What a component is, by the standard's fields and then by ours; and why its package URL is
/// none, if it has one.
pub(super) fn identify(component: &Component<'_>) -> (Kind, Option<PurlError>) {
    let (kind, problem) = standard(component);
    (with_own(kind, component), problem)
}

fn with_own(kind: Kind, component: &Component<'_>) -> Kind {
    let own = |name| component.properties(name).next().map(str::to_owned);
    if !component
        .properties
        .iter()
        .any(|p| p.name.as_str().starts_with("gatewright:"))
    {
        return kind;
    }
    let known = match &kind {
        Kind::Package(identity) => Some(identity),
        _ => None,
    };
    let ecosystem = own(extra::ECOSYSTEM)
        .map(Ecosystem::new)
        .or_else(|| known.map(|k| k.ecosystem.clone()));
    let name = own(extra::NAME).or_else(|| known.map(|k| k.name.clone()));
    let version = own(extra::VERSION).or_else(|| known.map(|k| k.version.clone()));
    let purl = own(extra::PURL).or_else(|| known.map(|k| k.purl.clone()));
    match (ecosystem, name, version, purl) {
        (Some(ecosystem), Some(name), Some(version), Some(purl)) => Kind::Package(Identity {
            ecosystem,
            name,
            version,
            purl,
        }),
        _ => kind,
    }
}

/// What a component is, by the standard's fields and other tools' hints; and why its package URL
/// is none, if it has one.
pub(super) fn standard(component: &Component<'_>) -> (Kind, Option<PurlError>) {
    let purl = component.purl.as_ref().and_then(|purl| purl.trimmed());
    match purl.map(|purl| from_purl(purl, component)) {
        Some(Ok(kind)) => (kind, None),
        Some(Err(problem)) => (without_purl(component), Some(problem)),
        None => (without_purl(component), None),
    }
}

fn without_purl(component: &Component<'_>) -> Kind {
    if let Some(Ok(kind)) = from_reference(component) {
        return kind;
    }
    let Some(name) = component.name.as_ref().and_then(|name| name.trimmed()) else {
        return Kind::Other;
    };
    let hint = hints::purl_type(component);
    if hint.is_none() && !hints::is_package(component) {
        return Kind::Other;
    }
    let group = component.group.as_ref().and_then(|group| group.trimmed());
    let full = group.map_or_else(|| name.to_owned(), |group| format!("{group}/{name}"));
    let (namespace, last) = match hint {
        // These names have slashes in them, and tools put all of it into the name.
        Some("npm" | "golang" | "composer") => match full.rsplit_once('/') {
            Some((namespace, last)) => (Some(namespace.to_owned()), last.to_owned()),
            None => (None, full.clone()),
        },
        Some("maven") => match name.split_once(':') {
            Some((group, artifact)) if !artifact.is_empty() => {
                (Some(group.to_owned()), artifact.to_owned())
            }
            _ => (group.map(str::to_owned), name.to_owned()),
        },
        _ => (group.map(str::to_owned), name.to_owned()),
    };
    Purl::new(hint.unwrap_or("generic"), namespace.as_deref(), &last, None)
        .and_then(|purl| from_purl(&purl.to_string(), component))
        .unwrap_or(Kind::Unversioned(full))
}

/// Many tools use the package URL as reference. Syft makes it unique with a qualifier, others with
/// a fragment.
fn from_reference(component: &Component<'_>) -> Option<Result<Kind, PurlError>> {
    let reference = component.bom_ref.as_ref()?.trimmed()?;
    if !reference.starts_with("pkg:") {
        return None;
    }
    let reference = reference
        .split_once('#')
        .map_or(reference, |(purl, _)| purl);
    let purl = Purl::parse(reference).and_then(|purl| purl.with_qualifier("package-id", ""));
    Some(purl.and_then(|purl| from_purl(&purl.to_string(), component)))
}

fn from_purl(text: &str, component: &Component<'_>) -> Result<Kind, PurlError> {
    let mut purl = Purl::parse(text)?;
    let named = Named::of_purl(text)?.unwrap_or_else(|| unknown(&purl));
    let version = match named.version.as_deref().and_then(some_text) {
        Some(version) => version,
        None => match component
            .version
            .as_ref()
            .and_then(|version| version.trimmed())
        {
            Some(version) => version,
            None => return Ok(Kind::Unversioned(named.name)),
        },
    };
    if purl.version().is_none() {
        purl = with_version(&purl, version)?;
    }
    let version = match purl.qualifiers().get("epoch").map(String::as_str) {
        // RPM's order begins with the epoch, which its URLs have apart.
        Some(epoch) if epoch != "0" && purl.ty() == "rpm" && !version.contains(':') => {
            format!("{epoch}:{version}")
        }
        _ => version.to_owned(),
    };
    let (ecosystem, name) = (named.ecosystem, named.name);
    Ok(Kind::Package(Identity {
        ecosystem,
        name,
        version,
        purl: purl.to_string(),
    }))
}

/// A package of no ecosystem that has advisories: the type stands for it.
fn unknown(purl: &Purl) -> Named {
    let name = match purl.namespace() {
        Some(namespace) => format!("{namespace}/{}", purl.name()),
        None => purl.name().to_owned(),
    };
    Named {
        ecosystem: Ecosystem::new(purl.ty().to_owned()),
        name,
        version: purl.version().map(str::to_owned),
    }
}

fn with_version(purl: &Purl, version: &str) -> Result<Purl, PurlError> {
    let mut new = Purl::new(purl.ty(), purl.namespace(), purl.name(), Some(version))?;
    for (key, value) in purl.qualifiers() {
        new = new.with_qualifier(key, value)?;
    }
    Ok(match purl.subpath() {
        Some(subpath) => new.with_subpath(subpath),
        None => new,
    })
}

fn some_text(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}
