//! What somebody says goes into a step and comes out of it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::predicate::InputKind;
use gw_core::{Asset, Subject};
use gw_source::{Limits, Target};

use super::kinds;

/// A thing that a step is given or makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The asset, if it was given a name.
    pub(crate) asset: Option<Asset>,
    /// What sort of thing it is.
    pub(crate) kind: InputKind,
    /// The path or address as it was given.
    pub(crate) given: String,
}

impl Declared {
    /// What a flag says: `PATH`, `NAME=PATH` or `KIND:NAME=PATH`. `usual` is the kind of a name
    /// without one.
    ///
    /// # Errors
    /// If the name is none.
    pub(crate) fn parse(text: &str, usual: InputKind) -> anyhow::Result<Self> {
        // A file may have anything in its name.
        let named = text
            .split_once('=')
            .filter(|(name, _)| !name.contains('/') && !Path::new(text).exists());
        let Some((name, given)) = named else {
            if text.is_empty() {
                bail!("a path is expected");
            }
            let kind = if Path::new(text).is_dir() {
                usual
            } else {
                kinds::of(Path::new(text))
            };
            return Ok(Self {
                asset: None,
                kind,
                given: text.to_owned(),
            });
        };
        if given.is_empty() {
            bail!("`{text}` has no path behind the name");
        }
        let (asset, kind) = match name.parse::<Asset>() {
            Ok(asset) => {
                let kinds = [InputKind::Dataset, InputKind::Model, InputKind::Code];
                let kind = kinds.into_iter().find(|kind| kind.as_str() == asset.kind());
                (asset, kind.unwrap_or(usual))
            }
            Err(_) => {
                let asset = Asset::new(usual.as_str(), name)
                    .with_context(|| format!("`{name}` is no name for an asset"))?;
                (asset, usual)
            }
        };
        Ok(Self {
            asset: Some(asset),
            kind,
            given: given.to_owned(),
        })
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        self.asset
            .as_ref()
            .map_or(&self.given, |asset| asset.name())
    }

    /// Whether it is somewhere else, so that its content is not known here.
    pub(crate) fn is_remote(&self) -> bool {
        self.given.contains("://")
    }

    /// Its absolute path without links.
    ///
    /// # Errors
    /// If it is not there.
    pub(crate) fn path(&self) -> anyhow::Result<PathBuf> {
        std::fs::canonicalize(&self.given).with_context(|| format!("cannot read {}", self.given))
    }

    /// Its content, named as a scan names it.
    ///
    /// # Errors
    /// If it cannot be read as a whole.
    pub(crate) fn subject(&self) -> anyhow::Result<Subject> {
        subject_of(Path::new(&self.given))
    }
}

/// The content of a file or folder, named as a scan names it.
///
/// # Errors
/// If something of it cannot be read: its digest would not be that of its content.
pub(crate) fn subject_of(path: &Path) -> anyhow::Result<Subject> {
    let target = Target::detect(path, None)?;
    let options = gw_scan::Options {
        open_archives: false,
        ..gw_scan::Options::default()
    };
    let output = gw_scan::scan(&target, &[], &Limits::default(), &options, &gw_scan::Silent)?;
    if let Some(gap) = output
        .incomplete
        .iter()
        .find(|gap| gap.location.inside.is_empty())
    {
        bail!("cannot read {}: {}", gap.location, gap.detail);
    }
    Ok(output.subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_are_told() {
        let check = |text: &str, asset: Option<&str>, kind, given: &str| {
            let expected = Declared {
                asset: asset.map(|asset| asset.parse().unwrap()),
                kind,
                given: given.to_owned(),
            };
            let parsed = Declared::parse(text, InputKind::Dataset).unwrap();
            assert_eq!(parsed, expected, "{text}");
        };
        use InputKind::{Code, Dataset, Model};
        check(
            "dataset:claims=data/",
            Some("dataset:claims"),
            Dataset,
            "data/",
        );
        check("model:base=hf://a/b", Some("model:base"), Model, "hf://a/b");
        check("claims=data", Some("dataset:claims"), Dataset, "data");
        check("code:app=.", Some("code:app"), Code, ".");
        check("base.gguf", None, Model, "base.gguf");
        check("data/x=1/part.csv", None, Dataset, "data/x=1/part.csv");
        check("service:x=a", Some("service:x"), Dataset, "a");
        for bad in ["", "x=", "a b=c"] {
            assert!(Declared::parse(bad, Dataset).is_err(), "{bad}");
        }
    }
}
