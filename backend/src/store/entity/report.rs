//! The row of what a worker told of a trial on the way to its result.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time};
use crate::task::{Error, StepReport, TrialId};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: i64,
    pub measurement: String,
    /// The value of the only objective, to be compared with that of other trials.
    pub value: Option<f64>,
    /// The rung of successive halving that the trial came to with this report.
    pub rung: Option<i64>,
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a report; `value` is that of the only objective.
pub(in crate::store) fn row(
    id: TrialId,
    report: &StepReport,
    value: Option<f64>,
) -> Result<ActiveModel, Error> {
    let StepReport { step, measurement, rung, at } = report;
    Ok(ActiveModel {
        task_id: Set(id.task.uuid()),
        number: Set(id.number),
        step: Set(*step),
        measurement: Set(json(measurement)?),
        value: Set(value),
        rung: Set(*rung),
        at: Set(micros(*at)),
    })
}

impl TryFrom<Model> for StepReport {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model { task_id: _, number: _, step, measurement, value: _, rung, at } = row;
        Ok(Self {
            step,
            measurement: document("report.measurement", &measurement)?,
            rung,
            at: time("report.at", at)?,
        })
    }
}
