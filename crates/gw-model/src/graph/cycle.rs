use std::collections::{BTreeMap, BTreeSet};

/// Who calls whom, by names.
pub(crate) type Calls = BTreeMap<String, BTreeSet<String>>;

/// A function that calls itself, directly or through others. Work is linear in the number of calls,
/// and nothing recurses.
pub(crate) fn find(calls: &Calls) -> Option<&str> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in calls.keys() {
        if done.contains(start.as_str()) {
            continue;
        }
        let mut open: BTreeSet<&str> = BTreeSet::from([start.as_str()]);
        let mut stack = vec![(start.as_str(), callees(calls, start))];
        while let Some((name, rest)) = stack.last_mut() {
            match rest.next() {
                Some(callee) if open.contains(callee) => return Some(callee),
                Some(callee) if done.contains(callee) => {}
                Some(callee) => {
                    open.insert(callee);
                    stack.push((callee, callees(calls, callee)));
                }
                None => {
                    open.remove(*name);
                    done.insert(name);
                    stack.pop();
                }
            }
        }
    }
    None
}

fn callees<'c>(calls: &'c Calls, name: &str) -> Box<dyn Iterator<Item = &'c str> + 'c> {
    match calls.get(name) {
        Some(callees) => Box::new(
            callees
                .iter()
                .map(String::as_str)
                .filter(|callee| calls.contains_key(*callee)),
        ),
        None => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_circles() {
        let check = |calls: &[(&str, &[&str])], expected: Option<&str>| {
            let calls: Calls = calls
                .iter()
                .map(|(name, callees)| {
                    (
                        (*name).to_owned(),
                        callees.iter().map(|c| (*c).to_owned()).collect(),
                    )
                })
                .collect();
            assert_eq!(find(&calls), expected);
        };
        check(
            &[("a", &["b", "c"]), ("b", &["c"]), ("c", &["outside"])],
            None,
        );
        check(&[("a", &["a"])], Some("a"));
        check(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])], Some("b"));
        let chain: Calls = (0..100_000)
            .map(|n: u32| (format!("{n:06}"), BTreeSet::from([format!("{:06}", n + 1)])))
            .collect();
        assert_eq!(find(&chain), None);
    }
}
