//! What a scan's target is called, and where it is.

use std::path::Path;

use gw_analysis::Analyzer;
use gw_core::{Asset, Place};
use gw_flow::config::Config;
use gw_model::ModelAnalyzer;
use gw_package::PackageAnalyzer;
use gw_source::Target;

use crate::project::Project;

/// Every analyzer, in order.
pub(crate) const ANALYZERS: &[&dyn Analyzer] =
    &[&PackageAnalyzer, &ModelAnalyzer { weights: false }];

/// How targets are scanned unless flags say otherwise.
pub(crate) fn scan_options() -> gw_scan::Options {
    gw_scan::Options {
        spool: Some(std::env::temp_dir()),
        ..gw_scan::Options::default()
    }
}

/// The asset that a target is, and its place.
pub(crate) struct Named {
    pub(crate) asset: Asset,
    pub(crate) place: Place,
}

/// Names a target: by the flag, the configuration, the origin's address, else the folder.
pub(crate) fn name(
    given: Option<&Asset>,
    config: &Config,
    target: &Target,
    path: &Path,
    project: &Project,
) -> Named {
    let info = project
        .repository
        .as_deref()
        .map(gw_source::git::info)
        .unwrap_or_default();
    let absolute = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let place = match target {
        Target::Commit { rev, .. } => Place::from(format!("rev:{rev}")),
        Target::Folder(_) => match &info.branch {
            Some(branch) => Place::branch(branch),
            None => Place::path(&absolute.display().to_string()),
        },
        Target::Stdin | Target::Bytes { .. } => Place::path("-"),
        Target::File(_) => Place::path(&absolute.display().to_string()),
    };
    let whole = matches!(target, Target::Folder(_) | Target::Commit { .. });
    let asset = given
        .cloned()
        // A configuration names the project's folder, not each file that lies in it.
        .or_else(|| config.asset.clone().filter(|_| whole))
        .or_else(|| {
            let origin = info.origin.as_deref().filter(|_| whole)?;
            let name = origin.split_once("://").map_or(origin, |(_, rest)| rest);
            let name = name.split_once('@').map_or(name, |(_, rest)| rest);
            let inside = project
                .repository
                .as_deref()
                .and_then(|root| absolute.strip_prefix(root).ok())
                .filter(|inside| !inside.as_os_str().is_empty())
                .map(|inside| format!("//{}", inside.display()))
                .unwrap_or_default();
            asset("repo", &format!("{name}{inside}"))
        })
        .or_else(|| {
            let kind = if whole { "repo" } else { "file" };
            asset(kind, &target.name())
        });
    Named {
        asset: asset.unwrap_or_else(unnamed),
        place,
    }
}

/// An asset of a name that may have anything in it.
pub(crate) fn asset(kind: &str, name: &str) -> Option<Asset> {
    let clean: String = name
        .chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() || c == '#' {
                '-'
            } else {
                c
            }
        })
        .take(256)
        .collect();
    Asset::new(kind, &clean).ok()
}

fn unnamed() -> Asset {
    // `-` is a name that every kind may have.
    match Asset::new("file", "-") {
        Ok(asset) => asset,
        Err(_) => unreachable!("`file:-` is an asset"),
    }
}
