//! The row of a task.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{micros, time, unreadable};
use crate::task::{
    Best, Description, Error, Reason, Task, TaskId, TaskName, TaskStatus, TrialCounts, TrialState,
    fold,
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub name_folded: String,
    pub description: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub version: i64,
    pub sequence: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub trials_waiting: i64,
    pub trials_running: i64,
    pub trials_completed: i64,
    pub trials_failed: i64,
    pub trials_pruned: i64,
    pub trials_infeasible: i64,
    pub trials_abandoned: i64,
    pub best_number: Option<i64>,
    pub best_value: Option<f64>,
    pub proposed: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Task {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model {
            id,
            name,
            name_folded: _,
            description,
            status,
            status_reason,
            version,
            sequence,
            created_at,
            updated_at,
            started_at,
            finished_at,
            deleted_at,
            trials_waiting,
            trials_running,
            trials_completed,
            trials_failed,
            trials_pruned,
            trials_infeasible,
            trials_abandoned,
            best_number,
            best_value,
            proposed,
        } = row;
        let mut trial_counts = TrialCounts::default();
        trial_counts.add(TrialState::Waiting, trials_waiting);
        trial_counts.add(TrialState::Running, trials_running);
        trial_counts.add(TrialState::Completed, trials_completed);
        trial_counts.add(TrialState::Failed, trials_failed);
        trial_counts.add(TrialState::Pruned, trials_pruned);
        trial_counts.add(TrialState::Infeasible, trials_infeasible);
        trial_counts.add(TrialState::Abandoned, trials_abandoned);
        Ok(Self {
            id: TaskId::from(id),
            name: TaskName::new(name).map_err(|e| unreadable("task.name", &e))?,
            description: Description::new(description)
                .map_err(|e| unreadable("task.description", &e))?,
            status: TaskStatus::from_word(&status)
                .ok_or_else(|| unreadable("task.status", &status))?,
            status_reason: status_reason
                .map(Reason::new)
                .transpose()
                .map_err(|e| unreadable("task.status_reason", &e))?,
            version,
            sequence,
            created_at: time("task.created_at", created_at)?,
            updated_at: time("task.updated_at", updated_at)?,
            started_at: started_at.map(|at| time("task.started_at", at)).transpose()?,
            finished_at: finished_at.map(|at| time("task.finished_at", at)).transpose()?,
            deleted_at: deleted_at.map(|at| time("task.deleted_at", at)).transpose()?,
            trial_counts,
            best: best_number.zip(best_value).map(|(number, value)| Best { number, value }),
            proposed,
        })
    }
}

impl From<&Task> for ActiveModel {
    fn from(task: &Task) -> Self {
        let Task {
            id,
            name,
            description,
            status,
            status_reason,
            version,
            sequence,
            created_at,
            updated_at,
            started_at,
            finished_at,
            deleted_at,
            trial_counts,
            best,
            proposed,
        } = task;
        Self {
            id: Set(id.uuid()),
            name: Set(name.as_str().to_owned()),
            name_folded: Set(fold(name.as_str())),
            description: Set(description.as_str().to_owned()),
            status: Set(status.as_str().to_owned()),
            status_reason: Set(status_reason.as_ref().map(|reason| reason.as_str().to_owned())),
            version: Set(*version),
            sequence: Set(*sequence),
            created_at: Set(micros(*created_at)),
            updated_at: Set(micros(*updated_at)),
            started_at: Set(started_at.map(micros)),
            finished_at: Set(finished_at.map(micros)),
            deleted_at: Set(deleted_at.map(micros)),
            trials_waiting: Set(trial_counts.get(TrialState::Waiting)),
            trials_running: Set(trial_counts.get(TrialState::Running)),
            trials_completed: Set(trial_counts.get(TrialState::Completed)),
            trials_failed: Set(trial_counts.get(TrialState::Failed)),
            trials_pruned: Set(trial_counts.get(TrialState::Pruned)),
            trials_infeasible: Set(trial_counts.get(TrialState::Infeasible)),
            trials_abandoned: Set(trial_counts.get(TrialState::Abandoned)),
            best_number: Set(best.map(|best| best.number)),
            best_value: Set(best.map(|best| best.value)),
            proposed: Set(*proposed),
        }
    }
}
