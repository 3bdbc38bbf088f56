//! Everything that talks to the network on request.
//!
//! Nothing here runs unless the user asks for it. [`update`] gets new advisories; [`import`] takes
//! them from files instead, for machines without a network. [`ControlPlane`] sends statements to a
//! server; [`RemoteLog`] reads a ledger that a server shows.

mod client;
mod control_plane;
mod download;
mod remote_log;
mod state;
mod update;

pub use client::NetworkOptions;
pub use control_plane::{ControlPlane, ControlPlaneError, Identity, SentScan};
pub use gw_advisory::store::{Change, StoreError, import};
pub use remote_log::{RemoteLog, RemoteLogError};
pub use update::{FetchError, Progress, UpdateOptions, UpdateReport, update};
