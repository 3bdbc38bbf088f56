use std::path::{Path, PathBuf};

use gw_attest::bundle::BundleError;
use gw_attest::certificate::{CertificateError, ChainError};
use gw_attest::oms::ManifestError;
use gw_attest::{EnvelopeError, PAYLOAD_TYPE};
use gw_core::Digest;

use crate::model::Differences;

/// Why something is not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It was judged, and it is not what it should be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be judged.
    #[error(transparent)]
    Undone(#[from] Undone),
}

/// Why a signature, or what it signs, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature's file is none.
    #[error("the signature cannot be read: {0}")]
    Bundle(#[from] BundleError),
    /// The envelope cannot be read.
    #[error("the signature cannot be read: {0}")]
    Envelope(#[from] EnvelopeError),
    /// It signs something else than a statement.
    #[error("it signs a payload of type `{0}`, expected `{PAYLOAD_TYPE}`")]
    PayloadType(String),
    /// No signature, or several where there must be one.
    #[error("the envelope has {0} signatures, expected one")]
    Signatures(usize),
    /// Signed with another key.
    #[error("it was signed with another key: the signature names the key {hint}, not {expected}")]
    OtherKey {
        /// What the signature names.
        hint: String,
        /// The hint of the key that was given.
        expected: String,
    },
    /// The signature is wrong.
    #[error("the signature does not verify with {0}")]
    Signature(String),
    /// It would verify with what releases before 1.0 of the reference implementation signed.
    #[error(
        "the signature is over the encoding of releases before 1.0, which only --compat accepts"
    )]
    OldEncoding,
    /// A form that strictness excludes.
    #[error("{0}, which --strict refuses")]
    Strict(&'static str),
    /// Trust and bundle do not fit together.
    #[error("the signature has {found}, expected {expected}")]
    Material {
        /// What the bundle has.
        found: &'static str,
        /// What the trust is about.
        expected: &'static str,
    },
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A certificate that does not lead to an anchor.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The certificate's identity is another one.
    #[error("it was signed by {found}, expected {expected}")]
    Identity {
        /// Who signed.
        found: String,
        /// Who should have.
        expected: String,
    },
    /// The identity was vouched for by somebody else.
    #[error("the signer's identity is vouched for by {found}, expected {expected}")]
    Issuer {
        /// Who vouched.
        found: String,
        /// Who should have.
        expected: String,
    },
    /// The transparency log does not prove the signature.
    #[error("the transparency log does not prove the signature: {0}")]
    Log(String),
    /// The certificate was not published.
    #[error("the certificate was not published: {0}")]
    Sct(String),
    /// Nothing proves when it was signed.
    #[error("nothing proves when it was signed: {0}")]
    Time(String),
    /// What is signed is no manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file that was asked for is not signed.
    #[error("`{0}` is not among the signed files")]
    NotSigned(String),
    /// The model is not what was signed.
    #[error("{0}")]
    Differences(Box<Differences>),
    /// Another file than the one that was signed.
    #[error("the file is not what was signed: signed sha256:{signed}, found {found}")]
    OtherFile {
        /// The digest that was signed, as the bundle says, in hexadecimal.
        signed: String,
        /// The file's.
        found: Digest,
    },
    /// A statement says something else than is expected.
    #[error("{0}")]
    Expectation(String),
}

/// Why something could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file changed while it was hashed.
    #[error("{} changed while it was hashed", .path.display())]
    Changed {
        /// Which one.
        path: PathBuf,
    },
    /// A limit was reached.
    #[error("{0}")]
    Limit(&'static str),
    /// What was supplied to trust is of no use.
    #[error("{0}")]
    Trust(String),
    /// A form that is not read here.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Undone {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}

/// Why a model is not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// It has something that cannot be signed.
    #[error("`{path}` cannot be signed: {what}")]
    Obstacle {
        /// Where.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// It cannot be listed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The bundle cannot be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Key and certificate do not belong together.
    #[error("the certificate of {0} is for another key")]
    OtherKey(String),
    /// Ed25519 is an extension of ours that has to be asked for.
    #[error(
        "model signing has no Ed25519: use an ECDSA key, or allow it as an extension that other \
         tools do not verify (--ed25519-extension)"
    )]
    Ed25519,
    /// Something could not be read.
    #[error(transparent)]
    Undone(#[from] Undone),
}
