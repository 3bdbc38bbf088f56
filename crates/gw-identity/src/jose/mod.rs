//! JSON Web Signatures, keys and tokens (RFC 7515, 7517, 7519, 8725), for verifying only.
//!
//! Nothing in a token chooses how it is verified. The algorithm must be one that the reader allows,
//! the key must be one that the issuer publishes, and the two must belong together. There is no
//! `none` and no HMAC in [`Algorithm`], so neither can be asked for. Signatures are verified by
//! `gw_attest::PublicKey`, as all others in this program are: `jsonwebtoken` would bring a second
//! implementation of RSA and of the curves, and reads the clock by itself.

mod claims;
mod jwk;
mod jws;

pub use claims::{Audience, ClaimError, Claims, Expected};
pub use jwk::{Jwk, JwkSet, KeySetError};
pub use jws::{Algorithm, Jws, JwsError};

#[cfg(test)]
mod tests;
