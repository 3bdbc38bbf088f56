//! Bills of materials.

pub mod cyclonedx;
