//! The UI: files that the build put into the binary.

use std::borrow::Cow;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{accept::Accept, problem::Problem};

/// What the frontend's build made; empty when it could not run. A debug build reads the files when
/// asked for them.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct Files;

/// Why there is no UI: written by the build script, empty if it built one.
const MISSING: &str = include_str!(concat!(env!("OUT_DIR"), "/ui_missing.txt"));

/// The page of the application, which has its own idea of what the rest of the address means.
const INDEX: &str = "index.html";

/// The page to write queries in.
const GRAPHIQL: &str = "graphiql.html";

/// Only what comes from this server runs. The editor of GraphiQL starts its workers from blobs, and
/// sets styles by script.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; \
     worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; \
     frame-ancestors 'self'",
);

/// Serves a file, or the application to a browser that navigates.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let message = "There are only files at this address.";
        return Problem::method_not_allowed("GET, HEAD", message).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let path = match path.trim_end_matches('/') {
        "" => INDEX,
        "graphiql" => GRAPHIQL,
        _ => path,
    };
    if let Some(file) = Files::get(path) {
        return respond(path, file, &headers);
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let is_page = path == INDEX || path == GRAPHIQL;
    match Files::get(INDEX) {
        Some(index) if !is_file && Accept::of(&headers).accepts_html() => {
            respond(INDEX, index, &headers)
        }
        None if is_page || !is_file && Accept::of(&headers).accepts_html() => not_built(),
        Some(_) | None => Problem::not_found().into_response(),
    }
}

fn respond(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = etag(&file);
    let mut response = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        ([(header::CONTENT_TYPE, content_type(path))], body).into_response()
    };
    // Vite writes a hash of the content into the names of what it puts here.
    let is_immutable = path.starts_with("assets/");
    let cache_control =
        if is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    answer.insert(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer.insert(header::ETAG, etag);
    }
    response
}

fn content_type(path: &str) -> String {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    if kind.type_() == mime_guess::mime::TEXT {
        return format!("{kind}; charset=utf-8");
    }
    kind.to_string()
}

fn etag(file: &EmbeddedFile) -> String {
    use std::fmt::Write;

    let mut etag = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        // Writing to a string does not fail.
        let _: std::fmt::Result = write!(etag, "{byte:02x}");
    }
    etag + "\""
}

/// <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>: weak comparison, so proxies may have
/// weakened it.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known =
        headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// The API works without the UI; whoever looks for the UI learns how to get it.
fn not_built() -> Response {
    let page = include_str!("ui_missing.html").replace("{reason}", &escape(MISSING));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    ];
    (StatusCode::NOT_FOUND, headers, Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
