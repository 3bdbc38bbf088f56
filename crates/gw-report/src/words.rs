//! What every form of a report says in the same words.

use gw_core::{Gate, Mode, Outcome, Time};
use gw_finding::{Kind, ReasonCode, Tolerated};

use crate::Report;

/// Advisory data older than this deserves a second look.
pub(crate) const OLD_DAYS: i64 = 30;

/// The gate's question as the beginning of its answer.
pub(crate) const fn question(gate: Gate) -> &'static str {
    match gate {
        Gate::Release => "May be released",
        Gate::Admit => "May be admitted",
        Gate::Access => "May be accessed",
        Gate::Act => "May be done",
    }
}

/// The answer in one or a few words.
pub(crate) const fn answer(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "yes",
        Outcome::NeedsApproval => "once somebody has approved it",
        Outcome::Fail => "no",
    }
}

/// What a mode below *enforce* makes of an answer other than yes.
pub(crate) fn mode_note(report: &Report) -> Option<&'static str> {
    if report.gate.decision == Outcome::Pass {
        return None;
    }
    match report.gate.mode {
        Mode::Enforce => None,
        Mode::Warn => Some("This is a warning: the mode is \"warn\", so nothing is refused."),
        Mode::Observe => {
            Some("This is for information: the mode is \"observe\", so nothing is refused.")
        }
    }
}

/// A number of things: `1 finding`, `2,345 findings`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// As [`count`] for a length.
pub(crate) fn len(n: usize, one: &str, many: &str) -> String {
    count(u64::try_from(n).unwrap_or(u64::MAX), one, many)
}

/// A number with commas between its thousands.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A large number in three digits, as people say it: `7.24 B`.
pub(crate) fn short_number(number: u64) -> String {
    scaled(number, 1000, &["", " K", " M", " B", " T", " Q", " Qi"])
}

/// Three digits and a unit. The last unit takes whatever is left.
pub(crate) fn scaled(number: u64, step: u64, units: &[&str]) -> String {
    let (mut divisor, mut at) = (1_u64, 0);
    while let Some(next) = divisor.checked_mul(step).filter(|&next| number >= next) {
        if at + 1 >= units.len() {
            break;
        }
        divisor = next;
        at += 1;
    }
    let unit = units.get(at).copied().unwrap_or_default();
    let whole = number / divisor;
    let rest = u128::from(number % divisor);
    let digits = match whole {
        _ if at == 0 => return format!("{number}{unit}"),
        0..10 => 100,
        10..100 => 10,
        _ => 1,
    };
    let part = rest * digits / u128::from(divisor);
    match digits {
        100 => format!("{whole}.{part:02}{unit}"),
        10 => format!("{whole}.{part}{unit}"),
        _ => format!("{whole}{unit}"),
    }
}

/// The day of a time, as `2026-08-21`.
pub(crate) fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// How many whole days `then` is before `now`; negative if it is after.
pub(crate) fn days_between(then: Time, now: Time) -> i64 {
    now.duration_since(then).as_secs().div_euclid(86_400)
}

/// How old something is.
pub(crate) fn age(then: Time, now: Time) -> String {
    match days_between(then, now) {
        days if days < 0 => "newer than this judgement".to_owned(),
        0 => "less than a day old".to_owned(),
        1 => "1 day old".to_owned(),
        days @ 2..=59 => format!("{days} days old"),
        days @ 60..=729 => format!("{} months old", days / 30),
        days => format!("{} years old", days / 365),
    }
}

/// Why something was not looked at; for one thing or for several.
pub(crate) const fn gap(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::Unreadable => "could not be read",
        ReasonCode::Malformed => "broken: not what the format requires",
        ReasonCode::Encoding => "text in an unknown encoding",
        ReasonCode::Unsupported => "a form or version that is not supported yet",
        ReasonCode::Encrypted => "encrypted",
        ReasonCode::TooLarge => "too large",
        ReasonCode::TooDeep => "nested too deeply",
        ReasonCode::TooMany => "too many parts",
        ReasonCode::ExpansionRatio => "expands too far, as a zip bomb does",
        ReasonCode::TimedOut => "took too long",
        ReasonCode::Escapes => "leads out of the project",
        ReasonCode::Cycle => "refers to itself",
        ReasonCode::Missing => "refers to a file that is not there",
        ReasonCode::Unpinned => "no exact version, so nothing to compare",
        ReasonCode::InvalidVersion => "a version that cannot be compared",
        ReasonCode::NoAdvisories => "no advisory data",
        ReasonCode::AdvisoriesOld => "advisory data too old",
        ReasonCode::AdvisoryRecord => "an advisory that could not be used",
        ReasonCode::NoStatement => "evidence that is needed is not there",
    }
}

/// Why findings are not counted.
pub(crate) const fn tolerated(why: Tolerated) -> &'static str {
    match why {
        Tolerated::Accepted => "accepted",
        Tolerated::NotNew => "not new",
        Tolerated::NotAffected => "ruled out by the vendor",
        Tolerated::LowSeverity => "below high and not known to be exploited",
        Tolerated::Development => "for development only",
    }
}

/// All reasons for tolerance, the most deliberate first.
pub(crate) const TOLERATED: [Tolerated; 5] = [
    Tolerated::Accepted,
    Tolerated::NotNew,
    Tolerated::NotAffected,
    Tolerated::Development,
    Tolerated::LowSeverity,
];

/// A kind of finding as people say it.
pub(crate) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Vulnerability => "vulnerability",
        Kind::Malware => "malware",
        Kind::Unmaintained => "unmaintained dependency",
        Kind::Secret => "credential",
        Kind::Misconfiguration => "unsafe setting",
        Kind::Pipeline => "weakness in a CI definition",
        Kind::Code => "weakness in code",
        Kind::Model => "unsafe model",
        Kind::Data => "unfit data",
        Kind::License => "licence",
    }
}

/// Why the answer is not a plain yes, without repetitions.
pub(crate) fn reasons(report: &Report) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for reason in &report.gate.reasons {
        if !all.contains(&reason.message.as_str()) {
            all.push(&reason.message);
        }
    }
    all
}

/// The address of an advisory, if its id can be part of one.
pub(crate) fn advisory_url(id: &str) -> Option<String> {
    let plain = !id.is_empty()
        && id.len() <= 100
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b':'));
    plain.then(|| format!("https://osv.dev/vulnerability/{id}"))
}

/// What a finding says without the package's name and version, which stand above it.
pub(crate) fn bare_title(finding: &gw_finding::Finding) -> &str {
    let title = finding.title.as_str();
    let rest = finding.package.as_ref().and_then(|package| {
        title
            .strip_prefix(package.name.as_str())?
            .trim_start()
            .strip_prefix(package.version.as_str())?
            .strip_prefix(": ")
    });
    rest.filter(|rest| !rest.is_empty()).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_round() {
        let now = gw_core::parse_time("2026-08-21T12:00:00Z").unwrap();
        for (then, expected) in [
            ("2026-08-21", "less than a day old"),
            ("2026-08-20", "1 day old"),
            ("2026-08-01", "20 days old"),
            ("2026-05-01", "3 months old"),
            ("2020-05-01", "6 years old"),
            ("2026-08-22", "newer than this judgement"),
        ] {
            assert_eq!(age(gw_core::parse_time(then).unwrap(), now), expected);
        }
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "finding", "findings"), "1 finding");
    }

    #[test]
    fn only_plain_ids_lead_anywhere() {
        assert_eq!(
            advisory_url("GHSA-x-1").as_deref(),
            Some("https://osv.dev/vulnerability/GHSA-x-1")
        );
        assert_eq!(advisory_url("a\u{1b}\\b"), None);
        assert_eq!(advisory_url("a b"), None);
    }
}
