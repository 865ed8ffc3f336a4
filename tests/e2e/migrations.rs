//! Bringing the schema up to date: killed at any moment, by several processes at once, from every earlier version, and
//! from what earlier servers have left half done.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use asktell_migrations::{Migrator, MigratorTrait as _};
use asktell_tests::{Database, Db, command, run};
use rstest::rstest;
use sea_orm::{ConnectionTrait as _, Database as SeaOrm, DatabaseConnection, Statement};

/// The number of steps: a database may be at any of them.
fn steps() -> u32 {
    u32::try_from(Migrator::migrations().len()).expect("few steps")
}

/// The times after which the process is killed, for each version to begin with.
fn kills() -> u64 {
    asktell_tests::migration_kills()
}

async fn connect(database: &Database) -> DatabaseConnection {
    let url = match database.kind {
        Db::SqliteFile => format!("{}?mode=rwc", database.url()),
        Db::Memory | Db::Postgres => database.url().to_owned(),
    };
    SeaOrm::connect(url).await.expect("a connection")
}

/// A database at an earlier version.
async fn at_version(kind: Db, applied: u32) -> Option<Database> {
    let database = Database::fresh(kind).await?;
    if applied > 0 {
        let connection = connect(&database).await;
        Migrator::up(&connection, Some(applied)).await.expect("the earlier version");
        connection.close().await.expect("it is closed");
    }
    Some(database)
}

/// What the database holds, in words: tables with their columns, and indexes.
async fn schema(database: &Database) -> Vec<String> {
    let connection = connect(database).await;
    let query = match database.kind {
        Db::SqliteFile => {
            "SELECT m.type || ' ' || m.name || ' ' || coalesce(group_concat(c.name), '') AS line
             FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c
             WHERE m.name NOT LIKE 'sqlite%' GROUP BY m.type, m.name ORDER BY 1"
        }
        Db::Memory | Db::Postgres => {
            "SELECT table_name || '.' || column_name AS line FROM information_schema.columns
             WHERE table_schema = 'public'
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        }
    };
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.expect("the schema");
    let lines = rows.iter().map(|row| row.try_get("", "line").expect("a line")).collect();
    connection.close().await.expect("it is closed");
    lines
}

fn migrate(database: &Database) {
    let output = run(["migrate", "--database", database.url()]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the schema is not brought up to date: {told}");
}

/// The schema that every database must come to.
async fn complete(kind: Db) -> Option<Vec<String>> {
    let database = Database::fresh(kind).await?;
    migrate(&database);
    Some(schema(&database).await)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_leaves_a_database_that_the_next_one_finishes(
    #[values(Db::SqliteFile, Db::Postgres)] kind: Db,
) {
    let Some(wanted) = complete(kind).await else { return };
    for applied in 0..steps() {
        for kill in 0..kills() {
            let database = at_version(kind, applied).await.expect("as before");
            let mut process = command(["migrate", "--database", database.url()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the binary starts");
            // From before it opens the database to after its end.
            tokio::time::sleep(Duration::from_micros(8_000 + 150_000 * kill / kills())).await;
            let _ = Command::new("kill").args(["-KILL", &process.id().to_string()]).status();
            process.wait().expect("the process ends");
            migrate(&database);
            assert_eq!(schema(&database).await, wanted, "from version {applied}, kill {kill}");
            database.check();
        }
    }
}

#[tokio::test]
async fn what_an_earlier_server_has_left_half_done_is_finished() {
    let Some(wanted) = complete(Db::SqliteFile).await else { return };
    let mut failures = 0;
    // Earlier servers ran the statements one by one. A file that may not grow further ends them at any of these.
    for pages in (2..60).step_by(3) {
        let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
        let connection = connect(&database).await;
        let limit = format!("PRAGMA max_page_count = {pages}");
        connection.execute_unprepared(&limit).await.expect("the limit");
        failures += u32::from(Migrator::up(&connection, None).await.is_err());
        connection.close().await.expect("it is closed");
        migrate(&database);
        assert_eq!(schema(&database).await, wanted, "ended at {pages} pages");
        database.check();
    }
    assert!(failures > 10, "{failures} were left half done");
    // The latest moment: all is done but for the row in the list of applied steps.
    for step in Migrator::migrations() {
        let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
        migrate(&database);
        let forget = format!("DELETE FROM seaql_migrations WHERE version >= '{}'", step.name());
        database.execute(&forget).await;
        migrate(&database);
        assert_eq!(schema(&database).await, wanted, "without the row of {}", step.name());
        database.check();
    }
}

#[rstest]
#[tokio::test]
async fn processes_that_begin_at_once_do_it_once(#[values(Db::SqliteFile, Db::Postgres)] kind: Db) {
    let Some(wanted) = complete(kind).await else { return };
    for applied in [0, 3] {
        let database = at_version(kind, applied).await.expect("as before");
        let url = database.url();
        let all: Vec<_> = (0..4)
            .map(|_| {
                command(["migrate", "--database", url])
                    .stdout(Stdio::null())
                    .stderr(Stdio::piped())
                    .spawn()
                    .expect("the binary starts")
            })
            .collect();
        for process in all {
            let output = process.wait_with_output().expect("the process ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(schema(&database).await, wanted);
        database.check();
    }
}

/// What a server says that does not start.
fn refusal(database: &Database) -> String {
    let output = run(["serve", "--listen", "127.0.0.1:0", "--database", database.url()]);
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_refused_in_words_and_left_alone() {
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let connection = connect(&database).await;
    connection.execute_unprepared("CREATE TABLE invoices (id)").await.expect("a table");
    connection.close().await.expect("it is closed");
    let told = refusal(&database);
    assert!(told.contains("another program") && told.contains("invoices"), "{told}");
    assert_eq!(schema(&database).await, ["table invoices id"]);

    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let path = database.url().strip_prefix("sqlite:").expect("a file").to_owned();
    std::fs::write(&path, "This is a letter, and no database at all. ".repeat(50)).expect("a file");
    let told = refusal(&database);
    assert!(told.contains("not a SQLite database"), "{told}");
    assert!(std::fs::read_to_string(&path).expect("the file").starts_with("This is a letter"));
}

#[rstest]
#[tokio::test]
async fn a_newer_schema_is_refused_in_words(#[values(Db::SqliteFile, Db::Postgres)] kind: Db) {
    let Some(database) = Database::fresh(kind).await else { return };
    migrate(&database);
    database
        .execute("INSERT INTO seaql_migrations VALUES ('m20990101_000001_of_tomorrow', 0)")
        .await;
    let told = refusal(&database);
    assert!(told.contains("newer") && told.contains("m20990101_000001_of_tomorrow"), "{told}");
}
