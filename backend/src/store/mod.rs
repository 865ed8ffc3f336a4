//! The only room that speaks SQL. A [`Store`] reads; a [`Tx`] writes and collects the events of what
//! it wrote, and its commit puts both into the database together.
//!
//! One struct over SeaORM serves SQLite in memory, SQLite in a file, and Postgres; signatures are in
//! the words of [`crate::task`]. A trait comes with the first storage that is not SQL.

mod cache;
mod check;
mod compact;
mod connect;
#[expect(unreachable_pub, reason = "the derives of SeaORM make public items")]
mod entity;
mod events;
mod export;
mod fault;
mod find;
mod flush;
mod health;
mod history;
mod idempotency;
mod in_turn;
mod leases;
mod only_server;
mod proposals;
mod queue;
mod reader;
mod reports;
mod seen;
mod settings;
mod snapshot;
mod sql;
mod tasks;
mod trace;
mod transaction;
mod trial_lists;
mod trials;
mod tx;
mod unit;
mod views;
mod writer;

use std::sync::Arc;

use asktell_migrations::MigrateError;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tokio::sync::{broadcast, watch};

use self::{fault::fault, health::Health, reader::Reader};
use crate::task::{Result, Task};

pub use check::Discrepancy;
pub use connect::{DatabaseKind, DatabaseUrl, OpenError};
pub use export::{ReadableRecord, TaskRecord};
pub use leases::Overdue;
pub use only_server::OnlyServer;
pub use queue::Line;
pub use reports::Compared;
pub use snapshot::{Kept, Snapshot};
pub use tx::Tx;
pub use writer::Work;

/// The place where tasks live. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    kind: DatabaseKind,
    reader: Reader,
    writer: writer::Writer,
    health: Health,
    few: u32,
}

impl Store {
    /// Opens the database, made if it is a file that is not there, and brings its schema up to date.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let (kind, reader, writing) = connect::open(url).await?;
        let migrating = connect::for_migration(url, &writing).await?;
        migrate(kind, &migrating).await?;
        if kind == DatabaseKind::Postgres {
            migrating.close().await.map_err(fault)?;
        }
        let health = Health::of(url.folder());
        let writer = writer::Writer::start(kind, writing, health.clone());
        let reader = Reader::new(kind, reader);
        Ok(Self { kind, reader, writer, health, few: find::FEW })
    }

    /// The same store, whose lists take that many tasks for few: see [`crate::config::Settings::list_few`].
    #[must_use]
    pub fn with_few(self, few: u32) -> Self {
        Self { few, ..self }
    }

    /// Which kind of database it is.
    #[must_use]
    pub const fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Whether the database answers and, if the latest write failed, whether it takes writes again. The latter is
    /// tried by writing.
    pub async fn is_healthy(&self) -> bool {
        if self.reader.execute_unprepared("SELECT 1").await.is_err() {
            return false;
        }
        if !self.health.is_failing() {
            return true;
        }
        // Any write will do; this one changes nothing.
        self.writer.write(Tx::touch, false).await.is_ok() && self.health.note_recovery()
    }

    /// Runs `work` in one transaction: its changes and its events are committed together, or not at
    /// all. Once handed over it runs to its end, also if the caller goes away meanwhile. It may be run
    /// more than once, but counts once.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Work<T>,
    {
        self.writer.write(work, false).await
    }

    /// The same for work that takes a turn in the queue across tasks ([`Tx::lock_queue`]): what waits for
    /// its turn is done in one transaction, rather than each with a connection that waits for the lock.
    pub async fn write_in_line<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Work<T>,
    {
        self.writer.write(work, true).await
    }

    /// Runs `work` and takes everything back: what would come of it.
    pub async fn rehearse<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Work<T>,
    {
        self.writer.rehearse(work).await
    }

    /// Told after each commit of this process. Other processes may commit too.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.writer.commits()
    }

    /// Told of the tasks that this process changes whose points are computed from what was tried, each
    /// as it was committed.
    #[must_use]
    pub fn changed_tasks(&self) -> broadcast::Receiver<Arc<Task>> {
        self.writer.changed_tasks()
    }

    /// The pool of a Postgres database, for what is not SQL: LISTEN and NOTIFY.
    #[must_use]
    pub fn postgres(&self) -> Option<&sea_orm::sqlx::PgPool> {
        match self.kind {
            DatabaseKind::Postgres => Some(self.reader.pool().get_postgres_connection_pool()),
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => None,
        }
    }

    /// Finishes what was handed over and closes the connections.
    pub async fn close(self) -> Result<()> {
        self.writer.close().await;
        self.reader.close().await.map_err(fault)
    }
}

/// Brings the schema up to date, and what tasks are found by. Of several servers that start on one
/// Postgres, one does it and the others wait for it.
async fn migrate(kind: DatabaseKind, writing: &DatabaseConnection) -> Result<(), OpenError> {
    asktell_migrations::migrate(writing).await.map_err(|cause| match cause {
        MigrateError::Database(cause) => OpenError::of(fault(cause)),
        refusal @ (MigrateError::Foreign(_) | MigrateError::Newer(_)) => {
            OpenError::NotOurs(refusal)
        }
    })?;
    Ok(find::make_findable(kind, writing).await?)
}
