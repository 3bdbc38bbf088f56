//! Whom the options of `verify` name.

use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::PublicKey;
use gw_attest::bundle::{Bundle, Material};
use gw_attest::certificate::Certificate;
use gw_sign::{IdentityRule, KeylessTrust, Trust};

use crate::cli::VerifyArgs;
use crate::commands::sign::{PkiMethod, certificates, text};
use crate::session::show;

/// Checks that the options are those of the method that is named before the model, if one is.
pub(super) fn check_method(method: Option<PkiMethod>, args: &VerifyArgs) -> anyhow::Result<()> {
    let (given, name, option) = match method {
        None => return Ok(()),
        Some(PkiMethod::Key) => (!args.public_key.is_empty(), "key", "--public-key"),
        Some(PkiMethod::Certificate) => (
            !args.certificate_chain.is_empty(),
            "certificate",
            "--certificate-chain: no authority is trusted by itself",
        ),
        Some(PkiMethod::Sigstore) => (
            args.trust_root.is_some() || args.use_staging,
            "sigstore",
            "--trust-root with --identity and --identity-provider: nothing is fetched, and no \
             trust is built in",
        ),
        Some(PkiMethod::Pkcs11) => {
            bail!("what a key in hardware signed is verified with `verify key` and --public-key")
        }
    };
    if !given {
        bail!("`verify {name}` needs {option}");
    }
    Ok(())
}

/// Prints the fingerprint of every certificate that plays a part.
pub(super) fn print_fingerprints(bundle: &[u8], trust: &Trust) {
    let print = |what: &str, certificate: &Certificate| {
        eprintln!(
            "{what}: {} {}",
            certificate.fingerprint(),
            certificate.subject()
        );
    };
    let of_bundle = match Bundle::parse(bundle).map(|bundle| bundle.material) {
        Ok(Material::Chain(chain)) => chain,
        Ok(Material::Certificate(certificate)) => vec![certificate],
        _ => Vec::new(),
    };
    for der in of_bundle {
        if let Ok(certificate) = Certificate::from_der(&der) {
            print("certificate of the signature", &certificate);
        }
    }
    if let Trust::Certificates(trusted) = trust {
        for certificate in trusted {
            print("trusted certificate", certificate);
        }
    }
}

/// Whom the user trusts.
pub(super) fn trust(args: &VerifyArgs) -> anyhow::Result<Trust> {
    if args.use_staging {
        bail!(
            "nothing is fetched: give the trust root of sigstore's staging instance with \
             --trust-root, which `cosign trusted-root` or sigstore's root-signing-staging have"
        );
    }
    if let [path] = args.public_key.as_slice() {
        return Ok(Trust::Key(Box::new(public_key(path)?)));
    }
    if let Some(path) = &args.trust_root {
        let (Some(identity), Some(issuer)) = (&args.identity, &args.identity_provider) else {
            bail!("--trust-root needs --identity and --identity-provider");
        };
        let trust = KeylessTrust::new(
            text(path)?.as_bytes(),
            IdentityRule::exactly(identity),
            issuer,
        )
        .with_context(|| show(path))?;
        return Ok(Trust::Keyless(Box::new(trust)));
    }
    if args.identity.is_some() || args.identity_provider.is_some() {
        bail!("keyless signatures need --trust-root: nothing is fetched, and no trust is built in");
    }
    if args.certificate_chain.is_empty() {
        bail!(
            "say whom to trust: --public-key, --certificate-chain, or --trust-root with --identity \
             and --identity-provider"
        );
    }
    if args.public_key.len() > 1 {
        bail!("one --public-key verifies a model");
    }
    let mut trusted = Vec::new();
    for path in &args.certificate_chain {
        trusted.extend(certificates(path)?);
    }
    Ok(Trust::Certificates(trusted))
}

pub(super) fn public_key(path: &Path) -> anyhow::Result<PublicKey> {
    PublicKey::from_pem(&text(path)?).with_context(|| show(path))
}
