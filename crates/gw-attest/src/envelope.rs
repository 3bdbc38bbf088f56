use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use gw_core::Digest;
use serde::{Deserialize, Serialize};

use crate::{KeyId, PublicKey, SigningKey, Statement, StatementError};

/// The payload type of in-toto statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// More signatures than this in one envelope are refused: each costs a verification.
const MAX_SIGNATURES: usize = 64;

/// A DSSE envelope (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What the payload is.
    pub payload_type: String,
    /// The payload in base64.
    pub payload: String,
    /// The signatures over both.
    pub signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// A hint at the key; it proves nothing.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub keyid: String,
    /// The signature in base64.
    pub sig: String,
}

/// A statement whose signatures have been checked.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The statement's id: the digest of the envelope's bytes.
    pub id: Digest,
    /// What it says.
    pub statement: Statement,
    /// The known keys that signed it, each once, in order.
    pub signers: Vec<KeyId>,
}

/// An envelope that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON of the right shape.
    #[error("not a DSSE envelope: {0}")]
    Shape(String),
    /// The payload is not what we read.
    #[error("the payload type is `{0}`, expected `{PAYLOAD_TYPE}`")]
    PayloadType(String),
    /// A part is not base64.
    #[error("the {0} is not base64")]
    Base64(&'static str),
    /// More signatures than anybody needs.
    #[error("the envelope has {0} signatures, more than {MAX_SIGNATURES}")]
    TooMany(usize),
    /// A signature of a known key is wrong: the content was changed, or the signature forged.
    #[error("the signature of key {0} does not verify: the content was changed after signing")]
    BadSignature(String),
    /// The payload is no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl Envelope {
    /// Signs a statement.
    ///
    /// # Errors
    /// [`EnvelopeError::Statement`] if it cannot be written.
    pub fn sign(statement: &Statement, key: &SigningKey) -> Result<Self, EnvelopeError> {
        let payload = statement.to_json()?;
        let signature = key.sign(&pre_authentication_encoding(PAYLOAD_TYPE, &payload));
        Ok(Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![Signature {
                keyid: key.public().id().to_string(),
                sig: STANDARD.encode(signature),
            }],
        })
    }

    /// The same envelope with another signature over it. A key signs only once.
    ///
    /// # Errors
    /// [`EnvelopeError`] if the payload cannot be read, or there is no room for a signature.
    pub fn countersign(&self, key: &SigningKey) -> Result<Self, EnvelopeError> {
        let keyid = key.public().id().to_string();
        let mut countersigned = self.clone();
        // What stands under this key's id is ours to say.
        countersigned
            .signatures
            .retain(|known| known.keyid != keyid);
        if countersigned.signatures.len() >= MAX_SIGNATURES {
            return Err(EnvelopeError::TooMany(self.signatures.len()));
        }
        let message = pre_authentication_encoding(&self.payload_type, &self.payload()?);
        countersigned.signatures.push(Signature {
            keyid,
            sig: STANDARD.encode(key.sign(&message)),
        });
        Ok(countersigned)
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// [`EnvelopeError::Shape`] with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        serde_json::from_slice(bytes).map_err(|e| EnvelopeError::Shape(e.to_string()))
    }

    /// The envelope as JSON. These bytes are what the ledger commits to and the id is made of.
    ///
    /// # Errors
    /// [`EnvelopeError::Shape`] if it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, EnvelopeError> {
        serde_json::to_vec(self).map_err(|e| EnvelopeError::Shape(e.to_string()))
    }

    /// The payload's bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::Base64`].
    pub fn payload(&self) -> Result<Vec<u8>, EnvelopeError> {
        decode(&self.payload).ok_or(EnvelopeError::Base64("payload"))
    }

    /// The statement inside, without any check of signatures.
    ///
    /// # Errors
    /// [`EnvelopeError`] if the payload is not one.
    pub fn unverified_statement(&self) -> Result<Statement, EnvelopeError> {
        if self.payload_type != PAYLOAD_TYPE {
            let given = self.payload_type.chars().take(80).collect();
            return Err(EnvelopeError::PayloadType(given));
        }
        Ok(Statement::parse(&self.payload()?)?)
    }

    /// Checks the signatures of the keys that `keys` knows. Signatures of unknown keys are passed
    /// over: the result may have no signers, which proves nothing and is for the authority rules
    /// to refuse.
    ///
    /// # Errors
    /// [`EnvelopeError::BadSignature`] if a known key's signature is wrong; others if the envelope
    /// cannot be read.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<Verified, EnvelopeError> {
        if self.signatures.len() > MAX_SIGNATURES {
            return Err(EnvelopeError::TooMany(self.signatures.len()));
        }
        let statement = self.unverified_statement()?;
        let message = pre_authentication_encoding(&self.payload_type, &self.payload()?);
        let mut signers = Vec::new();
        for signature in &self.signatures {
            let bytes = decode(&signature.sig).ok_or(EnvelopeError::Base64("signature"))?;
            let hinted = keys.iter().find(|key| key.id().as_str() == signature.keyid);
            if let Some(key) = hinted {
                key.verify(&message, &bytes)
                    .map_err(|_| EnvelopeError::BadSignature(signature.keyid.clone()))?;
                signers.push(key.id());
            } else if let Some(key) = keys.iter().find(|key| key.verify(&message, &bytes).is_ok()) {
                // Key ids of other tools are made differently.
                signers.push(key.id());
            }
        }
        signers.sort_unstable();
        signers.dedup();
        Ok(Verified {
            id: Digest::of(&self.to_json()?),
            statement,
            signers,
        })
    }
}

/// What is signed: DSSE's PAE(type, body)
/// (<https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md>).
#[must_use]
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {} {} ",
        payload_type.len(),
        payload_type,
        payload.len()
    );
    let mut message = head.into_bytes();
    message.extend_from_slice(payload);
    message
}

impl Signature {
    /// The signature's bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::Base64`].
    pub fn bytes(&self) -> Result<Vec<u8>, EnvelopeError> {
        decode(&self.sig).ok_or(EnvelopeError::Base64("signature"))
    }
}

/// Some tools write `null` for a hint that they do not have.
fn null_is_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::<String>::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Claim;
    use gw_core::{Realm, ResourceDescriptor, parse_time};

    fn statement() -> Statement {
        let claim = Claim {
            realm: Realm::local(),
            asset: Some("repo:x".parse().unwrap()),
            issued_at: parse_time("2026-08-21").unwrap(),
            expires_at: None,
            supersedes: Vec::new(),
        };
        let subject = ResourceDescriptor {
            digest: [("sha256".to_owned(), Digest::of(b"x").to_hex())].into(),
            ..Default::default()
        };
        Statement::new(vec![subject], "https://example.org/p", &"hello", claim).unwrap()
    }

    #[test]
    fn encodes_as_the_protocol_says() {
        // The example of the DSSE protocol document.
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            encoded,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn verifies_what_was_signed_and_nothing_else() {
        let key = SigningKey::from_seed(&[1; 32]);
        let other = SigningKey::from_seed(&[2; 32]);
        let envelope = Envelope::sign(&statement(), &key).unwrap();
        let bytes = envelope.to_json().unwrap();
        let envelope = Envelope::parse(&bytes).unwrap();

        let verified = envelope.verify(&[other.public(), key.public()]).unwrap();
        assert_eq!(verified.signers, [key.public().id()]);
        assert_eq!(verified.id, Digest::of(&bytes));
        assert_eq!(verified.statement.asset().unwrap().as_str(), "repo:x");
        assert_eq!(
            verified.statement.predicate_as::<String>().unwrap(),
            "hello"
        );

        // An unknown key is nobody.
        assert!(
            envelope
                .verify(&[other.public()])
                .unwrap()
                .signers
                .is_empty()
        );

        let mut changed = envelope.clone();
        let payload = String::from_utf8(changed.payload().unwrap()).unwrap();
        changed.payload = STANDARD.encode(payload.replace("hello", "hallo"));
        assert!(matches!(
            changed.verify(&[key.public()]),
            Err(EnvelopeError::BadSignature(_))
        ));

        let mut stolen = envelope.clone();
        stolen.payload_type = "text/plain".to_owned();
        assert!(matches!(
            stolen.verify(&[key.public()]),
            Err(EnvelopeError::PayloadType(_))
        ));
    }

    #[test]
    fn a_countersignature_stands_beside_the_first_one_once() {
        let (first, second) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]),
        );
        let envelope = Envelope::sign(&statement(), &first).unwrap();
        let both = envelope.countersign(&second).unwrap();
        let mut signers = vec![first.public().id(), second.public().id()];
        signers.sort_unstable();
        let verified = both.verify(&[first.public(), second.public()]).unwrap();
        assert_eq!(verified.signers, signers);
        assert_eq!(both.countersign(&second).unwrap(), both);
        assert_eq!(both.payload, envelope.payload);

        let mut forged = envelope;
        forged.signatures[0].keyid = second.public().id().to_string();
        let genuine = forged.countersign(&second).unwrap();
        assert_eq!(genuine.verify(&[second.public()]).unwrap().signers.len(), 1);
        assert_eq!(genuine.signatures.len(), 1);
    }

    #[test]
    fn a_key_id_of_another_tool_does_not_matter() {
        let key = SigningKey::from_seed(&[1; 32]);
        let mut envelope = Envelope::sign(&statement(), &key).unwrap();
        envelope.signatures[0].keyid = "SHA256:whatever".to_owned();
        let verified = envelope.verify(&[key.public()]).unwrap();
        assert_eq!(verified.signers, [key.public().id()]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(envelope) = Envelope::parse(&bytes) {
                let _ = envelope.verify(&[]);
            }
        }
    }
}
