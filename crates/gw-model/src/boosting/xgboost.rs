//! XGBoost: JSON and Universal Binary JSON.
//!
//! Source: XGBoost's documentation, "Introduction to Model IO", and its JSON schema.

use gw_analysis::{Node, Value};
use gw_finding::ReasonCode;

use super::tree::Tree;
use super::ubj::{self, Ubj, UbjError};
use crate::keras::take;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// Whether a JSON document is a model of XGBoost.
pub(crate) fn is_model(root: &Node) -> bool {
    root.at(&["learner", "gradient_booster"]).is_some()
}

/// Describes a model and looks at its trees.
pub(crate) fn read_json(root: &Node, report: &mut Report<'_>) {
    let text = |path: &[&str]| root.at(path).and_then(Node::scalar).map(str::to_owned);
    let version = root.get("version").map(Node::list).unwrap_or_default();
    let version: Vec<&str> = version.iter().filter_map(Node::scalar).collect();
    let list = root.at(&["learner", "gradient_booster", "model", "trees"]);
    let trees = list.map(Node::list).unwrap_or_default();
    let trees = trees.iter().map(|tree| Tree {
        nodes: tree
            .at(&["tree_param", "num_nodes"])
            .and_then(Node::scalar)
            .and_then(|nodes| nodes.parse().ok()),
        left: ints(tree, "left_children"),
        right: ints(tree, "right_children"),
        features: ints(tree, "split_indices"),
        lengths: LISTS
            .iter()
            .map(|name| (*name, tree.get(name).map_or(0, |list| list.list().len())))
            .collect(),
    });
    read(&text, &version.join("."), trees, report);
}

/// Lists that have a value for each node.
const LISTS: &[&str] = &[
    "base_weights",
    "default_left",
    "parents",
    "split_conditions",
    "split_indices",
    "split_type",
];

fn ints(tree: &Node, key: &str) -> Vec<i64> {
    let list = tree.get(key).map(Node::list).unwrap_or_default();
    let number = |node: &Node| match &node.value {
        Value::Number(text) => text.parse().unwrap_or(i64::MAX),
        _ => -1,
    };
    list.iter().map(number).collect()
}

fn read(
    text: &dyn Fn(&[&str]) -> Option<String>,
    version: &str,
    trees: impl Iterator<Item = Tree>,
    report: &mut Report<'_>,
) {
    let mut model = Model::new("xgboost", report.location().clone());
    model.architecture = text(&["learner", "gradient_booster", "name"]).map(|name| quote(&name));
    model.task = text(&["learner", "objective", "name"]).map(|name| quote(&name));
    if !version.is_empty() {
        model.libraries.insert("xgboost".to_owned(), quote(version));
    }
    let features = text(&["learner", "learner_model_param", "num_feature"]);
    for (key, value) in [
        ("features", features.clone()),
        (
            "classes",
            text(&["learner", "learner_model_param", "num_class"]),
        ),
    ] {
        if let Some(value) = value {
            model.metadata.insert(key.to_owned(), quote(&value));
        }
    }
    // Nothing is said by zero, which models with columns of unknown number have.
    let features = features
        .and_then(|text| text.parse().ok())
        .filter(|count| *count > 0);
    let mut count = 0_u64;
    for tree in trees {
        if let Some(lie) = tree.lie(features) {
            let message = format!("Tree {count}: {lie}.");
            report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(format!("tree {count}"), message),
            );
        }
        count = count.saturating_add(1);
    }
    let param = [
        "learner",
        "gradient_booster",
        "model",
        "gbtree_model_param",
        "num_trees",
    ];
    let said = text(&param).and_then(|text| text.parse::<u64>().ok());
    if let Some(said) = said
        && said != count
    {
        let message = format!("The model says it has {said} trees, and {count} are there.");
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("num_trees", message));
    }
    model.metadata.insert("trees".to_owned(), count.to_string());
    report.describe(model);
}

/// Models in Universal Binary JSON.
pub(crate) struct XgBoostUbj;

impl Reader for XgBoostUbj {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let learner = memchr::memmem::find(head, b"learner").is_some();
        path.ends_with(".ubj")
            || head.starts_with(b"{")
                && learner
                && head.get(1) != Some(&b'"')
                && memchr::memmem::find(head, b"learner\"").is_none()
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(bytes) = take(&mut content, report) else {
            return;
        };
        let named = report.path().ends_with(".ubj");
        match ubj::parse(&bytes) {
            Ok(root) if root.at(&["learner", "gradient_booster"]).is_some() => {
                read_ubj(&root, report);
            }
            Ok(_) => {}
            Err(_) if !named && !bytes.starts_with(b"{L") => {}
            Err(UbjError::Malformed(at, what)) => {
                report.incomplete(ReasonCode::Malformed, format!("at byte {at}: {what}"));
            }
            Err(UbjError::TooMany) => {
                report.incomplete(ReasonCode::TooMany, "more values than are kept");
            }
            Err(UbjError::TooDeep) => report.incomplete(ReasonCode::TooDeep, "nested too deep"),
        }
    }
}

fn read_ubj(root: &Ubj, report: &mut Report<'_>) {
    let scalar = |value: &Ubj| match value {
        Ubj::Text(text) => Some(text.clone()),
        Ubj::Int(number) => Some(number.to_string()),
        _ => None,
    };
    let text = |path: &[&str]| root.at(path).and_then(scalar);
    let version = match root.get("version") {
        Some(Ubj::Ints(numbers)) => numbers.iter().map(i64::to_string).collect(),
        Some(Ubj::List(items)) => items.iter().filter_map(scalar).collect(),
        _ => Vec::new(),
    };
    let list = match root.at(&["learner", "gradient_booster", "model", "trees"]) {
        Some(Ubj::List(trees)) => trees.as_slice(),
        _ => &[],
    };
    let ints = |tree: &Ubj, key: &str| match tree.get(key) {
        Some(Ubj::Ints(numbers)) => numbers.clone(),
        Some(Ubj::List(items)) => {
            let number = |item: &Ubj| {
                if let Ubj::Int(number) = item {
                    *number
                } else {
                    -1
                }
            };
            items.iter().map(number).collect()
        }
        _ => Vec::new(),
    };
    let length = |tree: &Ubj, key: &str| match tree.get(key) {
        Some(Ubj::Ints(numbers)) => numbers.len(),
        Some(Ubj::List(items)) => items.len(),
        Some(Ubj::Floats(count)) => *count,
        _ => 0,
    };
    let trees = list.iter().map(|tree| Tree {
        nodes: tree
            .at(&["tree_param", "num_nodes"])
            .and_then(scalar)
            .and_then(|nodes| nodes.parse().ok()),
        left: ints(tree, "left_children"),
        right: ints(tree, "right_children"),
        features: ints(tree, "split_indices"),
        lengths: LISTS
            .iter()
            .map(|name| (*name, length(tree, name)))
            .collect(),
    });
    read(&text, &version.join("."), trees, report);
}
