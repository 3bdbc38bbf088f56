use gw_core::{Asset, Digest, Realm, ResourceDescriptor, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The `_type` of an in-toto Statement v1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// One claim about subjects: an in-toto Statement v1
/// (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>).
///
/// The claim header is a field of ours beside the standard ones, which consumers that do not know
/// it ignore, as the specification asks of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    pub subject: Vec<ResourceDescriptor>,
    /// The URI of what sort of claim it is; [`crate::predicate`] has those we know.
    pub predicate_type: String,
    /// The claim itself, as it was written.
    pub predicate: Box<RawValue>,
    /// When, for whom and instead of what.
    #[serde(
        rename = "gatewright",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub claim: Option<Claim>,
}

/// The claim header: when, for whom and instead of what. Statements of other tools have none; they
/// count as issued when they were received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// The realm it is meant for.
    pub realm: Realm,
    /// The asset it concerns, if it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<Asset>,
    /// When it was made.
    pub issued_at: Time,
    /// From when on it must not be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Statements of the same issuer that it takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<Digest>,
}

/// Bytes that are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not JSON of the right shape.
    #[error("not an in-toto statement: {0}")]
    Shape(String),
    /// Another `_type`.
    #[error("not an in-toto Statement v1: its _type is `{0}`")]
    Type(String),
    /// A predicate that is not what its type requires.
    #[error("the predicate is not a {predicate_type}: {detail}")]
    Predicate {
        /// The type.
        predicate_type: String,
        /// What is wrong.
        detail: String,
    },
}

impl Statement {
    /// A statement about `subject`.
    ///
    /// # Errors
    /// [`StatementError::Predicate`] if `predicate` cannot be written as JSON.
    pub fn new<P: Serialize + ?Sized>(
        subject: Vec<ResourceDescriptor>,
        predicate_type: &str,
        predicate: &P,
        claim: Claim,
    ) -> Result<Self, StatementError> {
        let predicate =
            serde_json::value::to_raw_value(predicate).map_err(|e| StatementError::Predicate {
                predicate_type: predicate_type.to_owned(),
                detail: e.to_string(),
            })?;
        Ok(Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject,
            predicate_type: predicate_type.to_owned(),
            predicate,
            claim: Some(claim),
        })
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// [`StatementError`] with the line and column if it is not JSON of the right shape.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let statement: Self =
            serde_json::from_slice(bytes).map_err(|e| StatementError::Shape(e.to_string()))?;
        if statement.kind != STATEMENT_TYPE {
            let given = statement.kind.chars().take(80).collect();
            return Err(StatementError::Type(given));
        }
        Ok(statement)
    }

    /// The statement as JSON.
    ///
    /// # Errors
    /// [`StatementError::Shape`] if it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, StatementError> {
        serde_json::to_vec(self).map_err(|e| StatementError::Shape(e.to_string()))
    }

    /// The predicate as the type that its URI stands for.
    ///
    /// # Errors
    /// [`StatementError::Predicate`] if it is something else.
    pub fn predicate_as<P: DeserializeOwned>(&self) -> Result<P, StatementError> {
        serde_json::from_str(self.predicate.get()).map_err(|e| StatementError::Predicate {
            predicate_type: self.predicate_type.clone(),
            detail: e.to_string(),
        })
    }

    /// The SHA-256 digests of its subjects.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.subject.iter().filter_map(ResourceDescriptor::sha256)
    }

    /// The asset it concerns, if its header names one.
    #[must_use]
    pub fn asset(&self) -> Option<&Asset> {
        self.claim.as_ref()?.asset.as_ref()
    }

    /// What distinguishes claims from each other: type, subjects and predicate, without the
    /// header. Two issuers who make the same claim agree here.
    #[must_use]
    pub fn claim_digest(&self) -> Digest {
        let mut hasher = gw_core::Hasher::new("claim");
        hasher.field(self.predicate_type.as_bytes());
        for subject in self.digests() {
            hasher.field(subject.as_bytes());
        }
        hasher.field(b"predicate");
        // Parsed and written again, so that white space and the order of keys do not count.
        let canonical = serde_json::from_str::<serde_json::Value>(self.predicate.get());
        hasher.field(
            canonical
                .map_or_else(
                    |_| self.predicate.get().to_owned(),
                    |mut value| {
                        value.sort_all_objects();
                        value.to_string()
                    },
                )
                .as_bytes(),
        );
        hasher.finish()
    }
}
