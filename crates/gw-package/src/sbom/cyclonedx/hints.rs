//! What other tools say of a component outside the standard's fields.

use super::document::Component;
use crate::Scope;

/// The package URL type of a component that has no package URL.
pub(super) fn purl_type(component: &Component<'_>) -> Option<&'static str> {
    let group = component.group.as_ref().and_then(|group| group.trimmed());
    if group.is_some_and(|group| group.starts_with('@')) {
        return Some("npm");
    }
    component.properties.iter().find_map(|property| {
        let (name, value) = (property.name.as_str(), property.value.as_str());
        match name {
            "syft:package:type" | "aquasecurity:trivy:PkgType" => type_of_tool(value.trim()),
            _ => TOOL_PREFIXES
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix))
                .map(|&(_, purl_type)| purl_type),
        }
    })
}

/// Whether a component without a package URL is a package all the same. Tools list folders, lock
/// files and the operating system as components too; those have types of their own.
pub(super) fn is_package(component: &Component<'_>) -> bool {
    let has_cpe = component
        .cpe
        .as_ref()
        .is_some_and(|cpe| cpe.trimmed().is_some());
    match component.kind.as_ref().and_then(|kind| kind.trimmed()) {
        None | Some("library" | "framework") => true,
        Some("application" | "platform" | "firmware" | "device-driver" | "container") => has_cpe,
        _ => false,
    }
}

/// What a component is needed for.
pub(super) fn scope(component: &Component<'_>) -> Scope {
    let development = component.properties.iter().any(|property| {
        let value = property.value.as_str().trim();
        match property.name.as_str() {
            "cdx:npm:package:development"
            | "cdx:composer:package:isDevRequirement"
            | "cdx:pnpm:package:development" => value == "true",
            "cdx:poetry:group" | "cdx:pipenv:category" | "cdx:python:dependency:group" => {
                DEVELOPMENT_GROUPS.contains(&value)
            }
            _ => false,
        }
    });
    if development {
        return Scope::Development;
    }
    match component.scope.as_ref().and_then(|scope| scope.trimmed()) {
        Some("excluded") => Scope::Development,
        Some("optional") => Scope::Optional,
        _ => Scope::Runtime,
    }
}

const DEVELOPMENT_GROUPS: &[&str] = &[
    "dev",
    "develop",
    "dev-packages",
    "test",
    "tests",
    "docs",
    "lint",
];

const TOOL_PREFIXES: &[(&str, &str)] = &[
    ("cdx:npm:", "npm"),
    ("cdx:pnpm:", "npm"),
    ("cdx:composer:", "composer"),
    ("cdx:maven:", "maven"),
    ("cdx:gomod:", "golang"),
    ("cdx:cargo:", "cargo"),
    ("cdx:poetry:", "pypi"),
    ("cdx:pipenv:", "pypi"),
    ("cdx:python:", "pypi"),
];

/// The package URL type for the name that Syft and Trivy give a sort of package. Packages of an
/// operating system are not among them: their URL needs the distribution.
fn type_of_tool(name: &str) -> Option<&'static str> {
    Some(match name {
        "npm" | "node-pkg" | "yarn" | "pnpm" | "bun" => "npm",
        "python" | "python-pkg" | "pip" | "pipenv" | "poetry" | "uv" => "pypi",
        "go-module" | "gomod" | "gobinary" => "golang",
        "rust-crate" | "cargo" | "rustbinary" | "rust-binary" => "cargo",
        "java-archive" | "jar" | "pom" | "gradle" | "gradle-lockfile" | "sbt-lockfile" => "maven",
        "gem" | "gemspec" | "bundler" => "gem",
        "php-composer" | "composer" | "composer-vendor" => "composer",
        "dotnet" | "nuget" | "dotnet-core" | "packages-props" => "nuget",
        "hex" => "hex",
        "dart-pub" | "pub" => "pub",
        "cocoapods" | "pod" => "cocoapods",
        "swift" => "swift",
        "conan" => "conan",
        "hackage" => "hackage",
        _ => return None,
    })
}
