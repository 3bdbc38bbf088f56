//! What a case of the admit gate may say beside what others may.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Comparison, Demands, DriftFacts, Formats, LineageFacts, Listed, Metrics, Validation};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FormatsRow {
    found: BTreeSet<String>,
    executable: BTreeSet<String>,
    unlisted: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LicensesRow {
    found: BTreeSet<String>,
    unlisted: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineageRow {
    datasets: u64,
    base_models: u64,
    unknown: u64,
    quarantined: u64,
    not_admitted: u64,
    conflicting: u64,
    admitted: u64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ValidationRow {
    demanded: u64,
    missing: u64,
    failed: u64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MetricsRow {
    measured: BTreeSet<String>,
    failed: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ChampionRow {
    metric: String,
    champion: i64,
    challenger: i64,
    better: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DriftRow {
    alarm: bool,
    monitors: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DemandsRow {
    required: BTreeSet<String>,
    approvals: u64,
    listed_formats: bool,
    listed_licenses: bool,
}

impl FormatsRow {
    pub(super) fn facts(&self) -> Formats {
        Formats {
            found: self.found.clone(),
            executable: self.executable.clone(),
            unlisted: self.unlisted.clone(),
        }
    }
}

impl LicensesRow {
    pub(super) fn facts(&self) -> Listed {
        Listed {
            found: self.found.clone(),
            unlisted: self.unlisted.clone(),
        }
    }
}

impl LineageRow {
    pub(super) const fn facts(&self) -> LineageFacts {
        LineageFacts {
            datasets: self.datasets,
            base_models: self.base_models,
            unknown: self.unknown,
            quarantined: self.quarantined,
            not_admitted: self.not_admitted,
            conflicting: self.conflicting,
            admitted: self.admitted,
        }
    }
}

impl ValidationRow {
    pub(super) const fn facts(&self) -> Validation {
        Validation {
            demanded: self.demanded,
            missing: self.missing,
            failed: self.failed,
        }
    }
}

impl MetricsRow {
    pub(super) fn facts(&self) -> Metrics {
        Metrics {
            measured: self.measured.clone(),
            failed: self.failed.clone(),
        }
    }
}

impl ChampionRow {
    pub(super) fn facts(&self) -> Comparison {
        Comparison {
            metric: self.metric.clone(),
            champion: self.champion,
            challenger: self.challenger,
            better: self.better,
        }
    }
}

impl DriftRow {
    pub(super) fn facts(&self) -> DriftFacts {
        DriftFacts {
            alarm: self.alarm,
            monitors: self.monitors.clone(),
        }
    }
}

impl DemandsRow {
    pub(super) fn facts(&self) -> Demands {
        Demands {
            required: self.required.clone(),
            approvals: self.approvals,
            listed_formats: self.listed_formats,
            listed_licenses: self.listed_licenses,
        }
    }
}
