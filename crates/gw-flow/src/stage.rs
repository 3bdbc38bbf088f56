//! The stages of a model's life: promoting and retiring.

use gw_attest::predicate::{self, ModelStage, Stage};
use gw_attest::{Claim, Envelope, Statement};
use gw_core::{Asset, Binding, Digest, FactKey, Place, ResourceDescriptor, Time};
use gw_policy::facts::STAGE;

use crate::store::{NewStatement, Store};
use crate::{Claimed, Flow, FlowError};

/// A move of a model to another stage.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    /// The model.
    pub asset: &'a Asset,
    /// Its content.
    pub subject: Digest,
    /// Where it goes.
    pub to: Stage,
    /// Why.
    pub reason: &'a str,
    /// Who moves it, for people.
    pub by: &'a str,
}

/// The place of an environment.
#[must_use]
pub fn environment(name: &str) -> Place {
    Place::from(format!("environment:{name}"))
}

impl<S: Store> Flow<S> {
    /// Moves a model into an environment: states its new stage, and binds the asset to this content
    /// there. What was there before becomes a candidate again. Returns the facts that changed.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub async fn promote(
        &self,
        moved: &Move<'_>,
        place: &Place,
        now: Time,
    ) -> Result<Vec<FactKey>, FlowError> {
        let bound = self.store.bindings(&self.realm, Some(moved.asset)).await?;
        let before = bound.into_iter().find(|binding| binding.place == *place);
        if before.as_ref().is_some_and(|b| b.subject == moved.subject) {
            let stage = self.stage(moved.asset, &moved.subject, now).await?;
            if stage == Some(moved.to) {
                return Ok(Vec::new());
            }
        }
        let mut new = vec![self.moving(moved, now).await?];
        if let Some(before) = before.filter(|before| before.subject != moved.subject) {
            let reason = format!("{} took its place", moved.subject);
            // What is retired already stays so.
            if self.stage(moved.asset, &before.subject, now).await? != Some(Stage::Retired) {
                let back = Move {
                    subject: before.subject,
                    to: Stage::Candidate,
                    reason: &reason,
                    ..moved.clone()
                };
                new.push(self.moving(&back, now).await?);
            }
        }
        let binding = Binding {
            asset: moved.asset.clone(),
            place: place.clone(),
            subject: moved.subject,
            from: now,
            until: None,
        };
        self.keep_moves(new, vec![binding], now).await
    }

    /// Retires a content of a model: it passes the admit gate nowhere again, and no place has it any
    /// more. Returns the facts that changed.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub async fn retire(&self, moved: &Move<'_>, now: Time) -> Result<Vec<FactKey>, FlowError> {
        let bound = self.store.bindings(&self.realm, Some(moved.asset)).await?;
        let ended = bound
            .into_iter()
            .filter(|binding| binding.subject == moved.subject)
            .map(|binding| Binding {
                from: now,
                until: Some(now),
                ..binding
            })
            .collect();
        let new = vec![self.moving(moved, now).await?];
        self.keep_moves(new, ended, now).await
    }

    /// The stage of a content, if anybody said.
    ///
    /// # Errors
    /// [`FlowError`] if the store cannot be read.
    pub async fn stage(
        &self,
        asset: &Asset,
        subject: &Digest,
        now: Time,
    ) -> Result<Option<Stage>, FlowError> {
        let key = FactKey::subject(subject, STAGE);
        let authority = self.authority_of(Some(asset)).await?;
        let keys = std::slice::from_ref(&key);
        let known = self.known(keys, &[], &authority, Some(asset), now).await?;
        let stage = known.latest(&key);
        let stage = stage
            .map(Statement::predicate_as::<ModelStage>)
            .transpose()?;
        Ok(stage.map(|stage| stage.to))
    }

    /// The statement of a move. It takes the place of the local key's statements before it.
    async fn moving(&self, moved: &Move<'_>, now: Time) -> Result<NewStatement, FlowError> {
        let from = self.stage(moved.asset, &moved.subject, now).await?;
        let stage = ModelStage {
            from: from.unwrap_or_default(),
            to: moved.to,
            reason: moved.reason.to_owned(),
            by: moved.by.to_owned(),
        };
        let key = FactKey::subject(&moved.subject, STAGE);
        let said = self.store.statements(&self.realm, &[key]).await?;
        let own = self.key.public().id();
        let supersedes = said
            .into_iter()
            .filter(|statement| statement.signers.contains(&own))
            .map(|statement| statement.id)
            .collect();
        let statement = Statement::new(
            vec![subject(moved.asset, &moved.subject)],
            predicate::MODEL_STAGE,
            &stage,
            Claim {
                realm: self.realm.clone(),
                asset: Some(moved.asset.clone()),
                issued_at: now,
                expires_at: None,
                supersedes,
            },
        )?;
        self.keep_own(&Envelope::sign(&statement, &self.key)?, now)
    }

    /// Commits statements with bindings, each stated as well.
    async fn keep_moves(
        &self,
        mut new: Vec<NewStatement>,
        bindings: Vec<Binding>,
        now: Time,
    ) -> Result<Vec<FactKey>, FlowError> {
        for binding in &bindings {
            new.push(self.sign(
                Claimed {
                    subject: vec![subject(&binding.asset, &binding.subject)],
                    predicate_type: predicate::BINDING,
                    predicate: binding,
                    asset: Some(binding.asset.clone()),
                    expires_at: None,
                },
                now,
            )?);
        }
        let keys = new.iter().flat_map(|n| n.keys.iter().cloned()).collect();
        let mut batch = self.batch(new, now).await?;
        batch.bindings = bindings;
        self.store.commit(&self.realm, batch).await?;
        Ok(keys)
    }
}

fn subject(asset: &Asset, digest: &Digest) -> ResourceDescriptor {
    ResourceDescriptor {
        name: Some(asset.name().to_owned()),
        uri: None,
        digest: [("sha256".to_owned(), digest.to_hex())].into(),
    }
}
