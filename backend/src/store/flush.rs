//! Writing what a transaction has changed: trials by upserts of many rows, tasks by updates that
//! check what they overwrite, and events at the end of the log.
//!
//! SQLite takes one statement for each of the three (a few for many rows). On Postgres, where
//! each statement is a journey to the server and back, the three are parts of one.

use std::sync::{Arc, LazyLock};

use sea_orm::{ConnectionTrait as _, ExecResult, QueryResult, Value};

use super::{
    DatabaseKind,
    entity::{event, task, task_settings, trial},
    fault,
    in_turn::in_turn,
    sql::{Columns, Sql, by_statement, row, row_without_key},
    transaction::Transaction,
    unit::{Changes, TaskRow},
};
use crate::task::{Error, NewEvent, Result, Task, TaskId, TaskSettings, Trial};

static TASK: LazyLock<Columns> = LazyLock::new(Columns::of::<task::Entity>);
static SETTINGS: LazyLock<Columns> = LazyLock::new(Columns::of::<task_settings::Entity>);
static TRIAL: LazyLock<Columns> = LazyLock::new(Columns::of::<trial::Entity>);
static EVENT: LazyLock<Columns> = LazyLock::new(Columns::of::<event::Entity>);

/// What the transaction has gone by is not what the database holds: somebody else has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("somebody else has changed what this transaction has read")]
struct Stale;

/// Whether that is the reason of an error.
pub(super) fn is_stale(error: &Error) -> bool {
    matches!(error, Error::Storage(failure) if failure.cause::<Stale>().is_some())
}

/// Writes all of it; the events come last. `data_version` is what SQLite's must still be.
pub(super) async fn write(
    kind: DatabaseKind,
    connection: &Transaction,
    changes: &Changes,
    events: &[NewEvent],
    data_version: Option<i64>,
) -> Result<()> {
    let tasks = by_statement(&changes.tasks);
    let settings = by_statement(&changes.settings);
    let trials = by_statement(&changes.trials);
    let events = by_statement(events);
    match kind {
        DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
            execute(kind, connection, &tasks, update_tasks).await?;
            execute(kind, connection, &settings, upsert_settings).await?;
            execute(kind, connection, &trials, upsert_trials).await?;
            let append = |sql: &mut Sql, rows: &_| append_on_sqlite(sql, rows, data_version);
            execute(kind, connection, &events, append).await
        }
        DatabaseKind::Postgres => {
            // The last statements of each kind go together, so that the head of the log is locked late.
            let count = tasks.len().max(settings.len()).max(trials.len()).max(events.len());
            let all = (1..=count).rev().map(|left| Together {
                tasks: last(&tasks, left),
                settings: last(&settings, left),
                trials: last(&trials, left),
                events: last(&events, left),
            });
            let statements = all.clone().map(Together::statement);
            let done = in_turn(statements, |sql| connection.query_one_raw(sql)).await?;
            all.zip(done).try_for_each(|(together, row)| together.check(row))
        }
    }
}

/// The chunk that is that far from the end, if there is one.
fn last<'a, T>(chunks: &[&'a [T]], place: usize) -> &'a [T] {
    chunks.len().checked_sub(place).map_or(&[], |i| chunks[i])
}

/// Fails if SQLite's `data_version` is another: another process has written since.
pub(super) async fn expect_data_version(connection: &Transaction, expected: i64) -> Result<()> {
    if data_version(connection).await? == expected { Ok(()) } else { Err(Error::storage(Stale)) }
}

/// A number that SQLite changes for this connection whenever another one has written.
/// (<https://sqlite.org/pragma.html#pragma_data_version>)
pub(super) async fn data_version(connection: &Transaction) -> Result<i64> {
    let mut sql = Sql::new(DatabaseKind::Sqlite);
    sql.push("SELECT data_version FROM pragma_data_version");
    connection
        .query_one_raw(sql.into_statement())
        .await
        .map_err(fault)?
        .ok_or_else(|| Error::storage("SQLite has no data_version"))?
        .try_get("", "data_version")
        .map_err(fault)
}

/// Executes a statement for each chunk of rows, all of which it must write.
async fn execute<T: Sync>(
    kind: DatabaseKind,
    connection: &Transaction,
    chunks: &[&[T]],
    build: impl Fn(&mut Sql, &[T]) -> Result<()>,
) -> Result<()> {
    let statements = chunks.iter().map(|rows| {
        let mut sql = Sql::new(kind);
        build(&mut sql, rows).map(|()| sql)
    });
    let done = in_turn(statements, |sql| connection.execute_raw(sql)).await?;
    let written = |(done, rows): (&ExecResult, &&[T])| done.rows_affected() == rows.len() as u64;
    if done.iter().zip(chunks).all(written) { Ok(()) } else { Err(Error::storage(Stale)) }
}

/// Parts of one statement. They all see the database as it was before it, so no part may need what
/// another writes; each writes rows that this transaction has locked or that nobody else can see.
#[derive(Clone, Copy)]
struct Together<'a> {
    tasks: &'a [(TaskRow, Task)],
    settings: &'a [(TaskId, Arc<TaskSettings>)],
    trials: &'a [Trial],
    events: &'a [NewEvent],
}

impl Together<'_> {
    fn statement(self) -> Result<Sql> {
        let Self { tasks, settings, trials, events } = self;
        let mut sql = Sql::new(DatabaseKind::Postgres);
        let mut counts = Vec::new();
        sql.push("WITH ");
        if !tasks.is_empty() {
            sql.push("tasks AS (");
            update_tasks(&mut sql, tasks)?;
            sql.push(" RETURNING 1), ");
            counts.push("(SELECT count(*) FROM tasks)");
        }
        if !settings.is_empty() {
            sql.push("settings AS (");
            upsert_settings(&mut sql, settings)?;
            sql.push(" RETURNING 1), ");
            counts.push("(SELECT count(*) FROM settings)");
        }
        if !trials.is_empty() {
            sql.push("trials AS (");
            upsert_trials(&mut sql, trials)?;
            sql.push(" RETURNING 1), ");
            counts.push("(SELECT count(*) FROM trials)");
        }
        if !events.is_empty() {
            append_on_postgres(&mut sql, events)?;
            sql.push(", ");
            counts.push("(SELECT count(*) FROM events)");
        }
        sql.push("written AS (SELECT ").push(&counts.join(" + ")).push(" AS count)");
        sql.push(" SELECT count FROM written");
        Ok(sql)
    }

    /// Fails unless the answer says that all of it was written.
    fn check(self, answer: Option<QueryResult>) -> Result<()> {
        let Self { tasks, settings, trials, events } = self;
        let written: i64 = answer
            .ok_or_else(|| Error::storage("Postgres does not say what it has written"))?
            .try_get("", "count")
            .map_err(fault)?;
        let all = tasks.len() + settings.len() + trials.len() + events.len();
        if usize::try_from(written) == Ok(all) { Ok(()) } else { Err(Error::storage(Stale)) }
    }
}

/// Each task is written only if its row is what this transaction knows of it. The table of
/// [`crate::task::TaskStatus`] was asked whether a task may go from that status to its next.
fn update_tasks(sql: &mut Sql, tasks: &[(TaskRow, Task)]) -> Result<()> {
    let values = |task: &Task| row_without_key(&task::row(task)?);
    if let [(row, task)] = tasks {
        sql.push("UPDATE task SET ");
        for (i, (name, value)) in TASK.other.iter().zip(values(task)?).enumerate() {
            sql.push(if i > 0 { ", \"" } else { "\"" }).push(name).push("\" = ").bind(value);
        }
        sql.push(" WHERE id = ").bind(task.id.uuid());
        sql.push(" AND sequence = ").bind(row.sequence);
        sql.push(" AND status = ").bind(row.status.as_str());
        return Ok(());
    }
    let rows = tasks
        .iter()
        .map(|(row, task)| {
            let guard: [Value; 3] =
                [task.id.uuid().into(), row.sequence.into(), row.status.as_str().into()];
            Ok(guard.into_iter().chain(values(task)?).collect())
        })
        .collect::<Result<Vec<_>>>()?;
    sql.push("UPDATE task SET ");
    sql.push(&TASK.assigned(|i, _| format!("given.column{}", i + 4)));
    sql.push(" FROM (VALUES ").rows(rows).push(") AS given");
    sql.push(" WHERE task.id = given.column1 AND task.sequence = given.column2");
    sql.push(" AND task.status = given.column3");
    Ok(())
}

/// The settings of new tasks, whose own rows are there already, and changed ones.
fn upsert_settings(sql: &mut Sql, settings: &[(TaskId, Arc<TaskSettings>)]) -> Result<()> {
    let rows = settings
        .iter()
        .map(|(id, settings)| row(&task_settings::row(*id, settings)?))
        .collect::<Result<Vec<_>>>()?;
    sql.push("INSERT INTO task_settings (").push(&SETTINGS.list).push(") VALUES ").rows(rows);
    sql.push(" ON CONFLICT (task_id) DO UPDATE SET ");
    sql.push(&SETTINGS.assigned(|_, name| format!("excluded.\"{name}\"")));
    Ok(())
}

/// New trials and changed ones alike. The lock of the task guards them, and its sequence: no
/// trial changes without its task. A trial that is new here but there already would have another age.
fn upsert_trials(sql: &mut Sql, trials: &[Trial]) -> Result<()> {
    let rows = trials.iter().map(|new| row(&trial::row(new)?)).collect::<Result<Vec<_>>>()?;
    sql.push("INSERT INTO trial (").push(&TRIAL.list).push(") VALUES ").rows(rows);
    sql.push(" ON CONFLICT (task_id, number) DO UPDATE SET ");
    sql.push(&TRIAL.assigned(|_, name| format!("excluded.\"{name}\"")));
    sql.push(" WHERE trial.created_at = excluded.created_at");
    Ok(())
}

/// The rows of events but for their positions, which come first: `event`'s key.
fn event_rows(events: &[NewEvent]) -> Result<Vec<Vec<Value>>> {
    events.iter().map(|new| row_without_key(&event::row(0, new)?)).collect()
}

fn event_columns(sql: &mut Sql) {
    sql.push("INSERT INTO event (position");
    for name in &EVENT.other {
        sql.push(", \"").push(name).push("\"");
    }
    sql.push(") ");
}

/// The log goes on after its last event, or where a purge has found its end. That needs no row
/// that counts: SQLite has one writer at a time. Where the transaction went by what an earlier one knew,
/// the same statement checks that it was still so.
fn append_on_sqlite(sql: &mut Sql, events: &[NewEvent], data_version: Option<i64>) -> Result<()> {
    event_columns(sql);
    sql.push("SELECT head.position + given.column1");
    for i in 0..EVENT.other.len() {
        sql.push(&format!(", given.column{}", i + 2));
    }
    sql.push(" FROM (").push(HEAD_ON_SQLITE).push(") AS head, (VALUES ");
    sql.numbered_rows(event_rows(events)?).push(") AS given");
    if let Some(expected) = data_version {
        sql.push(" WHERE (SELECT data_version FROM pragma_data_version) = ").bind(expected);
    }
    Ok(())
}

/// Where the log ends, on SQLite.
pub(super) const HEAD_ON_SQLITE: &str = "SELECT max((SELECT position FROM log_head WHERE id = 1), \
     coalesce((SELECT max(position) FROM event), 0)) AS position";

/// Positions come from one row, which is locked from here to the commit: they are dense and in the
/// order of commit. A plain sequence is not: a reader that has seen 7 might still meet 6 later.
fn append_on_postgres(sql: &mut Sql, events: &[NewEvent]) -> Result<()> {
    let count = events.len();
    sql.push(&format!(
        "head AS (UPDATE log_head SET position = position + {count} WHERE id = 1 \
         RETURNING position - {count} AS position), events AS ("
    ));
    event_columns(sql);
    sql.push("SELECT head.position + given.column1");
    for i in 0..EVENT.other.len() {
        sql.push(&format!(", given.column{}", i + 2));
    }
    sql.push(" FROM head, (VALUES ").numbered_rows(event_rows(events)?);
    sql.push(") AS given RETURNING 1)");
    Ok(())
}
