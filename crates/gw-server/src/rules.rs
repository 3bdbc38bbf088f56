//! The configuration and policies that an asset is judged by here. They are set in the control
//! plane by people who may; what a change under test says about itself counts for nothing.

use gw_core::{Asset, Realm};
use gw_flow::circumstances::{Circumstances, File};
use gw_flow::store::{Store as _, StoreError};
use gw_store::SqlStore;
use serde::{Deserialize, Serialize};

use crate::app::App;

/// What is set for an asset, or for a whole realm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuleSet {
    /// The text of a `gatewright.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<String>,
    /// Cedar policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policies: Vec<File>,
}

/// For whom rules are set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// For every asset without rules of its own.
    Realm,
    /// For one asset.
    Asset(&'a Asset),
}

impl Scope<'_> {
    /// The name under which the store keeps the rules.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Realm => "rules".to_owned(),
            Self::Asset(asset) => format!("rules/{asset}"),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Realm => "control plane, for all".to_owned(),
            Self::Asset(asset) => format!("control plane, for {asset}"),
        }
    }
}

/// The rules of exactly this scope, if any are set.
pub(crate) async fn get(
    store: &SqlStore,
    realm: &Realm,
    scope: Scope<'_>,
) -> Result<Option<RuleSet>, StoreError> {
    let kept = store.meta(realm, &scope.name()).await?;
    kept.map(|text| serde_json::from_str(&text).map_err(|e| StoreError::Corrupt(e.to_string())))
        .transpose()
}

/// The circumstances under which an asset is judged: its own rules, else the realm's, else the
/// built-in ones.
pub(crate) async fn circumstances(
    app: &App,
    realm: &Realm,
    asset: &Asset,
) -> Result<Circumstances, StoreError> {
    let mut circumstances = Circumstances::built_in(app.flow(realm).principal());
    circumstances.from = "control plane: built in".to_owned();
    for scope in [Scope::Asset(asset), Scope::Realm] {
        if let Some(rules) = get(&app.store, realm, scope).await? {
            circumstances.from = scope.words();
            circumstances.config_text = rules.config;
            circumstances.policies = rules.policies;
            break;
        }
    }
    Ok(circumstances)
}
