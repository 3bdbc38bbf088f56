//! A model's signature, verified before the gate decides, so that its signer is a fact.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::predicate::{self, Signature, SignedBy};
use gw_attest::{Envelope, PublicKey};
use gw_core::{Asset, Digest, FactKey, Subject, Time};
use gw_flow::Claimed;
use gw_flow::store::Store as _;
use gw_policy::facts::SIGNATURE;
use gw_scan::FileDigest;
use gw_sign::{
    Digests, IdentityRule, KeylessTrust, SignerIdentity, Trust, VerifiedModel, VerifyError,
    VerifyOptions, ignored_path, verify_model,
};

use crate::cli::SignatureOptions;
use crate::commands::sign;
use crate::session::{Session, show};

/// What a signature's file is called, in the model's folder or beside the model.
const NAME: &str = "model.sig";
/// Longer signatures are not read.
const MAX_SIGNATURE: u64 = gw_attest::bundle::MAX_BUNDLE as u64;

/// A signature that was verified, or why it is none.
pub(super) enum Checked {
    /// Nobody said whose signature it should be.
    NotAsked,
    /// It is good. If the files were read again for it, they have to be compared with what was
    /// scanned.
    Good {
        /// What is stated of it.
        signature: Signature,
        /// Whether files were read again.
        reread: bool,
    },
    /// It is refused.
    Refused(String),
}

/// Verifies the signature of a model whose files have these digests. The digests are those of the
/// scan: what is verified is what was looked at.
pub(super) fn check(
    model: &Path,
    options: &SignatureOptions,
    digests: &BTreeMap<String, FileDigest>,
    now: Time,
) -> anyhow::Result<Checked> {
    let Some(trust) = trust(options)? else {
        if options.signature.is_some() {
            bail!(
                "whose signature should it be? give --public-key, --certificate-chain, or \
                 --trust-root with --identity and --identity-provider"
            );
        }
        return Ok(Checked::NotAsked);
    };
    let Some(path) = find(model, options) else {
        return Ok(Checked::Refused(format!(
            "there is no {NAME} in it or beside it"
        )));
    };
    let bytes = read(&path)?;
    let own = inside(model, &path);
    let mut verify = VerifyOptions {
        digests: Some(listed(digests)?),
        threads: std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN),
        ..VerifyOptions::at(now)
    };
    verify.walk.ignore_paths.extend(own.clone());
    let mut verified = verify_model(model, &bytes, &trust, &verify, None);
    if let Err(VerifyError::Refused(_)) = &verified {
        // Digests of another function are as long as ours, and compare as different.
        verify.digests = None;
        verified = verify_model(model, &bytes, &trust, &verify, None);
    }
    match verified {
        Ok(verified) => Ok(covered(&verified, own.as_deref(), &bytes)),
        Err(VerifyError::Refused(refusal)) => Ok(Checked::Refused(refusal.to_string())),
        Err(VerifyError::Undone(undone)) => Err(undone.into()),
    }
}

/// A signature counts for the content only if it covers all of it: what its signer left out could
/// have been put there by anybody.
fn covered(verified: &VerifiedModel, own: Option<&str>, bundle: &[u8]) -> Checked {
    let omitted = &verified.omitted;
    let outside = omitted
        .ignored
        .iter()
        .filter(|path| Some(path.as_str()) != own && !path.starts_with(".git"))
        .chain(&omitted.unsigned)
        .chain(&omitted.empty)
        .next();
    if let Some(path) = outside {
        let path: String = path.chars().take(120).collect();
        return Checked::Refused(format!("it does not cover {}", path.escape_debug()));
    }
    let signer = match &verified.signer {
        SignerIdentity::Key { id, .. } => SignedBy::Key(id.clone()),
        SignerIdentity::Certificate {
            subject, authority, ..
        } => SignedBy::Certificate {
            identity: subject.clone(),
            issuer: authority.clone(),
        },
        SignerIdentity::Keyless {
            identity, issuer, ..
        } => SignedBy::Certificate {
            identity: identity.clone(),
            issuer: issuer.clone(),
        },
    };
    Checked::Good {
        signature: Signature {
            form: "oms".to_owned(),
            signer,
            root: verified.root,
            bundle: Digest::of(bundle),
        },
        reread: verified.included.hashed > 0,
    }
}

/// States that a signature was verified, unless this machine has said so before: if that was
/// revoked, it stays revoked.
pub(super) async fn state(
    session: &Session,
    asset: &Asset,
    subject: &Subject,
    signature: &Signature,
) -> anyhow::Result<()> {
    let flow = &session.flow;
    let key = FactKey::subject(&subject.digest, SIGNATURE);
    for stored in flow.store.statements(&flow.realm, &[key]).await? {
        let own = stored.signers.contains(&flow.key.public().id());
        let statement = Envelope::parse(&stored.envelope)?.unverified_statement()?;
        if own && statement.predicate_as::<Signature>().ok().as_ref() == Some(signature) {
            return Ok(());
        }
    }
    flow.state(
        Claimed {
            subject: vec![subject.into()],
            predicate_type: predicate::SIGNATURE,
            predicate: signature,
            asset: Some(asset.clone()),
            expires_at: None,
        },
        session.now,
    )
    .await?;
    Ok(())
}

/// Whom the user trusts, if the user says.
fn trust(options: &SignatureOptions) -> anyhow::Result<Option<Trust>> {
    if let Some(path) = &options.public_key {
        let key = PublicKey::from_pem(&sign::text(path)?).with_context(|| show(path))?;
        return Ok(Some(Trust::Key(Box::new(key))));
    }
    if let Some(path) = &options.trust_root {
        let (Some(identity), Some(issuer)) = (&options.identity, &options.identity_provider) else {
            bail!("--trust-root needs --identity and --identity-provider");
        };
        let root = sign::text(path)?;
        let identity = IdentityRule::exactly(identity);
        let trust = KeylessTrust::new(root.as_bytes(), identity, issuer);
        let trust = trust.with_context(|| show(path))?;
        return Ok(Some(Trust::Keyless(Box::new(trust))));
    }
    if options.certificate_chain.is_empty() {
        return Ok(None);
    }
    let mut trusted = Vec::new();
    for path in &options.certificate_chain {
        trusted.extend(sign::certificates(path)?);
    }
    Ok(Some(Trust::Certificates(trusted)))
}

fn find(model: &Path, options: &SignatureOptions) -> Option<PathBuf> {
    if let Some(given) = &options.signature {
        return Some(given.clone());
    }
    let beside = model.canonicalize().ok()?.parent()?.join(NAME);
    [model.join(NAME), beside]
        .into_iter()
        .find(|path| path.is_file())
}

fn inside(model: &Path, path: &Path) -> Option<String> {
    let (model, path) = (model.canonicalize().ok()?, path.canonicalize().ok()?);
    ignored_path(path.strip_prefix(model).ok()?.to_str()?)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_SIGNATURE + 1).read_to_end(&mut bytes))
        .with_context(|| show(path))?;
    Ok(bytes)
}

/// The digests of a scan as `sha256sum` writes them.
fn listed(digests: &BTreeMap<String, FileDigest>) -> anyhow::Result<Digests> {
    let mut text = String::new();
    for (path, digest) in digests {
        // Names that the form cannot carry are read again.
        if !path.contains(['\n', '\r', '\\']) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}  {path}", digest.sha256.to_hex());
        }
    }
    Ok(Digests::parse(&text)?)
}
