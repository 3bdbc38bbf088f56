//! Entries of transparency logs, as both generations of sigstore's log write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_attest::certificate::Certificate;
use gw_attest::{PAYLOAD_TYPE, PrivateKey, SigningKey, pre_authentication_encoding};
use gw_core::Digest;
use gw_ledger::{Hash, leaf_hash, node_hash};
use serde_json::{Value, json};

/// A signature with the certificate of its key.
pub struct LeafSignature {
    pub certificate: Vec<u8>,
    pub signature: Vec<u8>,
}

impl LeafSignature {
    fn pem(&self) -> String {
        Certificate::from_der(&self.certificate).unwrap().to_pem()
    }

    /// The envelope around a payload.
    pub fn envelope(&self, payload: &[u8]) -> Value {
        json!({ "dsseEnvelope": {
            "payload": STANDARD.encode(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{ "sig": STANDARD.encode(&self.signature), "keyid": "" }],
        } })
    }

    /// The signature of a file.
    pub fn message(&self, file: &[u8]) -> Value {
        json!({ "messageSignature": {
            "messageDigest": {
                "algorithm": "SHA2_256",
                "digest": STANDARD.encode(Digest::of(file).as_bytes()),
            },
            "signature": STANDARD.encode(&self.signature),
        } })
    }

    /// A bundle of a content, an entry and time stamps.
    pub fn bundle(&self, content: &Value, entry: &Value, timestamps: &[Vec<u8>]) -> Value {
        let mut bundle = json!({
            "mediaType": gw_attest::bundle::BUNDLE_MEDIA_TYPE,
            "verificationMaterial": {
                "certificate": { "rawBytes": STANDARD.encode(&self.certificate) },
                "tlogEntries": [entry],
            },
        });
        if !timestamps.is_empty() {
            let stamps = timestamps
                .iter()
                .map(|stamp| json!({ "signedTimestamp": STANDARD.encode(stamp) }));
            bundle["verificationMaterial"]["timestampVerificationData"] =
                json!({ "rfc3161Timestamps": stamps.collect::<Vec<_>>() });
        }
        for (name, value) in content.as_object().unwrap() {
            bundle[name] = value.clone();
        }
        bundle
    }

    pub fn dsse_1(&self, payload: &[u8]) -> String {
        json!({
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": { "algorithm": "sha256", "value": "00".repeat(32) },
                "payloadHash": { "algorithm": "sha256", "value": Digest::of(payload).to_hex() },
                "signatures": [{
                    "signature": STANDARD.encode(&self.signature),
                    "verifier": STANDARD.encode(self.pem()),
                }],
            },
        })
        .to_string()
    }

    /// As the log wrote envelopes before it had a kind of its own for them.
    pub fn intoto_2(&self, payload: &[u8]) -> String {
        json!({
            "apiVersion": "0.0.2",
            "kind": "intoto",
            "spec": { "content": {
                "envelope": {
                    "payloadType": PAYLOAD_TYPE,
                    "signatures": [{
                        "publicKey": STANDARD.encode(self.pem()),
                        "sig": STANDARD.encode(STANDARD.encode(&self.signature)),
                    }],
                },
                "hash": { "algorithm": "sha256", "value": "00".repeat(32) },
                "payloadHash": { "algorithm": "sha256", "value": Digest::of(payload).to_hex() },
            } },
        })
        .to_string()
    }

    pub fn rekord_1(&self, file: &[u8]) -> String {
        json!({
            "apiVersion": "0.0.1",
            "kind": "hashedrekord",
            "spec": {
                "data": { "hash": { "algorithm": "sha256", "value": Digest::of(file).to_hex() } },
                "signature": {
                    "content": STANDARD.encode(&self.signature),
                    "publicKey": { "content": STANDARD.encode(self.pem()) },
                },
            },
        })
        .to_string()
    }

    fn verifier(&self) -> Value {
        json!({
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "x509Certificate": { "rawBytes": STANDARD.encode(&self.certificate) },
        })
    }

    /// Of a file, or of an envelope in DSSE's encoding.
    pub fn rekord_2(&self, message: &[u8]) -> String {
        json!({
            "apiVersion": "0.0.2",
            "kind": "hashedrekord",
            "spec": { "hashedRekordV002": {
                "data": {
                    "algorithm": "SHA2_256",
                    "digest": STANDARD.encode(Digest::of(message).as_bytes()),
                },
                "signature": {
                    "content": STANDARD.encode(&self.signature),
                    "verifier": self.verifier(),
                },
            } },
        })
        .to_string()
    }

    pub fn rekord_2_of_payload(&self, payload: &[u8]) -> String {
        self.rekord_2(&pre_authentication_encoding(PAYLOAD_TYPE, payload))
    }

    pub fn dsse_2(&self, payload: &[u8]) -> String {
        json!({
            "apiVersion": "0.0.2",
            "kind": "dsse",
            "spec": { "dsseV002": {
                "payloadHash": {
                    "algorithm": "SHA2_256",
                    "digest": STANDARD.encode(Digest::of(payload).as_bytes()),
                },
                "signatures": [{
                    "content": STANDARD.encode(&self.signature),
                    "verifier": self.verifier(),
                }],
            } },
        })
        .to_string()
    }
}

/// A log of tiles, which promises nothing and states no time.
pub struct TiledLog {
    pub key: PrivateKey,
    pub origin: String,
}

impl TiledLog {
    pub fn new() -> Self {
        Self {
            key: PrivateKey::from(SigningKey::from_seed(&[5; 32])),
            origin: "tiles.example.org".to_owned(),
        }
    }

    /// The log in a trust root.
    pub fn trusted(&self) -> Value {
        json!({
            "baseUrl": "https://tiles.example.org",
            "hashAlgorithm": "SHA2_256",
            "publicKey": {
                "rawBytes": STANDARD.encode(self.key.public().to_spki()),
                "keyDetails": "PKIX_ED25519",
                "validFor": { "start": "2026-01-01T00:00:00Z" },
            },
            "logId": { "keyId": STANDARD.encode(self.id()) },
        })
    }

    /// SHA-256 over name, kind of key and key (<https://c2sp.org/signed-note>), whose first four
    /// bytes are in checkpoints.
    fn id(&self) -> Vec<u8> {
        let mut bytes = b"tiles.example.org\n\x01".to_vec();
        bytes.extend_from_slice(&self.key.public().ed25519_bytes().unwrap());
        Digest::of(&bytes).as_bytes().to_vec()
    }

    /// An entry that is the second of three in the log.
    pub fn entry(&self, body: &[u8]) -> Value {
        let (proof, root) = inclusion(body);
        let text = format!("{}\n3\n{root}\n", self.origin);
        let mut signature = self.id();
        signature.truncate(4);
        signature.extend_from_slice(&self.key.sign(text.as_bytes()));
        let mut entry = json!({
            "logIndex": "1",
            "logId": { "keyId": STANDARD.encode(self.id()) },
            "kindVersion": kind_version(body),
            "integratedTime": "0",
            "inclusionProof": proof,
            "canonicalizedBody": STANDARD.encode(body),
        });
        entry["inclusionProof"]["checkpoint"] = note(&text, &self.origin, &signature);
        entry
    }
}

/// The proof that a body is the second of three leaves, and the root in base64.
pub fn inclusion(body: &[u8]) -> (Value, String) {
    let (left, right): (Hash, Hash) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let root = STANDARD.encode(node_hash(&node_hash(&left, &leaf_hash(body)), &right));
    let proof = json!({
        "logIndex": "1",
        "rootHash": root,
        "treeSize": "3",
        "hashes": [STANDARD.encode(left), STANDARD.encode(right)],
    });
    (proof, root)
}

/// A checkpoint with one signature, key id in front.
pub fn note(text: &str, name: &str, signature: &[u8]) -> Value {
    let signature = STANDARD.encode(signature);
    json!({ "envelope": format!("{text}\n\u{2014} {name} {signature}\n") })
}

/// What a bundle says beside a body.
pub fn kind_version(body: &[u8]) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    json!({
        "kind": body["kind"].as_str().unwrap_or("dsse"),
        "version": body["apiVersion"].as_str().unwrap_or("0.0.1"),
    })
}
