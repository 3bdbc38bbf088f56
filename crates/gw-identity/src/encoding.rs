//! Base64url without padding (RFC 4648 section 5), in its one form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Text of bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes of text. None for padding, other alphabets, and bits that stand for nothing.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// For `#[serde(with)]`: bytes as base64url.
pub(crate) mod as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::encode(bytes))
    }

    pub(crate) fn deserialize<'de, D, B>(from: D) -> Result<B, D::Error>
    where
        D: Deserializer<'de>,
        B: From<Vec<u8>>,
    {
        let text = String::deserialize(from)?;
        let bytes = super::decode(&text).map(B::from);
        bytes.ok_or_else(|| D::Error::custom("expected base64url without padding"))
    }
}

/// For `#[serde(with)]`: bytes as base64url, or nothing.
pub(crate) mod as_optional_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&super::encode(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else {
            return Ok(None);
        };
        let bytes = super::decode(&text);
        bytes
            .map(Some)
            .ok_or_else(|| D::Error::custom("expected base64url without padding"))
    }
}
