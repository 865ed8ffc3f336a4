//! A page in a browser on the same machine must not use the server without the user's knowledge: by making a name of its own
//! point here (DNS rebinding), or by requests from another site.

use asktell_tests::{App, Client, Db, RawConnection, RawResponse};
use serde_json::json;

async fn send(client: &Client, request: &str) -> RawResponse {
    let mut socket = RawConnection::open(client).await;
    socket.send(request).await.expect("the request is sent");
    socket.response().await
}

async fn get(client: &Client, path: &str, headers: &str) -> RawResponse {
    send(client, &format!("GET {path} HTTP/1.1\r\n{headers}\r\n")).await
}

async fn post(client: &Client, headers: &str) -> RawResponse {
    let body = r#"{"query":"{__typename}"}"#;
    let length = body.len();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    send(client, &request).await
}

const QUERY: &str = "/graphql?query=%7B__typename%7D";

#[tokio::test]
async fn a_server_answers_to_its_own_names_only() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let own = ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "page.localhost", app.address()];
    // A forwarded port is another one.
    for own in own.into_iter().chain(["localhost:9", "127.0.0.1:9", "[::1]:9"]) {
        let response = get(&app, QUERY, &format!("Host: {own}\r\n")).await;
        assert_eq!(response.status, 200, "{own}: {response:?}");
    }
    for other in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "0.0.0.0",
        "192.0.2.1",
    ] {
        for path in [QUERY, "/", "/graphiql", "/assets/x.js"] {
            let response = get(&app, path, &format!("Host: {other}\r\n")).await;
            assert_eq!(
                (response.status, &*response.code()),
                (421, "MISDIRECTED_REQUEST"),
                "{other} {path}"
            );
        }
        let absolute = format!("http://{other}{QUERY}");
        assert_eq!(get(&app, &absolute, "Host: localhost\r\n").await.status, 421, "{absolute}");
        let response = get(&app, "/healthz", &format!("Host: {other}\r\n")).await;
        assert_eq!(response.status, 200, "load balancers use addresses of their own");
    }
}

#[tokio::test]
async fn the_operator_allows_other_names() {
    let hosts = ["--allow-host", "lab.example,*.lab.example", "--allow-host", "192.0.2.1"];
    let Some(app) = App::start_with(Db::Memory, &hosts).await else { return };
    for allowed in ["lab.example", "Lab.Example:8443", "a.lab.example", "192.0.2.1:80", "localhost"]
    {
        let response = get(&app, QUERY, &format!("Host: {allowed}\r\n")).await;
        assert_eq!(response.status, 200, "{allowed}: {response:?}");
    }
    assert_eq!(get(&app, QUERY, "Host: evillab.example\r\n").await.status, 421);
}

#[tokio::test]
async fn a_request_has_exactly_one_host() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for headers in [
        "",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host:\r\n",
        "Host: a b\r\n",
        "Host: user@localhost\r\n",
    ] {
        for path in [QUERY, "/", "/healthz"] {
            let response = get(&app, path, headers).await;
            assert_eq!((response.status, &*response.code()), (400, "BAD_REQUEST"), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_sites_reach_the_page_but_not_the_api() {
    let origin = ["--allow-origin", "https://lab.example"];
    let Some(app) = App::start_with(Db::Memory, &origin).await else { return };
    let cross = "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n";
    for site in ["same-origin", "same-site", "none"] {
        assert_eq!(post(&app, &format!("Sec-Fetch-Site: {site}\r\n")).await.status, 200, "{site}");
    }
    let refused = post(&app, "Sec-Fetch-Site: cross-site\r\n").await;
    assert_eq!((refused.status, &*refused.code()), (403, "FORBIDDEN"));
    assert_eq!(get(&app, QUERY, cross).await.status, 403);
    let stream = format!("{cross}Accept: text/event-stream\r\n");
    assert_eq!(get(&app, QUERY, &stream).await.status, 403);
    // A link from elsewhere leads to the page.
    let navigates = "Sec-Fetch-Mode: navigate\r\nAccept: text/html\r\n";
    let linked = get(&app, "/", &format!("{cross}{navigates}")).await;
    let typed = get(&app, "/", &format!("Host: localhost\r\n{navigates}")).await;
    assert_eq!(linked.status, typed.status);
    // A socket from an origin that is allowed, and from one that is not.
    let socket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n";
    for (origin, status) in [("https://lab.example", 101), ("https://evil.example", 403)] {
        let headers = format!("{cross}{socket}Origin: {origin}\r\n");
        assert_eq!(get(&app, "/graphql", &headers).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn a_packed_body_is_refused_in_words() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for coding in ["gzip", "br", "deflate, identity", "nonsense"] {
        let response = post(&app, &format!("Content-Encoding: {coding}\r\n")).await;
        assert_eq!(
            (response.status, &*response.code()),
            (415, "UNSUPPORTED_MEDIA_TYPE"),
            "{coding}"
        );
        assert!(response.head.to_lowercase().contains("accept-encoding: identity"), "{response:?}");
    }
    let plain = post(&app, "Content-Encoding: identity\r\n").await;
    assert_eq!(plain.json()["data"], json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn the_letters_of_the_sub_protocols_header_are_the_clients() {
    let Some(app) = App::start(Db::Memory).await else { return };
    for name in ["Sec-WebSocket-Protocol", "sec-websocket-protocol", "Sec-Websocket-Protocol"] {
        let headers = format!(
            "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{name}: graphql-transport-ws\r\n"
        );
        let response = get(&app, "/graphql", &headers).await;
        assert_eq!(response.status, 101);
        assert!(
            response.head.contains(&format!("\r\n{name}: graphql-transport-ws\r\n")),
            "{response:?}"
        );
    }
}
