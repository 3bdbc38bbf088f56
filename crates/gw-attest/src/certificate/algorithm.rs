use crate::der::{self, Element};
use crate::scheme::{Scheme, Sha2};

/// ecdsa-with-SHA2, 1.2.840.10045.4.3.x (RFC 5758 section 3.2).
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
/// PKCS #1, 1.2.840.113549.1.1.x (RFC 8017 appendix A).
const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// id-Ed25519, 1.3.101.112 (RFC 8410 section 3).
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// id-mgf1, the eighth of PKCS #1.
const MGF1: u8 = 8;

/// The scheme of a signature's AlgorithmIdentifier; nothing if it is one that we do not accept.
pub(crate) fn scheme(algorithm: &Element<'_>) -> Option<Scheme> {
    let mut fields = algorithm.inside();
    let oid = fields.take(der::OID).ok()?.content;
    if oid == ED25519 {
        return fields.is_empty().then_some(Scheme::Ed25519);
    }
    if let Some([last]) = oid.strip_prefix(ECDSA) {
        let hash = match last {
            2 => Sha2::Sha256,
            3 => Sha2::Sha384,
            4 => Sha2::Sha512,
            _ => return None,
        };
        return fields.is_empty().then_some(Scheme::Ecdsa(hash));
    }
    match oid.strip_prefix(PKCS1)? {
        [10] => pss(&fields.take(der::SEQUENCE).ok()?).map(Scheme::RsaPss),
        [11] => Some(Scheme::RsaPkcs1(Sha2::Sha256)),
        [12] => Some(Scheme::RsaPkcs1(Sha2::Sha384)),
        [13] => Some(Scheme::RsaPkcs1(Sha2::Sha512)),
        _ => None,
    }
}

/// RSASSA-PSS-params (RFC 4055 section 3.1). The hash must be named, since the default is SHA-1;
/// the mask must be made with the same one and the salt be as long, as everybody has it.
fn pss(parameters: &Element<'_>) -> Option<Sha2> {
    let mut fields = parameters.inside();
    let hash = hash_of(&fields.take(der::context(0)).ok()?)?;
    let mut mask = fields
        .take(der::context(1))
        .ok()?
        .inside()
        .sequence()
        .ok()?;
    if mask.take(der::OID).ok()?.content.strip_prefix(PKCS1)? != [MGF1] {
        return None;
    }
    if Sha2::of_oid(mask.sequence().ok()?.take(der::OID).ok()?.content)? != hash {
        return None;
    }
    let salt = fields.take(der::context(2)).ok()?;
    let salt = salt.inside().take(der::INTEGER).ok()?.small().ok()?;
    (salt == u32::from(hash.length())).then_some(hash)
}

/// The hash that an AlgorithmIdentifier inside of `element` names.
fn hash_of(element: &Element<'_>) -> Option<Sha2> {
    let mut algorithm = element.inside().sequence().ok()?;
    Sha2::of_oid(algorithm.take(der::OID).ok()?.content)
}
