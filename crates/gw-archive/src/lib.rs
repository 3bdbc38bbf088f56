//! Permissive walkers of zip, tar and compressed streams that yield every reading a loader could make.

mod name;

pub use name::{component_name, contained_path, display_name};
