//! How models are signed, named before the model as the reference implementation has it.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::cli::SignArgs;

/// A subcommand of the reference implementation's `sign` and `verify`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Key,
    Certificate,
    Sigstore,
    Pkcs11,
}

/// Takes the words before the options apart: perhaps a method, and the model.
pub(crate) fn target(words: &[PathBuf]) -> anyhow::Result<(Option<Method>, &Path)> {
    let (method, model) = match words {
        [model] => return Ok((None, model)),
        [method, model] => (method, model),
        _ => bail!("give one model"),
    };
    let method = match method.to_str() {
        Some("key") => Method::Key,
        Some("certificate") => Method::Certificate,
        Some("sigstore") => Method::Sigstore,
        Some("pkcs11-key" | "pkcs11-certificate") => Method::Pkcs11,
        _ => bail!(
            "give one model: before it there may only be `key`, `certificate` or `sigstore`, not \
             `{}`",
            method.display()
        ),
    };
    Ok((Some(method), model))
}

/// Says what to do instead where something else than a key in a file shall sign, and that method
/// and options fit together.
pub(super) fn check_signing(method: Option<Method>, args: &SignArgs) -> anyhow::Result<()> {
    let elsewhere = &args.elsewhere;
    if method == Some(Method::Sigstore) || elsewhere.is_keyless() {
        bail!(
            "keyless signatures are verified here, not made: sign with `model_signing sign \
             sigstore`, or with a key and `sign key`"
        );
    }
    if method == Some(Method::Pkcs11) || elsewhere.pkcs11_uri.is_some() {
        bail!(
            "keys in hardware do not sign here: sign with `model_signing sign pkcs11-key`, whose \
             signatures are verified here like those of other keys"
        );
    }
    match (method, args.signing_certificate.is_some()) {
        (Some(Method::Certificate), false) => {
            bail!("`sign certificate` needs --signing-certificate")
        }
        (Some(Method::Key), true) => {
            bail!("`sign key` has no certificate: use `sign certificate`")
        }
        _ => Ok(()),
    }
}
