//! `model admit`: from a model's files to a decision of the admit gate.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use gw_analysis::Analyzer;
use gw_attest::predicate::Signature;
use gw_core::{Asset, Digest, Gate, Mode, Place};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_flow::config::Signer;
use gw_flow::store::Store as _;
use gw_flow::{Champion, Circumstances, Judgement, Question, Scanned, environment};
use gw_model::ModelAnalyzer;
use gw_package::PackageAnalyzer;
use gw_scan::FileDigest;
use gw_source::{Limits, Target};

use super::signature::{self, Checked, Files};
use super::signed;
use crate::cli::{AdmitArgs, AdmitOptions, Global};
use crate::commands::{ledger, scan};
use crate::output::{self, Ending};
use crate::project::Project;
use crate::session::{PROGRAM, Session};
use crate::target::{self, scan_options};

/// The word for the model that is in production.
const CHAMPION: &str = "champion";

pub(crate) async fn run(global: &Global, args: &AdmitArgs) -> anyhow::Result<Ending> {
    let session = Session::open(global).await?;
    let mut admitted = prepare(&session, &args.target, &args.options)?;
    if let Some(against) = &args.against {
        let place = environment("production");
        let metric = args.metric.as_deref();
        admitted.circumstances.champion =
            champion(&session, &admitted.asset, (against, &place), metric).await?;
        comparable(&admitted.circumstances, &session)?;
    }
    let content = scan_model(&admitted, &args.options)?;
    let subject = content.scanned.subject().digest;
    let files = Files {
        model: &args.target,
        digests: &content.digests,
    };
    let found = signature(&session, &admitted, &args.options, files, subject)?;
    let signature = match &found {
        Checked::Refused(why) => {
            return Ok(Ending::new(1, format!("the signature is refused: {why}")));
        }
        Checked::Good { signature, .. } => Some(signature),
        Checked::Unknown(_) | Checked::None => None,
    };
    let judgement = record(&session, &admitted, &content.scanned, signature).await?;
    let record = session.seal(Some(judgement.id)).await?;
    if let Some(why) = &session.unrecorded {
        eprintln!("note: not recorded: {why}");
    }
    if let Some(file) = &args.bundle {
        let bundle = ledger::bundle_about(&session, &[judgement.id]).await?;
        output::write_file(file, &bundle)?;
    }
    let mut report = gw_flow::report(&judgement, &session.flow.index, scan::tool(), record);
    signed::mark(&mut report, &[signed::Signed::whole(&found)]);
    let reports = [(args.target.clone(), report)];
    scan::show_reports(global, &reports, &args.report)?;
    Ok(scan::ending(reports.iter().map(|(_, report)| report)))
}

/// What is to be admitted, and under which circumstances.
pub(super) struct Candidate {
    pub(super) asset: Asset,
    pub(super) place: Place,
    pub(super) target: Target,
    pub(super) circumstances: Circumstances,
    /// The signers that the configuration has for it.
    pub(super) signers: Vec<Signer>,
}

/// Finds out what a target is called and under which rules it is judged.
pub(super) fn prepare(
    session: &Session,
    path: &Path,
    options: &AdmitOptions,
) -> anyhow::Result<Candidate> {
    let project = Project::find(path)?;
    let mode = options.mode.map(Mode::from);
    let circumstances =
        project.circumstances(options.base.as_deref(), mode, session.flow.principal())?;
    let rules = circumstances.read(session.now)?;
    for warning in rules.policies.warnings() {
        eprintln!("warning: {warning}");
    }
    let target = Target::detect(path, None)?;
    let absolute = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let named = absolute.file_name().map(|name| name.to_string_lossy());
    let configured = rules.config.asset.clone();
    let asset = options
        .asset
        .clone()
        // A project of one model calls it by the project's name; other projects have models in them.
        .or_else(|| configured.filter(|asset| matches!(asset.kind(), "model" | "dataset")))
        .or_else(|| target::asset("model", &named?))
        .context("the target has no name that a model could have: give --asset model:NAME")?;
    let mut signers = rules.signers;
    signers.retain(|signer| signer.covers(&asset));
    Ok(Candidate {
        asset,
        signers,
        place: Place::path(&absolute.display().to_string()),
        target,
        circumstances,
    })
}

/// What a scan found, and the digests of the files that it read.
pub(super) struct Content {
    pub(super) scanned: Scanned,
    pub(super) digests: BTreeMap<String, FileDigest>,
}

/// Scans a model: every file counts, what git ignores included, since a server loads it all the same.
pub(super) fn scan_model(candidate: &Candidate, options: &AdmitOptions) -> anyhow::Result<Content> {
    let target = &candidate.target;
    let models = ModelAnalyzer {
        weights: options.weights,
    };
    let analyzers: [&dyn Analyzer; 2] = [&PackageAnalyzer, &models];
    let output = scan::scan_with(target, &analyzers, &limits(options), &model_options())?;
    let digests = output.digests.clone();
    let mut scanned = Scanned::new(output, PROGRAM);
    if candidate.asset.kind() == "model" && scanned.inventory.models.is_empty() {
        scanned.scan.incomplete.push(Incomplete {
            location: Location::file(target.name()),
            analyzer: gw_model::ANALYZER.to_owned(),
            reason: ReasonCode::Unsupported,
            detail: "no model was found in it, so nobody can say what loading it does".to_owned(),
        });
        scanned.scan.incomplete.sort_unstable();
        scanned.scan.incomplete.dedup();
    }
    Ok(Content { digests, scanned })
}

/// What there is of a signature. `subject` is the content whose files have these digests.
pub(super) fn signature(
    session: &Session,
    candidate: &Candidate,
    options: &AdmitOptions,
    files: Files<'_>,
    subject: Digest,
) -> anyhow::Result<Checked> {
    let signers: Vec<_> = candidate.signers.iter().collect();
    let checked = signature::check(files, &options.signature, &signers, session.now)?;
    match &checked {
        Checked::Good { reread: true, .. }
            if hash(&candidate.target, options)?.subject.digest != subject =>
        {
            bail!("the files changed while they were looked at");
        }
        Checked::Unknown(why) => session.note(&format!(
            "{} counts for nothing: it is by nobody whom the configuration names ({why})",
            signature::NAME
        )),
        _ => {}
    }
    Ok(checked)
}

/// Reads the files of a model without looking into them.
pub(super) fn hash(target: &Target, options: &AdmitOptions) -> anyhow::Result<gw_scan::ScanOutput> {
    let (limits, walk) = (limits(options), model_options());
    Ok(gw_scan::scan(
        target,
        &[],
        &limits,
        &walk,
        &gw_scan::Silent,
    )?)
}

/// The limits of scanning a model.
pub(super) fn limits(options: &AdmitOptions) -> Limits {
    match options.timeout {
        Some(seconds) => Limits::default().ending(Duration::from_secs(seconds)),
        None => Limits::default(),
    }
}

/// How a model is walked.
pub(super) fn model_options() -> gw_scan::Options {
    gw_scan::Options {
        source: gw_source::Options {
            respect_gitignore: false,
        },
        ..scan_options()
    }
}

/// Records what a scan says, decides, and decides again what depends on it.
pub(super) async fn record(
    session: &Session,
    candidate: &Candidate,
    scanned: &Scanned,
    signature: Option<&Signature>,
) -> anyhow::Result<Judgement> {
    let flow = &session.flow;
    flow.record(
        scanned,
        &candidate.asset,
        Some(&candidate.place),
        session.now,
    )
    .await?;
    if let Some(signature) = signature {
        signature::state(session, &candidate.asset, scanned.subject(), signature).await?;
    }
    let question = Question {
        gate: Gate::Admit,
        asset: candidate.asset.clone(),
        place: candidate.place.clone(),
        subject: scanned.subject().digest,
        circumstances: candidate.circumstances.clone(),
    };
    let judgement = flow.decide(&question, session.now).await?;
    session.follow(&judgement).await?;
    Ok(judgement)
}

/// The model to compare with: the one that is meant by `champion` is what the asset has at a place.
pub(super) async fn champion(
    session: &Session,
    asset: &Asset,
    (against, place): (&str, &Place),
    metric: Option<&str>,
) -> anyhow::Result<Option<Champion>> {
    let flow = &session.flow;
    let asset = if against == CHAMPION {
        asset.clone()
    } else {
        against
            .parse()
            .with_context(|| format!("`{against}` is neither an asset nor `{CHAMPION}`"))?
    };
    let bound = flow.store.bindings(&flow.realm, Some(&asset)).await?;
    let there = bound.iter().find(|binding| binding.place == *place);
    // Another model need not be in production; one that is in one place only is meant.
    let only = || match bound.as_slice() {
        [one] if against != CHAMPION => Some(one),
        _ => None,
    };
    match there.or_else(only) {
        Some(binding) => Ok(Some(Champion {
            asset,
            subject: binding.subject,
            metric: metric.map(str::to_owned),
        })),
        None if against == CHAMPION => {
            eprintln!("note: there is nothing to compare with: {asset} has nothing at {place} yet");
            Ok(None)
        }
        None => bail!("{asset} has no content at {place} to compare with: scan it first"),
    }
}

/// Checks that a comparison says by which metric.
pub(super) fn comparable(circumstances: &Circumstances, session: &Session) -> anyhow::Result<()> {
    let Some(champion) = &circumstances.champion else {
        return Ok(());
    };
    let config = circumstances.read(session.now)?.config;
    if champion.metric.is_none() && config.admit.champion.is_none() {
        bail!(
            "by which metric are they compared? give --metric NAME, or [admit.champion] in the \
             configuration"
        );
    }
    Ok(())
}
