//! Whether the models of a target are signed, as reports say it.

use std::collections::BTreeMap;
use std::path::Path;

use gw_attest::predicate::Signature;
use gw_core::{Asset, Time};
use gw_flow::config::Signer;
use gw_report::{Report, ReportSignature, SignatureState};
use gw_scan::FileDigest;
use gw_source::Target;

use super::signature::{self, Checked, Files};
use crate::target;

/// What is known of the signature of a folder.
pub(crate) struct Signed {
    /// The folder in the target; nothing for all of it.
    folder: String,
    /// What reports say.
    report: ReportSignature,
    /// What is stated, if all of the target is signed.
    pub(crate) statement: Option<Signature>,
}

impl Signed {
    /// The signature of all of a target.
    pub(crate) fn whole(checked: &Checked) -> Self {
        Self::of(String::new(), checked)
    }

    fn of(folder: String, checked: &Checked) -> Self {
        let not = |state, why: &str| ReportSignature {
            state,
            by: None,
            detail: Some(why.to_owned()),
        };
        let mut statement = None;
        let report = match checked {
            Checked::Good {
                signature,
                name,
                reread,
            } => {
                // What had to be read again may not be what was scanned: `model admit` compares.
                let stated = folder.is_empty() && !reread;
                statement = Some(signature.clone()).filter(|_| stated);
                ReportSignature {
                    state: SignatureState::Verified,
                    by: name.clone().or_else(|| Some(signature.signer.name())),
                    detail: None,
                }
            }
            Checked::Refused(why) => not(SignatureState::Refused, why),
            Checked::Unknown(why) => not(SignatureState::UnknownSigner, why),
            Checked::None => ReportSignature {
                state: SignatureState::Unsigned,
                by: None,
                detail: None,
            },
        };
        Self {
            folder,
            report,
            statement,
        }
    }

    fn unverified(folder: String, why: &str) -> Self {
        Self {
            folder,
            report: ReportSignature {
                state: SignatureState::NotVerified,
                by: None,
                detail: Some(why.to_owned()),
            },
            statement: None,
        }
    }
}

/// Verifies every signature of a model that lies in a target, by the signers that the configuration
/// has for what its folder is called. `digests` are those that the scan found, so that what is
/// verified is what was scanned.
pub(crate) fn look(
    (target, path): (&Target, &Path),
    asset: &Asset,
    signers: &[Signer],
    digests: &BTreeMap<String, FileDigest>,
    now: Time,
) -> anyhow::Result<Vec<Signed>> {
    let mut all = Vec::new();
    for place in digests.keys() {
        let folder = match place.rsplit_once('/') {
            Some((folder, signature::NAME)) => folder,
            None if place == signature::NAME => "",
            _ => continue,
        };
        if !matches!(target, Target::Folder(_)) {
            let why = "only files in a folder can be compared with what was signed";
            all.push(Signed::unverified(folder.to_owned(), why));
            continue;
        }
        let named = match folder.rsplit('/').next() {
            Some("") | None => target::asset("model", &target.name()),
            Some(name) => target::asset("model", name),
        };
        let counts = |signer: &&Signer| {
            let whole = folder.is_empty() && signer.covers(asset);
            whole || named.as_ref().is_some_and(|named| signer.covers(named))
        };
        let known: Vec<_> = signers.iter().filter(counts).collect();
        if known.is_empty() {
            let why = "no [[signer]] of the configuration covers it";
            all.push(Signed::unverified(folder.to_owned(), why));
            continue;
        }
        let within = match folder {
            "" => digests.clone(),
            folder => below(digests, folder),
        };
        let files = Files {
            model: &path.join(folder),
            digests: &within,
        };
        let found = path.join(place);
        all.push(match signature::by_signers(files, &found, &known, now) {
            Ok(checked) => Signed::of(folder.to_owned(), &checked),
            Err(error) => Signed::unverified(folder.to_owned(), &format!("{error:#}")),
        });
    }
    Ok(all)
}

/// The digests of what lies in a folder, by the paths in it.
fn below(digests: &BTreeMap<String, FileDigest>, folder: &str) -> BTreeMap<String, FileDigest> {
    let inside = |path: &str| Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
    digests
        .iter()
        .filter_map(|(path, digest)| Some((inside(path)?, *digest)))
        .collect()
}

/// Tells a report's models what is known of the signature of the folder that they are in: of several,
/// the innermost.
pub(crate) fn mark(report: &mut Report, signed: &[Signed]) {
    for model in &mut report.models {
        let within = |signed: &&Signed| {
            let rest = model.path.strip_prefix(&signed.folder);
            signed.folder.is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '!']))
        };
        let innermost = signed
            .iter()
            .filter(within)
            .max_by_key(|signed| signed.folder.len());
        model.signature = Some(innermost.map_or(
            ReportSignature {
                state: SignatureState::Unsigned,
                by: None,
                detail: None,
            },
            |signed| signed.report.clone(),
        ));
    }
}
