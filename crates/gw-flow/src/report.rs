//! A judgement as a report.

use gw_advisory::Index;
use gw_core::Time;
use gw_package::MlModel;
use gw_report::{
    AdvisoryBasis, ConfigBasis, DigestOf, EcosystemBasis, Record, Report, ReportBasis,
    ReportCoverage, ReportGate, ReportIncomplete, ReportModel, ReportSubject, SCHEMA_NAME, Tool,
};

use crate::Judgement;

/// The report of a judgement. `record` says where the ledger has it, if it has.
#[must_use]
pub fn report(judgement: &Judgement, index: &Index, tool: Tool, record: Option<Record>) -> Report {
    let decision = &judgement.decision;
    let needed: Vec<_> = index
        .ecosystems()
        .iter()
        .filter(|info| judgement.packages.contains_key(&info.name))
        .map(|info| info.as_of)
        .collect();
    let as_of: Time = needed.into_iter().min().unwrap_or_else(|| index.as_of());
    Report {
        schema: SCHEMA_NAME.to_owned(),
        tool,
        time: decision.time,
        asset: decision.asset.clone(),
        subject: ReportSubject::from(&decision.subject),
        basis: ReportBasis {
            advisories: AdvisoryBasis {
                digest: decision.basis.advisories,
                as_of,
                ecosystems: index
                    .ecosystems()
                    .iter()
                    .map(|info| EcosystemBasis {
                        name: info.name.clone(),
                        as_of: info.as_of,
                        records: info.records,
                    })
                    .collect(),
            },
            policy: DigestOf {
                digest: decision.basis.policy,
            },
            config: ConfigBasis {
                digest: decision.basis.config,
                from: judgement.circumstances.from.clone(),
                unused: judgement.circumstances.unused.clone(),
            },
        },
        coverage: ReportCoverage {
            files: judgement.coverage.files,
            bytes: judgement.coverage.bytes,
            by_analyzer: judgement.coverage.by_analyzer.clone(),
            packages: judgement.packages.clone(),
            incomplete: judgement
                .incomplete
                .iter()
                .map(|(incomplete, allowed)| ReportIncomplete::new(incomplete, *allowed))
                .collect(),
        },
        models: models(&judgement.models),
        findings: judgement.findings.clone(),
        gate: ReportGate {
            name: decision.gate,
            mode: decision.mode,
            decision: decision.outcome,
            reasons: decision.reasons.clone(),
        },
        record,
    }
}

/// The models as reports list them, in order of their places.
fn models(listed: &[MlModel]) -> Vec<ReportModel> {
    let mut models: Vec<_> = listed
        .iter()
        .map(|model| ReportModel {
            path: model.location.full_path(),
            name: model.name.clone(),
            format: model.format.clone(),
            architecture: model.architecture.clone(),
            parameters: model.parameters,
            signature: None,
        })
        .collect();
    models.sort_by(|a, b| a.path.cmp(&b.path));
    models
}
