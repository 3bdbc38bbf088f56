//! Keeping a decision as a signed statement, with what it means for other decisions.

use gw_attest::predicate::{self, RulesKind};
use gw_core::{Decision, Digest, FactKey, FactState, ResourceDescriptor, Time, Version};
use gw_policy::authority::AuthorityRules;
use serde_json::json;

use crate::facts::authority_name;
use crate::gates::{gate_key, gate_name};
use crate::store::{NewDecision, Store};
use crate::{Circumstances, Claimed, Flow, FlowError};

impl<S: Store> Flow<S> {
    /// Keeps a decision. One that does not stand is only recorded: what was decided before about
    /// this place goes on holding.
    pub(super) async fn keep_decision(
        &self,
        decision: &Decision,
        circumstances: &Circumstances,
        authority: &AuthorityRules,
        stands: bool,
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
        let (context, content) = circumstances.to_blob()?;
        let mut batch = self.batch(statements, now).await?;
        batch.statements.push(signed);
        batch.blobs.push((context, content));
        let rules: Vec<_> = authority.rules().collect();
        if !rules.is_empty() {
            batch.meta.push((
                authority_name(&decision.asset),
                serde_json::to_string(&rules)?,
            ));
        }
        if stands {
            batch.facts.extend(self.gate_versions(decision).await?);
            batch.decisions.push(NewDecision {
                id,
                decision: decision.clone(),
                context,
            });
        }
        self.store.commit(&self.realm, batch).await?;
        Ok(id)
    }

    /// The new versions of what this decision says to others. Only another outcome or another
    /// content is another fact: what reads it need not be decided again for less.
    async fn gate_versions(
        &self,
        decision: &Decision,
    ) -> Result<Vec<(FactKey, Version)>, FlowError> {
        let (gate, asset, place) = (decision.gate, &decision.asset, &decision.place);
        let subject = decision.subject.digest;
        let before = self
            .store
            .decisions(&self.realm, gate, asset, place, 1)
            .await?;
        let before = before.first();
        if before.is_some_and(|row| row.subject == subject && row.outcome == decision.outcome) {
            return Ok(Vec::new());
        }
        let name = gate_name(gate);
        let mut keys = vec![FactKey::asset(asset, &name), gate_key(&subject, gate)];
        keys.extend(before.map(|row| gate_key(&row.subject, gate)));
        keys.sort_unstable();
        keys.dedup();
        // Each version continues the one before it, so that several places cannot hide each other's
        // changes.
        let known = self.store.versions(&self.realm, &keys).await?;
        let says = FactState::Known(json!({
            "asset": asset,
            "outcome": decision.outcome,
            "place": place,
            "subject": subject,
        }));
        let version = |key: FactKey| {
            let last = known.iter().find(|(known, _)| *known == key);
            let basis: Vec<_> = last.iter().map(|(_, version)| *version.digest()).collect();
            (key, Version::of(&says, &basis))
        };
        Ok(keys.into_iter().map(version).collect())
    }
}
