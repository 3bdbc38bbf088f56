//! Deciding at a gate, from stored statements alone.

mod keep;
mod shared;

use std::collections::{BTreeMap, HashSet};

use gw_attest::predicate::{Acceptance, Coverage};
use gw_core::{
    Asset, Basis, Decision, Dependency, Digest, FactKey, Gate, Mode, Outcome, Place, Subject,
    SubjectKind, Time, Version,
};
use gw_finding::{Finding, FindingId, Incomplete};
use gw_package::MlModel;
use gw_policy::DecideInput;
use gw_policy::authority::AuthorityRules;
use gw_policy::facts::ACCEPTANCES;

use self::shared::{count_packages, material, subject_keys, vex_keys};
use crate::circumstances::Rules;
use crate::facts::Known;
use crate::judge::{Judge, Judged, Material, earliest, known_ids, match_advisories};
use crate::store::Store;
use crate::{Circumstances, Flow, FlowError};

/// The built-in policy that stops quarantined content.
const QUARANTINED: &str = "quarantine";

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The gate.
    pub gate: Gate,
    /// About which asset.
    pub asset: Asset,
    /// Where it has the content.
    pub place: Place,
    /// Which content.
    pub subject: Digest,
    /// Under which circumstances.
    pub circumstances: Circumstances,
}

/// A decision with everything that people want to see of it.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The statement that holds the decision.
    pub id: Digest,
    /// The decision.
    pub decision: Decision,
    /// The circumstances.
    pub circumstances: Circumstances,
    /// Every finding, the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be looked at, and whether that is allowed.
    pub incomplete: Vec<(Incomplete, bool)>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Packages by ecosystem.
    pub packages: BTreeMap<String, u64>,
    /// The models, as the inventory lists them.
    pub models: Vec<MlModel>,
}

/// Facts that were read so far, and the earliest deadline among them.
#[derive(Default)]
pub(crate) struct Reads {
    pub(crate) versions: BTreeMap<FactKey, Version>,
    pub(crate) deadline: Option<Time>,
}

impl Reads {
    pub(crate) fn note(&mut self, known: &Known) {
        for (key, entry) in known.entries() {
            self.versions.insert(key.clone(), entry.fact.version);
            self.deadline = earliest(self.deadline, entry.deadline);
        }
        for (key, version) in known.signers() {
            self.versions.insert(key.clone(), *version);
        }
    }
}

impl<S: Store> Flow<S> {
    /// Decides, and keeps the decision as a signed statement.
    ///
    /// # Errors
    /// [`FlowError`] if statements cannot be read or the decision cannot be kept. That something is
    /// not known is no error: the gate fails for it.
    pub async fn decide(&self, question: &Question, now: Time) -> Result<Judgement, FlowError> {
        self.answer(question, true, now).await
    }

    /// Decides what would hold if the asset had this content at this place. The answer is recorded;
    /// it takes the place of the one that holds there only if nothing is refused, so that a challenger
    /// that fails closes nothing.
    ///
    /// # Errors
    /// As [`Flow::decide`].
    pub async fn try_decide(&self, question: &Question, now: Time) -> Result<Judgement, FlowError> {
        self.answer(question, false, now).await
    }

    async fn answer(
        &self,
        question: &Question,
        always: bool,
        now: Time,
    ) -> Result<Judgement, FlowError> {
        let rules = question.circumstances.read(now)?;
        let authority = self.authority(rules.config.authority.clone())?;
        let mut reads = Reads::default();
        let known = self
            .known(
                &subject_keys(&question.subject, &question.asset, question.gate),
                &[],
                &authority,
                Some(&question.asset),
                now,
            )
            .await?;
        reads.note(&known);
        let material = material(&known, &question.subject)?;
        let judged = match &material {
            Some(material) => {
                self.judge(question, &rules, &authority, material, &mut reads, now)
                    .await?
            }
            None => Judged::nothing(),
        };
        let mut facts = self.gate_facts(question, &rules, &known, material.as_ref(), &judged, now);
        if let Some(days) = facts.advisories_age_days.known()
            && rules.policies.reads(question.gate, "advisories")
        {
            // Tomorrow it is a day more.
            let rest = self.advisory_day_ends(*days, material.as_ref());
            reads.deadline = earliest(reads.deadline, rest);
        }
        let mut details = Vec::new();
        if let Some(why) = facts.quarantine.known() {
            // The policy's message is the same for all; who is stopped by it wants to know more.
            details.push((QUARANTINED, why.clone()));
        }
        if question.gate == Gate::Admit {
            let circumstances = (&rules, &authority);
            let material = material.as_ref();
            let admit = self
                .admit_facts(question, circumstances, &known, material, &mut reads, now)
                .await?;
            facts.model = admit.model;
            details.extend(admit.details);
        }
        let mut answer = rules.policies.decide(
            question.gate,
            &DecideInput {
                principal: &question.circumstances.principal,
                asset: &question.asset,
                facts: &facts,
            },
        );
        for reason in &mut answer.reasons {
            let detail = details.iter().find(|(policy, _)| *policy == reason.policy);
            if let Some((_, detail)) = detail {
                reason.message = format!("{} ({detail})", reason.message);
            }
        }
        reads.versions.extend(judged.reads);
        let basis = Basis {
            policy: rules.policies.digest(),
            authority: authority.digest(),
            config: rules.config.digest(),
            advisories: self.index.digest(),
        };
        let subject = material.as_ref().map_or_else(
            || Subject {
                kind: SubjectKind::Tree,
                name: question.asset.name().to_owned(),
                commit: None,
                digest: question.subject,
            },
            |material| material.scan.target.clone(),
        );
        let decision = Decision {
            gate: question.gate,
            asset: question.asset.clone(),
            place: question.place.clone(),
            subject,
            principal: question.circumstances.principal.clone(),
            outcome: answer.outcome,
            mode: rules.mode(question.gate),
            reasons: answer.reasons,
            basis,
            time: now,
            ledger_position: self.store.leaf_count().await?,
            not_after: earliest(reads.deadline, judged.deadline),
            dependencies: reads
                .versions
                .into_iter()
                .map(|(key, version)| Dependency { key, version })
                .collect(),
        };
        let refused = decision.outcome != Outcome::Pass && decision.mode == Mode::Enforce;
        let circumstances = &question.circumstances;
        let id = self
            .keep_decision(
                &decision,
                circumstances,
                &authority,
                always || !refused,
                now,
            )
            .await?;
        let material = material.as_ref();
        Ok(Judgement {
            id,
            decision,
            circumstances: question.circumstances.clone(),
            findings: judged.findings,
            incomplete: judged.incomplete,
            coverage: material
                .map(|material| material.scan.coverage.clone())
                .unwrap_or_default(),
            models: material
                .map(|material| material.inventory.models.clone())
                .unwrap_or_default(),
            packages: material
                .map(|material| count_packages(&material.inventory))
                .unwrap_or_default(),
        })
    }

    /// What would be found if the question were decided now, without deciding it.
    ///
    /// # Errors
    /// As [`Flow::decide`].
    pub async fn look(&self, question: &Question, now: Time) -> Result<Vec<Finding>, FlowError> {
        let rules = question.circumstances.read(now)?;
        let authority = self.authority(rules.config.authority.clone())?;
        let keys = subject_keys(&question.subject, &question.asset, question.gate);
        let known = self
            .known(&keys, &[], &authority, Some(&question.asset), now)
            .await?;
        let Some(material) = material(&known, &question.subject)? else {
            return Ok(Vec::new());
        };
        let mut reads = Reads::default();
        let judged = self
            .judge(question, &rules, &authority, &material, &mut reads, now)
            .await?;
        Ok(judged.findings)
    }

    async fn judge(
        &self,
        question: &Question,
        rules: &Rules,
        authority: &AuthorityRules,
        material: &Material,
        reads: &mut Reads,
        now: Time,
    ) -> Result<Judged, FlowError> {
        let since = self.since(question, authority, reads, now).await?;
        let matched = match_advisories(&material.inventory, &self.index, now);
        let acceptances = FactKey::asset(&question.asset, ACCEPTANCES);
        let vex: Vec<_> = matched
            .findings
            .iter()
            .flat_map(|finding| vex_keys(&question.asset, finding))
            .collect();
        let mut keys = vex.clone();
        keys.push(acceptances.clone());
        keys.sort_unstable();
        keys.dedup();
        let known = self
            .known(&keys, &[], authority, Some(&question.asset), now)
            .await?;
        reads.note(&known);
        let accepted: Vec<Acceptance> = known.predicates(&acceptances);
        let not_affected = known.not_affected(&vex);
        let judge = Judge {
            rules,
            gate: question.gate,
            asset: &question.asset,
            principal: &question.circumstances.principal,
            now,
            known: since.as_ref(),
            accepted: &accepted,
            not_affected: &not_affected,
        };
        Ok(judge.judge(material, matched))
    }

    /// The findings of the subject that the judgement starts from.
    async fn since(
        &self,
        question: &Question,
        authority: &AuthorityRules,
        reads: &mut Reads,
        now: Time,
    ) -> Result<Option<HashSet<FindingId>>, FlowError> {
        let Some(since) = &question.circumstances.since else {
            return Ok(None);
        };
        let keys = subject_keys(since, &question.asset, question.gate);
        let known = self
            .known(&keys, &[], authority, Some(&question.asset), now)
            .await?;
        reads.note(&known);
        let Some(material) = material(&known, since)? else {
            return Err(FlowError::Invalid(format!(
                "nothing is known of {since}, from which the judgement starts"
            )));
        };
        let (ids, versions) = known_ids(&material, &self.index, now);
        reads.versions.extend(versions);
        Ok(Some(ids))
    }
}
