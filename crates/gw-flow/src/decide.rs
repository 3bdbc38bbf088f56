//! Deciding at a gate, from stored statements alone.

use std::collections::{BTreeMap, HashSet};

use gw_attest::predicate::{self, Acceptance, Coverage, Quarantine, RulesKind, Scan};
use gw_core::{
    Asset, Basis, Decision, Dependency, Digest, FactKey, FactState, Gate, Place,
    ResourceDescriptor, Subject, SubjectKind, Time, Version,
};
use gw_finding::{Finding, FindingId, Incomplete, Location};
use gw_package::Inventory;
use gw_policy::authority::AuthorityRules;
use gw_policy::facts::{ACCEPTANCES, INVENTORY, PROVENANCE, QUARANTINE, SCAN, SIGNATURE, TEST};
use gw_policy::{Approvals, DecideInput, FactValue, GateFacts};

use crate::circumstances::Rules;
use crate::facts::{Known, authority_name};
use crate::judge::{
    Judge, Judged, Material, earliest, known_ids, licenses, match_advisories, value_of,
};
use crate::store::{NewDecision, Store};
use crate::{Circumstances, Claimed, Flow, FlowError};

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
}

/// Facts that were read so far, and the earliest deadline among them.
#[derive(Default)]
struct Reads {
    versions: BTreeMap<FactKey, Version>,
    deadline: Option<Time>,
}

impl Reads {
    fn note(&mut self, known: &Known) {
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
        let rules = question.circumstances.read(now)?;
        let authority = self.authority(rules.config.authority.clone())?;
        let mut reads = Reads::default();
        let known = self
            .known(
                &subject_keys(&question.subject, question.gate),
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
        let facts = self.gate_facts(question, &known, material.as_ref(), &judged, now);
        let mut answer = rules.policies.decide(
            question.gate,
            &DecideInput {
                principal: &question.circumstances.principal,
                asset: &question.asset,
                facts: &facts,
            },
        );
        if let Some(why) = facts.quarantine.known() {
            // The policy's message is the same for all; who is stopped by it wants to know more.
            for reason in answer
                .reasons
                .iter_mut()
                .filter(|r| r.policy == QUARANTINED)
            {
                reason.message = format!("{} ({why})", reason.message);
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
            mode: rules.mode,
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
        let id = self
            .keep_decision(&decision, &question.circumstances, &authority, now)
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
        let keys = subject_keys(&question.subject, question.gate);
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
        let keys = subject_keys(since, question.gate);
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

    fn gate_facts(
        &self,
        question: &Question,
        known: &Known,
        material: Option<&Material>,
        judged: &Judged,
        now: Time,
    ) -> GateFacts {
        let subject = &question.subject;
        let mut facts = GateFacts::unknown(question.place.clone());
        facts.scan = value_of(known.state(&FactKey::subject(subject, SCAN)), || {
            gw_policy::Coverage {
                files: material.map_or(0, |m| m.scan.coverage.files),
                packages: material.map_or(0, |m| m.inventory.packages.len() as u64),
            }
        });
        if let Some(material) = material {
            facts.incomplete = FactValue::Known(judged.gaps());
            facts.findings = FactValue::Known(judged.summary.clone());
            facts.licenses = FactValue::Known(licenses(&material.inventory));
            facts.advisories_age_days = self
                .advisory_age(&material.inventory, now)
                .map_or(FactValue::Absent, FactValue::Known);
        } else if facts.scan.known().is_some() {
            // One statement of the two is there, which is less than a scan.
            facts.scan = FactValue::Incomplete;
        }
        let approval = approval_key(subject, question.gate);
        facts.approvals = value_of(known.state(&approval), || Approvals {
            by: known.issuers(&approval),
        });
        let signature = FactKey::subject(subject, SIGNATURE);
        facts.signers = value_of(known.state(&signature), || known.issuers(&signature));
        let provenance = FactKey::subject(subject, PROVENANCE);
        facts.provenance = value_of(known.state(&provenance), || known.provenance(&provenance));
        let tests = FactKey::subject(subject, TEST);
        let results = known.tests(&tests);
        if !results.passed.is_empty() || !results.failed.is_empty() {
            facts.tests = FactValue::Known(results);
        } else if matches!(known.state(&tests), FactState::Stale) {
            facts.tests = FactValue::Stale;
        }
        let quarantine = FactKey::subject(subject, QUARANTINE);
        facts.quarantine = value_of(known.state(&quarantine), || {
            let all: Vec<Quarantine> = known.predicates(&quarantine);
            let reasons: Vec<_> = all.into_iter().map(|q| q.reason).collect();
            reasons.join("; ")
        });
        facts
    }

    /// Whole days since the oldest data that the inventory needs was current.
    fn advisory_age(&self, inventory: &Inventory, now: Time) -> Option<u32> {
        inventory
            .ecosystems()
            .into_keys()
            .filter_map(|ecosystem| self.index.coverage(ecosystem))
            .map(|info| now.duration_since(info.as_of).as_hours().max(0) / 24)
            .max()
            .and_then(|days| u32::try_from(days).ok())
    }

    async fn keep_decision(
        &self,
        decision: &Decision,
        circumstances: &Circumstances,
        authority: &AuthorityRules,
        now: Time,
    ) -> Result<Digest, FlowError> {
        let mut statements = Vec::new();
        for (kind, digest) in [
            (RulesKind::Policy, decision.basis.policy),
            (RulesKind::Authority, decision.basis.authority),
        ] {
            statements.extend(
                self.rules_in_use(&decision.asset, kind, digest, now)
                    .await?,
            );
        }
        let signed = self.sign(
            Claimed {
                subject: vec![ResourceDescriptor::from(&decision.subject)],
                predicate_type: predicate::DECISION,
                predicate: decision,
                asset: Some(decision.asset.clone()),
                expires_at: decision.not_after,
            },
            now,
        )?;
        let id = signed.statement.id;
        statements.push(signed);
        let (context, content) = circumstances.to_blob()?;
        let mut batch = self.batch(statements, now).await?;
        batch.blobs.push((context, content));
        let rules: Vec<_> = authority.rules().collect();
        if !rules.is_empty() {
            batch.meta.push((
                authority_name(&decision.asset),
                serde_json::to_string(&rules)?,
            ));
        }
        // Only another outcome is another fact: what reads it need not be decided again for less.
        let outcome = FactState::Known(decision.outcome.as_str().into());
        let key = FactKey::asset(&decision.asset, &format!("gate/{}", decision.gate));
        batch.facts.retain(|(known, _)| *known != key);
        batch.facts.push((key, Version::of(&outcome, &[])));
        batch.decisions.push(NewDecision {
            id,
            decision: decision.clone(),
            context,
        });
        self.store.commit(&self.realm, batch).await?;
        Ok(id)
    }
}

/// The facts about a subject that a gate reads.
fn subject_keys(subject: &Digest, gate: Gate) -> Vec<FactKey> {
    [INVENTORY, SCAN, PROVENANCE, SIGNATURE, TEST, QUARANTINE]
        .into_iter()
        .map(|name| FactKey::subject(subject, name))
        .chain([approval_key(subject, gate)])
        .collect()
}

fn approval_key(subject: &Digest, gate: Gate) -> FactKey {
    FactKey::subject(subject, &format!("approval/{gate}"))
}

fn vex_keys(asset: &Asset, finding: &Finding) -> Vec<FactKey> {
    let Some(advisory) = &finding.advisory else {
        return Vec::new();
    };
    std::iter::once(&advisory.id)
        .chain(&advisory.aliases)
        .map(|id| FactKey::asset(asset, &format!("vex/{id}")))
        .collect()
}

/// The stored inventory and scan, if both are there.
fn material(known: &Known, subject: &Digest) -> Result<Option<Material>, FlowError> {
    let inventory = FactKey::subject(subject, INVENTORY);
    let scan = FactKey::subject(subject, SCAN);
    let (Some(bill), Some(scan)) = (known.latest(&inventory), known.latest(&scan)) else {
        return Ok(None);
    };
    let at = Location::file(subject.to_string());
    let (inventory, _) =
        gw_package::sbom::cyclonedx::read_json(bill.predicate.get().as_bytes(), &at).map_err(
            |error| FlowError::Inventory {
                subject: *subject,
                detail: error.message,
            },
        )?;
    Ok(Some(Material {
        inventory,
        scan: scan.predicate_as::<Scan>()?,
    }))
}

fn count_packages(inventory: &Inventory) -> BTreeMap<String, u64> {
    inventory
        .ecosystems()
        .into_iter()
        .map(|(ecosystem, count)| (ecosystem.to_string(), count as u64))
        .collect()
}
