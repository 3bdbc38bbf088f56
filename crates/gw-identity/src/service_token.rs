//! The text of a service token: `gwt_`, 43 random characters, six of a checksum.
//!
//! The prefix and the checksum are for scanners of secrets, which can tell a token that leaked from
//! text that only looks like one, without asking us: `gwt_[0-9A-Za-z]{49}`, where the last six are
//! the CRC-32 of all before them in base 62, as other vendors' tokens have it.

use std::fmt;

use gw_core::Digest;
use zeroize::Zeroizing;

use crate::random::RandomnessError;

/// What every token begins with.
pub const PREFIX: &str = "gwt_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is just over 2^256.
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;

/// A token.
#[derive(Clone)]
pub struct ServiceToken(Zeroizing<String>);

/// Text that is no token, or a token that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Another prefix, length or alphabet, or a checksum that is wrong.
    #[error(
        "not a service token: expected `{PREFIX}` and 49 letters and digits with their checksum"
    )]
    Form,
    /// No scopes or no assets.
    #[error("a token needs at least one scope and one asset or pattern")]
    Nothing,
    /// An end that is not within a year.
    #[error("a token must expire within {0} days")]
    Expiry(i64),
}

impl ServiceToken {
    /// A new one.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn generate() -> Result<Self, RandomnessError> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + RANDOM + CHECKSUM));
        text.push_str(PREFIX);
        let mut bytes = Zeroizing::new([0; 64]);
        while text.len() < PREFIX.len() + RANDOM {
            getrandom::fill(bytes.as_mut_slice()).map_err(|_| RandomnessError)?;
            // Bytes from 248 on would make the first eight characters more likely.
            let characters = bytes
                .iter()
                .filter(|byte| **byte < 248)
                .filter_map(|byte| ALPHABET.get(usize::from(byte % 62)));
            let missing = PREFIX.len() + RANDOM - text.len();
            for character in characters.take(missing) {
                text.push(char::from(*character));
            }
        }
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Ok(Self(text))
    }

    /// A token that a request brought. What is no token costs no question to the store.
    ///
    /// # Errors
    /// [`TokenError::Form`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let rest = text.strip_prefix(PREFIX).ok_or(TokenError::Form)?;
        let good =
            rest.len() == RANDOM + CHECKSUM && rest.bytes().all(|b| b.is_ascii_alphanumeric());
        let (before, given) = text
            .split_at_checked(PREFIX.len() + RANDOM)
            .ok_or(TokenError::Form)?;
        if good && checksum(before) == given {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(TokenError::Form)
        }
    }

    /// The token itself, which is shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. With 256 random bits nothing slower than SHA-256 is needed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceToken")
    }
}

fn checksum(text: &str) -> String {
    let mut number = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        // A remainder of 62 is within the alphabet.
        let at = usize::try_from(number % 62).unwrap_or_default();
        *digit = ALPHABET.get(at).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_from_what_looks_like_them() {
        let token = ServiceToken::generate().unwrap();
        let text = token.expose();
        assert_eq!(text.len(), 53);
        assert_eq!(ServiceToken::parse(text).unwrap().digest(), token.digest());
        assert_eq!(format!("{token:?}"), "ServiceToken");
        for at in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(ServiceToken::parse(&changed).is_err(), "{at}");
        }
        for bad in [
            "",
            "gwt_",
            &text[1..],
            &text[..52],
            &format!("{text}0"),
            &format!("gwt_{}", "ä".repeat(24)),
        ] {
            assert!(ServiceToken::parse(bad).is_err(), "{bad}");
        }
        assert_ne!(ServiceToken::generate().unwrap().digest(), token.digest());
    }

    #[test]
    fn checksums_are_crc_32_in_base_62() {
        // CRC-32 of "123456789" is 0xcbf43926, the check value of its parameters.
        let mut number = 0xcbf4_3926_u32;
        let mut expected = String::new();
        for _ in 0..6 {
            expected.insert(0, char::from(ALPHABET[(number % 62) as usize]));
            number /= 62;
        }
        assert_eq!(checksum("123456789"), expected);
    }
}
