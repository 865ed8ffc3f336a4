//! Whether tasks are found by what they are, and stand where the tree says.

use sea_orm::{ConnectionTrait as _, EntityTrait as _};

use super::super::{DatabaseKind, entity, fault, sql::Sql, transaction::Transaction};
use crate::task::{Findable, Result, Task, TaskSettings, natural};

/// How many rows there should be of what tasks are found by, in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::store) struct Found {
    terms: i64,
    words: i64,
    metadata: i64,
}

impl Found {
    /// Adds up what a task should be found by, and says what of it is not there.
    pub(in crate::store) async fn check(
        &mut self,
        kind: DatabaseKind,
        snapshot: &Transaction,
        task: &Task,
        settings: &TaskSettings,
    ) -> Result<Vec<String>> {
        let Findable { terms, words, metadata } = Findable::of(task, settings);
        let (mut wanted, mut there) = ((0, 0), (0, 0));
        wanted.0 = i64::try_from(terms.len()).unwrap_or(i64::MAX);
        wanted.1 = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
        let place = [entity::micros(task.created_at).into(), task.id.uuid().into()];
        for term in &terms {
            let mut sql = Sql::new(kind);
            sql.push("SELECT count(*) AS count FROM task_term WHERE term = ").bind(term.as_str());
            sql.push(" AND (created_at, task_id) = (").bind_all(place.clone()).push(")");
            there.0 += count(snapshot, sql).await?;
        }
        for (path, value) in &metadata {
            let mut sql = Sql::new(kind);
            sql.push("SELECT count(*) AS count FROM task_metadata WHERE path = ");
            sql.bind(path.as_str()).push(" AND value = ").bind(value.text.as_str());
            sql.push(" AND (created_at, task_id) = (").bind_all(place.clone()).push(")");
            there.1 += count(snapshot, sql).await?;
        }
        let mut sql = Sql::new(kind);
        sql.push("SELECT count(*) AS count FROM task_words WHERE task_id = ");
        sql.bind(task.id.uuid()).push(" AND words = ").bind(words.as_str());
        let mut sorted = Sql::new(kind);
        sorted.push("SELECT count(*) AS count FROM task WHERE id = ").bind(task.id.uuid());
        sorted.push(" AND name_sort = ").bind(natural(task.name.as_str()));
        let has_words = i64::from(!words.is_empty());
        let mut found = Vec::new();
        if wanted != there || count(snapshot, sql).await? != has_words {
            found.push("it is not found by all that it is".to_owned());
        }
        if count(snapshot, sorted).await? != 1 {
            found.push("it is not sorted by its name".to_owned());
        }
        self.terms += wanted.0;
        self.metadata += wanted.1;
        self.words += has_words;
        found.extend(check_place(snapshot, task).await?);
        Ok(found)
    }

    /// Whether there is anything else by which tasks would be found.
    pub(in crate::store) async fn check_rest(
        &self,
        kind: DatabaseKind,
        snapshot: &Transaction,
    ) -> Result<Option<String>> {
        let all = async |table: &str| {
            let mut sql = Sql::new(kind);
            sql.push("SELECT count(*) AS count FROM ").push(table);
            count(snapshot, sql).await
        };
        let there = Self {
            terms: all("task_term").await?,
            words: all("task_words").await?,
            metadata: all("task_metadata").await?,
        };
        Ok((there != *self)
            .then(|| format!("tasks are found by {there:?}, they should by {self:?}")))
    }
}

/// Whether a task stands below its parent, which is as alive as it is.
async fn check_place(snapshot: &Transaction, task: &Task) -> Result<Option<String>> {
    let Some(parent) = task.lineage.parent() else { return Ok(None) };
    let row = entity::task::Entity::find_by_id(parent.uuid()).one(snapshot).await.map_err(fault)?;
    let Some(row) = row else {
        return Ok(Some(format!("its parent {parent} is gone")));
    };
    let parent = Task::try_from(row)?;
    let above = task.lineage.ancestors().split_last().map_or(&[][..], |(_, above)| above);
    if parent.lineage.ancestors() != above {
        return Ok(Some("its lineage is not its parent's and its parent".to_owned()));
    }
    let orphaned = parent.deleted_at.is_some() && task.deleted_at.is_none();
    Ok(orphaned.then(|| format!("its parent {} is deleted", parent.id)))
}

async fn count(snapshot: &Transaction, sql: Sql) -> Result<i64> {
    let row = snapshot.query_one_raw(sql.into_statement()).await.map_err(fault)?;
    row.map_or(Ok(0), |row| row.try_get("", "count")).map_err(fault)
}
