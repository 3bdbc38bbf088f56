//! LightGBM: models as text.
//!
//! Source: LightGBM's `GBDT::SaveModelToString` and `Tree::ToString`.

use gw_finding::ReasonCode;

use crate::keras::{take, text_of};
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// Models of LightGBM.
pub(crate) struct LightGbm;

impl Reader for LightGbm {
    fn claims(&self, _path: &str, head: &[u8]) -> bool {
        let first = head.strip_prefix(b"tree").unwrap_or_default();
        let version = first.trim_ascii_start();
        version.starts_with(b"version=") || version.starts_with(b"num_class=")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let bytes = take(&mut content, report);
        let Some(text) = bytes.and_then(|bytes| text_of(&bytes, report)) else {
            return;
        };
        let mut model = Model::new("lightgbm", report.location().clone());
        let mut features = None;
        let mut trees = 0_u64;
        let mut tree: Option<Tree> = None;
        let mut ended = false;
        for line in text.lines() {
            if line == "end of trees" {
                ended = true;
                break;
            }
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            if key == "Tree" {
                finish(tree.take(), features, report);
                tree = Some(Tree::new(value));
                trees = trees.saturating_add(1);
            } else if let Some(tree) = &mut tree {
                tree.line(key, value);
            } else {
                match key {
                    "version" => model.format_version = Some(quote(value)),
                    "objective" => model.task = Some(quote(value)),
                    "max_feature_idx" => features = value.trim().parse::<i64>().ok(),
                    "num_class" => {
                        model.metadata.insert("classes".to_owned(), quote(value));
                    }
                    _ => {}
                }
            }
        }
        finish(tree.take(), features, report);
        if !ended {
            let detail = "the text ends before `end of trees`";
            report.incomplete(ReasonCode::Malformed, detail);
        }
        model.architecture = Some("gbdt".to_owned());
        model.metadata.insert("trees".to_owned(), trees.to_string());
        report.describe(model);
    }
}

/// A tree: inner nodes by their places, leaves by negative numbers.
struct Tree {
    name: String,
    leaves: Option<i64>,
    children: [Vec<i64>; 2],
    features: Vec<i64>,
}

impl Tree {
    fn new(name: &str) -> Self {
        Self {
            name: quote(name),
            leaves: None,
            children: [Vec::new(), Vec::new()],
            features: Vec::new(),
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        let numbers = || -> Vec<i64> {
            let number = |text: &str| text.parse().unwrap_or(i64::MAX);
            value.split_whitespace().map(number).collect()
        };
        let [left, right] = &mut self.children;
        match key {
            "num_leaves" => self.leaves = value.trim().parse().ok(),
            "left_child" => *left = numbers(),
            "right_child" => *right = numbers(),
            "split_feature" => self.features = numbers(),
            _ => {}
        }
    }

    fn lie(&self, features: Option<i64>) -> Option<String> {
        let leaves = self.leaves?;
        let inner = leaves.saturating_sub(1);
        let [left, right] = &self.children;
        for (name, list) in [
            ("left_child", left),
            ("right_child", right),
            ("split_feature", &self.features),
        ] {
            let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
            if length != inner.max(0) && !(inner <= 0 && length <= 1) {
                return Some(format!("`{name}` has {length} values for {leaves} leaves"));
            }
        }
        let outside = |child: &&i64| {
            let leaf = child.checked_neg().unwrap_or(i64::MAX).saturating_sub(1);
            **child >= inner.max(1) || (**child < 0 && leaf >= leaves)
        };
        if let Some(child) = left.iter().chain(right).find(outside) {
            return Some(format!("a node has the child {child} of {leaves} leaves"));
        }
        let beyond = |feature: &&i64| features.is_some_and(|most| **feature > most);
        if let Some(feature) = self.features.iter().find(beyond) {
            return Some(format!("a node asks for feature {feature}"));
        }
        // A child comes after its parent; one that does not leads back.
        let back =
            |(at, child): (usize, &i64)| usize::try_from(*child).is_ok_and(|child| child <= at);
        let cycle = [left, right]
            .into_iter()
            .any(|list| list.iter().enumerate().any(back));
        cycle.then(|| "its nodes lead back".to_owned())
    }
}

fn finish(tree: Option<Tree>, features: Option<i64>, report: &mut Report<'_>) {
    if let Some(tree) = tree
        && let Some(lie) = tree.lie(features)
    {
        let message = format!("Tree {}: {lie}.", tree.name);
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(&tree.name, message));
    }
}
