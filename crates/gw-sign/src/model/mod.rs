mod differences;
mod hash;
mod sign;
mod verify;

pub use differences::{Change, Differences};
pub use hash::hash_model;
pub use sign::{SignOptions, Signed, sign_model};
pub use verify::{Included, Omitted, VerifiedModel, VerifyOptions, verify_model};
