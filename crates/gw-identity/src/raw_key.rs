//! Public keys that are given as numbers, as JSON Web Keys and COSE keys give them.
//!
//! They are put into a SubjectPublicKeyInfo, so that one implementation decides which keys are
//! sound: `gw_attest`'s, which checks that points are on their curve and how long an RSA key is.

use gw_attest::PublicKey;

/// A curve of NIST (FIPS 186-5) with the form of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The length of a coordinate, and of each half of a signature, in bytes.
    pub(crate) const fn coordinate(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// All of a SubjectPublicKeyInfo that comes before the coordinates (RFC 5480): both sequences,
    /// the algorithm, and the head of an uncompressed point.
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::P256 => &[
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
            ],
            Self::P384 => &[
                0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
            ],
            Self::P521 => &[
                0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04,
            ],
        }
    }
}

/// The key of a point. None if the coordinates are not of full length or the point is not on the
/// curve.
pub(crate) fn elliptic(curve: Curve, x: &[u8], y: &[u8]) -> Option<PublicKey> {
    let length = curve.coordinate();
    if x.len() != length || y.len() != length {
        return None;
    }
    let info = [curve.prefix(), x, y].concat();
    PublicKey::from_spki(&info).ok()
}

/// The Ed25519 key of 32 bytes.
pub(crate) fn ed25519(bytes: &[u8]) -> Option<PublicKey> {
    PublicKey::from_ed25519_bytes(bytes.try_into().ok()?).ok()
}

/// The RSA key of a modulus and an exponent, both big-endian. None if the key is shorter than 2048
/// bits, longer than 8192, or of an exponent that nobody uses.
pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<PublicKey> {
    // The algorithm rsaEncryption with its NULL (RFC 3279 section 2.3.1).
    const ALGORITHM: &[u8] = &[
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    if modulus.len() > 1025 || exponent.len() > 8 {
        return None;
    }
    let numbers = der(0x30, &[unsigned(modulus), unsigned(exponent)].concat());
    let key = der(0x03, &[&[0], numbers.as_slice()].concat());
    let info = der(0x30, &[ALGORITHM, &key].concat());
    PublicKey::from_spki(&info).ok()
}

/// An ECDSA signature in DER (RFC 3279 section 2.2.3) from its two halves side by side, as JWS has
/// it (RFC 7518 section 3.4). None if it is not exactly two halves long.
pub(crate) fn ecdsa_der(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    let length = curve.coordinate();
    let (r, s) = signature.split_at_checked(length)?;
    (s.len() == length).then(|| der(0x30, &[unsigned(r), unsigned(s)].concat()))
}

/// A non-negative INTEGER in its shortest form.
fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    let mut content = Vec::with_capacity(digits.len() + 1);
    if digits.first().is_none_or(|first| first & 0x80 != 0) {
        content.push(0);
    }
    content.extend_from_slice(digits);
    der(0x02, &content)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let short = length.iter().skip_while(|byte| **byte == 0);
    match (content.len(), u8::try_from(short.clone().count())) {
        (..0x80, _) => out.extend(length.last()),
        (_, Ok(count)) => {
            out.push(0x80 | count);
            out.extend(short);
        }
        // A length has eight bytes at most.
        (_, Err(_)) => {}
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_shortest() {
        for (bytes, expected) in [
            (&[][..], &[2, 1, 0][..]),
            (&[0, 0], &[2, 1, 0]),
            (&[0, 0x7f], &[2, 1, 0x7f]),
            (&[0x80], &[2, 2, 0, 0x80]),
            (&[1, 0], &[2, 2, 1, 0]),
        ] {
            assert_eq!(unsigned(bytes), expected);
        }
        assert_eq!(der(4, &[0; 0x7f])[..2], [4, 0x7f]);
        assert_eq!(der(4, &[0; 0x80])[..3], [4, 0x81, 0x80]);
        assert_eq!(der(4, &[0; 0x1234])[..4], [4, 0x82, 0x12, 0x34]);
    }

    #[test]
    fn points_and_moduli_are_checked() {
        // The key of RFC 6979 appendix A.2.5.
        let x = hex::decode("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
        let y = hex::decode("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
        let (x, mut y) = (x.unwrap(), y.unwrap());
        assert_eq!(elliptic(Curve::P256, &x, &y).unwrap().kind(), "ECDSA P-256");
        assert!(elliptic(Curve::P256, &x, &y[1..]).is_none());
        assert!(elliptic(Curve::P384, &x, &y).is_none());
        y[31] ^= 1;
        assert!(elliptic(Curve::P256, &x, &y).is_none());
        assert!(rsa(&[0xff; 256], &[1, 0, 1]).is_some());
        assert!(rsa(&[0xff; 255], &[1, 0, 1]).is_none());
        assert!(rsa(&[0xff; 256], &[2]).is_none());
        assert!(rsa(&[0xff; 256], &[1]).is_none());
        assert!(rsa(&[], &[]).is_none());
        assert!(ed25519(&[0; 31]).is_none());
    }
}
