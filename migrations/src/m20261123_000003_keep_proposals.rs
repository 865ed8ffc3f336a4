//! Points that are ready to be handed out, what they stand on, and what tasks are warmed up with.

use sea_orm_migration::prelude::*;

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let basis = ColumnDef::new("basis").big_integer().not_null().default(0).take();
        let looks_back = ColumnDef::new("looks_back").boolean().not_null().default(false).take();
        for column in [basis, looks_back] {
            resume::add_column(manager, "task", column).await?;
        }
        resume::create_table(manager, proposal()).await?;
        resume::create_table(manager, warm_start()).await?;
        Ok(())
    }
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().take()
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

/// The points that are ready, and what the model has learned; and which server computes more of them, until when at
/// the latest.
fn proposal() -> TableCreateStatement {
    Table::create()
        .table("proposal")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(number("basis").not_null().default(-1))
        .col(number("sequence").not_null().default(0))
        .col(number("proposed").not_null().default(0))
        .col(text("points").not_null().default("[[],false]"))
        .col(text("model"))
        .col(text("computing_by"))
        .col(number("computing_until"))
        .foreign_key(&mut of_task("proposal"))
        .to_owned()
}

/// The results of other tasks, as they were when the task was told to begin with them.
fn warm_start() -> TableCreateStatement {
    Table::create()
        .table("warm_start")
        .col(ColumnDef::new("task_id").uuid().not_null().primary_key())
        .col(text("results").not_null())
        .foreign_key(&mut of_task("warm_start"))
        .to_owned()
}

fn of_task(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "task_id")
        .to("task", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
