use std::collections::BTreeMap;

use gw_core::Time;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

/// How far two clocks may be apart, in seconds.
const SKEW: i64 = 60;

/// For whom a token was made: one name or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// The names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// What a token says, once its signature is verified (RFC 7519 section 4.1, OpenID Connect Core
/// section 2).
#[derive(Debug, Clone, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whom it is about, in the issuer's words: unique and never given to another.
    pub sub: String,
    /// For whom.
    pub aud: Audience,
    /// From when on it is void, in seconds since 1970.
    #[serde(deserialize_with = "seconds")]
    pub exp: i64,
    /// When it was made.
    #[serde(deserialize_with = "seconds")]
    pub iat: i64,
    /// Before when it is void.
    #[serde(default, deserialize_with = "optional_seconds")]
    pub nbf: Option<i64>,
    /// To which party it was given, if that is not the audience alone.
    #[serde(default)]
    pub azp: Option<String>,
    /// What the asking party sent along.
    #[serde(default)]
    pub nonce: Option<String>,
    /// All that it says beside these.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'e> {
    /// Its issuer, compared letter by letter.
    pub issuer: &'e str,
    /// Who we are to the issuer.
    pub audience: &'e str,
    /// The nonce that was sent, if one was.
    pub nonce: Option<&'e str>,
    /// How old it may be, in seconds, whatever its `exp` says.
    pub max_age: i64,
}

/// Why a token that is signed does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Not JSON of the right shape.
    #[error("the token's claims are not understood: {0}")]
    Shape(String),
    /// Another issuer.
    #[error("the token is from another issuer")]
    Issuer,
    /// Another audience, or given to another party.
    #[error("the token is for another audience")]
    Audience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come, or it says that it was made later than now.
    #[error("the token is not valid yet")]
    NotYet,
    /// Not an answer to what was asked.
    #[error("the token's nonce is not the one that was sent")]
    Nonce,
    /// A subject that is empty or longer than 255 bytes.
    #[error("the token's subject is empty or too long")]
    Subject,
}

impl Claims {
    /// Reads what was signed and checks it.
    ///
    /// # Errors
    /// [`ClaimError`] with the first thing that is not as expected.
    pub fn check(payload: &[u8], expected: &Expected<'_>, now: Time) -> Result<Self, ClaimError> {
        let claims: Self = serde_json::from_slice(payload)
            .map_err(|error| ClaimError::Shape(error.to_string()))?;
        if claims.iss != expected.issuer {
            return Err(ClaimError::Issuer);
        }
        let names = claims.aud.names();
        let ours = |name: &String| name == expected.audience;
        // With several audiences, `azp` says which of them may use it (OpenID Connect Core,
        // section 3.1.3.7, 4 and 5).
        let azp = match &claims.azp {
            Some(azp) => ours(azp),
            None => names.len() == 1,
        };
        if !names.iter().any(ours) || !azp {
            return Err(ClaimError::Audience);
        }
        let now = now.as_second();
        if claims.exp.saturating_add(SKEW) <= now
            || claims.iat.saturating_add(expected.max_age) < now
        {
            return Err(ClaimError::Expired);
        }
        let early = |time: i64| time.saturating_sub(SKEW) > now;
        if early(claims.iat) || claims.nbf.is_some_and(early) || claims.exp < claims.iat {
            return Err(ClaimError::NotYet);
        }
        if let Some(sent) = expected.nonce {
            let given = claims.nonce.as_deref().unwrap_or_default();
            if !bool::from(given.as_bytes().ct_eq(sent.as_bytes())) {
                return Err(ClaimError::Nonce);
            }
        }
        if !matches!(claims.sub.len(), 1..=255) {
            return Err(ClaimError::Subject);
        }
        Ok(claims)
    }

    /// A claim that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match name {
            "iss" => Some(&self.iss),
            "sub" => Some(&self.sub),
            _ => self.other.get(name).and_then(Value::as_str),
        }
    }

    /// A claim that is one text or several.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        match self.other.get(name) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// A number of seconds; some issuers write fractions.
fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    use serde::de::Error as _;
    let number = serde_json::Number::deserialize(from)?;
    // Beyond this, a floating point number is no longer exact, and no clock has such a time.
    let limit = 253_402_300_799_i64;
    let whole = number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the fraction is what is cut off, and the range is checked below"
        )]
        float.is_finite().then_some(float as i64)
    });
    whole
        .filter(|whole| (0..=limit).contains(whole))
        .ok_or_else(|| D::Error::custom("expected seconds since 1970"))
}

fn optional_seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    seconds(from).map(Some)
}
