//! Decision trees as lists of nodes, which libraries follow without looking: a child beyond the
//! lists is memory that is not theirs, and one that leads back is a loop without end.

/// A tree of nodes that are named by their places.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// How many nodes it says it has.
    pub(super) nodes: Option<u64>,
    /// The children of each node; negative where there is none.
    pub(super) left: Vec<i64>,
    pub(super) right: Vec<i64>,
    /// The feature that each node asks for.
    pub(super) features: Vec<i64>,
    /// Further lists that have something of each node, with their lengths.
    pub(super) lengths: Vec<(&'static str, usize)>,
}

impl Tree {
    /// What is wrong with it, if anything is.
    pub(super) fn lie(&self, features: Option<u64>) -> Option<String> {
        let count = self.left.len();
        if let Some(nodes) = self.nodes
            && nodes != count as u64
        {
            return Some(format!(
                "it says it has {nodes} nodes, and {count} are there"
            ));
        }
        if self.right.len() != count {
            let right = self.right.len();
            return Some(format!("{count} left children and {right} right ones"));
        }
        for (name, length) in &self.lengths {
            if *length != count && *length != 0 {
                return Some(format!("`{name}` has {length} values for {count} nodes"));
            }
        }
        if let Some(child) = [&self.left, &self.right]
            .into_iter()
            .flatten()
            .find(|child| usize::try_from(**child).is_ok_and(|child| child >= count))
        {
            return Some(format!("a node has the child {child} of {count} nodes"));
        }
        if let Some(most) = features {
            let beyond = |(at, feature): &(usize, &i64)| {
                let inner = self.left.get(*at).is_some_and(|child| *child >= 0);
                inner && u64::try_from(**feature).is_ok_and(|feature| feature >= most)
            };
            if let Some((_, feature)) = self.features.iter().enumerate().find(beyond) {
                return Some(format!("a node asks for feature {feature} of {most}"));
            }
        }
        self.cycle()
            .then(|| "its nodes lead back to themselves".to_owned())
    }

    /// Whether following children from the root comes to a node twice.
    fn cycle(&self) -> bool {
        let mut seen = vec![false; self.left.len()];
        let mut todo = vec![0_usize];
        while let Some(at) = todo.pop() {
            match seen.get_mut(at) {
                Some(seen) if *seen => return true,
                Some(seen) => *seen = true,
                None => continue,
            }
            for children in [&self.left, &self.right] {
                let child = children
                    .get(at)
                    .and_then(|child| usize::try_from(*child).ok());
                todo.extend(child);
            }
        }
        false
    }
}
