//! Stating: making signed statements and keeping them with the facts that they change.

use gw_attest::predicate::{self, Acceptance, Revocation, Rules, RulesKind};
use std::collections::BTreeMap;

use gw_attest::{Claim, Envelope, KeyId, PublicKey, SigningKey, Statement, Verified};
use gw_core::{Asset, Binding, Digest, FactKey, Place, ResourceDescriptor, Subject, Time, Version};
use gw_policy::authority::{AuthorityRule, AuthorityRules};
use serde::Serialize;

use crate::facts::{key_name, touched};
use crate::store::{Batch, NewStatement, Store, StoredStatement};
use crate::{Flow, FlowError, Scanned, config};

/// A claim to be signed.
#[derive(Debug, Clone)]
pub struct Claimed<'a, P: ?Sized> {
    /// What it is about.
    pub subject: Vec<ResourceDescriptor>,
    /// The predicate type's URI.
    pub predicate_type: &'a str,
    /// What it says.
    pub predicate: &'a P,
    /// The asset it concerns.
    pub asset: Option<Asset>,
    /// From when on it must not be relied on.
    pub expires_at: Option<Time>,
}

impl<S: Store> Flow<S> {
    /// Signs a claim with the local key and keeps it.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub async fn state<P: Serialize + ?Sized>(
        &self,
        claim: Claimed<'_, P>,
        now: Time,
    ) -> Result<StoredStatement, FlowError> {
        let new = self.sign(claim, now)?;
        let statement = new.statement.clone();
        let batch = self.batch(vec![new], now).await?;
        self.store.commit(&self.realm, batch).await?;
        Ok(statement)
    }

    /// Signs a statement with the local key, and returns what is to be written for it: in a
    /// transaction of the caller's, with what it is about.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written as JSON.
    pub async fn prepare(&self, statement: &Statement, now: Time) -> Result<Batch, FlowError> {
        let envelope = Envelope::sign(statement, &self.key)?;
        let new = self.keep_own(&envelope, now)?;
        self.batch(vec![new], now).await
    }

    /// Keeps an envelope that others signed; `keys` are the public keys that are known. Whether it
    /// counts is for the authority rules to say.
    ///
    /// # Errors
    /// [`FlowError::Envelope`] if a known key's signature does not verify.
    pub async fn take_in(
        &self,
        envelope: &Envelope,
        keys: &[PublicKey],
        now: Time,
    ) -> Result<StoredStatement, FlowError> {
        let new = keep(envelope, &envelope.verify(keys)?, now)?;
        let statement = new.statement.clone();
        // Kept first: the new facts are computed from verified signatures.
        let mut keyring = Batch::default();
        for key in keys
            .iter()
            .filter(|key| statement.signers.contains(&key.id()))
        {
            keyring.meta.push((key_name(&key.id()), key.to_pem()));
        }
        self.store.commit(&self.realm, keyring).await?;
        let batch = self.batch(vec![new], now).await?;
        self.store.commit(&self.realm, batch).await?;
        Ok(statement)
    }

    /// Records what a scan says: inventory, content findings, and that the asset has this content
    /// at this place.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub async fn record(
        &self,
        scanned: &Scanned,
        asset: &Asset,
        place: Option<&Place>,
        now: Time,
    ) -> Result<Vec<StoredStatement>, FlowError> {
        let mut new = Vec::new();
        for envelope in self.scan_envelopes(scanned, asset, now)? {
            new.push(self.keep_own(&envelope, now)?);
        }
        let mut bindings = Vec::new();
        if let Some(place) = place
            && let Some((statement, binding)) =
                self.binding(asset, place, scanned.subject(), now).await?
        {
            new.push(statement);
            bindings.push(binding);
        }
        let statements = new.iter().map(|n| n.statement.clone()).collect();
        let mut batch = self.batch(new, now).await?;
        batch.bindings = bindings;
        self.store.commit(&self.realm, batch).await?;
        Ok(statements)
    }

    /// The two statements that a scan makes, signed with the local key and not kept: the inventory
    /// and the content findings.
    ///
    /// # Errors
    /// [`FlowError`] if they cannot be written.
    pub fn scan_envelopes(
        &self,
        scanned: &Scanned,
        asset: &Asset,
        now: Time,
    ) -> Result<[Envelope; 2], FlowError> {
        let subject = vec![ResourceDescriptor::from(scanned.subject())];
        let bill = scanned
            .bill_of_materials(now)
            .map_err(|error| FlowError::Invalid(error.to_string()))?;
        let bill = serde_json::value::RawValue::from_string(bill)?;
        let inventory = Claimed {
            subject: subject.clone(),
            predicate_type: predicate::CYCLONEDX,
            predicate: &bill,
            asset: Some(asset.clone()),
            expires_at: None,
        };
        let findings = Claimed {
            subject,
            predicate_type: predicate::SCAN,
            predicate: &scanned.scan,
            asset: Some(asset.clone()),
            expires_at: None,
        };
        Ok([
            self.sign_with(inventory, &self.key, now)?,
            self.sign_with(findings, &self.key, now)?,
        ])
    }

    /// States that an asset has a content somewhere, unless that is known already.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub async fn bind(
        &self,
        asset: &Asset,
        place: &Place,
        subject: &Subject,
        now: Time,
    ) -> Result<Option<StoredStatement>, FlowError> {
        let Some((new, binding)) = self.binding(asset, place, subject, now).await? else {
            return Ok(None);
        };
        let statement = new.statement.clone();
        let mut batch = self.batch(vec![new], now).await?;
        batch.bindings = vec![binding];
        self.store.commit(&self.realm, batch).await?;
        Ok(Some(statement))
    }

    /// A binding and its statement. A second scan of the same content binds nothing anew.
    async fn binding(
        &self,
        asset: &Asset,
        place: &Place,
        subject: &Subject,
        now: Time,
    ) -> Result<Option<(NewStatement, Binding)>, FlowError> {
        let binding = Binding {
            asset: asset.clone(),
            place: place.clone(),
            subject: subject.digest,
            from: now,
            until: None,
        };
        let bound = self.store.bindings(&self.realm, Some(asset)).await?;
        if bound
            .iter()
            .any(|b| b.place == *place && b.subject == binding.subject)
        {
            return Ok(None);
        }
        let new = self.sign(
            Claimed {
                subject: vec![subject.into()],
                predicate_type: predicate::BINDING,
                predicate: &binding,
                asset: Some(asset.clone()),
                expires_at: None,
            },
            now,
        )?;
        Ok(Some((new, binding)))
    }

    /// Accepts a finding.
    ///
    /// # Errors
    /// [`FlowError::Invalid`] if the acceptance is not what every acceptance must be.
    pub async fn accept(
        &self,
        asset: &Asset,
        acceptance: &Acceptance,
        now: Time,
    ) -> Result<StoredStatement, FlowError> {
        config::check_acceptance(acceptance, now).map_err(FlowError::Invalid)?;
        if acceptance.expires <= now {
            return Err(FlowError::Invalid("it has expired already".to_owned()));
        }
        self.state(
            Claimed {
                subject: vec![named(asset)],
                predicate_type: predicate::ACCEPTANCE,
                predicate: acceptance,
                asset: Some(asset.clone()),
                expires_at: Some(acceptance.expires),
            },
            now,
        )
        .await
    }

    /// Withdraws statements and keys.
    ///
    /// # Errors
    /// [`FlowError::Invalid`] if a statement is not known.
    pub async fn revoke(
        &self,
        revocation: &Revocation,
        now: Time,
    ) -> Result<StoredStatement, FlowError> {
        let mut asset = None;
        for id in &revocation.statements {
            let Some(statement) = self.store.statement(&self.realm, id).await? else {
                return Err(FlowError::Invalid(format!("there is no statement {id}")));
            };
            asset = asset.or(statement.asset);
        }
        self.state(
            Claimed {
                subject: revocation
                    .statements
                    .iter()
                    .map(|id| ResourceDescriptor {
                        name: Some("statement".to_owned()),
                        uri: None,
                        digest: [("sha256".to_owned(), id.to_hex())].into(),
                    })
                    .collect(),
                predicate_type: predicate::REVOCATION,
                predicate: revocation,
                asset,
                expires_at: None,
            },
            now,
        )
        .await
    }

    /// Records that rules came into use, unless they are the ones in use, and returns their
    /// version.
    pub(crate) async fn rules_in_use(
        &self,
        asset: &Asset,
        kind: RulesKind,
        digest: Digest,
        now: Time,
    ) -> Result<Option<NewStatement>, FlowError> {
        let key = FactKey::asset(asset, &format!("rules/{}", kind_name(kind)));
        let known = self.store.statements(&self.realm, &[key]).await?;
        let last = known.last().map(read_rules).transpose()?;
        if last.as_ref().is_some_and(|rules| rules.digest == digest) {
            return Ok(None);
        }
        let rules = Rules {
            kind,
            version: last.map_or(1, |rules| rules.version.saturating_add(1)),
            digest,
        };
        self.sign(
            Claimed {
                subject: vec![ResourceDescriptor {
                    name: Some(format!("{asset} {}", kind_name(kind))),
                    uri: None,
                    digest: [("sha256".to_owned(), digest.to_hex())].into(),
                }],
                predicate_type: predicate::RULES,
                predicate: &rules,
                asset: Some(asset.clone()),
                expires_at: None,
            },
            now,
        )
        .map(Some)
    }

    /// Signs a claim with the local key, without keeping it.
    pub(crate) fn sign<P: Serialize + ?Sized>(
        &self,
        claim: Claimed<'_, P>,
        now: Time,
    ) -> Result<NewStatement, FlowError> {
        let envelope = self.sign_with(claim, &self.key, now)?;
        self.keep_own(&envelope, now)
    }

    /// An envelope that the local key has just signed, as it is kept.
    pub(crate) fn keep_own(
        &self,
        envelope: &Envelope,
        now: Time,
    ) -> Result<NewStatement, FlowError> {
        let verified = Verified {
            id: Digest::of(&envelope.to_json()?),
            statement: envelope.unverified_statement()?,
            signers: vec![self.key.public().id()],
        };
        keep(envelope, &verified, now)
    }

    /// Signs a claim with a key, without keeping it.
    ///
    /// # Errors
    /// [`FlowError`] if it cannot be written.
    pub fn sign_with<P: Serialize + ?Sized>(
        &self,
        claim: Claimed<'_, P>,
        key: &SigningKey,
        now: Time,
    ) -> Result<Envelope, FlowError> {
        let statement = Statement::new(
            claim.subject,
            claim.predicate_type,
            claim.predicate,
            Claim {
                realm: self.realm.clone(),
                asset: claim.asset,
                issued_at: now,
                expires_at: claim.expires_at,
                supersedes: Vec::new(),
            },
        )?;
        Ok(Envelope::sign(&statement, key)?)
    }

    /// The transaction that keeps statements, with the new versions of the facts that they speak
    /// of.
    pub(crate) async fn batch(
        &self,
        statements: Vec<NewStatement>,
        now: Time,
    ) -> Result<Batch, FlowError> {
        let facts = self.versions_with(&statements, now).await?;
        Ok(Batch {
            statements,
            facts,
            ..Batch::default()
        })
    }

    async fn versions_with(
        &self,
        new: &[NewStatement],
        now: Time,
    ) -> Result<Vec<(FactKey, Version)>, FlowError> {
        let mut versions = BTreeMap::new();
        for statement in new {
            let mut keys = statement.keys.clone();
            // Whatever a withdrawn statement contributed to changes as well.
            for id in touched(statement)? {
                keys.extend(self.store.keys_of(&self.realm, &id).await?);
            }
            keys.extend(self.touched_by_keys(statement).await?);
            keys.sort_unstable();
            keys.dedup();
            let asset = statement.statement.asset.as_ref();
            let authority = self.authority_of(asset).await?;
            let known = self.known(&keys, new, &authority, asset, now).await?;
            for key in keys {
                let version = known.version(&key);
                versions.insert(key, version);
            }
        }
        Ok(versions.into_iter().collect())
    }

    /// The facts that statements of keys contribute to which a new statement withdraws.
    async fn touched_by_keys(&self, new: &NewStatement) -> Result<Vec<FactKey>, FlowError> {
        if new.statement.predicate_type != predicate::REVOCATION {
            return Ok(Vec::new());
        }
        let revocation: Revocation = Envelope::parse(&new.statement.envelope)?
            .unverified_statement()?
            .predicate_as()?;
        let mut keys = Vec::new();
        for key in &revocation.keys {
            keys.extend(self.keys_touched_by(key).await?);
        }
        Ok(keys)
    }

    /// The facts to which statements that a key signed contribute.
    ///
    /// # Errors
    /// [`FlowError::Store`].
    pub async fn keys_touched_by(&self, key: &KeyId) -> Result<Vec<FactKey>, FlowError> {
        let mut keys = Vec::new();
        for statement in self.store.list_statements(&self.realm, None).await? {
            if statement.signers.contains(key) {
                keys.extend(self.store.keys_of(&self.realm, &statement.id).await?);
            }
        }
        Ok(keys)
    }

    /// Authority rules with the local key admitted for everything.
    pub(crate) fn authority(&self, rules: Vec<AuthorityRule>) -> Result<AuthorityRules, FlowError> {
        AuthorityRules::new(self.realm.clone(), rules, Some(self.key.public().id()))
            .map_err(|error| FlowError::Invalid(error.to_string()))
    }
}

/// A statement as it is kept, with a fresh salt for its leaf.
fn keep(envelope: &Envelope, verified: &Verified, now: Time) -> Result<NewStatement, FlowError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| gw_attest::KeyError::Randomness)?;
    let claim = verified.statement.claim.as_ref();
    Ok(NewStatement {
        keys: gw_policy::facts::keys_of(&verified.statement),
        statement: StoredStatement {
            id: verified.id,
            envelope: envelope.to_json()?,
            salt,
            predicate_type: verified.statement.predicate_type.clone(),
            asset: verified.statement.asset().cloned(),
            signers: verified.signers.clone(),
            issued_at: claim.map_or(now, |claim| claim.issued_at),
            expires_at: claim.and_then(|claim| claim.expires_at),
            received_at: now,
        },
    })
}

/// The name of a kind of rules, as fact keys have it.
pub(crate) const fn kind_name(kind: RulesKind) -> &'static str {
    match kind {
        RulesKind::Policy => "policy",
        RulesKind::Authority => "authority",
        RulesKind::TrustRoots => "trust-roots",
    }
}

fn read_rules(statement: &StoredStatement) -> Result<Rules, FlowError> {
    Ok(Envelope::parse(&statement.envelope)?
        .unverified_statement()?
        .predicate_as()?)
}

/// An asset as a statement's subject, for claims that are about no particular content. in-toto asks
/// for a digest: it is that of the asset's name.
#[must_use]
pub fn named(asset: &Asset) -> ResourceDescriptor {
    ResourceDescriptor {
        name: Some(asset.to_string()),
        uri: Some(asset.to_string()),
        digest: [("sha256".to_owned(), name_digest(asset).to_hex())].into(),
    }
}

/// The digest that stands for an asset's name. What is said of it is said of every content that the
/// asset has.
pub(crate) fn name_digest(asset: &Asset) -> Digest {
    Digest::of(asset.as_str().as_bytes())
}
