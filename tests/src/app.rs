//! A server on its own fresh database.

use std::ops::Deref;

use crate::{Client, Database, Db, Server};

/// A running server and its database; speaks as the server's [`Client`].
#[derive(Debug)]
pub struct App {
    /// Whether the database must be consistent at the end.
    sound: bool,
    /// What each server of this database is started with.
    arguments: Vec<&'static str>,
    // Before the database: it is dropped first.
    server: Option<Server>,
    /// Its database.
    pub database: Database,
}

impl App {
    /// Starts a server on a fresh database. None, said aloud, where there is no Postgres.
    pub async fn start(db: Db) -> Option<Self> {
        Self::start_with(db, &[]).await
    }

    /// The same with more arguments for the server.
    pub async fn start_with(db: Db, arguments: &[&'static str]) -> Option<Self> {
        let database = Database::fresh(db).await?;
        let mut app = Self { sound: true, arguments: arguments.to_vec(), server: None, database };
        app.start_again().await;
        Some(app)
    }

    /// The running server.
    #[must_use]
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// Starts another server on the same database.
    pub async fn another_server(&self) -> Server {
        let directory = self.database.directory();
        Server::start_with(self.database.url(), directory, &self.arguments).await
    }

    /// Stops the server as an operator would. It must end well.
    pub async fn stop(&mut self) {
        let status = self.server.take().expect("the server runs").stop().await;
        assert!(status.success(), "the server ended with {status}");
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        self.server.take().expect("the server runs").kill();
    }

    /// Starts a server again, after [`Self::stop`] or [`Self::kill`].
    pub async fn start_again(&mut self) {
        assert!(self.server.is_none(), "the server still runs");
        self.server = Some(self.another_server().await);
    }

    /// Ends without a look at the database, which the test has spoiled on purpose.
    pub fn give_up(mut self) {
        self.sound = false;
    }
}

impl Deref for App {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.server().client
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let Some(server) = self.server.take() {
            let status = server.stop_and_wait();
            assert!(status.success(), "the server ended with {status}");
        }
        if self.sound {
            self.database.check();
        }
    }
}
