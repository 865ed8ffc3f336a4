//! Watching which tasks pass a filter, as long as somebody listens.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::time::Instant;

use super::{Feed, Since};
use crate::{
    store::Store,
    task::{Event, EventFilter, Result, Sighting, TaskFilter, TaskId, Watched, WatchedTasks},
};

/// How many events are looked at together.
const LOOKED_AT: usize = 200;
/// The shortest time between two looks, unless there is more than one can take in: workers make events by
/// the thousand, and every watcher asks the database about them.
const BETWEEN: Duration = Duration::from_millis(20);

impl Feed {
    /// Tells of the tasks that pass a filter: that the watch has begun, then each that comes to pass, that
    /// changes, or that ceases to pass. It ends when the feed stops, and after an error.
    pub async fn watch(
        &self,
        filter: TaskFilter,
    ) -> Result<impl Stream<Item = Result<Watched>> + Send + use<>> {
        // First the end of the log, then the tasks: what happens between is in both, and does no harm.
        let position = self.store.log_head().await?;
        let events = self.subscribe(Since::After(position), EventFilter::default()).await?;
        let passing = self.store.ids_of_tasks(&filter, WatchedTasks::MOST + 1).await?;
        let tasks = WatchedTasks::new(passing)?;
        let events = events.into_stream().ready_chunks(LOOKED_AT).boxed();
        let store = self.store.clone();
        let watch = Watch { store, filter, events, tasks, rests_until: Instant::now() };
        let opened = stream::iter([Ok(Watched { what: Sighting::Opened, position })]);
        let told = stream::unfold(Some(watch), |watch| async {
            let (told, watch) = watch?.next().await?;
            Some((stream::iter(told), watch))
        });
        Ok(opened.chain(told.flatten()))
    }
}

/// A watch under way.
struct Watch {
    store: Store,
    filter: TaskFilter,
    /// All events, as many together as are there.
    events: BoxStream<'static, Vec<Result<Arc<Event>>>>,
    tasks: WatchedTasks,
    /// When it may look again.
    rests_until: Instant,
}

impl Watch {
    /// What the next events have done, and the watch after it; none when the feed stops.
    async fn next(mut self) -> Option<(Vec<Result<Watched>>, Option<Self>)> {
        tokio::time::sleep_until(self.rests_until).await;
        let some = self.events.next().await?;
        if some.len() < LOOKED_AT {
            self.rests_until = Instant::now() + BETWEEN;
        }
        Some(match self.look(some).await {
            Ok((told, watch)) => (told.into_iter().map(Ok).collect(), Some(watch)),
            Err(error) => (vec![Err(error)], None),
        })
    }

    async fn look(self, some: Vec<Result<Arc<Event>>>) -> Result<(Vec<Watched>, Self)> {
        let events = some.into_iter().collect::<Result<Vec<_>>>()?;
        let touched = tasks_of(&events);
        let position = events.last().map_or(0, |event| event.position);
        let moved = events.iter().any(|event| event.change.what.moves_in_tree());
        let Self { store, filter, events, tasks, rests_until } = self;
        let (tasks, seen) = if moved && filter.condition.follows_ancestors() {
            let passing = store.ids_of_tasks(&filter, WatchedTasks::MOST + 1).await?;
            tasks.look_at_all(&touched, passing)?
        } else {
            tasks.look(&touched, &store.passing(&filter, &touched).await?)?
        };
        let told = seen.into_iter().map(|what| Watched { what, position }).collect();
        Ok((told, Self { store, filter, events, tasks, rests_until }))
    }
}

/// The tasks of some events, each once, the first one first.
fn tasks_of(events: &[Arc<Event>]) -> Vec<TaskId> {
    let mut known = HashSet::new();
    let tasks = events.iter().map(|event| event.change.task);
    tasks.filter(|task| known.insert(*task)).collect()
}
