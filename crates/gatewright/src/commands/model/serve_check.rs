//! `model serve-check`: a command that starts only if the model it serves may be served.
//!
//! What is verified is what is there at the start. Whoever can write to the folder afterwards can
//! change what is served; give the server a folder that only it can read, and nobody can write.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, bail};
use gw_attest::predicate::Signature;
use gw_core::{Digest, FactKey, Gate, Place, Subject};
use gw_flow::store::Store as _;
use gw_flow::{Judgement, Question};
use gw_policy::facts::{INVENTORY, SCAN};

use super::admit::{self, Candidate};
use super::signature::{self, Checked, Files};
use super::signed;
use crate::cli::{Global, ReportOptions, ServeCheckArgs};
use crate::commands::scan;
use crate::output::Ending;
use crate::session::Session;

pub(crate) async fn run(global: &Global, args: &ServeCheckArgs) -> anyhow::Result<Ending> {
    let session = Session::open(global).await?;
    let mut candidate = admit::prepare(&session, &args.target, &args.options)?;
    let hashed = admit::hash(&candidate.target, &args.options)?;
    let subject = hashed.subject.digest;
    if let Some(place) = &args.place {
        candidate.place = Place::from(place.clone());
        if bound(&session, &candidate).await? != Some(subject) {
            let (asset, target) = (&candidate.asset, args.target.display());
            return Ok(Ending::new(
                1,
                format!("{target} is not what {asset} has at {place}: nothing was started"),
            ));
        }
    }
    let files = Files {
        model: &args.target,
        digests: &hashed.digests,
    };
    let found = admit::signature(&session, &candidate, &args.options, files, subject)?;
    let signature = match &found {
        Checked::Refused(why) => {
            return Ok(Ending::new(
                1,
                format!("the signature is refused: {why}; nothing was started"),
            ));
        }
        Checked::Good { signature, .. } => Some(signature),
        Checked::Unknown(_) | Checked::None => None,
    };
    let judgement = judge(&session, args, &candidate, &hashed.subject, signature).await?;
    let record = session.seal(Some(judgement.id)).await?;
    let mut report = gw_flow::report(&judgement, &session.flow.index, scan::tool(), record);
    signed::mark(&mut report, &[signed::Signed::whole(&found)]);
    let reports = [(args.target.clone(), report)];
    let ending = scan::ending(reports.iter().map(|(_, report)| report));
    if ending.code != 0 {
        scan::show_reports(global, &reports, &ReportOptions::default())?;
        let why = ending.why.unwrap_or_default();
        return Ok(Ending::new(
            ending.code,
            format!("{why}; nothing was started"),
        ));
    }
    if let (Some(why), false) = (&ending.why, global.quiet) {
        eprintln!("{why}");
    }
    start(&args.command)
}

/// Decides: from what is known, if exactly this content was scanned there before; else after a scan.
async fn judge(
    session: &Session,
    args: &ServeCheckArgs,
    candidate: &Candidate,
    content: &Subject,
    signature: Option<&Signature>,
) -> anyhow::Result<Judgement> {
    /// Reasons for which another scan may help.
    const SCAN_AGAIN: &[&str] = &["no-scan", "stale-scan"];
    let flow = &session.flow;
    let subject = content.digest;
    let mut known = bound(session, candidate).await? == Some(subject);
    for name in [SCAN, INVENTORY] {
        let key = [FactKey::subject(&subject, name)];
        known = known && !flow.store.statements(&flow.realm, &key).await?.is_empty();
    }
    if known {
        if let Some(signature) = signature {
            signature::state(session, &candidate.asset, content, signature).await?;
        }
        let question = Question {
            gate: Gate::Admit,
            asset: candidate.asset.clone(),
            place: candidate.place.clone(),
            subject,
            circumstances: candidate.circumstances.clone(),
        };
        let judgement = flow.decide(&question, session.now).await?;
        session.follow(&judgement).await?;
        let reasons = &judgement.decision.reasons;
        if !reasons
            .iter()
            .any(|r| SCAN_AGAIN.contains(&r.policy.as_str()))
        {
            return Ok(judgement);
        }
    }
    let scanned = admit::scan_model(candidate, &args.options)?.scanned;
    if scanned.subject().digest != subject {
        bail!("the files changed while they were looked at");
    }
    admit::record(session, candidate, &scanned, signature).await
}

/// What the asset has at the candidate's place.
async fn bound(session: &Session, candidate: &Candidate) -> anyhow::Result<Option<Digest>> {
    let flow = &session.flow;
    let asset = Some(&candidate.asset);
    let bound = flow.store.bindings(&flow.realm, asset).await?;
    let there = bound.into_iter().find(|b| b.place == candidate.place);
    Ok(there.map(|binding| binding.subject))
}

/// Starts the command in place of this program, where the system can do that.
fn start(command: &[OsString]) -> anyhow::Result<Ending> {
    let Some((program, arguments)) = command.split_first() else {
        bail!("there is no command to start");
    };
    let mut command = Command::new(program);
    command.args(arguments);
    let name = program.display().to_string();
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // It returns only if it could not be done.
        Err(command.exec()).with_context(|| format!("cannot start {name}"))
    }
    #[cfg(not(unix))]
    {
        let status = command
            .status()
            .with_context(|| format!("cannot start {name}"))?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(Ending {
            code: code.unwrap_or(2),
            why: None,
        })
    }
}
