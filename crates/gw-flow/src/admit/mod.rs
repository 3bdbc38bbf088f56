//! What only the admit gate is shown: what a model is, what it was made from, how it was measured,
//! and what has become of it since.

mod formats;
mod lineage;
mod measured;

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate::Drift;
use gw_core::{FactKey, FactState, Time};
use gw_policy::authority::AuthorityRules;
use gw_policy::facts::{DRIFT, SCAN, STAGE, TEST};
use gw_policy::{Comparison, Demands, DriftFacts, FactValue, Formats, Listed, ModelFacts};

use crate::circumstances::Rules;
use crate::config::{AdmitConfig, ChampionRule};
use crate::decide::{Question, Reads};
use crate::facts::Known;
use crate::judge::{Material, earliest, value_of};
use crate::store::Store;
use crate::{Flow, FlowError};

/// How many names a reason shows.
const SHOWN: usize = 5;

/// What the gate is shown, and for the reasons of some policies what people want to know beside the
/// policy's message.
pub(crate) struct Admit {
    pub(crate) model: ModelFacts,
    pub(crate) details: Vec<(&'static str, String)>,
}

impl<S: Store> Flow<S> {
    /// The facts of the admit gate about the subject of a question.
    pub(crate) async fn admit_facts(
        &self,
        question: &Question,
        (rules, authority): (&Rules, &AuthorityRules),
        known: &Known,
        material: Option<&Material>,
        reads: &mut Reads,
        now: Time,
    ) -> Result<Admit, FlowError> {
        let config = &rules.config.admit;
        let mut admit = Admit {
            model: content(config, material),
            details: Vec::new(),
        };
        let walk = self.lineage(question, authority, known, reads, now).await?;
        admit.model.lineage = walk.map(|walk| walk.facts);
        if let FactValue::Known(walk) = walk {
            admit.detail("lineage-quarantined", &walk.quarantined);
            admit.detail("lineage-not-admitted", &walk.fallen);
            admit.detail("lineage-conflicting", &walk.conflicting);
            admit.detail("require-lineage", &walk.unknown);
        }
        let tests = FactKey::subject(&question.subject, TEST);
        let measured = measured::measured(known, &tests);
        let validated = measured::validate(&config.validation, &measured);
        admit.detail("validation-failed", &validated.failed);
        admit.detail("validation-missing", &validated.missing);
        admit.model.validation = validated.facts;
        admit.model.metrics = measured::metrics(&measured);
        admit.model.champion = self
            .champion(question, (config, authority), &measured, reads, now)
            .await?;
        if let FactValue::Known(comparison) = &admit.model.champion {
            let words = against(comparison);
            admit.detail("not-better", &[words]);
        }
        let drift = FactKey::subject(&question.subject, DRIFT);
        admit.model.drift = value_of(known.state(&drift), || alarms(known, &drift));
        if let FactValue::Known(drift) = &admit.model.drift {
            let monitors: Vec<_> = drift.monitors.iter().cloned().collect();
            admit.detail("drift", &monitors);
        }
        let stage = FactKey::subject(&question.subject, STAGE);
        admit.model.stage = value_of(known.state(&stage), || stage_of(known.state(&stage)));
        let scanned = known.issued_at(&FactKey::subject(&question.subject, SCAN));
        if let Some(scanned) = scanned {
            let days = now.duration_since(scanned).as_hours().max(0) / 24;
            admit.model.scan_days = FactValue::Known(u32::try_from(days).unwrap_or(u32::MAX));
            if rules.policies.reads(question.gate, "age") {
                let next =
                    jiff::SignedDuration::from_hours(days.saturating_add(1).saturating_mul(24));
                reads.deadline = earliest(reads.deadline, scanned.checked_add(next).ok());
            }
        }
        admit.model.demands = FactValue::Known(demands(config));
        Ok(admit)
    }

    /// The comparison with the model that this one would take the place of.
    async fn champion(
        &self,
        question: &Question,
        (config, authority): (&AdmitConfig, &AuthorityRules),
        challenger: &FactValue<Vec<measured::Measured>>,
        reads: &mut Reads,
        now: Time,
    ) -> Result<FactValue<Comparison>, FlowError> {
        let Some(champion) = &question.circumstances.champion else {
            return Ok(FactValue::Absent);
        };
        if champion.subject == question.subject {
            // It has that place already.
            return Ok(FactValue::Absent);
        }
        let rule = match (&champion.metric, &config.champion) {
            (None, Some(rule)) => rule.clone(),
            (Some(metric), Some(rule)) if rule.metric == *metric => rule.clone(),
            (Some(metric), _) => ChampionRule {
                metric: metric.clone(),
                suite: None,
                dataset: None,
                lower_is_better: false,
                min_gain: 0.0,
            },
            (None, None) => return Ok(FactValue::Incomplete),
        };
        let key = FactKey::subject(&champion.subject, TEST);
        let known = self
            .known(
                std::slice::from_ref(&key),
                &[],
                authority,
                Some(&champion.asset),
                now,
            )
            .await?;
        reads.note(&known);
        let champion = measured::measured(&known, &key);
        Ok(measured::compare(&rule, &champion, challenger))
    }
}

impl Admit {
    fn detail(&mut self, policy: &'static str, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let clip = |name: &String| name.chars().take(120).collect::<String>();
        let mut words: Vec<_> = names.iter().take(SHOWN).map(clip).collect();
        if let Some(more) = names.len().checked_sub(SHOWN).filter(|&more| more > 0) {
            words.push(format!("{more} more"));
        }
        self.details.push((policy, words.join(", ")));
    }
}

/// What the inventory says of the models.
fn content(config: &AdmitConfig, material: Option<&Material>) -> ModelFacts {
    let Some(material) = material else {
        return ModelFacts::default();
    };
    let models = &material.inventory.models;
    let found: BTreeSet<String> = models
        .iter()
        .filter_map(|model| model.format.clone())
        .collect();
    let licenses: BTreeSet<String> = models
        .iter()
        .flat_map(|model| model.licenses.iter().cloned())
        .collect();
    ModelFacts {
        formats: FactValue::Known(Formats {
            executable: found
                .iter()
                .filter(|format| formats::executable(format))
                .cloned()
                .collect(),
            unlisted: config.unlisted_formats(&found),
            found,
        }),
        licenses: FactValue::Known(Listed {
            unlisted: config.unlisted_licenses(&licenses),
            found: licenses,
        }),
        ..ModelFacts::default()
    }
}

fn demands(config: &AdmitConfig) -> Demands {
    let required = config.require.iter().map(|name| name.as_str().to_owned());
    Demands {
        required: required.collect(),
        approvals: config.approvals().into(),
        listed_formats: !config.formats.is_empty(),
        listed_licenses: !config.licenses.is_empty(),
    }
}

/// What the monitors say: each one's latest word, and of two at the same time the alarm.
fn alarms(known: &Known, key: &FactKey) -> DriftFacts {
    let mut latest: BTreeMap<String, (Time, bool)> = BTreeMap::new();
    for (time, drift) in known.claims::<Drift>(key) {
        let entry = latest.entry(drift.monitor).or_insert((time, false));
        if time > entry.0 {
            *entry = (time, drift.alarm);
        } else if time == entry.0 {
            entry.1 |= drift.alarm;
        }
    }
    let alarmed = latest.into_iter().filter(|(_, (_, alarm))| *alarm);
    let monitors: BTreeSet<_> = alarmed.map(|(monitor, _)| monitor).collect();
    DriftFacts {
        alarm: !monitors.is_empty(),
        monitors,
    }
}

fn stage_of(state: &FactState) -> String {
    let stage = state.known().and_then(|value| value.get("stage")?.as_str());
    stage.unwrap_or_default().to_owned()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "it is shown to people, who do not count millionths of large numbers"
)]
fn against(comparison: &Comparison) -> String {
    let value = |millionths: i64| millionths as f64 / 1e6;
    format!(
        "{} is {} against {}",
        comparison.metric,
        value(comparison.challenger),
        value(comparison.champion)
    )
}
