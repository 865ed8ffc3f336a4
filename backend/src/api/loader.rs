//! Reads by id, gathered: a page of a hundred tasks asks the database once for what they have beside them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::{TokioSpawner, TokioTimer},
};

use crate::{
    store::Store,
    task::{Error, JsonValue, Task, TaskId, TaskSettings, Trial, TrialId},
};

/// The gatherer of all reads by id.
pub(super) type Gathered = DataLoader<ById>;

/// Reads by id.
#[derive(Debug)]
pub(super) struct ById(Store);

pub(super) fn loader(store: Store) -> Gathered {
    // No wait: what one request resolves together is gathered all the same.
    DataLoader::new(ById(store), TokioSpawner::current(), TokioTimer::default())
        .delay(Duration::ZERO)
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

impl Loader<TaskKey> for ById {
    type Value = Task;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[TaskKey]) -> Result<HashMap<TaskKey, Task>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let tasks = self.0.tasks(&ids).await?;
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
        let settings = self.0.settings(&ids).await?;
        Ok(settings.into_iter().map(|(id, one)| (SettingsKey(id), Arc::new(one))).collect())
    }
}

impl Loader<ModelStateKey> for ById {
    type Value = JsonValue;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[ModelStateKey],
    ) -> Result<HashMap<ModelStateKey, JsonValue>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let states = self.0.model_states(&ids).await?;
        Ok(states.into_iter().map(|(id, state)| (ModelStateKey(id), state)).collect())
    }
}

impl Loader<TrialId> for ById {
    type Value = Trial;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[TrialId]) -> Result<HashMap<TrialId, Trial>, Arc<Error>> {
        Ok(self.0.trials(keys).await?)
    }
}
