//! `db`: advisory data.

use std::path::{Path, PathBuf};

use gw_advisory::store::{Advisories, Change};
use gw_fetch::UpdateOptions;
use gw_flow::Home;
use serde_json::json;

use crate::cli::{DbArgs, DbCommand, Global};
use crate::network;
use crate::output::{self, Ending, count};
use crate::session::{self, Session, show};

pub(crate) async fn run(global: &Global, args: &DbArgs) -> anyhow::Result<Ending> {
    let home = Home::new(session::data_folder(global)?);
    match &args.command {
        DbCommand::Status { json } => status(&home, *json),
        DbCommand::Import { paths } => import(global, &home, paths).await,
        DbCommand::Update { from, ecosystems } => update(global, &home, from, ecosystems).await,
    }
}

fn status(home: &Home, as_json: bool) -> anyhow::Result<Ending> {
    let index = session::load_index(home)?;
    let source = if index.is_embedded() {
        "the snapshot in the program".to_owned()
    } else {
        show(&home.advisories())
    };
    if as_json {
        let ecosystems: Vec<_> = index
            .ecosystems()
            .iter()
            .map(|info| {
                json!({
                    "name": info.name, "records": info.records, "packages": info.packages,
                    "as_of": info.as_of, "source": info.source, "licence": info.licence,
                })
            })
            .collect();
        let kev = index.kev().map(|kev| {
            json!({ "records": kev.records, "as_of": kev.as_of, "source": kev.source,
                    "licence": kev.licence })
        });
        let status = json!({
            "digest": index.digest(), "as_of": index.as_of(), "from": source,
            "ecosystems": ecosystems, "known_exploited": kev,
        });
        output::write(None, format!("{status:#}\n").as_bytes())?;
        return Ok(Ending::DONE);
    }
    let day = |time: gw_core::Time| time.to_string().chars().take(10).collect::<String>();
    let mut text = format!(
        "Advisory data from {source} ({})\n\n",
        index.digest().short()
    );
    text.push_str(&format!(
        "{:<14} {:>8} {:>9}  {:<10}  {}\n",
        "ecosystem", "records", "packages", "as of", "source and licence"
    ));
    for info in index.ecosystems() {
        text.push_str(&format!(
            "{:<14} {:>8} {:>9}  {:<10}  {}, {}\n",
            info.name,
            info.records,
            info.packages,
            day(info.as_of),
            info.source,
            info.licence
        ));
    }
    if let Some(kev) = index.kev() {
        text.push_str(&format!(
            "\nKnown to be exploited: {} vulnerabilities as of {} ({}, {})\n",
            kev.records,
            day(kev.as_of),
            kev.source,
            kev.licence
        ));
    }
    output::write(None, text.as_bytes())?;
    Ok(Ending::DONE)
}

async fn import(global: &Global, home: &Home, paths: &[PathBuf]) -> anyhow::Result<Ending> {
    home.create()?;
    let given: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let (added, change) = gw_fetch::import(&home.advisories(), &given)?;
    let mut text = String::new();
    for (path, added) in paths.iter().zip(&added) {
        text.push_str(&format!("{}: {} records", path.display(), added.records));
        if !added.feeds.is_empty() {
            let feeds: Vec<_> = added.feeds.iter().map(String::as_str).collect();
            text.push_str(&format!(", all there are of {}", feeds.join(", ")));
        }
        if added.exploited > 0 {
            text.push_str(&format!(", {} known to be exploited", added.exploited));
        }
        text.push('\n');
    }
    output::write(None, text.as_bytes())?;
    let names: Vec<_> = paths.iter().map(|path| show(path)).collect();
    after(global, Some(&change), &names.join(", ")).await
}

async fn update(
    global: &Global,
    home: &Home,
    from: &str,
    ecosystems: &[String],
) -> anyhow::Result<Ending> {
    home.create()?;
    let ecosystems = if ecosystems.is_empty() {
        let index: Advisories = session::load_index(home)?;
        index
            .ecosystems()
            .iter()
            .map(|info| info.name.clone())
            .collect()
    } else {
        ecosystems.to_vec()
    };
    let options = UpdateOptions {
        base: from.to_owned(),
        ecosystems,
        network: network::options(),
    };
    let now = session::now(global);
    let report = gw_fetch::update(&options, &home.advisories(), now, |_| {}).await?;
    let mut text = String::new();
    for (name, bytes) in &report.fetched {
        text.push_str(&format!("{name}: fetched {bytes} bytes\n"));
    }
    for name in &report.unchanged {
        text.push_str(&format!("{name}: unchanged\n"));
    }
    output::write(None, text.as_bytes())?;
    after(global, report.change.as_ref(), from).await
}

/// Decides again what the change concerns, and says what came of it.
async fn after(global: &Global, change: Option<&Change>, source: &str) -> anyhow::Result<Ending> {
    let Some(change) = change else {
        return Ok(Ending::new(0, "nothing changed"));
    };
    for gap in &change.incomplete {
        eprintln!(
            "incomplete: {}: {}: {}",
            gap.location, gap.reason, gap.detail
        );
    }
    let session = Session::open_as_it_is(global).await?;
    let again = session.catch_up(source).await?;
    session.seal(None).await?;
    let (packages, decisions) = (change.packages.len(), again.len());
    let closed = again
        .iter()
        .filter(|one| one.judgement.decision.outcome != one.before)
        .count();
    let why = format!(
        "advisories changed for {}; {} made again, {closed} with another answer",
        count(packages, "package"),
        count(decisions, "decision"),
    );
    let code = if change.incomplete.is_empty() { 0 } else { 2 };
    Ok(Ending::new(code, why))
}
