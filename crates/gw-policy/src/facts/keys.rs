use gw_attest::{Statement, predicate};
use gw_core::{Binding, Decision, FactKey};
use serde_json::Value;

use super::value;

/// What several statements under one key amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Several {
    /// Each issuer's latest counts, and those of the highest level must agree; otherwise the fact is
    /// conflicting.
    MustAgree,
    /// All count together: each issuer's latest.
    LatestOfEach,
    /// All count together.
    All,
}

/// A predicate type as facts see it.
#[derive(Debug)]
pub struct Predicate {
    /// Its URI.
    pub uri: &'static str,
    /// The keys of the facts that a statement of it touches.
    pub keys: fn(&Statement) -> Vec<FactKey>,
    /// What a statement says under a key, without what differs between equal claims.
    pub value: fn(&Statement, &FactKey) -> Option<Value>,
    /// What several statements amount to.
    pub several: Several,
}

/// Every predicate type that is a fact for some decision. What is not here is stored and shown.
///
/// | predicate | fact |
/// |---|---|
/// | `sbom`, `spdx` | `<subject>#scan/inventory` |
/// | `scan` | `<subject>#scan/findings` |
/// | `provenance` | `<subject>#provenance`, and its issuers are `<subject>#signature`; if it says what went into a model, `<subject>#lineage` |
/// | `signature` | `<subject>#signature` |
/// | `lineage` | `<subject>#lineage` |
/// | `model-stage` | `<subject>#stage` |
/// | `drift` | `<subject>#drift` |
/// | `approval` | `<subject>#approval/<gate>` |
/// | `test-result` | `<subject>#test/<name of its first configuration>`, and all of them `<subject>#test` |
/// | `quarantine` | `<subject>#quarantine`, and of the asset that it names `<asset>#quarantine` |
/// | `acceptance` | `<asset>#accept/<finding>`, or `<asset>#accept/<rule>+<package>+<advisory>`; all together are `<asset>#accept` |
/// | `openvex` | `<asset>#vex/<vulnerability>` |
/// | `binding` | `<asset>#binding/<place>` |
/// | `decision` | `<asset>#gate/<gate>` and `<subject>#gate/<gate>` |
/// | `revocation` | `key#<id>`; for statements, the keys of the statements revoked |
/// | `advisories` | `rules#advisories` |
/// | `rules` | `rules#policy`, `rules#authority`, `rules#trust-roots`; those of one asset are `<asset>#rules/policy`, ... |
pub const PREDICATES: &[Predicate] = &[
    Predicate {
        uri: predicate::CYCLONEDX,
        keys: |statement| subjects(statement, super::INVENTORY),
        value: value::whole,
        several: Several::LatestOfEach,
    },
    Predicate {
        uri: predicate::SPDX,
        keys: |statement| subjects(statement, super::INVENTORY),
        value: value::whole,
        several: Several::LatestOfEach,
    },
    Predicate {
        uri: predicate::SCAN,
        keys: |statement| subjects(statement, super::SCAN),
        value: value::whole,
        several: Several::LatestOfEach,
    },
    Predicate {
        uri: predicate::PROVENANCE,
        keys: |statement| {
            let mut keys = subjects(statement, super::PROVENANCE);
            keys.extend(subjects(statement, super::SIGNATURE));
            // One that cannot be read says nothing, and that is no knowledge either.
            if !matches!(predicate::inputs_of(statement), Ok(None)) {
                keys.extend(subjects(statement, super::LINEAGE));
            }
            keys
        },
        value: value::provenance,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::SIGNATURE,
        keys: |statement| subjects(statement, super::SIGNATURE),
        value: value::signature,
        several: Several::All,
    },
    Predicate {
        uri: predicate::LINEAGE,
        keys: |statement| subjects(statement, super::LINEAGE),
        value: value::lineage,
        several: Several::All,
    },
    Predicate {
        uri: predicate::MODEL_STAGE,
        keys: |statement| subjects(statement, super::STAGE),
        value: value::stage,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::DRIFT,
        keys: |statement| subjects(statement, super::DRIFT),
        value: value::drift,
        several: Several::All,
    },
    Predicate {
        uri: predicate::APPROVAL,
        keys: approval,
        value: value::approval,
        several: Several::All,
    },
    Predicate {
        uri: predicate::TEST_RESULT,
        keys: |statement| {
            let mut keys = subjects(statement, &format!("test/{}", value::test_name(statement)));
            keys.extend(subjects(statement, super::TEST));
            keys
        },
        value: value::test_result,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::QUARANTINE,
        keys: quarantine,
        value: value::quarantine,
        several: Several::All,
    },
    Predicate {
        uri: predicate::ACCEPTANCE,
        keys: acceptance,
        value: value::acceptance,
        several: Several::All,
    },
    Predicate {
        uri: predicate::OPENVEX,
        keys: |statement| {
            let names = value::vex_names(statement);
            names
                .iter()
                .flat_map(|name| assets(statement, &format!("vex/{name}")))
                .collect()
        },
        value: value::vex,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::BINDING,
        keys: binding,
        value: value::binding,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::DECISION,
        keys: decision,
        value: value::decision,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::REVOCATION,
        keys: revocation,
        value: value::revocation,
        several: Several::All,
    },
    Predicate {
        uri: predicate::ADVISORIES,
        keys: |_| vec![FactKey::rules("advisories")],
        value: value::advisories,
        several: Several::MustAgree,
    },
    Predicate {
        uri: predicate::RULES,
        keys: rules,
        value: value::rules,
        several: Several::MustAgree,
    },
];

/// The facts that a statement touches: their versions change in the transaction that stores it. What
/// a revocation of statements touches are the keys of those statements ([`revoked_statements`]).
#[must_use]
pub fn keys_of(statement: &Statement) -> Vec<FactKey> {
    let mut keys = find(statement).map_or_else(Vec::new, |known| (known.keys)(statement));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The ids of the statements that this one revokes or takes the place of. The keys of those change
/// with it.
#[must_use]
pub fn revoked_statements(statement: &Statement) -> Vec<gw_core::Digest> {
    let claim = statement.claim.as_ref();
    let mut ids = claim.map_or_else(Vec::new, |claim| claim.supersedes.clone());
    if statement.predicate_type == predicate::REVOCATION
        && let Ok(revocation) = statement.predicate_as::<predicate::Revocation>()
    {
        ids.extend(revocation.statements);
    }
    ids
}

pub(super) fn find(statement: &Statement) -> Option<&'static Predicate> {
    PREDICATES
        .iter()
        .find(|known| known.uri == statement.predicate_type)
}

fn subjects(statement: &Statement, name: &str) -> Vec<FactKey> {
    statement
        .digests()
        .map(|digest| FactKey::subject(&digest, name))
        .collect()
}

/// About the asset that the statement names; without one, about its subjects.
fn assets(statement: &Statement, name: &str) -> Vec<FactKey> {
    match statement.asset() {
        Some(asset) => vec![FactKey::asset(asset, name)],
        None => subjects(statement, name),
    }
}

/// About the content, and about the asset: whoever only knows that a model was made from that asset,
/// and not from which content of it, cannot tell the two apart.
fn quarantine(statement: &Statement) -> Vec<FactKey> {
    let mut keys = subjects(statement, super::QUARANTINE);
    let asset = statement.asset();
    keys.extend(asset.map(|asset| FactKey::asset(asset, super::QUARANTINE)));
    keys
}

fn approval(statement: &Statement) -> Vec<FactKey> {
    match statement.predicate_as::<predicate::Approval>() {
        Ok(approval) => subjects(statement, &format!("approval/{}", approval.gate)),
        Err(_) => Vec::new(),
    }
}

fn acceptance(statement: &Statement) -> Vec<FactKey> {
    let Ok(acceptance) = statement.predicate_as::<predicate::Acceptance>() else {
        return Vec::new();
    };
    let accepts = acceptance.accepts;
    let parts: Vec<_> = match accepts.finding {
        Some(finding) => vec![finding],
        None => [accepts.rule, accepts.package, accepts.advisory]
            .into_iter()
            .flatten()
            .collect(),
    };
    if parts.is_empty() {
        return Vec::new();
    }
    // A decision reads all acceptances of its asset at once: which of them cover a finding depends
    // on names that only the finding knows.
    let mut keys = assets(statement, super::ACCEPTANCES);
    keys.extend(assets(
        statement,
        &format!("{}/{}", super::ACCEPTANCES, parts.join("+")),
    ));
    keys
}

/// An authority rule covers the asset of the header, so a predicate that speaks of another asset
/// touches nothing.
fn binding(statement: &Statement) -> Vec<FactKey> {
    match statement.predicate_as::<Binding>() {
        Ok(binding) if statement.asset() == Some(&binding.asset) => {
            vec![FactKey::asset(
                &binding.asset,
                &format!("binding/{}", binding.place),
            )]
        }
        _ => Vec::new(),
    }
}

fn decision(statement: &Statement) -> Vec<FactKey> {
    match statement.predicate_as::<Decision>() {
        Ok(decision) if statement.asset() == Some(&decision.asset) => {
            let name = format!("gate/{}", decision.gate);
            let subject = &decision.subject.digest;
            vec![
                FactKey::asset(&decision.asset, &name),
                FactKey::subject(subject, &name),
            ]
        }
        _ => Vec::new(),
    }
}

fn revocation(statement: &Statement) -> Vec<FactKey> {
    match statement.predicate_as::<predicate::Revocation>() {
        Ok(revocation) => revocation
            .keys
            .iter()
            .map(|key| FactKey::key(key.as_str()))
            .collect(),
        Err(_) => Vec::new(),
    }
}

fn rules(statement: &Statement) -> Vec<FactKey> {
    let name = match statement
        .predicate_as::<predicate::Rules>()
        .map(|rules| rules.kind)
    {
        Ok(predicate::RulesKind::Policy) => "policy",
        Ok(predicate::RulesKind::Authority) => "authority",
        Ok(predicate::RulesKind::TrustRoots) => "trust-roots",
        Err(_) => return Vec::new(),
    };
    match statement.asset() {
        Some(asset) => vec![FactKey::asset(asset, &format!("rules/{name}"))],
        None => vec![FactKey::rules(name)],
    }
}
