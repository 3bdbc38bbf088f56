//! What every request and every answer has in common.

mod drain;
mod extract;
mod headers;
mod pace;
mod problem;
mod request_id;

pub(crate) use drain::drain;
pub(crate) use extract::{Json, Query};
pub(crate) use headers::secure;
pub(crate) use pace::{Pace, keep_pace};
pub(crate) use problem::Problem;
pub(crate) use request_id::{RequestId, identify};
