//! The append-only log: Merkle tree, tiles, checkpoints, witnesses and offline proofs.
