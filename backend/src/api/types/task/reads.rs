//! What several fields of a task read.

use std::sync::Arc;

use async_graphql::Context;

use super::Task;
use crate::{
    api::{
        Services,
        cursor::{EventCursor, TaskCursor, TrialCursor},
        error::{Result, refusal},
        loader::{Gathered, QueueKey, SettingsKey},
        paging::{PageArguments, TaskConnection, TaskEventConnection, TrialConnection, keys},
    },
    store::Line,
    task::{self, EventFilter, TaskOrder, TaskSettings, TrialOrder},
};

impl Task {
    pub(in crate::api) async fn settings(&self, ctx: &Context<'_>) -> Result<Arc<TaskSettings>> {
        let found = ctx.data::<Gathered>()?.load_one(SettingsKey(self.0.id)).await;
        found.map_err(shared)?.ok_or_else(|| "a task without settings".into())
    }

    pub(super) async fn place(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let line = if self.0.claimable() { Line::Tasks } else { Line::Trials };
        let found = ctx.data::<Gathered>()?.load_one(QueueKey(line)).await;
        Ok(found.map_err(shared)?.and_then(|places| places.get(&self.0.id).copied()))
    }

    /// What a space makes of the trials.
    pub(in crate::api) async fn report_on(
        &self,
        ctx: &Context<'_>,
        space: &task::ParameterSpace,
        version: task::Version,
    ) -> Result<task::SpaceReport> {
        let store = &ctx.data::<Services>()?.store;
        let trials = store.tried_points(self.0.id).await.map_err(refusal)?;
        Ok(task::SpaceReport::of(space, version, &trials))
    }

    pub(super) async fn list_trials(
        &self,
        ctx: &Context<'_>,
        filter: task::TrialFilter,
        order: TrialOrder,
        page: PageArguments,
    ) -> Result<TrialConnection> {
        let id = self.0.id;
        let request = keys(page.request(&TrialCursor::any(id, &order))?, |cursor| cursor.place);
        let store = &ctx.data::<Services>()?.store;
        let page = store.list_trials(id, &filter, &order, &request).await.map_err(refusal)?;
        Ok(TrialConnection::of(page, id, &order, filter))
    }
}

/// How many values of a parameter are wanted.
pub(super) fn within_steps(steps: i32, most: usize) -> Result<usize> {
    let wanted = usize::try_from(steps).ok().filter(|steps| (2..=most).contains(steps));
    wanted.ok_or_else(|| {
        let range = format!("a whole number from 2 to {most}");
        refusal(task::Invalid::new(range).at("steps").into())
    })
}

/// A fault that several fields share: the loader gathered their reads.
#[expect(clippy::needless_pass_by_value, reason = "used in map_err")]
pub(in crate::api) fn shared(error: Arc<task::Error>) -> async_graphql::Error {
    refusal(task::Error::storage(error.to_string()))
}

/// A page of tasks.
pub(in crate::api) async fn list_tasks(
    ctx: &Context<'_>,
    filter: task::TaskFilter,
    order: TaskOrder,
    page: &PageArguments,
) -> Result<TaskConnection> {
    let request = keys(page.request(&TaskCursor::any(&order))?, |cursor| cursor.place);
    let store = &ctx.data::<Services>()?.store;
    let page = store.list_tasks(&filter, &order, &request).await.map_err(refusal)?;
    Ok(TaskConnection::of(page, &order, filter))
}

/// A page of the log.
pub(in crate::api) async fn list_events(
    ctx: &Context<'_>,
    filter: &EventFilter,
    page: &PageArguments,
) -> Result<TaskEventConnection> {
    let request = keys(page.request(&EventCursor(0))?, |cursor| cursor.0);
    let store = &ctx.data::<Services>()?.store;
    let page = store.list_events(filter, &request).await.map_err(refusal)?;
    Ok(TaskEventConnection::of(page, |event| EventCursor(event.position)))
}
