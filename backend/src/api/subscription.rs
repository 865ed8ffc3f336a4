//! Pushed changes.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription as GraphQlSubscription};
use futures_util::{Stream, StreamExt as _, future, stream};

use super::{
    Services,
    cursor::{Cursor as _, EventCursor},
    error::{Result, invalid, refusal},
    execution::Execution,
    inputs::{TaskEventFilter, TaskFilter, id, question},
    operation::StartAfter,
    types::{PointsNeeded, Task, TaskEvent, TaskStatusChanged, ViewChange},
};
use crate::{
    events::{Awaited, Since, Whose},
    store::Line,
    task::{self, Error, EventFilter, EventKind, Invalid, Labels, TaskId},
};

/// What `after` is called at the beginning of the log.
const START: &str = "START";

/// Following changes as they are committed.
#[derive(Debug)]
pub struct Subscription;

/// Following changes as they are committed.
#[GraphQlSubscription]
impl Subscription {
    /// Every move of a task, or of all tasks, in its life, from now on.
    async fn task_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only moves of this task.")] task_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<TaskStatusChanged>> + use<>> {
        let tasks: Option<TaskId> = task_id
            .map(|task| id("taskId", &task))
            .transpose()
            .map_err(|problem| refusal(problem.into()))?;
        let filter = EventFilter {
            tasks: tasks.into_iter().collect(),
            kinds: vec![EventKind::StatusChanged],
            passing: None,
        };
        let events = follow(ctx, Since::Now, filter).await?;
        Ok(events.filter_map(|event| {
            future::ready(match event {
                Ok(TaskEvent::StatusChanged(change)) => Some(Ok(change)),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            })
        }))
    }

    /// Every change, in the order of the log, nothing lost and nothing twice. Keep the `cursor` of the last event seen
    /// and give it as `after` when you come back: you get everything since, then what comes. If the log was compacted
    /// meanwhile and not all of that is kept any more, the answer is the error `CURSOR_EXPIRED`.
    async fn task_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor of the last event seen. \"START\" is the beginning of what is kept; left out, only what comes from now on."
        )]
        after: Option<String>,
        #[graphql(desc = "Which events; all if left out.")] filter: Option<TaskEventFilter>,
        #[graphql(desc = "End after so many events; without it, never.")] first: Option<i32>,
    ) -> Result<impl Stream<Item = Result<TaskEvent>> + use<>> {
        let first = match first.map(usize::try_from) {
            None => usize::MAX,
            Some(Ok(first @ 1..)) => first,
            Some(_) => return Err(invalid("first", Invalid::new("a whole number from 1 on"))),
        };
        let filter = filter.unwrap_or_default().try_into().map_err(|e| invalid("filter", e))?;
        let since = match after.as_deref() {
            None => Since::Now,
            Some(START) => Since::Start,
            Some(cursor) => {
                Since::After(EventCursor::decode(cursor, &EventCursor(0)).map_err(refusal)?.0)
            }
        };
        Ok(follow(ctx, since, filter).await?.take(first))
    }

    /// The tasks that pass a filter, as they come and go: that of a saved view as it is when the subscription begins (changing
    /// or deleting the view later does not matter), or any filter; exactly one of the two is to be given. The first item says
    /// OPENED: read the list then, and follow what comes. Tasks that come to pass are ENTERED; those that cease to pass
    /// are LEFT; of several changes at once only what they have come to is told, so a task that passed for less than a moment may
    /// not be told of. At most 100,000 tasks are watched: of more the answer is the error `VIEW_TOO_LARGE`, at the
    /// beginning or when there come to be more. After an error the subscription ends: begin anew.
    async fn view_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The saved view.")] view_id: Option<ID>,
        #[graphql(desc = "Which tasks.")] filter: Option<TaskFilter>,
    ) -> Result<impl Stream<Item = Result<ViewChange>> + use<>> {
        let Services { store, feed, .. } = ctx.data::<Services>()?;
        let filter = match (view_id, filter) {
            (Some(view), None) => {
                let view = id("viewId", &view).map_err(|problem| refusal(problem.into()))?;
                let found = store.view(view).await.map_err(refusal)?;
                let found = found.ok_or_else(|| refusal(Error::ViewNotFound(view)))?;
                question(&found).map_err(refusal)?.0
            }
            (None, Some(filter)) => filter.try_into().map_err(|e| invalid("filter", e))?,
            (None, None) | (Some(_), Some(_)) => {
                let either = "either `viewId` or `filter` is needed";
                return Err(invalid("viewId", Invalid::new(either)));
            }
        };
        let watched = feed.watch(filter).await.map_err(refusal)?;
        Ok(watched.map(|watched| watched.map(ViewChange).map_err(refusal)))
    }

    /// Tells when there is work: at once if there is some, then each time it appears anew. For workers that would
    /// rather be told than wait in `ask(waitSeconds)`; whoever is told must still `ask`, and another may be faster.
    #[expect(clippy::unused_async, reason = "the library takes only async resolvers")]
    async fn work_available(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only work of this task; left out, of any task in the queue.")]
        task_id: Option<ID>,
        #[graphql(desc = "What the worker can do, at most 32 labels.")] capabilities: Option<
            Vec<String>,
        >,
    ) -> Result<impl Stream<Item = Result<WorkAvailable>> + use<>> {
        let task: Option<TaskId> = task_id
            .map(|task| id("taskId", &task))
            .transpose()
            .map_err(|problem| refusal(problem.into()))?;
        let labels = Labels::new(capabilities.unwrap_or_default())
            .map_err(|e| invalid("capabilities", e))?;
        let Services { store, work, .. } = ctx.data::<Services>()?;
        let awaited = match task {
            Some(task) => Awaited::Task(task),
            None => Awaited::Queue(Line::Trials, labels),
        };
        let store = store.clone();
        Ok(work.wait(awaited).appearances().filter_map(move |task| {
            let store = store.clone();
            async move {
                match store.task(task).await {
                    // A task that has ended has no work; a deleted one is not there.
                    Ok(task) => task.filter(|task| task.work_at().is_some()).map(|task| {
                        Ok(WorkAvailable { task_id: task.id.to_string().into(), task: Task(task) })
                    }),
                    Err(error) => Some(Err(refusal(error))),
                }
            }
        }))
    }

    /// Tells which EXTERNAL tasks need points: at once those that need some, then each time that one needs some anew, or
    /// has lost who was to propose them. For clients that propose points: `claimStrategy`, then `proposeTrials`.
    #[expect(clippy::unused_async, reason = "the library takes only async resolvers")]
    async fn points_needed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this task; left out, every one.")] task_id: Option<ID>,
        #[graphql(desc = "Only tasks that have all of these labels, at most 32.")] labels: Option<
            Vec<String>,
        >,
    ) -> Result<impl Stream<Item = Result<PointsNeeded>> + use<>> {
        let task: Option<TaskId> = task_id
            .map(|task| id("taskId", &task))
            .transpose()
            .map_err(|problem| refusal(problem.into()))?;
        let labels = Labels::new(labels.unwrap_or_default()).map_err(|e| invalid("labels", e))?;
        let Services { store, work, clock, .. } = ctx.data::<Services>()?;
        let awaited = match task {
            Some(task) => Awaited::PointsOf(task, Whose::Anybodys),
            None => Awaited::Points(labels.clone()),
        };
        let (store, clock) = (store.clone(), Arc::clone(clock));
        Ok(work.wait(awaited).appearances().filter_map(move |task| {
            let (store, clock, labels) = (store.clone(), Arc::clone(&clock), labels.clone());
            async move {
                let needed = |task: Option<task::Task>| {
                    let task = task.filter(|task| Line::Points.fits(&task.labels, &labels))?;
                    PointsNeeded::of(task, clock.now())
                };
                store.task(task).await.map(needed).map_err(refusal).transpose()
            }
        }))
    }
}

/// There is something to hand out.
#[derive(Debug, SimpleObject)]
struct WorkAvailable {
    /// The id of the task that has it.
    task_id: ID,
    /// The task.
    task: Task,
}

/// How many events are looked at together where their tasks must pass a filter.
const LOOKED_AT: usize = 200;

async fn follow(
    ctx: &Context<'_>,
    since: Since,
    filter: EventFilter,
) -> Result<impl Stream<Item = Result<TaskEvent>> + use<>> {
    let services = ctx.data::<Services>()?;
    let since = match (since, ctx.data_opt::<StartAfter>()) {
        (Since::Now, Some(&StartAfter(position))) => Since::After(position),
        (since, _) => since,
    };
    if let Since::After(position) = since {
        if position > services.store.log_head().await.map_err(refusal)? {
            return Err(refusal(Error::CursorInvalid));
        }
        services.store.expect_kept(position).await.map_err(refusal)?;
    }
    let passing = filter.passing.clone();
    let filter = EventFilter { passing: None, ..filter };
    let events = services.feed.subscribe(since, filter).await.map_err(refusal)?;
    let store = services.store.clone();
    // Whether tasks pass is looked up for all events that are there.
    let events = events.into_stream().ready_chunks(LOOKED_AT).then(move |some| {
        let (store, passing) = (store.clone(), passing.clone());
        async move {
            let Some(passing) = passing else { return some };
            let events: Vec<_> =
                some.iter().filter_map(|event| event.as_ref().ok().cloned()).collect();
            let failed = some.into_iter().filter(Result::is_err);
            match store.of_passing(&passing, events).await {
                Ok(events) => events.into_iter().map(Ok).chain(failed).collect(),
                Err(error) => vec![Err(error)],
            }
        }
    });
    let events = events.flat_map(stream::iter);
    let execution = ctx.data_opt::<Execution>().cloned();
    Ok(events.map(move |event| {
        if let (Ok(event), Some(execution)) = (&event, &execution) {
            execution.responds_to(event.position);
        }
        event.map(TaskEvent::from).map_err(refusal)
    }))
}
