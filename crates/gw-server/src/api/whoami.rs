//! Who is asking.

use axum::Json;
use gw_core::Realm;
use serde::Serialize;

use crate::auth::Caller;

/// Who a request comes from.
#[derive(Debug, Serialize)]
pub(crate) struct Whoami {
    realm: Realm,
    name: String,
}

pub(crate) async fn show(caller: Caller) -> Json<Whoami> {
    Json(Whoami {
        realm: caller.realm,
        name: caller.name,
    })
}
