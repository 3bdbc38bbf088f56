//! `[admit]`: what a project demands of models, and of data to train on.

use std::collections::BTreeSet;

use gw_core::Mode;
use serde::{Deserialize, Serialize};

/// What the admit gate asks for beside what its policies forbid.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdmitConfig {
    /// What the gate's answer does, instead of the general mode.
    pub mode: Option<Mode>,
    /// The only formats that are allowed, by the names that reports show; all if it is empty.
    pub formats: BTreeSet<String>,
    /// The only licences that models may have, by SPDX ids in any case; all if it is empty.
    pub licenses: BTreeSet<String>,
    /// What has to be there.
    pub require: BTreeSet<Requirement>,
    /// How many different people have to approve.
    pub approvals: u32,
    /// What has to be measured.
    pub validation: Vec<ValidationRule>,
    /// How a model is compared with the one that it would take the place of.
    pub champion: Option<ChampionRule>,
}

/// Something that a model must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requirement {
    /// A signature that was verified.
    Signature,
    /// What it was made from, each by its content or decided on here.
    Lineage,
    /// That all that it was made from passes this gate itself.
    AdmittedLineage,
    /// Who made it, and how.
    Provenance,
    /// A test that passed, or the measurements of `[[admit.validation]]`.
    Validation,
    /// A person's approval.
    Approval,
}

impl Requirement {
    /// The name as the configuration and policies write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Lineage => "lineage",
            Self::AdmittedLineage => "admitted-lineage",
            Self::Provenance => "provenance",
            Self::Validation => "validation",
            Self::Approval => "approval",
        }
    }
}

/// A measurement that has to be there and within bounds.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationRule {
    /// The metric's name.
    pub metric: String,
    /// The suite that measures it; any if it is not given.
    pub suite: Option<String>,
    /// The dataset that it is measured on, by its name or its digest; any if it is not given.
    pub dataset: Option<String>,
    /// The least value.
    pub min: Option<f64>,
    /// The greatest value.
    pub max: Option<f64>,
}

/// The comparison of a challenger with a champion.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChampionRule {
    /// The metric's name.
    pub metric: String,
    /// The suite that measures it; any if it is not given.
    pub suite: Option<String>,
    /// The dataset that it is measured on, by its name or its digest; any if it is not given.
    pub dataset: Option<String>,
    /// Whether less is better, as of an error.
    #[serde(default)]
    pub lower_is_better: bool,
    /// By how much a challenger has to be better; not worse is enough if it is 0.
    #[serde(default)]
    pub min_gain: f64,
}

impl AdmitConfig {
    /// What is wrong with it, for people.
    pub(super) fn check(&self) -> Result<(), String> {
        for rule in &self.validation {
            let finite = |bound: Option<f64>| bound.is_none_or(f64::is_finite);
            if rule.min.is_none() && rule.max.is_none() {
                return Err(format!(
                    "admit.validation: `{}` has no bound: give min, max or both",
                    rule.metric
                ));
            }
            if !finite(rule.min) || !finite(rule.max) || rule.min > rule.max && rule.max.is_some() {
                return Err(format!(
                    "admit.validation: the bounds of `{}` leave nothing",
                    rule.metric
                ));
            }
        }
        let gain = self.champion.as_ref().map_or(0.0, |rule| rule.min_gain);
        if !gain.is_finite() || gain < 0.0 {
            return Err("admit.champion: min_gain is a number that is not negative".to_owned());
        }
        Ok(())
    }

    /// How many different people have to approve.
    #[must_use]
    pub fn approvals(&self) -> u32 {
        let one = u32::from(self.require.contains(&Requirement::Approval));
        self.approvals.max(one)
    }

    /// Those of these formats that are not allowed.
    pub(crate) fn unlisted_formats(&self, found: &BTreeSet<String>) -> BTreeSet<String> {
        if self.formats.is_empty() {
            return BTreeSet::new();
        }
        found.difference(&self.formats).cloned().collect()
    }

    /// Those of these licences that are not allowed.
    pub(crate) fn unlisted_licenses(&self, found: &BTreeSet<String>) -> BTreeSet<String> {
        let listed = |license: &str| {
            let mut allowed = self.licenses.iter();
            allowed.any(|known| known.eq_ignore_ascii_case(license))
        };
        let unlisted = found.iter().filter(|license| !listed(license));
        let any = !self.licenses.is_empty();
        unlisted.filter(|_| any).cloned().collect()
    }
}
