//! The row of a task's settings.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json};
use crate::task::{Error, TaskId, TaskSettings};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "task_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    pub parameter_space: Option<String>,
    pub objectives: String,
    pub strategy: String,
    pub metadata: String,
    pub constraints: String,
    pub policy: String,
    pub pruning: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::task::Entity",
        from = "Column::TaskId",
        to = "super::task::Column::Id"
    )]
    Task,
}

impl Related<super::task::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Task.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for TaskSettings {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model {
            task_id: _,
            parameter_space,
            objectives,
            strategy,
            metadata,
            constraints,
            policy,
            pruning,
        } = row;
        Ok(Self {
            parameter_space: parameter_space
                .map(|space| document("task_settings.parameter_space", &space))
                .transpose()?,
            objectives: document("task_settings.objectives", &objectives)?,
            strategy: document("task_settings.strategy", &strategy)?,
            metadata: document("task_settings.metadata", &metadata)?,
            constraints: document("task_settings.constraints", &constraints)?,
            policy: document("task_settings.policy", &policy)?,
            pruning: document("task_settings.pruning", &pruning)?,
        })
    }
}

/// The row for the settings of that task.
pub(in crate::store) fn row(id: TaskId, settings: &TaskSettings) -> Result<ActiveModel, Error> {
    let TaskSettings {
        parameter_space,
        objectives,
        strategy,
        metadata,
        constraints,
        policy,
        pruning,
    } = settings;
    Ok(ActiveModel {
        task_id: Set(id.uuid()),
        parameter_space: Set(parameter_space.as_ref().map(json).transpose()?),
        objectives: Set(json(objectives)?),
        strategy: Set(json(strategy)?),
        metadata: Set(json(metadata)?),
        constraints: Set(json(constraints)?),
        policy: Set(json(policy)?),
        pruning: Set(json(pruning)?),
    })
}
