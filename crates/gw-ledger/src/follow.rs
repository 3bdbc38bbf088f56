//! Following a live log: what it appends is checked, and what it once showed must stay.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError, parse_hash};
use crate::directory::{LogFailure, Shown, verify_entries};
use crate::frontier::Frontier;
use crate::hash::Hash;
use crate::history::{Evidence, History};
use crate::note_key::VerifierKey;
use crate::reader::{ReadError, TileReader};
use crate::store::TileStore;

/// Leaves that are in memory at a time.
const CHUNK: u64 = 4096;

/// Somebody who remembers what a log has shown them.
#[derive(Debug, Clone)]
pub struct Follower {
    log: VerifierKey,
    seen: Option<Seen>,
}

#[derive(Debug, Clone)]
struct Seen {
    /// The signed checkpoint, which is evidence should the log ever show another history.
    note: String,
    checkpoint: Checkpoint,
    frontier: Frontier,
}

/// A follower's memory that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// Not JSON of the right shape.
    #[error("not what a follower remembers: {0}")]
    Shape(#[from] serde_json::Error),
    /// The checkpoint is not one of this log.
    #[error("the checkpoint that is remembered is not of this log: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The parts do not belong together.
    #[error("the tree that is remembered is not the one of the remembered checkpoint")]
    Tree,
}

/// How far a log was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The size that had been seen before, if the log was seen before.
    pub before: Option<u64>,
    /// What the log says of itself now, and its entries lead to.
    pub checkpoint: Checkpoint,
    /// How far truncation and forks were checked.
    pub history: History,
}

/// A log that was not followed any further.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct Setback {
    /// Why.
    pub failure: LogFailure,
    /// The checkpoint that was looked at, if the log signed it.
    pub shown: Option<String>,
}

/// As it is kept in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Memory {
    checkpoint: String,
    nodes: Vec<String>,
}

impl Follower {
    /// Somebody who has never seen this log.
    #[must_use]
    pub const fn new(log: VerifierKey) -> Self {
        Self { log, seen: None }
    }

    /// Somebody who remembers what [`Follower::memory`] returned.
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn remember(log: VerifierKey, memory: &[u8]) -> Result<Self, MemoryError> {
        let memory: Memory = serde_json::from_slice(memory)?;
        let (checkpoint, _) = Checkpoint::open(&memory.checkpoint, &log)?;
        let nodes: Option<Vec<Hash>> = memory.nodes.iter().map(|text| parse_hash(text)).collect();
        let frontier = nodes
            .and_then(|nodes| Frontier::from_nodes(checkpoint.size, nodes))
            .filter(|frontier| frontier.root() == checkpoint.root)
            .ok_or(MemoryError::Tree)?;
        Ok(Self {
            log,
            seen: Some(Seen {
                note: memory.checkpoint,
                checkpoint,
                frontier,
            }),
        })
    }

    /// What is to be kept for the next time, in JSON; nothing if no log was seen.
    #[must_use]
    pub fn memory(&self) -> Option<String> {
        let seen = self.seen.as_ref()?;
        let memory = Memory {
            checkpoint: seen.note.clone(),
            nodes: seen
                .frontier
                .nodes()
                .iter()
                .map(|n| STANDARD.encode(n))
                .collect(),
        };
        // Text can always be written.
        serde_json::to_string(&memory).ok()
    }

    /// The newest signed checkpoint that was seen.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&str> {
        self.seen.as_ref().map(|seen| seen.note.as_str())
    }

    /// Looks at the log again: it must continue all that was seen, and its new entries must lead to
    /// the checkpoint that it signed. A log that was never seen is verified whole. Reads only what is
    /// new, in O(log n) memory.
    ///
    /// # Errors
    /// [`Setback`]; what was seen before stays remembered.
    pub fn advance<S: TileStore>(
        &mut self,
        store: &S,
        witnesses: &[VerifierKey],
        threshold: usize,
    ) -> Result<Advance, Setback> {
        let unsigned = |failure| Setback {
            failure,
            shown: None,
        };
        let shown = Shown::read(store, &self.log).map_err(unsigned)?;
        match self.continues(store, &shown, witnesses, threshold) {
            Ok((frontier, history)) => {
                let checkpoint = shown.checkpoint.clone();
                let before = self.seen.replace(Seen {
                    note: shown.text,
                    checkpoint: shown.checkpoint,
                    frontier,
                });
                Ok(Advance {
                    before: before.map(|seen| seen.checkpoint.size),
                    checkpoint,
                    history,
                })
            }
            Err(failure) => Err(Setback {
                failure,
                shown: Some(shown.text),
            }),
        }
    }

    /// The tree of what a log shows, if it continues what was seen.
    fn continues<S: TileStore>(
        &self,
        store: &S,
        shown: &Shown,
        witnesses: &[VerifierKey],
        threshold: usize,
    ) -> Result<(Frontier, History), LogFailure> {
        let checkpoint = &shown.checkpoint;
        let mut history = shown.witnessed(witnesses, threshold)?;
        let mut frontier = Frontier::new();
        if let Some(seen) = &self.seen {
            if seen.checkpoint.size >= checkpoint.size {
                history.check_earlier(checkpoint, &seen.checkpoint, &Evidence::None)?;
            }
            frontier.clone_from(&seen.frontier);
        }
        append(store, &mut frontier, checkpoint.size)?;
        if frontier.root() == checkpoint.root {
            // Its new entries were appended to the tree that was seen.
            history.earlier = self.seen.as_ref().map(|seen| seen.checkpoint.size);
            return Ok((frontier, history));
        }
        // All of its entries tell whether the log forked or serves wrong ones.
        let earlier = self.seen.as_ref().map(|seen| seen.checkpoint.clone());
        verify_entries(store, checkpoint.clone(), earlier, history)?;
        // It answers differently from one moment to the next.
        let size = checkpoint.size;
        Err(LogFailure::Root { size })
    }
}

/// Appends the log's entries up to `size` to a tree.
fn append<S: TileStore>(store: &S, tree: &mut Frontier, size: u64) -> Result<(), ReadError> {
    let reader = TileReader::new(store, size);
    while tree.size() < size {
        let end = size.min(tree.size().saturating_add(CHUNK));
        for leaf in reader.leaves(tree.size(), end)? {
            tree.push(leaf.hash());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gw_attest::SigningKey;

    use super::*;
    use crate::{
        HistoryFailure, Leaf, LeafKind, Log, MemoryTiles, NoteSigner, Resource, Salt, verify_log,
    };

    fn leaves(range: std::ops::Range<u64>, tag: &str) -> Vec<Leaf> {
        let salt = Salt::from_bytes([7; 32]);
        range
            .map(|i| Leaf::commit(LeafKind::STATEMENT, &salt, format!("{tag}{i}").as_bytes()))
            .collect()
    }

    fn signer() -> NoteSigner {
        NoteSigner::log("log.example", SigningKey::generate().unwrap()).unwrap()
    }

    fn grown(store: MemoryTiles, signer: &NoteSigner, new: &[Leaf]) -> MemoryTiles {
        let mut log = Log::open(store, signer.verifier()).unwrap();
        log.append(new, signer).unwrap();
        log.into_store()
    }

    #[test]
    fn a_log_that_grows_is_followed_across_restarts() {
        let signer = signer();
        let mut follower = Follower::new(signer.verifier().clone());
        assert_eq!(follower.memory(), None);
        let mut store = MemoryTiles::default();
        let mut at = 0;
        for size in [1, 2, 255, 256, 257, 700, 700, 5000] {
            if size > at {
                store = grown(store, &signer, &leaves(at..size, "a"));
            }
            let advance = follower.advance(&store, &[], 0).unwrap();
            assert_eq!(advance.checkpoint.size, size);
            assert_eq!(advance.before, (at > 0).then_some(at));
            assert_eq!(advance.history.was_checked(), at > 0);
            let memory = follower.memory().unwrap();
            follower = Follower::remember(signer.verifier().clone(), memory.as_bytes()).unwrap();
            at = size;
        }
    }

    #[test]
    fn another_history_is_a_fork_and_a_shorter_one_a_truncation() {
        let signer = signer();
        let store = grown(MemoryTiles::default(), &signer, &leaves(0..300, "a"));
        let mut follower = Follower::new(signer.verifier().clone());
        follower.advance(&store, &[], 0).unwrap();
        let memory = follower.memory();

        let cut = grown(MemoryTiles::default(), &signer, &leaves(0..299, "a"));
        let error = follower.advance(&cut, &[], 0).unwrap_err().failure;
        assert!(matches!(
            error,
            LogFailure::History(HistoryFailure::Truncated {
                earlier: 300,
                size: 299
            })
        ));
        assert!(error.is_break());
        for size in [300, 301, 900] {
            let fork = grown(MemoryTiles::default(), &signer, &leaves(0..size, "b"));
            let setback = follower.advance(&fork, &[], 0).unwrap_err();
            let shown = fork.read(&Resource::Checkpoint).unwrap().unwrap();
            assert_eq!(setback.shown.unwrap().as_bytes(), shown);
            let error = setback.failure;
            assert!(
                matches!(error, LogFailure::History(HistoryFailure::Fork { .. })),
                "{size}: {error}"
            );
            assert!(error.is_break());
        }
        assert_eq!(follower.memory(), memory, "what was seen stays");
        let more = grown(store, &signer, &leaves(300..310, "a"));
        assert_eq!(follower.advance(&more, &[], 0).unwrap().before, Some(300));
    }

    #[test]
    fn wrong_entries_are_no_fork_and_anothers_log_is_not_this_one() {
        let signer = signer();
        let store = grown(MemoryTiles::default(), &signer, &leaves(0..10, "a"));
        let mut follower = Follower::new(signer.verifier().clone());
        follower.advance(&store, &[], 0).unwrap();
        let mut wrong = grown(store, &signer, &leaves(10..20, "a"));
        let (name, bytes) = wrong
            .files()
            .find(|(name, _)| name.path() == "tile/entries/000.p/20")
            .unwrap();
        let (name, right) = (*name, bytes.to_vec());
        let seen = follower.checkpoint().unwrap().to_owned();
        // One that was seen before, and one that is new.
        for changed in [9, right.len() - 1] {
            let mut bytes = right.clone();
            bytes[changed] ^= 1;
            wrong.tamper(name, Some(bytes));
            let whole = verify_log(&wrong, signer.verifier(), Some(&seen), &[], 0);
            let error = whole.unwrap_err();
            assert!(!error.is_break(), "{error}");
        }
        let error = follower.advance(&wrong, &[], 0).unwrap_err().failure;
        assert!(!error.is_break(), "{error}");

        let other = self::signer();
        let store = grown(MemoryTiles::default(), &other, &leaves(0..10, "a"));
        let setback = follower.advance(&store, &[], 0).unwrap_err();
        assert!(matches!(setback.failure, LogFailure::Checkpoint(_)));
        assert_eq!(setback.shown, None, "the log did not sign it");
    }

    #[test]
    fn a_memory_that_was_changed_is_refused() {
        let signer = signer();
        let key = || signer.verifier().clone();
        let store = grown(MemoryTiles::default(), &signer, &leaves(0..5, "a"));
        let mut follower = Follower::new(key());
        follower.advance(&store, &[], 0).unwrap();
        let memory = follower.memory().unwrap();
        let mut parsed: Memory = serde_json::from_str(&memory).unwrap();
        parsed.nodes.reverse();
        let reversed = serde_json::to_vec(&parsed).unwrap();
        assert!(matches!(
            Follower::remember(key(), &reversed),
            Err(MemoryError::Tree)
        ));
        parsed.nodes.pop();
        let short = serde_json::to_vec(&parsed).unwrap();
        assert!(matches!(
            Follower::remember(key(), &short),
            Err(MemoryError::Tree)
        ));
        let other = self::signer();
        assert!(matches!(
            Follower::remember(other.verifier().clone(), memory.as_bytes()),
            Err(MemoryError::Checkpoint(_))
        ));
        assert!(Follower::remember(key(), b"{").is_err());
    }
}
