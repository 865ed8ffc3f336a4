//! Who a request comes from.

use super::Response;
use crate::task::{Actor, Caller};

/// The caller of this name, as the header `X-Asktell-Actor` or the payload of `connection_init`
/// gives it; without one, or with an empty one, the anonymous caller. The name is only a name until
/// there are users.
pub fn caller(name: Option<&str>) -> Result<Caller, Response> {
    let actor = match name.map(str::trim).filter(|name| !name.is_empty()) {
        None => Actor::anonymous(),
        Some(name) => Actor::of_request(name).map_err(|fault| {
            Response::bad_request(format!("The name of the actor is not a valid one: {fault}"))
        })?,
    };
    Ok(Caller { actor, replay: None })
}
