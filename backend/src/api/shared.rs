//! Equal subscriptions are executed once: a thousand pages that follow the same thing get the same bytes, not a thousand
//! executions of the same document.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{Stream, StreamExt as _};
use tokio::sync::broadcast;

use super::{RequestParams, Response};
use crate::task::Position;

/// How many events a subscriber may be behind before it is served by an execution of its own, from the log.
const BUFFER: usize = 1_024;

/// A response to an event.
pub(super) struct Frame {
    pub(super) response: Response,
    /// The place of the event in the log; none of what is no response to an event, such as a refusal.
    pub(super) position: Option<Position>,
}

/// What makes subscriptions equal. The caller is no part of it: what happens does not depend on who listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    query: String,
    operation: Option<String>,
    variables: String,
}

impl Key {
    pub(super) fn of(params: &RequestParams) -> Self {
        Self {
            query: params.query.clone(),
            operation: params.operation_name.clone(),
            variables: serde_json::Value::Object(params.variables.clone()).to_string(),
        }
    }
}

type Frames = broadcast::Sender<Arc<Frame>>;

/// The subscriptions that are executed for several subscribers. Cloning is cheap.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<Mutex<HashMap<Key, Frames>>>);

impl Shared {
    /// Joins those who have the same subscription, or begins it.
    pub(super) fn join<S>(
        &self,
        key: Key,
        begin: impl FnOnce() -> S,
    ) -> broadcast::Receiver<Arc<Frame>>
    where
        S: Stream<Item = Frame> + Send + 'static,
    {
        let mut open = self.open();
        if let Some(frames) = open.get(&key) {
            return frames.subscribe();
        }
        let (frames, receiver) = broadcast::channel(BUFFER);
        open.insert(key.clone(), frames.clone());
        tokio::spawn(self.clone().run(key, frames, Box::pin(begin())));
        receiver
    }

    /// Passes responses on until there are no more, or nobody is left.
    async fn run(self, key: Key, frames: Frames, mut responses: impl Stream<Item = Frame> + Unpin) {
        loop {
            let is_over = tokio::select! {
                next = responses.next() => match next {
                    // An error means that the last subscriber has left.
                    Some(frame) => {
                        let _ = frames.send(Arc::new(frame));
                        false
                    }
                    None => true,
                },
                () = frames.closed() => false,
            };
            let mut open = self.open();
            // Who joins does so under the same lock.
            if is_over || frames.receiver_count() == 0 {
                open.remove(&key);
                return;
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Key, Frames>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn key(query: &str) -> Key {
        Key::of(&RequestParams { query: query.to_owned(), ..RequestParams::default() })
    }

    fn frames(count: i64) -> impl Stream<Item = Frame> + Send + 'static {
        stream::iter((1..=count).map(|position| Frame {
            response: Response::bad_request("a response"),
            position: Some(position),
        }))
    }

    #[tokio::test]
    async fn equal_subscriptions_are_executed_once() {
        let shared = Shared::default();
        let mut one = shared.join(key("a"), || frames(3));
        let mut two = shared.join(key("a"), || -> stream::Empty<Frame> { panic!("it runs") });
        for receiver in [&mut one, &mut two] {
            for position in 1..=3 {
                assert_eq!(receiver.recv().await.unwrap().position, Some(position));
            }
            assert!(receiver.recv().await.is_err(), "all see the end");
        }
        assert!(shared.open().is_empty());
    }

    #[tokio::test]
    async fn one_that_nobody_follows_ends() {
        let shared = Shared::default();
        let one = shared.join(key("a"), stream::pending::<Frame>);
        let other = shared.join(key("b"), stream::pending::<Frame>);
        assert_eq!(shared.open().len(), 2);
        drop(one);
        while shared.open().len() > 1 {
            tokio::task::yield_now().await;
        }
        assert!(shared.open().contains_key(&key("b")));
        drop(other);
    }
}
