//! `sign`: the signature of a model or file.

mod method;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::certificate::Certificate;
use gw_attest::oms::{HashType, Method};
use gw_attest::{KeyError, PrivateKey};
use gw_sign::{Cache, Digests, ModelSigner, SignOptions, WalkOptions, ignored_path, sign_model};

use crate::cli::{Global, HashArg, MethodArg, SignArgs, SignedFilesArgs};
use crate::commands::keygen;
use crate::output::{self, Ending, count};
use crate::session::show;

pub(crate) use method::{Method as PkiMethod, target};

pub(crate) fn run(_global: &Global, args: &SignArgs) -> anyhow::Result<Ending> {
    let (method, model) = target(&args.target)?;
    method::check_signing(method, args)?;
    let Some(path) = &args.private_key else {
        bail!("say with which key: --private-key");
    };
    let key = private_key(path, args.password.as_deref())?;
    let signer = match &args.signing_certificate {
        None => ModelSigner::with_key(key),
        Some(path) => {
            let mut chain = certificates(path)?;
            let rest = chain.split_off(1.min(chain.len()));
            let Some(leaf) = chain.pop() else {
                bail!("{}: there is no certificate", show(path));
            };
            let mut issuers = rest;
            for path in &args.certificate_chain {
                issuers.extend(certificates(path)?);
            }
            ModelSigner::with_certificate(key, leaf, issuers)?
        }
    };
    let options = SignOptions {
        walk: walk_options(model, &args.signature, &args.files),
        method: match args.method {
            MethodArg::Shard if args.hash != HashArg::Blake3 => Method::Shards {
                size: args.shard_size.get(),
            },
            // The reference implementation never shards for BLAKE3, which is a tree by itself, and
            // would not verify such a signature.
            MethodArg::Shard | MethodArg::File => Method::Files,
        },
        hash: match args.hash {
            HashArg::Sha256 => HashType::Sha256,
            HashArg::Blake2b => HashType::Blake2b,
            HashArg::Blake3 => HashType::Blake3,
        },
        threads: threads(&args.files),
        digests: digests(&args.files)?,
        ed25519_extension: args.ed25519_extension,
    };
    let mut cache = cache(&args.files)?;
    let signed = sign_model(model, &signer, &options, cache.as_mut())?;
    if let Some(cache) = &cache {
        cache.save()?;
    }
    output::write_file(&args.signature, &signed.bundle.to_json()?)?;
    output::write(None, format!("{}\n", signed.manifest.root).as_bytes())?;
    let extension = match signer.key() {
        PrivateKey::Ed25519(_) => " with Ed25519, an extension that other tools do not verify",
        _ => "",
    };
    let what = match options.method {
        Method::Files => "file",
        Method::Shards { .. } => "shard",
    };
    Ok(Ending::new(
        0,
        format!(
            "signed {}{extension}: {}",
            count(signed.manifest.resources().len(), what),
            show(&args.signature)
        ),
    ))
}

fn private_key(path: &Path, password: Option<&str>) -> anyhow::Result<PrivateKey> {
    let pem = zeroize::Zeroizing::new(text(path)?);
    match PrivateKey::from_pem(&pem, password) {
        Err(KeyError::Passphrase) if password.is_none() => {
            let passphrase = keygen::passphrase(&format!("Passphrase of {}: ", show(path)))?;
            PrivateKey::from_pem(&pem, Some(&passphrase)).with_context(|| show(path))
        }
        key => key.with_context(|| show(path)),
    }
}

/// The certificates of a PEM file.
pub(crate) fn certificates(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    Certificate::from_pem(&text(path)?).with_context(|| show(path))
}

/// A file's text.
pub(crate) fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", show(path)))
}

/// Which files belong to the model. The signature itself never does.
pub(crate) fn walk_options(model: &Path, signature: &Path, args: &SignedFilesArgs) -> WalkOptions {
    let signature = signature.to_owned();
    WalkOptions {
        ignore_paths: args
            .ignore_paths
            .iter()
            .chain([&signature])
            .filter_map(|path| inside(model, path))
            .collect(),
        ignore_git_paths: !args.no_ignore_git_paths,
        allow_symlinks: args.allow_symlinks,
    }
}

/// A path as seen from inside of the model; nothing if it is outside, where nothing is looked at.
fn inside(model: &Path, path: &Path) -> Option<String> {
    let model = std::fs::canonicalize(model).ok()?;
    let path = resolve(&std::path::absolute(path).ok()?);
    let relative = path.strip_prefix(&model).ok()?.to_str()?;
    ignored_path(relative)
}

/// A path with all links and `..` resolved in as much of it as exists; the signature may not be
/// there yet.
fn resolve(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolve(parent).join(name),
        _ => path.to_owned(),
    }
}

/// How many files to hash at a time: as many as there are processors, if it is not said.
pub(crate) fn threads(args: &SignedFilesArgs) -> NonZeroUsize {
    args.threads
        .or_else(|| std::thread::available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN)
}

/// The digests that were supplied.
pub(crate) fn digests(args: &SignedFilesArgs) -> anyhow::Result<Option<Digests>> {
    let Some(path) = &args.digests else {
        return Ok(None);
    };
    let digests = Digests::parse(&text(path)?).with_context(|| show(path))?;
    Ok(Some(digests))
}

/// The cache, if one is wanted.
pub(crate) fn cache(args: &SignedFilesArgs) -> anyhow::Result<Option<Cache>> {
    Ok(args.cache.as_deref().map(Cache::open).transpose()?)
}
