//! Trials: reading, and the guarded writes. Writers hold the lock of the task.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, ExprTrait as _, Order, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{
    Store, Tx,
    entity::{micros, trial},
    fault,
};
use crate::task::{
    Error, Page, PageRequest, Result, Side, TaskId, Timestamp, Trial, TrialFilter, TrialId,
    TrialNumber, TrialState, WorkerName,
};

/// How many trials one INSERT takes: twelve parameters each, and SQLite allows 32,766.
const TRIALS_PER_INSERT: usize = 1_000;

impl Store {
    /// Some trials, in one query.
    pub async fn trials(&self, ids: &[TrialId]) -> Result<HashMap<TrialId, Trial>> {
        let mut numbers: HashMap<TaskId, Vec<TrialNumber>> = HashMap::new();
        for id in ids {
            numbers.entry(id.task).or_default().push(id.number);
        }
        let condition = numbers.into_iter().fold(Condition::any(), |any, (task, numbers)| {
            any.add(trial::Column::TaskId.eq(task.uuid()).and(trial::Column::Number.is_in(numbers)))
        });
        trial::Entity::find()
            .filter(condition)
            .all(&self.reader)
            .await
            .map_err(fault)?
            .into_iter()
            .map(|row| Trial::try_from(row).map(|trial| (trial.id, trial)))
            .collect()
    }

    /// A page of a task's trials, by number.
    pub async fn list_trials(
        &self,
        task: TaskId,
        filter: &TrialFilter,
        page: &PageRequest<TrialNumber>,
    ) -> Result<Page<Trial>> {
        let TrialFilter { states, origins } = filter;
        let mut condition = Condition::all().add(trial::Column::TaskId.eq(task.uuid()));
        if !states.is_empty() {
            condition =
                condition.add(trial::Column::State.is_in(states.iter().map(|s| s.as_str())));
        }
        if !origins.is_empty() {
            condition =
                condition.add(trial::Column::Origin.is_in(origins.iter().map(|o| o.as_str())));
        }
        if let Some(after) = page.after {
            condition = condition.add(trial::Column::Number.gt(after));
        }
        if let Some(before) = page.before {
            condition = condition.add(trial::Column::Number.lt(before));
        }
        let order = match page.side {
            Side::First => Order::Asc,
            Side::Last => Order::Desc,
        };
        let rows = trial::Entity::find()
            .filter(condition)
            .order_by(trial::Column::Number, order)
            .limit(page.limit + 1)
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let trials = rows.into_iter().map(Trial::try_from).collect::<Result<_>>()?;
        Ok(Page::of(page, trials))
    }
}

impl Tx {
    /// One trial of a task that this transaction has locked.
    pub async fn trial(&mut self, id: TrialId) -> Result<Trial> {
        trial::Entity::find_by_id((id.task.uuid(), id.number))
            .one(self.connection())
            .await
            .map_err(fault)?
            .ok_or(Error::TrialNotFound(id))?
            .try_into()
    }

    /// Adds trials.
    pub async fn insert_trials(&mut self, trials: &[Trial]) -> Result<()> {
        let rows = trials.iter().map(trial::row).collect::<Result<Vec<_>>>()?;
        for chunk in rows.chunks(TRIALS_PER_INSERT) {
            trial::Entity::insert_many(chunk.to_vec())
                .exec_without_returning(self.writing())
                .await
                .map_err(fault)?;
        }
        Ok(())
    }

    /// Hands out the waiting trials that come first, at most `count`, and gives them as they are now.
    pub async fn take_waiting_trials(
        &mut self,
        task: TaskId,
        count: u64,
        worker: Option<&WorkerName>,
        at: Timestamp,
    ) -> Result<Vec<Trial>> {
        let first = trial::Entity::find()
            .select_only()
            .column(trial::Column::Number)
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::State.eq(TrialState::Waiting.as_str()))
            .order_by_asc(trial::Column::Number)
            .limit(count);
        let rows = trial::Entity::update_many()
            .col_expr(trial::Column::State, Expr::val(TrialState::Running.as_str()))
            .col_expr(trial::Column::StartedAt, Expr::val(micros(at)))
            .col_expr(trial::Column::Worker, Expr::val(worker.map(WorkerName::as_str)))
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::Number.in_subquery(sea_orm::QueryTrait::into_query(first)))
            .exec_with_returning(self.writing())
            .await
            .map_err(fault)?;
        let mut trials = rows.into_iter().map(Trial::try_from).collect::<Result<Vec<_>>>()?;
        // RETURNING promises no order.
        trials.sort_by_key(|trial| trial.id.number);
        Ok(trials)
    }

    /// Gives up the trials that nobody has, and says which.
    pub async fn abandon_waiting_trials(
        &mut self,
        task: TaskId,
        at: Timestamp,
    ) -> Result<Vec<TrialNumber>> {
        let rows = trial::Entity::update_many()
            .col_expr(trial::Column::State, Expr::val(TrialState::Abandoned.as_str()))
            .col_expr(trial::Column::FinishedAt, Expr::val(micros(at)))
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::State.eq(TrialState::Waiting.as_str()))
            .exec_with_returning(self.writing())
            .await
            .map_err(fault)?;
        let mut numbers: Vec<_> = rows.into_iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Writes a trial that comes from state `from`.
    pub async fn update_trial(&mut self, trial: &Trial, from: TrialState) -> Result<()> {
        let updated = trial::Entity::update_many()
            .set(trial::row(trial)?)
            .filter(trial::Column::TaskId.eq(trial.id.task.uuid()))
            .filter(trial::Column::Number.eq(trial.id.number))
            .filter(trial::Column::State.eq(from.as_str()))
            .exec(self.writing())
            .await
            .map_err(fault)?;
        match updated.rows_affected {
            1 => Ok(()),
            _ => Err(Error::InvalidTrialState { from, to: trial.state }),
        }
    }

    /// Every trial of a task, by number.
    pub async fn all_trials(&mut self, task: TaskId) -> Result<Vec<Trial>> {
        trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .order_by_asc(trial::Column::Number)
            .all(self.connection())
            .await
            .map_err(fault)?
            .into_iter()
            .map(Trial::try_from)
            .collect()
    }
}
