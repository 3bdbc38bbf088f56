//! What single types require (<https://github.com/package-url/purl-spec/tree/main/types>).

use super::{Purl, PurlError};
use crate::Ecosystem;

/// Types whose namespace is written in lower case.
const LOWER_NAMESPACE: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "composer",
    "deb",
    "github",
    "gitlab",
    "hex",
    "luarocks",
    "npm",
    "qpkg",
    "rpm",
];

/// Types whose name is written in lower case.
///
/// `golang` is missing on purpose. Its definition asks for lower case, but module paths tell cases
/// apart (`github.com/Masterminds/goutils`), and neither the reference implementation nor the
/// tools that write bills of materials follow; a package could no longer be found by its URL.
const LOWER_NAME: &[&str] = &[
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "composer",
    "deb",
    "github",
    "gitlab",
    "hex",
    "luarocks",
    "npm",
    "oci",
    "pub",
    "pypi",
];

/// Types whose version is a digest or commit, written in lower case.
const LOWER_VERSION: &[&str] = &["huggingface", "oci"];

/// Types that have no namespace.
const NO_NAMESPACE: &[&str] = &[
    "bitnami",
    "cargo",
    "chrome-extension",
    "cocoapods",
    "conda",
    "cran",
    "gem",
    "hackage",
    "julia",
    "mlflow",
    "nuget",
    "oci",
    "opam",
    "otp",
    "pub",
    "pypi",
    "vcpkg",
];

/// Brings the parts into the form that the type wants.
pub(super) fn normalize(purl: &mut Purl) {
    let ty = purl.ty.as_str();
    if let Some(namespace) = &mut purl.namespace {
        if LOWER_NAMESPACE.contains(&ty) {
            *namespace = namespace.to_lowercase();
        } else if ty == "cpan" {
            *namespace = namespace.to_uppercase();
        }
    }
    if LOWER_NAME.contains(&ty) || is_on_databricks(purl) {
        purl.name = purl.name.to_lowercase();
    }
    match purl.ty.as_str() {
        "pypi" => purl.name = Ecosystem::PYPI.normalize_name(&purl.name).into_owned(),
        "pub" => {
            let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            purl.name = purl.name.chars().map(word).collect();
        }
        _ => {}
    }
    if let Some(version) = &mut purl.version
        && LOWER_VERSION.contains(&purl.ty.as_str())
    {
        *version = version.to_lowercase();
    }
}

/// Model names of MLflow tell cases apart, except on Databricks.
fn is_on_databricks(purl: &Purl) -> bool {
    let url = purl.qualifiers.get("repository_url");
    purl.ty == "mlflow" && url.is_some_and(|url| url.to_lowercase().contains("databricks"))
}

/// Refuses what the type forbids.
pub(super) fn validate(purl: &Purl) -> Result<(), PurlError> {
    let ty = purl.ty.as_str();
    let refuse = |why: &str| Err(PurlError(format!("a purl of type `{ty}` {why}")));
    let has_namespace = purl.namespace.is_some();
    match ty {
        _ if has_namespace && NO_NAMESPACE.contains(&ty) => refuse("has no namespace"),
        "swift" | "vscode-extension" if !has_namespace => refuse("needs a namespace"),
        "conan" if has_namespace != purl.qualifiers.contains_key("channel") => {
            refuse("has a namespace and a qualifier `channel`, or neither")
        }
        "cpan" if has_namespace && purl.name.contains("::") => {
            refuse("names a distribution behind an author, which has no `::`")
        }
        "cpan" if !has_namespace && purl.name.contains('-') => {
            refuse("names a module where it has no author, which has no `-`")
        }
        "julia" if !purl.qualifiers.contains_key("uuid") => refuse("needs a qualifier `uuid`"),
        _ => Ok(()),
    }
}
