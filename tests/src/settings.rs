//! What the environment tells the tests. Read nowhere else.

use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "the one place where the tests read settings")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str, default: usize) -> usize {
    setting(name).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, not {text:?}"))
    })
}

/// Whether a skipped test is a failed one.
pub(crate) fn is_ci() -> bool {
    setting("CI").is_some_and(|value| value != "false" && value != "0")
}

/// The Postgres server on which fresh databases are made.
pub(crate) fn postgres() -> Option<String> {
    setting("ASKTELL_TEST_POSTGRES")
}

/// The binary under test, if it is not the one of this build.
pub(crate) fn binary() -> Option<PathBuf> {
    setting("ASKTELL_BIN").map(PathBuf::from)
}

/// How often the server is killed in the middle of its work, for each kind of database.
#[must_use]
pub fn kill_rounds() -> usize {
    number("ASKTELL_KILL_ROUNDS", 3)
}

/// At how many moments a migration is killed, for each kind of database and each version to begin with.
#[must_use]
pub fn migration_kills() -> u64 {
    number("ASKTELL_MIGRATION_KILLS", 3) as u64
}

/// How many events each of the eight writers of the tail test causes.
#[must_use]
pub fn tail_events() -> usize {
    number("ASKTELL_TAIL_EVENTS", 150)
}

/// How large a chaos run is.
#[derive(Debug, Clone, Copy)]
pub struct ChaosSize {
    /// Worker processes at a time.
    pub workers: usize,
    /// How often a server is killed and started again.
    pub server_kills: usize,
    /// The budget of each task.
    pub trials: usize,
    /// What the workers and their fates are drawn from.
    pub seed: usize,
}

/// How large a chaos run is; small unless told otherwise.
#[must_use]
pub fn chaos_size() -> ChaosSize {
    ChaosSize {
        workers: number("ASKTELL_CHAOS_WORKERS", 6),
        server_kills: number("ASKTELL_CHAOS_SERVER_KILLS", 1),
        trials: number("ASKTELL_CHAOS_TRIALS", 16),
        seed: number("ASKTELL_CHAOS_SEED", 1),
    }
}

/// How many trials two workers tell at the same moment, on a SQLite file; the others take a fifth.
#[must_use]
pub fn races() -> usize {
    number("ASKTELL_RACES", 1_000)
}

/// How many random sequences the model of the queue is compared in, on a SQLite file; the others take a quarter.
#[must_use]
pub fn queue_sequences() -> usize {
    number("ASKTELL_QUEUE_SEQUENCES", 16)
}

/// How many random filters and orders are compared with a plain model, on each kind of database.
#[must_use]
pub fn finding_queries() -> usize {
    number("ASKTELL_FINDING_QUERIES", 200)
}

/// How many random operations change the tree of tasks, on a SQLite file; the others take half.
#[must_use]
pub fn tree_operations() -> usize {
    number("ASKTELL_TREE_OPERATIONS", 10_000)
}
