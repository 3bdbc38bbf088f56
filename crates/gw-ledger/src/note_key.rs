//! The keys of signed notes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_attest::{PublicKey, SigningKey};
use sha2::{Digest as _, Sha256};

use crate::note::{NoteError, NoteSignature};

/// How a key signs notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Ed25519 over the note's text (0x01): a log's own signature.
    Ed25519,
    /// A timestamped Ed25519 cosignature (0x04): a witness's.
    CosignatureV1,
}

impl KeyType {
    const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::CosignatureV1 => 4,
        }
    }
}

/// A public key that verifies notes, with the name it signs under. As text:
/// `name+hex(key id)+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyType,
    key: PublicKey,
    bytes: [u8; 32],
}

impl VerifierKey {
    /// An Ed25519 key under a name.
    ///
    /// # Errors
    /// [`NoteError`] if the name is none, or the key is not of Ed25519.
    pub fn new(name: &str, kind: KeyType, key: &PublicKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        let bytes = key
            .ed25519_bytes()
            .ok_or(NoteError::Key("only Ed25519 keys sign notes"))?;
        Ok(Self {
            name: name.to_owned(),
            kind,
            key: key.clone(),
            bytes,
        })
    }

    /// The name it signs under; for a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it signs.
    #[must_use]
    pub const fn kind(&self) -> KeyType {
        self.kind
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The key's id: the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key).
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', self.kind.number()]);
        hasher.update(self.bytes);
        let [a, b, c, d, ..]: [u8; 32] = hasher.finalize().into();
        [a, b, c, d]
    }

    pub(crate) fn is_of(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.id == self.id()
    }

    /// Verifies one signature of `text`; returns the time in seconds since 1970 if it has one.
    pub(crate) fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        match self.kind {
            KeyType::Ed25519 => {
                self.key.verify(text.as_bytes(), signature).ok()?;
                Some(None)
            }
            KeyType::CosignatureV1 => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                i64::try_from(time).ok()?;
                self.key.verify(&cosigned(text, time), signature).ok()?;
                Some(Some(time))
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = [self.kind.number()].into_iter().chain(self.bytes).collect();
        let id = hex::encode(self.id());
        write!(f, "{}+{id}+{}", self.name, STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, id, key) = text
            .split_once('+')
            .and_then(|(name, rest)| rest.split_once('+').map(|(id, key)| (name, id, key)))
            .ok_or(NoteError::Key("expected name+id+key"))?;
        let key = STANDARD
            .decode(key)
            .map_err(|_| NoteError::Key("its key is not base64"))?;
        let (kind, bytes) = key
            .split_first()
            .ok_or(NoteError::Key("its key is empty"))?;
        let kind = [KeyType::Ed25519, KeyType::CosignatureV1]
            .into_iter()
            .find(|known| known.number() == *kind)
            .ok_or(NoteError::Key(
                "expected type 1 (Ed25519) or 4 (Ed25519 cosignature)",
            ))?;
        let bytes = <&[u8; 32]>::try_from(bytes)
            .map_err(|_| NoteError::Key("an Ed25519 key has 32 bytes"))?;
        let public = PublicKey::from_ed25519_bytes(bytes)
            .map_err(|_| NoteError::Key("its bytes are no Ed25519 key"))?;
        let key = Self::new(name, kind, &public)?;
        if hex::encode(key.id()) != id {
            return Err(NoteError::Key("its id is not that of this name and key"));
        }
        Ok(key)
    }
}

/// A key that signs notes under a name.
#[derive(Debug, Clone)]
pub struct NoteSigner {
    key: SigningKey,
    verifier: VerifierKey,
}

impl NoteSigner {
    /// A log's own key; `name` is the log's origin.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn log(name: &str, key: SigningKey) -> Result<Self, NoteError> {
        let verifier = VerifierKey::new(name, KeyType::Ed25519, &key.public())?;
        Ok(Self { key, verifier })
    }

    /// A witness's key. It must be used for nothing else.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn witness(name: &str, key: SigningKey) -> Result<Self, NoteError> {
        let verifier = VerifierKey::new(name, KeyType::CosignatureV1, &key.public())?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text that ends with a newline. `time`, in seconds since 1970, counts for witnesses
    /// only.
    #[must_use]
    pub fn sign(&self, text: &str, time: u64) -> NoteSignature {
        let bytes = match self.verifier.kind {
            KeyType::Ed25519 => self.key.sign(text.as_bytes()).to_vec(),
            KeyType::CosignatureV1 => {
                let signature = self.key.sign(&cosigned(text, time));
                time.to_be_bytes().into_iter().chain(signature).collect()
            }
        };
        NoteSignature {
            name: self.verifier.name.clone(),
            id: self.verifier.id(),
            bytes,
        }
    }
}

/// What a witness signs (C2SP tlog-cosignature, Ed25519).
fn cosigned(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

/// Whether a key can have this name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Note;

    #[test]
    fn keys_are_those_of_the_specification() {
        // The example of golang.org/x/mod/sumdb/note.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!((key.name(), key.kind()), ("PeterNeumann", KeyType::Ed25519));
        assert_eq!(key.to_string(), text);
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        Note::parse(note).unwrap().verify(&key).unwrap();
        for bad in [
            "",
            "a",
            "a+b",
            "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
            "PeterNeumann+c74f20a3+",
            "PeterNeumann+c74f20a3+AQ==",
            "PeterNeumann+c74f20a3+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
        }
    }
}
