//! npm: Semantic Versioning as node-semver reads it in its loose mode, which is the one that npm
//! uses for what is already published: `=v1.2.3`, `1.2.3beta` and leading zeros are versions.
//!
//! One thing differs: node-semver's expression backtracks into the patch number, so that it reads
//! `1.2.34.5` as `1.2.3-4.5`; here four numbers are no version.
//!
//! Spellings are brought into strict form and then ordered by the `semver` crate. `nodejs-semver`
//! is not used: it takes text with anything behind a version for one, has a digit too few in its
//! greatest number, and orders large numbers in pre-releases as text.

use std::fmt::Write as _;

/// node-semver's limit on the text.
const MAX_LENGTH: usize = 256;
/// JavaScript's `Number.MAX_SAFE_INTEGER`, node-semver's limit on each of the three numbers.
const MAX_NUMBER: u64 = 9_007_199_254_740_991;

pub(super) fn parse(text: &str) -> Result<semver::Version, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("a version has at most {MAX_LENGTH} characters"));
    }
    let core = text
        .trim()
        .trim_start_matches(|c: char| c == 'v' || c == '=' || c.is_whitespace());
    let (major, rest) = number(core)?;
    let (minor, rest) = number(after_dot(rest)?)?;
    let (patch, rest) = number(after_dot(rest)?)?;
    let (pre, build) = match rest.split_once('+') {
        Some((pre, build)) => (pre, Some(build)),
        None => (rest, None),
    };
    let mut strict = format!("{major}.{minor}.{patch}");
    push_prerelease(&mut strict, pre)?;
    if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
        return Err(expected("build metadata"));
    }
    semver::Version::parse(&strict).map_err(|error| format!("{} ({error})", expected("a version")))
}

fn after_dot(text: &str) -> Result<&str, String> {
    text.strip_prefix('.')
        .ok_or_else(|| expected("three numbers"))
}

fn number(text: &str) -> Result<(u64, &str), String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Err(expected("three numbers"));
    }
    match digits.parse() {
        Ok(value) if value <= MAX_NUMBER => Ok((value, rest)),
        _ => Err(format!("a number in it is above {MAX_NUMBER}")),
    }
}

/// The hyphen in front of a pre-release may be missing, and is part of the first identifier where
/// nothing valid would be left without it (`1.2.3-`).
fn push_prerelease(strict: &mut String, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let identifiers = [text.strip_prefix('-'), Some(text)]
        .into_iter()
        .flatten()
        .find(|candidate| candidate.split('.').all(is_identifier))
        .ok_or_else(|| expected("a pre-release"))?;
    let mut separator = '-';
    for identifier in identifiers.split('.') {
        let identifier = if identifier.bytes().all(|b| b.is_ascii_digit()) {
            let digits = identifier.trim_start_matches('0');
            if digits.is_empty() { "0" } else { digits }
        } else {
            identifier
        };
        // Writing to a string cannot fail.
        let _ = write!(strict, "{separator}{identifier}");
        separator = '.';
    }
    Ok(())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn expected(what: &str) -> String {
    format!("expected {what}: MAJOR.MINOR.PATCH, such as 1.2.3 or 1.2.3-rc.1")
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Less};

    use crate::{Ecosystem, version::compare};

    fn check(a: &str, order: Ordering, b: &str) {
        assert_eq!(compare(&Ecosystem::NPM, a, b), Ok(order), "{a} {b}");
        assert_eq!(
            compare(&Ecosystem::NPM, b, a),
            Ok(order.reverse()),
            "{b} {a}"
        );
    }

    #[test]
    fn reads_loose_spellings() {
        check("v1.2.3", Equal, "1.2.3");
        check(" =v 1.2.3 ", Equal, "1.2.3");
        check("1.2.3beta", Equal, "1.2.3-beta");
        check("1.2.3-01", Equal, "1.2.3-1");
        check("01.02.03", Equal, "1.2.3");
        check("1.2.3-", Equal, "1.2.3--");
        check("1.2.3+build", Equal, "1.2.3");
    }

    #[test]
    fn orders_as_npm_does() {
        check("1.2.3-alpha.9", Less, "1.2.3-alpha.10");
        check("1.2.3-1", Less, "1.2.3-a");
        check("1.2.3-99999999999999999999", Less, "1.2.3-a");
        check("1.2.3-9", Less, "1.2.3-99999999999999999999");
        check("1.2.9007199254740991", Less, "1.3.0");
    }

    #[test]
    fn rejects_what_npm_rejects() {
        let long = format!("1.2.3-{}", "a".repeat(300));
        for bad in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.x",
            "latest",
            "1.2.3 garbage",
            "1.2.3-a..b",
            "1.2.3+",
            "1.2.9007199254740992",
            "1.2.99999999999999999999999",
            "V1.2.3",
            "1.2.3-é",
            &long,
        ] {
            assert!(compare(&Ecosystem::NPM, bad, bad).is_err(), "{bad}");
        }
    }
}
