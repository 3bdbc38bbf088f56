use serde::{Deserialize, Serialize};

use super::authenticator_data::AuthenticatorData;
use super::cbor::Cbor;
use super::client_data::{Ceremony, ClientData, check_authenticator};
use super::cose::{CoseAlgorithm, CoseKey};
use super::{Policy, RelyingParty, WebauthnError};
use crate::encoding;

/// Longer attestation objects are refused; a certificate chain fits well.
const MAX_OBJECT: usize = 64 * 1024;

/// What a browser sends after `navigator.credentials.create` (section 5.2.1), in base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// `response.clientDataJSON`.
    #[serde(with = "encoding::as_text", rename = "clientDataJSON")]
    pub client_data_json: Vec<u8>,
    /// `response.attestationObject`.
    #[serde(with = "encoding::as_text")]
    pub attestation_object: Vec<u8>,
}

/// A credential as we keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, at most 1023 bytes.
    pub id: Vec<u8>,
    /// Its key in COSE's form. The algorithm is part of it, so that it stays what it was at
    /// registration.
    pub key: Vec<u8>,
    /// Its owner: the random handle that the authenticator was given.
    pub user_handle: Vec<u8>,
    /// The count that was last seen.
    pub sign_count: u32,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it was copied when last seen.
    pub backed_up: bool,
    /// The model of the authenticator, or zeros.
    pub aaguid: [u8; 16],
}

impl Credential {
    /// Its key.
    ///
    /// # Errors
    /// [`WebauthnError`] if what was stored is none.
    pub fn cose_key(&self) -> Result<CoseKey, WebauthnError> {
        CoseKey::parse(&self.key)
    }
}

/// Verifies an answer to `navigator.credentials.create` (section 7.1). That the credential's id is
/// new is for the store to see.
///
/// # Errors
/// [`WebauthnError`] with the first thing that is wrong.
pub fn verify_registration(
    party: &RelyingParty,
    policy: Policy,
    challenge: &[u8],
    user_handle: &[u8],
    answer: &Registration,
) -> Result<Credential, WebauthnError> {
    ClientData::check(&answer.client_data_json, Ceremony::Create, challenge, party)?;
    let wrong = |detail: &str| WebauthnError::malformed("attestation object", detail);
    if answer.attestation_object.len() > MAX_OBJECT {
        return Err(wrong("it has more than 64 KiB"));
    }
    let object = Cbor::parse(&answer.attestation_object)
        .map_err(|error| WebauthnError::malformed("attestation object", error))?;
    let format = object.get("fmt").and_then(Cbor::text);
    let statement = object.get("attStmt");
    let data = object.get("authData").and_then(Cbor::bytes);
    let (Some(format), Some(Cbor::Map(statement)), Some(data)) = (format, statement, data) else {
        return Err(wrong("`fmt`, `attStmt` or `authData` is missing"));
    };
    let accepted = match format {
        "none" => statement.is_empty(),
        _ => policy.any_attestation,
    };
    if !accepted {
        let shown = format.chars().take(32).collect();
        return Err(WebauthnError::Attestation(shown));
    }
    let data = AuthenticatorData::parse(data)?;
    check_authenticator(&data, party, policy)?;
    let new = data
        .credential
        .ok_or_else(|| wrong("it has no credential"))?;
    // What was asked for is every algorithm that `CoseKey` reads.
    debug_assert!(CoseAlgorithm::ALL.contains(&new.key.algorithm()));
    Ok(Credential {
        id: new.id,
        key: new.key_bytes,
        user_handle: user_handle.to_vec(),
        sign_count: data.sign_count,
        backup_eligible: data.flags.backup_eligible(),
        backed_up: data.flags.backed_up(),
        aaguid: new.aaguid,
    })
}
