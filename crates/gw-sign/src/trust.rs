use gw_attest::PublicKey;
use gw_attest::certificate::Certificate;

use crate::keyless::KeylessTrust;

/// What a verifier trusts.
#[derive(Debug, Clone)]
pub enum Trust {
    /// One key.
    Key(Box<PublicKey>),
    /// Authorities and those between them and the signer. Only the self-signed ones are anchors,
    /// as with OpenSSL.
    Certificates(Vec<Certificate>),
    /// One identity, vouched for by one issuer, by the authorities and logs of a trust root.
    Keyless(Box<KeylessTrust>),
}
