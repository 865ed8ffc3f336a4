//! Bodies of requests: counted while they are read. Large ones are few at a time, and are read, checked and begun
//! apart from the threads that serve everybody.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::StatusCode,
};
use futures_util::StreamExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::{WebState, count::ValueCount, problem::Problem};
use crate::api::{self, Limits, code};

/// Bytes up to which a body is a small one: 64 KiB, read in far less than a millisecond.
pub(super) const SMALL: usize = 64 << 10;

/// Values in a request besides its variables.
const OTHER_VALUES: usize = 1_000;

/// How much of a body over the limit is read and thrown away. A client that is still writing when the connection is
/// closed would find that broken, and not read why.
const DISCARDED: usize = 16 << 20;

/// How long a large body may wait for memory: less than its client may take to send it.
const MEMORY_WAIT: Duration = Duration::from_secs(20);

/// The unit in which memory for bodies is shared out.
const UNIT: usize = 1 << 10;

/// What all large bodies share. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Bodies {
    /// Memory for bodies that are being received: 16 MiB, two of the largest.
    memory: Arc<Semaphore>,
    /// Who is read and begun: one at a time, as its values take more memory than its text.
    lane: Arc<Semaphore>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self {
            memory: Arc::new(Semaphore::new((16 << 20) / UNIT)),
            lane: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Bodies {
    /// Does work on a large request on a thread of its own, in turn. What is given back with it holds up the next one for as
    /// long as it is kept.
    pub(super) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, OwnedSemaphorePermit), Problem> {
        // The semaphore is never closed, and the work does not panic.
        let closed = || Problem::busy("The server ends.");
        let lane = Arc::clone(&self.lane).acquire_owned().await.map_err(|_| closed())?;
        let done = spawn_blocking(move || (work(), lane));
        done.await.map_err(|_| closed())
    }
}

/// A body that has arrived.
pub(super) enum Received {
    Small(Vec<u8>),
    Large(Large),
}

/// A large body that has arrived.
pub(super) struct Large {
    bytes: Vec<u8>,
    memory: OwnedSemaphorePermit,
}

impl Large {
    /// Does work on it in turn.
    pub(super) async fn read<T: Send + 'static>(
        self,
        bodies: &Bodies,
        work: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> Result<(T, OwnedSemaphorePermit), Problem> {
        let Self { bytes, memory } = self;
        let read = bodies.apart(move || work(bytes)).await;
        drop(memory);
        read
    }
}

/// Receives the body of a request.
pub(super) async fn read(state: &WebState, request: Request) -> Result<Received, Problem> {
    let receiving = Receiving::new(state, request.body().size_hint().upper());
    let received = receiving.all_of(request.into_body());
    timeout(state.settings.body_wait, received).await.map_err(|_| {
        let message = "The body did not arrive in time.";
        Problem::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, message)
    })?
}

/// A body on its way.
struct Receiving<'a> {
    limits: &'a Limits,
    bodies: &'a Bodies,
    /// Bytes that it has at most.
    most: usize,
    bytes: Vec<u8>,
    count: ValueCount,
    memory: Option<OwnedSemaphorePermit>,
}

impl<'a> Receiving<'a> {
    fn new(state: &'a WebState, announced: Option<u64>) -> Self {
        let limits = state.graphql.limits();
        let announced = announced.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let most = announced.unwrap_or(limits.body_bytes);
        let (bytes, count) = (Vec::new(), ValueCount::default());
        Self { limits, bodies: &state.bodies, most, bytes, count, memory: None }
    }

    async fn all_of(mut self, body: Body) -> Result<Received, Problem> {
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body broke off."))?;
            if let Err(problem) = self.take(&chunk).await {
                drop(self);
                let mut discarded = 0;
                while let Some(Ok(chunk)) = chunks.next().await {
                    discarded += chunk.len();
                    if discarded > DISCARDED {
                        break;
                    }
                }
                return Err(problem);
            }
        }
        Ok(match self.memory {
            Some(memory) => Received::Large(Large { bytes: self.bytes, memory }),
            None => Received::Small(self.bytes),
        })
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<(), Problem> {
        let limit = self.limits.body_bytes;
        if self.most > limit || self.bytes.len() + chunk.len() > limit {
            return Err(too_large("bodyBytes", limit));
        }
        let most = self.limits.variable_values;
        if self.count.add(chunk) > most + OTHER_VALUES {
            return Err(too_large("variableValues", most));
        }
        if self.memory.is_none() && self.bytes.len() + chunk.len() > SMALL {
            let units = u32::try_from(self.most.div_ceil(UNIT)).unwrap_or(u32::MAX);
            let memory = Arc::clone(&self.bodies.memory).acquire_many_owned(units);
            let Ok(Ok(memory)) = timeout(MEMORY_WAIT, memory).await else {
                return Err(Problem::busy("Too many large requests are under way."));
            };
            self.memory = Some(memory);
            self.bytes.reserve_exact(self.most.saturating_sub(self.bytes.len()));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

fn too_large(limit: &'static str, max: usize) -> Problem {
    let response = api::Response::limit_exceeded(limit, max);
    Problem::from_response(StatusCode::PAYLOAD_TOO_LARGE, &response)
}
