//! What Python code reaches for, told without running it: from compiled code objects as `marshal`
//! writes them, and from names.

pub mod marshal;
pub(crate) mod reach;
