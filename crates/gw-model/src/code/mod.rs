//! What compiled Python code reaches for, told without running it.

pub mod marshal;
