//! The API as the demo's worker calls it.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// Why a call gave no data.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// The server refused it, with this code.
    #[error("the server answered {0}")]
    Code(String),
    /// The server could not be reached.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

pub(super) struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    pub(super) fn new(mut server: SocketAddr) -> anyhow::Result<Self> {
        // A server that listens everywhere is reached on the loopback address.
        if server.ip().is_unspecified() {
            server.set_ip(match server {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("x-asktell-actor", reqwest::header::HeaderValue::from_static(super::WORKER));
        let http = reqwest::Client::builder().default_headers(headers).no_proxy().build()?;
        Ok(Self { http, url: format!("http://{server}/graphql") })
    }

    /// Calls a mutation with its one input.
    pub(super) async fn mutate(
        &self,
        name: &str,
        input_type: &str,
        selection: &str,
        input: Value,
    ) -> Result<Value, Refused> {
        let document = format!(
            "mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {selection} }} }}"
        );
        let mut data = self.query(&document, json!({"input": input})).await?;
        Ok(data[name].take())
    }

    /// The data that a document gives.
    pub(super) async fn query(&self, document: &str, variables: Value) -> Result<Value, Refused> {
        let body = json!({"query": document, "variables": variables});
        let mut answer: Value = self.http.post(&self.url).json(&body).send().await?.json().await?;
        if let Some(error) = answer["errors"].get(0) {
            let code = error["extensions"]["code"].as_str().unwrap_or("an error without a code");
            return Err(Refused::Code(code.to_owned()));
        }
        Ok(answer["data"].take())
    }
}
