//! How protocol buffers are written as JSON: bytes in base64, 64-bit integers as text.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, Serializer};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD_BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_BASE64: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Bytes from base64 in either alphabet, padded or not, as readers of protocol buffers must take
/// it.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_BASE64
        .decode(text)
        .or_else(|_| URL_BASE64.decode(text))
        .ok()
}

/// Bytes as base64.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD_BASE64.encode(bytes)
}

/// A field of bytes.
pub(crate) mod bytes {
    use super::{Deserialize as _, Deserializer, Serializer, from_base64, to_base64};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_base64(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        from_base64(&text).ok_or_else(|| serde::de::Error::custom("expected base64"))
    }
}

/// A field of several byte strings.
pub(crate) mod many_bytes {
    use super::{Deserialize as _, Deserializer, Serializer, from_base64, to_base64};

    pub(crate) fn serialize<S: Serializer>(
        items: &[Vec<u8>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(items.iter().map(|bytes| to_base64(bytes)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| {
                from_base64(text).ok_or_else(|| serde::de::Error::custom("expected base64"))
            })
            .collect()
    }
}

/// A field of a 64-bit integer that is not negative, as text or as a number.
pub(crate) mod integer {
    use super::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }

    pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(number),
            Either::Text(text) => text
                .parse()
                .map_err(|_| serde::de::Error::custom("expected a whole number")),
        }
    }
}
