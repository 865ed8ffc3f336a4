//! Opening a database.

use std::{
    fmt,
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use asktell_migrations::MigrateError;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    sqlx::{
        self, Connection as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    fault::{SqliteRefusal, fault, sqlite_refusal},
    trace::tell_statements,
};
use crate::task::{Error, Result};

/// Connections that read a SQLite file beside the one that writes.
const SQLITE_READERS: u32 = 4;
/// Connections to Postgres for each of reading and writing: every write ends on the one row that
/// numbers the log, so more of them would only wait there.
pub(super) const POSTGRES_CONNECTIONS: u32 = 10;
/// Connections beside these in each pool: of those that read, for LISTEN and NOTIFY; of those that write, for the
/// turns in the queue across tasks.
const POSTGRES_EXTRA: u32 = 2;

/// The kinds of database that a [`super::Store`] opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// In memory, gone with the process.
    SqliteMemory,
    /// A file.
    Sqlite,
    /// A Postgres server.
    Postgres,
}

/// The address of a database. Its `Debug` and `Display` hide the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    kind: DatabaseKind,
    url: String,
}

impl DatabaseKind {
    /// As SeaORM names it.
    pub(super) const fn backend(self) -> DbBackend {
        match self {
            Self::SqliteMemory | Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }
}

impl DatabaseUrl {
    /// The kind that the address names.
    #[must_use]
    pub const fn kind(&self) -> DatabaseKind {
        self.kind
    }
}

impl DatabaseUrl {
    /// The SQLite file.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match self.kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Postgres => None,
            DatabaseKind::Sqlite => {
                let options: SqliteConnectOptions = self.url.parse().ok()?;
                Some(options.get_filename().to_owned())
            }
        }
    }

    /// The folder of a SQLite file.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let file = self.file()?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.map_or_else(|| PathBuf::from("."), ToOwned::to_owned))
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kind = if text == "sqlite::memory:" {
            DatabaseKind::SqliteMemory
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            DatabaseKind::Postgres
        } else if text.starts_with("sqlite:") {
            text.parse::<SqliteConnectOptions>().map_err(|cause| cause.to_string())?;
            DatabaseKind::Sqlite
        } else {
            return Err(
                "a database is sqlite:FILE, sqlite::memory: or postgres://USER@HOST/NAME".into()
            );
        };
        Ok(Self { kind, url: text.to_owned() })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // scheme://user:password@host/name
        let hidden = self.url.split_once("://").and_then(|(scheme, rest)| {
            let (credentials, place) = rest.rsplit_once('@')?;
            let (user, _password) = credentials.split_once(':')?;
            Some(format!("{scheme}://{user}:***@{place}"))
        });
        f.write_str(hidden.as_deref().unwrap_or(&self.url))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Why a database was not opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file holds something else.
    #[error("it is not a SQLite database; name another file, or move this one away")]
    NotSqlite,
    /// The file cannot be opened or made.
    #[error("{0}; the folder must exist, and this user must be allowed to write in it")]
    NoFile(String),
    /// Postgres is not there, or refuses the connection.
    #[error("Postgres is not reached: {0}; start it, or correct the address")]
    NoServer(String),
    /// The database was made by another program, or by a newer version of this one.
    #[error(transparent)]
    NotOurs(MigrateError),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl OpenError {
    /// The reason in a failure of the storage.
    pub(super) fn of(error: Error) -> Self {
        let Error::Storage(failure) = &error else { return Self::Other(error) };
        let Some(cause) = failure.cause::<DbErr>() else { return Self::Other(error) };
        match sqlite_refusal(cause) {
            Some(SqliteRefusal::NotADatabase) => Self::NotSqlite,
            Some(SqliteRefusal::CannotOpen(told)) => Self::NoFile(told),
            None => Self::Other(error),
        }
    }
}

/// How long a server that starts waits for Postgres to answer. A refusal ends it at once.
const POSTGRES_ANSWER: Duration = Duration::from_secs(5);
/// How long it waits for a connection to bring the schema up to date.
const MIGRATION_CONNECT: Duration = Duration::from_secs(30);

/// Connects once, to learn at once why that is not possible: a pool would try again and then say that time is up.
async fn reach_postgres(url: &DatabaseUrl) -> Result<(), OpenError> {
    let connect = async {
        let connection = sqlx::PgConnection::connect(&url.url).await?;
        connection.close().await
    };
    match tokio::time::timeout(POSTGRES_ANSWER, connect).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(cause)) => Err(OpenError::NoServer(cause.to_string())),
        Err(_) => Err(OpenError::NoServer(format!("no answer within {POSTGRES_ANSWER:?}"))),
    }
}

/// A pool for bringing the schema up to date, with time for it: the one that writes, or on Postgres another one.
pub(super) async fn for_migration(
    url: &DatabaseUrl,
    writer: &DatabaseConnection,
) -> Result<DatabaseConnection, OpenError> {
    match url.kind {
        DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => Ok(writer.clone()),
        DatabaseKind::Postgres => {
            let mut options = options(&url.url, 2);
            options.set_application_name("asktell").acquire_timeout(MIGRATION_CONNECT);
            Ok(Database::connect(options).await.map_err(fault)?)
        }
    }
}

/// Opens the database: the connections that read, and those that write.
pub(super) async fn open(
    url: &DatabaseUrl,
) -> Result<(DatabaseKind, DatabaseConnection, DatabaseConnection), OpenError> {
    if url.kind == DatabaseKind::Postgres {
        reach_postgres(url).await?;
    }
    connect(url).await.map_err(OpenError::of)
}

async fn connect(
    url: &DatabaseUrl,
) -> Result<(DatabaseKind, DatabaseConnection, DatabaseConnection)> {
    let connect = async |options| -> Result<DatabaseConnection> {
        let mut connection = Database::connect(options).await.map_err(fault)?;
        tell_statements(&mut connection);
        Ok(connection)
    };
    let (reader, writer) = match url.kind {
        DatabaseKind::SqliteMemory => {
            // Every connection to `:memory:` is a database of its own, so there is exactly one: reads
            // and writes take turns. Without a disk a turn is short.
            let mut options = options(&url.url, 1);
            options.min_connections(1).map_sqlx_sqlite_opts(|sqlite| {
                sqlite.foreign_keys(true).statement_cache_capacity(STATEMENT_CACHE)
            });
            let only = connect(options).await?;
            (only.clone(), only)
        }
        DatabaseKind::Sqlite => {
            // The writer first: it makes the file and sets its journal mode.
            let mut writing = options(&url.url, 1);
            writing
                .map_sqlx_sqlite_opts(|sqlite| durable(sqlite).pragma("cache_size", WRITER_CACHE));
            let writer = connect(writing).await?;
            check_durable(&writer).await?;
            let mut reading = options(&url.url, SQLITE_READERS);
            reading.map_sqlx_sqlite_opts(|sqlite| {
                durable(sqlite).pragma("query_only", "ON").pragma("cache_size", READER_CACHE)
            });
            (connect(reading).await?, writer)
        }
        DatabaseKind::Postgres => {
            let mut options = options(&url.url, POSTGRES_CONNECTIONS + POSTGRES_EXTRA);
            options
                .set_application_name("asktell")
                .connect_lazy(true)
                .acquire_timeout(POSTGRES_CONNECT)
                .idle_timeout(POSTGRES_IDLE)
                .max_lifetime(POSTGRES_LIFETIME);
            test_idle_connections(&mut options);
            // Its statements are short: to compile one takes longer than to run it.
            // (<https://www.postgresql.org/docs/current/jit-decision.html>)
            options.map_sqlx_postgres_opts(|postgres| postgres.options([("jit", "off")]));
            (connect(options.clone()).await?, connect(options).await?)
        }
    };
    Ok((url.kind, reader, writer))
}

/// How long connecting to Postgres is tried. Callers wait for a free connection elsewhere, so that this is not the
/// limit of a busy server.
const POSTGRES_CONNECT: Duration = Duration::from_millis(1_800);
/// How long a connection may be idle and how old it may become: below the usual limits of poolers and firewalls.
const POSTGRES_IDLE: Duration = Duration::from_mins(4);
const POSTGRES_LIFETIME: Duration = Duration::from_mins(30);
/// How long a connection may be idle before it is tested, and how long the answer may take: a firewall that has
/// forgotten a connection does not refuse, it is silent.
const UNTESTED: Duration = Duration::from_secs(1);
const TEST_ANSWER: Duration = Duration::from_millis(300);

/// Tests connections that were idle. One that fails tells that those that were idle at that time are dead, too: they
/// are closed untested.
fn test_idle_connections(options: &mut ConnectOptions) {
    let last_failure = Arc::new(Mutex::new(None::<Instant>));
    options.map_sqlx_postgres_before_acquire(move |connection, idle| {
        let last_failure = Arc::clone(&last_failure);
        Box::pin(async move {
            if idle.idle_for < UNTESTED {
                return Ok(true);
            }
            let failed = *last_failure.lock().unwrap_or_else(PoisonError::into_inner);
            if failed.is_some_and(|failed| idle.idle_for > failed.elapsed()) {
                return Ok(false);
            }
            let answer = tokio::time::timeout(TEST_ANSWER, connection.ping()).await;
            let is_alive = matches!(answer, Ok(Ok(())));
            if !is_alive {
                *last_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
            Ok(is_alive)
        })
    });
}

/// As many prepared statements as the server has distinct ones, filters included.
const STATEMENT_CACHE: usize = 200;

/// What the connection that writes keeps of the file in memory, in KiB, as SQLite counts it: with its own
/// 2 MiB a batch of 10,000 tasks writes the same pages to the log again and again.
/// (<https://sqlite.org/pragma.html#pragma_cache_size>)
const WRITER_CACHE: &str = "-65536";
/// What each of those that read keeps: the upper pages of the indexes of a million tasks.
const READER_CACHE: &str = "-16384";

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        // A connection to a database in memory is that database: it must not be retired.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

/// What is acknowledged is on the disk: write-ahead log, flushed with every commit.
/// (<https://sqlite.org/pragma.html#pragma_synchronous>)
fn durable(sqlite: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENT_CACHE)
}

/// Reads the settings back from the connection that writes: a server that could lose what it has acknowledged does not
/// start.
async fn check_durable(writer: &DatabaseConnection) -> Result<()> {
    let pool = writer.get_sqlite_connection_pool();
    let read_back = async {
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await?;
        Ok((journal, synchronous))
    };
    let (journal, synchronous) = read_back
        .await
        .map_err(|cause: sqlx::Error| fault(DbErr::Query(RuntimeErr::SqlxError(cause.into()))))?;
    if (journal.as_str(), synchronous) != ("wal", SYNCHRONOUS_FULL) {
        return Err(Error::storage(format!(
            "SQLite writes with journal_mode={journal} and synchronous={synchronous}: not durable"
        )));
    }
    tracing::info!("the SQLite writer is durable: journal_mode=wal synchronous=FULL");
    Ok(())
}

/// What `PRAGMA synchronous` answers for FULL.
const SYNCHRONOUS_FULL: i64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://lab:s3cret@db.example/asktell".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://lab:***@db.example/asktell");
        assert!(!format!("{url:?}").contains("s3cret"));
    }

    #[test]
    fn an_unknown_scheme_is_refused_with_what_would_be_right() {
        let refused = "mysql://localhost/x".parse::<DatabaseUrl>().unwrap_err();
        assert!(refused.contains("postgres://"));
    }
}
