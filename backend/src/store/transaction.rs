//! One transaction on one connection, which begins and ends by the database's own word.
//!
//! The transactions of sqlx and SeaORM count their nesting in memory. After a COMMIT or ROLLBACK that failed the count
//! is wrong: the next BEGIN becomes a SAVEPOINT in a transaction that never ends, each later "commit" a RELEASE that
//! keeps nothing. So BEGIN, COMMIT and ROLLBACK are sent as statements here. SQLite refuses a BEGIN inside a transaction
//! and a COMMIT outside of one, and a connection on which one of them failed is closed. Postgres answers a COMMIT of a
//! failed transaction with success, although it rolls back: after a failed statement nothing is committed here.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Values,
    sqlx::{
        self, AssertSqlSafe, Connection as _, Executor as _, Postgres, Sqlite, pool::PoolConnection,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, OwnedSemaphorePermit};

use super::{
    DatabaseKind,
    fault::{is_lost_connection, leaves_transaction_intact},
    trace::Timed,
};

/// The kinds of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Writes. On SQLite it holds the write lock from its beginning.
    Write,
    /// Reads the database as it is at the first statement.
    Snapshot,
}

impl Mode {
    const fn begin(self, kind: DatabaseKind) -> &'static str {
        match (kind, self) {
            // A transaction that reads first and writes later would find "database is locked" if another process
            // wrote in between.
            (DatabaseKind::SqliteMemory | DatabaseKind::Sqlite, Self::Write) => "BEGIN IMMEDIATE",
            // Every transaction of SQLite reads from a snapshot.
            (DatabaseKind::SqliteMemory | DatabaseKind::Sqlite, Self::Snapshot)
            | (DatabaseKind::Postgres, Self::Write) => "BEGIN",
            (DatabaseKind::Postgres, Self::Snapshot) => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            }
        }
    }
}

/// A transaction. Dropped without an end, it is rolled back in the background.
pub(super) struct Transaction {
    kind: DatabaseKind,
    /// None once it has ended.
    connection: Mutex<Option<Connection>>,
    /// Whether a statement failed in a way after which nothing may be committed.
    failed: AtomicBool,
    _permit: Option<OwnedSemaphorePermit>,
}

enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Runs the same code on a connection of either database.
macro_rules! on {
    ($connection:expr, $name:ident => $code:expr) => {
        match $connection {
            Connection::Sqlite($name) => $code,
            Connection::Postgres($name) => $code,
        }
    };
}

impl Transaction {
    /// Begins on a connection of the pool. The permit, if any, is given back at the end.
    pub(super) async fn begin(
        kind: DatabaseKind,
        pool: &DatabaseConnection,
        mode: Mode,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<Self, DbErr> {
        let mut connection = Connection::acquire(kind, pool).await?;
        if let Err(cause) = connection.command(mode.begin(kind)).await {
            connection.discard(kind).await;
            // Somebody else's transaction was left open on that connection: another one has none.
            let was_open = !is_lost_connection(&cause) && cause.to_string().contains(NESTED);
            if !was_open {
                return Err(cause);
            }
            tracing::error!(error = %cause, "a connection of the pool had an open transaction");
            connection = Connection::acquire(kind, pool).await?;
            if let Err(cause) = connection.command(mode.begin(kind)).await {
                connection.discard(kind).await;
                return Err(cause);
            }
        }
        Ok(Self {
            kind,
            connection: Mutex::new(Some(connection)),
            failed: AtomicBool::new(false),
            _permit: permit,
        })
    }

    /// Commits. After an error nothing is known to be committed, and the connection is closed.
    pub(super) async fn commit(mut self) -> Result<(), DbErr> {
        let Some(mut connection) = self.connection.get_mut().take() else {
            return Err(DbErr::Custom(ENDED.into()));
        };
        if *self.failed.get_mut() {
            connection.roll_back(self.kind).await;
            return Err(DbErr::Custom(FAILED_BEFORE.into()));
        }
        let committed = connection.command("COMMIT").await;
        if committed.is_err() {
            connection.discard(self.kind).await;
        }
        committed
    }

    /// Rolls back. If that fails the connection is closed, which rolls back, too.
    pub(super) async fn roll_back(mut self) {
        if let Some(connection) = self.connection.get_mut().take() {
            connection.roll_back(self.kind).await;
        }
    }

    /// The connection, unless a statement has failed.
    async fn connection(&self) -> Result<MappedMutexGuard<'_, Connection>, sqlx::Error> {
        let connection = self.connection.lock().await;
        if self.failed.load(Ordering::Relaxed) {
            return Err(sqlx::Error::InvalidArgument(FAILED_BEFORE.into()));
        }
        MutexGuard::try_map(connection, Option::as_mut)
            .map_err(|_| sqlx::Error::InvalidArgument(ENDED.into()))
    }

    /// Notes whether the transaction is still sound after a statement.
    fn note<T>(&self, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        done.inspect_err(|cause| {
            if !leaves_transaction_intact(cause) {
                self.failed.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // Whoever read from a snapshot may have gone in the middle of a statement.
        if let Some(connection) = self.connection.get_mut().take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(connection.roll_back(self.kind));
        }
    }
}

/// How SQLite refuses a BEGIN inside a transaction: it has no code of its own for it.
const NESTED: &str = "cannot start a transaction within a transaction";

const FAILED_BEFORE: &str = "a statement of this transaction has failed before";
const ENDED: &str = "the transaction has ended";

impl Connection {
    async fn acquire(kind: DatabaseKind, pool: &DatabaseConnection) -> Result<Self, DbErr> {
        let acquired = match kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
                pool.get_sqlite_connection_pool().acquire().await.map(Self::Sqlite)
            }
            DatabaseKind::Postgres => {
                pool.get_postgres_connection_pool().acquire().await.map(Self::Postgres)
            }
        };
        acquired.map_err(|cause| DbErr::Conn(RuntimeErr::SqlxError(cause.into())))
    }

    /// Runs BEGIN, COMMIT or ROLLBACK.
    async fn command(&mut self, sql: &'static str) -> Result<(), DbErr> {
        let done = on!(self, connection => connection.execute(sql).await.map(|_| ()));
        done.map_err(execution)
    }

    async fn roll_back(mut self, kind: DatabaseKind) {
        if let Err(cause) = self.command("ROLLBACK").await {
            // SQLite has rolled back by itself after some errors; what is left of it ends with the connection.
            tracing::debug!(error = %cause, "a connection is closed: its ROLLBACK failed");
            self.discard(kind).await;
        }
    }

    /// Closes the connection, so that the pool opens another. That of a database in memory is the database, and is
    /// kept.
    async fn discard(mut self, kind: DatabaseKind) {
        match kind {
            DatabaseKind::SqliteMemory => {
                // "No transaction is active" is as good.
                let _ = self.command("ROLLBACK").await;
            }
            DatabaseKind::Sqlite | DatabaseKind::Postgres => {
                let closed = on!(self, connection => {
                    tokio::time::timeout(CLOSING, connection.detach().close()).await
                });
                if !matches!(closed, Ok(Ok(()))) {
                    tracing::debug!("a failed connection did not close in order");
                }
            }
        }
    }
}

/// How long a failed connection may take to say good-bye.
const CLOSING: std::time::Duration = std::time::Duration::from_millis(500);

fn execution(cause: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(cause.into()))
}

fn query(cause: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(cause.into()))
}

/// Runs one statement of a transaction on its connection.
macro_rules! run {
    ($transaction:expr, $sql:expr, $connection:ident => $code:expr) => {{
        let mut connection = $transaction.connection().await?;
        let timed = Timed::begin();
        let done = on!(&mut *connection, $connection => $code);
        timed.end($sql, done.is_err());
        $transaction.note(done)
    }};
}

impl Transaction {
    async fn execute_one(&self, sql: &str, values: Values) -> Result<ExecResult, sqlx::Error> {
        run!(self, sql, connection => {
            let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values));
            query.execute(&mut **connection).await.map(ExecResult::from)
        })
    }

    async fn execute_text(&self, sql: &str) -> Result<ExecResult, sqlx::Error> {
        run!(self, sql, connection => {
            connection.execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from)
        })
    }

    async fn fetch_one(
        &self,
        sql: &str,
        values: Values,
    ) -> Result<Option<QueryResult>, sqlx::Error> {
        run!(self, sql, connection => {
            let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values));
            let row = query.fetch_optional(&mut **connection).await;
            row.map(|row| row.map(QueryResult::from))
        })
    }

    async fn fetch_all(&self, sql: &str, values: Values) -> Result<Vec<QueryResult>, sqlx::Error> {
        run!(self, sql, connection => {
            let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values));
            let rows = query.fetch_all(&mut **connection).await;
            rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
        })
    }
}

fn values_of(statement: Statement) -> (String, Values) {
    (statement.sql, statement.values.unwrap_or(Values(Vec::new())))
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.kind.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values) = values_of(statement);
        self.execute_one(&sql, values).await.map_err(execution)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_text(sql).await.map_err(execution)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (sql, values) = values_of(statement);
        self.fetch_one(&sql, values).await.map_err(query)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (sql, values) = values_of(statement);
        self.fetch_all(&sql, values).await.map_err(query)
    }
}
