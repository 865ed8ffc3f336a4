//! What workers tell of trials on the way to their results.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::OnConflict,
};

use super::{Store, Tx, entity::report, fault};
use crate::task::{Direction, Objectives, Result, StepReport, TaskId, TrialId, TrialNumber};

impl Store {
    /// The reports of some trials, by step.
    pub async fn reports(&self, ids: &[TrialId]) -> Result<HashMap<TrialId, Vec<StepReport>>> {
        let mut numbers: HashMap<TaskId, Vec<TrialNumber>> = HashMap::new();
        for id in ids {
            numbers.entry(id.task).or_default().push(id.number);
        }
        let mut found: HashMap<TrialId, Vec<StepReport>> = HashMap::new();
        for (task, numbers) in numbers {
            let rows = report::Entity::find()
                .filter(report::Column::TaskId.eq(task.uuid()))
                .filter(report::Column::Number.is_in(numbers))
                .order_by_asc(report::Column::Number)
                .order_by_asc(report::Column::Step)
                .all(&self.reader)
                .await
                .map_err(fault)?;
            for row in rows {
                let id = TrialId { task, number: row.number };
                found.entry(id).or_default().push(row.try_into()?);
            }
        }
        Ok(found)
    }
}

/// The values of other trials that a report is compared with, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Those at this step.
    Step(i64),
    /// Those at this rung.
    Rung(i64),
}

impl Tx {
    /// Writes a report; one of the same step is replaced, but for the rung that it had come to.
    pub async fn put_report(
        &mut self,
        id: TrialId,
        told: &StepReport,
        value: Option<f64>,
    ) -> Result<()> {
        report::Entity::insert(report::row(id, told, value)?)
            .on_conflict(
                OnConflict::columns([
                    report::Column::TaskId,
                    report::Column::Number,
                    report::Column::Step,
                ])
                .update_columns([
                    report::Column::Measurement,
                    report::Column::Value,
                    report::Column::At,
                ])
                .to_owned(),
            )
            .exec_without_returning(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }

    /// Writes the reports of a task that comes from a file.
    pub async fn insert_reports(
        &mut self,
        task: TaskId,
        objectives: &Objectives,
        reports: &BTreeMap<TrialNumber, Vec<StepReport>>,
    ) -> Result<()> {
        // They refer to rows that are only noted so far.
        let connection = self.writing().await?;
        for (number, reports) in reports {
            let id = TrialId { task, number: *number };
            let value = |report: &StepReport| {
                let objective = objectives.single()?;
                report.measurement.values.get(&objective.name).copied()
            };
            let rows = reports.iter().map(|report| report::row(id, report, value(report)));
            let rows = rows.collect::<Result<Vec<_>>>()?;
            for chunk in rows.chunks(1_000) {
                report::Entity::insert_many(chunk.to_vec())
                    .exec_without_returning(connection)
                    .await
                    .map_err(fault)?;
            }
        }
        Ok(())
    }

    /// The highest rung that a trial has come to.
    pub async fn highest_rung(&mut self, id: TrialId) -> Result<Option<i64>> {
        let row = report::Entity::find()
            .filter(report::Column::TaskId.eq(id.task.uuid()))
            .filter(report::Column::Number.eq(id.number))
            .filter(report::Column::Rung.is_not_null())
            .order_by_desc(report::Column::Rung)
            .one(self.connection())
            .await
            .map_err(fault)?;
        Ok(row.and_then(|row| row.rung))
    }

    /// The best value that a trial has reported.
    pub async fn best_report(&mut self, id: TrialId, direction: Direction) -> Result<Option<f64>> {
        let rows = report::Entity::find()
            .filter(report::Column::TaskId.eq(id.task.uuid()))
            .filter(report::Column::Number.eq(id.number))
            .filter(report::Column::Value.is_not_null());
        let rows = match direction {
            Direction::Minimize => rows.order_by_asc(report::Column::Value),
            Direction::Maximize => rows.order_by_desc(report::Column::Value),
        };
        Ok(rows.one(self.connection()).await.map_err(fault)?.and_then(|row| row.value))
    }

    /// How many other trials have reported there.
    pub async fn count_reports(&mut self, id: TrialId, compared: Compared) -> Result<u64> {
        others(id, compared).count(self.connection()).await.map_err(fault)
    }

    /// How many other trials have reported something better there.
    pub async fn count_better(
        &mut self,
        id: TrialId,
        compared: Compared,
        value: f64,
        direction: Direction,
    ) -> Result<u64> {
        let better = match direction {
            Direction::Minimize => report::Column::Value.lt(value),
            Direction::Maximize => report::Column::Value.gt(value),
        };
        others(id, compared).filter(better).count(self.connection()).await.map_err(fault)
    }

    /// The value at that place among the other trials', from 0, lowest first.
    pub async fn value_at(
        &mut self,
        id: TrialId,
        compared: Compared,
        place: u64,
    ) -> Result<Option<f64>> {
        let row = others(id, compared)
            .order_by_asc(report::Column::Value)
            .offset(place)
            .limit(1)
            .one(self.connection())
            .await
            .map_err(fault)?;
        Ok(row.and_then(|row| row.value))
    }
}

fn others(id: TrialId, compared: Compared) -> sea_orm::Select<report::Entity> {
    let of_task = report::Entity::find()
        .filter(report::Column::TaskId.eq(id.task.uuid()))
        .filter(report::Column::Number.ne(id.number))
        .filter(report::Column::Value.is_not_null());
    match compared {
        Compared::Step(step) => of_task.filter(report::Column::Step.eq(step)),
        Compared::Rung(rung) => of_task.filter(report::Column::Rung.eq(rung)),
    }
}
