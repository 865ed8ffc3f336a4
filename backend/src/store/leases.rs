//! Leases: renewing them, and finding those that have ended.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Condition, Expr, IntoValueTuple, LockType, Order, Query},
};

use super::{
    Store, Tx,
    entity::{micros, task, trial},
    fault,
};
use crate::task::{
    LeaseRef, LeaseTime, LeaseToken, Result, TaskId, TaskStatus, Timestamp, Trial, TrialId,
    TrialNumber, TrialState,
};

/// What has ended by itself and waits for the server to act.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overdue {
    /// Tasks with trials whose leases have expired.
    pub leases: BTreeSet<TaskId>,
    /// Tasks whose runner's claim has expired.
    pub claims: BTreeSet<TaskId>,
    /// Tasks whose strategist's lease has expired.
    pub strategies: BTreeSet<TaskId>,
    /// Tasks whose deadline has passed while nothing of them was out.
    pub deadlines: BTreeSet<TaskId>,
}

/// How many overdue rows of each kind are looked at in one go.
const AT_ONCE: u64 = 1_000;

impl Store {
    /// What is overdue.
    pub async fn overdue(&self, now: Timestamp) -> Result<Overdue> {
        let now = micros(now);
        let leases: Vec<sea_orm::prelude::Uuid> = trial::Entity::find()
            .select_only()
            .column(trial::Column::TaskId)
            .filter(trial::Column::LeaseExpiresAt.lte(now))
            .order_by_asc(trial::Column::LeaseExpiresAt)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let claims: Vec<sea_orm::prelude::Uuid> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::ClaimExpiresAt.lte(now))
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let strategies: Vec<sea_orm::prelude::Uuid> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::StrategyExpiresAt.lte(now))
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let alive = [TaskStatus::Running, TaskStatus::Paused].map(TaskStatus::as_str);
        let deadlines: Vec<sea_orm::prelude::Uuid> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .filter(task::Column::Deadline.lte(now))
            .filter(task::Column::Status.is_in(alive))
            .filter(task::Column::TrialsRunning.eq(0))
            .filter(task::Column::DeletedAt.is_null())
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let ids = |ids: Vec<sea_orm::prelude::Uuid>| ids.into_iter().map(TaskId::from).collect();
        Ok(Overdue {
            leases: ids(leases),
            claims: ids(claims),
            strategies: ids(strategies),
            deadlines: ids(deadlines),
        })
    }
}

impl Tx {
    /// The trials of a task that this transaction has locked whose leases have expired. They are
    /// locked against a heartbeat that comes at the same time.
    pub async fn expired_trials(&mut self, task: TaskId, now: Timestamp) -> Result<Vec<Trial>> {
        let expired = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(task.uuid()))
            .filter(trial::Column::LeaseExpiresAt.lte(micros(now)))
            .order_by_asc(trial::Column::Number)
            .lock_exclusive();
        self.read_trials(expired).await
    }

    /// Some trials, of whatever tasks; nothing is locked.
    pub async fn some_trials(&mut self, ids: &[TrialId]) -> Result<HashMap<TrialId, Trial>> {
        super::trials::by_id(self.flushed().await?, ids).await
    }

    /// Some tasks; nothing is locked.
    pub async fn some_tasks(
        &mut self,
        ids: &[TaskId],
    ) -> Result<HashMap<TaskId, crate::task::Task>> {
        super::tasks::by_id(self.flushed().await?, ids).await
    }

    /// Renews the leases that still hold, each for its own time or for the one given, and says until
    /// when. A lease is the trial's own row: the guard in the statement is all that it takes, and no
    /// lock on the task. A sign of life never makes a lease end sooner.
    pub async fn renew_leases(
        &mut self,
        leases: &[LeaseRef],
        time: Option<LeaseTime>,
        now: Timestamp,
    ) -> Result<HashMap<TrialId, Timestamp>> {
        let mut of_task: BTreeMap<TaskId, Vec<(TrialNumber, LeaseToken)>> = BTreeMap::new();
        for lease in leases {
            of_task.entry(lease.trial.task).or_default().push((lease.trial.number, lease.token));
        }
        let mut renewed = HashMap::new();
        for (task, held) in of_task {
            let key = Expr::tuple([
                Expr::col(trial::Column::Number),
                Expr::col(trial::Column::LeaseToken),
            ]);
            let length = match time {
                Some(time) => Expr::val(time.micros()),
                None => Expr::col(trial::Column::LeaseMicros),
            };
            let end = Expr::val(micros(now)).add(length.clone());
            let sooner = Expr::col(trial::Column::LeaseExpiresAt).gt(end.clone());
            let end = Expr::case(sooner, Expr::col(trial::Column::LeaseExpiresAt)).finally(end);
            let holds = Condition::all()
                .add(trial::Column::TaskId.eq(task.uuid()))
                .add(trial::Column::State.eq(TrialState::Running.as_str()))
                .add(key.in_tuples(held.into_iter().map(IntoValueTuple::into_value_tuple)));
            // Rows are locked in the order of their numbers, as all do it: else two would wait for each other.
            let locked = Query::select()
                .column(trial::Column::Number)
                .from(trial::Entity)
                .cond_where(holds.clone())
                .order_by(trial::Column::Number, Order::Asc)
                .lock(LockType::Update)
                .to_owned();
            let rows = trial::Entity::update_many()
                .col_expr(trial::Column::LeaseExpiresAt, end.into())
                .col_expr(trial::Column::LeaseMicros, length)
                .filter(holds)
                .filter(trial::Column::Number.in_subquery(locked))
                .exec_with_returning(self.writing().await?)
                .await
                .map_err(fault)?;
            for trial in self.take_in(rows)? {
                renewed.extend(trial.lease_expires_at.map(|end| (trial.id, end)));
            }
        }
        Ok(renewed)
    }
}
