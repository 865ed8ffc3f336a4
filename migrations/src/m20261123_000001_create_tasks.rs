//! Tasks, their settings and model states, their trials, and the log of events.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        resume::create_table(manager, task()).await?;
        resume::create_table(manager, task_settings()).await?;
        resume::create_table(manager, model_state()).await?;
        resume::create_table(manager, clustered(trial(), sqlite)).await?;
        resume::create_table(manager, clustered(event(), sqlite)).await?;
        resume::create_table(manager, log_head()).await?;
        for index in indexes() {
            resume::create_index(manager, index).await?;
        }
        manager
            .execute(
                Query::insert()
                    .into_table("log_head")
                    .columns(["id", "position"])
                    .values_panic([1.into(), 0_i64.into()])
                    .on_conflict(OnConflict::column("id").do_nothing().to_owned())
                    .to_owned(),
            )
            .await
    }
}

/// Keeps the rows in the order of the primary key, without a second tree for it. Postgres has no such thing.
fn clustered(mut table: TableCreateStatement, sqlite: bool) -> TableCreateStatement {
    if sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().default(0).take()
}

fn task() -> TableCreateStatement {
    Table::create()
        .table("task")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("name_folded").text().not_null())
        .col(ColumnDef::new("description").text().not_null())
        .col(ColumnDef::new("status").text().not_null())
        .col(ColumnDef::new("status_reason").text())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("sequence").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .col(ColumnDef::new("started_at").big_integer())
        .col(ColumnDef::new("finished_at").big_integer())
        .col(ColumnDef::new("deleted_at").big_integer())
        .col(count("trials_waiting"))
        .col(count("trials_running"))
        .col(count("trials_completed"))
        .col(count("trials_failed"))
        .col(count("trials_pruned"))
        .col(count("trials_infeasible"))
        .col(count("trials_abandoned"))
        .col(ColumnDef::new("best_number").big_integer())
        .col(ColumnDef::new("best_value").double())
        .col(count("proposed"))
        .to_owned()
}

/// The documents of a task, apart from the row that every ask and tell rewrites.
fn task_settings() -> TableCreateStatement {
    Table::create()
        .table("task_settings")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("parameter_space").text())
        .col(ColumnDef::new("objectives").text().not_null())
        .col(ColumnDef::new("strategy").text().not_null())
        .col(ColumnDef::new("metadata").text().not_null())
        .foreign_key(&mut of_task("task_settings"))
        .to_owned()
}

/// Model states, apart from the settings: they may be large, and few readers want them.
fn model_state() -> TableCreateStatement {
    Table::create()
        .table("model_state")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("state").text().not_null())
        .foreign_key(&mut of_task("model_state"))
        .to_owned()
}

fn trial() -> TableCreateStatement {
    Table::create()
        .table("trial")
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("origin").text().not_null())
        .col(ColumnDef::new("point").text().not_null())
        .col(ColumnDef::new("measured").text().not_null())
        .col(ColumnDef::new("failure_reason").text())
        .col(ColumnDef::new("worker").text())
        .col(ColumnDef::new("late").boolean().not_null().default(false))
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("started_at").big_integer())
        .col(ColumnDef::new("finished_at").big_integer())
        .primary_key(Index::create().col("task_id").col("number"))
        .foreign_key(&mut of_task("trial"))
        .to_owned()
}

/// The log. No foreign key: what was said of a task stays said.
fn event() -> TableCreateStatement {
    Table::create()
        .table("event")
        .col(ColumnDef::new("position").big_integer().not_null().primary_key())
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(ColumnDef::new("sequence").big_integer().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("actor").text().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("data").text().not_null())
        .to_owned()
}

/// One row: the position of the latest event. Writers add to it last, under its row lock, so that
/// positions are dense and in the order of commit.
fn log_head() -> TableCreateStatement {
    Table::create()
        .table("log_head")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(ColumnDef::new("position").big_integer().not_null())
        .to_owned()
}

fn of_task(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "task_id")
        .to("task", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 4] {
    let index = |name: &'static str, table: &'static str| {
        Index::create().name(name).table(table).to_owned()
    };
    [
        index("task_by_age", "task").col("created_at").col("id").to_owned(),
        index("task_by_status", "task").col("status").col("created_at").col("id").to_owned(),
        index("trial_by_state", "trial").col("task_id").col("state").col("number").to_owned(),
        index("event_by_task", "event").col("task_id").col("position").to_owned(),
    ]
}
