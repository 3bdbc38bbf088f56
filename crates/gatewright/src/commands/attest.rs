//! `attest`: a signed statement of any type.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::predicate::{self, Approval, Quarantine};
use gw_attest::{Envelope, PublicKey, SigningKey};
use gw_core::{Asset, Digest, ResourceDescriptor};
use gw_flow::Claimed;
use gw_flow::store::{Store as _, StoredStatement};
use gw_source::{Limits, Target};
use serde_json::Value;

use crate::cli::{AttestArgs, Global};
use crate::commands::gate;
use crate::output::{self, Ending};
use crate::session::{Session, show};
use crate::target::{ANALYZERS, scan_options};

pub(crate) async fn run(global: &Global, args: &AttestArgs) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let stored = match &args.envelope {
        Some(path) => take_in(&session, args, path).await?,
        None => state(&session, args).await?,
    };
    if let Some(output) = &args.output {
        output::write(Some(output), &stored.envelope)?;
    } else {
        output::write(None, format!("{}\n", stored.id).as_bytes())?;
    }
    let keys = session
        .flow
        .store
        .keys_of(&session.flow.realm, &stored.id)
        .await?;
    let foreign = args.envelope.is_some() || args.key.is_some();
    let again = if foreign {
        session.flow.follow_all(&keys, session.now).await?
    } else {
        session.flow.follow(&keys, session.now).await?
    };
    session.tell(&again);
    session.seal(None).await?;
    let name = predicate::short_name(&stored.predicate_type).unwrap_or(&stored.predicate_type);
    Ok(Ending::new(0, format!("stated: {name}, {}", stored.id)))
}

async fn take_in(
    session: &Session,
    args: &AttestArgs,
    path: &Path,
) -> anyhow::Result<StoredStatement> {
    let envelope = Envelope::parse(&read(path)?).with_context(|| show(path))?;
    let mut keys = vec![session.flow.key.public()];
    for path in &args.public_keys {
        let pem = std::fs::read_to_string(path).with_context(|| show(path))?;
        keys.push(PublicKey::from_pem(&pem).with_context(|| show(path))?);
    }
    let stored = session
        .flow
        .take_in(&envelope, &keys, session.now)
        .await
        .with_context(|| show(path))?;
    if stored.signers.is_empty() {
        eprintln!("warning: nobody known signed it, so it decides nothing: give --public-key FILE");
    }
    Ok(stored)
}

async fn state(session: &Session, args: &AttestArgs) -> anyhow::Result<StoredStatement> {
    let name = args.predicate_type.as_deref().unwrap_or_default();
    let Some(predicate_type) = predicate::by_name(name) else {
        let known: Vec<_> = predicate::NAMES.iter().map(|(name, _)| *name).collect();
        bail!(
            "`{name}` is no type of statement: expected a URI or one of {}",
            known.join(", ")
        );
    };
    let subject = args.subject.as_deref().unwrap_or_default();
    let (subject, asset) = subject_of(session, args, subject).await?;
    let predicate = predicate_of(session, args, predicate_type)?;
    check(predicate_type, &predicate)?;
    let claim = Claimed {
        subject: vec![subject],
        predicate_type,
        predicate: &predicate,
        asset,
        expires_at: args.expires,
    };
    let flow = &session.flow;
    match &args.key {
        None => Ok(flow.state(claim, session.now).await?),
        Some(path) => {
            let key = read_key(path)?;
            let envelope = flow.sign_with(claim, &key, session.now)?;
            let keys = [key.public(), flow.key.public()];
            Ok(flow.take_in(&envelope, &keys, session.now).await?)
        }
    }
}

/// What a statement is about: a digest, an asset that is known here, or a file or folder.
async fn subject_of(
    session: &Session,
    args: &AttestArgs,
    given: &str,
) -> anyhow::Result<(ResourceDescriptor, Option<Asset>)> {
    let described = |name: &str, digest: Digest| ResourceDescriptor {
        name: Some(name.to_owned()),
        uri: None,
        digest: [("sha256".to_owned(), digest.to_hex())].into(),
    };
    if let Ok(digest) = given.parse::<Digest>() {
        return Ok((described(given, digest), args.asset.clone()));
    }
    if Path::new(given).exists() {
        let target = Target::detect(Path::new(given), None)?;
        let limits = Limits::default();
        let options = scan_options();
        let output = gw_scan::scan(&target, ANALYZERS, &limits, &options, &gw_scan::Silent)?;
        return Ok(((&output.subject).into(), args.asset.clone()));
    }
    let asset: Asset = given
        .parse()
        .with_context(|| format!("`{given}` is neither a file, nor a digest, nor an asset"))?;
    let subject = match gate::subject_at(session, &asset, args.place.as_deref()).await {
        Ok(subject) => described(asset.name(), subject),
        // Data that was never scanned here can be quarantined by its name.
        Err(_) if is_quarantine(args) && !is_known(session, &asset).await? => {
            gw_flow::named(&asset)
        }
        Err(error) => return Err(error),
    };
    Ok((subject, args.asset.clone().or(Some(asset))))
}

fn is_quarantine(args: &AttestArgs) -> bool {
    let name = args.predicate_type.as_deref().unwrap_or_default();
    predicate::by_name(name) == Some(predicate::QUARANTINE)
}

async fn is_known(session: &Session, asset: &Asset) -> anyhow::Result<bool> {
    let flow = &session.flow;
    let bound = flow.store.bindings(&flow.realm, Some(asset)).await?;
    Ok(!bound.is_empty())
}

fn predicate_of(
    session: &Session,
    args: &AttestArgs,
    predicate_type: &str,
) -> anyhow::Result<Value> {
    if let Some(path) = &args.predicate {
        return serde_json::from_slice(&read(path)?)
            .with_context(|| format!("{} is not JSON", show(path)));
    }
    let reason = || {
        args.reason
            .clone()
            .context("give --reason TEXT, or the whole statement with --predicate FILE")
    };
    let value = match predicate_type {
        predicate::APPROVAL => serde_json::to_value(Approval {
            gate: args.gate,
            reason: reason()?,
            by: user(session),
        })?,
        predicate::QUARANTINE => serde_json::to_value(Quarantine { reason: reason()? })?,
        _ => bail!("what does it say? give --predicate FILE"),
    };
    Ok(value)
}

/// Checks a predicate of ours against its schema's type.
fn check(predicate_type: &str, value: &Value) -> anyhow::Result<()> {
    use gw_attest::predicate::{
        Acceptance, Administration, Drift, Lineage, ModelStage, Revocation, Rules, Scan, Signature,
        TEST_METRICS, TestMetrics,
    };
    let value = value.clone();
    let checked = match predicate_type {
        predicate::APPROVAL => serde_json::from_value::<Approval>(value).map(drop),
        predicate::QUARANTINE => serde_json::from_value::<Quarantine>(value).map(drop),
        predicate::ACCEPTANCE => serde_json::from_value::<Acceptance>(value).map(drop),
        predicate::REVOCATION => serde_json::from_value::<Revocation>(value).map(drop),
        predicate::RULES => serde_json::from_value::<Rules>(value).map(drop),
        predicate::SCAN => serde_json::from_value::<Scan>(value).map(drop),
        predicate::LINEAGE => serde_json::from_value::<Lineage>(value).map(drop),
        predicate::MODEL_STAGE => serde_json::from_value::<ModelStage>(value).map(drop),
        predicate::DRIFT => serde_json::from_value::<Drift>(value).map(drop),
        predicate::SIGNATURE => serde_json::from_value::<Signature>(value).map(drop),
        predicate::ADMINISTRATION => serde_json::from_value::<Administration>(value).map(drop),
        predicate::TEST_RESULT => match value.get(TEST_METRICS) {
            Some(metrics) => serde_json::from_value::<TestMetrics>(metrics.clone()).map(drop),
            None => Ok(()),
        },
        _ => Ok(()),
    };
    checked.with_context(|| format!("the predicate is not a {predicate_type}"))
}

/// Whoever is at the keyboard, for people; the signature says whose key it was.
pub(crate) fn user(session: &Session) -> String {
    std::env::var("USER")
        .or_else(|_| std::env::var("USERNAME"))
        .ok()
        .filter(|user| !user.is_empty())
        .unwrap_or_else(|| session.flow.key.public().id().short().to_owned())
}

/// A private key; the passphrase of an encrypted one is asked for on the terminal, or taken from
/// `GATEWRIGHT_PASSPHRASE`.
pub(crate) fn read_key(path: &Path) -> anyhow::Result<SigningKey> {
    let pem = std::fs::read_to_string(path).with_context(|| show(path))?;
    let passphrase = if pem.contains("ENCRYPTED") {
        Some(super::keygen::passphrase("Passphrase: ")?)
    } else {
        None
    };
    SigningKey::from_pem(&pem, passphrase.as_deref().map(String::as_str))
        .with_context(|| show(path))
}

/// A file, or standard input, up to a limit.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    const MOST: u64 = 256 << 20;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MOST + 1)
            .read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).with_context(|| show(path))?;
        file.take(MOST + 1)
            .read_to_end(&mut bytes)
            .with_context(|| show(path))?;
    }
    if bytes.len() as u64 > MOST {
        bail!("{} is larger than 256 MiB", show(path));
    }
    Ok(bytes)
}
