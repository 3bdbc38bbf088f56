use std::collections::BTreeSet;

use crate::FactValue;

/// What the admit gate is shown beside what the release gate is shown, too: what is known of a model,
/// or of data to train on. What is not set is absent.
#[derive(Debug, Clone, Default)]
pub struct ModelFacts {
    /// Formats of the models in the content.
    pub formats: FactValue<Formats>,
    /// Licences that the models give.
    pub licenses: FactValue<Listed>,
    /// What it was made from, and what that was made from.
    pub lineage: FactValue<LineageFacts>,
    /// What the configuration asks to be measured.
    pub validation: FactValue<Validation>,
    /// What was measured.
    pub metrics: FactValue<Metrics>,
    /// The comparison with the model that it would take the place of.
    pub champion: FactValue<Comparison>,
    /// What monitors say.
    pub drift: FactValue<DriftFacts>,
    /// Its stage.
    pub stage: FactValue<String>,
    /// Whole days since the latest scan.
    pub scan_days: FactValue<u32>,
    /// What the configuration demands.
    pub demands: FactValue<Demands>,
}

/// Formats of the models in a content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formats {
    /// All of them.
    pub found: BTreeSet<String>,
    /// Those of them whose loaders can be made to run code that the file brings.
    pub executable: BTreeSet<String>,
    /// Those of them that the configuration does not list, if it lists any.
    pub unlisted: BTreeSet<String>,
}

/// Names that were found, and those of them that the configuration does not list, if it lists any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// All of them.
    pub found: BTreeSet<String>,
    /// Those that are not listed.
    pub unlisted: BTreeSet<String>,
}

/// How many different things a content was made from, parents followed, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineageFacts {
    /// Datasets.
    pub datasets: u64,
    /// Models.
    pub base_models: u64,
    /// Of which only the name is known.
    pub unknown: u64,
    /// That are quarantined.
    pub quarantined: u64,
    /// That were decided on at this gate and do not pass.
    pub not_admitted: u64,
    /// About which statements contradict each other, or that depend on this very decision.
    pub conflicting: u64,
    /// That pass this gate.
    pub admitted: u64,
}

/// Measurements that are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validation {
    /// How many.
    pub demanded: u64,
    /// Those that nobody made.
    pub missing: u64,
    /// Those that are out of their bounds.
    pub failed: u64,
}

/// Metrics that were measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Names of all.
    pub measured: BTreeSet<String>,
    /// Names of those that are out of the bounds that the test itself states.
    pub failed: BTreeSet<String>,
}

/// A challenger against a champion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The metric.
    pub metric: String,
    /// The champion's value, in millionths.
    pub champion: i64,
    /// The challenger's value, in millionths.
    pub challenger: i64,
    /// Whether the challenger is as much better as the configuration asks for.
    pub better: bool,
}

/// What monitors say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriftFacts {
    /// Whether any says that it is too much.
    pub alarm: bool,
    /// Names of the monitors that say so.
    pub monitors: BTreeSet<String>,
}

/// What the configuration demands of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demands {
    /// What has to be there: `signature`, `lineage`, `provenance`, `validation`, `approval`,
    /// `admitted-lineage`.
    pub required: BTreeSet<String>,
    /// How many different people have to approve.
    pub approvals: u64,
    /// Whether the configuration lists formats.
    pub listed_formats: bool,
    /// Whether the configuration lists licences.
    pub listed_licenses: bool,
}
