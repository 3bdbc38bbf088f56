//! `[[signer]]`: whose signatures a project knows, by names that its policies can ask for.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use gw_attest::certificate::Certificate;
use gw_attest::predicate::SignedBy;
use gw_attest::{KeyId, PublicKey};
use gw_core::{Asset, Digest, Hasher};
use serde::Deserialize;

use super::CONFIG_FILE;
use crate::circumstances::File;

/// What a file that a signer names may have at most: keys and certificates are small, and the largest
/// trust root has some ten kilobytes.
pub const MAX_SIGNER_FILE: u64 = 1 << 20;

/// One `[[signer]]` table.
///
/// ```toml
/// [[signer]]
/// name = "release"
/// assets = ["model:*"]
/// key = "keys/release.pub"          # a file of the project, or PEM itself
///
/// [[signer]]
/// name = "workflow"
/// assets = ["model:*"]
/// trust_root = "keys/trusted_root.json"
/// identity = "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main"
/// issuer = "https://token.actions.githubusercontent.com"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignerTable {
    name: String,
    assets: Vec<String>,
    key: Option<String>,
    certificates: Option<String>,
    trust_root: Option<String>,
    identity: Option<String>,
    issuer: Option<String>,
}

/// A signer that a project knows.
#[derive(Debug, Clone)]
pub struct Signer {
    /// What policies call it.
    pub name: String,
    /// What proves that it signed.
    pub trust: SignerTrust,
    assets: Vec<GlobMatcher>,
}

/// What proves that somebody signed.
#[derive(Debug, Clone)]
pub enum SignerTrust {
    /// A key.
    Key(Box<PublicKey>),
    /// A certificate that names somebody, by one of these authorities.
    Certificates {
        /// The authorities, and those between them and the signer.
        authorities: Vec<Certificate>,
        /// Whom the signer's certificate has to name.
        identity: String,
    },
    /// An identity that was proved to an authority which issues short-lived certificates.
    Keyless {
        /// The trust root, as sigstore writes it.
        root: String,
        /// The identity.
        identity: String,
        /// Who vouches for it.
        issuer: String,
    },
}

/// A problem with one signer, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("signer `{signer}`: {problem}")]
pub struct SignerError {
    signer: String,
    problem: String,
}

/// The files that the signers of a configuration name, in order. A configuration that cannot be read
/// names none: whoever reads it as a whole says what is wrong.
#[must_use]
pub fn signer_files(text: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Tables {
        #[serde(default)]
        signer: Vec<SignerTable>,
    }
    let Ok(tables) = toml::from_str::<Tables>(text) else {
        return Vec::new();
    };
    let files: BTreeSet<_> = tables.signer.iter().filter_map(SignerTable::file).collect();
    files.into_iter().map(str::to_owned).collect()
}

impl SignerTable {
    /// What is wrong with it, as far as its own text tells.
    pub(super) fn check(&self) -> Result<(), String> {
        let wrong = |problem: &str| Err(format!("signer `{}`: {problem}", self.name));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.len() > 63 || !self.name.chars().all(plain) {
            // Ids of keys are longer, and identities have a space before their issuer, so that no
            // name can be taken for one.
            return wrong("a name has 1 to 63 letters, digits, `-`, `_` or `.`");
        }
        if self.assets.is_empty() {
            return wrong("`assets` is empty: expected patterns such as model:*");
        }
        for pattern in &self.assets {
            if let Err(error) = matcher(pattern) {
                return wrong(&error);
            }
        }
        let identity = self.identity.is_some();
        let issuer = self.issuer.is_some();
        match (&self.key, &self.certificates, &self.trust_root) {
            (Some(_), None, None) if identity || issuer => {
                wrong("a key has neither `identity` nor `issuer`")
            }
            (Some(_), None, None) => Ok(()),
            (None, Some(_), None) if !identity || issuer => {
                wrong("`certificates` need `identity`, whom the certificate names, and no `issuer`")
            }
            (None, Some(_), None) => Ok(()),
            (None, None, Some(_)) if !identity || !issuer => {
                wrong("`trust_root` needs `identity` and `issuer`")
            }
            (None, None, Some(_)) => Ok(()),
            _ => wrong("give one of `key`, `certificates` and `trust_root`"),
        }?;
        match self.file() {
            Some(path) if !is_inside(path) => wrong(&format!(
                "`{path}` is not below the project's folder, where the protected revision has it"
            )),
            _ => Ok(()),
        }
    }

    fn source(&self) -> &str {
        [&self.key, &self.certificates, &self.trust_root]
            .into_iter()
            .find_map(Option::as_deref)
            .unwrap_or_default()
    }

    /// The file that it names, unless the text stands in the configuration itself.
    fn file(&self) -> Option<&str> {
        let source = self.source();
        let inline = source.contains("-----BEGIN ") || source.trim_start().starts_with('{');
        (!inline && !source.is_empty()).then_some(source)
    }

    /// The signer, with the text of the file that it names.
    pub(crate) fn resolve(&self, files: &[File]) -> Result<Signer, SignerError> {
        let fail = |problem: String| SignerError {
            signer: self.name.clone(),
            problem,
        };
        let (text, at) = match self.file() {
            None => (self.source(), CONFIG_FILE),
            Some(path) => {
                let file = files.iter().find(|file| file.path == path);
                let file = file.ok_or_else(|| fail(format!("{path} is not there")))?;
                (file.text.as_str(), path)
            }
        };
        let identity = self.identity.clone().unwrap_or_default();
        let trust = if self.key.is_some() {
            let key = PublicKey::from_pem(text).map_err(|e| fail(format!("{at}: {e}")))?;
            SignerTrust::Key(Box::new(key))
        } else if self.certificates.is_some() {
            let authorities =
                Certificate::from_pem(text).map_err(|e| fail(format!("{at}: {e}")))?;
            if !authorities.iter().any(Certificate::is_self_issued) {
                let problem = "there is no self-signed certificate, which trust could begin with";
                return Err(fail(format!("{at}: {problem}")));
            }
            SignerTrust::Certificates {
                authorities,
                identity,
            }
        } else {
            SignerTrust::Keyless {
                root: text.to_owned(),
                identity,
                issuer: self.issuer.clone().unwrap_or_default(),
            }
        };
        let assets = self.assets.iter().map(|pattern| matcher(pattern));
        Ok(Signer {
            name: self.name.clone(),
            assets: assets.collect::<Result<_, _>>().map_err(fail)?,
            trust,
        })
    }
}

impl Signer {
    /// Whether its signatures count for an asset.
    #[must_use]
    pub fn covers(&self, asset: &Asset) -> bool {
        let mut assets = self.assets.iter();
        assets.any(|pattern| pattern.is_match(asset.as_str()))
    }

    /// Whether this is whom a certificate named.
    #[must_use]
    pub fn is(&self, signed: &SignedBy) -> bool {
        match (&self.trust, signed) {
            (SignerTrust::Key(key), SignedBy::Key(id)) => key.id() == *id,
            (
                SignerTrust::Certificates { identity, .. },
                SignedBy::Certificate {
                    identity: found, ..
                },
            ) => found == identity,
            (
                SignerTrust::Keyless {
                    identity, issuer, ..
                },
                SignedBy::Certificate {
                    identity: found,
                    issuer: by,
                },
            ) => found == identity && by == issuer,
            _ => false,
        }
    }
}

impl SignerTrust {
    /// The key's id, of a signer who has one.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match self {
            Self::Key(key) => Some(key.id()),
            _ => None,
        }
    }

    /// The digest of all that is trusted. A signature that was verified with it counts only where a
    /// configuration trusts exactly that.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("signer");
        match self {
            Self::Key(key) => {
                hasher.field(b"key");
                hasher.field(key.id().as_str().as_bytes());
            }
            Self::Certificates {
                authorities,
                identity,
            } => {
                hasher.field(b"certificates");
                hasher.field(identity.as_bytes());
                let all: BTreeSet<_> = authorities.iter().map(Certificate::fingerprint).collect();
                for fingerprint in all {
                    hasher.field(fingerprint.to_hex().as_bytes());
                }
            }
            Self::Keyless {
                root,
                identity,
                issuer,
            } => {
                hasher.field(b"keyless");
                for text in [identity, issuer, root] {
                    hasher.field(text.as_bytes());
                }
            }
        }
        hasher.finish()
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(false).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))
}

/// Whether a path is one in the project, spelled as git spells it.
fn is_inside(path: &str) -> bool {
    let odd = |part: &str| part.is_empty() || part == "." || part == "..";
    !path.contains(['\\', '\0', ':']) && !path.split('/').any(odd)
}
