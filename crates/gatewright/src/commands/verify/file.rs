//! `verify` with the signature of one file, as `cosign sign-blob` and `sigstore sign` make it.

use std::path::Path;

use anyhow::bail;
use gw_sign::{Trust, VerifyError, VerifyOptions, verify_file};
use serde_json::json;

use super::refused;
use crate::cli::{Global, VerifyArgs};
use crate::output::{self, Ending};

pub(super) fn run(
    global: &Global,
    args: &VerifyArgs,
    file: &Path,
    bundle: &[u8],
    trust: &Trust,
    options: &VerifyOptions,
) -> anyhow::Result<Ending> {
    if !file.exists() {
        bail!("cannot read {}", file.display());
    }
    if !file.is_file() {
        return refused(
            args,
            "it is the signature of one file, and this is a folder",
        );
    }
    let verified = match verify_file(file, bundle, trust, options) {
        Ok(verified) => verified,
        Err(VerifyError::Refused(refusal)) => return refused(args, &refusal.to_string()),
        Err(VerifyError::Undone(undone)) => return Err(undone.into()),
    };
    let text = if args.json {
        let value = json!({
            "verified": true,
            "signer": verified.signer.to_string(),
            "digest": verified.digest,
            "signedAt": verified.time,
            "notes": verified.notes,
        });
        format!("{value:#}\n")
    } else {
        format!("{}\nsigned by {}\n", verified.digest, verified.signer)
    };
    output::write(None, text.as_bytes())?;
    if !global.quiet {
        for note in &verified.notes {
            eprintln!("note: {note}");
        }
    }
    Ok(Ending::new(0, "verified: the file is what was signed"))
}
