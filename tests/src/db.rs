//! A fresh database for each test.

use std::future::Future;

use sea_orm::{ConnectionTrait as _, Database as SeaOrm, DbErr};
use tempfile::TempDir;

use crate::{binary, new_id, settings};

/// The kinds of database that every test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Db {
    /// In the memory of one process.
    Memory,
    /// A file of its own.
    SqliteFile,
    /// A database of its own on the Postgres server of `ASKTELL_TEST_POSTGRES`.
    Postgres,
}

/// A database that goes away with this value.
#[derive(Debug)]
pub struct Database {
    /// Its kind.
    pub kind: Db,
    url: String,
    /// The Postgres server that has it.
    server: Option<String>,
    /// The directory of the database file, of logs and of whatever else the test writes.
    directory: TempDir,
}

impl Database {
    /// Makes a fresh one. None, said aloud, where there is no Postgres; in CI that is a failure.
    pub async fn fresh(kind: Db) -> Option<Self> {
        let directory = directory();
        let url = match kind {
            Db::Memory => "sqlite::memory:".to_owned(),
            Db::SqliteFile => format!("sqlite:{}", directory.path().join("asktell.db").display()),
            Db::Postgres => {
                let Some(server) = settings::postgres() else {
                    assert!(!settings::is_ci(), "ASKTELL_TEST_POSTGRES must be set in CI");
                    eprintln!(
                        "skipped: ASKTELL_TEST_POSTGRES is not set (`tests/run e2e` sets it)"
                    );
                    return None;
                };
                return Some(Self::fresh_on(server).await);
            }
        };
        Some(Self { kind, url, server: None, directory })
    }

    /// Makes a fresh one on a Postgres server.
    pub async fn fresh_on(server: String) -> Self {
        let name = format!("test_{}", new_id().replace('-', ""));
        execute(&server, &format!("CREATE DATABASE {name}")).await.expect("CREATE DATABASE");
        let url = on_server(&server, &name);
        Self { kind: Db::Postgres, url, server: Some(server), directory: directory() }
    }

    /// The address to give to the server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `host:port` of its Postgres server.
    #[must_use]
    pub fn host(&self) -> String {
        self.address_parts()[2].to_owned()
    }

    /// Its address by way of another `host:port`.
    #[must_use]
    pub fn by_way_of(&self, host: &str) -> String {
        let [scheme, user, _, path] = self.address_parts();
        format!("{scheme}://{user}@{host}/{path}")
    }

    fn address_parts(&self) -> [&str; 4] {
        let (scheme, rest) = self.url.split_once("://").expect("a URL");
        let (authority, path) = rest.split_once('/').expect("a path");
        let (user, host) = authority.rsplit_once('@').expect("a user");
        [scheme, user, host, path]
    }

    /// A directory that goes away with the database.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Executes a statement behind the server's back.
    pub async fn execute(&self, statement: &str) {
        execute(&self.url, statement).await.expect("the statement");
    }

    /// Has `asktell check` derive all that is stored twice anew, and compare. A database in memory is
    /// gone with its server.
    pub fn check(&self) {
        if self.kind == Db::Memory {
            return;
        }
        let output = binary::run(["check", "--database", &self.url]);
        assert!(
            output.status.success(),
            "the database is inconsistent:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        let name = self.url.rsplit('/').next().and_then(|rest| rest.split('?').next());
        let statement = format!("DROP DATABASE {} WITH (FORCE)", name.unwrap_or_default());
        if let Err(cause) = apart(async move { execute(&server, &statement).await }) {
            eprintln!("a test database stays behind: {cause}");
        }
    }
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// The address of another database on the same server.
fn on_server(server: &str, name: &str) -> String {
    let (address, parameters) =
        server.split_once('?').map_or((server, None), |(a, p)| (a, Some(p)));
    let (_, rest) = address.split_once("://").expect("a URL");
    let base = match rest.rfind('/') {
        Some(place) => &address[..address.len() - rest.len() + place],
        None => address,
    };
    let query = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    format!("{base}/{name}{query}")
}

async fn execute(server: &str, statement: &str) -> Result<(), DbErr> {
    let connection = SeaOrm::connect(server).await?;
    connection.execute_unprepared(statement).await?;
    connection.close().await
}

/// Runs to the end on a thread of its own: `drop` can neither wait nor block the test's own runtime.
fn apart<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(future)
    })
    .join()
    .expect("the thread ends well")
}
