//! The connections that read.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};
use tokio::sync::Semaphore;

use super::{
    DatabaseKind,
    connect::POSTGRES_CONNECTIONS,
    fault::is_lost_connection,
    transaction::{Mode, Transaction},
};

/// How long a statement or transaction is tried on other connections after its own was lost.
pub(super) const RETRY_FOR: Duration = Duration::from_millis(1_500);

/// The pool of connections that read. A read whose connection turns out to be dead is done again on another. Cheap to
/// clone.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    kind: DatabaseKind,
    pool: DatabaseConnection,
    /// On Postgres callers wait here for a free connection, so that the time limit of the pool is about connecting
    /// alone.
    permits: Option<Arc<Semaphore>>,
}

impl Reader {
    pub(super) fn new(kind: DatabaseKind, pool: DatabaseConnection) -> Self {
        let permits = match kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => None,
            DatabaseKind::Postgres => Some(Arc::new(Semaphore::new(POSTGRES_CONNECTIONS as usize))),
        };
        Self { kind, pool, permits }
    }

    /// The pool itself, for what is not a statement.
    pub(super) const fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// A transaction that sees the database as it is at its first read, whatever is written meanwhile.
    pub(super) async fn snapshot(&self) -> Result<Transaction, DbErr> {
        let permit = match &self.permits {
            Some(permits) => Some(Arc::clone(permits).acquire_owned().await.map_err(closed)?),
            None => None,
        };
        Transaction::begin(self.kind, &self.pool, Mode::Snapshot, permit).await
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        self.pool.close().await
    }

    /// Runs a statement, and again if its connection was lost.
    async fn run<T, F>(&self, statement: impl Fn() -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let _permit = match &self.permits {
            Some(permits) => Some(permits.acquire().await.map_err(closed)?),
            None => None,
        };
        let begun = Instant::now();
        loop {
            match statement().await {
                Err(cause) if is_lost_connection(&cause) && begun.elapsed() < RETRY_FOR => {
                    tracing::debug!(error = %cause, "a read is done again on another connection");
                }
                done => return done,
            }
        }
    }
}

fn closed(_: tokio::sync::AcquireError) -> DbErr {
    DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::ConnectionClosed)
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.kind.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(|| self.pool.execute_raw(statement.clone())).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(|| self.pool.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(|| self.pool.query_one_raw(statement.clone())).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(|| self.pool.query_all_raw(statement.clone())).await
    }
}
