//! From sockets to requests: certificates, connections, and their limits.

mod authority;
mod listen;
mod peer;

pub use authority::{Authority, AuthorityError};
pub use listen::ListenError;
pub(crate) use listen::{Listener, Security};
pub(crate) use peer::Peer;
