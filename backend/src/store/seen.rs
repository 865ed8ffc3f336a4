//! Which events are of tasks that passed a filter: as the tasks were at the event, so that it is the same
//! whenever it is asked.

use std::{
    borrow::Borrow,
    collections::{HashMap, hash_map::Entry},
};

use super::{
    Store,
    history::{past, told_at},
    transaction::Transaction,
};
use crate::task::{
    Error, Event, Happening, Lineage, Moment, Position, Result, SeenTask, TaskFilter, TaskId,
    Version,
};

impl Store {
    /// Those of some events whose tasks passed the filter then.
    pub async fn of_passing<E: Borrow<Event>>(
        &self,
        passing: &TaskFilter,
        mut events: Vec<E>,
    ) -> Result<Vec<E>> {
        if events.is_empty() {
            return Ok(events);
        }
        let snapshot = self.snapshot().await?;
        let mut seen = Seen { snapshot, tasks: HashMap::new() };
        let mut passed = Vec::with_capacity(events.len());
        for event in &events {
            passed.push(seen.passed(passing, event.borrow()).await);
        }
        seen.snapshot.roll_back().await;
        let mut passed = passed.into_iter().collect::<Result<Vec<_>>>()?.into_iter();
        events.retain(|_| passed.next().unwrap_or_default());
        Ok(events)
    }
}

/// Tasks as they were, by version; none where a task was purged since.
struct Seen {
    snapshot: Transaction,
    tasks: HashMap<(TaskId, Version), Option<SeenTask>>,
}

impl Seen {
    async fn passed(&mut self, passing: &TaskFilter, event: &Event) -> Result<bool> {
        let (id, version) = (event.change.task, event.change.version);
        let task = match self.tasks.entry((id, version)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let found = match past(&self.snapshot, id, Moment::Version(version)).await {
                    Ok(past) => Some(SeenTask::new(past)?),
                    Err(Error::TaskNotFound(_)) => None,
                    Err(error) => return Err(error),
                };
                place.insert(found)
            }
        };
        let Some(task) = task else { return Ok(false) };
        let ancestors = if passing.condition.follows_ancestors() {
            ancestors(&self.snapshot, task.parent(), event.position).await?
        } else {
            Vec::new()
        };
        Ok(task.passes(passing, &ancestors))
    }
}

/// A parent and what it was a part of at a place in the log.
async fn ancestors(
    snapshot: &Transaction,
    parent: Option<TaskId>,
    position: Position,
) -> Result<Vec<TaskId>> {
    let (mut found, mut next) = (Vec::new(), parent);
    while let Some(id) = next.filter(|_| found.len() < Lineage::MAX) {
        found.push(id);
        let above = told_at(snapshot, id, position).await?;
        let told = above.and_then(|task| task.settings.get(Happening::PARENT).cloned());
        next = told.map(serde_json::from_value).transpose().map_err(Error::storage)?;
    }
    Ok(found)
}
