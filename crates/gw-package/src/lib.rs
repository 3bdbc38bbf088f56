//! Packages: what a project depends on, told from its dependency files.
//!
//! [`PackageAnalyzer`] reads every dependency file into a [`FileReading`], joins the files of one
//! project (lock file, manifest, includes) in the cross-file phase, and produces one
//! [`Inventory`]. [`version`] orders versions as each ecosystem does, [`sbom`] writes and reads
//! bills of materials.

mod analyzer;
mod ecosystem;
mod inventory;
pub mod license;
mod merge;
mod ml;
mod purl;
pub mod reader;
pub mod sbom;
pub mod version;

pub use analyzer::PackageAnalyzer;
pub use ecosystem::Ecosystem;
pub use inventory::{Hash, Inventory, Occurrence, Package, PackageIndex, Scope};
pub use ml::{Dataset, MlModel, ModelFile};
pub use purl::{Identity, Purl, PurlError};
