//! GraphQL over WebSocket, sub-protocol `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).
//!
//! One task serves one socket. It takes the next response from the operations only when the one
//! before has been written to the network, so a slow client slows its own subscriptions down and
//! buffers nothing.

mod message;
mod operations;

use std::{io, ops::ControlFlow, sync::Arc};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};
use tokio::{
    sync::OwnedSemaphorePermit,
    task::spawn_blocking,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};

use self::{
    message::ClientMessage,
    operations::{Event, Operations},
};
use super::{
    WebState, actor, body::SMALL, count::ValueCount, origin, problem::Problem, stream::Underway,
};
use crate::{
    api::{self, RequestParams, ResponseKind, caller, code},
    task::Caller,
};

const PROTOCOL: &str = "graphql-transport-ws";

/// The library would allocate 128 kB for each socket, used or not.
const READ_BUFFER: usize = 4 << 10;

/// Takes the socket, or says why not.
pub(super) fn accept(state: WebState, upgrade: WebSocketUpgrade, request: &Parts) -> Response {
    let headers = &request.headers;
    if !origin::is_allowed(headers, &state.settings.allowed_origins) {
        return Problem::forbidden("Pages of this origin may not use this server.").into_response();
    }
    let caller = match actor::of_headers(headers) {
        Ok(caller) => caller,
        Err(refusal) => {
            return Problem::from_response(StatusCode::BAD_REQUEST, &refusal).into_response();
        }
    };
    let upgrade = upgrade.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let message = format!("The sub-protocol must be `{PROTOCOL}`.");
        return Problem::new(StatusCode::BAD_REQUEST, code::BAD_REQUEST, message).into_response();
    }
    let limit = state.settings.message_bytes;
    let sockets = state.sockets.clone();
    let upgrade =
        upgrade.read_buffer_size(READ_BUFFER).max_message_size(limit).max_frame_size(limit);
    let underway = request.extensions.get::<Underway>().cloned();
    let mut response = upgrade.on_upgrade(move |socket| {
        let connection = Connection::new(state, socket, caller).run();
        sockets.track_future(async move {
            connection.await;
            drop(underway);
        })
    });
    // Some clients, such as Python's gql, look for `Sec-WebSocket-Protocol` in the very letters that they have sent, which
    // the extensions of the request know.
    response.extensions_mut().extend(request.extensions.clone());
    response
}

/// Why a connection ends.
enum End {
    /// The server closes it.
    Close { code: u16, reason: String },
    /// The client has closed it.
    Closed,
    /// Nobody is there to be told.
    Gone,
}

/// The codes of the protocol, and those of <https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1>.
mod close {
    pub(super) const GOING_AWAY: u16 = 1001;
    pub(super) const TOO_BIG: u16 = 1009;
    pub(super) const INVALID_MESSAGE: u16 = 4400;
    pub(super) const UNAUTHORIZED: u16 = 4401;
    pub(super) const INIT_TIMEOUT: u16 = 4408;
    pub(super) const SUBSCRIBER_EXISTS: u16 = 4409;
    pub(super) const TOO_MANY_INITS: u16 = 4429;
}

type Step = ControlFlow<End>;

fn end(code: u16, reason: impl Into<String>) -> Step {
    Step::Break(End::Close { code, reason: reason.into() })
}

struct Connection {
    state: WebState,
    socket: WebSocket,
    caller: Caller,
    is_acknowledged: bool,
    operations: Operations,
}

impl Connection {
    fn new(state: WebState, socket: WebSocket, caller: Caller) -> Self {
        Self { state, socket, caller, is_acknowledged: false, operations: Operations::default() }
    }

    async fn run(mut self) {
        let wait = self.state.settings.close_wait;
        let end = self.serve().await;
        // Listeners must not go on for a peer that takes its time to say goodbye.
        let Self { mut socket, operations, .. } = self;
        drop(operations);
        if let End::Close { code, reason } = &end {
            let frame = CloseFrame { code: *code, reason: message::shorten(reason).into() };
            if !matches!(timeout(wait, socket.send(Message::Close(Some(frame)))).await, Ok(Ok(())))
            {
                return;
            }
        }
        if !matches!(end, End::Gone) {
            // The connection ends in order only if it is read to its end.
            let rest = async { while matches!(socket.recv().await, Some(Ok(_))) {} };
            let _: Result<(), _> = timeout(wait, rest).await;
        }
    }

    async fn serve(&mut self) -> End {
        let settings = Arc::clone(&self.state.settings);
        let shutdown = self.state.shutdown.clone();
        let mut init_deadline = std::pin::pin!(sleep(settings.init_wait));
        let mut pings =
            interval_at(Instant::now() + settings.ping_interval, settings.ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard_at = Instant::now();
        loop {
            let step = tokio::select! {
                () = shutdown.cancelled() => end(close::GOING_AWAY, "The server is going away"),
                () = &mut init_deadline, if !self.is_acknowledged => {
                    end(close::INIT_TIMEOUT, "Connection initialisation timeout")
                }
                _ = pings.tick() => {
                    if heard_at.elapsed() < settings.silence {
                        self.send(Message::Ping(Bytes::new())).await
                    } else {
                        Step::Break(End::Gone)
                    }
                }
                received = self.socket.recv() => {
                    heard_at = Instant::now();
                    self.on_frame(received).await
                }
                Some((id, event)) = self.operations.next() => self.on_event(&id, event).await,
            };
            if let Step::Break(end) = step {
                return end;
            }
        }
    }

    async fn on_frame(&mut self, received: Option<Result<Message, axum::Error>>) -> Step {
        match received {
            Some(Ok(Message::Text(text))) if text.len() > SMALL => self.on_large(text).await,
            Some(Ok(Message::Text(text))) => match message::parse(&text) {
                Ok(message) => self.on_message(message, None).await,
                Err(reason) => end(close::INVALID_MESSAGE, reason),
            },
            Some(Ok(Message::Binary(_))) => {
                end(close::INVALID_MESSAGE, "Messages must be text frames")
            }
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Step::Continue(()),
            Some(Ok(Message::Close(_))) => Step::Break(End::Closed),
            Some(Err(_)) => {
                let limit = self.state.settings.message_bytes;
                end(close::TOO_BIG, format!("A frame was broken, or a message over {limit} bytes"))
            }
            None => Step::Break(End::Gone),
        }
    }

    /// A large message is read apart, in turn with other large requests.
    async fn on_large(&mut self, text: Utf8Bytes) -> Step {
        let most = self.state.graphql.limits().variable_values;
        let read = move || {
            if ValueCount::default().add(text.as_bytes()) > most {
                return Err((close::TOO_BIG, format!("A message of more than {most} values")));
            }
            message::parse(&text).map_err(|reason| (close::INVALID_MESSAGE, reason))
        };
        match self.state.bodies.apart(read).await {
            Ok((Ok(message), lane)) => self.on_message(message, Some(lane)).await,
            Ok((Err((code, reason)), _)) => end(code, reason),
            Err(_) => end(close::GOING_AWAY, "The server is going away"),
        }
    }

    async fn on_message(
        &mut self,
        message: ClientMessage,
        lane: Option<OwnedSemaphorePermit>,
    ) -> Step {
        match message {
            ClientMessage::ConnectionInit { payload } => self.on_init(&payload).await,
            ClientMessage::Ping => self.say(message::PONG).await,
            ClientMessage::Pong => Step::Continue(()),
            ClientMessage::Subscribe { id, params } => self.on_subscribe(id, params, lane).await,
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Step::Continue(())
            }
        }
    }

    async fn on_init(&mut self, payload: &Map<String, Value>) -> Step {
        if self.is_acknowledged {
            return end(close::TOO_MANY_INITS, "Too many initialisation requests");
        }
        match payload.get("actor") {
            None | Some(Value::Null) => {}
            Some(Value::String(name)) => match caller(Some(name)) {
                Ok(caller) => self.caller = caller,
                Err(_) => return end(close::INVALID_MESSAGE, "`actor` is not a valid name"),
            },
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                return end(close::INVALID_MESSAGE, "`actor` must be a string");
            }
        }
        self.is_acknowledged = true;
        self.say(message::CONNECTION_ACK).await
    }

    async fn on_subscribe(
        &mut self,
        id: String,
        params: RequestParams,
        lane: Option<OwnedSemaphorePermit>,
    ) -> Step {
        if !self.is_acknowledged {
            return end(close::UNAUTHORIZED, "Unauthorized");
        }
        if self.operations.contains(&id) {
            return end(close::SUBSCRIBER_EXISTS, format!("Subscriber for {id} already exists"));
        }
        let most = self.state.settings.operations_per_socket;
        if self.operations.len() >= most {
            let refusal = api::Response::limit_exceeded("operationsPerSocket", most);
            return self.tell(Ok(message::error(&id, &refusal))).await;
        }
        let (graphql, caller) = (self.state.graphql.clone(), self.caller.clone());
        let prepare = move || graphql.prepare(params, caller);
        let operation = match lane {
            None => prepare(),
            Some(lane) => match spawn_blocking(prepare).await {
                Ok(operation) => operation.map(|operation| operation.apart(lane)),
                Err(_) => return end(close::GOING_AWAY, "The server is going away"),
            },
        };
        match operation {
            Ok(operation) => {
                self.operations.start(id, self.state.graphql.stream(operation));
                Step::Continue(())
            }
            Err(refusal) => self.tell(Ok(message::error(&id, &refusal))).await,
        }
    }

    async fn on_event(&mut self, id: &str, event: Event) -> Step {
        match event {
            Event::Response(response) if response.kind() == ResponseKind::Executed => {
                self.tell(message::next(id, response)).await
            }
            // An error ends the operation: no `complete` may follow.
            Event::Response(response) => {
                self.operations.stop(id);
                self.tell(Ok(message::error(id, &response))).await
            }
            Event::End => {
                self.operations.stop(id);
                self.tell(Ok(message::complete(id))).await
            }
        }
    }

    async fn say(&mut self, message: &'static str) -> Step {
        self.send(Message::Text(message.into())).await
    }

    async fn tell(&mut self, message: io::Result<Bytes>) -> Step {
        if let Ok(Ok(text)) = message.map(Utf8Bytes::try_from) {
            return self.send(Message::Text(text)).await;
        }
        tracing::error!("a message could not be written");
        Step::Break(End::Gone)
    }

    /// Returns when the message has been handed to the network. A peer that takes nothing for that
    /// long is given up.
    async fn send(&mut self, message: Message) -> Step {
        match timeout(self.state.settings.write_wait, self.socket.send(message)).await {
            Ok(Ok(())) => Step::Continue(()),
            Ok(Err(_)) | Err(_) => Step::Break(End::Gone),
        }
    }
}
