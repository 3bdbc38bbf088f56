use gw_core::Digest;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::authenticator_data::AuthenticatorData;
use super::{Policy, RelyingParty, WebauthnError};
use crate::encoding;

/// What the browser says about a ceremony is longer than this only if somebody plays.
const MAX_BYTES: usize = 8 * 1024;

/// What the browser says about a ceremony (section 5.8.1). Fields that it may add are ignored, and
/// none of these counts twice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: Option<bool>,
    #[serde(default)]
    top_origin: Option<String>,
}

/// A ceremony.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ceremony {
    Create,
    Get,
}

impl Ceremony {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

impl ClientData {
    /// Reads the browser's JSON and checks that this ceremony, this challenge and a page of ours
    /// are meant (sections 7.1 and 7.2).
    pub(super) fn check(
        json: &[u8],
        ceremony: Ceremony,
        challenge: &[u8],
        party: &RelyingParty,
    ) -> Result<(), WebauthnError> {
        let data = parse(json)?;
        if data.kind != ceremony.as_str() {
            return Err(WebauthnError::Type(ceremony.as_str()));
        }
        let given = encoding::decode(&data.challenge).unwrap_or_default();
        // An empty challenge would be everybody's.
        if challenge.is_empty() || !bool::from(given.ct_eq(challenge)) {
            return Err(WebauthnError::Challenge);
        }
        if data.cross_origin == Some(true) || data.top_origin.is_some() {
            return Err(WebauthnError::CrossOrigin);
        }
        if !party.origins.contains(&data.origin) {
            let given = data.origin.chars().take(80).collect();
            return Err(WebauthnError::Origin(given));
        }
        Ok(())
    }
}

/// The challenge that the browser says it answered, in base64url, to find what is kept of it.
///
/// # Errors
/// [`WebauthnError::Malformed`].
pub fn challenge_of(json: &[u8]) -> Result<Vec<u8>, WebauthnError> {
    let challenge = parse(json)?.challenge;
    let wrong = || WebauthnError::malformed("client data", "its challenge is no base64url");
    encoding::decode(challenge).ok_or_else(wrong)
}

/// The origin that the browser says it showed.
///
/// # Errors
/// [`WebauthnError::Malformed`].
pub(crate) fn origin_of(json: &[u8]) -> Result<String, WebauthnError> {
    Ok(parse(json)?.origin)
}

fn parse(json: &[u8]) -> Result<ClientData, WebauthnError> {
    let wrong = |detail: String| WebauthnError::malformed("client data", detail);
    if json.len() > MAX_BYTES {
        return Err(wrong(format!("it has more than {MAX_BYTES} bytes")));
    }
    serde_json::from_slice(json).map_err(|error| wrong(error.to_string()))
}

/// Checks that an authenticator speaks to us, and did with the person what was asked for.
pub(super) fn check_authenticator(
    data: &AuthenticatorData,
    party: &RelyingParty,
    policy: Policy,
) -> Result<(), WebauthnError> {
    if data.rp_id_hash != *Digest::of(party.id.as_bytes()).as_bytes() {
        return Err(WebauthnError::RelyingParty);
    }
    if !data.flags.user_present() {
        return Err(WebauthnError::Presence);
    }
    if policy.user_verification && !data.flags.user_verified() {
        return Err(WebauthnError::Verification);
    }
    Ok(())
}
