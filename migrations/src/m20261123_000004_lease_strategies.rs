//! Clients that propose points: who does for which task, and which tasks need some.

use sea_orm_migration::prelude::*;

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            number("ahead").not_null().default(0).take(),
            ColumnDef::new("strategist").text().take(),
            number("strategy_token").not_null().default(0).take(),
            number("strategy_expires_at"),
            number("strategy_micros"),
            number("points_since"),
            number("points_at"),
        ];
        for column in columns {
            resume::add_column(manager, "task", column).await?;
        }
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

const STATEMENTS: &[&str] = &[
    // One point ahead is what a task has that says nothing.
    "UPDATE task SET ahead = 1 WHERE NOT proposes",
    "UPDATE task SET points_at = 0 WHERE NOT proposes AND status = 'RUNNING' \
     AND deleted_at IS NULL AND bound IS NULL AND trials_waiting <= returned",
    "CREATE INDEX IF NOT EXISTS task_to_propose ON task (points_at) WHERE points_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS task_with_strategist ON task (strategy_expires_at) \
     WHERE strategy_expires_at IS NOT NULL",
];
