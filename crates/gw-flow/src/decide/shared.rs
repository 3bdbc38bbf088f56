//! The facts that every gate about a content is shown.

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate::{Quarantine, Scan};
use gw_core::{Asset, Digest, FactKey, FactState, Gate, Time};
use gw_finding::{Finding, Location};
use gw_package::Inventory;
use gw_policy::facts::{
    DRIFT, INVENTORY, LINEAGE, PROVENANCE, QUARANTINE, SCAN, SIGNATURE, STAGE, TEST,
};
use gw_policy::{Approvals, FactValue, GateFacts};

use super::Question;
use crate::circumstances::Rules;
use crate::facts::Known;
use crate::judge::{Judged, Material, licenses, value_of};
use crate::state::name_digest;
use crate::store::Store;
use crate::{Flow, FlowError};

const DAY: i64 = 24;

impl<S: Store> Flow<S> {
    pub(super) fn gate_facts(
        &self,
        question: &Question,
        rules: &Rules,
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
        let signers = rules.signers.iter();
        let signers: Vec<_> = signers.filter(|s| s.covers(&question.asset)).collect();
        facts.signers = value_of(known.state(&signature), || {
            known.signers_named(&signature, &signers)
        });
        if facts.signers.known().is_some_and(BTreeSet::is_empty) {
            facts.signers = FactValue::Absent;
        }
        let provenance = FactKey::subject(subject, PROVENANCE);
        facts.provenance = value_of(known.state(&provenance), || known.provenance(&provenance));
        let tests = FactKey::subject(subject, TEST);
        let results = known.tests(&tests);
        if !results.passed.is_empty() || !results.failed.is_empty() {
            facts.tests = FactValue::Known(results);
        } else if matches!(known.state(&tests), FactState::Stale) {
            facts.tests = FactValue::Stale;
        }
        for quarantine in quarantine_keys(subject, &question.asset) {
            if facts.quarantine == FactValue::Absent {
                facts.quarantine = value_of(known.state(&quarantine), || {
                    let all: Vec<Quarantine> = known.predicates(&quarantine);
                    let reasons: Vec<_> = all.into_iter().map(|q| q.reason).collect();
                    reasons.join("; ")
                });
            }
        }
        facts
    }

    /// Whole days since the oldest data that the inventory needs was current.
    fn advisory_age(&self, inventory: &Inventory, now: Time) -> Option<u32> {
        let oldest = self.oldest_advisories(inventory)?;
        let days = now.duration_since(oldest).as_hours().max(0) / DAY;
        u32::try_from(days).ok()
    }

    /// From when on the advisory data is older than so many whole days.
    pub(super) fn advisory_day_ends(&self, days: u32, material: Option<&Material>) -> Option<Time> {
        let oldest = self.oldest_advisories(&material?.inventory)?;
        let hours = i64::from(days).saturating_add(1).saturating_mul(DAY);
        oldest
            .checked_add(jiff::SignedDuration::from_hours(hours))
            .ok()
    }

    fn oldest_advisories(&self, inventory: &Inventory) -> Option<Time> {
        inventory
            .ecosystems()
            .into_keys()
            .filter_map(|ecosystem| self.index.coverage(ecosystem))
            .map(|info| info.as_of)
            .min()
    }
}

/// The facts about a subject of an asset that a gate reads.
pub(super) fn subject_keys(subject: &Digest, asset: &Asset, gate: Gate) -> Vec<FactKey> {
    let more: &[&str] = match gate {
        Gate::Admit => &[LINEAGE, STAGE, DRIFT],
        _ => &[],
    };
    [INVENTORY, SCAN, PROVENANCE, SIGNATURE, TEST]
        .iter()
        .chain(more)
        .map(|name| FactKey::subject(subject, name))
        .chain([approval_key(subject, gate)])
        .chain(quarantine_keys(subject, asset))
        .collect()
}

/// Whether this content is quarantined, or its asset by name, whatever content it has.
fn quarantine_keys(subject: &Digest, asset: &Asset) -> [FactKey; 2] {
    [subject, &name_digest(asset)].map(|digest| FactKey::subject(digest, QUARANTINE))
}

fn approval_key(subject: &Digest, gate: Gate) -> FactKey {
    FactKey::subject(subject, &format!("approval/{gate}"))
}

pub(super) fn vex_keys(asset: &Asset, finding: &Finding) -> Vec<FactKey> {
    let Some(advisory) = &finding.advisory else {
        return Vec::new();
    };
    std::iter::once(&advisory.id)
        .chain(&advisory.aliases)
        .map(|id| FactKey::asset(asset, &format!("vex/{id}")))
        .collect()
}

/// The stored inventory and scan, if both are there.
pub(super) fn material(known: &Known, subject: &Digest) -> Result<Option<Material>, FlowError> {
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

pub(super) fn count_packages(inventory: &Inventory) -> BTreeMap<String, u64> {
    inventory
        .ecosystems()
        .into_iter()
        .map(|(ecosystem, count)| (ecosystem.to_string(), count as u64))
        .collect()
}
