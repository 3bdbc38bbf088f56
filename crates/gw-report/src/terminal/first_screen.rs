//! What a person needs to know: may it be released, because of what, what to do first, how old the
//! data is, what was not looked at, and where that is kept.

use gw_core::Outcome;

use super::{models, style};
use crate::actions::actions;
use crate::gaps::{allow_lines, gaps};
use crate::text::{Paper, Prose, columns, shorten_path};
use crate::{Report, words};

/// So many things to do are shown.
const MOST_ACTIONS: usize = 5;
/// So many gaps of one reason are shown.
const MOST_GAPS: usize = 3;
/// So many reasons are shown; the gate gives few.
const MOST_REASONS: usize = 12;

pub(super) fn write(out: &mut String, report: &Report, paper: &Paper, verbose: bool) {
    verdict(out, report, paper);
    models::write(out, report, paper, verbose);
    if report.findings.is_empty() && report.coverage.incomplete.is_empty() {
        if !report.models.is_empty() {
            out.push('\n');
        }
        return calm(out, report, paper);
    }
    do_first(out, report, paper);
    not_looked_at(out, report, paper, verbose);
    footer(out, report, paper);
}

fn verdict(out: &mut String, report: &Report, paper: &Paper) {
    let mut about = Prose::default().styled(report.asset.as_str(), style::BOLD);
    if let Some(commit) = &report.subject.commit {
        let short: String = commit.chars().take(12).collect();
        about = about.glue(&format!(", commit {short}"));
    }
    about.write(out, paper, "");
    let outcome = report.gate.decision;
    let reasons = words::reasons(report);
    let answer = Prose::default()
        .styled(words::question(report.gate.name), style::BOLD)
        .glue(":")
        .styled(words::answer(outcome), style::outcome(outcome));
    match reasons.as_slice() {
        [] if outcome == Outcome::Pass => {
            answer
                .glue(".")
                .say(&nothing_found(report))
                .write(out, paper, "");
        }
        [] => answer.glue(".").write(out, paper, ""),
        reasons => {
            answer.glue(", because").write(out, paper, "");
            for reason in reasons.iter().take(MOST_REASONS) {
                Prose::new(&crate::text::clip(reason, 600)).write(out, paper, "  - ");
            }
            if let Some(more) = reasons.len().checked_sub(MOST_REASONS).filter(|&n| n > 0) {
                Prose::new(&words::len(more, "more reason", "more reasons"))
                    .write(out, paper, "  - ");
            }
        }
    }
    if let Some(note) = words::mode_note(report) {
        Prose::default()
            .styled(note, style::WARNING)
            .write(out, paper, "");
    }
    for unused in &report.basis.config.unused {
        Prose::default()
            .styled("Not used:", style::WARNING)
            .say(&crate::text::clip(unused, 600))
            .write(out, paper, "");
    }
}

/// What a pass rests on.
fn nothing_found(report: &Report) -> String {
    match report.findings.len() {
        0 => format!("Nothing was found in {}.", extent(report)),
        n => format!(
            "{} {} tolerated, none counts.",
            words::len(n, "finding", "findings"),
            if n == 1 { "is" } else { "are" }
        ),
    }
}

/// The small print where there is nothing else to say.
fn calm(out: &mut String, report: &Report, paper: &Paper) {
    let (_, data, old) = data(report);
    let style = if old { style::WARNING } else { style::DIM };
    Prose::default()
        .styled(&format!("Advisories: {data}."), style)
        .styled(
            &format!(
                "Configuration: {}. Record: {}.",
                report.basis.config.from,
                record(report)
            ),
            style::DIM,
        )
        .write(out, paper, "");
}

fn do_first(out: &mut String, report: &Report, paper: &Paper) {
    let actions = actions(report);
    if actions.is_empty() {
        return;
    }
    heading(out, paper, "Do first");
    for (at, action) in actions.iter().take(MOST_ACTIONS).enumerate() {
        let effect = match (action.malware, action.exploited) {
            (true, _) | (_, 1..) => style::severity(gw_finding::Severity::Critical),
            _ => style::DIM,
        };
        let mut prose = Prose::new(&crate::text::clip(&action.what, 400)).glue(":");
        if action.malware {
            prose = prose.styled("malware,", style::severity(gw_finding::Severity::Critical));
        }
        prose
            .styled(&crate::text::clip(&action.effect(), 200), effect)
            .write(out, paper, &format!("  {}. ", at + 1));
        if let Some(command) = &action.command {
            Prose::default()
                .styled(command, style::CODE)
                .write(out, paper, "     ");
        }
    }
    if let Some(more) = actions.len().checked_sub(MOST_ACTIONS).filter(|&n| n > 0) {
        Prose::default()
            .styled(
                &format!("then {}, below", words::len(more, "more", "more")),
                style::DIM,
            )
            .write(out, paper, "     ");
    }
}

fn not_looked_at(out: &mut String, report: &Report, paper: &Paper, verbose: bool) {
    let gaps = gaps(report);
    if gaps.is_empty() {
        return;
    }
    heading(out, paper, "Not looked at");
    let most = if verbose { usize::MAX } else { MOST_GAPS };
    for gaps in &gaps {
        Prose::new(words::gap(gaps.reason))
            .glue(&format!("\u{a0}({})", words::number(gaps.all.len() as u64)))
            .write(out, paper, "  ");
        for gap in gaps.all.iter().take(most) {
            let line = gap.line.map(|line| format!(":{line}")).unwrap_or_default();
            let path = shorten_path(&gap.path, paper.width.saturating_sub(5 + line.len()));
            Prose::default()
                .link(&(path + &line), style::BOLD, None)
                .glue(":")
                .styled(&crate::text::clip(&gap.detail, 300), style::DIM)
                .write(out, paper, "    ");
        }
        if let Some(more) = gaps.all.len().checked_sub(most).filter(|&n| n > 0) {
            Prose::default()
                .styled(
                    &format!("and {} more (--verbose)", words::number(more as u64)),
                    style::DIM,
                )
                .write(out, paper, "    ");
        }
    }
    let Some(allow) = allow_lines(report, paper.width) else {
        return;
    };
    let mut how = Prose::new("If that is all right, add to gatewright.toml");
    if allow.merge {
        how = how.say("(join these lines with the table that it has)");
    }
    if allow.folders {
        how = how.say("(there are so many that this names whole folders)");
    }
    how.glue(":").write(out, paper, "  ");
    out.push('\n');
    for line in &allow.lines {
        // Never wrapped: it has to be pasted as it is.
        if paper.color {
            let code = style::CODE;
            out.push_str(&format!("{}{line}{}\n", code.render(), code.render_reset()));
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
}

/// The small print: data, extent, rules, record.
fn footer(out: &mut String, report: &Report, paper: &Paper) {
    out.push('\n');
    let allowed = report.coverage.incomplete.iter().filter(|i| i.allowed);
    let allowed = words::len(allowed.count(), "thing", "things");
    for (label, text, old) in [
        data(report),
        (
            "Allowed",
            format!("{allowed} that could not be looked at"),
            false,
        ),
        ("Looked at", extent(report), false),
        (
            "Judged by",
            format!("configuration from {}", report.basis.config.from),
            false,
        ),
        ("Record", record(report), report.record.is_none()),
    ] {
        if label == "Allowed" && allowed.starts_with("0 ") {
            continue;
        }
        let style = if old { style::WARNING } else { style::DIM };
        let label = format!("{label:<13}");
        let shown = if paper.color {
            format!(
                "{}{label}{}",
                style::BOLD.render(),
                style::BOLD.render_reset()
            )
        } else {
            label.clone()
        };
        Prose::default()
            .styled(&crate::text::clip(&text, 2000), style)
            .write_behind(out, paper, &shown, columns(&label));
    }
}

/// What was looked at.
fn extent(report: &Report) -> String {
    let coverage = &report.coverage;
    let files = words::count(coverage.files, "file", "files");
    let total = coverage
        .packages
        .values()
        .fold(0_u64, |a, b| a.saturating_add(*b));
    let mut parts: Vec<String> = coverage
        .packages
        .iter()
        .map(|(ecosystem, n)| format!("{ecosystem} {}", words::number(*n)))
        .collect();
    if parts.len() > 8 {
        let more = parts.len() - 7;
        parts.truncate(7);
        parts.push(format!("{more} more"));
    }
    let packages = words::count(total, "package", "packages");
    match (parts.as_slice(), coverage.packages.first_key_value()) {
        ([], _) => format!("{files}, no packages"),
        ([_], Some((ecosystem, _))) => format!("{files}, {packages} of {ecosystem}"),
        (parts, _) => format!("{files}, {packages} ({})", parts.join(", ")),
    }
}

fn data(report: &Report) -> (&'static str, String, bool) {
    let needed = crate::data::needed(report);
    let mut old = false;
    let parts: Vec<String> = needed
        .iter()
        .map(|data| match data.as_of {
            Some(as_of) => {
                old |= words::days_between(as_of, report.time) > words::OLD_DAYS;
                format!(
                    "{} {} ({})",
                    data.name,
                    words::age(as_of, report.time),
                    words::day(as_of)
                )
            }
            None => {
                old = true;
                format!("{} none", data.name)
            }
        })
        .collect();
    if parts.is_empty() {
        let as_of = report.basis.advisories.as_of;
        let age = words::age(as_of, report.time);
        return (
            "Advisories",
            format!("{age} ({}); no package needed them", words::day(as_of)),
            false,
        );
    }
    ("Advisories", parts.join(", "), old)
}

fn record(report: &Report) -> String {
    match &report.record {
        Some(record) => format!(
            "entry {} of {} in this machine's ledger, decision {}",
            words::number(record.leaf.saturating_add(1)),
            words::number(record.size),
            record.decision.short()
        ),
        None => "not recorded".to_owned(),
    }
}

fn heading(out: &mut String, paper: &Paper, text: &str) {
    out.push('\n');
    Prose::default()
        .styled(text, style::BOLD)
        .write(out, paper, "");
}
