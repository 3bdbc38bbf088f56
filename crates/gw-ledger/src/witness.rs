//! Witnesses (C2SP tlog-witness): who have seen a log grow, and say so.

use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError, parse_hash, parse_size};
use crate::hash::{Hash, empty_root};
use crate::note::{Note, NoteError, NoteSignature};
use crate::note_key::{NoteSigner, VerifierKey};
use crate::proof::{ProofError, verify_consistency};

/// What a witness remembers of a log: the newest checkpoint that it cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessState {
    /// How many leaves the log had.
    pub size: u64,
    /// Its root, as 32 numbers.
    pub root: Hash,
}

impl Default for WitnessState {
    /// A log that was never seen.
    fn default() -> Self {
        Self {
            size: 0,
            root: empty_root(),
        }
    }
}

/// What a log sends to a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRequest {
    /// The size of the last checkpoint that the witness cosigned, as far as the log knows.
    pub old_size: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a witness does not cosign. Each has the HTTP status of C2SP tlog-witness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The log's key did not sign the checkpoint (403).
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The request does not hold together (400).
    #[error("not a request to a witness: {0}")]
    Request(&'static str),
    /// The log starts from another size than the last that was cosigned (409): it does not know
    /// the witness's state, or was set back.
    #[error("the last cosigned checkpoint has {cosigned} leaves, not {asked}")]
    OtherSize {
        /// The size that the witness remembers.
        cosigned: u64,
        /// The size that the log started from.
        asked: u64,
    },
    /// The log shows another root at the same size (409): it forked.
    #[error("a fork: another checkpoint of {size} leaves was cosigned")]
    Fork {
        /// The size.
        size: u64,
    },
    /// The log does not continue what was cosigned (422): it forked, or the proof is wrong.
    #[error("the checkpoint of {size} leaves does not continue the cosigned one: {reason}")]
    Inconsistent {
        /// The new size.
        size: u64,
        /// What is wrong with the proof.
        reason: ProofError,
    },
}

impl Refusal {
    /// The HTTP status that says so.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Checkpoint(CheckpointError::Note(NoteError::Format(_)))
            | Self::Checkpoint(CheckpointError::Format(_))
            | Self::Request(_) => 400,
            Self::Checkpoint(CheckpointError::Origin { .. }) => 404,
            Self::Checkpoint(CheckpointError::Note(_)) => 403,
            Self::OtherSize { .. } | Self::Fork { .. } => 409,
            Self::Inconsistent { .. } => 422,
        }
    }
}

/// Cosigns a checkpoint if it continues what was cosigned last. The new state must be stored
/// before the cosignature is given away, and nobody else may have changed it meanwhile.
///
/// `time` is in seconds since 1970.
///
/// # Errors
/// [`Refusal`]; the state stays as it is.
pub fn witness(
    signer: &NoteSigner,
    state: &WitnessState,
    log: &VerifierKey,
    request: &WitnessRequest,
    time: u64,
) -> Result<(WitnessState, NoteSignature), Refusal> {
    let (checkpoint, note) = Checkpoint::open(&request.checkpoint, log)?;
    let Checkpoint { size, root, .. } = checkpoint;
    if request.old_size > size {
        return Err(Refusal::Request(
            "the old size is more than the checkpoint's",
        ));
    }
    if request.old_size != state.size {
        return Err(Refusal::OtherSize {
            cosigned: state.size,
            asked: request.old_size,
        });
    }
    if size == state.size && root != state.root {
        return Err(Refusal::Fork { size });
    }
    verify_consistency(state.size, &state.root, size, &root, &request.proof)
        .map_err(|reason| Refusal::Inconsistent { size, reason })?;
    let cosignature = signer.sign(note.text(), time);
    Ok((WitnessState { size, root }, cosignature))
}

impl WitnessRequest {
    /// Reads the body of an `add-checkpoint` request.
    ///
    /// # Errors
    /// [`Refusal::Request`].
    pub fn parse(body: &str) -> Result<Self, Refusal> {
        let format = Refusal::Request("expected `old SIZE`, proof lines, an empty line, a note");
        let (head, checkpoint) = body.split_once("\n\n").ok_or_else(|| format.clone())?;
        let mut lines = head.split('\n');
        let old_size = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(parse_size)
            .ok_or_else(|| format.clone())?;
        let proof = lines
            .take(64)
            .map(parse_hash)
            .collect::<Option<Vec<_>>>()
            .filter(|proof| proof.len() < 64)
            .ok_or(format)?;
        Ok(Self {
            old_size,
            proof,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The body of an `add-checkpoint` request.
    #[must_use]
    pub fn body(&self) -> String {
        use base64::Engine as _;
        let encode = |hash| base64::engine::general_purpose::STANDARD.encode(hash) + "\n";
        let proof: String = self.proof.iter().map(encode).collect();
        format!("old {}\n{proof}\n{}", self.old_size, self.checkpoint)
    }
}

/// Reads a witness's answer: the signature lines, of which those of `key` are verified against
/// the checkpoint and returned.
///
/// # Errors
/// [`NoteError`] if there is none by that key or it does not verify.
pub fn read_cosignature(
    checkpoint: &Note,
    key: &VerifierKey,
    answer: &str,
) -> Result<NoteSignature, NoteError> {
    let whole = Note::parse(&format!("{}\n{answer}", checkpoint.text()))?;
    whole.verify(key)?;
    let found = whole
        .signatures()
        .iter()
        .find(|s| s.name == key.name() && s.id == key.id());
    found.cloned().ok_or(NoteError::Unsigned {
        expected: key.to_string(),
    })
}
