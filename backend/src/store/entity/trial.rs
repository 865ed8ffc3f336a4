//! The row of a trial.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time, unreadable};
use crate::task::{Error, Reason, TaskId, Trial, TrialId, TrialOrigin, TrialState, WorkerName};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trial")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub state: String,
    pub origin: String,
    pub point: String,
    pub measured: String,
    pub failure_reason: Option<String>,
    pub worker: Option<String>,
    pub late: bool,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Trial {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model {
            task_id,
            number,
            state,
            origin,
            point,
            measured,
            failure_reason,
            worker,
            late,
            created_at,
            started_at,
            finished_at,
        } = row;
        Ok(Self {
            id: TrialId { task: TaskId::from(task_id), number },
            state: TrialState::from_word(&state)
                .ok_or_else(|| unreadable("trial.state", &state))?,
            origin: TrialOrigin::from_word(&origin)
                .ok_or_else(|| unreadable("trial.origin", &origin))?,
            point: document("trial.point", &point)?,
            values: document("trial.measured", &measured)?,
            failure_reason: failure_reason
                .map(Reason::new)
                .transpose()
                .map_err(|e| unreadable("trial.failure_reason", &e))?,
            worker: worker
                .map(WorkerName::new)
                .transpose()
                .map_err(|e| unreadable("trial.worker", &e))?,
            late,
            created_at: time("trial.created_at", created_at)?,
            started_at: started_at.map(|at| time("trial.started_at", at)).transpose()?,
            finished_at: finished_at.map(|at| time("trial.finished_at", at)).transpose()?,
        })
    }
}

/// The row of a trial.
pub(in crate::store) fn row(trial: &Trial) -> Result<ActiveModel, Error> {
    let Trial {
        id,
        state,
        origin,
        point,
        values,
        failure_reason,
        worker,
        late,
        created_at,
        started_at,
        finished_at,
    } = trial;
    Ok(ActiveModel {
        task_id: Set(id.task.uuid()),
        number: Set(id.number),
        state: Set(state.as_str().to_owned()),
        origin: Set(origin.as_str().to_owned()),
        point: Set(json(point)?),
        measured: Set(json(values)?),
        failure_reason: Set(failure_reason.as_ref().map(|reason| reason.as_str().to_owned())),
        worker: Set(worker.as_ref().map(|worker| worker.as_str().to_owned())),
        late: Set(*late),
        created_at: Set(micros(*created_at)),
        started_at: Set(started_at.map(micros)),
        finished_at: Set(finished_at.map(micros)),
    })
}
