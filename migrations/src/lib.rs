//! The database schema of Asktell, step by step, for SQLite and Postgres alike.
//!
//! Steps that have been released are frozen: a change is a new step. Tables and columns are named
//! by string literals, never by the server's own types, so that history stays what it was. Documents
//! are JSON texts: Postgres' own types would lose the order of members (`jsonb`) or be bound as one
//! that does, and the two databases would answer differently. Times
//! are whole microseconds since 1970 (UTC), which both databases keep and order exactly.

use std::collections::BTreeSet;

pub use sea_orm_migration::MigratorTrait;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{
        DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
        TransactionOptions, TransactionTrait as _,
    },
};

mod resume;

mod m20261123_000001_create_tasks;
mod m20261123_000002_lease_trials;
mod m20261123_000003_keep_proposals;
mod m20261123_000004_lease_strategies;
mod m20261123_000005_find_tasks;
mod m20261123_000006_keep_history;
mod m20261123_000007_version_spaces;
mod m20261201_000003_task_rules;
mod m20261201_000004_executed_points;

/// Why a database cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database was not made by Asktell.
    #[error("it holds tables of another program, such as \"{0}\"; name an empty or a new database")]
    Foreign(String),
    /// The database was used by a newer server.
    #[error("its schema is newer than this server: it has the step {0}; use a newer asktell")]
    Newer(String),
    /// A statement failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Brings the schema up to date.
///
/// Each step is one transaction with its row in the list of applied steps, so that a process that is killed leaves
/// nothing half done. The transaction holds the write lock of SQLite, or an advisory lock on Postgres, from before it
/// looks for the next step: of several processes each applies what the others have not.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), MigrateError> {
    loop {
        let step = begin(database).await?;
        refuse_others(&step).await?;
        let pending = Migrator::get_pending_migrations(&step).await?;
        if pending.is_empty() {
            step.commit().await?;
            return Ok(());
        }
        Migrator::up(&step, Some(1)).await?;
        step.commit().await?;
    }
}

async fn begin(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let step = database.begin_with_options(options).await?;
    if step.get_database_backend() == DbBackend::Postgres {
        // Any number will do, if only this program uses it: "asktell" in ASCII.
        step.execute_unprepared("SELECT pg_advisory_xact_lock(27431937893395564)").await?;
    }
    Ok(step)
}

/// Refuses a database that another program has made, or a newer version of this one.
async fn refuse_others(step: &DatabaseTransaction) -> Result<(), MigrateError> {
    let manager = SchemaManager::new(step);
    if !manager.has_table("seaql_migrations").await? {
        return match first_table(step).await? {
            Some(table) => Err(MigrateError::Foreign(table)),
            None => Ok(()),
        };
    }
    let known: BTreeSet<_> =
        Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(step).await?;
    let unknown = applied.into_iter().map(|row| row.version).find(|name| !known.contains(name));
    unknown.map_or(Ok(()), |name| Err(MigrateError::Newer(name)))
}

async fn first_table(step: &DatabaseTransaction) -> Result<Option<String>, DbErr> {
    let names = if step.get_database_backend() == DbBackend::Postgres {
        // Programs may share a schema of Postgres, as long as their tables have other names.
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() \
         AND tablename IN ('task', 'trial', 'event', 'log_head') ORDER BY tablename LIMIT 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
         ORDER BY name LIMIT 1"
    };
    let row =
        step.query_one_raw(Statement::from_string(step.get_database_backend(), names)).await?;
    row.map(|row| row.try_get("", "name")).transpose()
}

/// Every step, in order. Servers call [`migrate`].
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_tasks::Migration),
            Box::new(m20261123_000002_lease_trials::Migration),
            Box::new(m20261123_000003_keep_proposals::Migration),
            Box::new(m20261123_000004_lease_strategies::Migration),
            Box::new(m20261123_000005_find_tasks::Migration),
            Box::new(m20261123_000006_keep_history::Migration),
            Box::new(m20261123_000007_version_spaces::Migration),
            Box::new(m20261201_000003_task_rules::Migration),
            Box::new(m20261201_000004_executed_points::Migration),
        ]
    }
}
