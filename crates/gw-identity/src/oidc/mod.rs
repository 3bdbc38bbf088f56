//! Single sign-on with OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core
//! 1.0, RFC 7636, RFC 9207, RFC 9700).

pub mod attempts;
mod issuer;
mod provider;
mod roles;

pub use issuer::{Issuer, IssuerError, Metadata};
pub use provider::{Attempt, Callback, Federated, Provider, ProviderConfig, SignInError, Started};
pub use roles::{RoleMapping, RoleRule};
