//! Speaks GraphQL to a server.

use serde_json::{Value, json};

use crate::{Reply, Subscription};

/// A client of one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    address: String,
    http: reqwest::Client,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), http: reqwest::Client::new() }
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The HTTP address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Gets a page, as a browser does.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(self.url(path)).header("accept", "text/html,*/*;q=0.8");
        request.send().await.expect("the server answers")
    }

    /// Executes a query or a mutation.
    pub async fn graphql(&self, query: &str, variables: Value) -> Reply {
        self.try_graphql(query, variables).await.expect("the server answers")
    }

    /// The same, for when the server may be gone.
    pub async fn try_graphql(&self, query: &str, variables: Value) -> reqwest::Result<Reply> {
        self.send(json!({ "query": query, "variables": variables }).to_string(), None).await
    }

    /// The same on behalf of a named actor.
    pub async fn graphql_as(&self, actor: &str, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.send(body, Some(actor)).await.expect("the server answers")
    }

    /// Sends a body as it is, well-formed or not.
    pub async fn post(&self, body: String) -> Reply {
        self.send(body, None).await.expect("the server answers")
    }

    async fn send(&self, body: String, actor: Option<&str>) -> reqwest::Result<Reply> {
        let mut request = self
            .http
            .post(self.url("/graphql"))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(body);
        if let Some(actor) = actor {
            request = request.header("x-asktell-actor", actor);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        let body = serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("status {status} and no JSON: {text:?}"));
        Ok(Reply { status, body })
    }

    /// Subscribes, on a socket of its own. The protocol does not tell when the server has begun: give
    /// a cursor where nothing may be missed.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Subscription {
        Subscription::open(&self.address, query, variables).await
    }
}
