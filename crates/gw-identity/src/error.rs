use gw_core::Time;
use gw_flow::store::StoreError;

use crate::access::CallerError;
use crate::password::PasswordError;
use crate::random::RandomnessError;
use crate::service_token::TokenError;
use crate::webauthn::WebauthnError;

/// Something about people, sessions or tokens that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody of this id in the realm.
    #[error("there is no such person in this realm")]
    NoSuchPerson,
    /// No token, session or passkey of this id.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// An address that somebody of the realm has.
    #[error("somebody in this realm has this address already")]
    AddressTaken,
    /// A name or an address that cannot be one.
    #[error("not {0}")]
    Malformed(&'static str),
    /// Nobody would be left to manage people.
    #[error("this would leave the realm without an administrator")]
    LastAdministrator,
    /// There is an administrator, so that the first one is no longer made by a link.
    #[error("this realm has an administrator already")]
    NotTheFirst,
    /// A link that was used, is too old, or never was.
    #[error("this link was used before, is too old, or was never given out")]
    Link,
    /// Too many attempts.
    #[error("too many attempts: wait until {until}")]
    Throttled {
        /// Until when.
        until: Time,
    },
    /// A wrong name or password, without saying which.
    #[error("the name or the password is wrong")]
    Credentials,
    /// A challenge that was answered, is too old, or was sent to another browser.
    #[error("this challenge was answered before, is too old, or was sent to another browser")]
    Challenge,
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The passkey.
    #[error(transparent)]
    Webauthn(#[from] WebauthnError),
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The caller.
    #[error(transparent)]
    Caller(#[from] CallerError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The work of hashing was cut off.
    #[error("the password could not be checked: {0}")]
    Interrupted(String),
}
