//! Writing down what tasks are found by.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Value,
};

use super::super::{
    DatabaseKind, Tx,
    entity::{micros, task, task_settings},
    fault,
    in_turn::in_turn,
    sql::{Sql, by_statement},
    transaction::{Mode, Transaction},
};
use crate::task::{
    FINDABLE_BY, Findable, MetadataValue, Result, SortKey, Task, TaskId, TaskSettings, Timestamp,
    fold, natural,
};

/// How what a task is found by changes.
#[derive(Debug, Clone)]
pub(in crate::store) struct FindChange {
    pub(super) task: TaskId,
    pub(super) created_at: Timestamp,
    pub(super) old: Findable,
    pub(super) new: Findable,
}

impl Tx {
    /// Notes what a task is found by, if that has changed: it is written with the task. None before
    /// for a new task, none after for one that is removed.
    pub fn note_findable(
        &mut self,
        before: Option<(&Task, &TaskSettings)>,
        after: Option<(&Task, &TaskSettings)>,
    ) {
        let Some((task, _)) = after.or(before) else { return };
        let (id, created_at) = (task.id, task.created_at);
        let found = |state: Option<(&Task, &TaskSettings)>| {
            state.map(|(task, settings)| Findable::of(task, settings)).unwrap_or_default()
        };
        let (old, new) = (found(before), found(after));
        if old != new {
            self.finds.push(FindChange { task: id, created_at, old, new });
        }
    }
}

/// Writes the changes: first what goes, then what comes.
pub(in crate::store) async fn write_found(
    kind: DatabaseKind,
    connection: &Transaction,
    changes: &[FindChange],
) -> Result<()> {
    let mut rows = Rows::default();
    for change in changes {
        rows.take(change);
    }
    rows.write(kind, connection).await
}

type Key = (String, i64, TaskId);

/// The rows that go and come, sorted, so that neighbours are written together.
#[derive(Debug, Default)]
struct Rows {
    old_terms: BTreeSet<Key>,
    new_terms: BTreeSet<Key>,
    words: BTreeMap<TaskId, Option<String>>,
    old_metadata: BTreeSet<Key>,
    new_metadata: BTreeMap<Key, MetadataValue>,
}

impl Rows {
    fn take(&mut self, change: &FindChange) {
        let FindChange { task, created_at, old, new } = change;
        let key = |text: &String| (text.clone(), micros(*created_at), *task);
        for gone in old.terms.difference(&new.terms).map(key) {
            self.new_terms.remove(&gone);
            self.old_terms.insert(gone);
        }
        for come in new.terms.difference(&old.terms).map(key) {
            self.old_terms.remove(&come);
            self.new_terms.insert(come);
        }
        if old.words != new.words {
            let words = Some(new.words.clone()).filter(|words| !words.is_empty());
            self.words.insert(*task, words);
        }
        let paths = old.metadata.keys().filter(|path| !new.metadata.contains_key(*path));
        for gone in paths.map(key) {
            self.new_metadata.remove(&gone);
            self.old_metadata.insert(gone);
        }
        for (path, value) in &new.metadata {
            if old.metadata.get(path) != Some(value) {
                let key = key(path);
                self.old_metadata.remove(&key);
                self.new_metadata.insert(key, value.clone());
            }
        }
    }

    async fn write(self, kind: DatabaseKind, connection: &Transaction) -> Result<()> {
        let Self { old_terms, new_terms, words, old_metadata, new_metadata } = self;
        delete(kind, connection, "task_term", "term", old_terms).await?;
        delete(kind, connection, "task_metadata", "path", old_metadata).await?;
        let insert = "INSERT INTO task_term (term, created_at, task_id) VALUES ";
        let rows = new_terms.into_iter().map(Vec::<Value>::from_key).collect::<Vec<_>>();
        insert_rows(kind, connection, insert, rows, " ON CONFLICT DO NOTHING").await?;
        let (set, none): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|(_, words)| words.is_some());
        let none: Vec<_> = none.into_iter().map(|(id, _)| id).collect();
        for some in none.chunks(256) {
            let mut sql = Sql::new(kind);
            sql.push("DELETE FROM task_words WHERE task_id IN (");
            sql.bind_all(some.iter().map(|id| id.uuid().into())).push(")");
            connection.execute_raw(sql.into_statement()).await.map_err(fault)?;
        }
        let insert = "INSERT INTO task_words (task_id, words) VALUES ";
        let rows = set.into_iter().map(|(id, words)| vec![id.uuid().into(), words.into()]);
        let conflict = " ON CONFLICT (task_id) DO UPDATE SET words = excluded.words";
        insert_rows(kind, connection, insert, rows.collect(), conflict).await?;
        let insert = "INSERT INTO task_metadata (path, created_at, task_id, number, value) VALUES ";
        let rows = new_metadata.into_iter().map(|(key, value)| {
            let MetadataValue { number, text } = value;
            let mut row = Vec::<Value>::from_key(key);
            row.extend([number.into(), text.into()]);
            row
        });
        let conflict = " ON CONFLICT (path, created_at, task_id) \
             DO UPDATE SET number = excluded.number, value = excluded.value";
        insert_rows(kind, connection, insert, rows.collect(), conflict).await
    }
}

/// The values of a key.
trait FromKey {
    fn from_key(key: Key) -> Self;
}

impl FromKey for Vec<Value> {
    fn from_key((text, created_at, task): Key) -> Self {
        vec![text.into(), created_at.into(), task.uuid().into()]
    }
}

async fn delete(
    kind: DatabaseKind,
    connection: &Transaction,
    table: &str,
    column: &str,
    keys: BTreeSet<Key>,
) -> Result<()> {
    let keys: Vec<_> = keys.into_iter().map(Vec::<Value>::from_key).collect();
    let statements = by_statement(&keys).into_iter().map(|some| {
        let mut sql = Sql::new(kind);
        sql.push("DELETE FROM ").push(table).push(" WHERE ");
        // SQLite looks through the whole table for `(…) IN (VALUES …)`, in the key for each of these.
        for (i, key) in some.iter().enumerate() {
            let names = [column, "created_at", "task_id"];
            for (j, (name, value)) in names.iter().zip(key).enumerate() {
                let before = match (i, j) {
                    (0, 0) => "(",
                    (_, 0) => " OR (",
                    (_, _) => " AND ",
                };
                sql.push(before).push(name).push(" = ").bind(value.clone());
            }
            sql.push(")");
        }
        Ok(sql)
    });
    in_turn(statements, |sql| connection.execute_raw(sql)).await?;
    Ok(())
}

async fn insert_rows(
    kind: DatabaseKind,
    connection: &Transaction,
    insert: &str,
    rows: Vec<Vec<Value>>,
    conflict: &str,
) -> Result<()> {
    let statements = by_statement(&rows).into_iter().map(|some| {
        let mut sql = Sql::new(kind);
        sql.push(insert).rows(some.to_vec()).push(conflict);
        Ok(sql)
    });
    in_turn(statements, |sql| connection.execute_raw(sql)).await?;
    Ok(())
}

async fn write(kind: DatabaseKind, connection: &DatabaseConnection) -> Result<Transaction> {
    Transaction::begin(kind, connection, Mode::Write, None).await.map_err(fault)
}

/// How many tasks are made findable in one transaction.
const TOGETHER: u64 = 1_000;

/// Makes the tasks findable that were written by a version of this server that had other rules for
/// it, or none. Nothing is written by anybody else meanwhile.
pub(in crate::store) async fn make_findable(
    kind: DatabaseKind,
    connection: &DatabaseConnection,
) -> Result<()> {
    let other_rules = task::Column::Findable.is_not_in([0, FINDABLE_BY]);
    let outdated = task::Entity::find().filter(other_rules).limit(1);
    if outdated.one(connection).await.map_err(fault)?.is_some() {
        let begin = write(kind, connection).await?;
        for table in ["task_term", "task_words", "task_metadata"] {
            begin.execute_unprepared(&format!("DELETE FROM {table}")).await.map_err(fault)?;
        }
        begin.execute_unprepared("UPDATE task SET findable = 0").await.map_err(fault)?;
        begin.commit().await.map_err(fault)?;
    }
    loop {
        let transaction = write(kind, connection).await?;
        let rows = task::Entity::find()
            .find_also_related(task_settings::Entity)
            .filter(task::Column::Findable.eq(0))
            .limit(TOGETHER)
            .all(&transaction)
            .await
            .map_err(fault)?;
        if rows.is_empty() {
            transaction.roll_back().await;
            return Ok(());
        }
        tracing::info!(tasks = rows.len(), "making tasks findable");
        let (mut changes, mut derived) = (Vec::new(), Vec::new());
        for (row, settings) in rows {
            let task = Task::try_from(row)?;
            derived.push(derived_columns(&task));
            let Some(settings) = settings else { continue };
            changes.push(FindChange {
                task: task.id,
                created_at: task.created_at,
                old: Findable::default(),
                new: Findable::of(&task, &settings.try_into()?),
            });
        }
        write_found(kind, &transaction, &changes).await?;
        derive_anew(kind, &transaction, derived).await?;
        transaction.commit().await.map_err(fault)?;
    }
}

/// The columns of a row that lists are sorted by and that the rules may make anew, after its id.
fn derived_columns(task: &Task) -> Vec<Value> {
    vec![
        task.id.uuid().into(),
        natural(task.name.as_str()).into(),
        fold(task.name.as_str()).into(),
        task.owner.as_str().into(),
        SortKey::Progress.number(task, false).into(),
        SortKey::Progress.number(task, true).into(),
    ]
}

async fn derive_anew(
    kind: DatabaseKind,
    connection: &Transaction,
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let statements = by_statement(&rows).into_iter().map(|some| {
        let mut sql = Sql::new(kind);
        sql.push("UPDATE task SET findable = ").bind(FINDABLE_BY);
        sql.push(", name_sort = given.column2, name_folded = given.column3");
        sql.push(", owner = given.column4, progress_rising = given.column5");
        sql.push(", progress_falling = given.column6 FROM (VALUES ").rows(some.to_vec());
        sql.push(") AS given WHERE task.id = given.column1");
        Ok(sql)
    });
    in_turn(statements, |sql| connection.execute_raw(sql)).await?;
    Ok(())
}
