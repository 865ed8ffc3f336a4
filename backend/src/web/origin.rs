//! From which pages a WebSocket may be opened. Browsers do not apply the same-origin policy to a
//! WebSocket; they tell the origin and leave the rest to the server
//! (<https://www.rfc-editor.org/rfc/rfc6455#section-10.2>).

use axum::http::{HeaderMap, header};

/// Whether the request comes from no page at all, from one of this server, or from one that is
/// allowed.
pub(super) fn is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // Both leave out the port that their scheme implies.
    let is_own = origin.split_once("://").is_some_and(|(_, authority)| {
        host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    });
    is_own || lists(allowed, origin)
}

/// Whether the request comes from a page of an origin that is allowed besides the server's own.
pub(super) fn is_listed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| lists(allowed, origin))
}

fn lists(allowed: &[String], origin: &str) -> bool {
    allowed.iter().any(|item| item.trim_end_matches('/').eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(origin: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("server.example:8080"));
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        is_allowed(&headers, &["https://lab.example/".to_owned()])
    }

    #[test]
    fn own_pages_and_listed_ones_are_allowed() {
        assert!(check("http://server.example:8080"));
        assert!(check("https://SERVER.example:8080"));
        assert!(check("https://lab.example"));
        assert!(is_allowed(&HeaderMap::new(), &[]));
    }

    #[test]
    fn all_others_are_not() {
        for origin in [
            "null",
            "http://server.example",
            "http://server.example:8080.evil.example",
            "https://evil.example",
            "http://lab.example",
        ] {
            assert!(!check(origin), "{origin}");
        }
    }
}
