//! Who asks the control plane, and what they may do.
//!
//! People sign in with a passkey ([`webauthn`], [`passkeys`]), through a provider ([`oidc`]) or with a
//! password ([`people::PasswordDoor`]), and then have a [`session`]. Machines have a service token
//! ([`tokens`]) or the token of their CI system ([`ci`]). [`Callers`] says who is behind a session or
//! token, and [`access::AccessPolicies`] what they may do.
//!
//! What an administrator does comes back as [`Recorded`], to be stated in the ledger in the same
//! transaction. Time is always passed in, randomness is the operating system's, and identity providers
//! are reached through [`Fetch`] alone.

pub mod access;
mod cache;
mod callers;
pub mod challenges;
mod change;
pub mod ci;
mod encoding;
mod error;
mod fetch;
pub mod jose;
mod keyring;
pub mod oidc;
pub mod passkeys;
pub mod password;
mod pattern;
pub mod people;
mod random;
mod raw_key;
mod record;
mod secret;
mod service_token;
pub mod session;
pub mod tokens;
pub mod webauthn;

pub use cache::MAX_AGE_MS;
pub use callers::{Bearer, Callers, SignedIn};
pub use change::{CHANNEL, last_change};
pub use error::IdentityError;
pub use fetch::{Fetch, FetchError, FetchRequest, FetchResponse};
pub use keyring::{KeyRing, KeyRingError};
pub use pattern::{Pattern, PatternError};
pub use random::RandomnessError;
pub use record::{Act, Recorded, statement};
pub use secret::Secret;
pub use service_token::{PREFIX, ServiceToken, TokenError};
