//! The queue across tasks: which task has work, and which goes first.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, ExprTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    sea_query::{Expr, OnConflict, Query},
};

use super::{
    DatabaseKind, Store, Tx,
    entity::{self, micros, owner_turn, task, task_label},
    fault,
};
use crate::task::{Aging, Labels, Owner, Result, TaskId, Timestamp, Work};

/// What waits in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Line {
    /// RUNNING tasks, for workers that want a trial.
    Trials,
    /// Tasks that no runner has, for runners that take whole tasks.
    Tasks,
    /// RUNNING tasks that need points, for clients that propose them.
    Points,
}

impl Line {
    /// Whether a task with these labels is for whoever waits there with those. Workers and runners name
    /// what they can do: all that the task asks for must be among it. Strategists need no skills for what
    /// they do, but may look for certain tasks: those that have all the labels that they name.
    #[must_use]
    pub fn fits(self, of_task: &Labels, named: &Labels) -> bool {
        match self {
            Self::Trials | Self::Tasks => of_task.are_within(named),
            Self::Points => named.are_within(of_task),
        }
    }
}

/// Id, labels, who has taken it, from when on there is work, and since when.
type WorkRow = (sea_orm::prelude::Uuid, String, Option<String>, i64, Option<i64>);

/// The most tasks whose place in the queue is told.
const LONGEST_QUEUE: u64 = 10_000;

impl Store {
    /// Tasks of a line that have something for whoever waits there, and when the next of the others
    /// will have.
    pub async fn work(
        &self,
        line: Line,
        now: Timestamp,
        most: u64,
    ) -> Result<(Vec<Work>, Option<Timestamp>)> {
        use task::Column::{ClaimAt, PointsAt, PointsSince, Runner, Strategist, WorkAt, WorkSince};
        let (taken_by, from, since) = match line {
            Line::Trials => (Runner, WorkAt, WorkSince),
            Line::Tasks => (Runner, ClaimAt, WorkSince),
            Line::Points => (Strategist, PointsAt, PointsSince),
        };
        let rows: Vec<WorkRow> = task::Entity::find()
            .select_only()
            .columns([task::Column::Id, task::Column::Labels, taken_by, from, since])
            .filter(from.is_not_null())
            .filter(before_deadline(now))
            .order_by_asc(from)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let now = micros(now);
        let later = rows.iter().map(|row| row.3).find(|at| *at > now);
        let work = rows
            .into_iter()
            .filter(|row| row.3 <= now)
            .map(|(id, labels, taken_by, from, since)| {
                Ok(Work {
                    task: TaskId::from(id),
                    labels: entity::document("task.labels", &labels)?,
                    queued: taken_by.is_none(),
                    mark: (since, from),
                })
            })
            .collect::<Result<_>>()?;
        let later = later.map(|at| entity::time("task.work_at", at)).transpose()?;
        Ok((work, later))
    }

    /// The tasks of a line in order, whatever their labels.
    pub async fn queue(&self, line: Line, now: Timestamp, aging: Aging) -> Result<Vec<TaskId>> {
        let ids: Vec<sea_orm::prelude::Uuid> = in_order(line, now, aging)
            .limit(LONGEST_QUEUE)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        Ok(ids.into_iter().map(TaskId::from).collect())
    }
}

impl Tx {
    /// From here to the end of the transaction nobody else takes a turn in the queue: the order holds
    /// across servers. SQLite has one writer anyway.
    pub async fn lock_queue(&mut self) -> Result<()> {
        if self.kind() == DatabaseKind::Postgres && !self.has_queue {
            // Any number will do, if only this program uses it for that.
            let lock = "SELECT pg_advisory_xact_lock(27431937893395565)";
            self.connection().execute_unprepared(lock).await.map_err(fault)?;
            self.has_queue = true;
        }
        Ok(())
    }

    /// From here to the end of the transaction nobody moves, deletes or restores tasks with relatives:
    /// a task may be put below another.
    pub async fn hold_tree(&mut self) -> Result<()> {
        if !self.has_tree {
            self.lock_out("SELECT pg_advisory_xact_lock_shared(27431937893395566)").await?;
            self.has_tree = true;
        }
        Ok(())
    }

    /// From here to the end of the transaction nobody else changes where tasks stand in the tree.
    pub async fn lock_tree(&mut self) -> Result<()> {
        self.lock_out("SELECT pg_advisory_xact_lock(27431937893395566)").await?;
        self.has_tree = true;
        Ok(())
    }

    /// SQLite has one writer anyway.
    pub(super) async fn lock_out(&self, lock: &str) -> Result<()> {
        match self.kind() {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {}
            DatabaseKind::Postgres => {
                self.connection().execute_unprepared(lock).await.map_err(fault)?;
            }
        }
        Ok(())
    }

    /// The first tasks of a line whose labels fit those ([`Line::fits`]), without some that were seen
    /// already.
    pub async fn first_in_queue(
        &mut self,
        line: Line,
        labels: &Labels,
        skipped: &[TaskId],
        now: Timestamp,
        aging: Aging,
        count: u64,
    ) -> Result<Vec<TaskId>> {
        let mut first = in_order(line, now, aging).filter(labels_fit(line, labels));
        if !skipped.is_empty() {
            first = first.filter(task::Column::Id.is_not_in(skipped.iter().map(|id| id.uuid())));
        }
        let ids: Vec<sea_orm::prelude::Uuid> =
            first.limit(count).into_tuple().all(self.flushed().await?).await.map_err(fault)?;
        Ok(ids.into_iter().map(TaskId::from).collect())
    }

    /// Notes that it was this owner's turn.
    pub async fn take_turn(&mut self, owner: &Owner) -> Result<()> {
        let turn = Expr::cust("COALESCE((SELECT MAX(t.turn) FROM owner_turn AS t), 0) + 1");
        let select = Query::select().expr(Expr::val(owner.as_str())).expr(turn).to_owned();
        let mut insert = Query::insert();
        insert
            .into_table(owner_turn::Entity)
            .columns([owner_turn::Column::Owner, owner_turn::Column::Turn])
            .on_conflict(
                OnConflict::column(owner_turn::Column::Owner)
                    .update_column(owner_turn::Column::Turn)
                    .to_owned(),
            );
        insert
            .select_from(select)
            .map_err(|cause| crate::task::Error::storage(cause.to_string()))?;
        self.writing_apart().execute(&insert).await.map_err(fault)?;
        Ok(())
    }

    /// Writes the labels of a task, to be searched.
    pub async fn set_labels(&mut self, id: TaskId, labels: &Labels) -> Result<()> {
        task_label::Entity::delete_many()
            .filter(task_label::Column::TaskId.eq(id.uuid()))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        self.insert_labels(id, labels).await
    }

    /// Writes the labels of a new task.
    pub async fn insert_labels(&mut self, id: TaskId, labels: &Labels) -> Result<()> {
        if labels.as_slice().is_empty() {
            return Ok(());
        }
        let rows = labels.as_slice().iter().map(|label| task_label::ActiveModel {
            task_id: sea_orm::ActiveValue::Set(id.uuid()),
            label: sea_orm::ActiveValue::Set(label.clone()),
        });
        task_label::Entity::insert_many(rows)
            .exec_without_returning(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }
}

/// [`Line::fits`] in SQL.
fn labels_fit(line: Line, labels: &Labels) -> Condition {
    let of_task = |condition: Expr| {
        let task = Expr::col((task_label::Entity, task_label::Column::TaskId))
            .equals((task::Entity, task::Column::Id));
        let mut found = Query::select();
        found.expr(Expr::val(1)).from(task_label::Entity).and_where(task).and_where(condition);
        Expr::exists(found)
    };
    let label = || Expr::col((task_label::Entity, task_label::Column::Label));
    let labels = labels.as_slice().iter().map(String::as_str);
    match line {
        Line::Trials | Line::Tasks => Condition::any()
            .add(task::Column::Labels.eq("[]"))
            .add(of_task(label().is_not_in(labels)).not()),
        Line::Points => labels.fold(Condition::all(), |all, one| all.add(of_task(label().eq(one)))),
    }
}

fn before_deadline(now: Timestamp) -> Condition {
    Condition::any()
        .add(task::Column::Deadline.is_null())
        .add(task::Column::Deadline.gt(micros(now)))
}

/// The ids of a line in its order: effective priority, then the owner whose turn is longest ago, then
/// the id. The effective priority is a whole number, so that owners take turns among equals.
fn in_order(line: Line, now: Timestamp, aging: Aging) -> Select<task::Entity> {
    let waiting_since = match line {
        Line::Trials | Line::Tasks => task::Column::WaitingSince,
        Line::Points => task::Column::PointsSince,
    };
    let since = Expr::col((task::Entity, waiting_since))
        .if_null(Expr::col((task::Entity, task::Column::CreatedAt)));
    let priority = Expr::col((task::Entity, task::Column::Priority));
    let effective = match aging.micros_per_point() {
        // Division of whole numbers, which both databases cut.
        Some(point) => priority.add(Expr::val(micros(now)).sub(since).div(point)),
        None => priority,
    };
    let turn = "COALESCE((SELECT o.turn FROM owner_turn AS o WHERE o.owner = task.owner), 0)";
    let tasks = task::Entity::find().select_only().column(task::Column::Id);
    let waiting = match line {
        Line::Trials => tasks
            .filter(task::Column::WorkAt.lte(micros(now)))
            .filter(task::Column::Runner.is_null())
            .filter(before_deadline(now))
            .filter(Expr::cust(WITHIN_SHARE)),
        Line::Tasks => tasks.filter(task::Column::ClaimAt.lte(micros(now))),
        Line::Points => tasks
            .filter(task::Column::PointsAt.lte(micros(now)))
            .filter(task::Column::Strategist.is_null())
            .filter(before_deadline(now)),
    };
    waiting
        .order_by(effective, Order::Desc)
        .order_by(Expr::cust(turn), Order::Asc)
        .order_by(task::Column::Id, Order::Asc)
}

/// One more trial of the task would still be within its share of all that are out; one is always
/// allowed.
const WITHIN_SHARE: &str = "(task.max_share IS NULL OR task.trials_running = 0 \
    OR task.trials_running + 1 <= task.max_share * (1 + \
      (SELECT COALESCE(SUM(r.trials_running), 0) FROM task AS r WHERE r.trials_running > 0)))";
