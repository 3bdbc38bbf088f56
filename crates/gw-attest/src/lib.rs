//! Statements, DSSE envelopes, keys and predicate types.
