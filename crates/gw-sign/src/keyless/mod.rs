//! Keyless signatures: a short-lived certificate says who signed, and a transparency log when.
//! Everything is verified against a trust root that the user supplies; nothing is fetched.

mod identity;
mod log;

use gw_attest::bundle::{Bundle, Material};
use gw_attest::certificate::{Certificate, Purpose, verify_chain};
use gw_attest::sigstore::{
    SctError, TrustedRoot, TrustedRootError, check_entry, embedded_scts, verify_timestamp,
};
use gw_core::Time;

pub use identity::IdentityRule;

use crate::authenticate::Signed;
use crate::error::{Refusal, Undone, VerifyError};
use crate::signer::SignerIdentity;
use gw_attest::sigstore::EntryError;

/// Whom a verifier of keyless signatures trusts, and whose signature is expected.
#[derive(Debug, Clone)]
pub struct KeylessTrust {
    root: TrustedRoot,
    identity: IdentityRule,
    issuer: String,
}

impl KeylessTrust {
    /// Trusts what a `trusted_root.json` has, if the signer's identity was vouched for by this
    /// issuer.
    ///
    /// # Errors
    /// [`TrustedRootError`].
    pub fn new(
        trusted_root: &[u8],
        identity: IdentityRule,
        issuer: &str,
    ) -> Result<Self, TrustedRootError> {
        Ok(Self {
            root: TrustedRoot::parse(trusted_root)?,
            identity,
            issuer: issuer.to_owned(),
        })
    }
}

/// Verifies a bundle's signature, and all that proves who made it and when.
pub(crate) fn verify(
    bundle: &Bundle,
    signed: &Signed<'_>,
    trust: &KeylessTrust,
) -> Result<SignerIdentity, VerifyError> {
    let certificate = certificate(bundle)?;
    let mut times = log_times(bundle, signed, &certificate, trust)?;
    for timestamp in &bundle.timestamps {
        let time = verify_timestamp(
            timestamp,
            signed.signature,
            &trust.root.timestamp_authorities,
        )
        .map_err(|e| Refusal::Time(e.to_string()))?;
        times.push(time);
    }
    let Some(time) = times.iter().min().copied() else {
        return Err(Refusal::Time(
            "there is neither a promise of the log nor a time stamp".to_owned(),
        )
        .into());
    };
    // Whatever says when it was signed must say a time at which the certificate was valid.
    let mut issuer = None;
    for time in &times {
        issuer = Some(issuer_at(&certificate, *time, trust)?);
    }
    let issuer = issuer.ok_or_else(|| Refusal::Time("there is no time".to_owned()))?;
    check_published(&certificate, issuer, trust)?;
    let identity = trust.identity.check(&certificate)?;
    let vouched = identity::issuer(&certificate)?;
    if vouched != trust.issuer {
        return Err(Refusal::Issuer {
            found: vouched,
            expected: trust.issuer.clone(),
        }
        .into());
    }
    let key = certificate
        .public_key()
        .map_err(|e| Refusal::Signature(format!("the certificate's key: {e}")))?;
    signed
        .content
        .verify(&key, key.scheme(), signed.signature)
        .map_err(|_| Refusal::Signature(format!("the certificate of {identity}")))?;
    Ok(SignerIdentity::Keyless {
        identity,
        issuer: vouched,
        time,
    })
}

fn certificate(bundle: &Bundle) -> Result<Certificate, Refusal> {
    let der = match &bundle.material {
        Material::Certificate(der) => Some(der),
        // Whatever else a chain has, issuers come from the trust root alone.
        Material::Chain(chain) => chain.first(),
        Material::PublicKey { .. } => None,
    };
    let der = der.ok_or(Refusal::Material {
        found: "no certificate",
        expected: "one, for a keyless signature; see --public-key",
    })?;
    Ok(Certificate::from_der(der)?)
}

/// The times that logs promise. Every entry must be about this signature, and be in its log.
fn log_times(
    bundle: &Bundle,
    signed: &Signed<'_>,
    certificate: &Certificate,
    trust: &KeylessTrust,
) -> Result<Vec<Time>, VerifyError> {
    if bundle.tlog_entries.is_empty() {
        return Err(Refusal::Log("there is no entry of one".to_owned()).into());
    }
    let mut times = Vec::new();
    for entry in &bundle.tlog_entries {
        let about = check_entry(
            &entry.kind_version,
            &entry.canonicalized_body,
            &signed.content,
            signed.signature,
            certificate,
        );
        match about {
            Ok(()) => {}
            Err(e @ EntryError::Unsupported { .. }) => {
                return Err(Undone::Other(e.to_string()).into());
            }
            Err(e) => return Err(Refusal::Log(e.to_string()).into()),
        }
        let time = log::verify(entry, bundle.version, &trust.root.tlogs)
            .map_err(|why| Refusal::Log(why.to_owned()))?;
        times.extend(time);
    }
    Ok(times)
}

/// The certificate of the authority that issued a certificate, if it was trusted at that time.
fn issuer_at<'a>(
    certificate: &Certificate,
    time: Time,
    trust: &'a KeylessTrust,
) -> Result<&'a Certificate, Refusal> {
    let mut error = None;
    for authority in &trust.root.authorities {
        let Some((root, between)) = authority.chain.split_last() else {
            continue;
        };
        let anchors = std::slice::from_ref(root);
        match verify_chain(certificate, between, anchors, time, Purpose::Keyless) {
            Ok(path) if authority.valid.contains(time) => {
                let issuer = path.get(1).copied();
                let known = authority.chain.iter().find(|known| issuer == Some(*known));
                if let Some(known) = known {
                    return Ok(known);
                }
            }
            Ok(_) => {
                error.get_or_insert_with(|| {
                    Refusal::Time(format!("its authority was not in use at {time}"))
                });
            }
            Err(why) => error = Some(why.into()),
        }
    }
    Err(error.unwrap_or_else(|| Refusal::Time("the trust root has no authority".to_owned())))
}

/// One promise of a trusted log to publish the certificate must be good.
fn check_published(
    certificate: &Certificate,
    issuer: &Certificate,
    trust: &KeylessTrust,
) -> Result<(), Refusal> {
    let refuse = |why: SctError| Refusal::Sct(why.to_string());
    let mut error = SctError::None;
    for sct in embedded_scts(certificate).map_err(refuse)? {
        match sct.verify(certificate, issuer, &trust.root.ctlogs) {
            Ok(()) => return Ok(()),
            // A wrong signature says more than an unknown log.
            Err(why) if error != SctError::Signature => error = why,
            Err(_) => {}
        }
    }
    Err(refuse(error))
}
