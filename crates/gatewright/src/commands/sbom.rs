//! `sbom`: the inventory of a target as a bill of materials.

use gw_flow::Scanned;
use gw_package::sbom::cyclonedx::{self, BomOptions, SpecVersion};
use gw_source::{Limits, Target};

use crate::cli::{Global, SbomArgs, SbomFormat};
use crate::output::{self, Ending};
use crate::session::{self, PROGRAM};
use crate::target::{ANALYZERS, scan_options};

pub(crate) fn run(global: &Global, args: &SbomArgs) -> anyhow::Result<Ending> {
    let target = Target::detect(&args.target, args.rev.as_deref())?;
    let output = gw_scan::scan(
        &target,
        ANALYZERS,
        &Limits::default(),
        &scan_options(),
        &gw_scan::Silent,
    )?;
    let scanned = Scanned::new(output, PROGRAM);
    let options = BomOptions {
        spec: match args.spec.as_str() {
            "1.7" => SpecVersion::V1_7,
            _ => SpecVersion::V1_6,
        },
        format: match args.format {
            SbomFormat::CyclonedxJson => cyclonedx::Format::Json,
            SbomFormat::CyclonedxXml => cyclonedx::Format::Xml,
        },
        pretty: true,
        ..scanned.bom_options(session::now(global))
    };
    let document = cyclonedx::to_bytes(&scanned.inventory, &options)?;
    output::write(args.output.as_deref(), &document)?;
    let gaps = &scanned.scan.incomplete;
    for gap in gaps {
        eprintln!(
            "incomplete: {}: {}: {}",
            gap.location, gap.reason, gap.detail
        );
    }
    Ok(if gaps.is_empty() {
        Ending::DONE
    } else {
        let things = output::count(gaps.len(), "thing");
        Ending::new(2, format!("incomplete: {things} could not be listed"))
    })
}
