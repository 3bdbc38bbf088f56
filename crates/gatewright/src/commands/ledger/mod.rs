//! `ledger`: proving and verifying what was recorded.

mod live;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::{Envelope, PublicKey};
use gw_core::{Asset, Digest};
use gw_flow::store::{Store as _, StoredStatement};
use gw_ledger::{
    Bundle, Checkpoint, FsTiles, History, Log, NoteSigner, Scope, VerifierKey, WitnessRequest,
    WitnessState,
};

use crate::cli::{Global, LedgerArgs, LedgerCommand, LiveLogArgs};
use crate::output::{self, Ending};
use crate::session::{Session, show};

pub(crate) async fn run(global: &Global, args: &LedgerArgs) -> anyhow::Result<Ending> {
    match &args.command {
        LedgerCommand::Prove {
            what,
            earlier,
            output,
        } => prove(global, what, earlier.as_deref(), output.as_deref()).await,
        LedgerCommand::Verify {
            bundle,
            live,
            key,
            earlier,
            witnesses,
            threshold,
            public_keys,
        } => {
            let question = Verification {
                target: bundle.as_deref(),
                key: key.as_deref(),
                earlier: earlier.as_deref(),
                witnesses,
                threshold: threshold.unwrap_or(witnesses.len()),
                public_keys,
            };
            verify(global, &question, live).await
        }
        LedgerCommand::Checkpoint => {
            let session = sealed(global).await?;
            let log = open(&session)?;
            let Some(checkpoint) = log.checkpoint() else {
                bail!("nothing has been recorded yet");
            };
            output::write(None, checkpoint.to_string().as_bytes())?;
            Ok(Ending::DONE)
        }
        LedgerCommand::Key { pem: true } => {
            let session = Session::open_recorded(global).await?;
            output::write(None, session.flow.key.public().to_pem().as_bytes())?;
            Ok(Ending::DONE)
        }
        LedgerCommand::Key { pem: false } => {
            let session = Session::open_recorded(global).await?;
            let signer = gw_flow::ledger::log_signer(&session.flow.key)?;
            output::write(None, format!("{}\n", signer.verifier()).as_bytes())?;
            Ok(Ending::DONE)
        }
        LedgerCommand::Export { folder } => {
            let session = sealed(global).await?;
            let files = copy(&session.home.ledger(), folder)?;
            Ok(Ending::new(
                0,
                format!("{files} files written to {}", show(folder)),
            ))
        }
        LedgerCommand::Rebuild => {
            let session = Session::open_recorded(global).await?;
            let flow = &session.flow;
            let folder = session.home.ledger();
            let size = gw_flow::ledger::rebuild(&flow.store, &folder, &flow.key).await?;
            Ok(Ending::new(
                0,
                format!("made again from the store: {size} records"),
            ))
        }
        LedgerCommand::Witness {
            bundle,
            key,
            name,
            state,
        } => witness(global, bundle, key, name, state).await,
    }
}

/// A bundle with these decisions and everything they were made from.
pub(crate) async fn bundle_about(
    session: &Session,
    decisions: &[Digest],
) -> anyhow::Result<Vec<u8>> {
    if session.unrecorded.is_some() {
        bail!("nothing was recorded, so nothing can be proved");
    }
    let statements = session.flow.evidence(decisions).await?;
    let folder = session.home.ledger();
    let bundle = session
        .flow
        .prove(&folder, Scope::Selection, &statements, None)
        .await?;
    Ok(bundle.to_json().into_bytes())
}

async fn prove(
    global: &Global,
    what: &[String],
    earlier: Option<&Path>,
    output: Option<&Path>,
) -> anyhow::Result<Ending> {
    let session = sealed(global).await?;
    let flow = &session.flow;
    let mut statements = BTreeMap::new();
    let all = flow.store.list_statements(&flow.realm, None).await?;
    for name in what {
        let before = statements.len();
        if let Ok(id) = name.parse::<Digest>() {
            statements.extend(all.iter().filter(|s| s.id == id).map(entry));
        } else {
            let asset: Asset = name
                .parse()
                .with_context(|| format!("`{name}` is neither a statement's id nor an asset"))?;
            let about = |s: &&StoredStatement| s.asset.as_ref() == Some(&asset);
            statements.extend(all.iter().filter(about).map(entry));
        }
        if statements.len() == before {
            bail!("nothing is recorded under {name}");
        }
    }
    let scope = if what.is_empty() {
        statements.extend(all.iter().map(entry));
        Scope::Log
    } else {
        Scope::Selection
    };
    let earlier = earlier
        .map(|path| checkpoint_size(&session, path))
        .transpose()?;
    let statements: Vec<_> = statements.into_values().collect();
    let folder = session.home.ledger();
    let bundle = flow.prove(&folder, scope, &statements, earlier).await?;
    let count = bundle.records.len();
    output::write(output, bundle.to_json().as_bytes())?;
    Ok(Ending::new(0, format!("{count} records, with proofs")))
}

fn entry(statement: &StoredStatement) -> (Digest, StoredStatement) {
    (statement.id, statement.clone())
}

struct Verification<'a> {
    target: Option<&'a Path>,
    key: Option<&'a str>,
    earlier: Option<&'a Path>,
    witnesses: &'a [String],
    threshold: usize,
    public_keys: &'a [PathBuf],
}

async fn verify(
    global: &Global,
    question: &Verification<'_>,
    live: &LiveLogArgs,
) -> anyhow::Result<Ending> {
    let witnesses = question
        .witnesses
        .iter()
        .map(|key| verifier_key(key))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(address) = live::address(question.target) {
        // The key that a log shows itself would be good for any log.
        let key = question.key.context(
            "whose log is it? give its verifier key with --key: a control plane shows it at \
             /ledger/key, and somebody else should confirm it",
        )?;
        return live::verify(question, live, address, verifier_key(key)?, witnesses).await;
    }
    if live.follow || live.state.is_some() {
        bail!("--follow and --state are for logs that a server shows: https://...");
    }
    let earlier = question
        .earlier
        .map(|path| std::fs::read_to_string(path).with_context(|| show(path)))
        .transpose()?;
    let earlier = earlier.as_deref();
    // With the key given, nothing of this machine is looked at.
    let own = match question.key {
        Some(_) => None,
        None => Some(sealed(global).await?),
    };
    let key = match (question.key, &own) {
        (Some(key), _) => verifier_key(key)?,
        (None, Some(session)) => gw_flow::ledger::log_signer(&session.flow.key)?
            .verifier()
            .clone(),
        (None, None) => bail!("no key"),
    };
    let folder = match (question.target, &own) {
        (Some(path), _) if path.is_dir() => Some(path.to_owned()),
        (Some(_), _) => None,
        (None, Some(session)) => Some(session.home.ledger()),
        (None, None) => bail!("what shall be verified? give a bundle or a folder"),
    };
    if let Some(folder) = folder {
        let tiles = FsTiles::reader(&folder);
        let checked = gw_ledger::verify_log(&tiles, &key, earlier, &witnesses, question.threshold);
        let log = match checked {
            Ok(log) => log,
            Err(failure) => return Ok(Ending::new(1, format!("not verified: {failure}"))),
        };
        // The log commits to records that the store keeps: they are compared as well.
        if question.target.is_none()
            && let Some(session) = &own
            && let Some(wrong) = compare_store(session, &folder, log.checkpoint.size).await?
        {
            return Ok(Ending::new(1, format!("not verified: {wrong}")));
        }
        show_log(&log.checkpoint, &log.history)?;
        return Ok(Ending::new(0, "verified"));
    }
    let path = question.target.unwrap_or(Path::new("-"));
    let bundle = Bundle::parse(&std::fs::read(path).with_context(|| show(path))?)
        .with_context(|| show(path))?;
    let checked = gw_ledger::verify(&bundle, &key, earlier, &witnesses, question.threshold);
    let verified = match checked {
        Ok(verified) => verified,
        Err(failure) => return Ok(Ending::new(1, format!("not verified: {failure}"))),
    };
    let mut keys = own
        .iter()
        .map(|session| session.flow.key.public())
        .collect::<Vec<_>>();
    for path in question.public_keys {
        let pem = std::fs::read_to_string(path).with_context(|| show(path))?;
        keys.push(PublicKey::from_pem(&pem).with_context(|| show(path))?);
    }
    let mut text = format!("{verified}\n");
    let mut unknown = 0_usize;
    for record in &verified.records {
        let Some(bytes) = &record.record else {
            continue;
        };
        match describe(bytes, &keys) {
            Ok((line, signed)) => {
                unknown += usize::from(!signed);
                text.push_str(&format!("{:>6}  {line}\n", record.index));
            }
            Err(error) => {
                return Ok(Ending::new(
                    1,
                    format!("not verified: record {}: {error:#}", record.index),
                ));
            }
        }
    }
    if unknown > 0 {
        text.push_str(&format!(
            "Signatures of {unknown} records were NOT checked: their keys were not given \
             (--public-key).\n"
        ));
    }
    output::write(None, text.as_bytes())?;
    Ok(Ending::new(0, "verified"))
}

/// What a whole log was found to be.
fn show_log(checkpoint: &Checkpoint, history: &History) -> anyhow::Result<()> {
    let size = checkpoint.size;
    let records = if size == 1 { "record" } else { "records" };
    let text = format!("{size} {records}, all in the tree.\n{history}\n");
    output::write(None, text.as_bytes())
}

/// A record in a line, and whether a given key signed it.
fn describe(bytes: &[u8], keys: &[PublicKey]) -> anyhow::Result<(String, bool)> {
    let verified = Envelope::parse(bytes)?.verify(keys)?;
    let statement = &verified.statement;
    let name = gw_attest::predicate::short_name(&statement.predicate_type)
        .unwrap_or(&statement.predicate_type);
    let claim = statement.claim.as_ref();
    let time = claim.map_or_else(String::new, |claim| claim.issued_at.to_string());
    let asset = statement.asset().map_or("", Asset::as_str);
    let mut line = format!("{time}  {name:<11} {asset}");
    if let Ok(decision) = statement.predicate_as::<gw_core::Decision>() {
        line.push_str(&format!(" {}: {}", decision.gate, decision.outcome));
    }
    Ok((line, !verified.signers.is_empty()))
}

/// Compares what the store keeps with what the log committed to.
async fn compare_store(
    session: &Session,
    folder: &Path,
    size: u64,
) -> anyhow::Result<Option<String>> {
    let tiles = FsTiles::reader(folder);
    let reader = gw_ledger::TileReader::new(&tiles, size);
    let mut start = 0;
    while start < size {
        let end = size.min(start + 1024);
        let leaves = reader.leaves(start, end)?;
        let rows = session.flow.store.leaves(start, end).await?;
        for (index, leaf) in (start..end).zip(&leaves) {
            let Some(row) = rows.iter().find(|row| row.index == index) else {
                return Ok(Some(format!("record {index} was removed from the store")));
            };
            if gw_flow::ledger::leaf_of(&row.statement) != *leaf {
                return Ok(Some(format!("record {index} was changed in the store")));
            }
        }
        start = end;
    }
    Ok(None)
}

async fn witness(
    global: &Global,
    bundle: &Path,
    key: &str,
    name: &str,
    state: &Path,
) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let log = verifier_key(key)?;
    let text = std::fs::read(bundle).with_context(|| show(bundle))?;
    let bundle = Bundle::parse(&text).with_context(|| show(bundle))?;
    let known = match std::fs::read(state) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| show(state))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => WitnessState::default(),
        Err(error) => return Err(error).with_context(|| show(state)),
    };
    let signer = NoteSigner::witness(name, session.flow.key.clone())?;
    let (old_size, proof) = match bundle.consistency {
        Some(consistency) => (consistency.size, consistency.proof),
        None => (0, Vec::new()),
    };
    let request = WitnessRequest {
        old_size,
        proof,
        checkpoint: bundle.checkpoint.clone(),
    };
    let time = u64::try_from(session.now.as_second()).unwrap_or(0);
    let (seen, cosignature) = match gw_ledger::witness(&signer, &known, &log, &request, time) {
        Ok(done) => done,
        Err(refusal) => return Ok(Ending::new(1, format!("not cosigned: {refusal}"))),
    };
    // What was seen is kept before the cosignature is given away.
    output::write_file(state, &serde_json::to_vec(&seen)?)?;
    let (_, mut note) = Checkpoint::open(&bundle.checkpoint, &log)?;
    note.add(cosignature);
    output::write(None, note.to_string().as_bytes())?;
    Ok(Ending::new(0, format!("cosigned by {}", signer.verifier())))
}

/// A session whose statements are all in the ledger.
async fn sealed(global: &Global) -> anyhow::Result<Session> {
    let session = Session::open_recorded(global).await?;
    session.seal(None).await?;
    Ok(session)
}

fn open(session: &Session) -> anyhow::Result<Log<FsTiles>> {
    let signer = gw_flow::ledger::log_signer(&session.flow.key)?;
    let tiles = FsTiles::writer(session.home.ledger())?;
    Ok(Log::open(tiles, signer.verifier())?)
}

fn checkpoint_size(session: &Session, path: &Path) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(path).with_context(|| show(path))?;
    let signer = gw_flow::ledger::log_signer(&session.flow.key)?;
    let (checkpoint, _) = Checkpoint::open(&text, signer.verifier()).with_context(|| show(path))?;
    Ok(checkpoint.size)
}

/// A verifier key, or the file that has it.
fn verifier_key(given: &str) -> anyhow::Result<VerifierKey> {
    if let Ok(key) = given.parse() {
        return Ok(key);
    }
    let text = std::fs::read_to_string(given)
        .with_context(|| format!("`{given}` is neither a verifier key nor a file with one"))?;
    text.trim()
        .parse()
        .with_context(|| format!("{given} has no verifier key in it"))
}

/// Copies a log's public files: tiles and checkpoint.
fn copy(from: &Path, to: &Path) -> anyhow::Result<usize> {
    let mut files = 0;
    std::fs::create_dir_all(to).with_context(|| show(to))?;
    for entry in std::fs::read_dir(from).with_context(|| show(from))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files += copy(&entry.path(), &target)?;
        } else if !matches!(entry.file_name().to_str(), Some("lock" | "commit")) {
            std::fs::copy(entry.path(), &target).with_context(|| show(&target))?;
            files += 1;
        }
    }
    Ok(files)
}
