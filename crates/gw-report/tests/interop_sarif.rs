//! SARIF judged by its schema.
