//! What only the admit gate is shown.

use super::{MAX_NAMES, fact, names, set};
use crate::node::{Attributes, Node};
use crate::{FactValue, ModelFacts};

/// The attributes of the admit gate beside those of the release gate.
pub(super) fn attributes(model: &ModelFacts) -> Attributes<'_> {
    vec![
        (
            "formats",
            sets(&model.formats, |formats| {
                vec![
                    ("found", &formats.found),
                    ("executable", &formats.executable),
                    ("unlisted", &formats.unlisted),
                ]
            }),
        ),
        (
            "model_licenses",
            sets(&model.licenses, |licenses| {
                vec![("found", &licenses.found), ("unlisted", &licenses.unlisted)]
            }),
        ),
        (
            "lineage",
            fact(&model.lineage, |lineage| {
                numbers(&[
                    ("datasets", lineage.datasets),
                    ("base_models", lineage.base_models),
                    (
                        "total",
                        lineage.datasets.saturating_add(lineage.base_models),
                    ),
                    ("unknown", lineage.unknown),
                    ("quarantined", lineage.quarantined),
                    ("not_admitted", lineage.not_admitted),
                    ("conflicting", lineage.conflicting),
                    ("admitted", lineage.admitted),
                ])
            }),
        ),
        (
            "validation",
            fact(&model.validation, |validation| {
                numbers(&[
                    ("demanded", validation.demanded),
                    ("missing", validation.missing),
                    ("failed", validation.failed),
                ])
            }),
        ),
        (
            "metrics",
            sets(&model.metrics, |metrics| {
                vec![("measured", &metrics.measured), ("failed", &metrics.failed)]
            }),
        ),
        (
            "champion",
            fact(&model.champion, |comparison| {
                Node::Record(vec![
                    ("metric", Node::Text(&comparison.metric)),
                    ("champion", Node::Long(comparison.champion)),
                    ("challenger", Node::Long(comparison.challenger)),
                    ("better", Node::Bool(comparison.better)),
                ])
            }),
        ),
        (
            "drift",
            fact(&model.drift, |drift| {
                Node::Record(vec![
                    ("alarm", Node::Bool(drift.alarm)),
                    ("monitors", set(&drift.monitors)),
                ])
            }),
        ),
        ("stage", fact(&model.stage, |stage| Node::Text(stage))),
        (
            "age",
            fact(&model.scan_days, |&days| {
                numbers(&[("scan_days", days.into())])
            }),
        ),
        (
            "demands",
            fact(&model.demands, |demands| {
                Node::Record(vec![
                    ("required", set(&demands.required)),
                    ("approvals", Node::long(demands.approvals)),
                    ("listed_formats", Node::Bool(demands.listed_formats)),
                    ("listed_licenses", Node::Bool(demands.listed_licenses)),
                ])
            }),
        ),
    ]
}

type NamedSet<'a> = (&'static str, &'a std::collections::BTreeSet<String>);

/// A fact of several sets of names, which says if any of them is cut off.
fn sets<'a, T>(known: &'a FactValue<T>, of: impl FnOnce(&'a T) -> Vec<NamedSet<'a>>) -> Node<'a> {
    let Some(value) = known.known() else {
        return names(known.state(), false, None);
    };
    let all = of(value);
    let truncated = all.iter().any(|(_, names)| names.len() > MAX_NAMES);
    let record = all.into_iter().map(|(name, names)| (name, set(names)));
    names("known", truncated, Some(Node::Record(record.collect())))
}

fn numbers<'a>(numbers: &[(&'static str, u64)]) -> Node<'a> {
    let record = numbers.iter().map(|&(name, n)| (name, Node::long(n)));
    Node::Record(record.collect())
}
