//! The row of a trial.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time, unreadable};
use crate::task::{
    Error, LeaseTime, Point, Reason, TaskId, Trial, TrialDetails, TrialId, TrialOrigin, TrialState,
    WorkerName,
};

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
    pub executed_point: Option<String>,
    pub measured: String,
    pub failure_reason: Option<String>,
    pub worker: Option<String>,
    pub late: bool,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub details: Option<String>,
    pub lease_token: i64,
    pub lease_expires_at: Option<i64>,
    pub lease_micros: Option<i64>,
    pub available_at: Option<i64>,
    pub told_with: Option<i64>,
    pub excluded: Option<String>,
    pub feasible: Option<bool>,
    pub on_front: bool,
    pub space_version: i64,
    pub in_space: bool,
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
            executed_point,
            measured,
            failure_reason,
            worker,
            late,
            created_at,
            started_at,
            finished_at,
            details,
            lease_token,
            lease_expires_at,
            lease_micros,
            available_at,
            told_with,
            excluded,
            feasible,
            on_front,
            space_version,
            in_space,
        } = row;
        Ok(Self {
            id: TrialId { task: TaskId::from(task_id), number },
            state: TrialState::from_word(&state)
                .ok_or_else(|| unreadable("trial.state", &state))?,
            origin: TrialOrigin::from_word(&origin)
                .ok_or_else(|| unreadable("trial.origin", &origin))?,
            point: document("trial.point", &point)?,
            executed_point: executed_point
                .map(|point| document("trial.executed_point", &point))
                .transpose()?,
            values: document("trial.measured", &measured)?,
            failure_reason: failure_reason
                .map(Reason::new)
                .transpose()
                .map_err(|e| unreadable("trial.failure_reason", &e))?,
            worker: worker
                .map(WorkerName::kept)
                .transpose()
                .map_err(|e| unreadable("trial.worker", &e))?,
            late,
            details: match details {
                Some(details) => document("trial.details", &details)?,
                None => TrialDetails::default(),
            },
            lease_token,
            lease_expires_at: lease_expires_at
                .map(|at| time("trial.lease_expires_at", at))
                .transpose()?,
            lease_time: lease_micros.map(LeaseTime::from_micros),
            available_at: available_at.map(|at| time("trial.available_at", at)).transpose()?,
            told_with,
            excluded: excluded
                .map(Reason::new)
                .transpose()
                .map_err(|e| unreadable("trial.excluded", &e))?,
            feasible,
            on_front,
            space_version,
            in_space,
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
        executed_point,
        values,
        details,
        failure_reason,
        worker,
        late,
        lease_token,
        lease_expires_at,
        lease_time,
        available_at,
        told_with,
        excluded,
        feasible,
        on_front,
        space_version,
        in_space,
        created_at,
        started_at,
        finished_at,
    } = trial;
    if !point.is_finite() || !executed_point.as_ref().is_none_or(Point::is_finite) {
        // JSON has no such numbers: the row could not be read again.
        return Err(Error::storage(format!("trial {id} has a number that is not finite")));
    }
    Ok(ActiveModel {
        task_id: Set(id.task.uuid()),
        number: Set(id.number),
        state: Set(state.as_str().to_owned()),
        origin: Set(origin.as_str().to_owned()),
        point: Set(json(point)?),
        executed_point: Set(executed_point.as_ref().map(json).transpose()?),
        measured: Set(json(values)?),
        failure_reason: Set(failure_reason.as_ref().map(|reason| reason.as_str().to_owned())),
        worker: Set(worker.as_ref().map(|worker| worker.as_str().to_owned())),
        late: Set(*late),
        created_at: Set(micros(*created_at)),
        started_at: Set(started_at.map(micros)),
        finished_at: Set(finished_at.map(micros)),
        details: Set((*details != TrialDetails::default()).then(|| json(details)).transpose()?),
        lease_token: Set(*lease_token),
        lease_expires_at: Set(lease_expires_at.map(micros)),
        lease_micros: Set(lease_time.map(LeaseTime::micros)),
        available_at: Set(available_at.map(micros)),
        told_with: Set(*told_with),
        excluded: Set(excluded.as_ref().map(|reason| reason.as_str().to_owned())),
        feasible: Set(*feasible),
        on_front: Set(*on_front),
        space_version: Set(*space_version),
        in_space: Set(*in_space),
    })
}
