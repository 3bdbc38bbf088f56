//! `scan`: from a target to a decision.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use gw_analysis::Analyzer;
use gw_core::{Gate, Mode};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_flow::{Circumstances, Judgement, Question, Scanned};
use gw_report::{Report, Tool};
use gw_scan::FileDigest;
use gw_source::{Limits, Target};

use crate::cli::{Format, Global, ReportOptions, ScanArgs};
use crate::commands::model::signature;
use crate::commands::model::signed::{self, Signed};
use crate::commands::{explain, ledger};
use crate::output::{self, Ending, Terminal};
use crate::project::Project;
use crate::push::{self, Push};
use crate::session::{PROGRAM, Session, show};
use crate::target::{self, ANALYZERS, scan_options};

pub(crate) async fn run(global: &Global, args: &ScanArgs) -> anyhow::Result<Ending> {
    let session = Session::open(global).await?;
    let mut reports = Vec::new();
    let mut decisions = Vec::new();
    let server = push::connect(&session, &args.server).await?;
    for path in &args.targets {
        let judged = judge(&session, args, path, server.as_ref()).await?;
        decisions.push(judged.here.id);
        reports.push((path.clone(), judged));
    }
    let mut finished = Vec::new();
    for (path, judged) in reports {
        let judgement = judged.here;
        let record = match session.seal(Some(judgement.id)).await {
            Ok(record) => record,
            Err(error) => {
                // The decision stands and is in the store; the ledger follows at the next command.
                eprintln!("note: not in the ledger yet: {error:#}");
                None
            }
        };
        let mut report = match judged.there {
            Some(report) => *report,
            None => gw_flow::report(&judgement, &session.flow.index, tool(), record),
        };
        signed::mark(&mut report, &judged.signed);
        finished.push((path, report));
    }
    if let Some(why) = &session.unrecorded {
        eprintln!("note: not recorded: {why}");
    }
    if let Some(file) = &args.bundle {
        let bundle = ledger::bundle_about(&session, &decisions).await?;
        output::write_file(file, &bundle)?;
    }
    show_reports(global, &finished, &args.report)?;
    Ok(ending(finished.iter().map(|(_, report)| report)))
}

/// What was decided about a target.
struct Judged {
    /// On this machine.
    here: Judgement,
    /// By the control plane, whose answer counts.
    there: Option<Box<Report>>,
    /// The models, and who signed them.
    signed: Vec<Signed>,
}

/// Scans one target, records what the scan says, and decides; then lets the control plane decide.
async fn judge(
    session: &Session,
    args: &ScanArgs,
    path: &Path,
    server: Option<&Push<'_>>,
) -> anyhow::Result<Judged> {
    let project = Project::find(path)?;
    let target = match &args.name {
        Some(name) if path == Path::new("-") => Target::Bytes {
            name: name.clone(),
            bytes: read_stdin()?.into(),
        },
        Some(_) => bail!("--name is for standard input, given as `-`"),
        None => Target::detect(path, args.rev.as_deref())?,
    };
    let mode = args.mode.map(Mode::from);
    let mut circumstances =
        project.circumstances(args.base.as_deref(), mode, session.flow.principal())?;
    let rules = circumstances.read(session.now)?;
    for warning in rules.policies.warnings() {
        eprintln!("warning: {warning}");
    }
    let named = target::name(args.asset.as_ref(), &rules.config, &target, path, &project);
    let since = match (&args.since, &args.base) {
        (Some(rev), _) => Some(rev),
        (None, Some(rev)) if !args.all => Some(rev),
        _ => None,
    };
    let base = match since {
        Some(rev) => Some(scan_base(session, args, path, rev, &named.asset).await?),
        None => None,
    };
    circumstances.since = base.as_ref().map(|base| base.subject().digest);
    let (scanned, digests) = scan(args, &target)?;
    session
        .flow
        .record(&scanned, &named.asset, Some(&named.place), session.now)
        .await?;
    let about = (&target, path);
    let signed = signed::look(about, &named.asset, &rules.signers, &digests, session.now)?;
    for statement in signed.iter().filter_map(|signed| signed.statement.as_ref()) {
        signature::state(session, &named.asset, scanned.subject(), statement).await?;
    }
    let question = Question {
        gate: Gate::Release,
        asset: named.asset,
        place: named.place,
        subject: scanned.subject().digest,
        circumstances,
    };
    let here = session.flow.decide(&question, session.now).await?;
    let there = match server {
        None => None,
        Some(server) => {
            let (asset, place) = (&question.asset, &question.place);
            let report = server.scan(asset, place, &scanned, base.as_ref()).await?;
            Some(Box::new(report))
        }
    };
    Ok(Judged {
        here,
        there,
        signed,
    })
}

/// Scans the revision that the judgement starts from and records what the scan says.
async fn scan_base(
    session: &Session,
    args: &ScanArgs,
    path: &Path,
    rev: &str,
    asset: &gw_core::Asset,
) -> anyhow::Result<Scanned> {
    let target = Target::detect(path, Some(rev))?;
    let (scanned, _) = scan(args, &target).with_context(|| format!("scanning {rev}"))?;
    session
        .flow
        .record(&scanned, asset, None, session.now)
        .await?;
    Ok(scanned)
}

fn scan(
    args: &ScanArgs,
    target: &Target,
) -> anyhow::Result<(Scanned, BTreeMap<String, FileDigest>)> {
    let limits = match args.timeout {
        Some(seconds) => Limits::default().ending(Duration::from_secs(seconds)),
        None => Limits::default(),
    };
    let options = gw_scan::Options {
        source: gw_source::Options {
            respect_gitignore: !args.no_ignore,
        },
        open_archives: !args.no_archives,
        threads: args.threads,
        ..scan_options()
    };
    let output = scan_with(target, ANALYZERS, &limits, &options)?;
    let digests = output.digests.clone();
    Ok((Scanned::new(output, PROGRAM), digests))
}

/// Scans a target, with progress on a terminal.
pub(crate) fn scan_with(
    target: &Target,
    analyzers: &[&dyn Analyzer],
    limits: &Limits,
    options: &gw_scan::Options,
) -> anyhow::Result<gw_scan::ScanOutput> {
    let shown = std::io::stderr().is_terminal();
    let bar = shown.then(Bar::new);
    let output = match &bar {
        Some(bar) => gw_scan::scan(target, analyzers, limits, options, bar),
        None => gw_scan::scan(target, analyzers, limits, options, &gw_scan::Silent),
    };
    if let Some(bar) = bar {
        bar.bar.finish_and_clear();
    }
    let mut output = output?;
    // A single file that nobody knows is not clean: it was not looked at.
    let single = matches!(
        target,
        Target::File(_) | Target::Stdin | Target::Bytes { .. }
    );
    let unseen = output.by_analyzer.values().all(|&files| files == 0);
    if single && unseen && output.incomplete.is_empty() {
        output.incomplete.push(Incomplete {
            location: Location::file(target.name()),
            analyzer: gw_source::ANALYZER.to_owned(),
            reason: ReasonCode::Unsupported,
            detail: match target {
                Target::Stdin => {
                    "nothing here knows this format; if it is a dependency file, say which with \
                     --name, such as --name Cargo.lock"
                }
                _ => "nothing here knows this format",
            }
            .to_owned(),
        });
    }
    Ok(output)
}

/// Standard input, up to the limit that a scan has for it.
fn read_stdin() -> anyhow::Result<Vec<u8>> {
    let most = Limits::default().max_stdin;
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(most + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        bail!("standard input has more than {most} bytes");
    }
    Ok(bytes)
}

/// The program as reports name it.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "gatewright".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Writes reports in a form. Paths are of the targets, to show lines of their files.
pub(crate) fn show_reports(
    global: &Global,
    reports: &[(std::path::PathBuf, Report)],
    options: &ReportOptions,
) -> anyhow::Result<()> {
    let terminal = Terminal::detect(global, options.output.is_some());
    let all = || reports.iter().map(|(_, report)| report);
    let text = match options.format {
        Format::Sarif => {
            let reports: Vec<_> = all().cloned().collect();
            let rules: Vec<_> = explain::RULES.concat();
            gw_report::sarif(&reports, &rules)
        }
        Format::Json => all().map(gw_report::json).collect(),
        Format::Markdown => all()
            .map(|report| gw_report::markdown(report, &gw_report::MarkdownOptions::default()))
            .collect(),
        Format::Terminal => reports
            .iter()
            .map(|(path, report)| {
                gw_report::terminal(
                    report,
                    &gw_report::TerminalOptions {
                        width: terminal.width,
                        color: terminal.color,
                        links: terminal.links,
                        verbose: options.verbose,
                    },
                    &|file| source_text(path, file),
                )
            })
            .collect(),
    };
    output::write(options.output.as_deref(), text.as_bytes())
}

/// The text of a file of a target, to show a line of it.
fn source_text(target: &Path, file: &str) -> Option<String> {
    /// More than this is not read to show one line.
    const MOST: u64 = 16 << 20;
    let path = if target.is_dir() {
        target.join(file)
    } else {
        target.to_owned()
    };
    let metadata = std::fs::symlink_metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > MOST {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

/// How the program ends after these reports: the first of 1, 2, 3 that any of them asks for.
pub(crate) fn ending<'r>(reports: impl Iterator<Item = &'r Report>) -> Ending {
    const PRECEDENCE: [u8; 4] = [1, 2, 3, 0];
    let worst = reports.min_by_key(|report| {
        let code = report.exit_code();
        PRECEDENCE.iter().position(|&known| known == code)
    });
    match worst {
        None => Ending::DONE,
        Some(report) => Ending::new(report.exit_code(), report.last_line()),
    }
}

/// Progress on a terminal.
struct Bar {
    bar: indicatif::ProgressBar,
}

impl Bar {
    fn new() -> Self {
        let bar = indicatif::ProgressBar::new(0);
        let style = indicatif::ProgressStyle::with_template("{spinner} {pos}/{len} files {msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }
}

impl gw_scan::Progress for Bar {
    fn begin(&self, files: u64, _bytes: u64) {
        self.bar.set_length(files);
    }

    fn advance(&self, _bytes: u64) {
        self.bar.inc(1);
    }

    fn finishing(&self) {
        self.bar.set_message("joining");
    }
}

/// The circumstances of a project that no flag changes.
pub(crate) fn circumstances_of(
    session: &Session,
    folder: &Path,
) -> anyhow::Result<(Project, Circumstances)> {
    let project = Project::find(folder).with_context(|| show(folder))?;
    let circumstances = project.circumstances(None, None, session.flow.principal())?;
    Ok((project, circumstances))
}
