//! One running server process.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use tokio::sync::oneshot;

use crate::{Client, binary, new_id, within};

/// How long a server may take to stop.
const STOP: Duration = Duration::from_secs(20);

/// A server process, killed when dropped.
#[derive(Debug)]
pub struct Server {
    /// Speaks to it.
    pub client: Client,
    process: String,
    log: PathBuf,
    /// Tells of its end; none once that was waited for.
    ended: Option<mpsc::Receiver<ExitStatus>>,
}

impl Server {
    /// Starts a server on any free port and waits until it says that it listens. Its log goes into
    /// the directory.
    pub async fn start(database: &str, directory: &Path) -> Self {
        Self::start_at("127.0.0.1:0", database, directory).await
    }

    /// The same on a certain port.
    pub async fn start_at(listen: &str, database: &str, directory: &Path) -> Self {
        Self::launch(listen, database, directory, &[], &[]).await
    }

    /// The same as [`Self::start`] with more arguments.
    pub async fn start_with(database: &str, directory: &Path, arguments: &[&str]) -> Self {
        Self::launch("127.0.0.1:0", database, directory, arguments, &[]).await
    }

    /// The same with variables of the environment.
    pub async fn start_in(
        database: &str,
        directory: &Path,
        environment: &[(String, String)],
    ) -> Self {
        Self::launch("127.0.0.1:0", database, directory, &[], environment).await
    }

    async fn launch(
        listen: &str,
        database: &str,
        directory: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> Self {
        let log = directory.join(format!("server-{}.log", new_id()));
        let mut child = binary::command(["serve", "--listen", listen, "--database", database])
            .args(arguments)
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("the log file"))
            .spawn()
            .expect("the server starts");
        let process = child.id().to_string();
        let output = BufReader::new(child.stdout.take().expect("its standard output"));
        let (say_address, address) = oneshot::channel();
        let (say_end, ended) = mpsc::channel();
        std::thread::spawn(move || {
            let mut say_address = Some(say_address);
            // To the end of its output, or the server would block on a full pipe.
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening on http://")
                    && let Some(say) = say_address.take()
                {
                    let _ = say.send(rest.split_whitespace().next().unwrap_or_default().to_owned());
                }
            }
            let _ = say_end.send(child.wait().expect("the end of the server"));
        });
        let address = within(60, "the server's address", address).await.unwrap_or_else(|_| {
            panic!(
                "the server did not start:\n{}",
                std::fs::read_to_string(&log).unwrap_or_default()
            )
        });
        Self {
            client: Client::new(address.trim_end_matches('/')),
            process,
            log,
            ended: Some(ended),
        }
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    pub async fn stop(self) -> ExitStatus {
        tokio::task::spawn_blocking(move || self.stop_and_wait())
            .await
            .expect("the waiting ends well")
    }

    /// The same for where nothing else needs to go on meanwhile.
    pub(crate) fn stop_and_wait(mut self) -> ExitStatus {
        self.signal("TERM");
        let status = self.ended.as_ref().and_then(|ended| ended.recv_timeout(STOP).ok());
        let Some(status) = status else {
            panic!("the server did not stop within {STOP:?} of SIGTERM:\n{}", self.log())
        };
        self.ended = None;
        status
    }

    /// Kills it (SIGKILL) in the middle of whatever it does.
    pub fn kill(self) {
        drop(self);
    }

    /// Its process id.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.process
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.process]).status();
        assert!(sent.expect("`kill` starts").success(), "the server is gone:\n{}", self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- log of the server at {}\n{}---", self.client.address(), self.log());
        }
        if let Some(ended) = self.ended.take()
            && let Err(mpsc::TryRecvError::Empty) = ended.try_recv()
        {
            let _ = Command::new("kill").args(["-KILL", &self.process]).status();
            let _ = ended.recv_timeout(STOP);
        }
    }
}
