//! One walk, one read and one parse of each file; analyzers side by side; then the cross-file phase.
