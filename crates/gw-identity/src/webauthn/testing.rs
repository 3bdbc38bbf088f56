//! An authenticator in software that can be told to misbehave.

use gw_attest::SigningKey;
use gw_core::Digest;
use p256::ecdsa::signature::Signer as _;

use super::{Assertion, Policy, Registration, RelyingParty};
use crate::encoding;

pub(crate) const HANDLE: &[u8] = b"handle of ann";
pub(crate) const CHALLENGE: &[u8] = &[7; 32];
pub(crate) const STRICT: Policy = Policy {
    user_verification: true,
    any_attestation: false,
};

pub(crate) fn party() -> RelyingParty {
    RelyingParty {
        id: "gw.example".to_owned(),
        name: "Gatewright".to_owned(),
        origins: vec!["https://gw.example".to_owned()],
    }
}

#[derive(Clone)]
pub(crate) enum Key {
    Ed(SigningKey),
    Es(p256::ecdsa::SigningKey),
}

/// One credential, and what the authenticator and the browser say about it.
#[derive(Clone)]
pub(crate) struct Soft {
    pub(crate) key: Key,
    pub(crate) id: Vec<u8>,
    pub(crate) rp_id: String,
    pub(crate) flags: u8,
    pub(crate) count: u32,
    pub(crate) format: String,
    pub(crate) statement: Vec<u8>,
    pub(crate) trailing: Vec<u8>,
    pub(crate) client_data: Option<String>,
    pub(crate) handle: Option<Vec<u8>>,
}

impl Soft {
    pub(crate) fn ed25519() -> Self {
        Self::new(Key::Ed(SigningKey::from_seed(&[3; 32])))
    }

    pub(crate) fn es256() -> Self {
        Self::new(Key::Es(
            p256::ecdsa::SigningKey::from_slice(&[3; 32]).unwrap(),
        ))
    }

    fn new(key: Key) -> Self {
        Self {
            key,
            id: b"credential 1".to_vec(),
            rp_id: "gw.example".to_owned(),
            flags: 0x05,
            count: 1,
            format: "none".to_owned(),
            statement: vec![0xa0],
            trailing: Vec::new(),
            client_data: None,
            handle: Some(HANDLE.to_vec()),
        }
    }

    pub(crate) fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::Ed(key) => {
                let x = key.public().ed25519_bytes().unwrap();
                // {1: 1, 3: -8, -1: 6, -2: x}
                [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21][..], &bytes(&x)].concat()
            }
            Key::Es(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
                let head = &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..];
                [head, &bytes(x), &[0x22], &bytes(y)].concat()
            }
        }
    }

    pub(crate) fn register(&self, challenge: &[u8]) -> Registration {
        let mut data = self.data(self.flags | 0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        data.extend(&self.trailing);
        let mut object = vec![0xa3];
        object.extend([text("fmt"), text(&self.format)].concat());
        object.extend([text("attStmt"), self.statement.clone()].concat());
        object.extend([text("authData"), bytes(&data)].concat());
        Registration {
            client_data_json: self.client_data("webauthn.create", challenge),
            attestation_object: object,
        }
    }

    pub(crate) fn assert(&self, challenge: &[u8]) -> Assertion {
        let client_data_json = self.client_data("webauthn.get", challenge);
        let authenticator_data = [self.data(self.flags), self.trailing.clone()].concat();
        let digest = Digest::of(&client_data_json);
        let signed = [&authenticator_data, &digest.as_bytes()[..]].concat();
        let signature = match &self.key {
            Key::Ed(key) => key.sign(&signed).to_vec(),
            Key::Es(key) => {
                let signature: p256::ecdsa::Signature = key.sign(&signed);
                signature.to_der().as_bytes().to_vec()
            }
        };
        Assertion {
            credential_id: self.id.clone(),
            client_data_json,
            authenticator_data,
            signature,
            user_handle: self.handle.clone(),
        }
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Digest::of(self.rp_id.as_bytes()).as_bytes().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        let challenge = encoding::encode(challenge);
        let template = self.client_data.clone().unwrap_or_else(|| {
            r#"{"type":"TYPE","challenge":"CHALLENGE","origin":"https://gw.example","crossOrigin":false}"#
                .to_owned()
        });
        let json = template.replace("TYPE", kind);
        json.replace("CHALLENGE", &challenge).into_bytes()
    }
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    head(0x60, text.len(), text.as_bytes())
}

pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    head(0x40, bytes.len(), bytes)
}

fn head(major: u8, length: usize, content: &[u8]) -> Vec<u8> {
    let mut out = match length {
        0..24 => vec![major | u8::try_from(length).unwrap()],
        24..256 => vec![major | 24, u8::try_from(length).unwrap()],
        _ => {
            let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
            vec![major | 25, high, low]
        }
    };
    out.extend(content);
    out
}
