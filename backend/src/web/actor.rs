//! The actor that a request names, until there are users.

use axum::http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode;

use crate::{
    api::{Response, caller},
    task::Caller,
};

/// The header in which a request names its actor.
const ACTOR: HeaderName = HeaderName::from_static("x-asktell-actor");

/// The caller of a request. The name is UTF-8, either as the bytes of the header or percent-encoded: many clients can send
/// nothing but ASCII there.
pub(super) fn of_headers(headers: &HeaderMap) -> Result<Caller, Response> {
    let mut names = headers.get_all(ACTOR).iter();
    let (name, another) = (names.next(), names.next());
    if another.is_some() {
        return Err(Response::bad_request(
            "There must be one header `X-Asktell-Actor`, not several.",
        ));
    }
    let name = name.map(|name| percent_decode(name.as_bytes()).decode_utf8()).transpose();
    let name = name.map_err(|_| Response::bad_request("The name of the actor is not UTF-8."))?;
    caller(name.as_deref())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn actor(values: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACTOR, HeaderValue::from_bytes(value).unwrap());
        }
        of_headers(&headers).map(|caller| caller.actor.to_string()).ok()
    }

    #[test]
    fn a_name_may_be_percent_encoded() {
        assert_eq!(actor(&[]).as_deref(), Some("anonymous"));
        assert_eq!(actor(&["J\u{fc}rgen".as_bytes()]).as_deref(), Some("J\u{fc}rgen"));
        assert_eq!(actor(&[b"J%C3%BCrgen%20M"]).as_deref(), Some("J\u{fc}rgen M"));
        assert_eq!(actor(&[b"100%"]).as_deref(), Some("100%"));
        assert_eq!(actor(&[b"%FF"]), None);
        assert_eq!(actor(&[b"a%0Ab"]), None);
        assert_eq!(actor(&[b"%61sktell"]), None);
    }

    #[test]
    fn there_is_one_name() {
        assert_eq!(actor(&[b"a", b"b"]), None);
        assert_eq!(actor(&[b"a", b"a"]), None);
    }
}
