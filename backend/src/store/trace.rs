//! The statements in the log, each with its duration: `--log asktell::sql=trace`.

use std::time::Instant;

use sea_orm::DatabaseConnection;

/// Logs the statements of a pool's own connections, if anybody listens; else it costs nothing.
pub(super) fn tell_statements(connection: &mut DatabaseConnection) {
    if is_wanted() {
        connection.set_metric_callback(|told| {
            let sql = told.statement.sql.as_str();
            tracing::trace!(target: "asktell::sql", failed = told.failed, took = ?told.elapsed, sql);
        });
    }
}

fn is_wanted() -> bool {
    tracing::enabled!(target: "asktell::sql", tracing::Level::TRACE)
}

/// The time at which a statement of a transaction was sent, if anybody listens.
#[derive(Debug)]
pub(super) struct Timed(Option<Instant>);

impl Timed {
    pub(super) fn begin() -> Self {
        Self(is_wanted().then(Instant::now))
    }

    pub(super) fn end(self, sql: &str, failed: bool) {
        if let Some(begun) = self.0 {
            tracing::trace!(target: "asktell::sql", failed, took = ?begun.elapsed(), sql);
        }
    }
}
