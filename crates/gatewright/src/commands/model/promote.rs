//! `model promote`: into an environment, through the admit gate.

use anyhow::bail;
use gw_attest::predicate::Stage;
use gw_core::{Binding, Gate};
use gw_flow::store::Store as _;
use gw_flow::{Circumstances, FlowError, Move, Question, environment};

use super::admit;
use crate::cli::{Environment, Global, PromoteArgs};
use crate::commands::{attest, gate, scan};
use crate::output::Ending;
use crate::session::Session;

pub(crate) async fn run(global: &Global, args: &PromoteArgs) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let flow = &session.flow;
    let (to, name) = match args.to {
        Environment::Staged => (Stage::Staged, "staged"),
        Environment::Production => (Stage::Production, "production"),
    };
    let place = environment(name);
    let from = from(&session, args, to).await?;
    let mut circumstances = circumstances(&session, &from).await?;
    let rules = circumstances.read(session.now)?;
    // A comparison that is configured is made whenever there is something to compare with.
    let configured = to == Stage::Production && rules.config.admit.champion.is_some();
    let against = args.against.as_deref();
    circumstances.champion = match against.or(configured.then_some("champion")) {
        Some(against) => {
            let metric = args.metric.as_deref();
            admit::champion(&session, &args.asset, (against, &place), metric).await?
        }
        None => None,
    };
    admit::comparable(&circumstances, &session)?;
    let question = Question {
        gate: Gate::Admit,
        asset: args.asset.clone(),
        place: place.clone(),
        subject: from.subject,
        circumstances,
    };
    let judgement = flow.try_decide(&question, session.now).await?;
    let record = session.seal(Some(judgement.id)).await?;
    let report = gw_flow::report(&judgement, &flow.index, scan::tool(), record);
    let code = report.exit_code();
    if code == 0 {
        let by = attest::user(&session);
        let moved = Move {
            asset: &args.asset,
            subject: from.subject,
            to,
            reason: &args.reason,
            by: &by,
        };
        let keys = flow.promote(&moved, &place, session.now).await?;
        session.follow(&judgement).await?;
        session.tell(&flow.follow(&keys, session.now).await?);
        session.seal(None).await?;
    }
    let reports = [(std::path::PathBuf::from("."), report)];
    scan::show_reports(global, &reports, &args.report)?;
    if code == 0 {
        return Ok(Ending::new(0, format!("{} is {name} now", args.asset)));
    }
    Ok(scan::ending(reports.iter().map(|(_, report)| report)))
}

/// Which content of the model is meant: what it has at the place given; else what is staged, on the
/// way to production; else what it has where it was scanned.
async fn from(session: &Session, args: &PromoteArgs, to: Stage) -> anyhow::Result<Binding> {
    let flow = &session.flow;
    let bound = flow.store.bindings(&flow.realm, Some(&args.asset)).await?;
    let unknown = || FlowError::UnknownAsset {
        asset: args.asset.clone(),
    };
    if let Some(given) = &args.from {
        let found = bound.iter().find(|b| b.place.as_str() == given).cloned();
        return match found {
            Some(found) => Ok(found),
            None => {
                let place = gw_core::Place::from(given.clone());
                Err(gate::nothing_there(&args.asset, &place, bound).into())
            }
        };
    }
    let staged = bound
        .iter()
        .find(|binding| to == Stage::Production && binding.place == environment("staged"));
    if let Some(staged) = staged {
        return Ok(staged.clone());
    }
    let mut scanned: Vec<_> = bound
        .into_iter()
        .filter(|binding| !binding.place.as_str().starts_with("environment:"))
        .collect();
    scanned.dedup_by_key(|binding| binding.subject);
    match (scanned.pop(), scanned.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => bail!(
            "different contents of {} were scanned in several places: say which with --from PLACE",
            args.asset
        ),
        (None, _) => Err(unknown().into()),
    }
}

/// The circumstances under which the model was last admitted there.
async fn circumstances(session: &Session, from: &Binding) -> anyhow::Result<Circumstances> {
    let flow = &session.flow;
    for gate in [Gate::Admit, Gate::Release] {
        let last = flow
            .store
            .decisions(&flow.realm, gate, &from.asset, &from.place, 1)
            .await?;
        if let Some(row) = last.first() {
            let circumstances = flow.question_of(row).await?.circumstances;
            return Ok(Circumstances {
                since: None,
                champion: None,
                ..circumstances
            });
        }
    }
    Ok(Circumstances::built_in(flow.principal()))
}
