//! One subscriber's way along the log.

use std::{collections::VecDeque, sync::Arc};

use futures_util::{Stream, stream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::{
    store::Store,
    task::{Error, Event, EventFilter, Position, Result},
};

/// How many events of the past are read at once: what a subscriber holds at most, beside its place
/// in the shared buffer.
const CHUNK: u64 = 200;

/// From where on a subscriber wants the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// What is committed from now on.
    Now,
    /// Everything that is kept.
    Start,
    /// What comes after this position.
    After(Position),
}

/// The events of a subscriber: everything since its position, in the log's order, nothing twice.
#[derive(Debug)]
pub struct EventStream {
    store: Store,
    live: broadcast::Receiver<Arc<Event>>,
    filter: EventFilter,
    stop: CancellationToken,
    /// Everything up to here has been given or does not match.
    position: Position,
    /// Read from the log and not given yet.
    ready: VecDeque<Arc<Event>>,
    /// Whether there may be more in the log than the live feed will bring.
    behind: bool,
    /// Whether something is lost for it: nothing follows on that.
    lost: bool,
}

impl EventStream {
    pub(super) fn new(
        store: Store,
        live: broadcast::Receiver<Arc<Event>>,
        position: Position,
        filter: EventFilter,
        stop: CancellationToken,
    ) -> Self {
        let ready = VecDeque::new();
        Self { store, live, filter, stop, position, ready, behind: true, lost: false }
    }

    /// The next event; none when the feed has stopped. If what would come next was compacted, that is
    /// an error, and the last there is.
    pub async fn next(&mut self) -> Option<Result<Arc<Event>>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if self.lost {
                return None;
            }
            if self.behind {
                if let Err(error) = self.read_log().await {
                    self.lost = matches!(error, Error::CursorExpired);
                    return Some(Err(error));
                }
                continue;
            }
            let received = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                received = self.live.recv() => received,
            };
            match received {
                Ok(event) if event.position <= self.position => {}
                Ok(event) if event.position == self.position + 1 => {
                    self.position = event.position;
                    if self.filter.matches(&event) {
                        return Some(Ok(event));
                    }
                }
                // Something lies between, or this subscriber was too slow: the log has it.
                Ok(_) | Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn read_log(&mut self) -> Result<()> {
        // The head first: what is read below reaches at least so far, matching or not.
        let head = self.store.log_head().await?;
        let events = self.store.events_between(self.position, head, &self.filter, CHUNK).await?;
        self.store.expect_kept(self.position).await?;
        match events.last() {
            Some(last) if events.len() as u64 == CHUNK => self.position = last.position,
            Some(_) | None => {
                self.position = self.position.max(head);
                self.behind = false;
            }
        }
        self.ready = events.into_iter().map(Arc::new).collect();
        Ok(())
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<Arc<Event>>> + Send {
        stream::unfold(self, |mut events| async move {
            events.next().await.map(|event| (event, events))
        })
    }
}
