//! Who asks, and whether they may.

mod caller;
mod cookie;
mod forms;
mod keys;

pub(crate) use caller::Caller;
pub(crate) use cookie::Cookie;
pub(crate) use forms::own_forms_only;
pub(crate) use keys::open_ring;

pub(crate) use gw_identity::access::Action;
