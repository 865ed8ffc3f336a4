//! The row of what a worker told of a trial on the way to its result.

use sea_orm::entity::prelude::*;

use super::{document, time};
use crate::task::{Error, StepReport};

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

impl TryFrom<Model> for StepReport {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model { task_id: _, number: _, step, measurement, value: _, rung: _, at } = row;
        Ok(Self {
            step,
            measurement: document("report.measurement", &measurement)?,
            at: time("report.at", at)?,
        })
    }
}
