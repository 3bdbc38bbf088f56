//! Any report at all.
