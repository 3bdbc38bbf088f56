use serde::{Deserialize, Serialize};

/// A model moved from one stage of its life to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelStage {
    /// Where it was.
    pub from: Stage,
    /// Where it is now.
    pub to: Stage,
    /// Why.
    pub reason: String,
    /// Who moved it, for people; the signature says who it really was.
    pub by: String,
}

/// A stage of a model's life.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has promoted it yet.
    #[default]
    Candidate,
    /// It is tried out before it serves.
    Staged,
    /// It serves.
    Production,
    /// It must not serve again.
    Retired,
}

impl Stage {
    /// Every stage, in the order of a life.
    pub const ALL: [Self; 4] = [
        Self::Candidate,
        Self::Staged,
        Self::Production,
        Self::Retired,
    ];

    /// The stage's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Staged => "staged",
            Self::Production => "production",
            Self::Retired => "retired",
        }
    }
}
