//! The yardstick: one row, one durable transaction, no server. The same file, pragmas, rows and statement as the server's.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use asktell_tests::new_id;
use sea_orm::sqlx::{
    self, ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

async fn open(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .disable_statement_logging()
        .connect()
        .await
        .expect("the database opens")
}

const INSERT: &str = "INSERT INTO task (id, name, name_folded, description, status, status_reason, version, sequence, \
    created_at, updated_at, started_at, finished_at, deleted_at, trials_waiting, trials_running, trials_completed, \
    trials_failed, trials_pruned, trials_infeasible, trials_abandoned, best_number, best_value, proposed) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Inserts rows of `task`, one transaction each, for that time; then removes them.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub(super) async fn transactions_per_second(file: &Path, time: Duration) -> f64 {
    let mut connection = open(file).await;
    let start = Instant::now();
    let mut rows = 0_u64;
    while start.elapsed() < time {
        insert(&mut connection).await;
        rows += 1;
    }
    let rate = rows as f64 / start.elapsed().as_secs_f64();
    sqlx::query("DELETE FROM task WHERE description = 'straight'")
        .execute(&mut connection)
        .await
        .expect("the rows go");
    connection.close().await.expect("the database closes");
    rate
}

async fn insert(connection: &mut SqliteConnection) {
    let id = new_id();
    let uuid: uuid::Uuid = id.parse().expect("a UUID");
    let name = format!("Task_{}", &id[..8]);
    let none = None::<i64>;
    let now = 1_790_000_000_000_000_i64;
    sqlx::query(INSERT)
        .bind(uuid)
        .bind(&name)
        .bind(name.to_lowercase())
        .bind("straight")
        .bind("CREATED")
        .bind(None::<String>)
        .bind(1)
        .bind(1)
        .bind(now)
        .bind(now)
        .bind(none)
        .bind(none)
        .bind(none)
        .bind(0)
        .bind(0)
        .bind(0)
        .bind(0)
        .bind(0)
        .bind(0)
        .bind(0)
        .bind(none)
        .bind(None::<f64>)
        .bind(0)
        .execute(connection)
        .await
        .expect("the row is written");
}

/// How many events the log holds.
pub(super) async fn events(file: &Path) -> u64 {
    let mut connection = open(file).await;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM event")
        .fetch_one(&mut connection)
        .await
        .expect("the log is there");
    connection.close().await.expect("the database closes");
    count.unsigned_abs()
}
