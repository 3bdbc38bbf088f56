use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_attest::bundle::{BundleVersion, InclusionProof, TlogEntry};
use gw_attest::sigstore::LogKey;
use gw_core::Time;
use gw_ledger::{Hash, Note, leaf_hash, verify_inclusion};

/// Verifies that an entry is in its log, and returns the time that the log promised, if it did.
///
/// The inclusion proof does not cover the time; only the promise does.
pub(super) fn verify(
    entry: &TlogEntry,
    version: BundleVersion,
    logs: &[LogKey],
) -> Result<Option<Time>, &'static str> {
    let id = entry.log_id.as_ref().ok_or("the entry names no log")?;
    let of_id = |log: &&LogKey| log.ids.contains(&id.key_id);
    let log = logs
        .iter()
        .find(of_id)
        .ok_or("the entry is of a log that is not trusted")?;
    let time = match &entry.inclusion_promise {
        Some(promise) => {
            check_promise(entry, &id.key_id, log, &promise.signed_entry_timestamp)?;
            let seconds = i64::try_from(entry.integrated_time)
                .map_err(|_| "the entry's time is out of range")?;
            let time =
                Time::from_second(seconds).map_err(|_| "the entry's time is out of range")?;
            if !log.valid.contains(time) {
                return Err("the log's key was not in use at the entry's time");
            }
            Some(time)
        }
        None => None,
    };
    match &entry.inclusion_proof {
        Some(proof) => check_inclusion(entry, proof, log)?,
        None if version >= BundleVersion::V02 => return Err("there is no inclusion proof"),
        None if time.is_none() => return Err("there is neither a promise nor an inclusion proof"),
        None => {}
    }
    Ok(time)
}

/// The log's signature over the entry, in the canonical JSON of RFC 8785: the fields in order,
/// without spaces.
fn check_promise(
    entry: &TlogEntry,
    log_id: &[u8],
    log: &LogKey,
    signature: &[u8],
) -> Result<(), &'static str> {
    let message = format!(
        r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
        STANDARD.encode(&entry.canonicalized_body),
        entry.integrated_time,
        hex::encode(log_id),
        entry.log_index,
    );
    log.key
        .verify_as(log.key.scheme(), message.as_bytes(), signature)
        .map_err(|_| "the log's promise does not verify")
}

fn check_inclusion(
    entry: &TlogEntry,
    proof: &InclusionProof,
    log: &LogKey,
) -> Result<(), &'static str> {
    let hash = |bytes: &[u8]| Hash::try_from(bytes).map_err(|_| "a hash has not 32 bytes");
    let root = hash(&proof.root_hash)?;
    let path = proof
        .hashes
        .iter()
        .map(|bytes| hash(bytes))
        .collect::<Result<Vec<_>, _>>()?;
    let leaf = leaf_hash(&entry.canonicalized_body);
    verify_inclusion(&leaf, proof.log_index, proof.tree_size, &path, &root)
        .map_err(|_| "the entry is not in the tree that its proof is about")?;
    let checkpoint = proof
        .checkpoint
        .as_ref()
        .ok_or("the inclusion proof has no checkpoint")?;
    let note = Note::parse(&checkpoint.envelope).map_err(|_| "the checkpoint is no signed note")?;
    // The name and the key id of a signature are hints; the key decides.
    let is_signed = note.signatures().iter().any(|signature| {
        log.key
            .verify_as(log.key.scheme(), note.text().as_bytes(), &signature.bytes)
            .is_ok()
    });
    if !is_signed {
        return Err("the log did not sign the checkpoint");
    }
    let mut lines = note.text().split('\n');
    let origin = lines.next();
    if has_origin(entry) && origin != log.origin.as_deref() {
        return Err("the checkpoint is not of the log that has this key by its address");
    }
    let size = lines.next().and_then(|line| line.parse().ok());
    let signed_root = lines.next().and_then(|line| STANDARD.decode(line).ok());
    if size != Some(proof.tree_size) || signed_root.as_deref() != Some(&root[..]) {
        return Err("the checkpoint is about another tree");
    }
    Ok(())
}

/// Whether an entry is of the second generation of logs, which name themselves after their host
/// (<https://github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md>). Older ones may have the name of
/// the machine that they run on.
fn has_origin(entry: &TlogEntry) -> bool {
    let sort = &entry.kind_version;
    sort.version == "0.0.2" && (sort.kind == "hashedrekord" || sort.kind == "dsse")
}
