//! Which acceptance covers which finding.

use gw_attest::predicate::{Acceptance, Accepts};
use gw_core::Time;
use gw_finding::{Accepted, Finding};

/// Whether an acceptance speaks of a finding. Every field that it gives must match; any of the
/// finding's advisory ids counts.
#[must_use]
pub fn covers(accepts: &Accepts, finding: &Finding) -> bool {
    let advisory = |id: &String| {
        finding
            .advisory
            .as_ref()
            .is_some_and(|a| a.id == *id || a.aliases.contains(id))
    };
    let package = |name: &String| package_names(finding).contains(name);
    let nothing = accepts.finding.is_none() && accepts.package.is_none();
    !(nothing && accepts.advisory.is_none())
        && accepts
            .finding
            .as_ref()
            .is_none_or(|id| id == finding.id.as_str())
        && accepts
            .rule
            .as_ref()
            .is_none_or(|rule| rule == finding.rule.as_str())
        && accepts.package.as_ref().is_none_or(package)
        && accepts.advisory.as_ref().is_none_or(advisory)
}

/// The acceptance that covers a finding at `now`: of several the one that ends last.
pub(crate) fn find<'a>(
    acceptances: impl Iterator<Item = &'a Acceptance>,
    finding: &Finding,
    now: Time,
) -> Option<Accepted> {
    acceptances
        .filter(|acceptance| acceptance.expires > now && covers(&acceptance.accepts, finding))
        .max_by_key(|acceptance| acceptance.expires)
        .map(|acceptance| Accepted {
            by: acceptance.owner.clone(),
            reason: acceptance.reason.clone(),
            expires: acceptance.expires,
        })
}

/// The names by which an acceptance may call a finding's package: `name`, `ecosystem/name`, and
/// the purl without its version.
fn package_names(finding: &Finding) -> Vec<String> {
    let Some(package) = &finding.package else {
        return Vec::new();
    };
    let purl = package.purl.split(['?', '#']).next().unwrap_or_default();
    let purl = purl.rsplit_once('@').map_or(purl, |(before, _)| before);
    vec![
        package.name.clone(),
        format!("{}/{}", package.ecosystem, package.name),
        purl.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw_finding::{
        AdvisoryRef, Confidence, FindingId, Kind, Location, PackageRef, RuleId, Severity,
    };

    fn finding() -> Finding {
        let rule = RuleId::new("package/known-vulnerability");
        let location = Location::file("Cargo.lock");
        Finding {
            id: FindingId::new(&rule, "npm/@a/x", &location),
            rule,
            kind: Kind::Vulnerability,
            severity: Severity::High,
            confidence: Confidence::High,
            title: String::new(),
            message: String::new(),
            help: String::new(),
            location,
            package: Some(PackageRef {
                purl: "pkg:npm/%40a/x@1.0".to_owned(),
                name: "@a/x".to_owned(),
                version: "1.0".to_owned(),
                ecosystem: "npm".to_owned(),
                development: false,
                direct: None,
                path: Vec::new(),
            }),
            advisory: Some(AdvisoryRef {
                id: "GHSA-1".to_owned(),
                aliases: vec!["CVE-1".to_owned()],
                fixed: Vec::new(),
                cvss: None,
                epss: None,
                kev: false,
            }),
            controls: Vec::new(),
            accepted: None,
            tolerated: None,
            fix: None,
        }
    }

    #[test]
    fn covers_what_it_names() {
        let finding = finding();
        let some = |text: &str| Some(text.to_owned());
        let check = |accepts: Accepts, expected: bool| {
            assert_eq!(covers(&accepts, &finding), expected, "{accepts:?}");
        };
        let none = Accepts::default;
        check(none(), false);
        check(
            Accepts {
                finding: some(finding.id.as_str()),
                ..none()
            },
            true,
        );
        check(
            Accepts {
                finding: some("0"),
                ..none()
            },
            false,
        );
        for (package, expected) in [
            ("@a/x", true),
            ("npm/@a/x", true),
            ("pkg:npm/%40a/x", true),
            ("x", false),
            ("PyPI/@a/x", false),
        ] {
            check(
                Accepts {
                    package: some(package),
                    ..none()
                },
                expected,
            );
        }
        for (advisory, expected) in [("GHSA-1", true), ("CVE-1", true), ("CVE-2", false)] {
            check(
                Accepts {
                    advisory: some(advisory),
                    ..none()
                },
                expected,
            );
        }
        check(
            Accepts {
                rule: some(finding.rule.as_str()),
                ..none()
            },
            false,
        );
        let rule = some("package/malware");
        check(
            Accepts {
                package: some("@a/x"),
                rule,
                ..none()
            },
            false,
        );
    }
}
