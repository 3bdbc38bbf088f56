//! A scan as the two statements it makes: the inventory and the content findings.

use gw_attest::predicate::{Coverage, Scan};
use gw_core::{Digest, Subject, Time};
use gw_model::Model;
use gw_package::Inventory;
use gw_package::sbom::cyclonedx::{self, BomOptions};
use gw_scan::ScanOutput;

use crate::models;

/// What a scan says about a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// The packages, models and datasets.
    pub inventory: Inventory,
    /// Everything else.
    pub scan: Scan,
}

impl Scanned {
    /// Takes a scan's output apart. `program` is the name and version of the program.
    #[must_use]
    pub fn new(mut output: ScanOutput, program: &str) -> Self {
        let mut inventory = output.take::<Inventory>().pop().unwrap_or_default();
        let models = output.take::<Model>();
        inventory.add_models(
            models::listed(models, &output.digests, &output.subject.name),
            Vec::new(),
        );
        Self {
            inventory,
            scan: Scan {
                target: output.subject,
                scanner: program.to_owned(),
                coverage: Coverage {
                    files: output.files,
                    bytes: output.bytes,
                    by_analyzer: output.by_analyzer,
                },
                incomplete: output.incomplete,
                findings: output.findings,
            },
        }
    }

    /// What was scanned.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.scan.target
    }

    /// How the inventory is written as a CycloneDX document.
    #[must_use]
    pub fn bom_options(&self, now: Time) -> BomOptions {
        let subject = self.subject();
        BomOptions {
            serial_number: Some(serial_number(&subject.digest)),
            timestamp: Some(now),
            tool: Some(cyclonedx::Tool {
                name: "gatewright".to_owned(),
                version: self.scan.scanner.clone(),
            }),
            root: Some(cyclonedx::RootComponent {
                name: subject.name.clone(),
                version: Some(subject.digest.to_hex()),
                purl: None,
            }),
            ..BomOptions::default()
        }
    }

    /// The CycloneDX document that is the predicate of the inventory's statement.
    ///
    /// # Errors
    /// If it cannot be written, which is not known to happen.
    pub fn bill_of_materials(&self, now: Time) -> std::io::Result<String> {
        let options = BomOptions {
            // A third of the size; nobody refers to these components from elsewhere.
            short_refs: true,
            ..self.bom_options(now)
        };
        let bytes = cyclonedx::to_bytes(&self.inventory, &options)?;
        String::from_utf8(bytes).map_err(std::io::Error::other)
    }
}

/// A UUID that is the same for the same content: version 8 of RFC 9562, which leaves the bits to
/// the maker.
fn serial_number(digest: &Digest) -> String {
    let mut hex: Vec<char> = digest.to_hex().chars().take(32).collect();
    for (at, digit) in [(12, '8'), (16, 'a')] {
        if let Some(place) = hex.get_mut(at) {
            *place = digit;
        }
    }
    let mut text = "urn:uuid:".to_owned();
    for (at, digit) in hex.into_iter().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
