//! `accept`: a finding may stay for a while.

use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::predicate::{Acceptance, Accepts};
use gw_core::{Asset, Gate, Time};
use gw_finding::Finding;
use gw_flow::config::{CONFIG_FILE, Config};
use gw_flow::store::Store as _;
use gw_source::Target;

use crate::cli::{AcceptArgs, Global};
use crate::commands::{attest, gate, scan};
use crate::output::{self, Ending};
use crate::project::Project;
use crate::session::{Session, show};
use crate::target;

/// How long an acceptance lasts if nobody says.
const DAYS: i64 = 90;

pub(crate) async fn run(global: &Global, args: &AcceptArgs) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let (project, circumstances) = scan::circumstances_of(&session, &args.project)?;
    let rules = circumstances.read(session.now)?;
    let target = Target::detect(&args.project, None)?;
    let named = target::name(
        args.asset.as_ref(),
        &rules.config,
        &target,
        &args.project,
        &project,
    );
    let accepts = if args.all {
        everything(&session, &named.asset).await?
    } else {
        vec![one(&session, args, &named.asset).await?]
    };
    let expires = match args.expires {
        Some(expires) => expires,
        None => session
            .now
            .checked_add(jiff::SignedDuration::from_hours(24 * DAYS))?,
    };
    let owner = args.owner.clone().unwrap_or_else(|| attest::user(&session));
    let acceptances: Vec<_> = accepts
        .into_iter()
        .map(|accepts| Acceptance {
            accepts,
            reason: args.reason.clone(),
            owner: owner.clone(),
            expires,
        })
        .collect();
    for acceptance in &acceptances {
        gw_flow::config::check_acceptance(acceptance, session.now).map_err(anyhow::Error::msg)?;
    }
    let made = output::count(acceptances.len(), "acceptance");
    if args.write {
        let path = write(&project, &acceptances, session.now)?;
        return Ok(Ending::new(0, format!("{made} written to {}", show(&path))));
    }
    let mut keys = Vec::new();
    for acceptance in &acceptances {
        let stored = session
            .flow
            .accept(&named.asset, acceptance, session.now)
            .await?;
        output::write(None, format!("{}\n", stored.id).as_bytes())?;
        keys.extend(
            session
                .flow
                .store
                .keys_of(&session.flow.realm, &stored.id)
                .await?,
        );
    }
    session.tell(&session.flow.follow(&keys, session.now).await?);
    session.seal(None).await?;
    Ok(Ending::new(
        0,
        format!(
            "{made} for {}, on this machine until {}; with --write they go into \
             {CONFIG_FILE} and hold for everybody",
            named.asset, expires
        ),
    ))
}

/// What one call accepts: a finding by its id, an advisory by any of its ids, or a package.
async fn one(session: &Session, args: &AcceptArgs, asset: &Asset) -> anyhow::Result<Accepts> {
    let Some(given) = &args.finding else {
        return Ok(Accepts {
            rule: args.rule.clone(),
            package: args.package.clone(),
            ..Accepts::default()
        });
    };
    let is_id = given.len() == 20 && given.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_id {
        return Ok(Accepts {
            advisory: Some(given.clone()),
            package: args.package.clone(),
            ..Accepts::default()
        });
    }
    // A slip of the pen would accept nothing, silently.
    let known = findings(session, asset).await?;
    if !known.is_empty() && !known.iter().any(|finding| finding.id.as_str() == given) {
        bail!("{asset} has no finding {given}: `gatewright scan --verbose` lists them");
    }
    Ok(Accepts {
        finding: Some(given.clone()),
        ..Accepts::default()
    })
}

/// Everything that counts at the last decision.
async fn everything(session: &Session, asset: &Asset) -> anyhow::Result<Vec<Accepts>> {
    let counted: Vec<_> = findings(session, asset)
        .await?
        .into_iter()
        .filter(|finding| finding.tolerated.is_none())
        .map(|finding| Accepts {
            finding: Some(finding.id.to_string()),
            ..Accepts::default()
        })
        .collect();
    if counted.is_empty() {
        bail!("there is nothing to accept for {asset}: no finding counts against it");
    }
    Ok(counted)
}

async fn findings(session: &Session, asset: &Asset) -> anyhow::Result<Vec<Finding>> {
    let flow = &session.flow;
    let mut findings = Vec::new();
    for binding in flow.store.bindings(&flow.realm, Some(asset)).await? {
        let question = gate::question(session, Gate::Release, asset, &binding.place).await?;
        findings.extend(flow.look(&question, session.now).await?);
    }
    Ok(findings)
}

/// Adds acceptances to the project's configuration, which keeps its layout and comments.
fn write(
    project: &Project,
    acceptances: &[Acceptance],
    now: Time,
) -> anyhow::Result<std::path::PathBuf> {
    let path = project.root.join(CONFIG_FILE);
    let mut text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| show(&path)),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for acceptance in acceptances {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&table(acceptance));
    }
    // What is written must be what is read.
    Config::parse(&show(&path), &text, now)?;
    output::write_file(Path::new(&path), text.as_bytes())?;
    Ok(path)
}

/// An acceptance as a table of the configuration.
fn table(acceptance: &Acceptance) -> String {
    let Accepts {
        finding,
        rule,
        package,
        advisory,
    } = &acceptance.accepts;
    let mut text = "[[accept]]\n".to_owned();
    let expires = acceptance.expires.to_string();
    let expires = expires.get(..10).unwrap_or(&expires).to_owned();
    for (key, value) in [
        ("finding", finding.as_ref()),
        ("rule", rule.as_ref()),
        ("package", package.as_ref()),
        ("advisory", advisory.as_ref()),
        ("reason", Some(&acceptance.reason)),
        ("owner", Some(&acceptance.owner)),
        ("expires", Some(&expires)),
    ] {
        if let Some(value) = value {
            let value = toml::Value::String(value.clone());
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    text
}
