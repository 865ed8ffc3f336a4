//! Spaces that change while their tasks run, and clones of tasks.

use sea_orm_migration::prelude::*;

use crate::resume;

/// The step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = || ColumnDef::new("space_version").big_integer().not_null().default(1).take();
        let columns = [
            ("task", version()),
            ("task", ColumnDef::new("space_changed_at").big_integer().take()),
            // Not a foreign key: the task may be purged, and its clones stay.
            ("task", ColumnDef::new("cloned_from").uuid().take()),
            ("trial", version()),
            ("trial", ColumnDef::new("in_space").boolean().not_null().default(true).take()),
        ];
        for (table, column) in columns {
            resume::add_column(manager, table, column).await?;
        }
        Ok(())
    }
}
