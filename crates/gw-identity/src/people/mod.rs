//! People of a realm, what they are in it, and how they come to be there.
//!
//! What changes something takes a transaction, so that the record of it can be committed with it.

mod erase;
mod link;
mod password;
mod person;
mod roles;
mod throttle;

pub use erase::erase;
pub use link::{
    INVITATION_SECONDS, Invitation, LINK_SECONDS, Redeemed, first_administrator, invite, redeem,
    sign_in_link,
};
pub use password::{PasswordDoor, set_password};
pub(crate) use person::locked;
pub use person::{
    NewPerson, Person, PersonState, by_address, by_federation, create, federate, find, list,
};
pub use roles::{set_address, set_roles, set_state};
pub use throttle::{Attempts, ThrottlePolicy};
