//! Failures of the database, told apart by what can be done about them.

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::{self, error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError},
};

use crate::task::{Error, StorageError, StorageErrorKind};

/// A failure of the database, as the rest of the server sees it.
pub(super) fn fault(cause: DbErr) -> Error {
    Error::Storage(StorageError::new(kind_of(&cause), cause))
}

/// Failures by which a connection is useless although the database may be well: a statement that was not part of a
/// transaction, or not yet of a committed one, may be sent again on another connection.
pub(super) fn is_lost_connection(cause: &DbErr) -> bool {
    match sqlx_error(cause) {
        Some(sqlx::Error::Database(error)) => {
            postgres_code(error.as_ref()).is_some_and(|code| {
                // Connection exceptions, shutdowns, cut-offs of idle connections, and a server that has become a
                // read-only standby. (<https://www.postgresql.org/docs/current/errcodes-appendix.html>)
                code.starts_with("08")
                    || matches!(code, "57P01" | "57P02" | "57P05" | "25P03" | "25006")
            })
        }
        Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed) => true,
        Some(_) | None => false,
    }
}

/// How SQLite refuses a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SqliteRefusal {
    /// It is not a database.
    NotADatabase,
    /// It cannot be opened or made, in SQLite's words.
    CannotOpen(String),
}

/// The refusal, if the failure is one.
pub(super) fn sqlite_refusal(cause: &DbErr) -> Option<SqliteRefusal> {
    let Some(sqlx::Error::Database(error)) = sqlx_error(cause) else { return None };
    match sqlite_code(error.as_ref()) {
        Some(SQLITE_NOTADB) => Some(SqliteRefusal::NotADatabase),
        Some(SQLITE_CANTOPEN) => Some(SqliteRefusal::CannotOpen(error.message().to_owned())),
        _ => None,
    }
}

/// Whether an error says that the transaction is the victim of a deadlock: it may be run again.
pub(super) fn is_deadlock(error: &Error) -> bool {
    const DEADLOCK_DETECTED: &str = "40P01";
    let Error::Storage(failure) = error else { return false };
    let Some(sqlx::Error::Database(cause)) = failure.cause().and_then(sqlx_error) else {
        return false;
    };
    postgres_code(cause.as_ref()) == Some(DEADLOCK_DETECTED)
}

/// Whether the connection was lost; see [`is_lost_connection`].
pub(super) fn lost_connection(error: &Error) -> bool {
    matches!(error, Error::Storage(failure) if failure.cause().is_some_and(is_lost_connection))
}

/// Whether a statement has failed without any harm to its transaction. On Postgres none does. SQLite takes a
/// statement back that breaks a constraint; after other errors it may have rolled back the whole transaction.
/// (<https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction>)
pub(super) fn leaves_transaction_intact(cause: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(error) = cause {
        return sqlite_code(error.as_ref()) == Some(SQLITE_CONSTRAINT);
    }
    matches!(cause, sqlx::Error::RowNotFound)
}

fn kind_of(cause: &DbErr) -> StorageErrorKind {
    if matches!(
        cause,
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed)
            | DbErr::Conn(RuntimeErr::Internal(_))
    ) {
        return StorageErrorKind::Unavailable;
    }
    match sqlx_error(cause) {
        Some(sqlx::Error::Database(error)) => database_kind(error.as_ref()),
        Some(
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed,
        ) => StorageErrorKind::Unavailable,
        Some(_) | None => StorageErrorKind::Internal,
    }
}

// Primary result codes of SQLite. (<https://sqlite.org/rescode.html>)
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_PROTOCOL: i32 = 15;
const SQLITE_CONSTRAINT: i32 = 19;
const SQLITE_NOTADB: i32 = 26;

fn database_kind(error: &dyn DatabaseError) -> StorageErrorKind {
    if let Some(code) = sqlite_code(error) {
        return match code {
            SQLITE_FULL => StorageErrorKind::Full,
            SQLITE_BUSY | SQLITE_LOCKED | SQLITE_READONLY | SQLITE_IOERR | SQLITE_CANTOPEN
            | SQLITE_PROTOCOL => StorageErrorKind::Unavailable,
            _ => StorageErrorKind::Internal,
        };
    }
    match postgres_code(error) {
        // disk_full
        Some("53100") => StorageErrorKind::Full,
        // Lost connections, all of insufficient resources and operator intervention but query_canceled, io_error, a
        // read-only server, and a transaction that was cut off.
        Some(code)
            if code.starts_with("08")
                || code.starts_with("53")
                || code.starts_with("57P")
                || matches!(code, "58030" | "25006" | "25P03") =>
        {
            StorageErrorKind::Unavailable
        }
        Some(_) | None => StorageErrorKind::Internal,
    }
}

/// The primary result code, if the error is SQLite's.
fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    error.try_downcast_ref::<SqliteError>()?;
    let extended: i32 = error.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// The SQLSTATE, if the error is Postgres'.
fn postgres_code(error: &dyn DatabaseError) -> Option<&str> {
    error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
}

fn sqlx_error(cause: &DbErr) -> Option<&sqlx::Error> {
    if let DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause)) = cause
    {
        return Some(cause);
    }
    None
}
