use std::collections::BTreeMap;

use crate::Model;
use crate::tensor::describe;

/// How many different operators are counted by name.
const MOST: usize = 4096;

/// How often a graph uses each operator.
#[derive(Debug, Default)]
pub(crate) struct Operators {
    counts: BTreeMap<String, u64>,
    /// Uses of operators that are not counted by name any more.
    more: u64,
}

impl Operators {
    pub(crate) fn add(&mut self, name: &str) {
        let room = self.counts.len() < MOST;
        if let Some(count) = self.counts.get_mut(name) {
            *count = count.saturating_add(1);
        } else if room {
            self.counts.insert(name.to_owned(), 1);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
    }

    /// Tells the model's description of them, the most used first.
    pub(crate) fn describe(&self, model: &mut Model) {
        let mut all: Vec<(&str, u64)> = self.names().collect();
        if all.is_empty() {
            return;
        }
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let total = all
            .iter()
            .fold(self.more, |sum, (_, count)| sum.saturating_add(*count));
        let shown: Vec<String> = all
            .iter()
            .take(12)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        describe::keep(model, "nodes", &total.to_string());
        describe::keep(model, "operators", &shown.join(", "));
    }
}
