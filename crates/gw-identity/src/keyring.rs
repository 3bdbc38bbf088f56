use std::fmt;

use gw_core::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::encoding;
use crate::random::{RandomnessError, random, random_id};

/// The keys of what we derive and hand out: tokens against forged requests, nonces and verifiers of
/// sign-ins. Two are valid at a time, so that a rotation ends nothing that is under way: the current
/// one makes, both verify. Rotating twice makes everything void that the first key made.
///
/// A `KeyRing` is kept as one file that only the server reads; all processes of one installation
/// need the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRing {
    current: Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Key>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: String,
    made_at: Time,
    #[serde(with = "encoding::as_text")]
    secret: Zeroizing<Vec<u8>>,
}

/// A stored key ring that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// Not JSON of the right shape.
    #[error("not a key ring: {0}")]
    Shape(String),
    /// A key of another length than 32 bytes, or one key twice.
    #[error("not a key ring: expected one or two different keys of 32 bytes")]
    Keys,
}

impl Key {
    fn generate(now: Time) -> Result<Self, RandomnessError> {
        Ok(Self {
            id: random_id("k-")?,
            made_at: now,
            secret: random()?.to_vec().into(),
        })
    }

    fn mac(&self, purpose: &str, data: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        for field in std::iter::once(purpose.as_bytes()).chain(data.iter().copied()) {
            mac.update(&u64::try_from(field.len()).ok()?.to_be_bytes());
            mac.update(field);
        }
        Some(mac)
    }
}

impl KeyRing {
    /// A ring with one new key.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn generate(now: Time) -> Result<Self, RandomnessError> {
        Ok(Self {
            current: Key::generate(now)?,
            previous: None,
        })
    }

    /// The ring after a rotation: a new key, and the one that was current until now.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn rotate(&self, now: Time) -> Result<Self, RandomnessError> {
        Ok(Self {
            current: Key::generate(now)?,
            previous: Some(self.current.clone()),
        })
    }

    /// Reads a ring as [`KeyRing::to_json`] wrote it.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub fn from_json(json: &[u8]) -> Result<Self, KeyRingError> {
        let ring: Self =
            serde_json::from_slice(json).map_err(|e| KeyRingError::Shape(e.to_string()))?;
        let sound = ring.keys().all(|key| key.secret.len() == 32)
            && ring
                .previous
                .as_ref()
                .is_none_or(|old| old.secret != ring.current.secret && old.id != ring.current.id);
        sound.then_some(ring).ok_or(KeyRingError::Keys)
    }

    /// The ring with its secrets, to be kept where only the server reads.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        // Text and numbers can always be written.
        Zeroizing::new(serde_json::to_string(self).unwrap_or_default())
    }

    /// The id of the key that makes.
    #[must_use]
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    /// When that key was made, to see when a rotation is due.
    #[must_use]
    pub fn made_at(&self) -> Time {
        self.current.made_at
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// HMAC-SHA-256 with the current key, over a purpose and fields, each with its length before it.
    pub(crate) fn make(&self, purpose: &str, data: &[&[u8]]) -> [u8; 32] {
        tag(&self.current, purpose, data)
    }

    /// The same with a key of this id, if it is still valid.
    pub(crate) fn make_with(&self, id: &str, purpose: &str, data: &[&[u8]]) -> Option<[u8; 32]> {
        let key = self.keys().find(|key| key.id == id)?;
        Some(tag(key, purpose, data))
    }

    /// Whether a valid key made this; compared in constant time.
    pub(crate) fn verifies(&self, purpose: &str, data: &[&[u8]], given: &[u8]) -> bool {
        self.keys().any(|key| {
            key.mac(purpose, data)
                .is_some_and(|mac| mac.verify_slice(given).is_ok())
        })
    }
}

fn tag(key: &Key, purpose: &str, data: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length.
    key.mac(purpose, data)
        .map(|mac| mac.finalize().into_bytes().into())
        .unwrap_or_default()
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys().map(|key| &key.id))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use gw_core::parse_time;

    use super::*;

    /// The drill: what is out before a rotation stays good after it, and not after the next one.
    #[test]
    fn two_keys_are_valid_at_a_time() {
        let now = parse_time("2026-11-25").unwrap();
        let first = KeyRing::generate(now).unwrap();
        let tag = first.make("csrf", &[b"session"]);
        let second = first.rotate(now).unwrap();
        let third = second.rotate(now).unwrap();
        for (ring, good) in [(&first, true), (&second, true), (&third, false)] {
            assert_eq!(ring.verifies("csrf", &[b"session"], &tag), good);
            let made = ring.make_with(first.current_id(), "csrf", &[b"session"]);
            assert_eq!(made, good.then_some(tag));
        }
        let new = second.make("csrf", &[b"session"]);
        assert_ne!(new, tag);
        assert!(third.verifies("csrf", &[b"session"], &new));
        assert!(!first.verifies("csrf", &[b"session"], &new));
        for (purpose, data) in [
            ("other", vec![&b"session"[..]]),
            ("csrf", vec![b"sessions"]),
            ("csrf", vec![b"sess", b"ion"]),
            ("csrf", vec![]),
        ] {
            assert!(!first.verifies(purpose, &data, &tag));
        }
        assert!(!first.verifies("csrf", &[b"session"], &tag[..31]));
        assert!(!first.verifies("csrf", &[b"session"], &[]));
    }

    #[test]
    fn rings_are_read_as_they_were_written() {
        let now = parse_time("2026-11-25").unwrap();
        let ring = KeyRing::generate(now).unwrap().rotate(now).unwrap();
        let json = ring.to_json();
        assert_eq!(KeyRing::from_json(json.as_bytes()).unwrap(), ring);
        let shown = format!("{ring:?}");
        assert!(!shown.contains("secret") && shown.contains("k-"), "{shown}");
        for bad in [
            "{}",
            r#"{"current":{"id":"a","made_at":"2026-11-25T00:00:00Z","secret":"AAAA"}}"#,
        ] {
            assert!(KeyRing::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
        let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
        value["previous"] = value["current"].clone();
        let twice = KeyRing::from_json(value.to_string().as_bytes());
        assert_eq!(twice, Err(KeyRingError::Keys));
    }
}
