//! A model's signature, verified before the gate decides, so that its signer is a fact.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::predicate::{self, Signature, SignedBy};
use gw_attest::{Envelope, PublicKey};
use gw_core::{Asset, Digest, FactKey, Subject, Time};
use gw_flow::Claimed;
use gw_flow::config::{Signer, SignerTrust};
use gw_flow::store::Store as _;
use gw_policy::facts::SIGNATURE;
use gw_scan::FileDigest;
use gw_sign::{
    Digests, IdentityRule, KeylessTrust, Refusal, SignerIdentity, Trust, VerifiedModel,
    VerifyError, VerifyOptions, ignored_path, verify_model,
};

use crate::cli::SignatureOptions;
use crate::commands::sign;
use crate::session::{Session, show};

/// What a signature's file is called, in the model's folder or beside the model.
pub(crate) const NAME: &str = "model.sig";
/// Longer signatures are not read.
const MAX_SIGNATURE: u64 = gw_attest::bundle::MAX_BUNDLE as u64;

/// A signature that was verified, or why it is none.
pub(crate) enum Checked {
    /// There is none, and nobody demands one here.
    None,
    /// It is good. If the files were read again for it, they have to be compared with what was
    /// scanned.
    Good {
        /// What is stated of it.
        signature: Signature,
        /// The signer's name, if the configuration has one.
        name: Option<String>,
        /// Whether files were read again.
        reread: bool,
    },
    /// It is refused.
    Refused(String),
    /// It is by nobody whom the configuration names, for this reason.
    Unknown(String),
}

/// The files of a model with the digests that a scan found: what is verified is what was looked at.
#[derive(Clone, Copy)]
pub(crate) struct Files<'a> {
    /// The model's folder or file.
    pub(crate) model: &'a Path,
    /// Digests by the path in it.
    pub(crate) digests: &'a BTreeMap<String, FileDigest>,
}

/// Verifies a model's signature: as the command line asks for it, else by the signers that the
/// configuration has for it.
pub(super) fn check(
    files: Files<'_>,
    options: &SignatureOptions,
    signers: &[&Signer],
    now: Time,
) -> anyhow::Result<Checked> {
    let given = options.signature.as_deref();
    let found = given.map(Path::to_owned).or_else(|| find(files.model));
    let Some(trust) = trust(options)? else {
        let Some(path) = found else {
            return Ok(Checked::None);
        };
        if !signers.is_empty() {
            return Ok(match by_signers(files, &path, signers, now)? {
                Checked::Unknown(why) if given.is_some() => Checked::Refused(why),
                checked => checked,
            });
        }
        if given.is_some() {
            bail!(
                "whose signature should it be? give --public-key, --certificate-chain, or \
                 --trust-root with --identity and --identity-provider, or a [[signer]] in the \
                 configuration"
            );
        }
        return Ok(Checked::None);
    };
    let Some(path) = found else {
        return Ok(Checked::Refused(format!(
            "there is no {NAME} in it or beside it"
        )));
    };
    Ok(match verify(files, &path, &trust, now)? {
        Verified::Good { signature, reread } => Checked::Good {
            signature,
            name: None,
            reread,
        },
        Verified::Changed(why) | Verified::Refused(why) => Checked::Refused(why),
    })
}

/// Verifies a signature by the signers that a configuration has. One that lies in the model and is
/// theirs has to be right; one beside it may be that of something else.
pub(crate) fn by_signers(
    files: Files<'_>,
    path: &Path,
    signers: &[&Signer],
    now: Time,
) -> anyhow::Result<Checked> {
    let is_inside = inside(files.model, path).is_some();
    let mut unknown = None;
    for signer in signers {
        let trust = trust_of(signer)?;
        match verify(files, path, &trust, now)? {
            Verified::Good {
                mut signature,
                reread,
            } => {
                if signer.is(&signature.signer) {
                    signature.trust = Some(signer.trust.digest());
                    return Ok(Checked::Good {
                        signature,
                        name: Some(signer.name.clone()),
                        reread,
                    });
                }
                unknown = Some(format!("it is by {}", signature.signer.name()));
            }
            Verified::Changed(why) if is_inside => return Ok(Checked::Refused(why)),
            Verified::Changed(why) => unknown = Some(why),
            Verified::Refused(why) => {
                unknown.get_or_insert(why);
            }
        }
    }
    Ok(match unknown {
        Some(why) => Checked::Unknown(why),
        None => Checked::Unknown("the configuration names no signer for it".to_owned()),
    })
}

/// What verifying a signature found.
enum Verified {
    Good {
        signature: Signature,
        reread: bool,
    },
    /// Whoever is trusted signed something else than this.
    Changed(String),
    Refused(String),
}

fn verify(files: Files<'_>, path: &Path, trust: &Trust, now: Time) -> anyhow::Result<Verified> {
    let bytes = read(path)?;
    let own = inside(files.model, path);
    let mut verify = VerifyOptions {
        digests: Some(listed(files.digests)?),
        threads: std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN),
        ..VerifyOptions::at(now)
    };
    verify.walk.ignore_paths.extend(own.clone());
    let mut verified = verify_model(files.model, &bytes, trust, &verify, None);
    if let Err(VerifyError::Refused(Refusal::Differences(_))) = &verified {
        // Digests of another function are as long as ours, and compare as different.
        verify.digests = None;
        verified = verify_model(files.model, &bytes, trust, &verify, None);
    }
    match verified {
        Ok(verified) => Ok(covered(&verified, own.as_deref(), &bytes)),
        Err(VerifyError::Refused(refusal @ Refusal::Differences(_))) => {
            Ok(Verified::Changed(refusal.to_string()))
        }
        Err(VerifyError::Refused(refusal)) => Ok(Verified::Refused(refusal.to_string())),
        Err(VerifyError::Undone(undone)) => Err(undone.into()),
    }
}

/// A signature counts for the content only if it covers all of it: what its signer left out could
/// have been put there by anybody.
fn covered(verified: &VerifiedModel, own: Option<&str>, bundle: &[u8]) -> Verified {
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
        return Verified::Changed(format!("it does not cover {}", path.escape_debug()));
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
    Verified::Good {
        signature: Signature {
            form: "oms".to_owned(),
            signer,
            root: verified.root,
            bundle: Digest::of(bundle),
            trust: None,
        },
        reread: verified.included.hashed > 0,
    }
}

/// States that a signature was verified, unless this machine has said so before: if that was
/// revoked, it stays revoked.
pub(crate) async fn state(
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

/// What proves that this signer signed.
fn trust_of(signer: &Signer) -> anyhow::Result<Trust> {
    Ok(match &signer.trust {
        SignerTrust::Key(key) => Trust::Key(key.clone()),
        SignerTrust::Certificates { authorities, .. } => Trust::Certificates(authorities.clone()),
        SignerTrust::Keyless {
            root,
            identity,
            issuer,
        } => {
            let identity = IdentityRule::exactly(identity);
            let trust = KeylessTrust::new(root.as_bytes(), identity, issuer)
                .with_context(|| format!("the trust root of signer `{}`", signer.name))?;
            Trust::Keyless(Box::new(trust))
        }
    })
}

fn find(model: &Path) -> Option<PathBuf> {
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
