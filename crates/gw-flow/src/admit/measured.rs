//! What tests measured, against what the configuration asks for and against a champion.

use std::collections::BTreeMap;

use gw_attest::predicate::{Metric, TestDataset, metrics_of};
use gw_core::{FactKey, FactState};
use gw_policy::facts::test_name;
use gw_policy::{Comparison, FactValue, Metrics, Validation};

use crate::config::{ChampionRule, ValidationRule};
use crate::facts::Known;

/// One number that an admitted test result measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    suite: String,
    dataset: Option<TestDataset>,
    metric: Metric,
}

/// Everything that was measured under a subject's fact.
pub(super) fn measured(known: &Known, key: &FactKey) -> FactValue<Vec<Measured>> {
    match known.state(key) {
        FactState::Known(_) => {}
        FactState::Absent => return FactValue::Absent,
        FactState::Stale => return FactValue::Stale,
        FactState::Incomplete => return FactValue::Incomplete,
        FactState::Conflicting => return FactValue::Conflicting,
    }
    let mut all = Vec::new();
    for statement in known.statements(key) {
        match metrics_of(statement) {
            Ok(Some(metrics)) => {
                let suite = test_name(statement);
                let dataset = metrics.dataset;
                all.extend(metrics.metrics.into_iter().map(|metric| Measured {
                    suite: suite.clone(),
                    dataset: dataset.clone(),
                    metric,
                }));
            }
            Ok(None) => {}
            Err(_) => return FactValue::Incomplete,
        }
    }
    FactValue::Known(all)
}

impl Measured {
    fn is_for(&self, metric: &str, suite: Option<&str>, dataset: Option<&str>) -> bool {
        let on = |wanted: &str| {
            self.dataset.as_ref().is_some_and(|dataset| {
                dataset.name.as_deref() == Some(wanted)
                    || dataset.digest.is_some_and(|d| d.to_string() == wanted)
            })
        };
        self.metric.name == metric
            && suite.is_none_or(|suite| suite == self.suite)
            && dataset.is_none_or(on)
    }
}

/// What is asked for, with the words for what is out of bounds and what is missing.
pub(super) struct Validated {
    pub(super) facts: FactValue<Validation>,
    pub(super) failed: Vec<String>,
    pub(super) missing: Vec<String>,
}

/// Holds measurements against what is asked for. Of several measurements of one thing every one has
/// to be within bounds.
pub(super) fn validate(rules: &[ValidationRule], all: &FactValue<Vec<Measured>>) -> Validated {
    let mut validated = Validated {
        facts: FactValue::Absent,
        failed: Vec::new(),
        missing: Vec::new(),
    };
    if rules.is_empty() {
        return validated;
    }
    let all = match all {
        FactValue::Known(all) => all.as_slice(),
        // What was measured too long ago is missing.
        FactValue::Absent | FactValue::Stale => &[],
        FactValue::Incomplete | FactValue::Conflicting => {
            validated.facts = all.map(|_| Validation::default());
            return validated;
        }
    };
    for rule in rules {
        let (suite, dataset) = (rule.suite.as_deref(), rule.dataset.as_deref());
        let mut found = all
            .iter()
            .filter(|one| one.is_for(&rule.metric, suite, dataset))
            .peekable();
        if found.peek().is_none() {
            validated.missing.push(rule.metric.clone());
            continue;
        }
        let outside = found.find(|one| {
            let bounded = Metric {
                min: rule.min,
                max: rule.max,
                ..one.metric.clone()
            };
            !bounded.is_within()
        });
        if let Some(one) = outside {
            validated
                .failed
                .push(outside_words(one, rule.min, rule.max));
        }
    }
    validated.facts = FactValue::Known(Validation {
        demanded: rules.len() as u64,
        missing: validated.missing.len() as u64,
        failed: validated.failed.len() as u64,
    });
    validated
}

fn outside_words(one: &Measured, min: Option<f64>, max: Option<f64>) -> String {
    let (name, value) = (&one.metric.name, one.metric.value);
    match (min, max) {
        (Some(min), _) if value < min => format!("{name} is {value}, below {min}"),
        (_, Some(max)) => format!("{name} is {value}, above {max}"),
        _ => format!("{name} is {value}"),
    }
}

/// What was measured, and what of it is out of the bounds that the test itself states.
pub(super) fn metrics(all: &FactValue<Vec<Measured>>) -> FactValue<Metrics> {
    match all {
        FactValue::Known(all) if all.is_empty() => FactValue::Absent,
        all => all.map(|all| Metrics {
            measured: all.iter().map(|one| one.metric.name.clone()).collect(),
            failed: all
                .iter()
                .filter(|one| !one.metric.is_within())
                .map(|one| one.metric.name.clone())
                .collect(),
        }),
    }
}

/// Which of two values counts.
type Of = fn(i64, i64) -> i64;

/// Compares what was measured in the same way, in the same suite and on the same dataset, of both.
/// Of several such measurements the one counts in which the challenger does worst.
pub(super) fn compare(
    rule: &ChampionRule,
    champion: &FactValue<Vec<Measured>>,
    challenger: &FactValue<Vec<Measured>>,
) -> FactValue<Comparison> {
    let (Some(champion), Some(challenger)) = (champion.known(), challenger.known()) else {
        return FactValue::Incomplete;
    };
    let (suite, dataset) = (rule.suite.as_deref(), rule.dataset.as_deref());
    let worst = |all: &[Measured], bad: Of| {
        let mut by_test: BTreeMap<(String, Option<TestDataset>), i64> = BTreeMap::new();
        for one in all
            .iter()
            .filter(|one| one.is_for(&rule.metric, suite, dataset))
        {
            let value = millionths(one.metric.value);
            let test = (one.suite.clone(), one.dataset.clone());
            by_test
                .entry(test)
                .and_modify(|known| *known = bad(*known, value))
                .or_insert(value);
        }
        by_test
    };
    // The champion's best and the challenger's worst.
    let (best, bad): (Of, Of) = if rule.lower_is_better {
        (i64::min, i64::max)
    } else {
        (i64::max, i64::min)
    };
    let champion = worst(champion, best);
    let challenger = worst(challenger, bad);
    let gain = |champion: i64, challenger: i64| {
        if rule.lower_is_better {
            champion.saturating_sub(challenger)
        } else {
            challenger.saturating_sub(champion)
        }
    };
    let compared = challenger
        .iter()
        .filter_map(|(test, &value)| Some((*champion.get(test)?, value)))
        .min_by_key(|&(champion, challenger)| gain(champion, challenger));
    match compared {
        None => FactValue::Incomplete,
        Some((champion, challenger)) => FactValue::Known(Comparison {
            metric: rule.metric.clone(),
            champion,
            challenger,
            better: gain(champion, challenger) >= millionths(rule.min_gain),
        }),
    }
}

/// A number in millionths, which policies can compare: they know no fractions.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a number beyond 64 bits becomes the nearest that there is"
)]
fn millionths(value: f64) -> i64 {
    (value * 1e6).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(suite: &str, dataset: &str, metric: &str, value: f64) -> Measured {
        Measured {
            suite: suite.to_owned(),
            dataset: Some(TestDataset {
                name: Some(dataset.to_owned()),
                digest: None,
            }),
            metric: Metric {
                name: metric.to_owned(),
                value,
                min: None,
                max: None,
            },
        }
    }

    #[test]
    fn measurements_are_held_against_what_is_asked_for() {
        let rule = |dataset: Option<&str>, min, max| ValidationRule {
            metric: "auc".to_owned(),
            suite: None,
            dataset: dataset.map(str::to_owned),
            min,
            max,
        };
        let all = [one("s", "a", "auc", 0.9), one("t", "b", "auc", 0.8)];
        let check = |rule: ValidationRule, missing: u64, failed: u64| {
            let known = FactValue::Known(all.to_vec());
            let facts = validate(std::slice::from_ref(&rule), &known).facts;
            let expected = Validation {
                demanded: 1,
                missing,
                failed,
            };
            assert_eq!(facts, FactValue::Known(expected), "{rule:?}");
        };
        check(rule(Some("a"), Some(0.9), None), 0, 0);
        check(rule(Some("a"), Some(0.95), None), 0, 1);
        check(rule(Some("b"), None, Some(0.7)), 0, 1);
        check(rule(Some("c"), Some(0.1), None), 1, 0);
        check(rule(None, Some(0.85), None), 0, 1);
        check(rule(None, Some(0.1), Some(1.0)), 0, 0);
        assert_eq!(
            validate(&[], &FactValue::Conflicting).facts,
            FactValue::Absent
        );
        let rule = [rule(None, Some(0.1), None)];
        let state = |all: FactValue<Vec<Measured>>| validate(&rule, &all).facts.state();
        assert_eq!(state(FactValue::Conflicting), "conflicting");
        assert_eq!(state(FactValue::Stale), "known");
    }

    #[test]
    fn only_equal_tests_are_compared() {
        let rule = |lower_is_better, min_gain| ChampionRule {
            metric: "m".to_owned(),
            suite: None,
            dataset: None,
            lower_is_better,
            min_gain,
        };
        let check = |rule: &ChampionRule,
                     champion: &[Measured],
                     challenger: &[Measured],
                     expected: Option<bool>| {
            let (champion, challenger) = (
                FactValue::Known(champion.to_vec()),
                FactValue::Known(challenger.to_vec()),
            );
            let compared = compare(rule, &champion, &challenger);
            assert_eq!(compared.known().map(|c| c.better), expected, "{compared:?}");
        };
        let champion = [one("s", "a", "m", 0.9), one("s", "b", "m", 0.5)];
        let higher = rule(false, 0.0);
        check(&higher, &champion, &[one("s", "a", "m", 0.9)], Some(true));
        check(&higher, &champion, &[one("s", "a", "m", 0.89)], Some(false));
        check(&higher, &champion, &[one("s", "c", "m", 0.99)], None);
        check(&higher, &champion, &[one("t", "a", "m", 0.99)], None);
        check(&higher, &champion, &[one("s", "a", "n", 0.99)], None);
        let both = [one("s", "a", "m", 0.95), one("s", "b", "m", 0.4)];
        check(&higher, &champion, &both, Some(false));
        check(
            &rule(true, 0.0),
            &champion,
            &[one("s", "a", "m", 0.8)],
            Some(true),
        );
        check(
            &rule(false, 0.05),
            &champion,
            &[one("s", "a", "m", 0.94)],
            Some(false),
        );
        check(
            &rule(false, 0.05),
            &champion,
            &[one("s", "a", "m", 0.95)],
            Some(true),
        );
        let absent = FactValue::Absent;
        assert_eq!(compare(&higher, &absent, &absent), FactValue::Incomplete);
    }
}
