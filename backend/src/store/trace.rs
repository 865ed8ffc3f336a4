//! Each statement in the log, and how long it took, for those who want to know: `--log asktell::sql=trace`.

use sea_orm::DatabaseConnection;

/// Has the connection tell of its statements, if anybody listens; else it costs nothing.
pub(super) fn tell_statements(connection: &mut DatabaseConnection) {
    if tracing::enabled!(target: "asktell::sql", tracing::Level::TRACE) {
        connection.set_metric_callback(|told| {
            let sql = told.statement.sql.as_str();
            tracing::trace!(target: "asktell::sql", failed = told.failed, took = ?told.elapsed, sql);
        });
    }
}
