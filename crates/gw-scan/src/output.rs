use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;

use gw_core::{Digest, Subject};
use gw_finding::{Finding, Incomplete};

/// What a scan yields.
pub struct ScanOutput {
    /// What was scanned, by its content.
    pub subject: Subject,
    /// How many files were looked at, members of archives included.
    pub files: u64,
    /// How many bytes these have.
    pub bytes: u64,
    /// How many files each analyzer looked at.
    pub by_analyzer: BTreeMap<String, u64>,
    /// What was found, in order of location.
    pub findings: Vec<Finding>,
    /// What could not be looked at, in order, each once.
    pub incomplete: Vec<Incomplete>,
    /// The SHA-256 of each file of the target that was read, by its path. Members of archives are
    /// not among them.
    pub digests: BTreeMap<String, FileDigest>,
    pub(crate) products: Vec<Box<dyn Any + Send>>,
}

/// What a scan knows of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDigest {
    /// The SHA-256 of its content.
    pub sha256: Digest,
    /// Its size in bytes when it was listed; 0 if that was not known.
    pub size: u64,
}

impl ScanOutput {
    /// Takes out the analyzers' results of one type, such as `gw_package::Inventory`.
    pub fn take<T: Any>(&mut self) -> Vec<T> {
        take(&mut self.products)
    }
}

/// What a look at a target yields: all that a scan does but the subject, as nothing was read for
/// its digest alone.
pub struct Looked {
    /// How many files were looked at, members of archives included.
    pub files: u64,
    /// How many bytes of these were read.
    pub bytes: u64,
    /// How many files each analyzer looked at.
    pub by_analyzer: BTreeMap<String, u64>,
    /// What was found, in order of location.
    pub findings: Vec<Finding>,
    /// What could not be looked at, in order, each once.
    pub incomplete: Vec<Incomplete>,
    pub(crate) products: Vec<Box<dyn Any + Send>>,
}

impl Looked {
    /// Takes out the analyzers' results of one type, such as `gw_model::Model`.
    pub fn take<T: Any>(&mut self) -> Vec<T> {
        take(&mut self.products)
    }

    /// The same of a known subject.
    pub(crate) fn of(self, subject: Subject, digests: BTreeMap<String, FileDigest>) -> ScanOutput {
        ScanOutput {
            subject,
            files: self.files,
            bytes: self.bytes,
            by_analyzer: self.by_analyzer,
            findings: self.findings,
            incomplete: self.incomplete,
            digests,
            products: self.products,
        }
    }
}

fn take<T: Any>(products: &mut Vec<Box<dyn Any + Send>>) -> Vec<T> {
    let mut taken = Vec::new();
    for product in std::mem::take(products) {
        match product.downcast::<T>() {
            Ok(product) => taken.push(*product),
            Err(product) => products.push(product),
        }
    }
    taken
}

impl fmt::Debug for ScanOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanOutput")
            .field("subject", &self.subject)
            .field("files", &self.files)
            .field("bytes", &self.bytes)
            .field("by_analyzer", &self.by_analyzer)
            .field("findings", &self.findings)
            .field("incomplete", &self.incomplete)
            .field("digests", &self.digests.len())
            .field("products", &self.products.len())
            .finish()
    }
}

impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looked")
            .field("files", &self.files)
            .field("bytes", &self.bytes)
            .field("by_analyzer", &self.by_analyzer)
            .field("findings", &self.findings)
            .field("incomplete", &self.incomplete)
            .field("products", &self.products.len())
            .finish()
    }
}
