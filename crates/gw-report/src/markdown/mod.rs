//! Markdown for a comment on a pull request, as GitHub and GitLab render it.

mod body;
mod escape;

use gw_finding::{Finding, Tolerated};

use crate::actions::actions;
use crate::gaps::{allow_lines, gaps};
use crate::{Report, words};
use body::Body;
use escape::{block, code, prose};

/// GitHub takes 65,536 characters in a comment; this leaves room for what a bot adds.
const MOST_CHARS: usize = 60_000;
/// So many reasons are shown.
const MOST_REASONS: usize = 12;
/// So many things to do are shown.
const MOST_ACTIONS: usize = 5;
/// So many gaps of one reason are shown.
const MOST_GAPS: usize = 10;

/// How a report is written as Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkdownOptions {
    /// So many findings are shown in the open; the others are folded, as far as there is room.
    pub max_findings: usize,
}

impl Default for MarkdownOptions {
    fn default() -> Self {
        Self { max_findings: 20 }
    }
}

/// The report as Markdown, always under 60,000 characters: the answer first, then what counts,
/// what to do, what was not looked at and how old the data is; the rest folded.
///
/// Text from the scanned project appears as text only: it makes no markup, mentions nobody and
/// links nowhere.
#[must_use]
pub fn markdown(report: &Report, options: &MarkdownOptions) -> String {
    let mut body = Body::new(MOST_CHARS);
    let foot = foot(report);
    body.reserve(&foot);
    let mut gaps = Body::new(MOST_CHARS / 4);
    not_looked_at(&mut gaps, report);
    let gaps = gaps.finish("");
    body.reserve(&gaps);
    verdict(&mut body, report);
    do_first(&mut body, report);
    let all: Vec<&Finding> = report.counted().collect();
    let (open, folded) = all.split_at(all.len().min(options.max_findings));
    if !open.is_empty() {
        table(&mut body, open);
    }
    body.close(&gaps);
    if !folded.is_empty() {
        let title = words::len(folded.len(), "more finding", "more findings");
        fold(&mut body, &title, |body| table(body, folded));
    }
    tolerated(&mut body, report);
    body.finish(&foot)
}

fn verdict(body: &mut Body, report: &Report) {
    let question = words::question(report.gate.name);
    let answer = words::answer(report.gate.decision);
    body.push(&format!("### {question}: {answer}\n\n"));
    let mut about = code(report.asset.as_str(), 200);
    if let Some(commit) = &report.subject.commit {
        let short: String = commit.chars().take(12).collect();
        about.push_str(&format!(" at {}", code(&short, 12)));
    }
    body.push(&format!("{about}\n\n"));
    let reasons = words::reasons(report);
    for reason in reasons.iter().take(MOST_REASONS) {
        body.push(&format!("- {}\n", prose(reason, 400)));
    }
    if let Some(more) = reasons.len().checked_sub(MOST_REASONS).filter(|&n| n > 0) {
        body.push(&format!(
            "- {}\n",
            words::len(more, "more reason", "more reasons")
        ));
    }
    if !reasons.is_empty() {
        body.push("\n");
    }
    if report.findings.is_empty() {
        body.push("Nothing was found.\n\n");
    }
    if let Some(note) = words::mode_note(report) {
        body.push(&format!("{note}\n\n"));
    }
    for unused in report.basis.config.unused.iter().take(MOST_REASONS) {
        body.push(&format!("Not used: {}\n\n", prose(unused, 400)));
    }
}

fn do_first(body: &mut Body, report: &Report) {
    let actions = actions(report);
    if actions.is_empty() {
        return;
    }
    body.push("**Do first**\n\n");
    for (at, action) in actions.iter().take(MOST_ACTIONS).enumerate() {
        body.push(&format!(
            "{}. {}: {}{}\n",
            at + 1,
            prose(&action.what, 300),
            if action.malware { "**malware**, " } else { "" },
            prose(&action.effect(), 200)
        ));
        if let Some(command) = &action.command {
            body.push(&format!("   <br>{}\n", code(command, 200)));
        }
    }
    if let Some(more) = actions.len().checked_sub(MOST_ACTIONS).filter(|&n| n > 0) {
        body.push(&format!("\nThen {} more.\n", words::number(more as u64)));
    }
    body.push("\n");
}

const HEAD: &str = "| Severity | What | Fixed in | Where |\n| --- | --- | --- | --- |\n";

/// A table of findings, as many as there is room for.
fn table(body: &mut Body, findings: &[&Finding]) {
    if !body.push(HEAD) {
        return;
    }
    let shown = findings
        .iter()
        .take_while(|finding| body.push(&row(finding)))
        .count();
    if let Some(more) = findings.len().checked_sub(shown).filter(|&n| n > 0) {
        body.push_reserved(&format!(
            "\n{} more than there is room for; the JSON report has all.\n",
            words::number(more as u64)
        ));
    }
    body.push("\n");
}

fn row(finding: &Finding) -> String {
    let mut severity = finding.severity.as_str().to_owned();
    let known = finding.advisory.as_ref().is_some_and(|a| a.kev);
    if finding.kind == gw_finding::Kind::Malware {
        severity.push_str("<br>**malware**");
    }
    if known {
        severity.push_str("<br>**known to be exploited**");
    }
    let mut what = match &finding.package {
        Some(package) => format!(
            "{} {}",
            code(&package.name, 100),
            code(&package.version, 40)
        ),
        None => String::new(),
    };
    if let Some(advisory) = &finding.advisory {
        let id = match words::advisory_url(&advisory.id) {
            Some(url) => format!("[{}]({url})", prose(&advisory.id, 60)),
            None => prose(&advisory.id, 60),
        };
        what.push_str(&format!("<br>{id}: "));
    } else if !what.is_empty() {
        what.push_str("<br>");
    }
    what.push_str(&prose(words::bare_title(finding), 160));
    let fixed = finding
        .fix
        .as_ref()
        .and_then(|fix| fix.version.as_ref())
        .map(|version| code(version, 40))
        .unwrap_or_default();
    let line = finding
        .location
        .start
        .map(|s| format!(":{}", s.line))
        .unwrap_or_default();
    let path = crate::text::shorten_path(&finding.location.full_path(), 80);
    let mut place = code(&format!("{path}{line}"), 100);
    if let Some(package) = &finding.package
        && package.path.len() > 1
        && let Some(first) = package.path.first()
    {
        place.push_str(&format!("<br>through {}", code(first, 80)));
    }
    format!("| {severity} | {what} | {fixed} | {place} |\n")
}

fn tolerated(body: &mut Body, report: &Report) {
    let all: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|f| f.tolerated.is_some())
        .collect();
    if all.is_empty() {
        return;
    }
    let counts: Vec<String> = words::TOLERATED
        .into_iter()
        .filter_map(|why| {
            let n = all.iter().filter(|f| f.tolerated == Some(why)).count();
            (n > 0).then(|| format!("{} {}", words::number(n as u64), words::tolerated(why)))
        })
        .collect();
    fold(body, &format!("Tolerated: {}", counts.join(", ")), |body| {
        if !body.push("| Severity | What | Where | Why |\n| --- | --- | --- | --- |\n") {
            return;
        }
        let mut shown = 0;
        for why in words::TOLERATED {
            for finding in all.iter().filter(|f| f.tolerated == Some(why)) {
                if !body.push(&tolerated_row(finding, why)) {
                    break;
                }
                shown += 1;
            }
        }
        if let Some(more) = all.len().checked_sub(shown).filter(|&n| n > 0) {
            body.push_reserved(&format!("\nand {} more.\n", words::number(more as u64)));
        }
    });
}

fn tolerated_row(finding: &Finding, why: Tolerated) -> String {
    let id = finding
        .advisory
        .as_ref()
        .map(|a| format!("{}: ", prose(&a.id, 60)))
        .unwrap_or_default();
    let reason = match &finding.accepted {
        Some(accepted) => format!(
            "accepted by {} until {}: {}",
            prose(&accepted.by, 60),
            words::day(accepted.expires),
            prose(&accepted.reason, 200)
        ),
        None => words::tolerated(why).to_owned(),
    };
    format!(
        "| {} | {id}{} | {} | {reason} |\n",
        finding.severity,
        prose(&finding.title, 120),
        code(
            &crate::text::shorten_path(&finding.location.full_path(), 60),
            60
        ),
    )
}

fn not_looked_at(body: &mut Body, report: &Report) {
    let gaps = gaps(report);
    if gaps.is_empty() {
        return;
    }
    body.push("**Not looked at**\n\n");
    for gaps in &gaps {
        body.push(&format!(
            "- {}: {}\n",
            words::gap(gaps.reason),
            words::number(gaps.all.len() as u64)
        ));
        for gap in gaps.all.iter().take(MOST_GAPS) {
            let line = gap.line.map(|line| format!(":{line}")).unwrap_or_default();
            let path = crate::text::shorten_path(&gap.path, 80);
            body.push(&format!(
                "  - {}: {}\n",
                code(&format!("{path}{line}"), 100),
                prose(&gap.detail, 240)
            ));
        }
        if let Some(more) = gaps.all.len().checked_sub(MOST_GAPS).filter(|&n| n > 0) {
            body.push(&format!("  - and {} more\n", words::number(more as u64)));
        }
    }
    body.push("\n");
    if let Some(allow) = allow_lines(report, 100) {
        let lines = block("toml", &allow.lines);
        fold(
            body,
            "If that is all right, add to gatewright.toml",
            |body| {
                body.push(&lines);
            },
        );
    }
}

/// Something folded, if there is room for its frame.
fn fold(body: &mut Body, title: &str, write: impl FnOnce(&mut Body)) {
    const END: &str = "\n</details>\n\n";
    let begin = format!("<details><summary>{title}</summary>\n\n");
    if body.open(&begin, END) {
        write(body);
        body.close(END);
    }
}

fn foot(report: &Report) -> String {
    let data: Vec<String> = crate::data::needed(report)
        .iter()
        .take(20)
        .map(|data| match data.as_of {
            Some(as_of) => format!(
                "{} {} ({})",
                prose(data.name, 40),
                words::age(as_of, report.time),
                words::day(as_of)
            ),
            None => format!("{} none", prose(data.name, 40)),
        })
        .collect();
    let data = if data.is_empty() {
        "not needed".to_owned()
    } else {
        data.join(", ")
    };
    let record = match &report.record {
        Some(record) => format!(
            "entry {} of {} in the ledger, decision {}",
            words::number(record.leaf.saturating_add(1)),
            words::number(record.size),
            code(&record.decision.short(), 20)
        ),
        None => "not recorded".to_owned(),
    };
    format!(
        "<sub>Advisory data: {data}. Looked at: {}. Configuration: {}. Record: {record}. {} {}.</sub>\n",
        words::count(report.coverage.files, "file", "files"),
        prose(&report.basis.config.from, 100),
        prose(&report.tool.name, 40),
        prose(&report.tool.version, 40),
    )
}
