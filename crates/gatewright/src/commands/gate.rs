//! `gate`: deciding from the statements there are.

use anyhow::bail;
use gw_core::{Asset, Binding, Digest, Gate, Place};
use gw_flow::store::Store as _;
use gw_flow::{Circumstances, Claimed, Explanation, FlowError, Question};

use crate::cli::{Export, GateArgs, Global};
use crate::commands::scan;
use crate::output::{self, Ending};
use crate::session::{PROGRAM, Session, words};

pub(crate) async fn run(global: &Global, args: &GateArgs) -> anyhow::Result<Ending> {
    if !matches!(args.gate, Gate::Release | Gate::Admit) {
        bail!(
            "only the release and the admit gate have policies so far, not {}",
            args.gate
        );
    }
    let session = Session::open_recorded(global).await?;
    let place = place_of(&session, &args.asset, args.place.as_deref()).await?;
    if args.explain {
        let explanation = session.flow.explain(args.gate, &args.asset, &place).await?;
        output::write(
            args.report.output.as_deref(),
            explain(&explanation).as_bytes(),
        )?;
        session.seal(None).await?;
        return Ok(Ending::DONE);
    }
    let question = question(&session, args.gate, &args.asset, &place).await?;
    let judgement = session.flow.decide(&question, session.now).await?;
    session.follow(&judgement).await?;
    if let Some(export) = args.export {
        let (predicate_type, predicate) = match export {
            Export::Vsa => gw_flow::export::verification_summary(&judgement, PROGRAM),
            Export::Vulns => gw_flow::export::vulns(&judgement, PROGRAM, session.now),
        };
        let claim = Claimed {
            subject: vec![(&judgement.decision.subject).into()],
            predicate_type,
            predicate: &predicate,
            asset: Some(args.asset.clone()),
            expires_at: judgement.decision.not_after,
        };
        let stored = session.flow.state(claim, session.now).await?;
        session.seal(None).await?;
        let mut line = stored.envelope;
        line.push(b'\n');
        output::write(args.report.output.as_deref(), &line)?;
        return Ok(Ending::DONE);
    }
    let record = session.seal(Some(judgement.id)).await?;
    let report = gw_flow::report(&judgement, &session.flow.index, scan::tool(), record);
    let reports = [(std::path::PathBuf::from("."), report)];
    scan::show_reports(global, &reports, &args.report)?;
    Ok(scan::ending(reports.iter().map(|(_, report)| report)))
}

/// Where an asset is: the place given, or the only one there is.
pub(crate) async fn place_of(
    session: &Session,
    asset: &Asset,
    given: Option<&str>,
) -> anyhow::Result<Place> {
    if let Some(given) = given {
        return Ok(Place::from(given.to_owned()));
    }
    let flow = &session.flow;
    let bindings = flow.store.bindings(&flow.realm, Some(asset)).await?;
    let mut places: Vec<_> = bindings.into_iter().map(|binding| binding.place).collect();
    match (places.pop(), places.is_empty()) {
        (Some(place), true) => Ok(place),
        (Some(place), false) => {
            places.push(place);
            Err(FlowError::SeveralPlaces {
                asset: asset.clone(),
                places,
            }
            .into())
        }
        (None, _) => Err(FlowError::UnknownAsset {
            asset: asset.clone(),
        }
        .into()),
    }
}

/// The content of an asset: at the place given, or the only one that it has anywhere.
pub(crate) async fn subject_at(
    session: &Session,
    asset: &Asset,
    given: Option<&str>,
) -> anyhow::Result<Digest> {
    let flow = &session.flow;
    let mut bound = flow.store.bindings(&flow.realm, Some(asset)).await?;
    if let Some(given) = given {
        let all = bound.clone();
        bound.retain(|binding| binding.place.as_str() == given);
        if bound.is_empty() {
            return Err(nothing_there(asset, &Place::from(given.to_owned()), all).into());
        }
    }
    let mut subjects: Vec<_> = bound.iter().map(|binding| binding.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let asset = asset.clone();
    match subjects.as_slice() {
        [one] => Ok(*one),
        [] => Err(FlowError::UnknownAsset { asset }.into()),
        _ => {
            let places = bound.into_iter().map(|binding| binding.place).collect();
            Err(FlowError::SeveralPlaces { asset, places }.into())
        }
    }
}

/// Why an asset has no content at a place.
pub(crate) fn nothing_there(asset: &Asset, place: &Place, bound: Vec<Binding>) -> FlowError {
    let asset = asset.clone();
    if bound.is_empty() {
        return FlowError::UnknownAsset { asset };
    }
    FlowError::NothingThere {
        asset,
        place: place.clone(),
        elsewhere: bound.into_iter().map(|binding| binding.place).collect(),
    }
}

/// The question about an asset at a place, under the circumstances in which it was last asked.
pub(crate) async fn question(
    session: &Session,
    gate: Gate,
    asset: &Asset,
    place: &Place,
) -> anyhow::Result<Question> {
    let flow = &session.flow;
    let bindings = flow.store.bindings(&flow.realm, Some(asset)).await?;
    let Some(binding) = bindings.iter().find(|b| b.place == *place).cloned() else {
        return Err(nothing_there(asset, place, bindings).into());
    };
    let last = flow
        .store
        .decisions(&flow.realm, gate, asset, place, 1)
        .await?;
    let circumstances = match last.first() {
        Some(row) => flow.question_of(row).await?.circumstances,
        None => Circumstances::built_in(flow.principal()),
    };
    Ok(Question {
        gate,
        asset: asset.clone(),
        place: place.clone(),
        subject: binding.subject,
        circumstances,
    })
}

fn explain(explanation: &Explanation) -> String {
    let current = &explanation.current;
    let mut text = format!(
        "{} at {}: {} since {} (decision {})\n",
        current.asset,
        current.place,
        words(current.outcome),
        current.time,
        explanation.id.short(),
    );
    for reason in &current.reasons {
        text.push_str(&format!(
            "  because: {} [{}]\n",
            reason.message, reason.policy
        ));
    }
    let Some(previous) = &explanation.previous else {
        text.push_str("It is the first decision here; there is none to compare it with.\n");
        return text;
    };
    text.push_str(&format!(
        "Before: {} at {}\n",
        words(previous.outcome),
        previous.time
    ));
    if explanation.changes.is_empty() {
        text.push_str("Both read the same facts.\n");
    } else {
        text.push_str("What changed (fact: old -> new, and the statement behind it):\n");
    }
    for change in &explanation.changes {
        let version = |version: &Option<gw_core::Version>| {
            version.map_or_else(|| "not read".to_owned(), |v| v.to_string())
        };
        text.push_str(&format!(
            "  {}: {} -> {}\n",
            change.key,
            version(&change.old),
            version(&change.new)
        ));
        if let Some(cause) = &change.cause {
            let name = gw_attest::predicate::short_name(&cause.predicate_type)
                .unwrap_or(&cause.predicate_type);
            text.push_str(&format!(
                "      {name} statement {} of {}\n",
                cause.id, cause.issued_at
            ));
        }
    }
    text
}
