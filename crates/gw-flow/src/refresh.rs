//! Deciding again, when a fact has changed or a deadline has passed.

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate::{self, Advisories, EcosystemData};
use gw_core::{Digest, FactKey, Gate, Outcome, ResourceDescriptor, Time, Version};

use crate::gates::keys_of_row;
use crate::judge::advisory_versions;
use crate::store::{DecisionRow, Store};
use crate::{Circumstances, Claimed, Flow, FlowError, Judgement, Question};

/// The name under which the store remembers the advisory index that decisions were made with.
const INDEX: &str = "advisories.index";

/// How often a decision is made again in one go, at most.
const MAX_ROUNDS: u8 = 8;

/// A decision that was made again.
#[derive(Debug, Clone)]
pub struct Redecided {
    /// The answer before.
    pub before: Outcome,
    /// The decision now.
    pub judgement: Judgement,
    /// The facts that had changed, as far as changed facts were the cause.
    pub changed: Vec<FactKey>,
    /// Whether a deadline had passed.
    pub expired: bool,
}

/// What made a decision due.
#[derive(Default)]
struct Cause {
    changed: BTreeSet<FactKey>,
    expired: bool,
}

impl<S: Store> Flow<S> {
    /// Makes again exactly those current decisions that read a fact which has another version now,
    /// or whose deadline has passed, and what depends on their outcomes in turn.
    ///
    /// `source` says where a new advisory index came from, for the record.
    ///
    /// # Errors
    /// [`FlowError`] if the store cannot be read or written.
    pub async fn refresh(&self, source: &str, now: Time) -> Result<Vec<Redecided>, FlowError> {
        let mut due: BTreeMap<Digest, (DecisionRow, Cause)> = BTreeMap::new();
        for (row, keys) in self.with_changed_advisories(source, now).await? {
            let cause = &mut due.entry(row.id).or_insert((row, Cause::default())).1;
            cause.changed.extend(keys);
        }
        for row in self.store.due(&self.realm, now).await? {
            due.entry(row.id)
                .or_insert((row, Cause::default()))
                .1
                .expired = true;
        }
        self.again(due, now).await
    }

    /// Makes again the decisions that read one of these facts at another version.
    ///
    /// # Errors
    /// [`FlowError`] if the store cannot be read or written.
    pub async fn follow(&self, keys: &[FactKey], now: Time) -> Result<Vec<Redecided>, FlowError> {
        let due = self.readers_of(keys).await?;
        self.again(due, now).await
    }

    /// Makes again the decisions that read any of these facts, at whatever version. Whether what
    /// somebody else signed counts is for the rules of each reader to say, and a stored version only
    /// tells what one of them made of it.
    ///
    /// # Errors
    /// [`FlowError`] if the store cannot be read or written.
    pub async fn follow_all(
        &self,
        keys: &[FactKey],
        now: Time,
    ) -> Result<Vec<Redecided>, FlowError> {
        let mut due = BTreeMap::new();
        for key in keys {
            // No fact has this version, and so every reader read another one.
            let none = Version::from_digest(Digest::of(b"no version"));
            let fact = [(key.clone(), none)];
            for row in self.store.dependents(&self.realm, &fact).await? {
                let entry = due.entry(row.id).or_insert((row, Cause::default()));
                entry.1.changed.insert(key.clone());
            }
        }
        self.again(due, now).await
    }

    /// Asks an existing decision's question.
    ///
    /// # Errors
    /// [`FlowError`] if the circumstances are not kept or cannot be read.
    pub async fn question_of(&self, row: &DecisionRow) -> Result<Question, FlowError> {
        let blob = self.store.blob(&self.realm, &row.context).await?;
        let circumstances: Circumstances = match blob {
            Some(bytes) => serde_json::from_slice(&bytes)?,
            None => {
                return Err(FlowError::Invalid(format!(
                    "the circumstances of decision {} are not in the store",
                    row.id
                )));
            }
        };
        Ok(Question {
            gate: row.gate,
            asset: row.asset.clone(),
            place: row.place.clone(),
            subject: row.subject,
            circumstances,
        })
    }

    async fn again(
        &self,
        mut due: BTreeMap<Digest, (DecisionRow, Cause)>,
        now: Time,
    ) -> Result<Vec<Redecided>, FlowError> {
        let mut done = Vec::new();
        let mut rounds: BTreeMap<_, u8> = BTreeMap::new();
        while let Some((row, cause)) = self.next(&mut due).await? {
            let question = self.question_of(&row).await?;
            // Decisions that depend on each other are conflicting, and stay so; this ends what would
            // not settle for any other reason.
            let times = rounds
                .entry((row.gate, row.asset.clone(), row.place.clone()))
                .or_default();
            *times = times.saturating_add(1);
            if *times > MAX_ROUNDS {
                continue;
            }
            let judgement = self.decide(&question, now).await?;
            if judgement.decision.outcome != row.outcome {
                for (id, (row, cause)) in self.readers_of(&keys_of_row(&row)).await? {
                    let due = due.entry(id).or_insert((row, Cause::default()));
                    due.1.changed.extend(cause.changed);
                }
            }
            done.push(Redecided {
                before: row.outcome,
                judgement,
                changed: cause.changed.into_iter().collect(),
                expired: cause.expired,
            });
        }
        Ok(done)
    }

    /// Takes out a decision that depends on no other that is due, so that each is made again after
    /// all that it reads; if they depend on each other, any.
    async fn next(
        &self,
        due: &mut BTreeMap<Digest, (DecisionRow, Cause)>,
    ) -> Result<Option<(DecisionRow, Cause)>, FlowError> {
        let mut first = due.keys().next().copied();
        let mut decided = None;
        for (id, (row, _)) in due.iter() {
            let read = match row.gate {
                // Only this gate reads what others decided.
                Gate::Admit if due.len() > 1 => self.decision(&row.id).await?.dependencies,
                _ => Vec::new(),
            };
            let read: Vec<_> = read
                .into_iter()
                .map(|dependency| dependency.key)
                .filter(|key| key.name().starts_with("gate/"))
                .collect();
            if read.is_empty() {
                first = Some(*id);
                break;
            }
            let others = due.iter().filter(|(other, _)| *other != id);
            let others: BTreeSet<FactKey> =
                others.flat_map(|(_, (row, _))| keys_of_row(row)).collect();
            let mut known = match decided.take() {
                Some(known) => known,
                None => self.decided().await?,
            };
            let upstream = self.upstream(&mut known, read).await?;
            decided = Some(known);
            if upstream.is_disjoint(&others) {
                first = Some(*id);
                break;
            }
        }
        Ok(first.and_then(|id| due.remove(&id)))
    }

    async fn readers_of(
        &self,
        keys: &[FactKey],
    ) -> Result<BTreeMap<Digest, (DecisionRow, Cause)>, FlowError> {
        let versions = self.store.versions(&self.realm, keys).await?;
        let mut due = BTreeMap::new();
        for (key, version) in versions {
            let fact = [(key.clone(), version)];
            for row in self.store.dependents(&self.realm, &fact).await? {
                let entry = due.entry(row.id).or_insert((row, Cause::default()));
                entry.1.changed.insert(key.clone());
            }
        }
        Ok(due)
    }

    /// The decisions that another advisory index concerns, with the keys that changed.
    async fn with_changed_advisories(
        &self,
        source: &str,
        now: Time,
    ) -> Result<Vec<(DecisionRow, Vec<FactKey>)>, FlowError> {
        let digest = self.index.digest().to_string();
        let known = self.store.meta(&self.realm, INDEX).await?;
        if known.as_ref() == Some(&digest) {
            return Ok(Vec::new());
        }
        let read = self.store.reads(&self.realm, "advisory").await?;
        let keys: BTreeSet<_> = read.iter().map(|(key, _)| key.clone()).collect();
        let current = advisory_versions(keys.into_iter(), &self.index, now)?;
        let current: BTreeMap<FactKey, Version> = current.into_iter().collect();
        let changed: BTreeSet<_> = read
            .iter()
            .filter(|(key, version)| current.get(key) != Some(version))
            .map(|(key, _)| key.clone())
            .collect();
        let mut rows: BTreeMap<Digest, (DecisionRow, Vec<FactKey>)> = BTreeMap::new();
        for key in changed {
            let Some(version) = current.get(&key) else {
                continue;
            };
            let fact = [(key.clone(), *version)];
            for row in self.store.dependents(&self.realm, &fact).await? {
                rows.entry(row.id)
                    .or_insert((row, Vec::new()))
                    .1
                    .push(key.clone());
            }
        }
        self.advisories_in_use(source, digest, now).await?;
        Ok(rows.into_values().collect())
    }

    /// States that this advisory index came into use.
    async fn advisories_in_use(
        &self,
        source: &str,
        digest: String,
        now: Time,
    ) -> Result<(), FlowError> {
        let predicate = Advisories {
            index: self.index.digest(),
            ecosystems: self
                .index
                .ecosystems()
                .iter()
                .map(|info| {
                    let data = EcosystemData {
                        records: info.records,
                        as_of: info.as_of,
                    };
                    (info.name.clone(), data)
                })
                .collect(),
            source: source.to_owned(),
        };
        let signed = self.sign(
            Claimed {
                subject: vec![ResourceDescriptor {
                    name: Some("advisories".to_owned()),
                    uri: None,
                    digest: [("sha256".to_owned(), self.index.digest().to_hex())].into(),
                }],
                predicate_type: predicate::ADVISORIES,
                predicate: &predicate,
                asset: None,
                expires_at: None,
            },
            now,
        )?;
        let mut batch = self.batch(vec![signed], now).await?;
        batch.meta.push((INDEX.to_owned(), digest));
        self.store.commit(&self.realm, batch).await?;
        Ok(())
    }
}
