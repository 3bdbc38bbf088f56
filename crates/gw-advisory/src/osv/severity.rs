//! Ratings: CVSS vectors and words.

use cvss::Cvss;
use gw_finding::Severity;

use crate::record::Rating;

/// A rating made of a record's `severity` entries (type and score) and, where none of them can be
/// used, of the word its database gives.
///
/// Of several vectors the one in the newest version of CVSS counts: databases that publish two keep
/// the older one for old readers.
pub(super) fn rating<'a>(
    entries: impl Iterator<Item = (&'a str, &'a str)>,
    word: Option<&str>,
) -> Rating {
    let mut best: Option<(u8, f64)> = None;
    let mut named = None;
    for (_, score) in entries {
        match vector(score) {
            Some(found) if best.is_none_or(|(version, _)| version < found.0) => best = Some(found),
            Some(_) => {}
            None => named = named.max(self::word(score)),
        }
    }
    match best {
        Some((_, score)) => Rating {
            severity: Some(Severity::from_cvss_score(score)),
            score: Some(tenths(score)),
        },
        None => Rating {
            severity: named.or_else(|| word.and_then(self::word)),
            score: None,
        },
    }
}

/// The version of CVSS and the score of a vector: the base score of CVSS 2 and 3, and of CVSS 4
/// the score of all the metrics it has, since that version defines no other.
fn vector(text: &str) -> Option<(u8, f64)> {
    let text = text.trim();
    if text.len() > 512 {
        return None;
    }
    // NVD writes version 2 vectors in parentheses.
    let bare = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    match bare.unwrap_or(text).parse().ok()? {
        Cvss::CvssV20(vector) => Some((2, vector.score().value())),
        Cvss::CvssV30(v) | Cvss::CvssV31(v) => {
            let exploitability = [
                v.av.is_some(),
                v.ac.is_some(),
                v.pr.is_some(),
                v.ui.is_some(),
            ];
            let impact = [v.s.is_some(), v.c.is_some(), v.i.is_some(), v.a.is_some()];
            let whole = exploitability.into_iter().chain(impact).all(|there| there);
            whole.then(|| (3, v.base_score().value()))
        }
        Cvss::CvssV40(vector) => Some((4, vector.score().value())),
        _ => None,
    }
}

fn tenths(score: f64) -> u8 {
    // The value is between 0 and 100, so the cast is exact.
    (score * 10.0).round().clamp(0.0, 100.0) as u8
}

/// The step that a database's word stands for: GitHub's, Ubuntu's, Red Hat's, plain numbers.
fn word(text: &str) -> Option<Severity> {
    let text = text.trim().to_ascii_lowercase();
    Some(match text.as_str() {
        "critical" => Severity::Critical,
        "high" | "important" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" | "minor" => Severity::Low,
        "negligible" | "none" | "info" | "informational" => Severity::Info,
        _ => return number(&text),
    })
}

fn number(text: &str) -> Option<Severity> {
    let score: f64 = text.parse().ok()?;
    (0.0..=10.0)
        .contains(&score)
        .then(|| Severity::from_cvss_score(score))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scores: &[&str], name: Option<&str>, expected: (Option<Severity>, Option<u8>)) {
        let rating = rating(scores.iter().map(|score| ("", *score)), name);
        assert_eq!((rating.severity, rating.score), expected, "{scores:?}");
    }

    #[test]
    fn scores_vectors_of_every_version() {
        use Severity::{Critical, High, Info, Low, Medium};
        // Scores as published by NVD and GitHub for CVE-2021-44228, CVE-2014-0160, CVE-2016-10931.
        let log4shell = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
        let heartbleed = "AV:N/AC:L/Au:N/C:P/I:N/A:N";
        let openssl = "CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H";
        // The example of the CVSS v4.0 specification for the worst base score.
        let worst = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
        let nothing = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N";
        check(&[log4shell], None, (Some(Critical), Some(100)));
        check(&[heartbleed], None, (Some(Medium), Some(50)));
        check(
            &["(AV:N/AC:L/Au:N/C:P/I:N/A:N)"],
            None,
            (Some(Medium), Some(50)),
        );
        check(&[openssl], None, (Some(High), Some(81)));
        check(&[worst], None, (Some(Critical), Some(100)));
        check(&[nothing], None, (Some(Info), Some(0)));
        check(&[heartbleed, openssl], Some("LOW"), (Some(High), Some(81)));
        check(&[openssl, heartbleed], None, (Some(High), Some(81)));
        check(&[], Some("MODERATE"), (Some(Medium), None));
        check(&["negligible"], None, (Some(Info), None));
        check(&["CVSS:3.1/AV:N"], Some("LOW"), (Some(Low), None));
        check(&["CVSS:9.9/X:Y"], None, (None, None));
        check(&["7.5"], None, (Some(High), None));
        check(&[], None, (None, None));
    }

    proptest::proptest! {
        #[test]
        fn no_vector_panics(text in "(CVSS:[2-4]\\.[01]/)?([ACEIMPRSUVu]{1,3}:[ACHLMNPRSUX]/?){0,20}") {
            let _ = vector(&text);
        }

        #[test]
        fn no_mutated_vector_panics(cut in 0usize..80, with in ".{0,3}") {
            let whole = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P/MSI:S";
            let at = cut.min(whole.len());
            let _ = vector(&format!("{}{with}{}", &whole[..at], &whole[at..]));
            let _ = vector(&format!("{}{with}", &whole[..at]));
        }
    }
}
