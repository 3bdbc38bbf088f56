use gw_attest::{EnvelopeError, KeyError, StatementError};
use gw_core::{Asset, Digest, Place};

use crate::CircumstancesError;
use crate::ledger::TakeUpError;
use crate::store::StoreError;

/// Something on the path from a scan to the ledger that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A statement that cannot be written or read.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// An envelope that proves nothing.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Configuration or policies.
    #[error(transparent)]
    Circumstances(#[from] CircumstancesError),
    /// The advisory index.
    #[error(transparent)]
    Advisories(#[from] gw_advisory::IndexError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] TakeUpError),
    /// What the ledger cannot prove.
    #[error(transparent)]
    Prove(#[from] gw_ledger::ProveError),
    /// A stored inventory that cannot be read.
    #[error("the inventory of {subject} cannot be read: {detail}")]
    Inventory {
        /// Of what.
        subject: Digest,
        /// What is wrong with it.
        detail: String,
    },
    /// Nothing is known of an asset.
    #[error("nothing is known of {asset}: scan it first, or attest something about it")]
    UnknownAsset {
        /// The asset.
        asset: Asset,
    },
    /// An asset is known, but has nothing at this place.
    #[error("{asset} has nothing at {place}; it is at {}", elsewhere.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    NothingThere {
        /// The asset.
        asset: Asset,
        /// The place that was asked for.
        place: Place,
        /// Where it is.
        elsewhere: Vec<Place>,
    },
    /// An asset has contents in several places.
    #[error("{asset} is at {}: say which with --place", list(.places))]
    SeveralPlaces {
        /// The asset.
        asset: Asset,
        /// Where it is.
        places: Vec<Place>,
    },
    /// What was asked for makes no sense.
    #[error("{0}")]
    Invalid(String),
}

fn list(places: &[Place]) -> String {
    let names: Vec<_> = places.iter().map(Place::as_str).collect();
    names.join(", ")
}

impl From<serde_json::Error> for FlowError {
    fn from(error: serde_json::Error) -> Self {
        Self::Invalid(error.to_string())
    }
}
