//! What a statement says under a key: only what matters, so that equal claims have equal values.

use gw_attest::{Statement, predicate};
use gw_core::{Binding, Decision, FactKey};
use serde_json::{Value, json};

/// The statement as a whole, by the digest of its claim. Whoever needs its content reads it.
#[allow(
    clippy::unnecessary_wraps,
    reason = "the table of predicates gives the signature"
)]
pub(super) fn whole(statement: &Statement, _: &FactKey) -> Option<Value> {
    Some(json!(statement.claim_digest().to_string()))
}

/// `{builder, source}` of an SLSA provenance v1 (<https://slsa.dev/spec/v1.1/provenance>).
pub(super) fn provenance(statement: &Statement, _: &FactKey) -> Option<Value> {
    let predicate = raw(statement)?;
    let builder = predicate.pointer("/runDetails/builder/id")?.as_str()?;
    let materials = predicate.pointer("/buildDefinition/resolvedDependencies");
    let source = materials
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|material| material.get("uri")?.as_str())
        .find(|uri| uri.starts_with("git"))
        .unwrap_or_default();
    Some(json!({ "builder": builder, "source": source }))
}

/// `{signer}`: the signer's name, as policies have it.
pub(super) fn signature(statement: &Statement, _: &FactKey) -> Option<Value> {
    let signature: predicate::Signature = statement.predicate_as().ok()?;
    Some(json!({ "signer": signature.signer.name() }))
}

/// `{inputs}`, in order.
pub(super) fn lineage(statement: &Statement, _: &FactKey) -> Option<Value> {
    let inputs = predicate::inputs_of(statement).ok()??;
    Some(json!({ "inputs": inputs }))
}

pub(super) fn stage(statement: &Statement, _: &FactKey) -> Option<Value> {
    let stage: predicate::ModelStage = statement.predicate_as().ok()?;
    Some(json!({ "stage": stage.to.as_str() }))
}

/// What a monitor says, without the words for people.
pub(super) fn drift(statement: &Statement, _: &FactKey) -> Option<Value> {
    let drift: predicate::Drift = statement.predicate_as().ok()?;
    Some(json!({ "alarm": drift.alarm, "monitor": drift.monitor, "since": drift.since }))
}

pub(super) fn approval(statement: &Statement, _: &FactKey) -> Option<Value> {
    let approval: predicate::Approval = statement.predicate_as().ok()?;
    Some(json!({ "gate": approval.gate.as_str() }))
}

/// A test suite's name, by its test-result statement: that of its first configuration.
#[must_use]
pub fn test_name(statement: &Statement) -> String {
    let name = raw(statement).and_then(|predicate| {
        let first = predicate.get("configuration")?.as_array()?.first()?;
        let name = first.get("name").or_else(|| first.get("uri"))?.as_str()?;
        Some(
            name.chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect::<String>(),
        )
    });
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "default".to_owned())
}

/// `{result}` of an in-toto test-result: `PASSED`, `WARNED` or `FAILED`
/// (<https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>); and `metrics`,
/// if it says what was measured.
pub(super) fn test_result(statement: &Statement, _: &FactKey) -> Option<Value> {
    let predicate = raw(statement)?;
    let result = predicate.get("result")?.as_str()?;
    let known = ["PASSED", "WARNED", "FAILED"].contains(&result);
    let metrics = predicate::metrics_of(statement).ok()?;
    known.then(|| match metrics {
        Some(metrics) => json!({ "metrics": metrics, "result": result }),
        None => json!({ "result": result }),
    })
}

pub(super) fn quarantine(statement: &Statement, _: &FactKey) -> Option<Value> {
    let quarantine: predicate::Quarantine = statement.predicate_as().ok()?;
    Some(json!({ "reason": quarantine.reason }))
}

pub(super) fn acceptance(statement: &Statement, _: &FactKey) -> Option<Value> {
    let acceptance: predicate::Acceptance = statement.predicate_as().ok()?;
    serde_json::to_value(&acceptance).ok()
}

/// Ids of the vulnerabilities that an OpenVEX document speaks of
/// (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>).
pub(super) fn vex_names(statement: &Statement) -> Vec<String> {
    let document = raw(statement).unwrap_or_default();
    vex_statements(&document)
        .flat_map(vex_ids)
        .map(str::to_owned)
        .collect()
}

/// `{status, products}` of a vulnerability in an OpenVEX document; the last statement counts.
pub(super) fn vex(statement: &Statement, key: &FactKey) -> Option<Value> {
    let name = key.name().strip_prefix("vex/")?;
    let document = raw(statement)?;
    let about = |vex: &&Value| vex_ids(vex).any(|id| id == name);
    let said = vex_statements(&document).filter(about).last()?;
    let status = said.get("status")?.as_str()?;
    let known = ["not_affected", "affected", "fixed", "under_investigation"].contains(&status);
    let mut products: Vec<_> = said
        .get("products")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|product| product.get("@id").unwrap_or(product).as_str())
        .collect();
    products.sort_unstable();
    known.then(|| json!({ "products": products, "status": status }))
}

pub(super) fn binding(statement: &Statement, _: &FactKey) -> Option<Value> {
    let binding: Binding = statement.predicate_as().ok()?;
    serde_json::to_value(&binding).ok()
}

pub(super) fn decision(statement: &Statement, _: &FactKey) -> Option<Value> {
    let decision: Decision = statement.predicate_as().ok()?;
    Some(json!({
        "outcome": decision.outcome.as_str(),
        "subject": decision.subject.digest.to_string(),
    }))
}

pub(super) fn revocation(statement: &Statement, _: &FactKey) -> Option<Value> {
    let revocation: predicate::Revocation = statement.predicate_as().ok()?;
    Some(json!({ "reason": revocation.reason }))
}

pub(super) fn advisories(statement: &Statement, _: &FactKey) -> Option<Value> {
    let advisories: predicate::Advisories = statement.predicate_as().ok()?;
    Some(json!({ "index": advisories.index.to_string() }))
}

pub(super) fn rules(statement: &Statement, _: &FactKey) -> Option<Value> {
    let rules: predicate::Rules = statement.predicate_as().ok()?;
    Some(json!({ "digest": rules.digest.to_string(), "version": rules.version }))
}

fn raw(statement: &Statement) -> Option<Value> {
    statement.predicate_as().ok()
}

fn vex_statements(document: &Value) -> impl Iterator<Item = &Value> {
    document
        .get("statements")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The name and the aliases of a VEX statement's vulnerability.
fn vex_ids(vex: &Value) -> impl Iterator<Item = &str> {
    let vulnerability = vex.get("vulnerability");
    let name = vulnerability.and_then(|v| v.get("name").unwrap_or(v).as_str());
    let aliases = vulnerability.and_then(|v| v.get("aliases")?.as_array());
    name.into_iter()
        .chain(aliases.into_iter().flatten().filter_map(Value::as_str))
}
