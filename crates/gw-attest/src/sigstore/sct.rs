use gw_core::{Digest, Time};

use super::trusted_root::LogKey;
use crate::certificate::Certificate;
use crate::der::{self, DerError, Reader};
use crate::scheme::{Scheme, Sha2};

/// 1.3.6.1.4.1.11129.2.4.2 (RFC 6962 section 3.3).
const SCT_LIST: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];

/// More promises than this in one certificate are not looked at.
const MAX_SCTS: usize = 16;

/// A log's promise to publish a certificate (RFC 6962 section 3.2), as certificates embed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sct {
    /// SHA-256 over the log's key.
    pub log_id: [u8; 32],
    /// When, in milliseconds since 1970.
    pub timestamp: u64,
    extensions: Vec<u8>,
    scheme: Option<Scheme>,
    signature: Vec<u8>,
}

/// A promise that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SctError {
    /// The certificate has none.
    #[error("the certificate has no signed timestamp of a log")]
    None,
    /// The extension cannot be read.
    #[error("its signed timestamps cannot be read")]
    Format,
    /// The certificate cannot be taken apart.
    #[error("the certificate cannot be taken apart: {0}")]
    Der(#[from] DerError),
    /// No trusted log made any of them.
    #[error("no trusted log made its signed timestamps")]
    UnknownLog,
    /// A trusted log's signature is wrong.
    #[error("the signature of a trusted log over its signed timestamp does not verify")]
    Signature,
}

/// The promises embedded in a certificate.
///
/// # Errors
/// [`SctError::None`], [`SctError::Format`].
pub fn embedded_scts(certificate: &Certificate) -> Result<Vec<Sct>, SctError> {
    let value = certificate.extension(SCT_LIST).ok_or(SctError::None)?;
    let mut reader = Reader::new(value);
    let list = reader
        .take(der::OCTET_STRING)
        .map_err(|_| SctError::Format)?;
    reader.finish().map_err(|_| SctError::Format)?;
    let mut outer = Tls(list.content);
    let mut list = Tls(outer.vector().ok_or(SctError::Format)?);
    if !outer.0.is_empty() {
        return Err(SctError::Format);
    }
    let mut scts = Vec::new();
    while !list.0.is_empty() && scts.len() < MAX_SCTS {
        let bytes = list.vector().ok_or(SctError::Format)?;
        // Promises of versions to come are passed over, as section 3.3 asks.
        if bytes.first() == Some(&0) {
            scts.push(Sct::read(bytes).ok_or(SctError::Format)?);
        }
    }
    Ok(scts)
}

impl Sct {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Tls(bytes);
        fields.take(1)?;
        let log_id = fields.take(32)?.try_into().ok()?;
        let timestamp = u64::from_be_bytes(fields.take(8)?.try_into().ok()?);
        let extensions = fields.vector()?.to_vec();
        let scheme = match fields.take(2)? {
            [4, 3] => Some(Scheme::Ecdsa(Sha2::Sha256)),
            [5, 3] => Some(Scheme::Ecdsa(Sha2::Sha384)),
            [6, 3] => Some(Scheme::Ecdsa(Sha2::Sha512)),
            [4, 1] => Some(Scheme::RsaPkcs1(Sha2::Sha256)),
            [8, 7] => Some(Scheme::Ed25519),
            _ => None,
        };
        let signature = fields.vector()?.to_vec();
        fields.0.is_empty().then_some(Self {
            log_id,
            timestamp,
            extensions,
            scheme,
            signature,
        })
    }

    /// When it was made.
    #[must_use]
    pub fn time(&self) -> Option<Time> {
        Time::from_millisecond(i64::try_from(self.timestamp).ok()?).ok()
    }

    /// Verifies the promise for a certificate of this issuer, with the log that made it if that is
    /// one of `logs` and was in use then.
    ///
    /// # Errors
    /// [`SctError`].
    pub fn verify(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        logs: &[LogKey],
    ) -> Result<(), SctError> {
        let time = self.time().ok_or(SctError::Format)?;
        let log = logs
            .iter()
            .find(|log| log.ids.iter().any(|id| id == &self.log_id) && log.valid.contains(time))
            .ok_or(SctError::UnknownLog)?;
        let message = self.message(certificate, issuer)?;
        let scheme = self.scheme.ok_or(SctError::Signature)?;
        log.key
            .verify_as(scheme, &message, &self.signature)
            .map_err(|_| SctError::Signature)
    }

    /// What the log signed: the certificate as it was before the promises were put into it.
    fn message(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<Vec<u8>, SctError> {
        let tbs = without_scts(certificate.tbs())?;
        // Version 1, a certificate's timestamp.
        let mut message = vec![0, 0];
        message.extend_from_slice(&self.timestamp.to_be_bytes());
        // A certificate that was not complete yet.
        message.extend_from_slice(&[0, 1]);
        message.extend_from_slice(Digest::of(issuer.spki()).as_bytes());
        let length = u32::try_from(tbs.len()).map_err(|_| SctError::Format)?;
        let [0, length @ ..] = length.to_be_bytes() else {
            return Err(SctError::Format);
        };
        message.extend_from_slice(&length);
        message.extend_from_slice(&tbs);
        let length = u16::try_from(self.extensions.len()).map_err(|_| SctError::Format)?;
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(&self.extensions);
        Ok(message)
    }
}

/// The signed part of a certificate without the extension that has the promises (RFC 6962
/// section 3.2). Everything else stays as it is, byte by byte.
fn without_scts(tbs: &[u8]) -> Result<Vec<u8>, DerError> {
    let mut fields = Reader::new(tbs).sequence()?;
    let mut content = Vec::new();
    while !fields.is_empty() {
        let field = fields.next()?;
        if field.tag != der::context(3) {
            content.extend_from_slice(field.raw);
            continue;
        }
        let mut extensions = field.inside().sequence()?;
        let mut kept = Vec::new();
        while !extensions.is_empty() {
            let extension = extensions.next()?;
            if extension.inside().take(der::OID)?.content != SCT_LIST {
                kept.extend_from_slice(extension.raw);
            }
        }
        let kept = der::wrap(der::SEQUENCE, &kept);
        content.extend_from_slice(&der::wrap(der::context(3), &kept));
    }
    Ok(der::wrap(der::SEQUENCE, &content))
}

/// Reads the presentation language of TLS (RFC 8446 section 3).
struct Tls<'a>(&'a [u8]);

impl<'a> Tls<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A vector with a length of two bytes.
    fn vector(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        self.take(usize::from(length))
    }
}
