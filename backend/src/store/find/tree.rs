//! The tree of tasks: what lies below a task, and what it has come to.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryResult,
    QuerySelect as _, prelude::Uuid,
};

use super::{
    super::{Store, Tx, entity, fault, sql::Sql},
    findable::FindChange,
};
use crate::task::{
    Below, BestOfSome, Error, FindTerm, Findable, Objectives, Result, RollUp, Task, TaskId,
    TaskStatus, TrialState,
};

impl Tx {
    /// Looks which of many tasks have nothing below them, so that it is not asked for each; the tree
    /// is locked.
    pub async fn know_leaves(&mut self, ids: &[TaskId]) -> Result<()> {
        let mut parents = HashSet::new();
        for some in ids.chunks(1_000) {
            let found: Vec<Option<Uuid>> = entity::task::Entity::find()
                .select_only()
                .column(entity::task::Column::ParentId)
                .distinct()
                .filter(entity::task::Column::ParentId.is_in(some.iter().map(|id| id.uuid())))
                .into_tuple()
                .all(self.flushed().await?)
                .await
                .map_err(fault)?;
            parents.extend(found.into_iter().flatten().map(TaskId::from));
        }
        self.leaves.extend(ids.iter().filter(|id| !parents.contains(id)));
        Ok(())
    }

    /// Everything below a task, deleted or not, locked; ancestors before their descendants.
    pub async fn descendants(&mut self, id: TaskId) -> Result<Vec<Task>> {
        if self.leaves.contains(&id) {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new(self.kind());
        sql.push("SELECT task_id AS id FROM task_term WHERE term = ");
        sql.bind(FindTerm::Ancestor(id).text());
        let statement = sql.into_statement();
        let rows = sea_orm::ConnectionTrait::query_all_raw(self.flushed().await?, statement);
        let ids: Vec<Uuid> = rows.await.map_err(fault)?.iter().map(id_of).collect::<Result<_>>()?;
        let ids: Vec<_> = ids.into_iter().map(TaskId::from).collect();
        let mut tasks = self.lock_tasks(&ids).await?;
        tasks.sort_by_key(|task| (task.lineage.ancestors().len(), task.id));
        Ok(tasks)
    }

    /// The children of a task that are not deleted, locked, by age.
    pub async fn live_children(&mut self, id: TaskId) -> Result<Vec<Task>> {
        if self.leaves.contains(&id) {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = entity::task::Entity::find()
            .select_only()
            .column(entity::task::Column::Id)
            .filter(entity::task::Column::ParentId.eq(id.uuid()))
            .filter(entity::task::Column::DeletedAt.is_null())
            .order_by_asc(entity::task::Column::CreatedAt)
            .order_by_asc(entity::task::Column::Id)
            .into_tuple()
            .all(self.flushed().await?)
            .await
            .map_err(fault)?;
        let ids: Vec<_> = ids.into_iter().map(TaskId::from).collect();
        self.lock_tasks(&ids).await
    }

    /// Writes the new place of a task in the tree, and notes that it is found there. That alone is no
    /// change of the task: the one that was moved tells of it.
    pub async fn move_task(&mut self, before: &Task, after: &Task) -> Result<()> {
        if let Some(parent) = after.lineage.parent() {
            self.leaves.remove(&parent);
        }
        self.finds.push(FindChange {
            task: after.id,
            created_at: after.created_at,
            old: Findable::of_lineage(&before.lineage),
            new: Findable::of_lineage(&after.lineage),
        });
        self.update_task(before, after).await
    }
}

fn id_of(row: &QueryResult) -> Result<Uuid> {
    row.try_get("", "id").map_err(fault)
}

/// What roll-ups add up, of the tasks of a status.
const SUMS: &str = "count(*) AS tasks, \
    CAST(sum(task.trials_waiting) AS BIGINT) AS waiting, \
    CAST(sum(task.trials_running) AS BIGINT) AS running, \
    CAST(sum(task.trials_completed) AS BIGINT) AS completed, \
    CAST(sum(task.trials_failed) AS BIGINT) AS failed, \
    CAST(sum(task.trials_pruned) AS BIGINT) AS pruned, \
    CAST(sum(task.trials_infeasible) AS BIGINT) AS infeasible, \
    CAST(sum(task.trials_abandoned) AS BIGINT) AS abandoned, \
    sum(CASE WHEN task.progress_rising <= 1 THEN task.progress_rising ELSE 0.0 END) AS progress, \
    CAST(sum(CASE WHEN task.progress_rising <= 1 THEN 1 ELSE 0 END) AS BIGINT) AS with_progress";

impl Store {
    /// What lies below some tasks, taken together for each. They are read, not kept: so they are
    /// always exact, and no worker waits for another's parent.
    pub async fn roll_ups(&self, below: Below, ids: &[TaskId]) -> Result<HashMap<TaskId, RollUp>> {
        let mut found: HashMap<TaskId, RollUp> =
            ids.iter().map(|id| (*id, RollUp::default())).collect();
        let mut sums = self.below(below, ids, SUMS, ", task.status AS status");
        sums.push(" GROUP BY root, task.status ORDER BY min(task.status_rank)");
        for row in self.query(sums).await? {
            let roll_up = found.entry(root(below, &row)?).or_default();
            add(roll_up, &row)?;
        }
        let extremes = "min(task.best_value) AS least, max(task.best_value) AS most";
        let mut bests = self.below(below, ids, extremes, ", settings.objectives AS objectives");
        bests.push(" AND task.best_value IS NOT NULL GROUP BY root, settings.objectives");
        for row in self.query(bests).await? {
            let roll_up = found.entry(root(below, &row)?).or_default();
            add_best(&mut roll_up.best, &row)?;
        }
        for roll_up in found.values_mut() {
            roll_up.best.sort_by(|one, other| one.objective.cmp(&other.objective));
        }
        Ok(found)
    }

    /// A statement over the live tasks below some, each with the one that it is below as `root`.
    fn below(&self, below: Below, ids: &[TaskId], select: &str, by: &str) -> Sql {
        let mut sql = Sql::new(self.kind);
        let settings = "JOIN task_settings AS settings ON settings.task_id = task.id";
        match below {
            Below::Children => {
                sql.push(&format!("SELECT task.parent_id AS root{by}, {select} FROM task "));
                sql.push(settings).push(" WHERE task.parent_id IN (");
                sql.bind_all(ids.iter().map(|id| id.uuid().into()));
            }
            Below::Descendants => {
                sql.push(&format!("SELECT x.term AS root{by}, {select} FROM task_term AS x "));
                sql.push("JOIN task ON task.id = x.task_id ").push(settings);
                sql.push(" WHERE x.term IN (");
                sql.bind_all(ids.iter().map(|id| FindTerm::Ancestor(*id).text().into()));
            }
        }
        sql.push(") AND task.deleted_at IS NULL");
        sql
    }

    async fn query(&self, sql: Sql) -> Result<Vec<QueryResult>> {
        let statement = sql.into_statement();
        sea_orm::ConnectionTrait::query_all_raw(&self.reader, statement).await.map_err(fault)
    }
}

fn root(below: Below, row: &QueryResult) -> Result<TaskId> {
    match below {
        Below::Children => Ok(TaskId::from(row.try_get::<Uuid>("", "root").map_err(fault)?)),
        Below::Descendants => {
            let term: String = row.try_get("", "root").map_err(fault)?;
            let id = term.get(1..).and_then(|id| id.parse().ok());
            id.ok_or_else(|| Error::storage(format!("{term} is no term of an ancestor")))
        }
    }
}

fn add(roll_up: &mut RollUp, row: &QueryResult) -> Result<()> {
    let number = |name: &str| row.try_get::<i64>("", name).map_err(fault);
    let word: String = row.try_get("", "status").map_err(fault)?;
    let status = TaskStatus::from_word(&word);
    let status = status.ok_or_else(|| Error::storage(format!("an unknown status: {word}")))?;
    roll_up.statuses.push((status, number("tasks")?));
    for state in TrialState::ALL {
        roll_up.trial_counts.add(state, number(&state.as_str().to_lowercase())?);
    }
    roll_up.progress.0 += row.try_get::<f64>("", "progress").map_err(fault)?;
    roll_up.progress.1 += number("with_progress")?;
    Ok(())
}

fn add_best(bests: &mut Vec<BestOfSome>, row: &QueryResult) -> Result<()> {
    let objectives: String = row.try_get("", "objectives").map_err(fault)?;
    let objectives: Objectives = entity::document("task_settings.objectives", &objectives)?;
    let Some(objective) = objectives.single() else { return Ok(()) };
    let least: f64 = row.try_get("", "least").map_err(fault)?;
    let most: f64 = row.try_get("", "most").map_err(fault)?;
    let value = if objective.direction.prefers(least, most) { least } else { most };
    bests.push(BestOfSome {
        objective: objective.name.clone(),
        direction: objective.direction,
        value,
    });
    Ok(())
}
