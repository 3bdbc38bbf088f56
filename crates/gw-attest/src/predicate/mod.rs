//! What statements can say.
//!
//! Standards are used where they exist; what they lack is ours, under one prefix, each with a JSON
//! Schema in [`SCHEMAS`].

mod acceptance;
mod administration;
mod advisories;
mod approval;
mod drift;
mod lineage;
mod metrics;
mod model_stage;
mod quarantine;
mod revocation;
mod rules;
mod scan;
mod signature;

pub use acceptance::{Acceptance, Accepts};
pub use administration::Administration;
pub use advisories::{Advisories, EcosystemData};
pub use approval::Approval;
pub use drift::Drift;
pub use lineage::{ASSET_ANNOTATION, InputKind, KIND_ANNOTATION, Lineage, LineageInput, inputs_of};
pub use metrics::{Metric, TEST_METRICS, TestDataset, TestMetrics, metrics_of};
pub use model_stage::{ModelStage, Stage};
pub use quarantine::Quarantine;
pub use revocation::Revocation;
pub use rules::{Rules, RulesKind};
pub use scan::{Coverage, Scan};
pub use signature::{Signature, SignedBy};

/// A bill of materials in CycloneDX; our inventory statement.
pub const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// A bill of materials in SPDX.
pub const SPDX: &str = "https://spdx.dev/Document";
/// How something was built (SLSA provenance v1).
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// A decision for those who know SLSA's Verification Summary Attestations only; an export.
pub const VERIFICATION_SUMMARY: &str = "https://slsa.dev/verification_summary/v1";
/// Results of tests (in-toto).
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Vulnerabilities found by a scan (in-toto); an export.
pub const VULNS: &str = "https://in-toto.io/attestation/vulns/v0.2";
/// Which vulnerabilities affect a product (OpenVEX).
pub const OPENVEX: &str = "https://openvex.dev/ns/v0.2.0";

/// What a scan found in the content itself, and what it could not look at: [`Scan`].
pub const SCAN: &str = "https://gatewright.dev/predicate/scan/v1";
/// A finding may stay: [`Acceptance`].
pub const ACCEPTANCE: &str = "https://gatewright.dev/predicate/acceptance/v1";
/// Somebody approves a subject at a gate: [`Approval`].
pub const APPROVAL: &str = "https://gatewright.dev/predicate/approval/v1";
/// An asset has a subject somewhere: [`gw_core::Binding`].
pub const BINDING: &str = "https://gatewright.dev/predicate/binding/v1";
/// A statement or key is withdrawn: [`Revocation`].
pub const REVOCATION: &str = "https://gatewright.dev/predicate/revocation/v1";
/// A subject must not pass any gate for now: [`Quarantine`].
pub const QUARANTINE: &str = "https://gatewright.dev/predicate/quarantine/v1";
/// A gate's answer: [`gw_core::Decision`].
pub const DECISION: &str = "https://gatewright.dev/predicate/decision/v1";
/// Advisory data came into use: [`Advisories`].
pub const ADVISORIES: &str = "https://gatewright.dev/predicate/advisories/v1";
/// Policies, authority rules or trust roots came into use: [`Rules`].
pub const RULES: &str = "https://gatewright.dev/predicate/rules/v1";
/// What something was made from, by somebody's word: [`Lineage`].
pub const LINEAGE: &str = "https://gatewright.dev/predicate/lineage/v1";
/// A model moved to another stage of its life: [`ModelStage`].
pub const MODEL_STAGE: &str = "https://gatewright.dev/predicate/model-stage/v1";
/// What a monitor says about a model in use: [`Drift`].
pub const DRIFT: &str = "https://gatewright.dev/predicate/drift/v1";
/// A signature over a subject was verified: [`Signature`].
pub const SIGNATURE: &str = "https://gatewright.dev/predicate/signature/v1";
/// Somebody changed who may do what: [`Administration`].
pub const ADMINISTRATION: &str = "https://gatewright.dev/predicate/administration/v1";

/// The JSON Schema of each predicate of ours, by its URI.
pub const SCHEMAS: &[(&str, &str)] = &[
    (SCAN, include_str!("../../schemas/scan.json")),
    (ACCEPTANCE, include_str!("../../schemas/acceptance.json")),
    (APPROVAL, include_str!("../../schemas/approval.json")),
    (BINDING, include_str!("../../schemas/binding.json")),
    (REVOCATION, include_str!("../../schemas/revocation.json")),
    (QUARANTINE, include_str!("../../schemas/quarantine.json")),
    (DECISION, include_str!("../../schemas/decision.json")),
    (ADVISORIES, include_str!("../../schemas/advisories.json")),
    (RULES, include_str!("../../schemas/rules.json")),
    (LINEAGE, include_str!("../../schemas/lineage.json")),
    (MODEL_STAGE, include_str!("../../schemas/model-stage.json")),
    (DRIFT, include_str!("../../schemas/drift.json")),
    (SIGNATURE, include_str!("../../schemas/signature.json")),
    (
        ADMINISTRATION,
        include_str!("../../schemas/administration.json"),
    ),
];

/// The short name people use for a predicate type on the command line, if it has one.
#[must_use]
pub fn short_name(uri: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(_, known)| *known == uri)
        .map(|(name, _)| *name)
}

/// The predicate type that a short name or URI stands for.
#[must_use]
pub fn by_name(name: &str) -> Option<&str> {
    if name.contains("://") {
        return Some(name);
    }
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, uri)| *uri)
}

/// Short names of predicate types.
pub const NAMES: &[(&str, &str)] = &[
    ("sbom", CYCLONEDX),
    ("spdx", SPDX),
    ("provenance", PROVENANCE),
    ("vsa", VERIFICATION_SUMMARY),
    ("test-result", TEST_RESULT),
    ("vulns", VULNS),
    ("openvex", OPENVEX),
    ("scan", SCAN),
    ("acceptance", ACCEPTANCE),
    ("approval", APPROVAL),
    ("binding", BINDING),
    ("revocation", REVOCATION),
    ("quarantine", QUARANTINE),
    ("decision", DECISION),
    ("advisories", ADVISORIES),
    ("rules", RULES),
    ("lineage", LINEAGE),
    ("model-stage", MODEL_STAGE),
    ("drift", DRIFT),
    ("signature", SIGNATURE),
    ("administration", ADMINISTRATION),
];

#[cfg(test)]
mod tests;
