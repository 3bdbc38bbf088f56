//! Answers, times and numbers as people read them.

use gw_core::{Digest, Gate, Outcome, Time};
use maud::{Markup, html};

/// A gate's question.
pub(super) const fn question(gate: Gate) -> &'static str {
    match gate {
        Gate::Release => "May it be released?",
        Gate::Admit => "May it be served?",
        Gate::Access => "May they do this?",
        Gate::Act => "May it do this?",
    }
}

/// The answer to it.
pub(super) const fn answer(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Yes",
        Outcome::NeedsApproval => "Not before somebody approves",
        Outcome::Fail => "No",
    }
}

/// The answer as a small label.
pub(super) fn tag(outcome: Outcome) -> Markup {
    let text = match outcome {
        Outcome::Pass => "passes",
        Outcome::NeedsApproval => "needs approval",
        Outcome::Fail => "does not pass",
    };
    html! { span class={ "tag " (outcome.as_str()) } { (text) } }
}

/// A time: how long ago, with the exact time behind it.
pub(super) fn when(time: Time, now: Time) -> Markup {
    let exact = time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    html! { time datetime=(time) title=(exact) { (ago(time, now)) } }
}

/// How long ago, or in how long.
fn ago(time: Time, now: Time) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second());
    let (future, seconds) = (seconds < 0, seconds.unsigned_abs());
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        86_400..10_368_000 => (seconds / 86_400, "day"),
        10_368_000..63_072_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if future {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// A digest, short, with the whole of it behind.
pub(super) fn short(digest: &Digest) -> Markup {
    html! { code title=(digest) { (digest.short()) } }
}

/// A number with its noun: `1 finding`, `2 findings`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let now = gw_core::parse_time("2026-11-25T12:00:00Z").unwrap();
        for (time, expected) in [
            ("2026-11-25T11:59:30Z", "just now"),
            ("2026-11-25T11:58:59Z", "1 minute ago"),
            ("2026-11-25T09:00:00Z", "3 hours ago"),
            ("2026-11-23T12:00:00Z", "2 days ago"),
            ("2026-08-25T12:00:00Z", "92 days ago"),
            ("2026-06-25T12:00:00Z", "5 months ago"),
            ("2024-11-20T12:00:00Z", "2 years ago"),
            ("2026-11-26T13:00:00Z", "in 1 day"),
        ] {
            let time = gw_core::parse_time(time).unwrap();
            assert_eq!(ago(time, now), expected);
        }
    }
}
