//! Trials: reading, and the guarded writes. Writers hold the lock of the task.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::{
    Store, Tx,
    entity::{micros, time, trial},
    fault,
};
use crate::task::{
    Error, Page, PageRequest, Result, Side, TaskId, Timestamp, Trial, TrialFilter, TrialId,
    TrialNumber, TrialState,
};

/// How many trials one INSERT takes: twenty parameters each, and SQLite allows 32,766.
const TRIALS_PER_INSERT: usize = 1_000;

impl Store {
    /// Some trials, in one query.
    pub async fn trials(&self, ids: &[TrialId]) -> Result<HashMap<TrialId, Trial>> {
        by_id(&self.reader, ids).await
    }

    /// A page of a task's trials, by number.
    pub async fn list_trials(
        &self,
        task: TaskId,
        filter: &TrialFilter,
        page: &PageRequest<TrialNumber>,
    ) -> Result<Page<Trial>> {
        let TrialFilter { states, origins, on_front } = filter;
        let mut condition = Condition::all().add(trial::Column::TaskId.eq(task.uuid()));
        if !states.is_empty() {
            condition =
                condition.add(trial::Column::State.is_in(states.iter().map(|s| s.as_str())));
        }
        if !origins.is_empty() {
            condition =
                condition.add(trial::Column::Origin.is_in(origins.iter().map(|o| o.as_str())));
        }
        if *on_front {
            condition = condition.add(trial::Column::OnFront.eq(true));
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

    /// The WAITING trials of a task that may be handed out now, by number, at most `count`.
    pub async fn waiting_trials(
        &mut self,
        task: TaskId,
        count: u64,
        only_returned: bool,
        now: Timestamp,
    ) -> Result<Vec<Trial>> {
        let mut waiting = of_state(task, TrialState::Waiting).filter(
            Condition::any()
                .add(trial::Column::AvailableAt.is_null())
                .add(trial::Column::AvailableAt.lte(micros(now))),
        );
        if only_returned {
            waiting = waiting.filter(trial::Column::LeaseToken.gt(0));
        }
        self.read_trials(waiting.limit(count)).await
    }

    /// When the first of the trials that wait for their next attempt may be handed out.
    pub async fn next_available(&mut self, task: TaskId) -> Result<Option<Timestamp>> {
        let at: Option<Option<i64>> = trial::Entity::find()
            .select_only()
            .column_as(trial::Column::AvailableAt.min(), "at")
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::State.eq(TrialState::Waiting.as_str()))
            .into_tuple()
            .one(self.connection())
            .await
            .map_err(fault)?;
        at.flatten().map(|at| time("trial.available_at", at)).transpose()
    }

    /// Every WAITING trial of a task, by number.
    pub async fn all_waiting_trials(&mut self, task: TaskId) -> Result<Vec<Trial>> {
        self.read_trials(of_state(task, TrialState::Waiting)).await
    }

    /// The trials on a task's Pareto front, by number.
    pub async fn front_trials(&mut self, task: TaskId) -> Result<Vec<Trial>> {
        let front = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::OnFront.eq(true))
            .order_by_asc(trial::Column::Number);
        self.read_trials(front).await
    }

    async fn read_trials(&mut self, query: Select<trial::Entity>) -> Result<Vec<Trial>> {
        let rows = query.all(self.connection()).await.map_err(fault)?;
        rows.into_iter().map(Trial::try_from).collect()
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
        let all = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .order_by_asc(trial::Column::Number);
        self.read_trials(all).await
    }
}

fn of_state(task: TaskId, state: TrialState) -> Select<trial::Entity> {
    trial::Entity::find()
        .filter(trial::Column::TaskId.eq(task.uuid()))
        .filter(trial::Column::State.eq(state.as_str()))
        .order_by_asc(trial::Column::Number)
}

/// Some trials, in one query.
pub(super) async fn by_id(
    connection: &impl ConnectionTrait,
    ids: &[TrialId],
) -> Result<HashMap<TrialId, Trial>> {
    let mut numbers: HashMap<TaskId, Vec<TrialNumber>> = HashMap::new();
    for id in ids {
        numbers.entry(id.task).or_default().push(id.number);
    }
    let condition = numbers.into_iter().fold(Condition::any(), |any, (task, numbers)| {
        any.add(trial::Column::TaskId.eq(task.uuid()).and(trial::Column::Number.is_in(numbers)))
    });
    trial::Entity::find()
        .filter(condition)
        .all(connection)
        .await
        .map_err(fault)?
        .into_iter()
        .map(|row| Trial::try_from(row).map(|trial| (trial.id, trial)))
        .collect()
}
