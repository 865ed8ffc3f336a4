//! Reads by id, gathered: a page of a hundred tasks asks the database once for what they have beside them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{
    dataloader::{DataLoader, HashMapCache, Loader},
    runtime::{TokioSpawner, TokioTimer},
};

use super::{OperationKind, scalar::Document};
use crate::{
    store::{Line, Store},
    task::{
        Aging, Below, Clock, Error, RollUp, StepReport, Task, TaskId, TaskSettings, TaskVersion,
        Trial, TrialId, VersionId, View, ViewId,
    },
};

/// The gatherer of all reads by id of one request.
pub(super) type Gathered = DataLoader<ById, HashMapCache>;

/// Reads by id. Cloning is cheap.
#[derive(Clone)]
pub(super) struct ById {
    store: Store,
    clock: Arc<dyn Clock>,
    aging: Aging,
}

impl ById {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, aging: Aging) -> Self {
        Self { store, clock, aging }
    }

    /// For one request. In a query what is asked for twice is read once; a mutation changes what it has read, and a
    /// subscription goes on while others do.
    pub(super) fn gather(&self, kind: OperationKind) -> Gathered {
        // No wait: what one request resolves together is gathered all the same.
        let (spawner, timer) = (TokioSpawner::current(), TokioTimer::default());
        let gathered =
            DataLoader::with_cache(self.clone(), spawner, timer, HashMapCache::default())
                .delay(Duration::ZERO);
        gathered.enable_all_cache(kind == OperationKind::Query);
        gathered
    }
}

/// The key of a task, deleted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TaskKey(pub(super) TaskId);
/// The key of a task's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SettingsKey(pub(super) TaskId);
/// The key of a task's model state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ModelStateKey(pub(super) TaskId);

/// The key of a trial's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ReportsKey(pub(super) TrialId);
/// The key of what lies below a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RollUpKey(pub(super) Below, pub(super) TaskId);
/// The key of a line of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct QueueKey(pub(super) Line);

impl Loader<ReportsKey> for ById {
    type Value = Arc<Vec<StepReport>>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[ReportsKey],
    ) -> Result<HashMap<ReportsKey, Arc<Vec<StepReport>>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let reports = self.store.reports(&ids).await?;
        Ok(reports.into_iter().map(|(id, some)| (ReportsKey(id), Arc::new(some))).collect())
    }
}

impl Loader<RollUpKey> for ById {
    type Value = RollUp;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[RollUpKey]) -> Result<HashMap<RollUpKey, RollUp>, Arc<Error>> {
        let mut found = HashMap::new();
        for below in [Below::Children, Below::Descendants] {
            let ids: Vec<_> = keys.iter().filter(|key| key.0 == below).map(|key| key.1).collect();
            if !ids.is_empty() {
                let some = self.store.roll_ups(below, &ids).await?;
                found.extend(some.into_iter().map(|(id, one)| (RollUpKey(below, id), one)));
            }
        }
        Ok(found)
    }
}

impl Loader<QueueKey> for ById {
    /// The place of each task, from 1.
    type Value = Arc<HashMap<TaskId, i64>>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[QueueKey],
    ) -> Result<HashMap<QueueKey, Arc<HashMap<TaskId, i64>>>, Arc<Error>> {
        let mut lines = HashMap::new();
        for key in keys {
            let queue = self.store.queue(key.0, self.clock.now(), self.aging).await?;
            lines.insert(*key, Arc::new(queue.into_iter().zip(1..).collect()));
        }
        Ok(lines)
    }
}

impl Loader<TaskKey> for ById {
    type Value = Task;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[TaskKey]) -> Result<HashMap<TaskKey, Task>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let tasks = self.store.tasks(&ids).await?;
        Ok(tasks.into_iter().map(|(id, task)| (TaskKey(id), task)).collect())
    }
}

impl Loader<SettingsKey> for ById {
    type Value = Arc<TaskSettings>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[SettingsKey],
    ) -> Result<HashMap<SettingsKey, Arc<TaskSettings>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let settings = self.store.settings(&ids).await?;
        Ok(settings.into_iter().map(|(id, one)| (SettingsKey(id), Arc::new(one))).collect())
    }
}

impl Loader<ModelStateKey> for ById {
    /// As it is written in a response: all who ask for it share it.
    type Value = Document;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[ModelStateKey],
    ) -> Result<HashMap<ModelStateKey, Document>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let states = self.store.model_states(&ids).await?;
        Ok(states
            .into_iter()
            .map(|(id, state)| (ModelStateKey(id), Document::of(&state)))
            .collect())
    }
}

impl Loader<VersionId> for ById {
    type Value = TaskVersion;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[VersionId],
    ) -> Result<HashMap<VersionId, TaskVersion>, Arc<Error>> {
        Ok(self.store.versions(keys).await?)
    }
}

impl Loader<TrialId> for ById {
    type Value = Trial;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[TrialId]) -> Result<HashMap<TrialId, Trial>, Arc<Error>> {
        Ok(self.store.trials(keys).await?)
    }
}

impl Loader<ViewId> for ById {
    type Value = View;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ViewId]) -> Result<HashMap<ViewId, View>, Arc<Error>> {
        Ok(self.store.views(keys).await?)
    }
}
