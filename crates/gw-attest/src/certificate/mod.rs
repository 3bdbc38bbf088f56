//! X.509 certificates (RFC 5280), as far as signatures of code need them: reading one, and building
//! and checking the path from a signing certificate to an anchor that the user trusts.

mod algorithm;
mod chain;
mod extension;
mod name;
mod time;

use base64::Engine as _;
use gw_core::{Digest, Time};

pub use chain::{ChainError, Purpose, verify_chain};
pub use extension::{AlternativeName, Extension, KeyUsage};

pub(crate) use algorithm::scheme;
pub(crate) use time::generalized;

use crate::der::{self, DerError, Reader};
use crate::{KeyError, PublicKey, Scheme};
use extension::Extensions;

/// Longer certificates are refused.
const MAX_CERTIFICATE: usize = 64 << 10;

/// More certificates than this in one file are refused. A system's list of roots has fewer.
const MAX_CERTIFICATES: usize = 1024;

/// Bytes that are no certificate we can judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Longer than the limit.
    #[error("the certificate has {0} bytes, more than {MAX_CERTIFICATE}")]
    Length(usize),
    /// Not DER, or not a certificate.
    #[error("not a certificate: {0}")]
    Der(#[from] DerError),
    /// Something in it is not what RFC 5280 has there.
    #[error("not a certificate: {0}")]
    Format(&'static str),
    /// Not PEM.
    #[error("not certificates in PEM: {0}")]
    Pem(&'static str),
    /// More certificates than the limit.
    #[error("more than {MAX_CERTIFICATES} certificates")]
    TooMany,
}

/// A certificate that was read. Nothing in it is verified.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Vec<u8>,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    spki: Vec<u8>,
    not_before: Time,
    not_after: Time,
    scheme: Option<Scheme>,
    signature: Vec<u8>,
    extensions: Extensions,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_CERTIFICATE {
            return Err(CertificateError::Length(bytes.len()));
        }
        let mut outer = Reader::new(bytes);
        let mut certificate = outer.sequence()?;
        outer.finish()?;
        let tbs = certificate.take(der::SEQUENCE)?;
        let algorithm = certificate.take(der::SEQUENCE)?;
        let signature = certificate.take(der::BIT_STRING)?.bits()?;
        certificate.finish()?;

        let mut fields = tbs.inside();
        let version = match fields.optional(der::context(0))? {
            Some(version) => version.inside().take(der::INTEGER)?.small()?,
            None => 0,
        };
        fields.take(der::INTEGER)?;
        if fields.take(der::SEQUENCE)?.raw != algorithm.raw {
            return Err(CertificateError::Format(
                "its two signature algorithms differ",
            ));
        }
        let issuer = fields.take(der::SEQUENCE)?;
        let mut validity = fields.sequence()?;
        let not_before = time::read(&validity.next()?)?;
        let not_after = time::read(&validity.next()?)?;
        validity.finish()?;
        let subject = fields.take(der::SEQUENCE)?;
        let spki = fields.take(der::SEQUENCE)?;
        fields.optional(der::context_primitive(1))?;
        fields.optional(der::context_primitive(2))?;
        let extensions = match fields.optional(der::context(3))? {
            Some(_) if version != 2 => {
                return Err(CertificateError::Format(
                    "it has extensions, but not version 3",
                ));
            }
            Some(extensions) => Extensions::read(&extensions)?,
            None => Extensions::default(),
        };
        fields.finish()?;
        Ok(Self {
            der: bytes.to_vec(),
            tbs: tbs.raw.to_vec(),
            issuer: issuer.raw.to_vec(),
            subject: subject.raw.to_vec(),
            spki: spki.raw.to_vec(),
            not_before,
            not_after,
            scheme: scheme(&algorithm),
            signature: signature.to_vec(),
            extensions,
        })
    }

    /// Reads all certificates of a PEM file, which may have other text between them.
    ///
    /// # Errors
    /// [`CertificateError`], also if there is none.
    pub fn from_pem(pem: &str) -> Result<Vec<Self>, CertificateError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let mut certificates = Vec::new();
        let mut rest = pem;
        while let Some((_, after)) = rest.split_once(BEGIN) {
            let (body, after) = after
                .split_once(END)
                .ok_or(CertificateError::Pem("a certificate has no end"))?;
            let body: String = body.split_ascii_whitespace().collect();
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(body)
                .map_err(|_| CertificateError::Pem("a certificate is not base64"))?;
            if certificates.len() >= MAX_CERTIFICATES {
                return Err(CertificateError::TooMany);
            }
            certificates.push(Self::from_der(&bytes)?);
            rest = after;
        }
        if certificates.is_empty() {
            return Err(CertificateError::Pem("there is none"));
        }
        Ok(certificates)
    }

    /// The certificate in DER, as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate in PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for (index, letter) in body.chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem.push_str("\n-----END CERTIFICATE-----\n");
        pem
    }

    /// SHA-256 over the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.der)
    }

    /// The signed part in DER.
    #[must_use]
    pub(crate) fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The certified key.
    ///
    /// # Errors
    /// [`KeyError`] if it is of a kind we do not use.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_spki(&self.spki)
    }

    /// Whom it certifies, for people.
    #[must_use]
    pub fn subject(&self) -> String {
        name::show(&self.subject)
    }

    /// Who issued it, for people.
    #[must_use]
    pub fn issuer(&self) -> String {
        name::show(&self.issuer)
    }

    /// From when on it is valid.
    #[must_use]
    pub const fn not_before(&self) -> Time {
        self.not_before
    }

    /// Until when it is valid, that second included.
    #[must_use]
    pub const fn not_after(&self) -> Time {
        self.not_after
    }

    /// The names beside the subject (RFC 5280 section 4.2.1.6).
    #[must_use]
    pub fn alternative_names(&self) -> &[AlternativeName] {
        &self.extensions.names
    }

    /// The value of an extension, by the content of its object identifier in DER.
    #[must_use]
    pub fn extension(&self, oid: &[u8]) -> Option<&[u8]> {
        self.extensions
            .all
            .iter()
            .find(|extension| extension.oid == oid)
            .map(|extension| extension.value.as_slice())
    }

    /// Whether issuer and subject are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}
