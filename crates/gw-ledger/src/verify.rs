//! Verification of a proof bundle, offline.

use std::fmt;

use crate::bundle::{Bundle, BundleError, Record, Scope};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::frontier::root_of;
use crate::hash::Hash;
use crate::history::{Evidence, History, HistoryFailure, open_earlier};
use crate::leaf::{Leaf, LeafKind};
use crate::note_key::VerifierKey;
use crate::proof::{ProofError, verify_inclusion};

/// What a bundle was found to prove. Printed, it says so in words, and says what was not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The checkpoint that the log signed.
    pub checkpoint: Checkpoint,
    /// Which records it holds, all of them found there.
    pub scope: Scope,
    /// The records. Their own signatures are the caller's to verify.
    pub records: Vec<VerifiedRecord>,
    /// How far truncation and forks were checked.
    pub history: History,
}

/// A record that is in the log as it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRecord {
    /// The leaf's index.
    pub index: u64,
    /// What sort of record it is.
    pub kind: LeafKind,
    /// Its DSSE bytes; absent if it was erased, so that only its place is proven.
    pub record: Option<Vec<u8>>,
}

/// What exactly is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The checkpoint is not signed by the log, or is of another log.
    #[error("wrong signature: {0}")]
    Checkpoint(CheckpointError),
    /// Record or salt were changed.
    #[error(
        "changed record or wrong salt at index {index}: the log's commitment there is not the \
         SHA-256 of this salt and record"
    )]
    Changed {
        /// The record's index.
        index: u64,
    },
    /// The leaf is not in the log at this place.
    #[error(
        "record {index} is not in the log: its leaf was changed, moved or never logged, or its \
         proof is of another tree ({reason})"
    )]
    NotIncluded {
        /// The index it claims.
        index: u64,
        /// What is wrong with its proof.
        reason: ProofError,
    },
    /// A record of a complete bundle is not there.
    #[error(
        "removed record: the bundle claims records {start} to {end} (excluded), and record {index} is missing"
    )]
    Missing {
        /// The missing index.
        index: u64,
        /// The first index claimed.
        start: u64,
        /// One more than the last index claimed.
        end: u64,
    },
    /// A record that the bundle should not have, or has twice, or out of order.
    #[error("record {index} is there twice, out of order, or outside what the bundle claims")]
    Unexpected {
        /// The record's index.
        index: u64,
    },
    /// The range claimed is not in the log.
    #[error("the bundle claims records {start} to {end} (excluded) of a log of {size}")]
    Range {
        /// The first index claimed.
        start: u64,
        /// One more than the last index claimed.
        end: u64,
        /// The log's size.
        size: u64,
    },
    /// Truncation, forks, witnesses.
    #[error(transparent)]
    History(#[from] HistoryFailure),
}

/// Verifies a bundle with nothing but the log's key: the checkpoint's signature, that every record
/// is what was logged and where, that none is missing from a range or whole log, and, as far as
/// they are given, an earlier checkpoint and witnesses. `threshold` is how many of the witnesses
/// must have cosigned.
///
/// # Errors
/// [`Failure`]: the first thing that is wrong.
pub fn verify(
    bundle: &Bundle,
    log: &VerifierKey,
    earlier: Option<&str>,
    witnesses: &[VerifierKey],
    threshold: usize,
) -> Result<Verified, Failure> {
    let (checkpoint, note) =
        Checkpoint::open(&bundle.checkpoint, log).map_err(Failure::Checkpoint)?;
    let earlier = open_earlier(earlier, log)?;
    let mut history = History::default();
    // A truncated log is named as such before its other consequences.
    if let Some(earlier) = &earlier
        && earlier.size > checkpoint.size
    {
        return Err(HistoryFailure::Truncated {
            earlier: earlier.size,
            size: checkpoint.size,
        }
        .into());
    }
    check_complete(bundle, checkpoint.size)?;
    for record in &bundle.records {
        check_record(record, &checkpoint)?;
    }
    if let Some(earlier) = &earlier {
        let evidence = evidence(bundle, earlier.size);
        history.check_earlier(&checkpoint, earlier, &evidence)?;
    }
    history.check_witnesses(&note, witnesses, threshold)?;
    let records = bundle.records.iter().map(|record| VerifiedRecord {
        index: record.index,
        kind: record.kind,
        record: record.content.as_ref().map(|c| c.record.clone()),
    });
    Ok(Verified {
        checkpoint,
        scope: bundle.scope,
        records: records.collect(),
        history,
    })
}

fn check_complete(bundle: &Bundle, size: u64) -> Result<(), Failure> {
    let mut indexes = bundle.records.iter().map(|record| record.index);
    let range = match bundle.scope {
        Scope::Selection => None,
        Scope::Range { start, end } if start <= end && end <= size => Some((start, end)),
        Scope::Range { start, end } => return Err(Failure::Range { start, end, size }),
        Scope::Log => Some((0, size)),
    };
    let mut last = None;
    for record in &bundle.records {
        if last >= Some(record.index) {
            let index = record.index;
            return Err(Failure::Unexpected { index });
        }
        last = Some(record.index);
    }
    let Some((start, end)) = range else {
        return Ok(());
    };
    // However large the claim, this ends with the records that are there.
    for index in start..end {
        match indexes.next() {
            Some(found) if found == index => {}
            Some(found) if found < index => return Err(Failure::Unexpected { index: found }),
            _ => return Err(Failure::Missing { index, start, end }),
        }
    }
    match indexes.next() {
        Some(index) => Err(Failure::Unexpected { index }),
        None => Ok(()),
    }
}

fn check_record(record: &Record, checkpoint: &Checkpoint) -> Result<(), Failure> {
    let Record {
        index, inclusion, ..
    } = record;
    let leaf = record.leaf();
    verify_inclusion(
        &leaf.hash(),
        *index,
        checkpoint.size,
        inclusion,
        &checkpoint.root,
    )
    .map_err(|reason| Failure::NotIncluded {
        index: *index,
        reason,
    })?;
    match &record.content {
        Some(content) if Leaf::commit(leaf.kind, &content.salt, &content.record) != leaf => {
            Err(Failure::Changed { index: *index })
        }
        _ => Ok(()),
    }
}

/// A bundle with all leaves (whose inclusion is verified by now) gives the root of every earlier
/// size itself.
fn evidence(bundle: &Bundle, earlier: u64) -> Evidence<'_> {
    let from_start = matches!(bundle.scope, Scope::Log | Scope::Range { start: 0, .. });
    let first: Vec<Hash> = bundle
        .records
        .iter()
        .take_while(|record| record.index < earlier)
        .map(|record| record.leaf().hash())
        .collect();
    if from_start && first.len() as u64 == earlier {
        return Evidence::Root(root_of(first));
    }
    match &bundle.consistency {
        Some(consistency) => Evidence::Proof(consistency.size, &consistency.proof),
        None => Evidence::None,
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checkpoint { origin, size, .. } = &self.checkpoint;
        let count = self.records.len();
        writeln!(
            f,
            "The log {origin} signed a checkpoint of {size} records. {count} of them are in this \
             bundle, each as it was logged."
        )?;
        match self.scope {
            Scope::Selection => writeln!(f, "The bundle claims nothing about other records.")?,
            Scope::Range { start, end } => writeln!(
                f,
                "From index {start} up to {end} (excluded) none is missing."
            )?,
            Scope::Log => writeln!(f, "None of the {size} is missing.")?,
        }
        let erased = self.records.iter().filter(|r| r.record.is_none()).count();
        if erased > 0 {
            writeln!(
                f,
                "{erased} were erased: their places in the log are proven, their content is not."
            )?;
        }
        self.history.fmt(f)
    }
}
