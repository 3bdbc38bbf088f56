//! A small sigstore of its own: an authority, a certificate log, a transparency log, and a signer.

// Each test file uses its own part of this.
#![allow(dead_code, unreachable_pub, unused_imports)]
// These are tests, though not marked as such function by function.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod case;
mod entries;
mod python;

use std::path::Path;

pub use case::{Case, now, options, refused};
pub use entries::{LeafSignature, TiledLog, inclusion, kind_version, note};
pub use python::Python;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_attest::{PAYLOAD_TYPE, PrivateKey, pre_authentication_encoding};
use gw_core::Digest;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, SanType, SerialNumber, date_time_ymd,
};
use serde_json::{Value, json};

/// 12 o'clock on the day on which the signer's certificate is valid.
pub const SIGNED_AT: u64 = 1_775_044_800;
pub const IDENTITY: &str = "signer@example.org";
pub const ISSUER: &str = "https://accounts.example.org";

const SCT_LIST: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];

/// A key that rcgen can certify and we can sign with.
pub struct Key {
    pub certified: KeyPair,
    pub private: PrivateKey,
}

impl Key {
    pub fn new() -> Self {
        Self::of(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap())
    }

    pub fn of(certified: KeyPair) -> Self {
        let private = PrivateKey::from_pem(&certified.serialize_pem(), None).unwrap();
        Self { certified, private }
    }

    pub fn spki(&self) -> Vec<u8> {
        self.private.public().to_spki()
    }

    pub fn id(&self) -> Vec<u8> {
        Digest::of(&self.spki()).as_bytes().to_vec()
    }
}

/// What can be made differently, to see it refused.
#[derive(Default)]
pub struct Wrong {
    pub sct_over_other_issuer: bool,
    pub no_sct: bool,
    pub no_code_signing: bool,
    pub other_old_issuer: bool,
    pub two_names: bool,
}

pub struct Sigstore {
    pub root: CertifiedIssuer<'static, KeyPair>,
    pub authority: CertifiedIssuer<'static, KeyPair>,
    pub ct_log: Key,
    pub log: Key,
}

pub fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "example");
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2036, 1, 1);
    params
}

impl Sigstore {
    pub fn new() -> Self {
        let key = || KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let root = CertifiedIssuer::self_signed(authority_params("root"), key()).unwrap();
        let mut params = authority_params("authority");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.use_authority_key_identifier_extension = true;
        let authority = CertifiedIssuer::signed_by(params, key(), &root).unwrap();
        Self {
            root,
            authority,
            ct_log: Key::new(),
            log: Key::new(),
        }
    }

    /// A trusted_root.json.
    pub fn trusted_root(&self) -> Value {
        let log = |key: &Key| {
            json!({
                "baseUrl": "https://log.example.org",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": STANDARD.encode(key.spki()),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": { "start": "2026-01-01T00:00:00Z" },
                },
                "logId": { "keyId": STANDARD.encode(key.id()) },
            })
        };
        let certificate = |der: &[u8]| json!({ "rawBytes": STANDARD.encode(der) });
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(&self.log)],
            "certificateAuthorities": [{
                "subject": { "organization": "example", "commonName": "authority" },
                "uri": "https://authority.example.org",
                "certChain": { "certificates": [
                    certificate(self.authority.der()),
                    certificate(self.root.der()),
                ] },
                "validFor": { "start": "2026-01-01T00:00:00Z" },
            }],
            "ctlogs": [log(&self.ct_log)],
            "timestampAuthorities": [],
        })
    }

    /// A certificate for a key, valid on one day.
    pub fn certify(&self, key: &Key, wrong: &Wrong) -> Vec<u8> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.serial_number = Some(SerialNumber::from(vec![7; 16]));
        params.not_before = date_time_ymd(2026, 4, 1);
        params.not_after = date_time_ymd(2026, 4, 2);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![if wrong.no_code_signing {
            ExtendedKeyUsagePurpose::ServerAuth
        } else {
            ExtendedKeyUsagePurpose::CodeSigning
        }];
        params.use_authority_key_identifier_extension = true;
        params.subject_alt_names = vec![SanType::Rfc822Name(IDENTITY.try_into().unwrap())];
        if wrong.two_names {
            let other = SanType::URI("https://other.example.org".try_into().unwrap());
            params.subject_alt_names.push(other);
        }
        let mut issuer = vec![0x0c, ISSUER.len() as u8];
        issuer.extend_from_slice(ISSUER.as_bytes());
        let fulcio = |last| vec![1, 3, 6, 1, 4, 1, 57264, 1, last];
        let old = if wrong.other_old_issuer {
            "https://other.example.org"
        } else {
            ISSUER
        };
        params.custom_extensions = vec![
            CustomExtension::from_oid_content(&fulcio(1), old.as_bytes().to_vec()),
            CustomExtension::from_oid_content(&fulcio(8), issuer),
        ];
        let before = params.signed_by(&key.certified, &self.authority).unwrap();
        if wrong.no_sct {
            return before.der().to_vec();
        }
        let issuer = if wrong.sct_over_other_issuer {
            self.root.der()
        } else {
            self.authority.der()
        };
        let list = self.sct_list(tbs(before.der()), &spki_of(issuer));
        params
            .custom_extensions
            .push(CustomExtension::from_oid_content(&SCT_LIST, list));
        let after = params.signed_by(&key.certified, &self.authority).unwrap();
        after.der().to_vec()
    }

    /// The extension's content: one promise (RFC 6962 section 3.3).
    fn sct_list(&self, tbs: &[u8], issuer: &[u8]) -> Vec<u8> {
        let timestamp = (SIGNED_AT * 1000).to_be_bytes();
        let mut message = vec![0, 0];
        message.extend_from_slice(&timestamp);
        message.extend_from_slice(&[0, 1]);
        message.extend_from_slice(Digest::of(issuer).as_bytes());
        message.extend_from_slice(&(tbs.len() as u32).to_be_bytes()[1..]);
        message.extend_from_slice(tbs);
        message.extend_from_slice(&[0, 0]);
        let signature = self.ct_log.private.sign(&message);
        let mut sct = vec![0];
        sct.extend_from_slice(&self.ct_log.id());
        sct.extend_from_slice(&timestamp);
        sct.extend_from_slice(&[0, 0, 4, 3]);
        sct.extend_from_slice(&(signature.len() as u16).to_be_bytes());
        sct.extend_from_slice(&signature);
        let mut list = ((sct.len() + 2) as u16).to_be_bytes().to_vec();
        list.extend_from_slice(&(sct.len() as u16).to_be_bytes());
        list.extend_from_slice(&sct);
        let length = list.len() as u8;
        match length {
            0..0x80 => [&[0x04, length], &list[..]].concat(),
            _ => [&[0x04, 0x81, length], &list[..]].concat(),
        }
    }

    /// A signature by a new key, with its certificate.
    pub fn sign_message(&self, message: &[u8], wrong: &Wrong) -> LeafSignature {
        let key = Key::new();
        LeafSignature {
            certificate: self.certify(&key, wrong),
            signature: key.private.sign(message),
        }
    }

    /// A bundle over a statement, with an entry in the log.
    pub fn sign(&self, payload: &[u8], wrong: &Wrong) -> Value {
        let message = pre_authentication_encoding(PAYLOAD_TYPE, payload);
        let signed = self.sign_message(&message, wrong);
        let entry = self.entry(signed.dsse_1(payload).as_bytes(), SIGNED_AT);
        signed.bundle(&signed.envelope(payload), &entry, &[])
    }

    /// An entry that is the second of three in the log, which promised to include it.
    pub fn entry(&self, body: &[u8], time: u64) -> Value {
        let body64 = STANDARD.encode(body);
        let promise = format!(
            r#"{{"body":"{body64}","integratedTime":{time},"logID":"{}","logIndex":1001}}"#,
            hex::encode(self.log.id())
        );
        let mut id = self.log.id();
        let (proof, root) = inclusion(body);
        let text = format!("log.example.org - 1\n3\n{root}\n");
        id.truncate(4);
        id.extend_from_slice(&self.log.private.sign(text.as_bytes()));
        let mut entry = json!({
            "logIndex": "1001",
            "logId": { "keyId": STANDARD.encode(self.log.id()) },
            "kindVersion": kind_version(body),
            "integratedTime": time.to_string(),
            "inclusionPromise": {
                "signedEntryTimestamp": STANDARD.encode(self.log.private.sign(promise.as_bytes())),
            },
            "inclusionProof": proof,
            "canonicalizedBody": body64,
        });
        entry["inclusionProof"]["checkpoint"] = note(&text, "log.example.org", &id);
        entry
    }
}

/// The first element inside of the outer one.
fn tbs(certificate: &[u8]) -> &[u8] {
    let (_, inner) = split(certificate);
    split(inner).0
}

/// An element with its head, and what is in it, of at least 128 bytes.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let count = usize::from(bytes[1] & 0x7f);
    assert!(bytes[1] > 0x80);
    let length = bytes[2..2 + count]
        .iter()
        .fold(0, |length, byte| length * 256 + usize::from(*byte));
    let end = 2 + count + length;
    (&bytes[..end], &bytes[2 + count..end])
}

fn spki_of(certificate: &[u8]) -> Vec<u8> {
    let certificate = gw_attest::certificate::Certificate::from_der(certificate);
    certificate.unwrap().spki().to_vec()
}

/// A model with files in several folders.
pub fn model(folder: &Path) {
    for (path, content) in [
        ("config.json", "{}"),
        ("weights/a.bin", "aaaa"),
        ("weights/b.bin", "bbbbbbbbbbbb"),
        ("weights.txt", "text"),
        ("weights/deep/c", "c"),
        (".git/HEAD", "ref"),
        (".gitattributes", "x"),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
