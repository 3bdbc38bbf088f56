//! `verify`: the signature of a model.

mod attestation;
mod file;
mod trust;

use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::bundle::BundleError;
use gw_sign::{Differences, Refusal, VerifiedModel, VerifyError, VerifyOptions, verify_model};
use serde_json::json;

use crate::cli::{Global, VerifyArgs};
use crate::commands::sign::{cache, digests, target, threads, walk_options};
use crate::output::{self, Ending, count};
use crate::session::{now, show};

/// Longer signatures are not read.
const MAX_SIGNATURE: u64 = gw_attest::bundle::MAX_BUNDLE as u64;

pub(crate) fn run(global: &Global, args: &VerifyArgs) -> anyhow::Result<Ending> {
    let (method, model) = target(&args.target)?;
    trust::check_method(method, args)?;
    if let Some(statement) = &args.statement {
        return attestation::run(global, args, model, statement);
    }
    let Some(signature) = &args.signature else {
        bail!("give --signature");
    };
    let trust = trust::trust(args)?;
    let bundle = read(signature)?;
    if args.log_fingerprints {
        trust::print_fingerprints(&bundle, &trust);
    }
    let options = VerifyOptions {
        walk: walk_options(model, signature, &args.files),
        ignore_unsigned_files: args.ignore_unsigned_files,
        files: args.only.clone(),
        digests: digests(&args.files)?,
        threads: threads(&args.files),
        old_encoding: args.compat,
        strict: args.strict,
        ..VerifyOptions::at(now(global))
    };
    let mut cache = cache(&args.files)?;
    let verified = verify_model(model, &bundle, &trust, &options, cache.as_mut());
    if let Some(cache) = &cache {
        cache.save()?;
    }
    match verified {
        Ok(verified) => passed(global, args, &verified),
        // Not the signature of a model, but of one file, which need not be a model.
        Err(VerifyError::Refused(Refusal::Bundle(BundleError::NoEnvelope))) => {
            file::run(global, args, model, &bundle, &trust, &options)
        }
        Err(VerifyError::Refused(Refusal::Differences(found))) => differs(args, &found),
        Err(VerifyError::Refused(refusal)) => refused(args, &refusal.to_string()),
        Err(VerifyError::Undone(undone)) => Err(undone.into()),
    }
}

fn passed(global: &Global, args: &VerifyArgs, verified: &VerifiedModel) -> anyhow::Result<Ending> {
    let omitted = &verified.omitted;
    if args.json {
        let value = json!({
            "verified": true,
            "signer": verified.signer.to_string(),
            "root": verified.root,
            "name": verified.name,
            "predicateType": verified.predicate_type,
            "signedAt": verified.time,
            "files": verified.included.files.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "hashed": verified.included.hashed,
            "cached": verified.included.cached,
            "supplied": verified.included.supplied,
            "notAskedFor": omitted.files,
            "ignored": omitted.ignored,
            "unsigned": omitted.unsigned,
            "empty": omitted.empty,
            "notes": verified.notes,
        });
        output::write(None, format!("{value:#}\n").as_bytes())?;
    } else {
        let mut text = format!("{}\nsigned by {}\n", verified.root, verified.signer);
        for (paths, what) in [
            (&omitted.ignored, "ignored"),
            (&omitted.unsigned, "not signed"),
            (&omitted.empty, "empty, which shards do not cover"),
        ] {
            if !paths.is_empty() {
                let few: Vec<_> = paths
                    .iter()
                    .take(10)
                    .map(|path| path.escape_debug().to_string())
                    .collect();
                let more = match paths.len().saturating_sub(few.len()) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                text.push_str(&format!("not covered ({what}): {}{more}\n", few.join(", ")));
            }
        }
        output::write(None, text.as_bytes())?;
    }
    if !global.quiet {
        for note in &verified.notes {
            eprintln!("note: {note}");
        }
        for (number, from) in [
            (verified.included.cached, "the cache"),
            (verified.included.supplied, "the list that was given"),
        ] {
            if number > 0 {
                eprintln!(
                    "note: {} taken from {from} and not computed",
                    count(number, "digest")
                );
            }
        }
    }
    let partly = match omitted.files {
        0 => String::new(),
        left => format!("; {} not asked for", count(left, "signed file")),
    };
    Ok(Ending::new(
        0,
        format!(
            "verified: {}{partly}",
            count(verified.included.files.len(), "file")
        ),
    ))
}

/// The model is not what was signed: which files differ, then how many.
fn differs(args: &VerifyArgs, found: &Differences) -> anyhow::Result<Ending> {
    if args.json {
        let changed = found.changed.iter().map(|change| {
            json!({
                "path": change.path,
                "range": change.range,
                "signed": change.expected.as_ref().map(ToString::to_string),
                "found": change.found.as_ref().map(ToString::to_string),
            })
        });
        let obstacles = found.obstacles.iter();
        let value = json!({
            "verified": false,
            "reason": found.summary(),
            "changed": changed.collect::<Vec<_>>(),
            "missing": found.missing,
            "unsigned": found.unsigned,
            "obstacles": obstacles
                .map(|(path, why)| json!({ "path": path, "reason": why }))
                .collect::<Vec<_>>(),
        });
        output::write(None, format!("{value:#}\n").as_bytes())?;
    } else {
        eprintln!("{found}");
    }
    Ok(Ending::new(1, format!("refused: {}", found.summary())))
}

/// It is refused, for a reason.
pub(crate) fn refused(args: &VerifyArgs, why: &str) -> anyhow::Result<Ending> {
    if args.json {
        let value = json!({ "verified": false, "reason": why });
        output::write(None, format!("{value:#}\n").as_bytes())?;
    }
    Ok(Ending::new(1, format!("refused: {why}")))
}

/// A signature's bytes.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| {
            file.take(MAX_SIGNATURE.saturating_add(1))
                .read_to_end(&mut bytes)
        })
        .with_context(|| format!("cannot read {}", show(path)))?;
    Ok(bytes)
}
