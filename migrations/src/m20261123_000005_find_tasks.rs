//! Finding tasks: tags, the tree of tasks, the columns that lists are sorted by, and what is looked
//! up by its content: words, tags, names of parameters and metadata.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for column in task_columns() {
            resume::add_column(manager, "task", column).await?;
        }
        let connection = manager.get_connection();
        if backend == DbBackend::Postgres {
            // Texts are ordered by their bytes on both databases.
            for column in ["name_folded", "owner"] {
                let alter =
                    format!("ALTER TABLE task ALTER COLUMN {column} TYPE text COLLATE \"C\"");
                connection.execute_unprepared(&alter).await?;
            }
        }
        for table in [task_term(backend), task_words(), task_metadata(backend), saved_view()] {
            resume::create_table(manager, table).await?;
        }
        for statement in
            existing_rows(backend).iter().map(String::as_str).chain(INDEXES.iter().copied())
        {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().take()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

/// A text that is ordered by its bytes, as it is on SQLite anyway.
fn ordered(name: &'static str, backend: DbBackend) -> ColumnDef {
    if backend == DbBackend::Postgres {
        return ColumnDef::new(name).custom("text COLLATE \"C\"").take();
    }
    text(name)
}

fn task_columns() -> Vec<ColumnDef> {
    let real = |name: &'static str| ColumnDef::new(name).double().not_null().default(0.0).take();
    vec![
        text("tags").not_null().default("[]").take(),
        text("lineage").not_null().default("[]").take(),
        ColumnDef::new("parent_id").uuid().take(),
        // Derived, for lists to be sorted by: a task without a value comes last in both directions.
        number("status_rank").not_null().default(0).take(),
        real("best_rising"),
        real("best_falling"),
        real("progress_rising"),
        real("progress_falling"),
        // By which rules it was made findable; 0 if it was not yet.
        number("findable").not_null().default(0).take(),
    ]
}

/// Keeps the rows in the order of the primary key. Postgres has no such thing.
fn clustered(mut table: TableCreateStatement, backend: DbBackend) -> TableCreateStatement {
    if backend == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

/// What a task is found by, and its place among those that have it. No foreign key: it would need
/// an index of its own, and who removes a task knows its terms.
fn task_term(backend: DbBackend) -> TableCreateStatement {
    let key = Index::create().col("term").col("created_at").col("task_id").to_owned();
    let table = Table::create()
        .table("task_term")
        .col(ordered("term", backend).not_null())
        .col(number("created_at").not_null())
        .col(ColumnDef::new("task_id").uuid().not_null())
        .primary_key(&mut key.clone())
        .to_owned();
    clustered(table, backend)
}

/// The words of a task once more, to look for the beginning of a word in one task.
fn task_words() -> TableCreateStatement {
    Table::create()
        .table("task_words")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(text("words").not_null())
        .to_owned()
}

/// The values in the metadata of tasks, by their paths.
fn task_metadata(backend: DbBackend) -> TableCreateStatement {
    let key = Index::create().col("path").col("created_at").col("task_id").to_owned();
    let table = Table::create()
        .table("task_metadata")
        .col(ordered("path", backend).not_null())
        .col(number("created_at").not_null())
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(ColumnDef::new("number").double().take())
        .col(ordered("value", backend).not_null())
        .primary_key(&mut key.clone())
        .to_owned();
    clustered(table, backend)
}

/// Filters with a name.
fn saved_view() -> TableCreateStatement {
    Table::create()
        .table("saved_view")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(text("name").not_null())
        .col(text("name_folded").not_null().unique_key().take())
        .col(text("owner").not_null())
        .col(text("filter").not_null())
        .col(text("sort").not_null())
        .col(text("columns").not_null())
        .col(number("version").not_null())
        .col(number("created_at").not_null())
        .col(number("updated_at").not_null())
        .to_owned()
}

/// The rows from before: their terms are made by the server when it opens the database.
fn existing_rows(backend: DbBackend) -> [String; 2] {
    let postgres = backend == DbBackend::Postgres;
    let infinite = if postgres { "'Infinity'::float8" } else { "9e999" };
    [
        "UPDATE task SET status_rank = CASE status WHEN 'CREATED' THEN 0 WHEN 'RUNNING' THEN 1 \
         WHEN 'PAUSED' THEN 2 WHEN 'COMPLETED' THEN 3 ELSE 4 END"
            .to_owned(),
        format!(
            "UPDATE task SET best_rising = coalesce(best_value, {infinite}), \
             best_falling = coalesce(best_value, -{infinite}), \
             progress_rising = {infinite}, progress_falling = -{infinite}"
        ),
    ]
}

/// Each list ends its order with the time of making and the id, so that the terms of a task are
/// looked up without its row. Almost all lists are of tasks that are not deleted.
const INDEXES: &[&str] = &[
    "DROP INDEX IF EXISTS task_by_age",
    "DROP INDEX IF EXISTS task_by_status",
    "CREATE INDEX IF NOT EXISTS task_by_age ON task (created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_status ON task (status_rank, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_update ON task (updated_at, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_name ON task (name_folded, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_owner ON task (owner, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_priority ON task (priority, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_best_rising ON task (best_rising, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_best_falling ON task (best_falling, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_progress_rising ON task (progress_rising, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_progress_falling ON task (progress_falling, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS task_by_parent ON task (parent_id, created_at, id) WHERE parent_id IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_deleted ON task (created_at, id) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_not_findable ON task (id) WHERE findable = 0",
    "CREATE INDEX IF NOT EXISTS task_metadata_by_value ON task_metadata (path, value, created_at, task_id)",
    "CREATE INDEX IF NOT EXISTS task_metadata_by_number ON task_metadata (path, number, created_at, task_id) \
       WHERE number IS NOT NULL",
];
