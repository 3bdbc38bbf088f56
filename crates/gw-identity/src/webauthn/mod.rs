//! Passkeys: registration and assertions (Web Authentication Level 3), and approvals signed with
//! them. Pure: bytes in, values out.
//!
//! Who an authenticator was made by is not asked: attestation statements are taken for `none`, or
//! refused, as the [`Policy`] says. What counts is that the same key comes back.

mod approval;
mod assertion;
mod authenticator_data;
mod cbor;
mod client_data;
mod cose;
mod registration;

pub use approval::{Approval, ApprovalError, ApprovalProof};
pub use assertion::{Asserted, Assertion, verify_assertion};
pub use authenticator_data::{AttestedCredential, AuthenticatorData, Flags};
pub use cbor::{Cbor, CborError};
pub use client_data::challenge_of;
pub(crate) use client_data::origin_of;

pub use cose::{CoseAlgorithm, CoseKey};
pub use registration::{Credential, Registration, verify_registration};

/// Who we are to authenticators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that credentials belong to, such as `gatewright.example.com`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The origins that pages may have, as browsers write them: `https://gatewright.example.com`.
    pub origins: Vec<String>,
}

/// What is asked of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The authenticator must have verified the person, by a PIN, a finger or a face, so that it
    /// is a second factor by itself.
    pub user_verification: bool,
    /// Attestation statements of any kind are taken for none; otherwise only `none` is accepted.
    pub any_attestation: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            user_verification: true,
            any_attestation: true,
        }
    }
}

/// Why an authenticator's answer does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// Bytes that are not what they should be.
    #[error("the {what} is malformed: {detail}")]
    Malformed {
        /// Which of them.
        what: &'static str,
        /// What is wrong, and where.
        detail: String,
    },
    /// Another ceremony's answer.
    #[error("the answer is for another ceremony: expected `{0}`")]
    Type(&'static str),
    /// Not an answer to this challenge.
    #[error("the answer is not to the challenge that was sent")]
    Challenge,
    /// A page that is not ours asked for it.
    #[error("the answer was made for `{0}`, which is not an origin of ours")]
    Origin(String),
    /// A frame of another site asked for it.
    #[error("the answer was made in a frame of another site")]
    CrossOrigin,
    /// Another domain's answer.
    #[error("the answer is for another relying party")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("the authenticator did not see a person")]
    Presence,
    /// The authenticator did not verify the person.
    #[error("the authenticator did not verify the person")]
    Verification,
    /// Flags that contradict each other.
    #[error("the authenticator's flags contradict each other")]
    Flags,
    /// An attestation that is not accepted.
    #[error("attestation `{0}` is not accepted")]
    Attestation(String),
    /// A key of another algorithm than those that were asked for.
    #[error("the credential's algorithm ({0}) was not asked for")]
    Algorithm(i64),
    /// Another credential than the one it is checked against.
    #[error("the answer is another credential's")]
    Credential,
    /// A credential of another person.
    #[error("the credential belongs to another person")]
    UserHandle,
    /// The signature does not verify.
    #[error("the authenticator's signature does not verify")]
    Signature,
    /// A backup state that changed although it may not.
    #[error("the credential's eligibility for backup changed")]
    BackupEligibility,
}

impl WebauthnError {
    pub(crate) fn malformed(what: &'static str, detail: impl ToString) -> Self {
        Self::Malformed {
            what,
            detail: detail.to_string(),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
