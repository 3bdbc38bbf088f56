//! Developer tasks: test environment, data snapshots, generated documents, benchmarks.
fn main() {}
