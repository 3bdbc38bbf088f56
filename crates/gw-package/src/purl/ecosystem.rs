//! Package URL types and OSV's ecosystems.

use super::{Purl, PurlError, parse::Parts};
use crate::Ecosystem;

/// Which package a package URL names, in the terms under which advisories are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// The name as OSV writes it, in the spelling of the URL: `group:artifact` for Maven.
    pub name: String,
    /// The version, if the URL has one.
    pub version: Option<String>,
}

/// How a name is made of namespace and name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The name alone. For packages of distributions the namespace is the distribution.
    Name,
    /// `namespace/name`.
    Slash,
    /// `namespace:name`.
    Colon,
}

const ECOSYSTEMS: &[(&str, &str, Form)] = &[
    ("cargo", "crates.io", Form::Name),
    ("npm", "npm", Form::Slash),
    ("pypi", "PyPI", Form::Name),
    ("golang", "Go", Form::Slash),
    ("maven", "Maven", Form::Colon),
    ("nuget", "NuGet", Form::Name),
    ("gem", "RubyGems", Form::Name),
    ("composer", "Packagist", Form::Slash),
    ("hex", "Hex", Form::Slash),
    ("pub", "Pub", Form::Name),
    ("hackage", "Hackage", Form::Name),
    ("cran", "CRAN", Form::Name),
    ("bioconductor", "Bioconductor", Form::Name),
    ("bitnami", "Bitnami", Form::Name),
    ("conan", "ConanCenter", Form::Name),
    ("swift", "SwiftURL", Form::Slash),
    ("julia", "Julia", Form::Name),
    ("opam", "opam", Form::Name),
    ("githubactions", "GitHub Actions", Form::Slash),
];

/// Distributions: type, namespace, ecosystem.
const DISTRIBUTIONS: &[(&str, &str, &str)] = &[
    ("deb", "debian", "Debian"),
    ("deb", "ubuntu", "Ubuntu"),
    ("deb", "echo", "Echo"),
    ("apk", "alpine", "Alpine"),
    ("apk", "wolfi", "Wolfi"),
    ("apk", "chainguard", "Chainguard"),
    ("apk", "minimos", "MinimOS"),
    ("rpm", "redhat", "Red Hat"),
    ("rpm", "rhel", "Red Hat"),
    ("rpm", "rocky", "Rocky Linux"),
    ("rpm", "rocky-linux", "Rocky Linux"),
    ("rpm", "almalinux", "AlmaLinux"),
    ("rpm", "alma", "AlmaLinux"),
    ("rpm", "suse", "SUSE"),
    ("rpm", "opensuse", "openSUSE"),
    ("rpm", "mageia", "Mageia"),
    ("rpm", "openeuler", "openEuler"),
    ("rpm", "azurelinux", "Azure Linux"),
];

/// Debian's releases by code name, as `distro` qualifiers also write them.
const DEBIAN: &[(&str, &str)] = &[
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
];

impl Identity {
    /// What a package URL names; none if its type belongs to no ecosystem of OSV (`generic`,
    /// `github`, `oci`, `huggingface`).
    ///
    /// Upper and lower case stay as the URL has them, although its canonical form may not: the
    /// names of old npm packages tell them apart.
    ///
    /// # Errors
    /// [`PurlError`] if `purl` is no package URL.
    pub fn of_purl(purl: &str) -> Result<Option<Self>, PurlError> {
        let parts = Parts::parse(purl)?;
        if parts.name.trim().is_empty() {
            return Err(PurlError("it has no name".to_owned()));
        }
        Ok(identify(parts))
    }
}

fn identify(parts: Parts) -> Option<Identity> {
    let version = parts.version.clone().filter(|version| !version.is_empty());
    let ty = parts.ty.as_str();
    if let Some((_, ecosystem, form)) = ECOSYSTEMS.iter().find(|(other, ..)| *other == ty) {
        let ecosystem = Ecosystem::new(*ecosystem);
        let name = match (form, &parts.namespace) {
            (Form::Slash, Some(namespace)) => format!("{namespace}/{}", parts.name),
            (Form::Colon, Some(namespace)) => format!("{namespace}:{}", parts.name),
            _ => parts.name,
        };
        let name = ecosystem.normalize_name(&name).into_owned();
        return Some(Identity {
            ecosystem,
            name,
            version,
        });
    }
    let namespace = parts.namespace?.to_lowercase();
    let (.., base) = DISTRIBUTIONS
        .iter()
        .find(|(other, vendor, _)| *other == ty && *vendor == namespace)?;
    let release = parts
        .qualifiers
        .get("distro")
        .and_then(|distro| release(base, distro));
    let ecosystem = match release {
        Some(release) => Ecosystem::new(format!("{base}:{release}")),
        None => Ecosystem::new(*base),
    };
    Some(Identity {
        ecosystem,
        name: parts.name,
        version,
    })
}

/// OSV's release suffix for a `distro` qualifier: `debian-12`, `bookworm`, `alpine-3.18.4`.
fn release(base: &str, distro: &str) -> Option<String> {
    if let Some((_, number)) = DEBIAN
        .iter()
        .find(|(name, _)| distro.eq_ignore_ascii_case(name))
    {
        return Some((*number).to_owned());
    }
    let number = distro.rsplit_once('-').map_or(distro, |(_, number)| number);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<_> = number.split('.').collect();
    match (base, parts.as_slice()) {
        ("Alpine", [major, minor, ..]) => Some(format!("v{major}.{minor}")),
        ("Ubuntu" | "openEuler", _) => Some(number.to_owned()),
        ("SUSE" | "openSUSE" | "Red Hat" | "Wolfi" | "Chainguard", _) => None,
        (_, [major, ..]) => Some((*major).to_owned()),
        _ => None,
    }
}

pub(super) fn purl(ecosystem: &Ecosystem, name: &str, version: &str) -> Result<Purl, PurlError> {
    let version = Some(version);
    let base = ecosystem.base();
    if let Some((ty, _, form)) = ECOSYSTEMS.iter().find(|(_, other, _)| *other == base) {
        let split = match form {
            Form::Name => None,
            Form::Slash => name.rsplit_once('/'),
            Form::Colon => name.rsplit_once(':'),
        };
        return match split {
            Some((namespace, name)) => Purl::new(ty, Some(namespace), name, version),
            None => Purl::new(ty, None, name, version),
        };
    }
    match DISTRIBUTIONS.iter().find(|(.., other)| *other == base) {
        Some((ty, vendor, _)) => {
            let purl = Purl::new(ty, Some(vendor), name, version)?;
            match ecosystem.as_str().split_once(':') {
                Some((_, release)) => {
                    let release = release.strip_prefix('v').unwrap_or(release);
                    purl.with_qualifier("distro", &format!("{vendor}-{release}"))
                }
                None => Ok(purl),
            }
        }
        None => Err(PurlError(format!(
            "ecosystem `{ecosystem}` has no purl type"
        ))),
    }
}
