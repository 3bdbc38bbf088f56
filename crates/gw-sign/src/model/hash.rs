use std::num::NonZeroUsize;
use std::path::Path;

use gw_attest::oms::{HashType, Manifest, Method, Resource, Serialization};

use super::sign::SignOptions;
use crate::cache::Cache;
use crate::digests::Digests;
use crate::error::{SignError, Undone};
use crate::hashing::{HashSource, Job, hash_all};
use crate::tree::{Tree, TreeFile};

/// A digest of a file or shard that is there.
#[derive(Debug, Clone)]
pub(super) struct Hashed {
    pub(super) resource: Resource,
    pub(super) source: HashSource,
}

/// Makes the manifest of a model, without signing it.
///
/// # Errors
/// [`SignError`] if it cannot be read, or has something that cannot be signed.
pub fn hash_model(
    model: &Path,
    options: &SignOptions,
    cache: Option<&mut Cache>,
) -> Result<Manifest, SignError> {
    let tree = Tree::walk(model, &options.walk)?;
    if let Some(obstacle) = tree.obstacles.first() {
        return Err(SignError::Obstacle {
            path: obstacle.path.clone(),
            what: obstacle.what,
        });
    }
    let files: Vec<_> = tree.files.iter().collect();
    let hashed = hash_files(
        &files,
        options.method,
        options.hash,
        options.threads,
        options.digests.as_ref(),
        cache,
    )?;
    let serialization = Serialization {
        method: options.method,
        hash: options.hash,
        allow_symlinks: options.walk.allow_symlinks,
        ignore_paths: options.walk.ignored().into_iter().collect(),
    };
    let resources = hashed.into_iter().map(|hashed| hashed.resource).collect();
    Ok(Manifest::new(&name_of(model), serialization, resources)?)
}

/// Hashes files or their shards, as far as no digest of them is known already.
pub(super) fn hash_files(
    files: &[&TreeFile],
    method: Method,
    hash: HashType,
    threads: NonZeroUsize,
    digests: Option<&Digests>,
    mut cache: Option<&mut Cache>,
) -> Result<Vec<Hashed>, Undone> {
    let mut known = Vec::new();
    let mut jobs = Vec::new();
    for file in files {
        for range in ranges(file.size, method)? {
            let supplied = digests
                .filter(|_| range.is_none())
                .and_then(|digests| digests.get(&file.path, hash))
                .map(|digest| (digest, HashSource::Supplied));
            let found = supplied.or_else(|| {
                let cache = cache.as_deref()?;
                Some((cache.get(file, range, hash)?, HashSource::Cache))
            });
            match found {
                Some((digest, source)) => known.push(Hashed {
                    resource: Resource {
                        path: file.path.clone(),
                        range,
                        digest,
                    },
                    source,
                }),
                None => jobs.push(Job { file, range }),
            }
        }
    }
    for (job, digest) in jobs.iter().zip(hash_all(&jobs, hash, threads)?) {
        if let Some(cache) = cache.as_deref_mut() {
            cache.put(job.file, job.range, &digest);
        }
        known.push(Hashed {
            resource: Resource {
                path: job.file.path.clone(),
                range: job.range,
                digest,
            },
            source: HashSource::Content,
        });
    }
    Ok(known)
}

/// The ranges of a file that have a digest of their own. A file without content has no shard, and
/// so is in no manifest of shards.
pub(super) fn ranges(size: u64, method: Method) -> Result<Vec<Option<(u64, u64)>>, Undone> {
    let Method::Shards { size: step } = method else {
        return Ok(vec![None]);
    };
    let count = size.div_ceil(step.max(1));
    if count > gw_attest::oms::MAX_RESOURCES as u64 {
        return Err(Undone::Limit("a file has more than 1,000,000 shards"));
    }
    Ok((0..count)
        .map(|index| {
            let start = index.saturating_mul(step);
            Some((start, start.saturating_add(step).min(size)))
        })
        .collect())
}

/// What a model is called: the last part of its path, as it really is.
fn name_of(model: &Path) -> String {
    let named = model.file_name().map(std::ffi::OsStr::to_owned);
    named
        .or_else(|| {
            let real = std::fs::canonicalize(model).ok()?;
            real.file_name().map(std::ffi::OsStr::to_owned)
        })
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_cut_into_shards() {
        let check = |size, step, expected: &[(u64, u64)]| {
            let found = ranges(size, Method::Shards { size: step }).unwrap();
            let expected: Vec<_> = expected.iter().copied().map(Some).collect();
            assert_eq!(found, expected, "{size} by {step}");
        };
        check(0, 2, &[]);
        check(2, 2, &[(0, 2)]);
        check(8, 2, &[(0, 2), (2, 4), (4, 6), (6, 8)]);
        check(9, 4, &[(0, 4), (4, 8), (8, 9)]);
        check(u64::MAX, u64::MAX, &[(0, u64::MAX)]);
        assert_eq!(ranges(9, Method::Files).unwrap(), [None]);
        assert!(ranges(u64::MAX, Method::Shards { size: 1 }).is_err());
    }
}
