//! What a verifier can and cannot say about truncation and forks.

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::note::{Note, NoteError};
use crate::note_key::VerifierKey;
use crate::proof::{ProofError, verify_consistency};

/// How far truncation and forks were checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The size of the verifier's own earlier checkpoint, which the log was found to continue.
    pub earlier: Option<u64>,
    /// Witnesses whose cosignatures of the checkpoint verified: name, and time in seconds since
    /// 1970.
    pub witnesses: Vec<(String, u64)>,
}

/// What is wrong with a log's history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryFailure {
    /// The earlier checkpoint is not one of this log.
    #[error("the earlier checkpoint cannot be used: {0}")]
    Earlier(CheckpointError),
    /// Fewer leaves than before.
    #[error(
        "truncated log: it has {size} records, and the earlier checkpoint has {earlier}; \
         the last {} were cut off", earlier - size
    )]
    Truncated {
        /// The earlier size.
        earlier: u64,
        /// The size now.
        size: u64,
    },
    /// Two signed checkpoints that cannot both be true.
    #[error(
        "fork: the log signed two histories; its {size} records do not continue the {earlier} of \
         the earlier checkpoint ({reason})"
    )]
    Fork {
        /// The earlier size.
        earlier: u64,
        /// The size now.
        size: u64,
        /// How that was found.
        reason: ProofError,
    },
    /// The proof that is there does not prove anything, so neither does it prove a fork.
    #[error(
        "the consistency proof from {earlier} to {size} records is wrong, so a fork cannot be \
         excluded: {reason}"
    )]
    Proof {
        /// The earlier size.
        earlier: u64,
        /// The size now.
        size: u64,
        /// What is wrong with the proof.
        reason: ProofError,
    },
    /// Nothing to compare the earlier checkpoint with.
    #[error(
        "no consistency proof from the {earlier} records of the earlier checkpoint: ask for a \
         bundle that has it"
    )]
    NoProof {
        /// The earlier size.
        earlier: u64,
    },
    /// A witness's signature does not verify.
    #[error("witness cosignature: {0}")]
    Cosignature(NoteError),
    /// Not enough witnesses.
    #[error("{found} of the given witnesses cosigned the checkpoint, {threshold} are required")]
    Witnesses {
        /// How many cosigned.
        found: usize,
        /// How many must.
        threshold: usize,
    },
}

/// How the root of an earlier size can be had.
pub(crate) enum Evidence<'a> {
    /// It was computed from all leaves.
    Root(Hash),
    /// A consistency proof from this size.
    Proof(u64, &'a [Hash]),
    /// Not at all.
    None,
}

impl History {
    /// Checks a checkpoint against an earlier one that the verifier kept.
    pub(crate) fn check_earlier(
        &mut self,
        now: &Checkpoint,
        earlier: &Checkpoint,
        evidence: &Evidence<'_>,
    ) -> Result<(), HistoryFailure> {
        let (size, before) = (now.size, earlier.size);
        if before > size {
            return Err(HistoryFailure::Truncated {
                earlier: before,
                size,
            });
        }
        let fork = |reason| HistoryFailure::Fork {
            earlier: before,
            size,
            reason,
        };
        match evidence {
            // Sizes that are equal, or an empty earlier log, need no proof.
            _ if before == size || before == 0 => {
                verify_consistency(before, &earlier.root, size, &now.root, &[]).map_err(fork)?;
            }
            Evidence::Root(root) if *root == earlier.root => {}
            Evidence::Root(_) => return Err(fork(ProofError::EarlierRoot)),
            Evidence::Proof(from, proof) if *from == before => {
                verify_consistency(before, &earlier.root, size, &now.root, proof).map_err(
                    |reason| HistoryFailure::Proof {
                        earlier: before,
                        size,
                        reason,
                    },
                )?;
            }
            _ => return Err(HistoryFailure::NoProof { earlier: before }),
        }
        self.earlier = Some(before);
        Ok(())
    }

    /// Counts the witnesses who cosigned, each key once.
    pub(crate) fn check_witnesses(
        &mut self,
        note: &Note,
        witnesses: &[VerifierKey],
        threshold: usize,
    ) -> Result<(), HistoryFailure> {
        let signed = note
            .verified(witnesses)
            .map_err(HistoryFailure::Cosignature)?;
        let mut seen: Vec<&[u8; 32]> = Vec::new();
        for signature in signed {
            // A key that signs without a time is a log's key and states nothing as a witness.
            if let Some(time) = signature.time
                && !seen.contains(&signature.key.bytes())
            {
                seen.push(signature.key.bytes());
                let name = signature.key.name().to_owned();
                self.witnesses.push((name, time));
            }
        }
        let found = self.witnesses.len();
        if found < threshold {
            return Err(HistoryFailure::Witnesses { found, threshold });
        }
        Ok(())
    }

    /// Whether anything was there to check truncation and forks against.
    #[must_use]
    pub fn was_checked(&self) -> bool {
        self.earlier.is_some() || !self.witnesses.is_empty()
    }
}

/// Opens the verifier's earlier checkpoint.
pub(crate) fn open_earlier(
    earlier: Option<&str>,
    log: &VerifierKey,
) -> Result<Option<Checkpoint>, HistoryFailure> {
    earlier
        .map(|text| Checkpoint::open(text, log))
        .transpose()
        .map(|opened| opened.map(|(checkpoint, _)| checkpoint))
        .map_err(HistoryFailure::Earlier)
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(earlier) = self.earlier {
            writeln!(
                f,
                "It continues your earlier checkpoint of {earlier} records: none of those was \
                 removed or changed since."
            )?;
        }
        for (name, time) in &self.witnesses {
            writeln!(
                f,
                "Witness {name} cosigned this checkpoint at {time} (seconds since 1970): it \
                 continues all that this witness had cosigned before. What was appended after \
                 that time is not covered."
            )?;
        }
        if self.earlier.is_none() {
            let than = if self.witnesses.is_empty() {
                "Truncation and forks were NOT checked: that takes an earlier checkpoint of your \
                 own, or the cosignature of a witness whom you trust. Records may have been cut \
                 off the end, and others may be shown another log."
            } else {
                "It was NOT compared with an earlier checkpoint of your own, so truncation and \
                 forks are excluded only as far as these witnesses can be trusted."
            };
            writeln!(f, "{than}")?;
        }
        Ok(())
    }
}
