use gw_core::{Asset, Digest, FactKey, Gate, Hasher, Realm, Time, Version};
use serde::{Deserialize, Serialize};

use super::assertion::{Assertion, verify_assertion};
use super::registration::Credential;
use super::{Policy, RelyingParty, WebauthnError};
use crate::encoding;

/// What somebody approves, completely: the challenge that the authenticator signs is the digest of
/// all of it, so that the signature proves this approval and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// The realm.
    pub realm: Realm,
    /// The person who approves.
    pub approver: String,
    /// The gate.
    pub gate: Gate,
    /// The asset.
    pub asset: Asset,
    /// The content: a commit's tree, a model, a request for an action.
    pub subject: Digest,
    /// The policies by which it needs an approval.
    pub policy: Digest,
    /// Every fact that the decision read, with its version, in the order of the keys.
    pub facts: Vec<(FactKey, Version)>,
    /// What the approver was shown, word by word.
    pub text: String,
    /// Until when the approval can be given.
    pub expires_at: Time,
    /// 32 random bytes, so that no two challenges are alike.
    #[serde(with = "encoding::as_text")]
    pub nonce: Vec<u8>,
}

/// An approval that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// A nonce of another length than 32 bytes, or facts that are not in order.
    #[error("the approval is not in its one form: a nonce of 32 bytes, facts in order, none twice")]
    Form,
    /// The assertion does not verify.
    #[error(transparent)]
    Webauthn(#[from] WebauthnError),
}

impl Approval {
    /// The challenge for the authenticator: SHA-256 over all fields, each with its length before
    /// it, after a text that no other challenge begins with.
    ///
    /// # Errors
    /// [`ApprovalError::Form`].
    pub fn challenge(&self) -> Result<[u8; 32], ApprovalError> {
        let ordered = self
            .facts
            .is_sorted_by(|(left, _), (right, _)| left < right);
        if self.nonce.len() != 32 || !ordered {
            return Err(ApprovalError::Form);
        }
        let mut hasher = Hasher::new("gatewright.dev/webauthn-approval/v1");
        hasher
            .field(self.realm.as_str().as_bytes())
            .field(self.approver.as_bytes())
            .field(self.gate.as_str().as_bytes())
            .field(self.asset.as_str().as_bytes())
            .field(self.subject.as_bytes())
            .field(self.policy.as_bytes())
            .field(self.text.as_bytes())
            .field(self.expires_at.to_string().as_bytes())
            .field(&self.nonce);
        for (key, version) in &self.facts {
            hasher
                .field(key.as_str().as_bytes())
                .field(version.digest().as_bytes());
        }
        Ok(*hasher.finish().as_bytes())
    }
}

/// An approval with all that proves it, to be kept: whoever holds these bytes and knows that the
/// key is the approver's can verify it, without us.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalProof {
    /// What was approved.
    pub approval: Approval,
    /// The relying party's id.
    pub rp_id: String,
    /// The origin of the page.
    pub origin: String,
    /// The credential's key in COSE's form.
    #[serde(with = "encoding::as_text")]
    pub key: Vec<u8>,
    /// Whether the credential may be copied, which the authenticator says each time.
    pub backup_eligible: bool,
    /// The authenticator's answer.
    pub assertion: Assertion,
}

impl ApprovalProof {
    /// Verifies that the key signed this approval, in a page of that origin, after the authenticator
    /// verified the person. Whose key it is, and whether the approval came in time, is for the caller
    /// to know: a proof is good for ever.
    ///
    /// # Errors
    /// [`ApprovalError`] with the first thing that is wrong.
    pub fn verify(&self) -> Result<(), ApprovalError> {
        let challenge = self.approval.challenge()?;
        let party = RelyingParty {
            id: self.rp_id.clone(),
            name: String::new(),
            origins: vec![self.origin.clone()],
        };
        let credential = Credential {
            id: self.assertion.credential_id.clone(),
            key: self.key.clone(),
            user_handle: self.assertion.user_handle.clone().unwrap_or_default(),
            sign_count: 0,
            backup_eligible: self.backup_eligible,
            backed_up: false,
            aaguid: [0; 16],
        };
        verify_assertion(
            &party,
            Policy::default(),
            &challenge,
            &credential,
            &self.assertion,
        )?;
        Ok(())
    }
}
