//! Hashing files, several at a time.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use gw_attest::oms::{ContentDigest, HashType};
use sha2::Digest as _;

use crate::error::Undone;
use crate::tree::TreeFile;

/// How much is read at once. Larger reads do not become faster, and leave the processor's cache.
const BUFFER: usize = 1 << 20;

/// Hashes content with one of the functions of model signing.
#[derive(Debug, Clone)]
pub enum ContentHasher {
    /// SHA-256.
    Sha256(sha2::Sha256),
    /// BLAKE2b with 64 bytes.
    Blake2b(Box<blake2::Blake2b512>),
    /// BLAKE3 with 32 bytes.
    Blake3(Box<blake3::Hasher>),
}

impl ContentHasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new(hash: HashType) -> Self {
        match hash {
            HashType::Sha256 => Self::Sha256(sha2::Sha256::new()),
            HashType::Blake2b => Self::Blake2b(Box::default()),
            HashType::Blake3 => Self::Blake3(Box::default()),
        }
    }

    /// Takes in more content.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Blake2b(hasher) => hasher.update(bytes),
            Self::Blake3(hasher) => {
                hasher.update(bytes);
            }
        }
    }

    /// The digest's bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(hasher) => hasher.finalize().to_vec(),
            Self::Blake2b(hasher) => hasher.finalize().to_vec(),
            Self::Blake3(hasher) => hasher.finalize().as_bytes().to_vec(),
        }
    }
}

/// Where a digest came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashSource {
    /// The content was read.
    Content,
    /// The file looks as it did when it was hashed last.
    Cache,
    /// The user supplied it.
    Supplied,
}

/// Something to hash: a file, or a range of its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) file: &'a TreeFile,
    pub(crate) range: Option<(u64, u64)>,
}

impl Job<'_> {
    fn size(&self) -> u64 {
        self.range
            .map_or(self.file.size, |(start, end)| end.saturating_sub(start))
    }
}

/// Hashes all jobs on several threads, the largest first, and returns the digests in their order.
///
/// # Errors
/// [`Undone`] of the first job that could not be done.
pub(crate) fn hash_all(
    jobs: &[Job<'_>],
    hash: HashType,
    threads: NonZeroUsize,
) -> Result<Vec<ContentDigest>, Undone> {
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(jobs.get(*index).map(Job::size)));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut buffer = vec![0; BUFFER];
        let mut done = Vec::new();
        while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(job) = jobs.get(*index) else { break };
            let digest = hash_job(job, hash, &mut buffer);
            let failed = digest.is_err();
            done.push((*index, digest));
            if failed {
                // The others need not go on.
                next.store(order.len(), Ordering::Relaxed);
                break;
            }
        }
        done
    };
    let threads = threads.get().min(jobs.len()).max(1);
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            // A thread that panicked has no results, which shows below.
            done.extend(other.join().unwrap_or_default());
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    let digests = done
        .into_iter()
        .map(|(_, digest)| digest)
        .collect::<Result<Vec<_>, _>>()?;
    if digests.len() == jobs.len() {
        Ok(digests)
    } else {
        Err(Undone::Other(
            "a thread that hashes stopped early".to_owned(),
        ))
    }
}

/// Hashes one file by its path.
///
/// # Errors
/// [`Undone::Read`], or [`Undone::Changed`] if the file changes meanwhile.
pub fn hash_file(path: &Path, hash: HashType) -> Result<ContentDigest, Undone> {
    let metadata = std::fs::metadata(path).map_err(|e| Undone::read(path, e))?;
    let file = TreeFile {
        path: gw_attest::oms::ModelPath::single(),
        full: path.to_owned(),
        size: metadata.len(),
        linked: true,
    };
    let job = Job {
        file: &file,
        range: None,
    };
    hash_job(&job, hash, &mut vec![0; BUFFER])
}

fn hash_job(job: &Job<'_>, hash: HashType, buffer: &mut [u8]) -> Result<ContentDigest, Undone> {
    let path = &job.file.full;
    let read = |e| Undone::read(path, e);
    let mut file = open(job.file).map_err(read)?;
    let before = file.metadata().map_err(read)?;
    let changed = || Undone::Changed { path: path.clone() };
    // What was a file when it was listed may be something else by now, a pipe for example.
    if !before.is_file() || before.len() != job.file.size {
        return Err(changed());
    }
    let mut left = job.size();
    if let Some((start, _)) = job.range {
        file.seek(SeekFrom::Start(start)).map_err(read)?;
    }
    let mut hasher = ContentHasher::new(hash);
    while left > 0 {
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let space = buffer.get_mut(..most).unwrap_or_default();
        let count = match file.read(space) {
            Ok(0) => return Err(changed()),
            Ok(count) => count,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(read(e)),
        };
        hasher.update(buffer.get(..count).unwrap_or_default());
        left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
    }
    let after = file.metadata().map_err(read)?;
    if after.len() != before.len() || after.modified().ok() != before.modified().ok() {
        return Err(changed());
    }
    ContentDigest::new(hash, hasher.finish())
        .ok_or_else(|| Undone::Other("a digest has the wrong length".to_owned()))
}

/// Opens a file without waiting for a writer, if it is a pipe by now, and without following a link
/// that was not there when it was listed.
fn open(file: &TreeFile) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let follow = if file.linked { 0 } else { libc::O_NOFOLLOW };
        options.custom_flags(libc::O_NONBLOCK | follow);
    }
    options.open(&file.full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_published() {
        // FIPS 180-2 appendix B.1, RFC 7693 appendix A, BLAKE3's test vectors for no input.
        let check = |hash, input: &[u8], expected: &str| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f");
            std::fs::write(&path, input).unwrap();
            assert_eq!(hash_file(&path, hash).unwrap().to_hex(), expected);
        };
        check(
            HashType::Sha256,
            b"abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        check(
            HashType::Blake2b,
            b"abc",
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
             7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        );
        check(
            HashType::Blake3,
            b"",
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        );
    }

    #[test]
    fn ranges_and_threads_make_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
        let path = folder.path().join("f");
        std::fs::write(&path, &content).unwrap();
        let file = TreeFile {
            path: gw_attest::oms::ModelPath::single(),
            full: path,
            size: 3_000_000,
            linked: false,
        };
        let jobs: Vec<_> = [
            None,
            Some((0, 10)),
            Some((10, 2_000_001)),
            Some((2_999_999, 3_000_000)),
        ]
        .map(|range| Job { file: &file, range })
        .into();
        for threads in [1, 2, 7] {
            let threads = NonZeroUsize::new(threads).unwrap();
            let digests = hash_all(&jobs, HashType::Sha256, threads).unwrap();
            for (digest, job) in digests.iter().zip(&jobs) {
                let (start, end) = job.range.unwrap_or((0, 3_000_000));
                let expected = sha2::Sha256::digest(&content[start as usize..end as usize]);
                assert_eq!(digest.bytes(), &expected[..], "{:?}", job.range);
            }
        }
        let grown = TreeFile { size: 7, ..file };
        let job = Job {
            file: &grown,
            range: None,
        };
        let one = NonZeroUsize::MIN;
        assert!(matches!(
            hash_all(&[job], HashType::Sha256, one),
            Err(Undone::Changed { .. })
        ));
    }
}
