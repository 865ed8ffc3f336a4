//! A subscription in real frames of the graphql-transport-ws protocol.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use crate::within;

/// How long the next frame may take.
const PATIENCE: u64 = 30;
/// How long the next event may take, pings or not, on a machine that has other things to do.
const EVENT: u64 = 120;
const SOON: Duration = Duration::from_millis(500);

/// One subscription on a socket of its own.
#[derive(Debug)]
pub struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How a subscription ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The server said that there is no more.
    Complete,
    /// The server refused the operation, with these errors.
    Error(Value),
    /// The socket was closed with this code.
    Closed(u16),
    /// The connection broke.
    Broken,
}

impl Subscription {
    pub(crate) async fn open(address: &str, query: &str, variables: Value) -> Self {
        let mut request =
            format!("ws://{address}/graphql").into_client_request().expect("a WebSocket request");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let (socket, _) = within(PATIENCE, "the WebSocket", connect_async(request))
            .await
            .expect("the server takes the WebSocket");
        let mut subscription = Self { socket };
        subscription.send(&json!({ "type": "connection_init" })).await;
        let acknowledged = subscription.frame().await.expect("connection_ack");
        assert_eq!(acknowledged["type"], "connection_ack");
        let payload = json!({ "query": query, "variables": variables });
        subscription.send(&json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        subscription
    }

    async fn send(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("the frame is sent");
    }

    /// The next frame with content.
    async fn frame(&mut self) -> Result<Value, End> {
        loop {
            let message = within(PATIENCE, "the next frame", self.socket.next()).await;
            let Some(Ok(message)) = message else { return Err(End::Broken) };
            if let Message::Close(close) = &message {
                // Reading on answers the frame; then the server ends the connection.
                let rest = async { while let Some(Ok(_)) = self.socket.next().await {} };
                within(PATIENCE, "the end of the connection", rest).await;
                return Err(End::Closed(close.as_ref().map_or(1005, |close| close.code.into())));
            }
            // Pings of the WebSocket itself are answered by the library.
            if let Message::Text(text) = message {
                return Ok(serde_json::from_str(&text).expect("frames are JSON"));
            }
        }
    }

    /// The next response of the operation, with or without errors, or how the subscription ended.
    pub async fn next_response(&mut self) -> Result<Value, End> {
        let response = async {
            loop {
                let frame = self.frame().await?;
                match frame["type"].as_str() {
                    Some("next") => return Ok(frame["payload"].clone()),
                    Some("complete") => return Err(End::Complete),
                    Some("error") => return Err(End::Error(frame["payload"].clone())),
                    Some("ping") => self.send(&json!({ "type": "pong" })).await,
                    _ => panic!("an unexpected frame: {frame}"),
                }
            }
        };
        within(EVENT, "the next event", response).await
    }

    /// The data of the next event, or how the subscription ended.
    pub async fn next_or_end(&mut self) -> Result<Value, End> {
        let response = self.next_response().await?;
        assert!(response.get("errors").is_none(), "an event failed: {response}");
        Ok(response["data"].clone())
    }

    /// Whether an event comes soon: one that began without a cursor is known to have begun only when
    /// its first event is there.
    pub async fn comes_soon(&mut self) -> Option<Value> {
        tokio::time::timeout(SOON, self.next()).await.ok()
    }

    /// The data of the next event.
    pub async fn next(&mut self) -> Value {
        self.next_or_end().await.unwrap_or_else(|end| panic!("the subscription ended: {end:?}"))
    }

    /// The next events of a subscription with one root field.
    pub async fn take(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(only_field(&self.next().await));
        }
        events
    }

    /// All events up to the end of a subscription with one root field.
    pub async fn all(mut self) -> (Vec<Value>, End) {
        let mut events = Vec::new();
        loop {
            match self.next_or_end().await {
                Ok(data) => events.push(only_field(&data)),
                Err(end) => return (events, end),
            }
        }
    }
}

fn only_field(data: &Value) -> Value {
    let fields = data.as_object().filter(|fields| fields.len() == 1);
    let field = fields.and_then(|fields| fields.values().next());
    field.unwrap_or_else(|| panic!("one root field expected: {data}")).clone()
}
