//! Failures that are counted, subtree pauses that are remembered, and names that sort naturally.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let count = |name| ColumnDef::new(name).big_integer().not_null().default(0).take();
        let columns = [
            count("failures"),
            count("failures_in_row"),
            // Not a foreign key: the task may be purged meanwhile.
            ColumnDef::new("paused_with").uuid().take(),
            name_sort(manager.get_database_backend()),
        ];
        for column in columns {
            resume::add_column(manager, "task", column).await?;
        }
        let connection = manager.get_connection();
        for statement in STATEMENTS {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Texts are ordered by their bytes on both databases. The server fills the column of existing rows
/// when it opens the database.
fn name_sort(backend: DbBackend) -> ColumnDef {
    let mut column = if backend == DbBackend::Postgres {
        ColumnDef::new("name_sort").custom("text COLLATE \"C\"").take()
    } else {
        ColumnDef::new("name_sort").text().take()
    };
    column.not_null().default("").take()
}

/// Trials that were reported by hand while they waited count in the budget, as all others do that
/// were not measured elsewhere.
const STATEMENTS: [&str; 3] = [
    "UPDATE task SET handed_out = (SELECT COUNT(*) FROM trial \
       WHERE trial.task_id = task.id AND (trial.lease_token > 0 OR (trial.origin <> 'IMPORTED' \
         AND trial.state IN ('COMPLETED', 'FAILED', 'PRUNED', 'INFEASIBLE'))))",
    "UPDATE task SET failures = (SELECT COUNT(*) FROM trial \
       WHERE trial.task_id = task.id AND trial.state = 'FAILED' AND trial.origin <> 'IMPORTED')",
    "CREATE INDEX IF NOT EXISTS task_by_name_order ON task (name_sort, created_at, id) WHERE deleted_at IS NULL",
];
