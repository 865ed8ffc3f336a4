//! The documents of tasks: settings and model states.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};

use super::{
    Store, Tx,
    entity::{json, model_state, task_settings},
    fault,
};
use crate::task::{Error, JsonValue, Result, TaskId, TaskSettings};

impl Store {
    /// The settings of some tasks, in one query.
    pub async fn settings(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, TaskSettings>> {
        task_settings::Entity::find()
            .filter(task_settings::Column::TaskId.is_in(ids.iter().map(|id| id.uuid())))
            .all(&self.reader)
            .await
            .map_err(fault)?
            .into_iter()
            .map(|row| Ok((TaskId::from(row.task_id), TaskSettings::try_from(row)?)))
            .collect()
    }

    /// The model states of some tasks, in one query.
    pub async fn model_states(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, JsonValue>> {
        model_state::Entity::find()
            .filter(model_state::Column::TaskId.is_in(ids.iter().map(|id| id.uuid())))
            .all(&self.reader)
            .await
            .map_err(fault)?
            .into_iter()
            .map(|row| Ok((TaskId::from(row.task_id), row.document()?)))
            .collect()
    }
}

impl Tx {
    /// The settings of a task that exists.
    pub async fn settings(&mut self, id: TaskId) -> Result<Arc<TaskSettings>> {
        if let Some(settings) = self.unit.settings(id) {
            return Ok(settings);
        }
        let shared = self.shared.clone();
        let remembered = shared.zip(self.unit.task(id)).and_then(|(shared, task)| shared.of(task));
        let settings = match remembered {
            Some(settings) => settings,
            None => Arc::new(
                task_settings::Entity::find_by_id(id.uuid())
                    .one(self.connection())
                    .await
                    .map_err(fault)?
                    .ok_or_else(|| Error::storage(format!("task {id} has no settings")))?
                    .try_into()?,
            ),
        };
        self.unit.put_settings(id, Arc::clone(&settings));
        Ok(settings)
    }

    /// Reads the settings of some tasks together, to be known from here on.
    pub async fn know_settings(&mut self, ids: &[TaskId]) -> Result<()> {
        let unknown: Vec<_> = ids
            .iter()
            .filter(|id| self.unit.settings(**id).is_none())
            .map(|id| id.uuid())
            .collect();
        for some in unknown.chunks(1_000) {
            let rows = task_settings::Entity::find()
                .filter(task_settings::Column::TaskId.is_in(some.iter().copied()))
                .all(self.connection())
                .await
                .map_err(fault)?;
            for row in rows {
                let id = TaskId::from(row.task_id);
                self.unit.put_settings(id, Arc::new(row.try_into()?));
            }
        }
        Ok(())
    }

    /// Replaces the settings of a task; they are written at the end.
    pub async fn update_settings(&mut self, id: TaskId, settings: &TaskSettings) -> Result<()> {
        if let Some(space) = &settings.parameter_space {
            let before = self.settings(id).await?;
            if before.parameter_space.as_ref() != Some(space) {
                self.keep_list(id, space).await?;
            }
        }
        self.unit.change_settings(id, Arc::new(settings.clone()));
        Ok(())
    }

    /// The model state of a task, if it has one.
    pub async fn model_state(&self, id: TaskId) -> Result<Option<JsonValue>> {
        let row = model_state::Entity::find_by_id(id.uuid())
            .one(self.connection())
            .await
            .map_err(fault)?;
        row.map(|row| row.document()).transpose()
    }

    /// Sets or removes the model state of a task.
    pub async fn set_model_state(&mut self, id: TaskId, state: Option<&JsonValue>) -> Result<()> {
        if let Some(state) = state {
            return put_model_state(self.writing_apart(), id, state).await;
        }
        model_state::Entity::delete_by_id(id.uuid())
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }
}

async fn put_model_state(
    connection: &impl ConnectionTrait,
    id: TaskId,
    state: &JsonValue,
) -> Result<()> {
    let row = model_state::ActiveModel { task_id: Set(id.uuid()), state: Set(json(state)?) };
    model_state::Entity::insert(row)
        .on_conflict(
            OnConflict::column(model_state::Column::TaskId)
                .update_column(model_state::Column::State)
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await
        .map_err(fault)?;
    Ok(())
}
