//! One reader of the log per process, for all subscribers.

use std::{sync::Arc, time::Duration};

use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::{EventStream, Since, across};
use crate::{
    store::Store,
    task::{Event, EventFilter, Position, Result},
};

/// How many events a subscriber may be behind before it must go back to the log.
const BUFFER: usize = 1_024;
/// How many events are read at once.
const CHUNK: u64 = 500;
/// How long a commit of another process (an import, another server whose NOTIFY was lost) may stay
/// unseen.
const LOOK: Duration = Duration::from_millis(400);

/// The live feed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Feed {
    pub(super) store: Store,
    sender: broadcast::Sender<Arc<Event>>,
    elsewhere: watch::Sender<u64>,
    stop: CancellationToken,
}

impl Feed {
    /// Begins to follow the log of that store, until `stop`.
    #[must_use]
    pub fn start(store: Store, stop: CancellationToken) -> Self {
        let feed = Self {
            store,
            sender: broadcast::Sender::new(BUFFER),
            elsewhere: watch::Sender::new(0),
            stop,
        };
        tokio::spawn(feed.clone().follow());
        feed
    }

    /// The events from there on that match the filter. The stream ends when the feed stops.
    pub async fn subscribe(&self, since: Since, filter: EventFilter) -> Result<EventStream> {
        // First listen, then look where the log ends: what is committed between is in both.
        let live = self.sender.subscribe();
        let position = match since {
            Since::Now => self.store.log_head().await?,
            Since::Start => self.store.log_start().await?,
            Since::After(position) => position,
        };
        Ok(EventStream::new(self.store.clone(), live, position, filter, self.stop.clone()))
    }

    /// Told after commits of other servers.
    pub(super) fn elsewhere(&self) -> watch::Receiver<u64> {
        self.elsewhere.subscribe()
    }

    async fn follow(self) {
        let mut commits = self.store.commits();
        let mut others = across::Wake::start(&self.store, self.stop.clone());
        let mut position = None;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = commits.changed() => {}
                () = others.woken() => self.elsewhere.send_modify(|times| *times += 1),
                () = tokio::time::sleep(LOOK) => {}
            }
            // Without subscribers there is nobody to tell; the next one starts from the log.
            if self.sender.receiver_count() == 0 {
                position = None;
                continue;
            }
            match self.publish(position).await {
                Ok(at) => position = Some(at),
                Err(error) => {
                    tracing::warn!(error = ?error, "the feed could not read the log; it will try again");
                }
            }
        }
    }

    /// Sends on what has been committed since, and says how far that goes.
    async fn publish(&self, since: Option<Position>) -> Result<Position> {
        let head = self.store.log_head().await?;
        // The first look tells of the latest event: a subscriber that has not seen what lies before it
        // notices the gap and reads the log.
        let mut position = since.unwrap_or(head - 1);
        while position < head {
            let events =
                self.store.events_between(position, head, &EventFilter::default(), CHUNK).await?;
            // A purge leaves holes, and what was compacted is not read; past the last one there is nothing more up to the head.
            position = match events.last() {
                Some(last) if events.len() as u64 == CHUNK => last.position,
                Some(_) | None => head,
            };
            for event in events {
                // An error means that the last subscriber has left.
                let _ = self.sender.send(Arc::new(event));
            }
        }
        Ok(position)
    }
}
