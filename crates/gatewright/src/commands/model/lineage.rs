//! `model lineage`: what a model was made from, and taking in what records say about that.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::predicate::{self, Lineage};
use gw_core::{Asset, Digest, ResourceDescriptor};
use gw_flow::store::Store as _;
use gw_flow::{Ancestry, Claimed, Standing, claims};
use serde_json::json;

use crate::cli::{Global, LineageArgs};
use crate::output::{self, Ending};
use crate::record::declared::subject_of;
use crate::session::{Session, show};

/// More than this is no record of one model.
const MOST: u64 = 256 << 20;
/// A file of a run's folder is small.
const MOST_OF_A_RUN: u64 = 1 << 20;
/// So many files of a run's folder are read.
const MOST_FILES: usize = 20_000;

pub(crate) async fn run(global: &Global, args: &LineageArgs) -> anyhow::Result<Ending> {
    let session = Session::open_recorded(global).await?;
    let (subject, asset) = subject(&session, &args.subject).await?;
    let digest = subject.sha256().context("the subject has no digest")?;
    if let Some(path) = &args.import {
        let lineage = read(path, args.of.as_deref()).with_context(|| show(path))?;
        if lineage.inputs.is_empty() {
            bail!("{} names nothing that went into it", show(path));
        }
        state(&session, subject, asset.clone(), &lineage).await?;
    }
    let ancestry = session
        .flow
        .ancestry(digest, asset.as_ref(), session.now)
        .await?;
    let text = if args.json {
        format!("{:#}\n", as_json(&args.subject, &digest, &ancestry))
    } else {
        as_text(&args.subject, &ancestry)
    };
    output::write(None, text.as_bytes())?;
    Ok(ending(&ancestry))
}

async fn state(
    session: &Session,
    subject: ResourceDescriptor,
    asset: Option<Asset>,
    lineage: &Lineage,
) -> anyhow::Result<()> {
    let flow = &session.flow;
    let claim = Claimed {
        subject: vec![subject],
        predicate_type: predicate::LINEAGE,
        predicate: lineage,
        asset,
        expires_at: None,
    };
    let stored = flow.state(claim, session.now).await?;
    let keys = flow.store.keys_of(&flow.realm, &stored.id).await?;
    session.tell(&flow.follow(&keys, session.now).await?);
    session.seal(None).await?;
    let inputs = output::count(lineage.inputs.len(), "input");
    eprintln!(
        "stated: lineage, {}: {inputs} by the word of {}",
        stored.id, lineage.source
    );
    Ok(())
}

/// The content that is meant, and its asset if it was named by it.
async fn subject(
    session: &Session,
    given: &str,
) -> anyhow::Result<(ResourceDescriptor, Option<Asset>)> {
    let described = |name: &str, digest: Digest| ResourceDescriptor {
        name: Some(name.to_owned()),
        uri: None,
        digest: [("sha256".to_owned(), digest.to_hex())].into(),
    };
    if let Ok(digest) = given.parse::<Digest>() {
        return Ok((described(given, digest), None));
    }
    if Path::new(given).exists() {
        return Ok(((&subject_of(Path::new(given))?).into(), None));
    }
    let asset: Asset = given
        .parse()
        .with_context(|| format!("`{given}` is neither a file, nor a digest, nor an asset"))?;
    let flow = &session.flow;
    let mut bound: Vec<Digest> = flow
        .store
        .bindings(&flow.realm, Some(&asset))
        .await?
        .into_iter()
        .map(|binding| binding.subject)
        .collect();
    bound.sort_unstable();
    bound.dedup();
    match bound.as_slice() {
        [one] => Ok((described(asset.name(), *one), Some(asset))),
        [] => bail!("{asset} is not known here: scan it, or record how it is made"),
        several => {
            let list: Vec<_> = several.iter().map(Digest::to_string).collect();
            bail!(
                "{asset} has several contents, say which: {}",
                list.join(", ")
            )
        }
    }
}

/// What a file or a run's folder says.
fn read(path: &Path, of: Option<&str>) -> anyhow::Result<Lineage> {
    if !path.is_dir() {
        return Ok(claims::read(&text(path, MOST)?, of)?);
    }
    let mut files = BTreeMap::new();
    for part in ["params", "tags"] {
        gather(&path.join(part), part, &mut files, &|_| None)?;
    }
    let meta = |folder: &Path| Some(folder.join("meta.yaml"));
    gather(&path.join("inputs"), "inputs", &mut files, &meta)?;
    if let Some(experiment) = path.canonicalize()?.parent() {
        gather(
            &experiment.join("datasets"),
            "../datasets",
            &mut files,
            &meta,
        )?;
    }
    let meta = path.join("meta.yaml");
    if meta.is_file() {
        files.insert("meta.yaml".to_owned(), text(&meta, MOST_OF_A_RUN)?);
    }
    Ok(claims::mlflow::folder(&files)?)
}

/// Reads the files of a folder, and of each folder in it the file that `inner` names.
fn gather(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, String>,
    inner: &dyn Fn(&Path) -> Option<std::path::PathBuf>,
) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| show(folder)),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        let (path, name) = match inner(&entry.path()) {
            Some(path) if kind.is_dir() && path.is_file() => (path, format!("{name}/meta.yaml")),
            None if kind.is_file() => (entry.path(), name),
            _ => continue,
        };
        if files.len() >= MOST_FILES {
            bail!("the run has more than {MOST_FILES} files");
        }
        files.insert(format!("{prefix}/{name}"), text(&path, MOST_OF_A_RUN)?);
    }
    Ok(())
}

fn text(path: &Path, most: u64) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| show(path))?;
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        bail!("{} has more than {most} bytes", show(path));
    }
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", show(path)))
}

fn as_text(name: &str, ancestry: &Ancestry) -> String {
    let mut text = name.to_owned();
    if let Some(reason) = &ancestry.quarantine {
        text.push_str(&format!("  QUARANTINED: {}", plain(reason)));
    }
    text.push('\n');
    if !ancestry.is_stated {
        text.push_str("  nothing is stated about what it was made from\n");
    }
    for ancestor in &ancestry.ancestors {
        let input = &ancestor.input;
        let name = input
            .asset()
            .map_or_else(|| input.name.clone(), |asset| asset.to_string());
        let content = ancestor
            .subject
            .map(|subject| format!(" {}", subject.short()));
        let state = match &ancestor.standing {
            Standing::Known => "known".to_owned(),
            Standing::Unknown(why) => format!("unknown: {why}"),
            Standing::Quarantined(reason) => format!("QUARANTINED: {}", plain(reason)),
        };
        let indent = "  ".repeat(ancestor.depth);
        let again = if ancestor.repeated { " (as above)" } else { "" };
        text.push_str(&format!(
            "{indent}<- {}{}  {state}  [{}]{again}\n",
            plain(&name),
            content.unwrap_or_default(),
            plain(&ancestor.source),
        ));
    }
    if ancestry.is_cut {
        text.push_str("  and more, which is left out\n");
    }
    text
}

/// Text from a statement without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::escape_debug)
        .collect::<String>()
        .replace("\\\"", "\"")
        .replace("\\'", "'")
}

fn as_json(name: &str, digest: &Digest, ancestry: &Ancestry) -> serde_json::Value {
    let ancestors = ancestry.ancestors.iter().map(|ancestor| {
        let (state, why) = match &ancestor.standing {
            Standing::Known => ("known", None),
            Standing::Unknown(why) => ("unknown", Some((*why).to_owned())),
            Standing::Quarantined(reason) => ("quarantined", Some(reason.clone())),
        };
        json!({
            "depth": ancestor.depth,
            "kind": ancestor.input.kind.as_str(),
            "name": ancestor.input.name,
            "uri": ancestor.input.uri,
            "subject": ancestor.subject.map(|subject| subject.to_string()),
            "state": state,
            "because": why,
            "source": ancestor.source,
            "repeated": ancestor.repeated,
        })
    });
    json!({
        "name": name,
        "subject": digest.to_string(),
        "quarantine": ancestry.quarantine,
        "stated": ancestry.is_stated,
        "cut": ancestry.is_cut,
        "ancestors": ancestors.collect::<Vec<_>>(),
    })
}

fn ending(ancestry: &Ancestry) -> Ending {
    if !ancestry.is_stated {
        return Ending::new(2, "its lineage is not known");
    }
    let count = |is: fn(&Standing) -> bool| {
        let all = ancestry.ancestors.iter();
        all.filter(|ancestor| is(&ancestor.standing)).count()
    };
    let quarantined = count(|s| matches!(s, Standing::Quarantined(_)));
    let unknown = count(|s| matches!(s, Standing::Unknown(_)));
    let all = output::count(ancestry.ancestors.len(), "ancestor");
    Ending::new(
        0,
        format!("{all}, {unknown} unknown, {quarantined} quarantined"),
    )
}
