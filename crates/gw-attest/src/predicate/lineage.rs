use gw_core::{Asset, Digest, ResourceDescriptor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LINEAGE, PROVENANCE};
use crate::Statement;

/// The annotation of an SLSA dependency that says what sort of input it was: an [`InputKind`].
pub const KIND_ANNOTATION: &str = "https://gatewright.dev/lineage/kind";
/// The annotation of an SLSA dependency that says which asset it is, `dataset:claims`.
pub const ASSET_ANNOTATION: &str = "https://gatewright.dev/lineage/asset";

/// What something was made from, by the word of somebody who did not watch it being made: a model
/// card, an experiment tracker, an OpenLineage event. Whoever ran the step states an SLSA
/// provenance instead, whose dependencies have [`KIND_ANNOTATION`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lineage {
    /// What went into it.
    pub inputs: Vec<LineageInput>,
    /// Whose word it is: `model-card`, `mlflow`, `openlineage`.
    pub source: String,
}

/// One thing that went into another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineageInput {
    /// What sort of thing.
    pub kind: InputKind,
    /// Its name: an asset such as `dataset:claims`, or a name among the things of its kind.
    pub name: String,
    /// Where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Which content it was. Without it, any content of that name may have been meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// What sort of thing an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Data that it was trained, tuned or distilled on.
    Dataset,
    /// A model that it was tuned, merged, quantised or distilled from.
    Model,
    /// Programs that made it.
    Code,
}

impl InputKind {
    /// The kind as statements write it, which is also the kind of asset.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Model => "model",
            Self::Code => "code",
        }
    }

    fn named(text: &str) -> Option<Self> {
        [Self::Dataset, Self::Model, Self::Code]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl LineageInput {
    /// The asset that the name stands for: itself if it is one of this kind, else `kind:name`. None
    /// if no asset can be called so.
    #[must_use]
    pub fn asset(&self) -> Option<Asset> {
        let given: Option<Asset> = self.name.parse().ok();
        given
            .filter(|asset| asset.kind() == self.kind.as_str())
            .or_else(|| Asset::new(self.kind.as_str(), &self.name).ok())
    }
}

/// What a statement says its subject was made from, in order and each once: a [`Lineage`], or an
/// SLSA provenance with annotated dependencies
/// (<https://slsa.dev/spec/v1.1/provenance#resolvedDependencies>). None if it says nothing about
/// that, an error if it cannot be read.
///
/// # Errors
/// What is wrong with the statement, in words.
pub fn inputs_of(statement: &Statement) -> Result<Option<Vec<LineageInput>>, String> {
    let mut inputs = match statement.predicate_type.as_str() {
        LINEAGE => {
            let lineage: Lineage = statement.predicate_as().map_err(|e| e.to_string())?;
            lineage.inputs
        }
        PROVENANCE => {
            let provenance: Slsa = statement.predicate_as().map_err(|e| e.to_string())?;
            let dependencies = provenance.build_definition.resolved_dependencies;
            let annotated = dependencies
                .iter()
                .filter_map(|dependency| {
                    let kind = dependency.annotations.get(KIND_ANNOTATION)?.as_str()?;
                    // An input of a kind that is not followed, such as an environment.
                    Some((InputKind::named(kind), dependency))
                })
                .collect::<Vec<_>>();
            if annotated.is_empty() {
                return Ok(None);
            }
            annotated
                .into_iter()
                .filter_map(|(kind, dependency)| Some(dependency.input(kind?)))
                .collect::<Result<_, _>>()?
        }
        _ => return Ok(None),
    };
    inputs.sort_unstable();
    inputs.dedup();
    Ok(Some(inputs))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Slsa {
    build_definition: BuildDefinition,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition {
    #[serde(default)]
    resolved_dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(flatten)]
    resource: ResourceDescriptor,
    #[serde(default)]
    annotations: serde_json::Map<String, Value>,
}

impl Dependency {
    fn input(&self, kind: InputKind) -> Result<LineageInput, String> {
        let asset = self.annotations.get(ASSET_ANNOTATION);
        let asset = asset.and_then(Value::as_str).map(str::to_owned);
        let name = asset
            .or_else(|| self.resource.name.clone())
            .or_else(|| self.resource.uri.clone())
            .ok_or("a dependency has neither a name nor a uri")?;
        Ok(LineageInput {
            kind,
            name,
            uri: self.resource.uri.clone(),
            digest: self.resource.sha256(),
        })
    }
}

#[cfg(test)]
mod tests {
    use gw_core::{Realm, Time};
    use serde_json::json;

    use super::*;
    use crate::Claim;

    fn statement(predicate_type: &str, predicate: &Value) -> Statement {
        let claim = Claim {
            realm: Realm::local(),
            asset: None,
            issued_at: Time::UNIX_EPOCH,
            expires_at: None,
            supersedes: Vec::new(),
        };
        Statement::new(Vec::new(), predicate_type, predicate, claim).unwrap()
    }

    fn check(predicate_type: &str, predicate: Value, expected: Option<&[(&str, bool)]>) {
        let inputs = inputs_of(&statement(predicate_type, &predicate)).unwrap();
        let names = inputs.map(|inputs| {
            let name = |input: LineageInput| {
                let asset = input.asset().map(|asset| asset.to_string());
                (asset.unwrap_or_default(), input.digest.is_some())
            };
            inputs.into_iter().map(name).collect::<Vec<_>>()
        });
        let expected = expected.map(|list| {
            let owned = list
                .iter()
                .map(|(name, known)| ((*name).to_owned(), *known));
            owned.collect::<Vec<_>>()
        });
        assert_eq!(names, expected, "{predicate}");
    }

    #[test]
    fn inputs_are_read_from_claims_and_from_provenance() {
        let digest = Digest::of(b"x");
        check(
            LINEAGE,
            json!({ "source": "model-card", "inputs": [
                { "kind": "model", "name": "acme/base" },
                { "kind": "dataset", "name": "dataset:claims", "digest": digest.to_string() },
                { "kind": "dataset", "name": "repo:x" },
            ]}),
            Some(&[
                ("dataset:claims", true),
                ("dataset:repo:x", false),
                ("model:acme/base", false),
            ]),
        );
        let dependency = |kind: &str, more: Value| {
            let mut dependency = json!({ "annotations": { KIND_ANNOTATION: kind } });
            for (key, value) in more.as_object().unwrap() {
                dependency[key] = value.clone();
            }
            dependency
        };
        let provenance = |dependencies: Value| {
            json!({
                "buildDefinition": { "resolvedDependencies": dependencies },
                "runDetails": { "builder": { "id": "b" } },
            })
        };
        check(
            PROVENANCE,
            provenance(json!([
                dependency("dataset", json!({ "name": "claims", "digest": { "sha256": digest.to_hex() } })),
                dependency("environment", json!({ "name": "python" })),
                { "uri": "git+https://example.org/x" },
            ])),
            Some(&[("dataset:claims", true)]),
        );
        check(
            PROVENANCE,
            provenance(json!([dependency("environment", json!({}))])),
            Some(&[]),
        );
        // An ordinary build says nothing about lineage.
        check(
            PROVENANCE,
            provenance(json!([{ "uri": "git+https://example.org/x" }])),
            None,
        );
        check("https://example.org/other", json!({}), None);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for (kind, predicate) in [
            (LINEAGE, json!({ "source": "s" })),
            (
                LINEAGE,
                json!({ "source": "s", "inputs": [{ "kind": "dataset" }] }),
            ),
            (
                LINEAGE,
                json!({ "source": "s", "inputs": [{ "kind": "soup", "name": "x" }] }),
            ),
            (
                PROVENANCE,
                json!({ "buildDefinition": { "resolvedDependencies": [
                    { "annotations": { KIND_ANNOTATION: "dataset" } },
                ]}}),
            ),
        ] {
            assert!(
                inputs_of(&statement(kind, &predicate)).is_err(),
                "{predicate}"
            );
        }
    }
}
