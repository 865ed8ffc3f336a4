//! The command line and the environment: every setting enters here.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

use crate::{
    store::DatabaseUrl,
    task::{Aging, TaskId, Timestamp},
    web::{AllowedHost, ConnectionLimits},
};

/// The task server for Bayesian optimization: ask for the next point, tell the result, watch it converge.
#[derive(Debug, Parser)]
#[command(name = "asktell", version, about)]
pub struct Cli {
    /// What to do; `serve` if left out.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings that all commands share.
    #[command(flatten)]
    pub settings: Settings,
}

/// The settings that all commands share.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where to listen for browsers and workers; port 0 takes any free one.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,
    /// Where tasks are kept: `sqlite:FILE`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:asktell.db",
        value_name = "URL"
    )]
    pub database: DatabaseUrl,
    /// Another origin whose pages may open a WebSocket, such as `https://lab.example`; may be repeated.
    #[arg(
        long = "allow-origin",
        global = true,
        env = "ASKTELL_ALLOW_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    pub allowed_origins: Vec<String>,
    /// Another name by which browsers and workers may call the server, such as `lab.example` or `*.lab.example`; may be
    /// repeated. The names of this machine to itself and the address to listen on always may; requests for other hosts
    /// are refused with the status 421. `*`: any name, for a server whose proxy checks it.
    #[arg(
        long = "allow-host",
        global = true,
        env = "ASKTELL_ALLOW_HOST",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub allowed_hosts: Vec<AllowedHost>,
    /// Limits of connections.
    #[command(flatten)]
    pub connections: ConnectionSettings,
    /// How fast waiting makes a task more urgent, in points of priority a second; 0: not at all.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_QUEUE_RATE",
        default_value = "0.016666666666666666",
        value_parser = queue_rate,
        value_name = "POINTS"
    )]
    pub queue_rate: Aging,
    /// How many tasks a filtered list looks at one by one before it rather goes along an index, a few times as many at a
    /// time.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_LIST_FEW",
        default_value_t = 4_000,
        value_parser = clap::value_parser!(u32).range(1..=100_000),
        value_name = "TASKS"
    )]
    pub list_few: u32,
    /// What to log, such as `warn` or `asktell=debug`.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_LOG",
        default_value = "info,sea_orm_migration=warn,sqlx=warn",
        value_name = "FILTER"
    )]
    pub log: String,
    /// How to log.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,
}

/// Limits of connections.
#[derive(Debug, Clone, Args)]
pub struct ConnectionSettings {
    /// Connections at the same time, as far as the limit of open files allows; further ones are answered with the status
    /// 503 and closed.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_MAX_CONNECTIONS",
        default_value_t = 16_384,
        value_parser = value_parser!(u32).range(1..=1_000_000),
        value_name = "NUMBER"
    )]
    pub max_connections: u32,
    /// Connections at the same time from one address (IPv6: from one network of 64 bits); three quarters of all by
    /// default.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_MAX_CONNECTIONS_PER_ADDRESS",
        value_parser = value_parser!(u32).range(1..=1_000_000),
        value_name = "NUMBER"
    )]
    pub max_connections_per_address: Option<u32>,
    /// Time that the headers of a request may take to arrive, and the first byte on a new connection.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_HEADER_TIMEOUT",
        default_value_t = 10,
        value_parser = value_parser!(u32).range(1..=3_600),
        value_name = "SECONDS"
    )]
    pub header_timeout: u32,
    /// Time that a connection is kept while no request, stream or WebSocket is under way on it.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_IDLE_TIMEOUT",
        default_value_t = 75,
        value_parser = value_parser!(u32).range(1..=86_400),
        value_name = "SECONDS"
    )]
    pub idle_timeout: u32,
    /// Time for which a peer may take nothing of what is sent to it before it is given up.
    #[arg(
        long,
        global = true,
        env = "ASKTELL_WRITE_TIMEOUT",
        default_value_t = 120,
        value_parser = value_parser!(u32).range(1..=3_600),
        value_name = "SECONDS"
    )]
    pub write_timeout: u32,
}

impl ConnectionSettings {
    /// As the web layer takes them.
    #[must_use]
    pub fn limits(&self) -> ConnectionLimits {
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let all = self.max_connections;
        ConnectionLimits {
            connections: number(all),
            per_address: number(self.max_connections_per_address.unwrap_or(all - all / 4)),
            header_wait: seconds(self.header_timeout),
            idle_wait: seconds(self.idle_timeout),
            write_wait: seconds(self.write_timeout),
        }
    }
}

fn queue_rate(text: &str) -> Result<Aging, String> {
    let rate: f64 = text.parse().map_err(|_| "a number of points a second".to_owned())?;
    Aging::from_rate(rate).map_err(|e| e.to_string())
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API and the page (the default).
    Serve,
    /// Serve, and run a campaign to watch: a worker that optimizes a test function, or measured data.
    Demo(DemoOptions),
    /// Bring the schema of the database up to date, and do nothing else.
    Migrate,
    /// Print the GraphQL schema.
    Schema,
    /// Write every task into a folder, one `{task_id}.json` each.
    Export {
        /// The folder; made if it is not there.
        dir: PathBuf,
    },
    /// Read tasks from the `.json` files of a folder, or results from a table. Nothing is written unless all of them can
    /// be read.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Import {
        /// Import something else than tasks.
        #[command(subcommand)]
        what: Option<ImportCommand>,
        /// The folder; `./results` if it is called so.
        #[arg(required = true)]
        dir: Option<PathBuf>,
        /// Let a file take the place of a task with its id, rather than refuse it.
        #[arg(long)]
        replace: bool,
    },
    /// Derive counters, best values, versions and sequences again from trials and events, and name what differs.
    Check,
    /// Remove old events from the log. Every version of a task from the oldest that is kept stays what it was.
    Compact {
        /// Events from before this time go, such as `2026-01-31T12:00:00Z`.
        #[arg(long, value_name = "TIME")]
        before: Timestamp,
        /// How many versions of each task stay at least, however old they are.
        #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(1..), value_name = "NUMBER")]
        keep_versions: u64,
    },
    /// Remove for good the tasks that were deleted some time ago, with their trials and events.
    Purge {
        /// How many days ago, at least.
        #[arg(long, default_value_t = 30, value_name = "DAYS")]
        deleted_before_days: u32,
    },
}

/// What the demo optimizes, and how fast.
#[derive(Debug, Clone, Args)]
pub struct DemoOptions {
    /// Optimize measured data rather than a test function: a table with a line of titles (CSV; `docs/tables.md`). For each
    /// point asked, the nearest measured design is told.
    #[arg(long, env = "ASKTELL_CSV", value_name = "FILE", requires = "objective")]
    pub csv: Option<PathBuf>,
    /// The column of the file that is the objective; all others are parameters, unless the reader leaves them out.
    #[arg(long, env = "ASKTELL_OBJECTIVE", value_name = "COLUMN", requires = "csv")]
    pub objective: Option<String>,
    /// Whether less or more of the objective is better.
    #[arg(long, env = "ASKTELL_DIRECTION", default_value = "minimize", value_name = "DIRECTION")]
    pub direction: DemoDirection,
    /// How the table is read.
    #[command(flatten)]
    pub table: TableAnswers,
    /// How many trials to run.
    #[arg(long, env = "ASKTELL_TRIALS", default_value_t = 200, value_name = "NUMBER")]
    pub trials: u32,
    /// Milliseconds that an evaluation takes.
    #[arg(long, env = "ASKTELL_PACE", default_value_t = 500, value_name = "MILLISECONDS")]
    pub pace: u64,
}

/// How a table is read, where it leaves that open.
#[derive(Debug, Clone, Default, Args)]
pub struct TableAnswers {
    /// An answer to a question that the reader asks, such as `decimal-sign=comma` or `censored:impurity=half`; may be
    /// repeated.
    #[arg(long = "answer", value_name = "QUESTION[:COLUMN]=READING")]
    pub answers: Vec<String>,
    /// What a column is used for, such as `T=parameter:temperature`, `y=objective:yield` or `note=leave-out`; may be
    /// repeated.
    #[arg(long = "column", value_name = "TITLE=ROLE")]
    pub columns: Vec<String>,
}

/// What is imported besides tasks.
#[derive(Debug, Clone, Subcommand)]
pub enum ImportCommand {
    /// Add the rows of a table to a task: measured rows as results, rows without a result as planned trials.
    Results(ImportResults),
}

/// Which table goes into which task.
#[derive(Debug, Clone, Args)]
pub struct ImportResults {
    /// The table: a regular file of 16 MiB at most (CSV; `docs/tables.md`).
    pub file: PathBuf,
    /// The task.
    #[arg(long, value_name = "ID")]
    pub task: TaskId,
    /// Say what would be stored, and store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How the table is read.
    #[command(flatten)]
    pub table: TableAnswers,
}

/// Whether less or more of the demo's objective is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoDirection {
    /// Less is better.
    Minimize,
    /// More is better.
    Maximize,
}
