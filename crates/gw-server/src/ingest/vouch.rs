//! For what the server vouches.

use gw_attest::{Envelope, PublicKey, Statement, predicate};
use gw_core::{Asset, Realm};

use crate::app::App;
use crate::http::Problem;

/// What a source that may send scans can state. Approvals, acceptances, quarantines, revocations
/// and decisions have ways of their own, in which a person answers for them.
const INGESTIBLE: &[&str] = &[
    predicate::CYCLONEDX,
    predicate::SPDX,
    predicate::SCAN,
    predicate::PROVENANCE,
    predicate::TEST_RESULT,
    predicate::TEST_METRICS,
    predicate::VULNS,
    predicate::LINEAGE,
    predicate::SIGNATURE,
    predicate::DRIFT,
];

/// Whether the server vouches for a statement of this type that a source sends.
pub(crate) fn is_ingestible(predicate_type: &str) -> bool {
    INGESTIBLE.contains(&predicate_type)
}

/// A statement whose signature was verified.
pub(crate) struct Checked {
    pub(crate) envelope: Envelope,
    pub(crate) statement: Statement,
    /// The keys that signed it, of those that came with it.
    pub(crate) keys: Vec<PublicKey>,
}

/// Reads an envelope and verifies it with the keys that came with it. One that none of them signed
/// proves nothing and is refused.
pub(crate) fn check(envelope: Envelope, keys: &[PublicKey]) -> Result<Checked, Problem> {
    let verified = envelope
        .verify(keys)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    if verified.signers.is_empty() {
        return Err(Problem::bad_request(
            "no key that came with it has signed this statement",
        ));
    }
    let keys = keys
        .iter()
        .filter(|key| verified.signers.contains(&key.id()))
        .cloned()
        .collect();
    Ok(Checked {
        envelope,
        statement: verified.statement,
        keys,
    })
}

/// Whether a statement is meant for this realm and this asset. One without our header says nothing
/// about either.
pub(crate) fn concerns(
    statement: &Statement,
    realm: &Realm,
    asset: Option<&Asset>,
) -> Result<(), Problem> {
    let Some(claim) = &statement.claim else {
        return Ok(());
    };
    if claim.realm != *realm {
        return Err(Problem::bad_request(format!(
            "the statement is meant for the realm `{}`, not for `{realm}`",
            claim.realm
        )));
    }
    match (asset, &claim.asset) {
        (Some(asked), Some(stated)) if asked != stated => Err(Problem::bad_request(format!(
            "the statement is about {stated}, not about {asked}"
        ))),
        _ => Ok(()),
    }
}

/// The statement with the server's signature beside the source's, and all keys that signed it.
pub(crate) fn countersign(app: &App, checked: Checked) -> Result<Checked, Problem> {
    let envelope = checked
        .envelope
        .countersign(&app.key)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let mut keys = checked.keys;
    keys.push(app.key.public());
    Ok(Checked {
        envelope,
        statement: checked.statement,
        keys,
    })
}
