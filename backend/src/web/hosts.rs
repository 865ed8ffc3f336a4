//! By which names the server may be called. A page of another site that makes its own name point to this machine (DNS
//! rebinding) is for the browser of the same origin as the server; only the header `Host` tells the two apart.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{WebState, origin, problem::Problem};

/// A name by which the server may be called besides its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedHost {
    /// Any name at all.
    Any,
    /// This name or address.
    Exactly(String),
    /// Every name that ends with this, which begins with a dot.
    Below(String),
}

impl FromStr for AllowedHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let name = text.strip_prefix("*.").unwrap_or(text);
        let wrong = || format!("a name without scheme and port, such as lab.example, not {text:?}");
        // An IPv6 address needs brackets in an authority.
        let bracketed = format!("[{name}]");
        let name = if name.parse::<std::net::Ipv6Addr>().is_ok() { &*bracketed } else { name };
        let authority = Authority::from_str(name).map_err(|_| wrong())?;
        let host = authority.host();
        if host.is_empty() || host != name || host.contains('*') {
            return Err(wrong());
        }
        let host = folded(host);
        Ok(if text.starts_with("*.") {
            Self::Below(format!(".{host}"))
        } else {
            Self::Exactly(host)
        })
    }
}

/// The address of the server's end of the connection, in the extensions of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalAddress(pub(super) IpAddr);

/// The names of the server.
#[derive(Debug, Clone)]
pub struct Hosts {
    listen: IpAddr,
    allowed: Arc<[AllowedHost]>,
}

impl Hosts {
    /// Loopback names, the address that the server listens on, and these.
    #[must_use]
    pub fn new(listen: SocketAddr, allowed: &[AllowedHost]) -> Self {
        Self { listen: listen.ip(), allowed: allowed.into() }
    }

    /// Whether the server may be called so by a connection to this address of it.
    fn allows(&self, host: &str, local: Option<LocalAddress>) -> bool {
        let host = folded(host);
        let is_own = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => {
                let address = address.to_canonical();
                let is_local = local.is_some_and(|local| local.0.to_canonical() == address);
                address.is_loopback()
                    || address == self.listen.to_canonical()
                    // It listens on all addresses: this is the one it was found at.
                    || self.listen.is_unspecified() && is_local
            }
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        is_own
            || self.allowed.iter().any(|allowed| match allowed {
                AllowedHost::Any => true,
                AllowedHost::Exactly(name) => *name == host,
                AllowedHost::Below(end) => host.len() > end.len() && host.ends_with(&**end),
            })
    }
}

/// Names are compared in lower case and without the dot of the root.
fn folded(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// The name that a request calls the server by.
fn called(uri: &Uri, headers: &HeaderMap) -> Result<Authority, Problem> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad_request(
                "A request must have one header `Host`, not several.",
            ));
        }
        (Some(host), None) => {
            let host = std::str::from_utf8(host.as_bytes()).ok();
            let host = host.and_then(|host| Authority::from_str(host).ok());
            // A host has no user.
            let host = host.filter(|host| !host.host().is_empty() && !host.as_str().contains('@'));
            Some(host.ok_or_else(|| Problem::bad_request("The header `Host` cannot be read."))?)
        }
        (None, _) => None,
    };
    // The target of the request goes before the header: in HTTP/2 there is often no other.
    let target = uri.authority().cloned();
    target.or(host).ok_or_else(|| Problem::bad_request("A request must have a header `Host`."))
}

/// Refuses requests that call the server by a name that is not its own.
pub(super) async fn guard(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let authority = match called(request.uri(), request.headers()) {
        Ok(authority) => authority,
        Err(problem) => return problem.into_response(),
    };
    let local = request.extensions().get::<LocalAddress>().copied();
    // Load balancers call by addresses of their own, and learn nothing but whether the server is well.
    let is_probe = request.uri().path() == super::HEALTH;
    if is_probe || state.settings.hosts.allows(authority.host(), local) {
        return next.run(request).await;
    }
    let message = format!(
        "This server is not called {:?}. If it should be, start it with --allow-host {}.",
        authority.host(),
        authority.host()
    );
    Problem::misdirected(message).into_response()
}

/// Refuses requests to the API that a page of another site makes: <https://www.w3.org/TR/fetch-metadata/>. Links from
/// elsewhere to the page of this server are another matter.
pub(super) async fn guard_api(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_cross_site = sites.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site"));
    if is_cross_site && !origin::is_listed(headers, &state.settings.allowed_origins) {
        return Problem::forbidden("Pages of other sites may not use this server.").into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn hosts(listen: &str, allowed: &[&str]) -> Hosts {
        let allowed: Vec<_> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        Hosts::new(listen.parse().unwrap(), &allowed)
    }

    fn local(address: &str) -> LocalAddress {
        LocalAddress(address.parse().unwrap())
    }

    #[test]
    fn loopback_names_and_the_address_are_the_servers_own() {
        let hosts = hosts("192.0.2.7:8080", &[]);
        for name in [
            "localhost",
            "LOCALHOST.",
            "page.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "192.0.2.7",
        ] {
            assert!(hosts.allows(name, Some(local("192.0.2.7"))), "{name}");
        }
        for name in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.8",
            "0.0.0.0",
            "",
        ] {
            assert!(!hosts.allows(name, Some(local("192.0.2.7"))), "{name}");
        }
    }

    #[test]
    fn on_all_addresses_it_is_called_by_the_one_it_was_found_at() {
        let hosts = hosts("0.0.0.0:8080", &[]);
        assert!(hosts.allows("192.0.2.7", Some(local("192.0.2.7"))));
        assert!(hosts.allows("192.0.2.7", Some(local("::ffff:192.0.2.7"))));
        assert!(!hosts.allows("192.0.2.8", Some(local("192.0.2.7"))));
        assert!(!hosts.allows("lab.example", Some(local("192.0.2.7"))));
    }

    #[test]
    fn other_names_are_allowed_by_the_operator() {
        let hosts = hosts("127.0.0.1:8080", &["Lab.example", "*.lab.example", "2001:db8::1"]);
        for name in ["lab.example", "LAB.example.", "a.b.lab.example", "[2001:db8::1]"] {
            assert!(hosts.allows(name, None), "{name}");
        }
        for name in ["evillab.example", ".lab.example", "lab.example.evil.example"] {
            assert!(!hosts.allows(name, None), "{name}");
        }
        assert!(self::hosts("127.0.0.1:1", &["*"]).allows("evil.example", None));
    }

    #[test]
    fn a_name_has_no_scheme_and_no_port() {
        for text in
            ["", "*.", "http://lab.example", "lab.example:80", "a@b", "*lab.example", "a.*.b"]
        {
            assert!(text.parse::<AllowedHost>().is_err(), "{text}");
        }
    }

    #[test]
    fn there_is_exactly_one_host() {
        let check = |target: &str, hosts: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, HeaderValue::from_static(host));
            }
            called(&target.parse().unwrap(), &headers).map(|called| called.host().to_owned()).ok()
        };
        assert_eq!(check("/graphql", &["a.example:80"]).as_deref(), Some("a.example"));
        assert_eq!(check("http://b.example/graphql", &["a.example"]).as_deref(), Some("b.example"));
        assert_eq!(check("http://b.example/graphql", &[]).as_deref(), Some("b.example"));
        for wrong in
            [&[][..], &["a.example", "a.example"], &[""], &["u@a.example"], &["a b"], &["a/b"]]
        {
            assert_eq!(check("/graphql", wrong), None, "{wrong:?}");
        }
    }
}
