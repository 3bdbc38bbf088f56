use gw_core::Digest;
use serde::{Deserialize, Serialize};

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData, check_authenticator};
use super::registration::Credential;
use super::{Policy, RelyingParty, WebauthnError};
use crate::encoding;

/// What a browser sends after `navigator.credentials.get` (section 5.2.2), in base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// `rawId`.
    #[serde(with = "encoding::as_text")]
    pub credential_id: Vec<u8>,
    /// `response.clientDataJSON`.
    #[serde(with = "encoding::as_text", rename = "clientDataJSON")]
    pub client_data_json: Vec<u8>,
    /// `response.authenticatorData`.
    #[serde(with = "encoding::as_text")]
    pub authenticator_data: Vec<u8>,
    /// `response.signature`.
    #[serde(with = "encoding::as_text")]
    pub signature: Vec<u8>,
    /// `response.userHandle`, which discoverable credentials bring.
    #[serde(
        with = "encoding::as_optional_text",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub user_handle: Option<Vec<u8>>,
}

/// What a verified assertion says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    /// The count to keep.
    pub sign_count: u32,
    /// The count did not rise: two authenticators may have the same key. Passkeys that are copied
    /// do not count at all, so this warns and does not refuse.
    pub clone_warning: bool,
    /// The authenticator verified the person.
    pub user_verified: bool,
    /// Whether the credential is copied now.
    pub backed_up: bool,
}

/// Verifies an answer to `navigator.credentials.get` (section 7.2).
///
/// # Errors
/// [`WebauthnError`] with the first thing that is wrong.
pub fn verify_assertion(
    party: &RelyingParty,
    policy: Policy,
    challenge: &[u8],
    credential: &Credential,
    answer: &Assertion,
) -> Result<Asserted, WebauthnError> {
    if answer.credential_id != credential.id {
        return Err(WebauthnError::Credential);
    }
    let owner = answer.user_handle.as_ref();
    // Authenticators may send an empty one where the credential is not discoverable.
    if owner.is_some_and(|handle| !handle.is_empty() && *handle != credential.user_handle) {
        return Err(WebauthnError::UserHandle);
    }
    ClientData::check(&answer.client_data_json, Ceremony::Get, challenge, party)?;
    let data = AuthenticatorData::parse(&answer.authenticator_data)?;
    check_authenticator(&data, party, policy)?;
    if data.flags.backup_eligible() != credential.backup_eligible {
        return Err(WebauthnError::BackupEligibility);
    }
    let mut signed = answer.authenticator_data.clone();
    signed.extend_from_slice(Digest::of(&answer.client_data_json).as_bytes());
    if !credential.cose_key()?.verifies(&signed, &answer.signature) {
        return Err(WebauthnError::Signature);
    }
    let counts = data.sign_count != 0 || credential.sign_count != 0;
    Ok(Asserted {
        sign_count: data.sign_count.max(credential.sign_count),
        clone_warning: counts && data.sign_count <= credential.sign_count,
        user_verified: data.flags.user_verified(),
        backed_up: data.flags.backed_up(),
    })
}
