use std::num::NonZeroUsize;
use std::path::Path;

use base64::Engine as _;
use gw_attest::bundle::Bundle;
use gw_attest::oms::{HashType, Manifest, Method};
use gw_attest::{Envelope, PAYLOAD_TYPE, PrivateKey, Signature, pre_authentication_encoding};

use super::hash::hash_model;
use crate::cache::Cache;
use crate::digests::Digests;
use crate::error::SignError;
use crate::signer::ModelSigner;
use crate::tree::WalkOptions;

/// How a model is hashed and signed.
#[derive(Debug, Clone)]
pub struct SignOptions {
    /// Which files belong to it.
    pub walk: WalkOptions,
    /// What each digest is made over.
    pub method: Method,
    /// How it is made.
    pub hash: HashType,
    /// How many files are hashed at a time.
    pub threads: NonZeroUsize,
    /// Digests that need not be computed.
    pub digests: Option<Digests>,
    /// Whether an Ed25519 key may sign. Other implementations of model signing do not verify it.
    pub ed25519_extension: bool,
}

impl Default for SignOptions {
    fn default() -> Self {
        Self {
            walk: WalkOptions::default(),
            method: Method::default(),
            hash: HashType::default(),
            threads: NonZeroUsize::MIN,
            digests: None,
            ed25519_extension: false,
        }
    }
}

/// A signed model.
#[derive(Debug, Clone)]
pub struct Signed {
    /// What was signed.
    pub manifest: Manifest,
    /// The signature.
    pub bundle: Bundle,
}

/// Hashes a model and signs what it consists of.
///
/// # Errors
/// [`SignError`].
pub fn sign_model(
    model: &Path,
    signer: &ModelSigner,
    options: &SignOptions,
    cache: Option<&mut Cache>,
) -> Result<Signed, SignError> {
    if matches!(signer.key(), PrivateKey::Ed25519(_)) && !options.ed25519_extension {
        return Err(SignError::Ed25519);
    }
    let manifest = hash_model(model, options, cache)?;
    let payload = manifest.to_json()?;
    let signature = signer
        .key()
        .sign(&pre_authentication_encoding(PAYLOAD_TYPE, &payload));
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: encode(&payload),
        signatures: vec![Signature {
            keyid: String::new(),
            sig: encode(&signature),
        }],
    };
    Ok(Signed {
        manifest,
        bundle: Bundle::new(signer.material(), envelope),
    })
}
