use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::Path;

use gw_attest::bundle::Bundle;
use gw_attest::oms::{EARLIER_PREDICATE_TYPE, Manifest, Method, ModelPath, Serialization};
use gw_core::{Digest, Time};

use super::differences::{Change, Differences};
use super::hash::{hash_files, ranges};
use crate::authenticate::{Authentic, authenticate};
use crate::cache::Cache;
use crate::digests::Digests;
use crate::error::{Refusal, VerifyError};
use crate::hashing::HashSource;
use crate::signer::SignerIdentity;
use crate::tree::{Tree, TreeFile, WalkOptions, ignored_path};
use crate::trust::Trust;

/// How a model is verified.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// Which files belong to the model. What the signer ignored is ignored too.
    pub walk: WalkOptions,
    /// The time at which certificates must be valid, where nothing proves when it was signed.
    pub at: Time,
    /// Whether files that were not signed are passed over.
    pub ignore_unsigned_files: bool,
    /// Only these files, or what is below these folders; everything if there is none.
    pub files: Vec<String>,
    /// Digests that need not be computed.
    pub digests: Option<Digests>,
    /// How many files are hashed at a time.
    pub threads: NonZeroUsize,
    /// Whether signatures over the encoding of releases before 1.0 count.
    pub old_encoding: bool,
    /// Whether only what the published format has is accepted: no Ed25519, no older forms.
    pub strict: bool,
}

impl VerifyOptions {
    /// The usual ones, at a time.
    #[must_use]
    pub fn at(at: Time) -> Self {
        Self {
            walk: WalkOptions::default(),
            at,
            ignore_unsigned_files: false,
            files: Vec::new(),
            digests: None,
            threads: NonZeroUsize::MIN,
            old_encoding: false,
            strict: false,
        }
    }
}

/// A model that is what was signed.
#[derive(Debug, Clone)]
pub struct VerifiedModel {
    /// What the signer called it. It proves nothing.
    pub name: String,
    /// Who signed it.
    pub signer: SignerIdentity,
    /// Its one digest, over the digests of all signed files.
    pub root: Digest,
    /// The sort of statement that was signed.
    pub predicate_type: String,
    /// How the digests were made.
    pub serialization: Serialization,
    /// When it was signed, if something proves it.
    pub time: Option<Time>,
    /// What was compared.
    pub included: Included,
    /// What was not.
    pub omitted: Omitted,
    /// What somebody should know who relies on it.
    pub notes: Vec<String>,
}

/// What was compared with the signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Included {
    /// The files, in order.
    pub files: Vec<ModelPath>,
    /// How many digests were made from content, taken from the cache, and supplied.
    pub hashed: usize,
    /// How many came from the cache.
    pub cached: usize,
    /// How many came from the user.
    pub supplied: usize,
}

/// What is not covered by the verification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Omitted {
    /// Signed files that were not asked for.
    pub files: usize,
    /// Paths that are ignored and are there.
    pub ignored: Vec<String>,
    /// Files that were not signed, if that is allowed.
    pub unsigned: Vec<String>,
    /// Files without content, which have no shards and so no digests.
    pub empty: Vec<String>,
}

/// Verifies that a model is what a bundle says was signed, and that somebody signed it who is
/// trusted. Paths in the signature are only compared with those of files that are there; nothing
/// is opened because a signature names it.
///
/// # Errors
/// [`VerifyError::Refused`] if signature or model are not what they should be,
/// [`VerifyError::Undone`] if that could not be found out.
pub fn verify_model(
    model: &Path,
    bundle: &[u8],
    trust: &Trust,
    options: &VerifyOptions,
    cache: Option<&mut Cache>,
) -> Result<VerifiedModel, VerifyError> {
    let bundle = Bundle::parse(bundle).map_err(Refusal::Bundle)?;
    let Authentic { payload, author } = authenticate(&bundle, trust, options)?;
    let manifest = Manifest::parse(&payload).map_err(Refusal::Manifest)?;
    if options.strict && manifest.predicate_type == EARLIER_PREDICATE_TYPE {
        return Err(Refusal::Strict("it is a statement of the releases before 1.0").into());
    }
    let mut walk = options.walk.clone();
    let signed_ignores = &manifest.serialization.ignore_paths;
    walk.ignore_paths
        .extend(signed_ignores.iter().filter_map(|path| ignored_path(path)));
    let tree = Tree::walk(model, &walk)?;
    let mut differences = Differences {
        obstacles: tree
            .obstacles
            .iter()
            .map(|obstacle| (obstacle.path.clone(), obstacle.what))
            .collect(),
        ..Differences::default()
    };
    let selection = Selection::new(&options.files, &manifest)?;
    let mut omitted = Omitted {
        ignored: tree.ignored.clone(),
        ..Omitted::default()
    };
    let present = sort_out(
        &tree,
        &manifest,
        &selection,
        options,
        &mut differences,
        &mut omitted,
    );
    let included = compare(
        &present,
        &manifest,
        &selection,
        options,
        cache,
        &mut differences,
    )?;
    if !differences.is_empty() {
        return Err(Refusal::Differences(Box::new(differences)).into());
    }
    let mut notes = author.notes;
    if manifest.predicate_type == EARLIER_PREDICATE_TYPE {
        notes.push("the statement is of the releases before 1.0".to_owned());
    }
    omitted.files = selection.left_out;
    Ok(VerifiedModel {
        name: manifest.name,
        signer: author.signer,
        root: manifest.root,
        predicate_type: manifest.predicate_type,
        serialization: manifest.serialization,
        time: author.time,
        included,
        omitted,
        notes,
    })
}

/// Which files are asked for.
struct Selection {
    paths: Vec<String>,
    /// How many signed files are not.
    left_out: usize,
}

impl Selection {
    fn new(files: &[String], manifest: &Manifest) -> Result<Self, Refusal> {
        let mut paths = Vec::new();
        for file in files {
            let path = ignored_path(file).ok_or_else(|| Refusal::NotSigned(file.clone()))?;
            let is_signed = |path: &str| {
                manifest
                    .resources()
                    .iter()
                    .any(|resource| path == "." || resource.path.is_within(path))
            };
            if !is_signed(&path) {
                return Err(Refusal::NotSigned(file.clone()));
            }
            paths.push(path);
        }
        let mut selection = Self { paths, left_out: 0 };
        let all: BTreeSet<_> = manifest.resources().iter().map(|r| &r.path).collect();
        selection.left_out = all.iter().filter(|path| !selection.has(path)).count();
        Ok(selection)
    }

    fn has(&self, path: &ModelPath) -> bool {
        self.paths.is_empty()
            || self
                .paths
                .iter()
                .any(|selected| selected == "." || path.is_within(selected))
    }
}

/// The files to compare. Those that were not signed are put aside.
fn sort_out<'a>(
    tree: &'a Tree,
    manifest: &Manifest,
    selection: &Selection,
    options: &VerifyOptions,
    differences: &mut Differences,
    omitted: &mut Omitted,
) -> Vec<&'a TreeFile> {
    let signed: BTreeSet<_> = manifest.resources().iter().map(|r| &r.path).collect();
    let sharded = manifest.serialization.method != Method::Files;
    let mut present = Vec::new();
    for file in tree.files.iter().filter(|file| selection.has(&file.path)) {
        if signed.contains(&file.path) {
            present.push(file);
        } else if sharded && file.size == 0 {
            omitted.empty.push(file.path.to_string());
        } else if options.ignore_unsigned_files {
            omitted.unsigned.push(file.path.to_string());
        } else {
            differences.unsigned.push(file.path.to_string());
        }
    }
    present
}

type Expected<'a> = BTreeMap<Option<(u64, u64)>, &'a gw_attest::oms::ContentDigest>;

fn compare(
    present: &[&TreeFile],
    manifest: &Manifest,
    selection: &Selection,
    options: &VerifyOptions,
    cache: Option<&mut Cache>,
    differences: &mut Differences,
) -> Result<Included, VerifyError> {
    let mut expected: BTreeMap<&ModelPath, Expected<'_>> = BTreeMap::new();
    for resource in manifest.resources() {
        if selection.has(&resource.path) {
            let ranges = expected.entry(&resource.path).or_default();
            ranges.insert(resource.range, &resource.digest);
        }
    }
    let method = manifest.serialization.method;
    let mut to_hash = Vec::new();
    let mut found = BTreeSet::new();
    for file in present {
        found.insert(&file.path);
        let Some(signed) = expected.get(&file.path) else {
            continue;
        };
        // If the shards are others, the size is, and nothing needs to be read.
        let here = ranges(file.size, method)?;
        if here.iter().eq(signed.keys()) {
            to_hash.push(*file);
        } else {
            differences.changed.push(Change {
                path: file.path.to_string(),
                range: None,
                expected: None,
                found: None,
            });
        }
    }
    let missing = expected.keys().filter(|path| !found.contains(*path));
    differences.missing.extend(missing.map(ToString::to_string));
    let hashed = hash_files(
        &to_hash,
        method,
        manifest.serialization.hash,
        options.threads,
        options.digests.as_ref(),
        cache,
    )?;
    let mut included = Included {
        files: to_hash.iter().map(|file| file.path.clone()).collect(),
        ..Included::default()
    };
    for hashed in hashed {
        match hashed.source {
            HashSource::Content => included.hashed = included.hashed.saturating_add(1),
            HashSource::Cache => included.cached = included.cached.saturating_add(1),
            HashSource::Supplied => included.supplied = included.supplied.saturating_add(1),
        }
        let resource = hashed.resource;
        let signed = expected
            .get(&resource.path)
            .and_then(|ranges| ranges.get(&resource.range));
        if signed.is_none_or(|digest| **digest != resource.digest) {
            differences.changed.push(Change {
                path: resource.path.to_string(),
                range: resource.range,
                expected: signed.map(|digest| (*digest).clone()),
                found: Some(resource.digest),
            });
        }
    }
    differences
        .changed
        .sort_by(|a, b| (&a.path, a.range).cmp(&(&b.path, b.range)));
    Ok(included)
}
