//! Trials: reading, and the guarded writes. Writers hold the lock of the task.

use std::{collections::HashMap, sync::LazyLock};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, ExprTrait as _,
    FromQueryResult as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select, Statement,
};

use super::{
    DatabaseKind, Store, Tx,
    entity::{document, json, micros, task, time, trial, unreadable},
    fault,
    sql::Columns,
    transaction::Transaction,
};
use crate::task::{
    Error, Point, Result, Task, TaskId, Timestamp, Trial, TrialId, TrialNumber, TrialState,
    TriedPoint,
};

impl Store {
    /// Some trials, in one query.
    pub async fn trials(&self, ids: &[TrialId]) -> Result<HashMap<TrialId, Trial>> {
        by_id(&self.reader, ids).await
    }

    /// Every point of a task, with what a space must know to judge its trial.
    pub async fn tried_points(&self, task: TaskId) -> Result<Vec<TriedPoint>> {
        let rows: Vec<TriedRow> = trial::Entity::find()
            .select_only()
            .columns([
                trial::Column::SpaceVersion,
                trial::Column::State,
                trial::Column::Excluded,
                trial::Column::Point,
                trial::Column::ExecutedPoint,
            ])
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .order_by_asc(trial::Column::Number)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let one = |(space_version, state, excluded, planned, executed): TriedRow| {
            Ok(TriedPoint {
                space_version,
                state: TrialState::from_word(&state)
                    .ok_or_else(|| unreadable("trial.state", &state))?,
                excluded: excluded.is_some(),
                point: tried(planned, executed)?,
            })
        };
        rows.into_iter().map(one).collect()
    }
}

impl Tx {
    /// One trial of a task that this transaction has locked.
    pub async fn trial(&mut self, id: TrialId) -> Result<Trial> {
        if let Some(trial) = self.unit.trial(id) {
            return Ok(trial.clone());
        }
        let trial: Trial = trial::Entity::find_by_id((id.task.uuid(), id.number))
            .one(self.connection())
            .await
            .map_err(fault)?
            .ok_or(Error::TrialNotFound(id))?
            .try_into()?;
        self.unit.put_trial(trial.clone());
        Ok(trial)
    }

    /// A trial with its task, for changing, as [`Tx::lock_task`] and [`Tx::trial`] give them.
    pub async fn lock_task_with_trial(&mut self, id: TrialId) -> Result<(Task, Trial)> {
        match self.kind() {
            DatabaseKind::Postgres if self.unit.task(id.task).is_none() => {
                let (task, trial) =
                    read_both(self.connection(), id).await?.ok_or(Error::TrialNotFound(id))?;
                self.unit.put_task(task.clone());
                self.unit.put_trial(trial.clone());
                Ok((task, trial))
            }
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite | DatabaseKind::Postgres => {
                let task = match self.lock_task(id.task).await {
                    Err(Error::TaskNotFound(_)) => return Err(Error::TrialNotFound(id)),
                    found => found?,
                };
                Ok((task, self.trial(id).await?))
            }
        }
    }

    /// Adds trials; they are written at the end.
    #[expect(clippy::unused_async, reason = "callers need not know what is only noted")]
    pub async fn insert_trials(&mut self, trials: &[Trial]) -> Result<()> {
        for trial in trials {
            if self.unit.trial(trial.id).is_some() {
                return Err(Error::storage(format!("there is a trial {} already", trial.id)));
            }
            self.unit.change_trial(trial.clone());
        }
        Ok(())
    }

    /// Number of trials of a task that were planned at a point and wait, are running or have an outcome, without those that are excluded.
    pub async fn times_tried(&mut self, task: TaskId, point: &Point) -> Result<u64> {
        let abandoned = TrialState::Abandoned.as_str();
        trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::Point.eq(json(point)?))
            .filter(trial::Column::State.ne(abandoned))
            .filter(trial::Column::Excluded.is_null())
            .count(self.flushed().await?)
            .await
            .map_err(fault)
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
        // In a group that also tells results, each ask would else write what the others have changed.
        if !self.unit.waiting_rows_are_written(task) {
            self.flushed().await?;
        }
        let rows = waiting.limit(count).all(self.connection()).await.map_err(fault)?;
        self.take_in(rows)
    }

    /// When the first of the trials that wait for their next attempt may be handed out.
    pub async fn next_available(&mut self, task: TaskId) -> Result<Option<Timestamp>> {
        let at: Option<Option<i64>> = trial::Entity::find()
            .select_only()
            .column_as(trial::Column::AvailableAt.min(), "at")
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::State.eq(TrialState::Waiting.as_str()))
            .into_tuple()
            .one(self.flushed().await?)
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

    /// Reads trials, to be known from here on.
    pub(super) async fn read_trials(&mut self, query: Select<trial::Entity>) -> Result<Vec<Trial>> {
        let rows = query.all(self.flushed().await?).await.map_err(fault)?;
        self.take_in(rows)
    }

    /// Takes in rows as they are in the database now.
    pub(super) fn take_in(&mut self, rows: Vec<trial::Model>) -> Result<Vec<Trial>> {
        let trials = rows.into_iter().map(Trial::try_from).collect::<Result<Vec<_>>>()?;
        for trial in &trials {
            self.unit.put_trial(trial.clone());
        }
        Ok(trials)
    }

    /// Changes a trial that comes from state `from`; it is written at the end.
    pub async fn update_trial(&mut self, trial: &Trial, from: TrialState) -> Result<()> {
        let now = self.trial(trial.id).await?.state;
        if now != from {
            return Err(Error::InvalidTrialState { from: now, to: trial.state });
        }
        self.unit.change_trial(trial.clone());
        Ok(())
    }

    /// Every trial of a task, by number.
    pub async fn all_trials(&mut self, task: TaskId) -> Result<Vec<Trial>> {
        let all = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .order_by_asc(trial::Column::Number);
        self.read_trials(all).await
    }
}

/// The version of the space, the state, why it is excluded, the planned and the executed point.
type TriedRow = (i64, String, Option<String>, String, Option<String>);

/// The point that was tried: as it was executed, or else as it was planned.
pub(super) fn tried(planned: String, executed: Option<String>) -> Result<Point> {
    document("trial.point", &executed.unwrap_or(planned))
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

static BOTH: LazyLock<String> = LazyLock::new(|| {
    let task = Columns::of::<task::Entity>().named("task", TASK);
    let trial = Columns::of::<trial::Entity>().named("trial", TRIAL);
    format!(
        "SELECT {task}, {trial} FROM task JOIN trial ON trial.task_id = task.id \
         WHERE task.id = $1 AND trial.number = $2 FOR UPDATE"
    )
});
/// What the names of their columns begin with where both are read.
const TASK: &str = "task.";
const TRIAL: &str = "trial.";

/// Reads both in one journey to Postgres. Both rows are locked, not the task's alone: after waiting for
/// a lock Postgres reads again what it locks, and takes the rest as it was before it waited.
async fn read_both(connection: &Transaction, id: TrialId) -> Result<Option<(Task, Trial)>> {
    let values = [id.task.uuid().into(), id.number.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, BOTH.as_str(), values);
    let Some(row) = connection.query_one_raw(statement).await.map_err(fault)? else {
        return Ok(None);
    };
    let task = task::Model::from_query_result(&row, TASK).map_err(fault)?;
    let trial = trial::Model::from_query_result(&row, TRIAL).map_err(fault)?;
    Ok(Some((task.try_into()?, trial.try_into()?)))
}
