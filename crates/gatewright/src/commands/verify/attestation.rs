//! `verify --statement`: an attestation about a file.

use std::path::Path;

use anyhow::{Context as _, bail};
use gw_attest::predicate;
use gw_sign::{ArtifactDigests, Expectations, Trust, VerifyError, VerifyOptions, verify_statement};
use serde_json::json;

use super::trust::{public_key, trust};
use super::{read, refused};
use crate::cli::{Global, VerifyArgs};
use crate::output::{self, Ending};
use crate::session::now;

pub(super) fn run(
    global: &Global,
    args: &VerifyArgs,
    file: &Path,
    path: &Path,
) -> anyhow::Result<Ending> {
    // Of several public keys any one may have signed.
    let trusted = if args.public_key.len() > 1 {
        let keys = args.public_key.iter().map(|path| public_key(path));
        keys.map(|key| key.map(|key| Trust::Key(Box::new(key))))
            .collect::<anyhow::Result<Vec<_>>>()?
    } else {
        vec![trust(args)?]
    };
    let expected = Expectations {
        predicate_type: args
            .predicate_type
            .as_deref()
            .map(predicate_type)
            .transpose()?,
        builder_id: args.builder_id.clone(),
        source_uri: args.source_uri.clone(),
        source_ref: args.source_ref.clone(),
        source_commit: args.source_commit.clone(),
        build_type: args.build_type.clone(),
        threshold: 1,
    };
    if !file.is_file() {
        bail!(
            "{} is no file: an attestation is verified for one file",
            file.display()
        );
    }
    let options = VerifyOptions {
        old_encoding: args.compat,
        strict: false,
        ..VerifyOptions::at(now(global))
    };
    let bytes = read(path)?;
    let artifact = ArtifactDigests::of_file(file)?;
    let digest = artifact.sha256();
    match verify_statement(&bytes, &artifact, &trusted, &expected, &options) {
        Ok(verified) => {
            let signers: Vec<_> = verified.signers.iter().map(ToString::to_string).collect();
            let text = if args.json {
                let value = json!({
                    "verified": true,
                    "signers": signers,
                    "digest": digest,
                    "subject": verified.subject,
                    "predicateType": verified.predicate_type,
                    "predicate": verified.predicate,
                });
                format!("{value:#}\n")
            } else {
                format!(
                    "{digest}\n{}\nsigned by {}\n",
                    verified.predicate_type,
                    signers.join(", ")
                )
            };
            output::write(None, text.as_bytes())?;
            Ok(Ending::new(
                0,
                "verified: the attestation is about this file",
            ))
        }
        Err(VerifyError::Refused(refusal)) => refused(args, &refusal.to_string()),
        Err(VerifyError::Undone(undone)) => Err(undone.into()),
    }
}

/// The URI of a predicate type that may be given by its short name.
fn predicate_type(given: &str) -> anyhow::Result<String> {
    predicate::by_name(given)
        .map(str::to_owned)
        .with_context(|| format!("`{given}` is no known sort of statement: give its URI"))
}
