use std::fmt;

use gw_core::Digest;
use zeroize::Zeroizing;

use crate::encoding;
use crate::random::{RandomnessError, random};

/// A secret that its holder sends back to us: a session, a link. 256 random bits as 43 characters of
/// base64url, which we keep as SHA-256 only. With that much randomness nothing slower is needed,
/// and looking the digest up tells a listener nothing about the secret.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn generate() -> Result<Self, RandomnessError> {
        let bytes = random()?;
        Ok(Self(Zeroizing::new(encoding::encode(bytes.as_slice()))))
    }

    /// What a request brought. None if it cannot be a secret of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(encoding::decode(text)?);
        (bytes.len() == 32).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret itself, for its holder alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What we keep of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
