use super::WebauthnError;
use super::cbor::Cbor;
use super::cose::CoseKey;

/// What an authenticator says about one use of itself (section 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// SHA-256 of the relying party's id.
    pub rp_id_hash: [u8; 32],
    /// What it did.
    pub flags: Flags,
    /// How often the credential was used; 0 where the authenticator does not count.
    pub sign_count: u32,
    /// The new credential, at registration.
    pub credential: Option<AttestedCredential>,
}

/// The flags (section 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// A person was there.
    #[must_use]
    pub const fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The person was verified.
    #[must_use]
    pub const fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The credential may be copied to other devices of its owner.
    #[must_use]
    pub const fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The credential is copied.
    #[must_use]
    pub const fn backed_up(self) -> bool {
        self.0 & 0x10 != 0
    }

    const fn has_credential(self) -> bool {
        self.0 & 0x40 != 0
    }

    const fn has_extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// A new credential (section 6.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedCredential {
    /// The model of the authenticator, or zeros.
    pub aaguid: [u8; 16],
    /// The credential's id.
    pub id: Vec<u8>,
    /// Its key.
    pub key: CoseKey,
    /// Its key, as it was written.
    pub key_bytes: Vec<u8>,
}

/// The specification's limit for ids of credentials.
const MAX_ID: usize = 1023;

impl AuthenticatorData {
    /// Reads authenticator data that is all of `bytes`.
    ///
    /// # Errors
    /// [`WebauthnError`] if it is not of the right form, or has a key of an algorithm that we do
    /// not ask for.
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        let wrong = |detail: &str| WebauthnError::malformed("authenticator data", detail);
        let short = || wrong("it ends too early");
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or_else(short)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or_else(short)?;
        let (count, mut rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
        let flags = Flags(*flags);
        // What is not copied yet may be eligible; what is not eligible cannot be copied.
        if flags.backed_up() && !flags.backup_eligible() {
            return Err(WebauthnError::Flags);
        }
        let credential = if flags.has_credential() {
            let (aaguid, after) = rest.split_first_chunk::<16>().ok_or_else(short)?;
            let (length, after) = after.split_first_chunk::<2>().ok_or_else(short)?;
            let length = usize::from(u16::from_be_bytes(*length));
            if !(1..=MAX_ID).contains(&length) {
                return Err(wrong(
                    "the credential's id is empty or longer than 1023 bytes",
                ));
            }
            let (id, after) = after.split_at_checked(length).ok_or_else(short)?;
            let (value, length) = Cbor::parse_first(after)
                .map_err(|error| WebauthnError::malformed("credential's key", error))?;
            let (key_bytes, after) = after.split_at_checked(length).ok_or_else(short)?;
            rest = after;
            Some(AttestedCredential {
                aaguid: *aaguid,
                id: id.to_vec(),
                key: CoseKey::of(&value)?,
                key_bytes: key_bytes.to_vec(),
            })
        } else {
            None
        };
        if flags.has_extensions() {
            let extensions = Cbor::parse(rest)
                .map_err(|error| WebauthnError::malformed("extension data", error))?;
            if !matches!(extensions, Cbor::Map(_)) {
                return Err(wrong("its extensions are no map"));
            }
        } else if !rest.is_empty() {
            return Err(wrong("bytes are left over"));
        }
        Ok(Self {
            rp_id_hash: *rp_id_hash,
            flags,
            sign_count: u32::from_be_bytes(*count),
            credential,
        })
    }
}
