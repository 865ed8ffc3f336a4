//! What tasks were: lists that events name by their content, and what is left of a history that was compacted.

use sea_orm_migration::prelude::*;

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The log begins after this position: what lay before was compacted.
        let start = number("start").default(0).take();
        resume::add_column(manager, "log_head", start).await?;
        resume::create_table(manager, document()).await?;
        resume::create_table(manager, baseline()).await?;
        manager.get_connection().execute_unprepared(VERSIONS).await?;
        Ok(())
    }
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// Lists that are too long for an event, once for each content. No foreign key: what was said of a task stays said.
fn document() -> TableCreateStatement {
    Table::create()
        .table("document")
        .col(ColumnDef::new("task_id").uuid().not_null())
        .col(text("hash"))
        .col(text("content"))
        .primary_key(Index::create().col("task_id").col("hash"))
        .to_owned()
}

/// Where the history of a task begins since it was compacted: the task as it was at that version, and the event that
/// made it.
fn baseline() -> TableCreateStatement {
    Table::create()
        .table("baseline")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(number("position"))
        .col(number("sequence"))
        .col(number("version"))
        .col(text("kind"))
        .col(text("actor"))
        .col(number("at"))
        .col(text("data"))
        .col(text("told"))
        // How far events were removed, and who proposed the points of the task there.
        .col(number("removed"))
        .col(ColumnDef::new("strategist").text())
        .to_owned()
}

/// The events that make versions of tasks are few among those of trials.
const VERSIONS: &str = "CREATE INDEX IF NOT EXISTS event_of_version ON event (task_id, version) \
     WHERE kind IN ('CREATED', 'UPDATED', 'STATUS_CHANGED', 'DELETED', 'RESTORED', 'IMPORTED', \
     'CLAIMED', 'CLAIM_ENDED')";
