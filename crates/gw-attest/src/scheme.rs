use sha2::Digest as _;

/// A hash function of the SHA-2 family (FIPS 180-4) that signatures are made over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sha2 {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Sha2 {
    /// The digest of a message: 32, 48 or 64 bytes.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }

    /// The hash with this object identifier, given as the content of its DER encoding
    /// (RFC 5758 section 2).
    pub(crate) fn of_oid(oid: &[u8]) -> Option<Self> {
        match oid {
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last] => match last {
                1 => Some(Self::Sha256),
                2 => Some(Self::Sha384),
                3 => Some(Self::Sha512),
                _ => None,
            },
            _ => None,
        }
    }

    /// The last byte of its object identifier.
    pub(crate) fn oid_end(self) -> u8 {
        match self {
            Self::Sha256 => 1,
            Self::Sha384 => 2,
            Self::Sha512 => 3,
        }
    }

    /// The digest's length in bytes.
    #[must_use]
    pub(crate) const fn length(self) -> u8 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// How a signature is made. SHA-1 and MD5 are no part of it, so that what they sign is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA with a signature in DER (RFC 3279 section 2.2.3, RFC 5758 section 3.2).
    Ecdsa(Sha2),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    RsaPkcs1(Sha2),
    /// RSASSA-PSS (RFC 8017 section 8.1), with MGF1 over the same hash and a salt of its length.
    RsaPss(Sha2),
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl Scheme {
    /// The hash function that makes the digest that is signed; none for Ed25519, which signs
    /// messages whole.
    #[must_use]
    pub const fn hash(self) -> Option<Sha2> {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss(hash) => Some(hash),
            Self::Ed25519 => None,
        }
    }
}
