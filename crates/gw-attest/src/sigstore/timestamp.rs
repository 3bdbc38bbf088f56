//! Time stamps (RFC 3161), in the envelope of RFC 5652.

use gw_core::Time;

use super::trusted_root::Authority;
use crate::certificate::{Certificate, ChainError, Purpose, generalized, scheme, verify_chain};
use crate::der::{self, DerError, Element, Reader};
use crate::scheme::{Scheme, Sha2};

/// Longer time stamps are refused.
const MAX_LEN: usize = 256 << 10;
/// More certificates of one time stamp are not looked at.
const MAX_CERTIFICATES: usize = 8;

/// id-signedData, 1.2.840.113549.1.7.2 (RFC 5652 section 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4 (RFC 3161 section 2.4.2).
const TST_INFO: &[u8] = &[
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
];
/// id-contentType and id-messageDigest, 1.2.840.113549.1.9.3 and .4 (RFC 5652 section 11).
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// id-aa-signingCertificateV2, 1.2.840.113549.1.9.16.2.47 (RFC 5035 section 3).
const SIGNING_CERTIFICATE: &[u8] = &[
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f,
];
/// rsaEncryption, which stands for PKCS #1 v1.5 with the hash that is named beside it.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// A time stamp that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not DER, or not a time stamp.
    #[error("the time stamp cannot be read: {0}")]
    Der(#[from] DerError),
    /// Something in it is not what the format has there.
    #[error("the time stamp cannot be read: {0}")]
    Format(&'static str),
    /// The authority refused to make one.
    #[error("the authority granted no time stamp")]
    NotGranted,
    /// It is of something else.
    #[error("the time stamp is of something else")]
    Message,
    /// No trusted authority made it.
    #[error("no trusted authority made the time stamp")]
    Authority,
    /// The authority's certificate does not lead to its root.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// Verifies a `TimeStampResp` over `message`, and returns when one of `authorities` made it.
///
/// # Errors
/// [`TimestampError`].
pub fn verify_timestamp(
    response: &[u8],
    message: &[u8],
    authorities: &[Authority],
) -> Result<Time, TimestampError> {
    if response.len() > MAX_LEN {
        return Err(TimestampError::Format("it is too long"));
    }
    let token = Token::read(response)?;
    let time = token.check_info(message)?;
    let mut error = TimestampError::Authority;
    for authority in authorities.iter().filter(|a| a.valid.contains(time)) {
        let Some((root, between)) = authority.chain.split_last() else {
            continue;
        };
        let candidates = authority.chain.iter().chain(&token.certificates);
        for signer in candidates.filter(|signer| token.is_signed_by(signer)) {
            let anchors = std::slice::from_ref(root);
            match verify_chain(signer, between, anchors, time, Purpose::TimeStamp) {
                Ok(_) => return Ok(time),
                Err(why) => error = why.into(),
            }
        }
    }
    Err(error)
}

struct Token<'a> {
    /// TSTInfo in DER.
    info: &'a [u8],
    certificates: Vec<Certificate>,
    /// The signed attributes as a SET, which is what the signature is over.
    attributes: Vec<u8>,
    /// The digest of the signer's certificate, if the attributes name it.
    signer: Option<(Sha2, &'a [u8])>,
    scheme: Scheme,
    signature: &'a [u8],
}

impl<'a> Token<'a> {
    /// Reads a response, and checks that its signed attributes belong to its content.
    fn read(response: &'a [u8]) -> Result<Self, TimestampError> {
        let mut outer = Reader::new(response);
        let mut fields = outer.sequence()?;
        outer.finish()?;
        // granted or grantedWithMods.
        if fields.sequence()?.take(der::INTEGER)?.small()? > 1 {
            return Err(TimestampError::NotGranted);
        }
        let mut content = fields.sequence()?;
        fields.finish()?;
        if content.take(der::OID)?.content != SIGNED_DATA {
            return Err(TimestampError::Format("it is no signed data"));
        }
        let mut data = content.take(der::context(0))?.inside().sequence()?;
        data.take(der::INTEGER)?;
        data.take(der::SET)?;
        let mut encapsulated = data.sequence()?;
        if encapsulated.take(der::OID)?.content != TST_INFO {
            return Err(TimestampError::Format("its content is no time stamp"));
        }
        let info = encapsulated
            .take(der::context(0))?
            .inside()
            .take(der::OCTET_STRING)?
            .content;
        let certificates = match data.optional(der::context(0))? {
            Some(list) => certificates(&list)?,
            None => Vec::new(),
        };
        data.optional(der::context(1))?;
        let mut signers = data.take(der::SET)?.inside();
        data.finish()?;
        let mut signer = signers.sequence()?;
        signers
            .finish()
            .map_err(|_| TimestampError::Format("it has several signers"))?;

        signer.take(der::INTEGER)?;
        signer.next()?;
        let hash = Sha2::of_oid(signer.sequence()?.take(der::OID)?.content)
            .ok_or(TimestampError::Format("its hash function is not accepted"))?;
        let attributes = signer.take(der::context(0))?;
        let algorithm = signer.take(der::SEQUENCE)?;
        let signature = signer.take(der::OCTET_STRING)?.content;
        let named = check_attributes(&attributes, &hash.digest(info))?;
        let is_rsa = algorithm.inside().take(der::OID)?.content == RSA_ENCRYPTION;
        let scheme = if is_rsa {
            Some(Scheme::RsaPkcs1(hash))
        } else {
            scheme(&algorithm)
        };
        Ok(Self {
            info,
            certificates,
            attributes: der::wrap(der::SET, attributes.content),
            signer: named,
            scheme: scheme.ok_or(TimestampError::Format(
                "its signature algorithm is not accepted",
            ))?,
            signature,
        })
    }

    /// Checks that it is of this message, and returns when it was made.
    fn check_info(&self, message: &[u8]) -> Result<Time, TimestampError> {
        let mut outer = Reader::new(self.info);
        let mut info = outer.sequence()?;
        outer.finish()?;
        if info.take(der::INTEGER)?.small()? != 1 {
            return Err(TimestampError::Format("it is of another version than 1"));
        }
        info.take(der::OID)?;
        let mut imprint = info.sequence()?;
        let hash = Sha2::of_oid(imprint.sequence()?.take(der::OID)?.content)
            .ok_or(TimestampError::Format("its hash function is not accepted"))?;
        if imprint.take(der::OCTET_STRING)?.content != hash.digest(message) {
            return Err(TimestampError::Message);
        }
        info.take(der::INTEGER)?;
        let time = info.take(der::GENERALIZED_TIME)?;
        // Accuracy, order, nonce and name follow, of which nothing depends: what was asked of the
        // authority is not known here. Only what must be understood counts.
        while !info.is_empty() {
            let field = info.next()?;
            if field.tag == der::context(1) && has_critical(&field)? {
                return Err(TimestampError::Format(
                    "it has a critical extension, which is not known",
                ));
            }
        }
        std::str::from_utf8(time.content)
            .ok()
            .and_then(generalized)
            .ok_or(TimestampError::Format("its time is none"))
    }

    fn is_signed_by(&self, signer: &Certificate) -> bool {
        let is_named = self
            .signer
            .is_none_or(|(hash, digest)| hash.digest(signer.der()) == digest);
        is_named
            && signer.public_key().is_ok_and(|key| {
                key.verify_as(self.scheme, &self.attributes, self.signature)
                    .is_ok()
            })
    }
}

/// Whether one of several extensions must be understood (RFC 5280 section 4.1).
fn has_critical(extensions: &Element<'_>) -> Result<bool, DerError> {
    let mut list = extensions.inside();
    while !list.is_empty() {
        let mut extension = list.sequence()?;
        extension.take(der::OID)?;
        if let Some(critical) = extension.optional(der::BOOLEAN)?
            && critical.boolean()?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn certificates(list: &Element<'_>) -> Result<Vec<Certificate>, TimestampError> {
    let mut list = list.inside();
    let mut certificates = Vec::new();
    while !list.is_empty() && certificates.len() < MAX_CERTIFICATES {
        let certificate = list.next()?;
        // Other sorts of certificates may be there, which are of no use.
        if let Ok(certificate) = Certificate::from_der(certificate.raw) {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

/// The attributes must say what the content is and have its digest (RFC 5652 section 5.4). The
/// digest of the signer's certificate is returned, if they name it.
fn check_attributes<'a>(
    attributes: &Element<'a>,
    digest: &[u8],
) -> Result<Option<(Sha2, &'a [u8])>, TimestampError> {
    let mut list = attributes.inside();
    let (mut typed, mut digested, mut signer) = (false, false, None);
    while !list.is_empty() {
        let mut attribute = list.sequence()?;
        let oid = attribute.take(der::OID)?.content;
        let mut values = attribute.take(der::SET)?.inside();
        if oid == CONTENT_TYPE {
            typed = values.take(der::OID)?.content == TST_INFO;
        } else if oid == MESSAGE_DIGEST {
            digested = values.take(der::OCTET_STRING)?.content == digest;
        } else if oid == SIGNING_CERTIFICATE {
            signer = Some(named_signer(&mut values)?);
        }
    }
    if typed && digested {
        Ok(signer)
    } else {
        Err(TimestampError::Format(
            "its signed attributes are of another content",
        ))
    }
}

/// The first ESSCertIDv2, which names the signer (RFC 5035 section 4). SHA-256 is the default.
fn named_signer<'a>(values: &mut Reader<'a>) -> Result<(Sha2, &'a [u8]), TimestampError> {
    let mut first = values.sequence()?.sequence()?.sequence()?;
    let hash = match first.optional(der::SEQUENCE)? {
        None => Sha2::Sha256,
        Some(algorithm) => Sha2::of_oid(algorithm.inside().take(der::OID)?.content).ok_or(
            TimestampError::Format("its signer is named with a hash function that is not accepted"),
        )?,
    };
    Ok((hash, first.take(der::OCTET_STRING)?.content))
}
