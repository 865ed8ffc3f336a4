//! Statements that do nothing if they are done already.
//!
//! Servers before this module ran the statements of a step on SQLite one by one. One that was killed in between left a
//! step half done, without its row in the list of applied steps. Each step can be run again on what it has left.

use sea_orm_migration::prelude::*;

/// Creates a table, unless there is one of its name.
pub(crate) async fn create_table(
    manager: &SchemaManager<'_>,
    mut table: TableCreateStatement,
) -> Result<(), DbErr> {
    manager.create_table(table.if_not_exists().to_owned()).await
}

/// Creates an index, unless there is one of its name.
pub(crate) async fn create_index(
    manager: &SchemaManager<'_>,
    mut index: IndexCreateStatement,
) -> Result<(), DbErr> {
    manager.create_index(index.if_not_exists().to_owned()).await
}

/// Adds a column, unless there is one of its name. SQLite adds one column at a time, and has no IF NOT EXISTS for it.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    if manager.has_column(table, column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
