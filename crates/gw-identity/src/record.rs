use gw_attest::predicate::{ADMINISTRATION, Administration};
use gw_attest::{Claim, Statement, StatementError};
use gw_core::{Digest, Principal, Realm, ResourceDescriptor, Time};
use serde::Serialize;
use serde_json::Value;

/// What was done, with the record of it. The record belongs into the ledger in the same transaction:
/// an administrator's act that leaves no trace is one that was not meant to be seen.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the record belongs into the ledger, in the same transaction"]
pub struct Recorded<T> {
    /// What came of it.
    pub value: T,
    /// What to state.
    pub record: Administration,
}

/// Who does it, and when.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// Who, with the chain of delegation.
    pub by: &'a Principal,
    /// When.
    pub now: Time,
}

impl Act<'_> {
    /// The record of an act. `before` and `after` are what an auditor needs to see, and no secret.
    pub(crate) fn record(
        &self,
        action: &str,
        target: String,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Administration {
        Administration {
            action: action.to_owned(),
            by: self.by.clone(),
            target,
            before,
            after,
            time: self.now,
        }
    }
}

/// The statement of an administrator's act, ready to be signed. Its subject is the digest of the
/// target's name, so that no name is needed to ask for it.
///
/// # Errors
/// [`StatementError`] if it cannot be written as JSON, which does not happen.
pub fn statement(realm: &Realm, record: &Administration) -> Result<Statement, StatementError> {
    let digest = Digest::of(record.target.as_bytes());
    let subject = ResourceDescriptor {
        name: Some(record.target.clone()),
        digest: [("sha256".to_owned(), digest.to_hex())].into(),
        ..ResourceDescriptor::default()
    };
    let claim = Claim {
        realm: realm.clone(),
        asset: None,
        issued_at: record.time,
        expires_at: None,
        supersedes: Vec::new(),
    };
    Statement::new(vec![subject], ADMINISTRATION, record, claim)
}

/// A value for a record.
pub(crate) fn shown(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}
