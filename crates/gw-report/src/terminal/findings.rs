//! The findings, those about the same package at the same place together.

use std::collections::BTreeMap;

use gw_finding::{Finding, Kind, Severity, Tolerated};

use super::frame::Frame;
use super::sources::Sources;
use super::style;
use crate::text::{Paper, Prose, clip, shorten_path};
use crate::{Report, words};

/// So many frames are shown unless everything is asked for.
const MOST_FRAMES: usize = 20;
/// So many findings are shown under one frame unless everything is asked for.
const MOST_IN_FRAME: usize = 8;

pub(super) fn write(
    out: &mut String,
    report: &Report,
    paper: &Paper,
    width: usize,
    verbose: bool,
    source: &dyn Fn(&str) -> Option<String>,
) {
    let groups = groups(report);
    let most = if verbose { usize::MAX } else { MOST_FRAMES };
    let shown = groups.iter().take(most);
    let locations = shown.clone().filter_map(|g| g.first()).map(|f| &f.location);
    let sources = Sources::collect(locations, &report.findings, source);
    for group in shown {
        write_group(out, group, paper, width, verbose, &sources);
    }
    if let Some(hidden) = groups.get(most..).filter(|rest| !rest.is_empty()) {
        let findings: usize = hidden.iter().map(Vec::len).sum();
        out.push('\n');
        Prose::new(&format!(
            "{} in {} not shown. See all with --verbose or --format json.",
            words::len(findings, "more finding", "more findings"),
            words::len(hidden.len(), "place is", "places are"),
        ))
        .write(out, paper, "");
    }
    tolerated(out, report, paper, verbose);
}

/// The findings that count, in the report's order, those that belong together joined.
fn groups(report: &Report) -> Vec<Vec<&Finding>> {
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for (at, finding) in report.counted().enumerate() {
        let package = finding
            .package
            .as_ref()
            .map(|p| (p.ecosystem.as_str(), p.name.as_str(), p.version.as_str()));
        // What is not about a package stands alone.
        let alone = package.is_none().then_some(at);
        let key = (&finding.location, package, alone);
        let group = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn write_group(
    out: &mut String,
    group: &[&Finding],
    paper: &Paper,
    width: usize,
    verbose: bool,
    sources: &Sources,
) {
    let Some(first) = group.first() else { return };
    out.push('\n');
    let worst = group.iter().map(|f| f.severity).max().unwrap_or_default();
    let mut head = Prose::default()
        .styled(worst.as_str(), style::severity(worst))
        .glue(":");
    if group.iter().any(|f| f.kind == Kind::Malware) {
        let word = if paper.color { " MALWARE " } else { "MALWARE" };
        head = head.link(word, style::ALARM, None);
    }
    head = match &first.package {
        Some(package) => {
            let version = clip(&package.version, 80);
            let mut head = head.styled(
                &format!("{} {version}", clip(&package.name, 160)),
                style::BOLD,
            );
            if package.development {
                head = head.styled("(development)", style::DIM);
            }
            head
        }
        None => head.styled(&clip(&first.title, 300), style::BOLD),
    };
    if group.iter().any(|f| is_exploited(f)) {
        head = head
            .glue(",")
            .styled(EXPLOITED, style::severity(Severity::Critical));
    }
    head.write(out, paper, "");
    let frame = Frame {
        location: &first.location,
        shown: sources.line(&first.location),
        labels: labels(group),
        severity: worst,
    };
    out.push_str(&frame.render(width, paper.color));
    let most = if verbose { usize::MAX } else { MOST_IN_FRAME };
    for finding in group.iter().take(most) {
        write_finding(out, finding, paper, group.len() > 1);
    }
    if let Some(more) = group.len().checked_sub(most).filter(|&n| n > 0) {
        Prose::default()
            .styled(
                &format!(
                    "and {} (--verbose)",
                    words::len(more, "more advisory", "more advisories")
                ),
                style::DIM,
            )
            .write(out, paper, "  ");
    }
    write_help(out, first, paper);
}

const EXPLOITED: &str = "known to be exploited";

fn is_exploited(finding: &Finding) -> bool {
    finding
        .advisory
        .as_ref()
        .is_some_and(|advisory| advisory.kev)
}

/// What may stand under the marked part of the line.
fn labels(group: &[&Finding]) -> Vec<String> {
    let Some((first, package)) = group.first().and_then(|f| Some((f, f.package.as_ref()?))) else {
        return Vec::new();
    };
    let here = format!("{} here", clip(&package.version, 40));
    match first.fix.as_ref().and_then(|fix| fix.version.as_ref()) {
        Some(fixed) => {
            let fixed = format!("fixed in {}", clip(fixed, 40));
            vec![format!("{here}, {fixed}"), fixed]
        }
        None => vec![here],
    }
}

/// One advisory, or what is wrong if there is none.
fn write_finding(out: &mut String, finding: &Finding, paper: &Paper, severity: bool) {
    let mut prose = Prose::default();
    if severity {
        prose = prose.styled(finding.severity.as_str(), style::severity(finding.severity));
    }
    if let Some(advisory) = &finding.advisory {
        let id = clip(&advisory.id, 80);
        prose = prose.link(&id, style::LINK, words::advisory_url(&advisory.id));
        if advisory.kev {
            prose = prose
                .glue(",")
                .styled(EXPLOITED, style::severity(Severity::Critical));
        }
        prose = prose.glue(":").say(&clip(words::bare_title(finding), 300));
        let mut marks = Vec::new();
        if let Some(score) = advisory.cvss {
            marks.push(format!("CVSS {score:.1}"));
        }
        if let Some(epss) = advisory.epss.filter(|&epss| epss >= 0.1) {
            marks.push(format!(
                "{:.0} % likely to be exploited within 30 days",
                epss * 100.0
            ));
        }
        if !marks.is_empty() {
            prose = prose.styled(&format!("({})", marks.join(", ")), style::DIM);
        }
    } else {
        prose = prose.say(&clip(&finding.message, 1000));
    }
    prose.write(out, paper, "  ");
}

fn write_help(out: &mut String, finding: &Finding, paper: &Paper) {
    if let Some(package) = &finding.package
        && package.path.len() > 1
    {
        let path: Vec<String> = package.path.iter().map(|name| clip(name, 80)).collect();
        let path = match path.as_slice() {
            [a, b, .., y, z] if path.len() > 5 => format!("{a} > {b} > ... > {y} > {z}"),
            path => path.join(" > "),
        };
        Prose::default()
            .styled(&format!("comes in through {path}"), style::DIM)
            .write(out, paper, "  ");
    }
    let what = finding
        .fix
        .as_ref()
        .map_or(finding.help.as_str(), |fix| fix.description.as_str());
    if !what.is_empty() {
        Prose::new(&clip(what, 1000)).write(out, paper, "  = ");
    }
}

/// What does not count, by reason or one by one.
fn tolerated(out: &mut String, report: &Report, paper: &Paper, verbose: bool) {
    let of = |why: Tolerated| {
        report
            .findings
            .iter()
            .filter(move |f| f.tolerated == Some(why))
    };
    let total = report
        .findings
        .iter()
        .filter(|f| f.tolerated.is_some())
        .count();
    if total == 0 {
        return;
    }
    out.push('\n');
    let counts: Vec<String> = words::TOLERATED
        .into_iter()
        .filter_map(|why| {
            let n = of(why).count();
            (n > 0).then(|| format!("{} {}", words::number(n as u64), words::tolerated(why)))
        })
        .collect();
    let mut summary = Prose::default()
        .styled("Tolerated:", style::BOLD)
        .say(&counts.join(", "))
        .glue(".");
    if !verbose {
        summary = summary.styled("List them with --verbose.", style::DIM);
    }
    summary.write(out, paper, "");
    if !verbose {
        return;
    }
    for why in words::TOLERATED {
        for finding in of(why) {
            let line = finding
                .location
                .start
                .map(|s| format!(":{}", s.line))
                .unwrap_or_default();
            let path = shorten_path(&finding.location.full_path(), paper.width / 2);
            let mut prose = Prose::default()
                .styled(finding.severity.as_str(), style::severity(finding.severity));
            if let Some(advisory) = &finding.advisory {
                let url = words::advisory_url(&advisory.id);
                prose = prose.link(&clip(&advisory.id, 80), style::LINK, url);
            }
            prose = prose.say(&clip(&finding.title, 160)).styled(
                &format!("({path}{line}; {}", words::tolerated(why)),
                style::DIM,
            );
            if let Some(accepted) = &finding.accepted {
                prose = prose.styled(
                    &format!(
                        "by {} until {}: {}",
                        clip(&accepted.by, 80),
                        words::day(accepted.expires),
                        clip(&accepted.reason, 200)
                    ),
                    style::DIM,
                );
            }
            prose.glue(")").write(out, paper, "  ");
        }
    }
}
