//! The database schema of Asktell, step by step, for SQLite and Postgres alike.
//!
//! Steps that have been released are frozen: a change is a new step. Tables and columns are named
//! by string literals, never by the server's own types, so that history stays what it was. Documents
//! are JSON texts: Postgres' own types would lose the order of members (`jsonb`) or be bound as one
//! that does, and the two databases would answer differently. Times
//! are whole microseconds since 1970 (UTC), which both databases keep and order exactly.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261123_000001_create_tasks;
mod m20261123_000002_lease_trials;
mod m20261123_000003_keep_proposals;
mod m20261123_000004_lease_strategies;
mod m20261123_000005_find_tasks;
mod m20261123_000006_keep_history;
mod m20261123_000007_version_spaces;

/// Every step, in order.
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
        ]
    }
}
