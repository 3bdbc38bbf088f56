//! The append-only log: Merkle tree, tiles, checkpoints, witnesses and offline proofs.
//!
//! A [`Log`] appends [`Leaf`]s, each a commitment to a record that is kept elsewhere, and signs a
//! [`Checkpoint`] of the result. Its files follow C2SP tlog-tiles, so other people's tools can
//! read them. A proof bundle lets an outsider verify records offline.
//!
//! A signed tree alone proves that records are in it, unchanged. It does not prove that nothing
//! was cut off or that everybody is shown the same log: for that the verifier needs an earlier
//! checkpoint of their own, or the cosignatures of witnesses.

mod bundle;
mod bytes;
mod checkpoint;
mod commit;
mod directory;
mod edge;
mod follow;
mod frontier;
mod fs;
mod hash;
mod history;
mod leaf;
mod log;
mod note;
mod note_key;
mod proof;
mod reader;
mod resource;
mod store;
#[cfg(test)]
mod testing;
mod tree;
mod verify;
mod witness;

pub use bundle::{
    BUNDLE_JSON_SCHEMA, BUNDLE_SCHEMA, Bundle, BundleError, Consistency, Content, ProveError,
    Record, Scope,
};
pub use bytes::{TileError, parse_entries, parse_hashes, push_entry};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use directory::{LogFailure, VerifiedLog, verify_directory, verify_log};
pub use follow::{Advance, Follower, MemoryError, Setback};
pub use frontier::{Frontier, root_of};
pub use fs::FsTiles;
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use history::{History, HistoryFailure};
pub use leaf::{Leaf, LeafError, LeafKind, Salt};
pub use log::{Log, LogError};
pub use note::{Note, NoteError, NoteSignature, Signed};
pub use note_key::{KeyType, NoteSigner, VerifierKey};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use reader::{ReadError, TileReader};
pub use resource::{Resource, TILE_WIDTH, Tile, TileKind};
pub use store::{Durability, MemoryTiles, StoreError, TileStore};
pub use tree::{MemoryTree, Nodes, OutOfRange, consistency_proof, inclusion_proof, root};
pub use verify::{Failure, Verified, VerifiedRecord, verify};
pub use witness::{Refusal, WitnessRequest, WitnessState, read_cosignature, witness};
