//! Why a decision is what it is: what changed between the last two, and which statement did it.

use gw_attest::{Envelope, predicate};
use gw_core::{Asset, Decision, Digest, FactKey, Gate, Place, Time, Version};

use crate::store::{Store, StoredStatement};
use crate::{Flow, FlowError};

/// The last two decisions of a gate about an asset at a place, compared.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The decision that holds.
    pub current: Decision,
    /// The statement that holds it.
    pub id: Digest,
    /// The one before it, if there is one.
    pub previous: Option<Decision>,
    /// The facts that differ, in order of key.
    pub changes: Vec<Change>,
}

/// A fact that two decisions read at different versions.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which fact.
    pub key: FactKey,
    /// Its version then; none if it was not read.
    pub old: Option<Version>,
    /// Its version now; none if it was not read.
    pub new: Option<Version>,
    /// The statement that changed it, if one did.
    pub cause: Option<Cause>,
}

/// The statement that changed a fact.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Its id.
    pub id: Digest,
    /// Its predicate type.
    pub predicate_type: String,
    /// When it was made.
    pub issued_at: Time,
}

impl<S: Store> Flow<S> {
    /// Compares the last two decisions.
    ///
    /// # Errors
    /// [`FlowError::UnknownAsset`] if there is no decision.
    pub async fn explain(
        &self,
        gate: Gate,
        asset: &Asset,
        place: &Place,
    ) -> Result<Explanation, FlowError> {
        let rows = self
            .store
            .decisions(&self.realm, gate, asset, place, 2)
            .await?;
        let mut decisions = Vec::new();
        for row in &rows {
            decisions.push((row.id, self.decision(&row.id).await?));
        }
        let mut decisions = decisions.into_iter();
        let Some((id, current)) = decisions.next() else {
            return Err(FlowError::UnknownAsset {
                asset: asset.clone(),
            });
        };
        let previous = decisions.next().map(|(_, decision)| decision);
        let mut changes = Vec::new();
        if let Some(previous) = &previous {
            for change in gw_policy::explain(previous, &current).changes {
                let cause = self.cause(&change.key, current.time).await?;
                changes.push(Change {
                    key: change.key,
                    old: change.old,
                    new: change.new,
                    cause,
                });
            }
        }
        Ok(Explanation {
            current,
            id,
            previous,
            changes,
        })
    }

    /// A kept decision.
    ///
    /// # Errors
    /// [`FlowError::Invalid`] if there is none of that id.
    pub async fn decision(&self, id: &Digest) -> Result<Decision, FlowError> {
        let Some(stored) = self.store.statement(&self.realm, id).await? else {
            return Err(FlowError::Invalid(format!("there is no decision {id}")));
        };
        let keys = [self.key.public()];
        let verified = Envelope::parse(&stored.envelope)?.verify(&keys)?;
        Ok(verified.statement.predicate_as()?)
    }

    /// The statement that last changed a fact before `at`.
    async fn cause(&self, key: &FactKey, at: Time) -> Result<Option<Cause>, FlowError> {
        let statements = if key.scope() == "advisory" {
            self.store
                .list_statements(&self.realm, Some(predicate::ADVISORIES))
                .await?
        } else {
            self.store
                .statements(&self.realm, std::slice::from_ref(key))
                .await?
        };
        let last = statements.into_iter().rfind(|s| s.received_at <= at);
        Ok(last.map(|statement: StoredStatement| Cause {
            id: statement.id,
            predicate_type: statement.predicate_type,
            issued_at: statement.issued_at,
        }))
    }
}
